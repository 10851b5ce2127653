// No strings of the port's own beyond those of its modules.
