"""The meaning of sums, of averages, and of how far a sum reaches."""

from __future__ import annotations

from fractions import Fraction as Rational

from symbn.elaboration.conditions import same
from symbn.elaboration.context import Context, Inside
from symbn.elaboration.meaning import Constant, Meaning, Plus, Quantity, Raised, SumOver, plus, times
from symbn.elaboration.names import named, quantity
from symbn.elaboration.notation import key_of
from symbn.elaboration.scope import Resolved, bound_names, excluded_names, resolve
from symbn.errors import unreadable
from symbn.kernel.term import FEATURE, Index
from symbn.syntax.tree import (
    Additive,
    Big,
    Call,
    Group,
    Listing,
    Name,
    Node,
    Number,
    Product,
    Relation,
    Scripted,
    children,
    number_value,
)

_EXTENT = "the sum over {} reaches to the end of its row or bracket: write brackets around the whole summand"


def additive(context: Context, node: Additive, inside: Inside) -> Meaning:
    for place, term in enumerate(node.terms[:-1]):
        big = _open_sum(term)
        if big is not None and big.operator == "sum":
            letters = [name.text for name in bound_names(big.lower)]
            rest = node.terms[place + 1 :]
            escapes = any(_mentions(later, letter) for later in rest for letter in letters if inside.index(letter) is None)
            words = _EXTENT.format(", ".join(letters) or "the batch")
            if escapes:
                # The bound letter is used after the sum's end, so that the wide reading is the plainer one.
                taken = context.choices.pick(f"extent {big.span.start}", [words, f"{letters[0]} is free after the sum"])
                wide = taken == 0
            else:
                wide = context.choices.pick(f"extent {big.span.start}", [None, words]) == 1
            if wide:
                body = Additive(
                    big.body.span.to(rest[-1].span), (1, *node.signs[place + 1 :]), (big.body, *rest)
                )  # fmt: skip
                widened = Big(big.span.to(body.span), big.operator, big.lower, big.upper, body)
                last = _with_open_sum(term, widened)
                shorter = (*node.terms[:place], last)
                return plus(
                    *(signed(context, sign, t, inside) for sign, t in zip(node.signs[: place + 1], shorter, strict=True))
                )  # fmt: skip
    return plus(*(signed(context, sign, term, inside) for sign, term in zip(node.signs, node.terms, strict=True)))


def signed(context: Context, sign: int, term: Node, inside: Inside) -> Meaning:
    inner = context.read(term, inside)
    return inner if sign > 0 else times(Constant(Rational(-1)), inner)


def big(context: Context, node: Big, inside: Inside) -> Meaning:
    if node.operator != "sum":
        raise unreadable("unsupported", "products over the batch are outside what symbn decides", node.span)
    names = bound_names(node.lower)
    if not names:
        if node.lower is not None:
            raise unreadable("bad-bounds", "these bounds of a sum are not read", node.lower.span, "write \\sum_{j=1}^{m}")
        return anonymous(context, node.body, inside)
    check_bounds(context, node)
    excluded = tuple(context.index(other, inside) for other in excluded_names(node.lower))
    indices = []
    for name in names:
        index = context.scope.index(name, axis_of(context, node))
        if inside.index(name.text) is not None or (name.text in context.scope.free and index in excluded):
            index = Index(context.new_letter(), index.axis)
        indices.append(index)
        inside = inside.with_bound(name.text, index)
    body = context.read(node.body, inside)
    for place, index in reversed(list(enumerate(indices))):
        skip = tuple(e for e in excluded if e.axis == index.axis) if place == 0 else ()
        if any(other == index for other in skip):
            raise unreadable("bad-bounds", "a sum cannot leave out the index it runs over", node.span)
        body = SumOver(index, skip, body)
    return body


def axis_of(context: Context, node: Big) -> str | None:
    return FEATURE if node.upper is not None and key_of(node.upper) == context.scope.features else None


