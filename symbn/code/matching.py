"""What the parameters and the cache of a function are: matched by their names, and by how the function takes them apart.

A name may stand for several nodes (sigma for the root, or for the variance). Each way to read them is an alternative, the
likeliest first; the answer says which was taken.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import islice, product
from typing import Protocol

from symbn.code.layouts import Layout
from symbn.code.model import Array, Call, IndexedTensor, Result, Structure, Tensor
from symbn.code.names import gradient_of, is_upstream, nodes, plain
from symbn.code.quantities import Indexed
from symbn.code.source import Source, defaults, own_nodes, parameters, returned
from symbn.errors import UsageError
from symbn.kernel.term import ONE, ZERO

MAX_ALTERNATIVES = 8
_CACHES = {
    "cache",
    "ctx",
    "saved",
    "context",
    "params",
    "tape",
    "memory",
    "stash",
    "residuals",
    "res",
    "tmp",
    "forwardcache",
    "store",
}
_CONFIGS = ("param", "config", "cfg", "options", "opts", "hparam", "kwargs")


@dataclass(frozen=True, slots=True)
class Slot:
    """A place that wants a value: the name in the code, and the nodes that it may stand for."""

    name: str
    nodes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Setting:
    """A value that is no node of the layer: a mode, a momentum, a size."""

    value: Fraction | str | bool | None
    size: str | None = None
    filled: str | None = None  # an array like the means: of zeros, or of ones


Wanted = Slot | Setting | Result | tuple["Wanted", ...] | Mapping[str, "Wanted"]


@dataclass(frozen=True, slots=True)
class Plan:
    """The calls to make, with slots in the place of values. results: the nodes whose gradients the backward function returns,
    by the place in its result. matched: what was decided by names, for people."""

    backward: str
    forward: str | None
    calls: tuple[tuple[str, Mapping[str, Wanted]], ...]
    results: tuple[tuple[int | str | None, str], ...]
    slots: tuple[Slot, ...]

    def alternatives(self) -> list[dict[str, str]]:
        """Return the ways to read the names: the name -> the node. The first is what the names say; the others could be meant,
        too, but nothing is claimed under them."""
        several = list({slot.name: slot for slot in self.slots}.values())
        ways = product(*(slot.nodes for slot in several))
        found = [dict(zip((slot.name for slot in several), way, strict=True)) for way in islice(ways, 4096)]
        first = found[0]
        return sorted(found, key=lambda way: sum(way[name] != first[name] for name in way))[:MAX_ALTERNATIVES]

    def made(self, values: Values, way: Mapping[str, str], kept: int) -> tuple[Call, ...]:
        """Return the calls with values in them. kept: 1: statistics keep their axes, with length 1; 2: so do gamma and beta."""
        return tuple(
            Call(function, (), {name: _filled(wanted, values, way, kept) for name, wanted in arguments.items()})
            for function, arguments in self.calls
        )


class Values(Protocol):
    """What gives the nodes their values: `Indexed` or `Written`, or numbers."""

    @property
    def layout(self) -> Layout: ...

    def tensor(self, node: str, kept: bool = False) -> Array: ...

    def epsilon(self) -> Array: ...

    def length(self, axes: tuple[int, ...]) -> Structure:
        """Return the product of the lengths of some axes of x. Raises: StoppedError if it cannot be told."""


def plan(source: Source, backward: str, forward: str | None, means: Mapping[str, str]) -> Plan:
    """Return the plan of a check. means: names of the code -> nodes, as the user says. Raises: UsageError for a parameter whose
    meaning is not known."""
    function = source.functions[backward]
    matching = _Matching(source, means)
    calls: list[tuple[str, Mapping[str, Wanted]]] = []
    evaluating = re.search(r"eval|inference|_test(_|$)", backward, re.IGNORECASE) is not None
    if evaluating or (forward is not None and _given_statistics(source.functions[forward])):
        said = "in evaluation mode mean and variance are given, and symbn code decides training mode only"
        raise UsageError(f"{source.path}: {backward}: {said}")
    if forward is not None:
        calls.append((forward, matching.forward(source.functions[forward])))
    calls.append((backward, matching.backward(function, source.functions[forward] if forward else None)))
    return Plan(backward, forward, tuple(calls), _results(function), tuple(matching.slots))


def _given_statistics(forward: ast.FunctionDef) -> bool:
    """Tell whether a forward pass has to be given the mean or the variance: then these do not depend on x."""
    required = set(parameters(forward)) - defaults(forward)
    return any(nodes(name)[:1] in (("mu",), ("var",)) or plain(name).startswith(("running", "moving")) for name in required)


@dataclass
class _Matching:
    source: Source
    means: Mapping[str, str]
    slots: list[Slot] = field(default_factory=list)

    def slot(self, name: str) -> Slot | Setting | None:
        """Return what a name wants, or None if nothing is known by it."""
        if name in self.means:
            return self.kept(Slot(name, (self.means[name],)))
        word = plain(name)
        if name in ("N", "D", "C", "H", "W", "M", "B", "m", "n"):
            return Setting(None, size=name)
        if word in ("mode",):
            return Setting("train")
        if word in ("training", "istraining", "train"):
            return Setting(True)
        if word in ("momentum",):
            return Setting(Fraction(9, 10))
        if word in ("runningmean", "movingmean", "runningvar", "movingvar"):
            return Setting(None, filled="zeros" if word.endswith("mean") else "ones")
        return self.kept(Slot(name, found)) if (found := nodes(name)) else None

    def kept(self, slot: Slot) -> Slot:
        self.slots.append(slot)
        return slot

    def forward(self, function: ast.FunctionDef) -> dict[str, Wanted]:
        optional = defaults(function)
        found: dict[str, Wanted] = {}
        for name in parameters(function):
            wanted = self.config(function, name) or self.slot(name)
            if wanted is not None and not (isinstance(wanted, Slot) and wanted.nodes[0] == "g"):  # G, a number of groups
                found[name] = wanted
            elif name not in optional:
                raise self.unknown(function, name)
        return found

    def backward(self, function: ast.FunctionDef, forward: ast.FunctionDef | None) -> dict[str, Wanted]:
        optional = defaults(function)
        names = parameters(function)
        upstream = [name for name in names if self.means.get(name) == "g" or (name not in self.means and is_upstream(name))]
        if not upstream:
            raise UsageError(
                f"{self.source.path}: {function.name} has no parameter that is known as dL/dy, such as dout:"
                f" say which it is, --let dout={names[0] if names else 'NAME'}"
            )
        found: dict[str, Wanted] = {upstream[0]: Slot(upstream[0], ("g",))}
        for name in names:
            if name in found:
                continue
            wanted = self.saved(function, name, forward) or self.config(function, name) or self.slot(name)
            if wanted is not None:
                found[name] = wanted
            elif name not in optional:
                raise self.unknown(function, name)
        return found

    def unknown(self, function: ast.FunctionDef, name: str) -> UsageError:
        where = f"{self.source.path}: line {function.lineno}"
        return UsageError(f"{where}: what {name} of {function.name} is, is not known: say it, for example --let xhat={name}")

    def config(self, function: ast.FunctionDef, name: str) -> Wanted | None:
        """Return a dict of settings, for a parameter such as bn_param."""
        if name in self.means or not any(word in name.lower() for word in _CONFIGS):
            return None
        wanted: dict[str, Wanted] = {
            "mode": Setting("train"),
            "eps": Slot("eps", ("eps",)),
            "momentum": Setting(Fraction(9, 10)),
        }
        for key in _keys(function, name):
            if key not in wanted and (slot := self.slot(key)) is not None:
                wanted[key] = slot
        return wanted

    def saved(self, function: ast.FunctionDef, name: str, forward: ast.FunctionDef | None) -> Wanted | None:
        """Return what the forward pass has kept for this parameter; without one, what the function takes out of it."""
        cache = plain(name) in _CACHES or "cache" in name.lower()
        if forward is not None:
            place = _place_in_result(forward, name, cache)
            if place is not None:
                return Result(0, place)
            if not cache:
                return None
        if name in self.means:
            return None
        return self.taken_apart(function, name) if cache or not nodes(name) else None

    def taken_apart(self, function: ast.FunctionDef, name: str) -> Wanted | None:
        """Return the structure of a cache, from `a, b = cache`, `a = cache[0]` or `cache['a']`."""
        by_place: dict[int, ast.expr] = {}
        for node in own_nodes(function):
            match node:
                case ast.Assign(targets=[ast.Tuple(elts=targets) | ast.List(elts=targets)], value=ast.Name(id=taken)) if (
                    taken == name
                ):
                    return self.pattern(function, targets)
                case ast.Assign(
                    targets=[target], value=ast.Subscript(value=ast.Name(id=taken), slice=ast.Constant(value=int(place)))
                ) if taken == name and not isinstance(place, bool):
                    by_place[place] = target
        if by_place and set(by_place) == set(range(len(by_place))):
            return self.pattern(function, [by_place[place] for place in range(len(by_place))])
        keys = _keys(function, name)
        found = {key: self.slot(key) for key in keys}
        for key, wanted in found.items():
            if wanted is None:
                raise self.unknown(function, key)
        return {key: wanted for key, wanted in found.items() if wanted is not None} if found else None

    def pattern(self, function: ast.FunctionDef, targets: Sequence[ast.expr]) -> Wanted:
        found: list[Wanted] = []
        for number, target in enumerate(targets):
            match target:
                case ast.Name(id=name):
                    wanted = self.config(function, name) or self.slot(name)
                    if wanted is None and name.startswith("_"):
                        wanted = Setting(None)
                    if wanted is None:
                        raise self.unknown(function, name)
                    found.append(wanted)
                case ast.Tuple(elts=inner) | ast.List(elts=inner):
                    found.append(self.pattern(function, inner))
                case _:
                    raise self.unknown(function, f"entry {number} of the cache")
        return tuple(found)


def _keys(function: ast.FunctionDef, name: str) -> list[str]:
    """Return the keys with which a dict is read: d['a'], d.get('a')."""
    found: list[str] = []
    for node in own_nodes(function):
        match node:
            case ast.Subscript(value=ast.Name(id=taken), slice=ast.Constant(value=str(key)), ctx=ast.Load()) if taken == name:
                found.append(key)
            case ast.Call(
                func=ast.Attribute(value=ast.Name(id=taken), attr="get" | "pop"), args=[ast.Constant(value=str(key))]
            ) if taken == name:
                found.append(key)
    return list(dict.fromkeys(found))


def _place_in_result(forward: ast.FunctionDef, name: str, cache: bool) -> tuple[int, ...] | None:
    result = returned(forward)
    if not isinstance(result, ast.Tuple):
        return None
    names = [element.id if isinstance(element, ast.Name) else "" for element in result.elts]
    if name in names[1:]:
        return (names.index(name, 1),)
    if len(names) == 2 and (cache or not nodes(name)):
        return (1,)
    saved = [place for place, own in enumerate(names) if plain(own) in _CACHES or "cache" in own.lower()]
    return (saved[0],) if cache and saved else None


def _results(function: ast.FunctionDef) -> tuple[tuple[int | str | None, str], ...]:
    """Return the gradients that a function returns: the place in its result (None: all of it) and the node."""
    result = returned(function)
    usual = ("x", "gamma", "beta")
    match result:
        case ast.Tuple(elts=elements) | ast.List(elts=elements):
            given = [place for place, element in enumerate(elements) if not isinstance(element, ast.Constant)]
            named = {place: node for place in given if (node := _gradient(elements[place]))}
            # What has no name of its own is what usually stands there.
            free = [place for place in given if place not in named]
            rest = dict(zip(free, (node for node in usual if node not in named.values()), strict=False))
            return tuple(sorted((rest | named).items()))
        case ast.Dict(keys=keys):
            texts = [key.value for key in keys if isinstance(key, ast.Constant) and isinstance(key.value, str)]
            found = [(key, (gradient_of(key) or nodes(key) or ("",))[0]) for key in texts]
            return tuple((key, node) for key, node in found if node in usual)
        case ast.Call():
            return tuple(enumerate(usual))  # the result of another function: what it returns is seen when it has run
        case None:
            return ()
        case _:
            return ((None, _gradient(result) or "x"),)


def _gradient(element: ast.expr) -> str:
    if isinstance(element, ast.Name):
        found = gradient_of(element.id)
        return found[0] if found and found[0] in ("x", "gamma", "beta") else ""
    return ""


def _filled(wanted: Wanted, values: Values, way: Mapping[str, str], kept: int) -> Structure:
    match wanted:
        case Result():
            return wanted
        case Slot(name=name, nodes=possible):
            return node_value(values, way.get(name, possible[0]), kept)
        case Setting():
            return _setting(wanted, values)
        case tuple():
            return tuple(_filled(part, values, way, kept) for part in wanted)
        case _:
            return {key: _filled(part, values, way, kept) for key, part in wanted.items()}


def node_value(values: Values, node: str, kept: int) -> Array:
    if node == "eps":
        return values.epsilon()
    statistics, parameters = node in ("mu", "var", "v", "s", "r"), node in ("gamma", "beta")
    return values.tensor(node, (kept > 0 and statistics) or (kept > 1 and parameters))


def _setting(wanted: Setting, values: Values) -> Structure:
    if wanted.size is not None:
        return _size(wanted.size, values)
    if wanted.filled is not None:
        term = ZERO if wanted.filled == "zeros" else ONE
        like = values.tensor("mu")
        return Tensor(like.shape, (term,) * len(like.entries)) if isinstance(like, Tensor) else IndexedTensor(like.axes, term)
    return wanted.value


def _size(name: str, values: Values) -> Structure:
    """Return the size that a name such as N stands for: that of the axis of this name, else the number that is normalised."""
    axes = values.layout.normalised
    own = [axis for axis, size in enumerate(values.layout.sizes) if size == name]
    return values.length(tuple(own) or axes)


def statements(plan: Plan, way: Mapping[str, str], indexed: Indexed) -> tuple[str, ...]:
    """Return what was matched, for people: `ivar` is 1/sqrt(var + eps)."""
    said = []
    for name, node in way.items():
        meaning = indexed.graph.nodes[node].meaning
        if name not in ("eps",):
            said.append(f"{name} is the {meaning}")
    return tuple(said)
