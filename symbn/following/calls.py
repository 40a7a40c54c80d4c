r"""A function of the input that the text defines by its value: f(X_i)^{(k)} as one name, `f()`, that carries the indices."""

from __future__ import annotations

from symbn.diagnostic import Span
from symbn.elaboration.resolving import indices_of
from symbn.errors import UnreadableError
from symbn.syntax.tree import Group, Listing, Name, Node, Product, Scripted, rebuilt


def function_defined(left: Node) -> str | None:
    """Return f if the left side is f(x), f(x_i) or f(X_i)^{(k)}: a function that the text defines by its value."""
    match left:
        case Product(factors=(Name(text=name), argument), operators=("",)) if len(name) == 1 and _argument(argument):
            return name
        case _:
            return None


def called(node: Node, functions: frozenset[str]) -> Node:
    """Return the node with every value of one of the functions as one name."""
    if not functions:
        return node
    inner = rebuilt(node, lambda part: called(part, functions))
    if not isinstance(inner, Product):
        return inner
    factors, operators = [inner.factors[0]], list[str]()
    for operator, factor in zip(inner.operators, inner.factors[1:], strict=True):
        before = factors[-1]
        if operator == "" and isinstance(before, Name) and before.text in functions and _argument(factor):
            factors[-1] = _one_name(before, factor)
        else:
            factors.append(factor)
            operators.append(operator)
    return factors[0] if len(factors) == 1 else Product(inner.span, tuple(factors), tuple(operators))


def _argument(node: Node) -> bool:
    group = node.base if isinstance(node, Scripted) and node.sub is None and not node.primes else node
    if not isinstance(group, Group) or group.bracket != "(":
        return False
    inner = group.body
    name = inner
    if isinstance(inner, Scripted):
        name = inner.base
        try:
            indices_of(inner.sub)
        except UnreadableError:
            return False  # a factor x_{i+1}, which is reported where it is read
    return isinstance(name, Name) and name.text in ("x", "X", "\\mathbf x")


def _one_name(function: Name, argument: Node) -> Node:
    group = argument.base if isinstance(argument, Scripted) else argument
    span: Span = function.span.to(argument.span)
    name = Name(span, f"{function.text}()")
    assert isinstance(group, Group)
    inner = group.body
    below = tuple(indices_of(inner.sub)) if isinstance(inner, Scripted) else ()
    label = argument.sup if isinstance(argument, Scripted) else None
    if label is None and isinstance(inner, Scripted):
        label = inner.sup
    if not below and label is None:
        return name
    sub: Node | None = None if not below else below[0] if len(below) == 1 else Listing(span, below)
    return Scripted(span, name, sub, label)
