r"""The meaning of an equation between matrices: entry by entry.

    sum     := [sign] product (sign product)*
    product := factor ((juxtaposed | * | / | \odot) factor)*
    factor  := data | parameter | gradient | Jacobian | ones | identity | factor^\top | factor^{\circ q} | factor^k
             | ( sum ) | \frac{sum}{sum} | \sqrt{sum} | E[X] | Var[X] | any number that is read without matrices

Shapes. Capital data (X, \hat X, Y, \nabla_Y L) are (batch x features), with gamma, beta, mu, var, s as rows (1 x features);
small ones are columns (batch x 1), with numbers as parameters. The gradient of the loss has the shape of what it is taken by.
Jacobians have two indices, so that they are of columns only: (i, k) is d a_i / d b_k.

Products. Side by side is the matrix product, and it needs equal inner sizes; `\odot` and `\circ` are entry by entry, taken
after the products beside them. A `*` or `\cdot` is the matrix product where the sizes fit, entry by entry only with a row.
Divisors, roots and powers are of numbers and of rows of parameters, entry by entry; M^2 of a square M is M M.

Sizes that do not fit are `shape-mismatch`. Where a row of parameters repeated down the batch would fit (`J_{1N} \beta`) the
equation is judged so, with the fault as a warning; else it is unreadable. Never tried: two sides of different shapes, but for
0. Readings with a caveat: the layout of derivatives, the order of \odot. A reading that does not fit is no admissible one.

What it does not do: a matrix by a matrix derivative, diag, trace, norms, blocks, and `I - 1/m` (in every entry, or in the
diagonal?) are refused with their place.
"""

from __future__ import annotations

from fractions import Fraction as Rational

from symbn.diagnostic import Diagnostic, Span
from symbn.elaboration.context import Context, Inside
from symbn.elaboration.derivatives import kind, variable
from symbn.elaboration.matrix_names import Names
from symbn.elaboration.matrix_notation import constant_matrix, entrywise_power, untransposed
from symbn.elaboration.meaning import Constant, Meaning, Quantity, Slope, free
from symbn.elaboration.names import check_call, constant
from symbn.elaboration.resolving import ARRAYS, Resolved, resolve
from symbn.elaboration.shapes import (
    NUMBER,
    ONE,
    ONLY,
    Matrix,
    ShapeError,
    common,
    number,
    raised,
    total,
)
from symbn.elaboration.sums import holds_sum, open_sum
from symbn.errors import unreadable
from symbn.kernel.term import BATCH, Index
from symbn.syntax.tree import (
    Additive,
    Call,
    Derivative,
    Fraction,
    Group,
    Name,
    Node,
    Number,
    Product,
    Root,
    Scripted,
    number_value,
)

_ENTRIES = "the equation is between matrices: it is claimed for every entry"
_LAYOUT = "dL/d{} in a fraction is a row (numerator layout): write \\nabla for the column"
_INNER = (
    None,
    "the derivative of a number by a column is a row (numerator layout)",
    "the derivative of a column by a number is a row, and Jacobians are transposed (denominator layout)",
)
_ORDER = (
    None,
    "\\odot and products side by side are taken from left to right: write brackets",
    "\\odot is taken before the products side by side: write brackets",
)


def entries(context: Context, left: Node, right: Node) -> tuple[Meaning, Meaning, tuple[Diagnostic, ...]]:
    """Return the meaning of any entry of both sides, and the warnings. Raises: UnreadableError."""
    reader = _Reader(context)
    sides = [number(Constant(Rational(0))) if reader.is_zero(side) else reader.read(side) for side in (left, right)]
    shapes = sides[0].shape, sides[1].shape
    if shapes[0] != shapes[1]:
        zeros = [reader.is_zero(side) for side in (left, right)]
        if True not in zeros:
            reader.refuse("the two sides have different shapes", *shapes, left.span.to(right.span), "")
        shape = shapes[zeros.index(False)] if False in zeros else NUMBER
        sides = [Matrix(shape, lambda row, column: Constant(Rational(0))) if zero else side
                 for zero, side in zip(zeros, sides, strict=True)]  # fmt: skip
    rows, columns = sides[0].shape
    at = reader.letter(rows), reader.letter(columns)
    if sides[0].shape != NUMBER:
        context.choices.note(f"{_ENTRIES} of {reader.words(sides[0].shape)}")
    found = [side.entry(*at) for side in sides]
    if any(ONLY in free(meaning) for meaning in found):
        raise RuntimeError("an entry of a matrix of one row uses its row")
    return found[0], found[1], tuple(reader.warnings)


