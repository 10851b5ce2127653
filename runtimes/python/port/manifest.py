freeze("../modules")
