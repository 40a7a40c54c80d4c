"""Arguments matched with parameters, by Python's rules."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from symbn.code.reading.values import Function, raised


def matched(function: Function, arguments: Sequence[object], keywords: Mapping[str, object]) -> dict[str, object]:
    """Return the value of each parameter. Raises: StoppedError where Python raises a TypeError."""
    spec = function.node.args
    only, both = [a.arg for a in spec.posonlyargs], [a.arg for a in (*spec.posonlyargs, *spec.args)]
    named = [a.arg for a in spec.kwonlyargs]
    if len(arguments) > len(both) and spec.vararg is None:
        raise _wrong(function, f"takes {len(both)} positional arguments but {len(arguments)} were given")
    values = dict(zip(both, arguments, strict=False))
    rest: dict[object, object] = {}
    for name, value in keywords.items():
        if name in (*both, *named) and name not in only:
            if name in values:
                raise _wrong(function, f"got multiple values for argument '{name}'")
            values[name] = value
        elif spec.kwarg is not None:
            rest[name] = value
        else:
            raise _wrong(function, f"got an unexpected keyword argument '{name}'")
    offset = len(both) - len(function.defaults)
    defaults = dict(zip(both[offset:], function.defaults, strict=True)) | dict(function.keyword_defaults)
    for name in (*both, *named):
        if name not in values:
            if name not in defaults:
                raise _wrong(function, f"missing the argument '{name}'")
            values[name] = defaults[name]
    if spec.vararg is not None:
        values[spec.vararg.arg] = tuple(arguments[len(both) :])
    if spec.kwarg is not None:
        values[spec.kwarg.arg] = rest
    return values


def _wrong(function: Function, what: str) -> Exception:
    return raised(f"TypeError: {function.name}() {what}")
