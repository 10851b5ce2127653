def count(start=0, step=1):
    while True:
        yield start
        start += step


def cycle(iterable):
    saved = list(iterable)
    while saved:
        yield from saved


def repeat(item, times=None):
    if times is None:
        while True:
            yield item
    for _ in range(times):
        yield item


def chain(*iterables):
    for iterable in iterables:
        yield from iterable



def islice(iterable, *bounds):
    start, stop, step = (0, bounds[0], 1) if len(bounds) == 1 else (tuple(bounds) + (None,))[:3]
    start = start or 0
    step = step or 1
    wanted = start
    if stop == 0:
        return
    for place, item in enumerate(iterable):
        if place == wanted:
            yield item
            wanted += step
        if stop is not None and place + 1 >= stop:
            return


def takewhile(predicate, iterable):
    for item in iterable:
        if not predicate(item):
            return
        yield item


def dropwhile(predicate, iterable):
    iterator = iter(iterable)
    for item in iterator:
        if not predicate(item):
            yield item
            break
    yield from iterator


def accumulate(iterable, func=lambda a, b: a + b):
    iterator = iter(iterable)
    for total in iterator:
        yield total
        for item in iterator:
            total = func(total, item)
            yield total


def groupby(iterable, key=lambda item: item):
    group = []
    for item in iterable:
        item_key = key(item)
        if group and item_key != group_key:
            yield group_key, iter(group)
            group = []
        group_key = item_key
        group.append(item)
    if group:
        yield group_key, iter(group)


def starmap(function, iterable):
    for args in iterable:
        yield function(*args)


def zip_longest(*iterables, fillvalue=None):
    lists = [list(iterable) for iterable in iterables]
    for place in range(max((len(items) for items in lists), default=0)):
        yield tuple(items[place] if place < len(items) else fillvalue for items in lists)


def product(*iterables, repeat=1):
    pools = [tuple(pool) for pool in iterables] * repeat
    if not pools:
        yield ()
        return
    for first in pools[0]:
        for rest in product(*pools[1:]):
            yield (first,) + rest


def permutations(iterable, r=None):
    pool = tuple(iterable)
    r = len(pool) if r is None else r
    if r == 0:
        yield ()
        return
    for place, item in enumerate(pool):
        for rest in permutations(pool[:place] + pool[place + 1 :], r - 1):
            yield (item,) + rest


def combinations(iterable, r):
    pool = tuple(iterable)
    if r == 0:
        yield ()
        return
    for place, item in enumerate(pool):
        for rest in combinations(pool[place + 1 :], r - 1):
            yield (item,) + rest