def check_bounds(context: Context, node: Big) -> None:
    """A sum runs over the whole batch (or all features); anything else is refused."""
    lowest = Rational(1)
    for item in node.lower.items if isinstance(node.lower, Listing) else (node.lower,):
        if isinstance(item, Relation) and item.operator == "=":
            start = number_value(item.right)
            if start is None or start not in (0, 1):
                raise unreadable("bad-bounds", "a sum starts at 1 (or at 0)", item.span, "write \\sum_{j=1}^{m}")
            lowest = start
        elif isinstance(item, Relation) and item.operator in ("\\le\\le", "<<", "\\le<"):
            if number_value(item.left) != 1 or key_of(_last(item.right)) not in (context.scope.batch, context.scope.features):
                raise unreadable("bad-bounds", "these bounds of a sum are not read", item.span, "write \\sum_{j=1}^{m}")
    if node.upper is None:
        return
    upper: Node = node.upper
    if lowest == 0 and isinstance(upper, Additive) and upper.signs == (1, -1) and number_value(upper.terms[1]) == 1:
        upper = upper.terms[0]
    elif lowest == 0:
        raise unreadable("bad-bounds", "a sum from 0 to m has m + 1 terms", node.upper.span, "write \\sum_{j=1}^{m}")
    size = number_value(upper)
    if size is not None and size.denominator == 1 and size >= 1:
        if context.batch is None:
            context.batch = int(size)
            context.choices.note(f"the sums end at {size}, so the batch size is {size}")
        if context.batch != size:
            raise unreadable("bad-bounds", f"the batch size is {context.batch}, but this sum ends at {size}", upper.span)
    elif key_of(upper) not in (context.scope.batch, context.scope.features):
        raise unreadable(
            "bad-bounds", "a sum ends at the batch size", upper.span, f"write {context.scope.batch}, or say --let batch=..."
        )


def anonymous(context: Context, body: Node, inside: Inside) -> Meaning:
    index = Index(context.new_letter())
    return SumOver(index, (), context.read(body, inside.with_bound("", index, averaged=True)))


def call(context: Context, node: Call, inside: Inside) -> Meaning:
    function = key_of(node.function)
    if function in ("delta", "\\delta") and len(node.arguments) == 2:
        pair = node.arguments
        if isinstance(pair[0], Name | Number) and isinstance(pair[1], Name | Number):
            return same(context, pair[0], pair[1], node.span, inside)
    if len(node.arguments) != 1:
        raise unreadable("unexpected", f"{function} takes one argument", node.span)
    (argument,) = node.arguments
    if function == "\\delta":
        return times(quantity(context, Name(node.function.span, "\\delta"), inside), context.read(argument, inside))
    if function == "sum":
        return anonymous(context, argument, inside)
    found = resolve(argument, context.notation) if isinstance(argument, Name | Scripted) else None
    if found is not None and found.role == "x" and found.power is None and not (found.indices and not context.scope.wide):
        role = {"E": "mu", "\\mathbb E": "mu", "Mean": "mu", "mean": "mu"}.get(function or "", "var")
        own = (*found.indices, *([found.label] if found.label else []))
        if len(own) <= 1:
            node_itself = Resolved(role, function or "", own, None, None)
            value = named(context, node_itself, node.span, inside)
            return Raised(value, Rational(1, 2)) if function in ("Std", "std") else value
    if found is not None and found.indices and not context.scope.wide:
        raise unreadable(
            "bad-index", "an average runs over the batch, so that the index would be bound", argument.span,
            "leave the index out, or write the sum",
        )  # fmt: skip
    mean = average(context, argument, inside)
    if function in ("E", "\\mathbb E", "Mean", "mean"):
        return mean
    square = average(
        context, Scripted(argument.span, Group(argument.span, "(", argument), None, Number(argument.span, Rational(2))), inside
    )
    variance = Plus((square, times(Constant(Rational(-1)), Raised(mean, Rational(2)))))
    return Raised(variance, Rational(1, 2)) if function in ("Std", "std") else variance


def average(context: Context, body: Node, inside: Inside) -> Meaning:
    return times(Raised(Quantity("m"), Rational(-1)), anonymous(context, body, inside))


def _open_sum(node: Node) -> Big | None:
    """Return the sum that the node ends with, if no bracket closes it."""
    match node:
        case Big():
            return node
        case Product(factors=(*_, last)):
            return _open_sum(last)
        case _:
            return None


def _with_open_sum(node: Node, put: Big) -> Node:
    if isinstance(node, Product):
        factors = (*node.factors[:-1], _with_open_sum(node.factors[-1], put))
        return Product(node.span.to(put.span), factors, node.operators)
    return put


def _mentions(node: Node, letter: str) -> bool:
    """Tell whether the letter is used as an index in the node without being bound there."""
    if isinstance(node, Big) and letter in {name.text for name in bound_names(node.lower)}:
        return False
    if isinstance(node, Name):
        return node.text == letter
    return any(_mentions(child, letter) for child in children(node))


def _last(node: Node) -> Node:
    return node.items[-1] if isinstance(node, Listing) else node
