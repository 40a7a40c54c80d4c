"""Which line is wrong: intermediate values beside what their names say that they are.

`dvar` is meant to be dL/dvar, `std` to be sqrt(var + eps). A value that equals none of the things that its name may stand for
(also parts: dmu for one of the two ways into mu) is a finding. Of a function whose results are right it is said of a value that
no result depends on, and of one that is off by a factor, which something later makes up for.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from fractions import Fraction

from symbn.answer import REFUTED
from symbn.code.answer import Finding
from symbn.code.comparing import Compared, aligned, compare_at_all_sizes, compare_at_shape
from symbn.code.floats import close_at_all_sizes, close_to_term
from symbn.code.model import Binding, IndexedTensor, Tensor
from symbn.code.names import RESULTS, gradient_of, nodes
from symbn.code.quantities import Indexed, Written, gradient
from symbn.code.roots import prove_at_all_sizes, prove_over_scalars
from symbn.code.source import Source, own_nodes, parameters
from symbn.kernel.goal import Goal
from symbn.kernel.term import Entry, Sum, Term, Var, add, mul, num, power
from symbn.kernel.verdict import Proved
from symbn.layers.graph import Graph

_FACTORS = tuple(
    Fraction(*pair) for pair in ((-1, 1), (2, 1), (1, 2), (-2, 1), (-1, 2), (4, 1), (1, 4), (3, 1), (1, 3), (3, 2), (2, 3))
)


def findings(
    source: Source, function: str, bindings: Sequence[Binding], space: Indexed | Written, right: bool
) -> tuple[Finding, ...]:
    """Return the intermediate values that are wrong, in the order of the lines. right: all results are."""
    node = source.functions[function]
    needed, given = names_needed(node), _given(node)
    found = []
    for binding in _final(bindings):
        used = binding.name in needed
        if binding.name in given:
            continue
        message = _wrong(binding, space, only_by_a_factor=right and used)
        if message is not None:
            found.append(Finding(binding.line, source.place(binding.line), binding.name, message, used))
    return tuple(found)


def _given(function: ast.FunctionDef) -> set[str]:
    """Return the names that are only taken out of a parameter: x, gamma = cache. What they are is not the function's doing."""
    own = set(parameters(function))
    taken: set[str] = set(own)
    computed: set[str] = set()
    for node in own_nodes(function):
        match node:
            case ast.Assign(targets=targets, value=value):
                names = {name for target in targets for name in _bound(target)}
                (taken if _taken(value, own) else computed).update(names)
            case ast.AugAssign(target=target) | ast.AnnAssign(target=target):
                computed.update(_bound(target))
            case _:
                pass
    return taken - computed


def _taken(value: ast.expr, parameters: set[str]) -> bool:
    match value:
        case ast.Name(id=name):
            return name in parameters
        case ast.Subscript(value=inner) | ast.Call(func=ast.Attribute(value=inner, attr="get" | "pop")):
            return _taken(inner, parameters)
        case ast.Tuple(elts=parts):
            return all(_taken(part, parameters) for part in parts)
        case _:
            return False


def _final(bindings: Sequence[Binding]) -> list[Binding]:
    """Return the last value of each name, in the order of the lines: a sum that is made in steps is judged when it is whole."""
    last = {binding.name: binding for binding in bindings}
    return sorted(last.values(), key=lambda binding: binding.line)


def _wrong(binding: Binding, space: Indexed | Written, only_by_a_factor: bool) -> str | None:
    """Return what is wrong with a value, or None if it is right or nothing is known of it."""
    gradients = gradient_of(binding.name)
    if gradients:
        if gradients[0] in RESULTS:
            return None  # It is a result, which has an answer of its own, or a part of one.
        meant = [
            (f"dL/d{name if name in ('mu', 'var', 'xhat') else _said(name)}", name, term)
            for name in gradients
            for term in _gradients(space, name)
        ]
    else:
        meant = [(_said(name), name, _indexed(space).value(name)) for name in nodes(binding.name) if name in _COMPUTED]
    if not meant:
        return None
    if any(_near(binding, name, term, space) for _, name, term in meant):
        return None
    said, name, term = meant[0]
    answer = _compare(binding, name, term, space)
    if answer.verdict != REFUTED:
        return None
    factor = None if answer.misshapen else _factor(binding, name, term, space)
    if factor is not None:
        return f"{binding.name} is {factor} times {said}" + (", which is made up for later" if only_by_a_factor else "")
    if only_by_a_factor:
        return None
    return f"{binding.name} is not {said}" + (f": {answer.reason}" if answer.misshapen else "")


