"""The meaning of sums, of averages, and of how far a sum reaches."""

from __future__ import annotations

from fractions import Fraction as Rational

from symbn.elaboration.conditions import same
from symbn.elaboration.context import Context, Inside
from symbn.elaboration.ellipsis import DOTS
from symbn.elaboration.letters import bound_names, exclusions, indexing, letters_of
from symbn.elaboration.meaning import Constant, Meaning, Plus, Quantity, Raised, SumOver, free, plus, times
from symbn.elaboration.names import named, quantity, written_text
from symbn.elaboration.notation import LABELS, key_of
from symbn.elaboration.readings import TRUE_ONLY_IF
from symbn.elaboration.resolving import MAX_INDEX, Resolved, resolve
from symbn.errors import unreadable
from symbn.kernel.term import BATCH, FEATURE, Index
from symbn.layers.batchnorm import EVALUATION
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

_FROM_ZERO = "a sum counts the entries from 0, and an entry is named as if they counted from 1: begin at 1 everywhere"
_EXTENT = "the sum over {} reaches to the end of its row or bracket: write brackets around the whole summand"


def additive(context: Context, node: Additive, inside: Inside) -> Meaning:
    for place, term in enumerate(node.terms[:-1]):
        big = open_sum(term)
        # A later sum sign says where this sum was meant to end, and so do brackets around the whole summand.
        if (
            big is not None
            and big.operator == "sum"
            and not (closed(big.body) or any(holds_sum(later) for later in node.terms[place + 1 :]))
        ):
            letters = [name.text for name in bound_names(big.lower)]
            rest = node.terms[place + 1 :]
            words = _EXTENT.format(", ".join(letters) or "the batch")
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
    if not names and node.lower is not None:
        raise unreadable("bad-bounds", "these bounds of a sum are not read", node.lower.span, "write \\sum_{j=1}^{m}")
    axis = FEATURE if node.upper is not None and key_of(node.upper) == context.scope.features else None
    check_bounds(context, node, FEATURE if any(context.scope.index(n, axis).axis == FEATURE for n in names) else BATCH)
    if not names:
        return anonymous(context, node.body, inside)
    pairs = exclusions(node.lower)
    taken = 0
    if len(names) == len(pairs) == 1 and isinstance(second := pairs[0][1], Name) and inside.index(second.text) is None:
        own, also = names[0].text, second.text
        both = f"the sum runs over {own} and {also}: write \\sum_{also} \\sum_{{{own} \\neq {also}}}"
        other_way = f"the sum runs over {also}: write \\sum_{{{also} \\neq {own}}}"
        taken = context.choices.pick(f"double {node.span.start}", [None, both, other_way])
        if taken == 1:
            names = (second, *names)
        elif taken == 2:
            names, pairs = (second,), [(second, names[0])]
    outer = inside
    indices: dict[str, Index] = {}
    for name in names:
        index = context.scope.index(name, axis)
        if outer.catches(name.text):
            index = Index(context.new_letter(), index.axis)
        indices[name.text] = index
        inside = inside.with_bound(name.text, index)
    body = context.read(node.body, inside)
    if taken == 1 and len(free(body) & set(indices.values())) == 1:
        context.choices.withheld.append(f"{TRUE_ONLY_IF}{both.partition(':')[0]}, and only one of them stands in its summand")
    order = list(indices)
    skipped: dict[str, list[Index]] = {letter: [] for letter in order}
    for first, other in pairs:
        text = written_text(other)
        if text == first.text:
            raise unreadable("bad-bounds", "a sum cannot leave out the index it runs over", node.span)
        # Of two indices that are both bound here, the inner sum leaves out the outer one's.
        inner = max((letter for letter in (first.text, text) if letter in indices), key=order.index)
        index = context.index(other if inner == first.text else first, inside)
        if index.axis != indices[inner].axis:
            raise unreadable("two-roles", "this compares an example with a feature", node.span, "use indices of one kind")
        skipped[inner].append(index)
    for letter in reversed(order):
        body = SumOver(indices[letter], tuple(skipped[letter]), body)
    return body


