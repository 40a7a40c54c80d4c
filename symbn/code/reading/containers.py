"""Python's builtins and the methods of its containers, by tables: a name that is not in them is not called.

Every entry works on values of the interpreter; what needs arrays goes to the space.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, ItemsView, Iterable, Iterator, KeysView, Mapping, Sequence, ValuesView
from dataclasses import dataclass
from fractions import Fraction

from symbn.code.model import StoppedError
from symbn.code.reading import plain
from symbn.code.reading.space import Space
from symbn.code.reading.values import Text, described, outside, raised

Apply = Callable[[object, Sequence[object], Mapping[str, object]], object]


@dataclass(frozen=True, slots=True)
class Tools:
    """What a builtin may ask of the interpreter."""

    space: Space
    elements: Callable[[object], Iterable[object]]
    apply: Apply
    binary: Callable[[str, object, object], object]
    compare: plain.Comparison


MODULES = frozenset({"numpy", "math", "numpy.linalg"})
TYPES = frozenset({"numpy.float64", "numpy.float32", "numpy.float16", "numpy.double", "numpy.float_", "numpy.longdouble"})
MATH = frozenset({"sqrt", "pow"})


def fitted(handler: Callable[..., object], name: str, arguments: Sequence[object], keywords: Mapping[str, object]) -> object:
    """Call one of our handlers. Raises: StoppedError if it has no such parameters."""
    try:
        inspect.signature(handler).bind(*arguments, **keywords)
    except TypeError as error:
        raise outside(f"{name} with these arguments ({error})") from error
    return handler(*arguments, **keywords)


def library_call(space: Space, path: str, arguments: Sequence[object], keywords: Mapping[str, object]) -> object:
    top, _, name = path.partition(".")
    if path in TYPES:
        return fitted(space.floating, path, arguments, keywords)
    if path == "math.sqrt":
        return fitted(lambda value: _power(space, value, Fraction(1, 2)), path, arguments, keywords)
    if path == "math.pow":
        return fitted(lambda base, exponent: _power(space, base, exponent), path, arguments, keywords)
    if top == "numpy" and space.knows(name):
        return space.function(name, arguments, keywords)
    raise outside(f"a call of {path}")


def _power(space: Space, value: object, exponent: object) -> object:
    base = space.floating(value)
    if space.owns(base) or space.owns(exponent):
        return space.binary("**", base, exponent)
    result = plain.binary("**", base, exponent, space.root)
    return Fraction(result) if isinstance(result, int) else result


def item(owner: object, key: object) -> object:
    """Return owner[key] for a container."""
    match owner:
        case dict():
            name = plain.key_of(key)
            if name not in owner:
                raise raised(f"KeyError: {described(name)}")
            return owner[name]
        case tuple() | list() | str() | range():
            place = _place(owner, key)
            return owner[place]
        case _:
            raise outside(f"an item of {described(owner)}")


def _place(owner: Sequence[object], key: object) -> int | slice:
    match key:
        case int():
            if not -len(owner) <= key < len(owner):
                raise raised("IndexError: index out of range")
            return key
        case slice(start=start, stop=stop, step=step) if all(p is None or isinstance(p, int) for p in (start, stop, step)):
            if step == 0:
                raise raised("ValueError: slice step cannot be zero")
            return key
        case _:
            raise outside(f"{described(key)} as an index")


def put(owner: object, key: object, value: object) -> None:
    """Do owner[key] = value for a container."""
    match owner:
        case dict():
            owner[plain.key_of(key)] = value
        case list() if isinstance(key, int):
            _place(owner, key)
            owner[key] = value
        case tuple() | str():
            raise raised(f"TypeError: '{type(owner).__name__}' object does not support item assignment")
        case _:
            raise outside(f"an assignment to an item of {described(owner)}")


def _length(tools: Tools, value: object, /) -> object:
    if tools.space.owns(value):
        return tools.space.length(value)
    if isinstance(value, tuple | list | dict | str | range | KeysView | ItemsView | ValuesView):
        return len(value)
    raise outside(f"len of {described(value)}")


def _range(tools: Tools, *bounds: object) -> object:
    if not 1 <= len(bounds) <= 3 or not all(isinstance(bound, int) for bound in bounds):
        raise outside("a range whose bounds are not known numbers")
    if len(bounds) == 3 and bounds[2] == 0:
        raise raised("ValueError: range() arg 3 must not be zero")
    found = range(*(bound for bound in bounds if isinstance(bound, int)))
    if not -plain.MOST_ENTRIES <= found.start - found.stop <= plain.MOST_ENTRIES:
        raise StoppedError("limit", "a very long range")
    return found


def _float(tools: Tools, value: object, /) -> object:
    return tools.space.floating(value)


def _int(tools: Tools, value: object, /) -> object:
    if isinstance(value, int):
        return int(value)
    if tools.space.owns(value):
        return tools.space.whole(value)
    raise StoppedError("inexact", f"int of {described(value)}: rounding may decide it")


def _sum(tools: Tools, values: object, start: object = 0, /) -> object:
    for each in tools.elements(values):
        start = tools.binary("+", start, each)
    return start


def _extreme(tools: Tools, values: Sequence[object], operator: str) -> object:
    wanted = list(tools.elements(values[0])) if len(values) == 1 else list(values)
    if not wanted or not all(plain.is_number(each) for each in wanted):
        raise outside("min or max of something other than known numbers")
    best = wanted[0]
    for each in wanted[1:]:
        if tools.compare(operator, each, best):
            best = each
    return best


def _magnitude(tools: Tools, value: object, /) -> object:
    if isinstance(value, int | Fraction):
        return abs(value)
    raise StoppedError("inexact", "abs of a value that is not a known number: its sign is not known")


def _print(tools: Tools, *values: object, **options: object) -> None:
    if any(not isinstance(options.get(name), str | None) for name in ("end", "sep")) or options.keys() - {
        "end",
        "sep",
        "flush",
    }:
        raise outside("print with these options")


def _zip(tools: Tools, *values: object, strict: object = False) -> object:
    return zip(*(iter(tools.elements(value)) for value in values), strict=bool(strict))


def _enumerate(tools: Tools, values: object, start: object = 0) -> object:
    if not isinstance(start, int):
        raise outside("enumerate from something other than a number")
    return enumerate(tools.elements(values), start)


def _dict(tools: Tools, values: object = (), /, **more: object) -> object:
    if isinstance(values, dict):
        return {**values, **more}
    made: dict[object, object] = {}
    for pair in tools.elements(values):
        if not isinstance(pair, tuple | list) or len(pair) != 2:
            raise outside("dict of something other than pairs")
        made[plain.key_of(pair[0])] = pair[1]
    return made | more


BUILTINS: Mapping[str, Callable[..., object]] = {
    "len": _length, "range": _range, "float": _float, "int": _int, "sum": _sum, "print": _print, "zip": _zip, "dict": _dict,
    "enumerate": _enumerate, "abs": _magnitude,
    "max": lambda tools, *values: _extreme(tools, values, ">"),
    "min": lambda tools, *values: _extreme(tools, values, "<"),
    "tuple": lambda tools, values=(), /: tuple(tools.elements(values)),
    "list": lambda tools, values=(), /: list(tools.elements(values)),
    "reversed": lambda tools, values, /: reversed(values) if isinstance(values, list | tuple | range) else _refused("reversed"),
    "pow": lambda tools, base, exponent, /: tools.binary("**", base, exponent),
    "slice": lambda tools, *parts: slice(*parts) if 1 <= len(parts) <= 3 else _refused("slice"),
}  # fmt: skip
_UNREAD = (
    "all any ascii bin bool bytes callable chr classmethod complex dir divmod filter format frozenset getattr hasattr hash "
    "hex id isinstance issubclass iter map memoryview next object oct open ord property repr round set setattr sorted "
    "staticmethod str super type vars exit quit Exception ValueError TypeError NotImplementedError RuntimeError KeyError "
    "AssertionError IndexError eval exec compile globals locals __import__ input breakpoint __builtins__ "
    "BaseException OSError IOError ImportError LookupError OverflowError FloatingPointError RecursionError StopIteration "
    "Warning UserWarning DeprecationWarning RuntimeWarning AttributeError NameError SystemExit MemoryError bytearray help "
    "ZeroDivisionError ArithmeticError NotImplemented Ellipsis __name__ __file__ __doc__"
)
UNREAD_BUILTINS = frozenset(_UNREAD.split())


def _refused(name: str) -> object:
    raise outside(f"{name} with these arguments")


def builtin(tools: Tools, name: str, arguments: Sequence[object], keywords: Mapping[str, object]) -> object:
    return fitted(BUILTINS[name], name, (tools, *arguments), keywords)


def _get(owner: dict[object, object], key: object, default: object = None, /) -> object:
    return owner.get(plain.key_of(key), default)


_MISSING = object()


def _dict_pop(owner: dict[object, object], key: object, default: object = _MISSING, /) -> object:
    found = owner.pop(plain.key_of(key), default)
    if found is _MISSING:
        raise raised(f"KeyError: {described(key)}")
    return found


def _list_pop(owner: list[object], place: object = -1, /) -> object:
    if not isinstance(place, int):
        raise outside(f"{described(place)} as an index")
    _place(owner, place)
    return owner.pop(place)


def appended(owner: list[object], values: Iterator[object] | Iterable[object]) -> None:
    for each in list(values):
        if len(owner) >= plain.MOST_ENTRIES:
            raise StoppedError("limit", "a list that grows too long")
        owner.append(each)


DICT: Mapping[str, Callable[..., object]] = {
    "get": lambda tools, owner, *rest: _get(owner, *rest),
    "pop": lambda tools, owner, key, default=_MISSING, /: _dict_pop(owner, key, default),
    "setdefault": lambda tools, owner, key, default=None, /: owner.setdefault(plain.key_of(key), default),
    "items": lambda tools, owner: owner.items(),
    "keys": lambda tools, owner: owner.keys(),
    "values": lambda tools, owner: owner.values(),
    "copy": lambda tools, owner: dict(owner),
    "update": lambda tools, owner, values=(), /, **more: owner.update(_entries(_dict(tools, values, **more))),
}  # fmt: skip
LIST: Mapping[str, Callable[..., object]] = {
    "append": lambda tools, owner, value, /: appended(owner, [value]),
    "extend": lambda tools, owner, values, /: appended(owner, tools.elements(values)),
    "pop": lambda tools, owner, place=-1, /: _list_pop(owner, place),
    "copy": lambda tools, owner: list(owner),
    "reverse": lambda tools, owner: owner.reverse(),
}
STR: Mapping[str, Callable[..., object]] = {
    "lower": lambda tools, owner: owner.lower(),
    "upper": lambda tools, owner: owner.upper(),
    "strip": lambda tools, owner: owner.strip(),
    "startswith": lambda tools, owner, text, /: owner.startswith(text) if isinstance(text, str) else _refused("startswith"),
    "endswith": lambda tools, owner, text, /: owner.endswith(text) if isinstance(text, str) else _refused("endswith"),
    "format": lambda tools, owner, *values, **more: Text(),
}  # fmt: skip


def _entries(value: object) -> dict[object, object]:
    return value if isinstance(value, dict) else {}


def methods(owner: object) -> Mapping[str, Callable[..., object]]:
    match owner:
        case dict():
            return DICT
        case list():
            return LIST
        case str():
            return STR
        case _:
            return {}


def method(tools: Tools, owner: object, name: str, arguments: Sequence[object], keywords: Mapping[str, object]) -> object:
    return fitted(methods(owner)[name], f".{name}", (tools, owner, *arguments), keywords)