def _near(binding: Binding, node: str, term: Term, space: Indexed | Written) -> bool:
    """Tell whether the value may be the term: floats do not tell them apart. Then nothing is said against it."""
    if isinstance(space, Written):
        return isinstance(binding.value, Tensor) and close_to_term(binding.value, term, node, space)
    own = aligned(node, binding.value, space)
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


def _indexed(space: Indexed | Written) -> Indexed:
    return space if isinstance(space, Indexed) else space.indexed


def _gradients(space: Indexed | Written, node: str) -> Iterator[Term]:
    """Yield what a name for dL/d(node) may stand for: the whole, then each of the ways through which the loss depends on it."""
    indexed = _indexed(space)
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


def _compare(binding: Binding, node: str, term: Term, space: Indexed | Written) -> Compared:
    if isinstance(space, Indexed):
        return compare_at_all_sizes(node, binding.value, term, space)
    return compare_at_shape(node, binding.value, space.spread(node, term), space)


def _factor(binding: Binding, node: str, term: Term, space: Indexed | Written) -> str | None:
    """Return the simple constant, or power of m, by which the value differs from the term, proved."""
    count, own = Var("m"), _indexed(space).layout.count
    less, root = add(count, num(-1)), power(_indexed(space).value("v"), Fraction(1, 2))
    candidates: list[tuple[str, Term]] = [(str(value), num(value)) for value in _FACTORS]
    candidates += [(own, count), (f"1/{own}", power(count, -1)), (f"-{own}", mul(num(-1), count))]
    candidates += [(f"{own}/({own} - 1)", mul(count, power(less, -1))), (f"({own} - 1)/{own}", mul(power(count, -1), less))]
    candidates += [("sqrt(var + eps)", root), ("1/sqrt(var + eps)", power(root, -1)), ("(var + eps)", power(root, 2))]
    candidates += [("1/(var + eps)", power(root, -2)), ("-1/sqrt(var + eps)", mul(num(-1), power(root, -1)))]
    for said, factor in candidates:
        if _near(binding, node, mul(factor, term), space) and _equals(binding, node, mul(factor, term), space):
            return said
    return None


def _equals(binding: Binding, node: str, term: Term, space: Indexed | Written) -> bool:
    if isinstance(space, Written):
        tensor = space.spread(node, term)
        if not isinstance(binding.value, Tensor) or len(binding.value.entries) != len(tensor.entries):
            return False
        pairs = zip(binding.value.entries, tensor.entries, strict=True)
        return all(isinstance(prove_over_scalars(Goal(a, b)), Proved) for a, b in pairs)
    own = aligned(node, binding.value, space) if isinstance(binding.value, IndexedTensor) else None
    return own is not None and not isinstance(own, Compared) and isinstance(prove_at_all_sizes(Goal(own, term)), Proved)


def names_needed(function: ast.FunctionDef) -> set[str]:
    """Return the names on which what the function returns depends, as far as assignments tell.

    A name that is used in a test, a loop or a call for its own sake counts as needed.
    """
    sources: dict[str, set[str]] = {}
    needed: set[str] = set()
    for node in own_nodes(function):
        match node:
            case ast.Assign(targets=targets, value=value):
                for target in targets:
                    for name in _bound(target):
                        sources.setdefault(name, set()).update(_names(value), _names(target) - {name})
            case ast.AugAssign(target=target, value=value) | ast.AnnAssign(target=target, value=ast.expr() as value):
                for name in _bound(target):
                    sources.setdefault(name, set()).update(_names(value), _names(target) - {name})
            case ast.Return(value=ast.expr() as value) | ast.Expr(value=value):
                needed |= _names(value)
            case ast.If(test=test) | ast.While(test=test) | ast.Assert(test=test):
                needed |= _names(test)
            case ast.For(target=target, iter=over):
                needed |= _names(over)
                for name in _bound(target):
                    sources.setdefault(name, set()).update(_names(over))
            case ast.FunctionDef() | ast.Lambda():
                needed |= _names(node)
            case _:
                pass
    waiting = list(needed)
    while waiting:
        for name in sources.get(waiting.pop(), set()) - needed:
            needed.add(name)
            waiting.append(name)
    return needed


def _names(node: ast.AST) -> set[str]:
    return {inner.id for inner in ast.walk(node) if isinstance(inner, ast.Name)}


def _bound(target: ast.expr) -> Iterator[str]:
    match target:
        case ast.Name(id=name):
            yield name
        case ast.Tuple(elts=elements) | ast.List(elts=elements):
            for element in elements:
                yield from _bound(element)
        case ast.Subscript(value=inner) | ast.Attribute(value=inner) | ast.Starred(value=inner):
            yield from _bound(inner)
        case _:
            return