def check_bounds(context: Context, node: Big, axis: str) -> None:
    """A sum runs over the whole batch (or all features); anything else is refused. Raises: UnreadableError."""
    size_key = context.scope.features if axis == FEATURE else context.scope.batch
    help = f"write \\sum_{{j=1}}^{{{size_key}}}" + ("" if axis == FEATURE else ", or say --let batch=...")
    lowest = Rational(1)
    excluding = False
    for item in node.lower.items if isinstance(node.lower, Listing) else (node.lower,):
        match item:
            case Relation(operator="=", right=right) if number_value(right) in (0, 1):
                lowest = number_value(right) or Rational(0)
            case Relation(operator="\\neq"):
                excluding = True
                continue
            case Relation(operator="\\in", right=right) if axis == BATCH and key_of(right) in LABELS:
                pass
            case Relation(operator="\\le\\le", left=left, right=Listing(items=(_, last))) if (
                number_value(left) == 1 and key_of(last) == size_key
            ):
                pass
            case None | Name():
                continue
            case Number() if excluding:
                continue
            case Product(operators=operators) if not any(operators):
                continue
            case _:
                raise unreadable("bad-bounds", "these bounds of a sum are not read", item.span, help)
        excluding = False
    if node.upper is None:
        return
    upper: Node = node.upper
    if lowest == 0 and isinstance(upper, Additive) and upper.signs == (1, -1) and number_value(upper.terms[1]) == 1:
        upper = upper.terms[0]
        counted = context.scope.numbers or size_key in context.scope.spans
        if counted or any(note.startswith(DOTS) for note in context.choices.notes):
            context.choices.doubts.append(_FROM_ZERO)
            context.choices.withheld.append(_FROM_ZERO)
    elif lowest == 0:
        raise unreadable("bad-bounds", f"a sum from 0 to {size_key} has one term too many", node.upper.span, help)
    size = number_value(upper)
    if size is not None and size.denominator == 1 and 1 <= size <= MAX_INDEX and axis == BATCH:
        if context.batch is None:
            context.batch = int(size)
            context.choices.note(f"the sums end at {size}, so the batch size is {size}")
        if context.batch != size:
            raise unreadable("bad-bounds", f"the batch size is {context.batch}, but this sum ends at {size}", upper.span)
    elif key_of(upper) != size_key:
        what = "the number of features" if axis == FEATURE else "the batch size"
        raise unreadable("bad-bounds", f"this sum ends at {what}, which is {size_key}", upper.span, help)


def anonymous(context: Context, body: Node, inside: Inside) -> Meaning:
    """A sum or an average that does not say what it runs over: the one index of its body, or the one that is left out there."""
    letters = [name for name in letters_of(body, context.notation) if context.scope.index(name).axis == BATCH]
    if len(letters) > 1:
        which = " or ".join(name.text for name in letters)
        raise unreadable(
            "missing-index", f"this sum or average may run over {which}", body.span, "write \\sum_i with its index"
        )
    bare, indexed = indexing(body, context.notation)
    if letters and bare:
        raise unreadable(
            "missing-index",
            f"this sum or average may run over {letters[0].text}, or over what has no index",
            body.span,
            f"write \\sum_{letters[0].text}, and every index",
        )
    if not letters and indexed and not bare:
        raise unreadable("missing-index", "this sum or average does not say what it runs over", body.span, "write \\sum_i")
    if letters:
        index = context.scope.index(letters[0])
        if inside.catches(letters[0].text):
            index = Index(context.new_letter())
        context.choices.note(f"the sum or average without an index runs over {letters[0].text}")
        return SumOver(index, (), context.read(body, inside.with_bound(letters[0].text, index, averaged=True)))
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
    if function == "BN":
        applied = resolve(argument, context.notation) if isinstance(argument, Name | Scripted) else None
        if applied is None or applied.role != "x" or applied.power is not None:
            raise unreadable("unsupported", "the layer is read when it is applied to its input", argument.span, "write BN(x_i)")
        return named(context, Resolved("y", applied.key, applied.indices, applied.label, None), node.span, inside)
    if function == "sum":
        return anonymous(context, argument, inside)
    if context.notation.mode == EVALUATION:
        raise unreadable(
            "two-roles",
            f"in evaluation mode {function}[..] may be of the batch or a running statistic",
            node.span,
            "write \\mu, or the sum",
        )
    found = resolve(argument, context.notation) if isinstance(argument, Name | Scripted) else None
    if found is not None and found.role == "x" and found.power is None and not (found.indices and not context.scope.wide):
        role = {"E": "mu", "\\mathbb E": "mu", "Mean": "mu", "mean": "mu"}.get(function or "", "var")
        own = (*found.indices, *([found.label] if found.label else []))
        if len(own) <= 1:
            value = named(context, Resolved(role, function or "", own, None, None), node.span, inside)
            return Raised(value, Rational(1, 2)) if function in ("Std", "std") else value
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


def holds_sum(node: Node) -> bool:
    return isinstance(node, Big) or any(holds_sum(child) for child in children(node))


def closed(summand: Node) -> bool:
    """Tell whether the summand is a bracket around several terms: what follows it was left out on purpose."""
    return isinstance(summand, Group) and summand.bracket != "{" and isinstance(summand.body, Additive)


def open_sum(node: Node) -> Big | None:
    """Return the sum that the node ends with, if no bracket closes it."""
    match node:
        case Big():
            return node
        case Product(factors=(*_, last)):
            return open_sum(last)
        case _:
            return None


def _with_open_sum(node: Node, put: Big) -> Node:
    if isinstance(node, Product):
        factors = (*node.factors[:-1], _with_open_sum(node.factors[-1], put))
        return Product(node.span.to(put.span), factors, node.operators)
    return put
