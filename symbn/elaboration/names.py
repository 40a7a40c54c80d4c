"""The meaning of a name with its scripts: a quantity of the layer with all its indices, a size, a free number, or a
gradient."""

from __future__ import annotations

from fractions import Fraction as Rational

from symbn.diagnostic import Span
from symbn.elaboration.conditions import same
from symbn.elaboration.context import Context, Inside
from symbn.elaboration.meaning import TOTAL, Meaning, Quantity, Raised, Slope
from symbn.elaboration.notation import Definition, key_of
from symbn.elaboration.resolving import ARRAYS, PER_FEATURE, Resolved, kronecker, resolve
from symbn.errors import unreadable
from symbn.kernel.term import BATCH, FEATURE, Index
from symbn.syntax.tree import Group, Name, Node, Number, Scripted, number_value

MAX_EXPONENT = 64


def quantity(context: Context, node: Name | Scripted, inside: Inside) -> Meaning:
    found = resolve(node, context.notation)
    if found is None:
        return other_name(context, node, inside)
    if found.adjoint:
        by = named(context, Resolved(found.role, found.key, found.indices, found.label, None), node.span, inside)
        assert isinstance(by, Quantity)
        return powered(context, Slope(Quantity("L"), by, TOTAL), found.power, node.span)
    return powered(context, named(context, found, node.span, inside), found.power, node.span)


def named(context: Context, found: Resolved, span: Span, inside: Inside) -> Meaning:
    if found.free:
        context.choices.note(f"{found.key} is any real number")
        return Quantity(found.role, tuple(context.index(i, inside) for i in found.indices))
    if found.definition is not None:
        return defined(context, found, found.definition, span, inside)
    if found.role == "deviation":
        inner = named(context, Resolved("var", found.key, found.indices, found.label, None), span, inside)
        return Raised(inner, Rational(1, 2))
    written = context.scope.slots(found)
    if found.role in ("eps", "L") and written:
        raise unreadable("bad-index", f"{found.key} has no index", span, "leave the index out, or rename the quantity")
    if found.role in PER_FEATURE and written and not context.scope.wide:
        raise unreadable(
            "bad-index",
            f"{found.key} has one value for each feature, so {written_text(written[0][0])} counts features, "
            "but x has one index only",
            span,
            "give the entries two indices, as in x_{ij}, or leave the feature index out everywhere",
        )
    if found.role in ARRAYS and len(written) > 2:
        raise unreadable("bad-index", f"{found.key} has at most two indices, example and feature", span)
    if inside.averaged and context.scope.wide and found.role in ARRAYS and len(written) == 1:
        written = [(written[0][0], FEATURE)]
    slots = context.graph.nodes[found.role].slots
    indices = []
    for axis in slots:
        own = [index for index, of in written if of == axis]
        index = context.index(own[0], inside, axis) if own else context.omitted(found, axis, span, inside)
        if index.axis != axis:
            # In x_{ij} = E[dL/dx_i] the average is over i, and a lone index in an average counts features.
            raise unreadable(
                "two-roles", f"{index.name} counts examples in one place and features in another", span,
                "give the entries both indices, or rename one",
            )  # fmt: skip
        indices.append(index)
    return Quantity(found.role, tuple(indices))


def defined(context: Context, found: Resolved, definition: Definition, span: Span, inside: Inside) -> Meaning:
    """Read the body of a definition at the indices of its use."""
    written = context.scope.slots(found)
    if len(found.indices) + (found.label is not None) > len(definition.letters):
        raise unreadable("bad-index", f"{found.key} is defined with {len(definition.letters)} indices", span)
    short = len(written) < len(definition.letters)
    if short and any(isinstance(index, Number) and index.value >= 10 for index, _ in written):
        raise unreadable("two-roles", "this may be one index or two", span, f"write {found.key}_{{1,2}} for two indices")
    at: list[tuple[str, Index]] = []
    for place, (letter, axis) in enumerate(definition.letters):
        if place < len(written):
            at.append((letter, context.index(written[place][0], inside, axis)))
        else:
            at.append((letter, context.omitted(found, axis, span, inside)))
    batch = next((index for _, index in at if index.axis == BATCH), None)
    context.choices.note(f"{found.key} is what the text defines it to be")
    return context.read(definition.body, Inside(tuple(at), batch, apart=True))


def check_call(context: Context, left: Node, operator: str, right: Node) -> None:
    """Refuse \\mu(x), which may be the mean of x or a product. Raises: UnreadableError."""
    if operator == "" and isinstance(left, Name | Scripted) and isinstance(right, Group) and isinstance(right.body, Name):
        function, argument = resolve(left, context.notation), resolve(right.body, context.notation)
        if function is not None and argument is not None and argument.role == "x":
            if function.role in ("mu", "var", "s", "deviation") and not function.indices:
                raise unreadable(
                    "two-roles",
                    f"{function.key}({argument.key}) may be a function of {argument.key} or a product",
                    left.span.to(right.span),
                    f"leave ({argument.key}) out, or write a product sign",
                )


def other_name(context: Context, node: Name | Scripted, inside: Inside) -> Meaning:
    if isinstance(node, Scripted) and (pair := kronecker(node)) is not None:
        return powered(context, same(context, *pair, node.span, inside), node.sup, node.span)
    base = node.base if isinstance(node, Scripted) else node
    key = key_of(base)
    plain = isinstance(node, Name) or (node.sub is None and not node.primes)
    if key in (context.scope.batch, context.scope.features) and plain:
        size = Quantity("m" if key == context.scope.batch else "n")
        return powered(context, size, node.sup if isinstance(node, Scripted) else None, node.span)
    if isinstance(node, Scripted) and key in ("\\mathbb 1", "\\mathbf 1"):
        raise unreadable("unsupported", "a vector of ones has the batch as its size", node.span, "write \\mathbf 1_N")
    if isinstance(node, Scripted) and not isinstance(base, Name):
        if node.sub is not None or node.primes:
            raise unreadable("bad-index", "only a name can carry an index or a prime", node.span)
        return powered(context, context.read(base, inside), node.sup, node.span)
    shown = (key if isinstance(node, Scripted) and isinstance(base, Name) else key_of(node)) or "this"
    raise unreadable(
        "unknown-name",
        f"unknown name {shown}",
        node.span,
        f"say what it is, for example --let normalised='{shown}', or --let free='{shown}' for any real number",
    )


def powered(context: Context, base: Meaning, power: Node | Rational | None, span: Span) -> Meaning:
    if power is None:
        return base
    if isinstance(power, Name) and power.text in ("\\top", "T", "\\intercal", "*"):
        raise unreadable("unsupported", "a transpose is not read here", span, "write the sum over the index out")
    exponent = power if isinstance(power, Rational) else constant(context, power)
    return Raised(base, exponent)


def constant(context: Context, node: Node) -> Rational:
    """Return the value of an exponent. Raises: UnreadableError if it is not a number, or too large."""
    value = number_value(node)
    if value is None:
        raise unreadable("bad-exponent", "an exponent must be a number", node.span, "write the power as a number such as -3/2")
    if abs(value.numerator) > MAX_EXPONENT or value.denominator > MAX_EXPONENT:
        raise unreadable("bad-exponent", f"exponents are read up to {MAX_EXPONENT}", node.span)
    return value


def written_text(index: Name | Number) -> str:
    return index.text if isinstance(index, Name) else str(index.value)
