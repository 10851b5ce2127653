def partial(func, *args, **keywords):
    def call(*more, **others):
        merged = keywords.copy()
        merged.update(others)
        return func(*args, *more, **merged)

    return call


def reduce(function, iterable, *initial):
    iterator = iter(iterable)
    value = initial[0] if initial else next(iterator)
    for item in iterator:
        value = function(value, item)
    return value


def wraps(wrapped):
    return lambda wrapper: wrapper


def update_wrapper(wrapper, wrapped):
    return wrapper


def cache(function):
    known = {}

    def call(*args, **kwargs):
        key = (args, tuple(sorted(kwargs.items())))
        if key not in known:
            known[key] = function(*args, **kwargs)
        return known[key]

    return call


def lru_cache(maxsize=128, typed=False):
    # Each call of the program starts anew, so nothing is thrown out.
    return cache(maxsize) if callable(maxsize) else cache


def cmp_to_key(compare):
    class Key:
        def __init__(self, value):
            self.value = value

        def __lt__(self, other):
            return compare(self.value, other.value) < 0

        def __eq__(self, other):
            return compare(self.value, other.value) == 0

    return Key