class _Reader(Names):
    def read(self, node: Node) -> Matrix:
        if (found := constant_matrix(node, self.context.notation)) is not None:
            return self.constant_matrix(node, *found)
        if (base := untransposed(node, self.context.notation)) is not None:
            return self.transposed(node, base)
        if (power := entrywise_power(node)) is not None:
            return raised(self.read(power[0]), constant(self.context, power[1]))
        if self.is_ordinary(node):
            return self.number(node)
        match node:
            case Group(body=body):
                return self.read(body)
            case Name():
                return self.named(node)
            case Scripted():
                return self.scripted(node)
            case Additive():
                return self.additive(node)
            case Product():
                return self.product(node)
            case Fraction(top=top, bottom=bottom):
                return self.divided(self.read(top), self.read(bottom), node.span)
            case Root(radicand=radicand, degree=degree):
                order = Rational(2) if degree is None else constant(self.context, degree)
                if order.denominator != 1 or order < 2:
                    raise unreadable("unsupported", "the degree of a root is a whole number from 2", node.span)
                return self.power(self.read(radicand), 1 / order, node.span)
            case Derivative():
                return self.derivative(node)
            case Call(arguments=(argument,)) if self.average_of(node) is not None:
                return self.array(self.average_of(node) or "", argument.span)
            case _:
                raise unreadable(
                    "unsupported", "this is not read in an equation between matrices", node.span, "write the indices"
                )

    def scripted(self, node: Scripted) -> Matrix:
        if isinstance(node.base, Name):
            return self.named(node)
        if node.sub is not None or node.primes or node.sup is None:
            raise unreadable("bad-index", "only a name can carry an index or a prime", node.span)
        return self.power(self.read(node.base), constant(self.context, node.sup), node.span)

    def transposed(self, node: Node, base: Node) -> Matrix:
        if number_value(base) is not None:
            help = "write \\mathbf 1 for a vector of ones, and = 0 for zeros"
            raise unreadable("unsupported", "a number has no transpose", node.span, help)
        value = self.read(base)
        if value.is_number and isinstance(base, Name | Scripted) and constant_matrix(base, self.context.notation) is None:
            raise unreadable(
                "unsupported",
                "this is one number, which has no transpose",
                node.span,
                "write capital letters for data with features, or leave the transpose out",
            )
        return value.transposed()

    # ------------------------------------------------------------------ operations

    def additive(self, node: Additive) -> Matrix:
        for place, written in enumerate(node.terms[:-1]):
            if open_sum(written) is not None and not any(holds_sum(later) for later in node.terms[place + 1 :]):
                self.context.choices.doubts.append("the sum may reach over the terms after it: write brackets around it")
        terms = [self.read(term) for term in node.terms]
        shape = terms[0].shape
        for place, term in enumerate(terms[1:], 1):
            span = node.terms[0].span.to(node.terms[place].span)
            try:
                wider = common(shape, term.shape, adding=True)
            except ShapeError as error:
                square = NUMBER in (error.first, error.second)
                help = "write the number times I, or times \\mathbf 1 \\mathbf 1^\\top" if square else ""
                self.refuse("these are added", error.first, error.second, span, help)
            self.note_repeated(wider, shape, term.shape)
            shape = wider
        return total(node.signs, terms, shape)

    def product(self, node: Product) -> Matrix:
        factors: list[tuple[Matrix, Span]] = []
        for place, factor in enumerate(node.factors):
            if place:
                check_call(self.context, node.factors[place - 1], node.operators[place - 1], factor)
            factors.append((self.read(factor), factor.span))
        self.check_slashes(node, factors)
        self.check_ones(node, factors)
        order = 0
        matters = set(node.operators) >= {"\\odot", ""} or set(node.operators) >= {"\\odot", "*"}
        if matters and sum(not value.is_number for value, _ in factors) >= 2:
            order = self.context.choices.pick("order of odot", _ORDER)
        groups = [factors[0]]
        pending: list[str] = []
        for operator, read in zip(node.operators, factors[1:], strict=True):
            if order == 1 or (operator == "\\odot") == (order == 2):
                groups[-1] = self.combined(groups[-1], operator, read)
            else:
                groups.append(read)
                pending.append(operator)
        result = groups[0]
        for operator, group in zip(pending, groups[1:], strict=True):
            result = self.combined(result, operator, group)
        return result[0]

    def check_slashes(self, node: Product, factors: list[tuple[Matrix, Span]]) -> None:
        for place, operator in enumerate(node.operators[:-1]):
            if operator == "/" and node.operators[place + 1] == "" and factors[place + 2][0].is_parameter:
                raise unreadable(
                    "two-roles",
                    "what stands here may be divided by, or multiplied with",
                    factors[place + 2][1],
                    "write brackets around the divisor, or \\frac",
                )

    def check_ones(self, node: Product, factors: list[tuple[Matrix, Span]]) -> None:
        """Refuse a 1 beside a matrix: as a factor a number 1 says nothing, so that a vector of ones may be meant."""
        if all(value.is_number for value, _ in factors):
            return
        for place, factor in enumerate(node.factors):
            around = (*node.operators[max(place - 1, 0) : place], *node.operators[place : place + 1])
            if isinstance(factor, Number) and factor.value == 1 and "/" not in around:
                raise unreadable(
                    "two-roles", "this 1 may be a number or a vector of ones", factor.span, "write \\mathbf 1 for the vector"
                )

    # ------------------------------------------------------------------ derivatives

    def derivative(self, node: Derivative) -> Matrix:
        """Return a gradient of the loss, in the shape of what it is taken by, or a Jacobian of columns."""
        notation = self.context.notation
        if len(node.by) != 1 or not isinstance(by_node := node.by[0], Name | Scripted):
            raise unreadable("unsupported", "this derivative is not read between matrices", node.span, "write the indices")
        by = resolve(by_node, notation)
        if by is None or by.free or by.adjoint or by.power is not None or untransposed(by_node, notation) is not None:
            raise unreadable(
                "bad-derivative", "a derivative is taken by a quantity of the layer", by_node.span, "name one quantity"
            )
        of_node = node.of
        nabla = by_node.span.start < of_node.span.start
        turned = untransposed(of_node, notation)
        if turned is not None and nabla:
            # \nabla_x L^\top is the transpose of the gradient.
            return self.transposed(node, replaced(node, turned))
        of = resolve(of_node, notation) if isinstance(of_node, Name | Scripted) else None
        if of is not None and of.role == "L":
            if of.power is not None or of.indices or of.label is not None:
                raise unreadable("bad-index", "the loss has no index", of_node.span)
            value = self.gradient(by, node.span)
            fraction = not nabla and BATCH in value.shape
            return (
                value.transposed() if fraction and self.context.choices.pick("loss", (None, _LAYOUT.format(by.key))) else value
            )
        if self.wide:
            raise unreadable(
                "unsupported", "a Jacobian of matrices has more than two indices", node.span, "write the indices, as in x_{ij}"
            )
        single = of is not None and of.power is None and not of.free and of.role != "deviation"
        return self.jacobian(self.read(of_node), by_node, by, single, node.span)

    def jacobian(self, of: Matrix, by_node: Name | Scripted, by: Resolved, single: bool, span: Span) -> Matrix:
        column = (BATCH, ONE)
        bare = by.role in ARRAYS and not by.indices and by.label is None
        if of.shape not in (NUMBER, column):
            raise unreadable("unsupported", "the derivative of a matrix is not read", span, "write the indices")

        def slope(above: Meaning, index: Index) -> Meaning:
            below = Quantity(by.role, (index,)) if bare else variable(self.context, by_node, Inside())
            return Slope(above, below, kind(self.context, above, below, "\\partial"))

        if by.role == "g" and bare:
            raise unreadable("bad-derivative", "a derivative is taken by a quantity of the layer", span, "name one quantity")
        if of.is_number and not bare:
            return number(slope(of.scalar(), ONLY))
        # Each Jacobian of two nodes of the layer is symmetric, so that only the other ones have a layout.
        layout = 0 if single and bare and not of.is_number else self.context.choices.pick("inner layout", _INNER)
        if of.is_number:
            value = Matrix(column, lambda row, _: slope(of.scalar(), row))
            return value.transposed() if layout == 1 else value
        if not bare:
            value = Matrix(column, lambda row, _: slope(of.entry(row, ONLY), ONLY))
            return value.transposed() if layout == 2 else value
        value = Matrix((BATCH, BATCH), lambda row, other: slope(of.entry(row, ONLY), other))
        return value.transposed() if layout == 2 else value


def replaced(node: Derivative, of: Node) -> Derivative:
    return Derivative(node.span, of, node.by)
