"""An expression of a test -> what it stands for (`symbn.doctor.values`), from its syntax tree alone."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from dataclasses import replace

from symbn.doctor.setting import Draw
from symbn.doctor.values import Names, Numbers, Output, Shape, Value, combined, number, product, shape_of, total

_NORMAL = {"randn", "standard_normal", "normal", "randn_like", "normal_"}
_UNIFORM = {"rand", "uniform", "random", "random_sample", "rand_like"}
_CONSTANT = {"ones": 1.0, "zeros": 0.0, "ones_like": 1.0, "zeros_like": 0.0, "full": None, "full_like": None}
# Methods and functions that leave the numbers as they are.
_SAME = {"astype", "double", "float", "requires_grad_", "clone", "copy", "detach", "to", "numpy", "tensor", "asarray", "array",
         "from_numpy", "as_tensor", "type", "cpu", "cuda", "Variable", "Parameter"}  # fmt: skip
_SINGLE = {"float32", "float", "FloatTensor", "half", "float16"}
_DOUBLE = {"float64", "double", "DoubleTensor"}


def name_of(function: ast.expr) -> str:
    """Return the last name of what is called: allclose for np.allclose."""
    return function.attr if isinstance(function, ast.Attribute) else function.id if isinstance(function, ast.Name) else ""


def keyword(call: ast.Call, *names: str) -> ast.expr | None:
    return next((argument.value for argument in call.keywords if argument.arg in names), None)


def evaluate(node: ast.expr | None, names: Names, is_layer: Callable[[ast.Call], bool]) -> Value:
    """Return what an expression stands for. is_layer: tells whether a call is one of the layer's forward pass."""
    match node:
        case ast.Constant(value=value):
            return value if isinstance(value, int | float | str) else None
        case ast.Name(id=name):
            return names.get(name)
        case ast.Tuple(elts=parts) | ast.List(elts=parts):
            found: list[Value] = []
            for part in parts:
                inner = evaluate(part.value if isinstance(part, ast.Starred) else part, names, is_layer)
                found += inner if isinstance(part, ast.Starred) and isinstance(inner, tuple) else (inner,)
            return tuple(found)
        case ast.Dict(keys=keys, values=values):
            pairs = zip(keys, values, strict=True)
            return {str(k.value): evaluate(v, names, is_layer) for k, v in pairs if isinstance(k, ast.Constant)}
        case ast.UnaryOp(op=ast.USub(), operand=inside):
            return product(evaluate(inside, names, is_layer), -1)
        case ast.BinOp(left=left, op=operator, right=right):
            return combined(evaluate(left, names, is_layer), operator, evaluate(right, names, is_layer))
        case ast.Attribute(value=inside, attr="shape"):
            return shape_of(evaluate(inside, names, is_layer))
        case ast.Subscript(value=inside, slice=place):
            return _item(evaluate(inside, names, is_layer), evaluate(place, names, is_layer))
        case ast.Call():
            return _called(node, names, is_layer)
        case _:
            return None


def _item(value: Value, place: Value) -> Value:
    if isinstance(value, Output) and place == 0:
        return value  # the first of what a forward function returns, (y, cache)
    if isinstance(value, tuple) and isinstance(place, int) and -len(value) <= place < len(value):
        return value[place]
    return value.get(place) if isinstance(value, Mapping) and isinstance(place, str) else None


def _called(call: ast.Call, names: Names, is_layer: Callable[[ast.Call], bool]) -> Value:
    name = name_of(call.func)
    owner = call.func.value if isinstance(call.func, ast.Attribute) else None
    own = evaluate(owner, names, is_layer)
    arguments = evaluate(ast.Tuple(call.args, ast.Load()), names, is_layer)
    assert isinstance(arguments, tuple)
    first = arguments[0] if arguments else None
    if name in ("sum", "mean") and keyword(call, "axis", "dim") is None and len(arguments) == (own is None):
        return total(own if own is not None else first, name == "mean")
    if name in ("pow", "power", "square"):
        base, power = (own, first) if own is not None else (first, arguments[1] if len(arguments) > 1 else None)
        return combined(base, ast.Pow(), 2 if name == "square" else power)
    if name in ("mul", "multiply"):
        return product(own, first) if own is not None else product(first, arguments[1]) if len(arguments) > 1 else None
    if name in _SAME and own is None:
        return _typed(_table(first) if isinstance(first, tuple) else first, call)
    if name in _SAME:
        return _typed(own, call)
    if name in _CONSTANT or name in _NORMAL or name in _UNIFORM:
        return _made(name, call, arguments, names, is_layer)
    return Output(shape=_layer_shape(arguments)) if is_layer(call) else None


