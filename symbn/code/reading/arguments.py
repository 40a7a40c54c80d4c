"""What NumPy's functions are given: types, flags, shapes. What is not plainly one of the known ways is refused."""

from __future__ import annotations

from symbn.code.reading.containers import TYPES
from symbn.code.reading.sizes import Groups, Names, Shape, Size
from symbn.code.reading.values import Builtin, Library, described, outside, raised

_INEXACT = (
    "exp exp2 expm1 log log2 log10 log1p sin cos tan tanh sinh cosh abs absolute fabs sign maximum minimum fmax fmin max min "
    "amax amin argmax argmin clip where sort argsort median percentile quantile round around floor ceil rint isclose allclose "
    "isnan isinf isfinite any all array_equal linalg.norm cbrt nan_to_num"
)
INEXACT = frozenset(_INEXACT.split())


def floats_only(dtype: object, out: object = None) -> None:
    """Refuse entries that are not floats: arrays of whole numbers round what is written into them."""
    known = dtype is None or (isinstance(dtype, Library) and dtype.path in TYPES) or dtype == Builtin("float")
    if not known and dtype not in ("float", "float64", "float32", "f8", "f4", "d"):
        raise outside(f"entries of the type {described(dtype)}")
    if out is not None:
        raise outside("out=")


def flag(value: object) -> bool:
    if isinstance(value, int) and value in (0, 1):
        return bool(value)
    raise outside(f"{described(value)} as a switch")


def lengths(value: object) -> tuple[Names | None, ...]:
    """Return the lengths of a shape, as products of sizes; None for -1."""
    many = value if isinstance(value, tuple | list) else (value,)
    return tuple(_length(each) for each in many)


def _length(value: object) -> Names | None:
    match value:
        case Size(names=names):
            return names
        case bool():
            raise outside("a shape with a truth value")
        case 1:
            return ()
        case -1:
            return None
        case int() if value < 0:
            raise raised("ValueError: negative dimensions are not allowed")
        case _:
            raise outside(f"an axis of length {described(value)}, at all sizes")


def shape(groups: Groups, value: object) -> Shape:
    """Return the shape of a new array. Raises: StoppedError for no axis at all, for which NumPy has arrays of a kind apart."""
    found: list[Names] = []
    for names in lengths(value):
        if names is None:
            raise raised("ValueError: negative dimensions are not allowed")
        found.append(groups.axis(names))
    if not found:
        raise outside("an array without axes")
    groups.indices(tuple(found))
    return tuple(found)
