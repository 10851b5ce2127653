# Annotations are parsed and forgotten; these names are here so that they can be imported.
class _Any:
    def __getitem__(self, _):
        return self

    def __call__(self, *args, **kwargs):
        return args[-1] if args else self


Any = Callable = Dict = Generator = Iterable = Iterator = List = Literal = Mapping = Optional = _Any()
Sequence = Set = Tuple = Type = TypeVar = Union = cast = _Any()
TYPE_CHECKING = False
