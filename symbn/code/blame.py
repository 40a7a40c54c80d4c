"""Which line is wrong: intermediate values beside what their names say that they are.

`dvar` is meant to be dL/dvar, `std` to be sqrt(var + eps). A value that equals none of the things that its name may stand for
(also parts: dmu for one of the two ways into mu) is a finding. Of a function whose results are right it is said of a value that
no result depends on, and of one that is off by a factor, which something later makes up for.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from symbn.answer import REFUTED
from symbn.code.answer import Finding
from symbn.code.comparing import Compared, aligned, compare_at_all_sizes, compare_at_shape
from symbn.code.floats import close_at_all_sizes, close_to_term
from symbn.code.model import Array, Binding, Tensor
from symbn.code.names import RESULTS, gradient_of, nodes
from symbn.code.quantities import Indexed, Written, gradient
from symbn.code.roots import prove_at_all_sizes, proves_entries
from symbn.code.source import Source
from symbn.code.uses import names_changed, names_given, read_behind, uses
from symbn.kernel.goal import Goal
from symbn.kernel.term import BATCH, Entry, Sum, Term, Var, add, mul, num, power
from symbn.kernel.verdict import Proved
from symbn.layers.graph import Graph

_FACTORS = tuple(
    Fraction(*pair) for pair in ((-1, 1), (2, 1), (1, 2), (-2, 1), (-1, 2), (4, 1), (1, 4), (3, 1), (1, 3), (3, 2), (2, 3))
)


Space = Indexed | Written


@dataclass(frozen=True, slots=True)
class Seen:
    """The last value of a name, in each space in which the function was followed."""

    name: str
    line: int
    values: tuple[tuple[Space, Array], ...]


def findings(
    source: Source, function: str, traces: Sequence[tuple[Space, Sequence[Binding]]], right: bool
) -> tuple[Finding, ...]:
    """Return the intermediate values that are wrong, in the order of the lines. right: all results are."""
    node = source.functions[function]
    dependence, given, changed = uses(node), names_given(node), names_changed(node)
    needed = dependence.closure(dependence.ends)
    found: list[Finding] = []
    for seen in _last(traces):
        behind = read_behind(node, seen.name, seen.line)
        used = seen.name in needed and behind
        # Another name may stand for the same memory: then it is not known whether a result depends on it.
        hidden = not behind and seen.name in changed
        message = None if seen.name in given or hidden else _wrong(seen, only_by_a_factor=right and used)
        if message is not None:
            before = dependence.closure({seen.name})
            already = next((other.name for other in found if other.name in before), None)
            told = message if already is None else f"{message} ({already} is wrong already)"
            found.append(Finding(seen.line, source.place(seen.line), seen.name, told, used))
    return tuple(found)


def _last(traces: Sequence[tuple[Space, Sequence[Binding]]]) -> list[Seen]:
    """Return the last value of each name, in the order of the lines: a sum that is made in steps is judged when it is whole.

    A batch of one is left out: there nearly everything is 0.
    """
    traces = [(space, own) for space, own in traces if isinstance(space, Indexed) or space.sizes[BATCH] > 1]
    found: dict[str, tuple[int, list[tuple[Space, Array]]]] = {}
    for space, bindings in traces:
        for name, binding in {binding.name: binding for binding in bindings}.items():
            found.setdefault(name, (binding.line, []))[1].append((space, binding.value))
    whole = [Seen(name, line, tuple(values)) for name, (line, values) in found.items() if len(values) == len(traces)]
    return sorted(whole, key=lambda seen: seen.line)


def _wrong(seen: Seen, only_by_a_factor: bool) -> str | None:
    """Return what is wrong with a value, or None if it is right or nothing is known of it."""
    indexed = _indexed(seen.values[0][0])
    gradients = gradient_of(seen.name)
    if gradients:
        if gradients[0] in RESULTS:
            return None  # It is a result, which has an answer of its own, or a part of one.
        meant = [(f"dL/d{_of(name)}", name, term) for name in gradients for term in _gradients(indexed, name)]
    else:
        meant = [(_said(name), name, indexed.value(name)) for name in nodes(seen.name) if name in _COMPUTED]
    if not meant or any(_near(seen, name, term) for _, name, term in meant):
        return None
    said, name, term = meant[0]
    answers = (_compare(space, value, name, term) for space, value in seen.values)
    answer = next((answer for answer in answers if answer.verdict == REFUTED), None)
    if answer is None:
        return None
    factor = None if answer.misshapen else _factor(seen, name, term)
    if factor is not None:
        return f"{seen.name} is {factor} times {said}" + (", which is made up for later" if only_by_a_factor else "")
    if only_by_a_factor:
        return None
    return f"{seen.name} is not {said}" + (f": {answer.reason}" if answer.misshapen else "")


def _near(seen: Seen, node: str, term: Term) -> bool:
    """Tell whether the value may be the term: floats do not tell them apart. Then nothing is said against it."""
    return all(_near_in(space, value, node, term) for space, value in seen.values)


def _near_in(space: Space, value: Array, node: str, term: Term) -> bool:
    if isinstance(space, Written):
        return isinstance(value, Tensor) and close_to_term(value, term, node, space)
    own = aligned(node, value, space)
    return not isinstance(own, Compared) and close_at_all_sizes(own, term, space.graph)


_COMPUTED = ("mu", "c", "sq", "var", "v", "s", "r", "xhat")
_WORDS = {
    "mu": "the mean",
    "var": "the variance",
    "xhat": "(x - mu)/sqrt(var + eps)",
    "v": "(var + eps)",
    "s": "sqrt(var + eps)",
    "r": "(1/sqrt(var + eps))",
    "c": "(x - mu)",
    "sq": "((x - mu)^2)",
}


def _said(node: str) -> str:
    return _WORDS.get(node, node)


def _of(node: str) -> str:
    return node if node in ("mu", "var", "xhat") else _said(node)


def _indexed(space: Space) -> Indexed:
    return space if isinstance(space, Indexed) else space.indexed


def _gradients(indexed: Indexed, node: str) -> Iterator[Term]:
    """Yield what a name for dL/d(node) may stand for: the whole, then each of the ways through which the loss depends on it."""
    graph = indexed.graph
    if node not in graph.nodes or node in ("eps", "g", "L"):
        return
    leaf = indexed.leaf(node)
    yield gradient(graph, leaf)
    for child in graph.nodes.values():
        if child.definition is None or child.name == graph.loss or graph.own_term(indexed.leaf(child.name), node) is None:
            continue
        yield _through(graph, indexed, leaf, child.name)


def _through(graph: Graph, indexed: Indexed, leaf: Var | Entry, child: str) -> Term:
    """Return the part of dL/d(leaf) that goes through one of the nodes that are computed from it."""
    own = graph.nodes[child]
    inner = graph.leaf(child, own.formal) if own.formal else indexed.leaf(child)
    slope = graph.local(inner, leaf)
    term = mul(graph.total(graph.leaf(graph.loss, ()), inner), slope)
    lead = leaf.indices if isinstance(leaf, Entry) else ()
    for index in own.formal:
        if index not in lead:
            term = Sum(index, term)
    return graph.expand(term)


def _compare(space: Space, value: Array, node: str, term: Term) -> Compared:
    if isinstance(space, Indexed):
        return compare_at_all_sizes(node, value, term, space)
    return compare_at_shape(node, value, space.spread(node, term), space)


def _factor(seen: Seen, node: str, term: Term) -> str | None:
    """Return the simple factor by which the value differs from the term, proved."""
    indexed = _indexed(seen.values[0][0])
    count, own = Var("m"), indexed.layout.count
    less, root = add(count, num(-1)), power(indexed.value("v"), Fraction(1, 2))
    candidates: list[tuple[str, Term]] = [(str(value), num(value)) for value in _FACTORS]
    candidates += [(own, count), (f"1/{own}", power(count, -1)), (f"-{own}", mul(num(-1), count))]
    candidates += [(f"{own}/({own} - 1)", mul(count, power(less, -1))), (f"({own} - 1)/{own}", mul(power(count, -1), less))]
    candidates += [("sqrt(var + eps)", root), ("1/sqrt(var + eps)", power(root, -1)), ("(var + eps)", power(root, 2))]
    candidates += [("1/(var + eps)", power(root, -2)), ("-1/sqrt(var + eps)", mul(num(-1), power(root, -1)))]
    for said, factor in candidates:
        total = mul(factor, term)
        if _near(seen, node, total) and all(_equals(space, value, node, total) for space, value in seen.values):
            return said
    return None


def _equals(space: Space, value: Array, node: str, term: Term) -> bool:
    if isinstance(space, Written):
        tensor = space.spread(node, term)
        if not isinstance(value, Tensor) or len(value.entries) != len(tensor.entries):
            return False
        return proves_entries(value.entries, tensor.entries)
    own = aligned(node, value, space)
    return not isinstance(own, Compared) and isinstance(prove_at_all_sizes(Goal(own, term)), Proved)