def _layer_shape(arguments: tuple[Value, ...]) -> Shape | None:
    return next((value.shape for value in arguments if isinstance(value, Numbers)), None)


def _typed(value: Value, call: ast.Call) -> Value:
    """Return the numbers with the precision that a call gives them; PyTorch's own is single."""
    if not isinstance(value, Numbers):
        return value
    said = {name_of(node) or (node.value if isinstance(node, ast.Constant) else "") for node in _arguments(call)}
    said.add(name_of(call.func))
    if said & _DOUBLE:
        return replace(value, double=True)
    if name_of(call.func).endswith("_like"):
        return value
    made = name_of(call.func) in _CONSTANT or name_of(call.func) in _NORMAL | _UNIFORM | {"tensor"}
    torch = isinstance(call.func, ast.Attribute) and isinstance(call.func.value, ast.Name) and call.func.value.id == "torch"
    return replace(value, double=False) if said & _SINGLE or (torch and made) else value


def _arguments(call: ast.Call) -> tuple[ast.expr, ...]:
    return (*call.args, *(argument.value for argument in call.keywords))


def _table(rows: tuple[Value, ...]) -> Value:
    """Return an array that is written out."""
    inner = [row if isinstance(row, tuple) else (row,) for row in rows]
    flat = [number(entry) for row in inner for entry in row]
    if not flat or None in flat or len({len(row) for row in inner}) != 1:
        return None
    shape = (len(rows), len(inner[0])) if isinstance(rows[0], tuple) else (len(rows),)
    return Numbers(Draw("given", table=tuple(entry for entry in flat if entry is not None)), shape)


def _made(
    name: str, call: ast.Call, arguments: tuple[Value, ...], names: Names, is_layer: Callable[[ast.Call], bool]
) -> Value:  # fmt: skip
    """Return an array that is drawn or filled."""
    said = evaluate(keyword(call, "size", "shape"), names, is_layer)
    if name.endswith("_like"):
        shape, rest = shape_of(arguments[0] if arguments else None), arguments[1:]
    elif name in ("normal", "uniform") and (said is not None or len(arguments) == 3):
        shape, rest = (said if said is not None else arguments[2]), arguments[:2]
    elif said is not None:
        shape, rest = said, arguments
    elif arguments and isinstance(arguments[0], tuple):
        shape, rest = arguments[0], arguments[1:]
    elif name in ("full", "standard_normal", "random"):
        shape, rest = arguments[0] if arguments else (), arguments[1:]
    else:
        shape, rest = arguments, ()
    if isinstance(shape, int):
        shape = (shape,)
    known = isinstance(shape, tuple) and all(isinstance(size, int) and size > 0 for size in shape)
    sizes = tuple(size for size in shape if isinstance(size, int)) if known and isinstance(shape, tuple) else None
    if name in _CONSTANT:
        filled = _CONSTANT[name]
        value = (
            filled
            if filled is not None
            else number(rest[0] if rest else evaluate(keyword(call, "fill_value"), names, is_layer))
        )
        return None if value is None else _typed(Numbers(Draw("constant", shift=value), sizes), call)
    low, high = (number(rest[n]) if len(rest) > n else float(n) for n in (0, 1))
    if low is None or high is None or name == "normal_":
        return None
    if name in _NORMAL:
        return _typed(Numbers(Draw("normal", high if name == "normal" else 1.0, low if name == "normal" else 0.0), sizes), call)
    span = Draw("uniform", high - low, low) if name == "uniform" else Draw("uniform")
    return _typed(Numbers(span, sizes), call)
