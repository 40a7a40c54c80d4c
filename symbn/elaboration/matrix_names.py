"""The names of an equation between matrices: data, parameters, gradients, ones and identities, each with its shape."""

from __future__ import annotations

from fractions import Fraction as Rational

from symbn.diagnostic import Span
from symbn.elaboration.context import Inside
from symbn.elaboration.matrix_notation import constant_matrix, entrywise_power, untransposed
from symbn.elaboration.matrix_operations import Operations
from symbn.elaboration.meaning import TOTAL, Constant, Quantity, Slope, free
from symbn.elaboration.names import constant
from symbn.elaboration.notation import key_of
from symbn.elaboration.resolving import ARRAYS, PER_FEATURE, Resolved, resolve
from symbn.elaboration.shapes import (
    ONE,
    Matrix,
    identity,
    number,
    ones,
    raised,
)
from symbn.errors import unreadable
from symbn.kernel.term import BATCH, FEATURE, Index
from symbn.layers.batchnorm import EVALUATION
from symbn.syntax.tree import (
    Big,
    Call,
    Cases,
    Indicator,
    Name,
    Node,
    Scripted,
    children,
    number_value,
)

_MEANS = {"E": "mu", "\\mathbb E": "mu", "Mean": "mu", "mean": "mu", "Var": "var", "var": "var"}


class Names(Operations):
    """What a name or a number is, as a matrix."""

    def is_ordinary(self, node: Node) -> bool:
        """Tell whether the node is a number that is read without matrices: no data without indices, no matrix notation."""
        notation = self.context.notation
        if any(f(node, notation) is not None for f in (constant_matrix, untransposed)) or entrywise_power(node) is not None:
            return False
        match node:
            case Name() | Scripted():
                found = resolve(node, notation)
                if found is None:
                    return not isinstance(node, Scripted) or isinstance(node.base, Name) or self.is_ordinary(node.base)
                count = len(found.indices) + (found.label is not None)
                if found.role in ARRAYS:
                    return count >= 1 + self.wide
                return not self.wide or found.free or found.role not in PER_FEATURE or count > 0
            case Big() | Cases() | Indicator():
                return True
            case Call():
                return self.average_of(node) is None
            case _:
                return all(self.is_ordinary(child) for child in children(node))

    def number(self, node: Node) -> Matrix:
        meaning = self.context.read(node, Inside())
        known = {letter.lstrip("\\") for letter in self.context.scope.free}
        if any(isinstance(index.name, str) and index.name not in known for index in free(meaning)):
            raise unreadable("missing-index", "an index is left out here, inside an equation between matrices", node.span,
                             "write every index, or use matrix notation throughout")  # fmt: skip
        return number(meaning)

    def is_zero(self, node: Node) -> bool:
        base = untransposed(node, self.context.notation) or node
        found = constant_matrix(base, self.context.notation)
        return number_value(base) == 0 or (found is not None and found[0] == "zero")

    def constant_matrix(self, node: Node, which: str, sizes: tuple[Node, ...]) -> Matrix:
        shape = tuple(self.size(size) for size in sizes)
        first = shape[0] if shape else BATCH
        if which == "identity":
            if first == ONE or len(set(shape)) > 1:
                raise unreadable("bad-index", "an identity has one size", node.span, "write I_N")
            return identity(first)
        full = (shape[0], shape[1]) if len(shape) == 2 else (first, ONE)
        return ones(full) if which == "ones" else Matrix(full, lambda row, column: Constant(Rational(0)))

    def size(self, node: Node) -> str:
        scope, key = self.context.scope, key_of(node)
        if key == "1":
            return ONE
        if key == scope.batch:
            return BATCH
        if key == scope.features and self.wide:
            return FEATURE
        help = f"say --let batch={key}, or features={key}" if self.wide else f"write {scope.batch} for the batch"
        raise unreadable("two-roles", f"{key} is not known to be a size of this equation", node.span, help)

    def named(self, node: Name | Scripted) -> Matrix:
        found = resolve(node, self.context.notation)
        if found is None:
            return self.number(node)
        if found.role in ARRAYS and (found.indices or found.label is not None):
            raise unreadable("missing-index", f"{found.key} lacks an index here", node.span, "write x_{ij}, or X without any")
        value = self.gradient(found, node.span) if found.adjoint else self.array(found.role, node.span)
        if found.power is None:
            return value
        exponent = found.power if isinstance(found.power, Rational) else constant(self.context, found.power)
        return self.power(value, exponent, node.span)

    def array(self, role: str, span: Span) -> Matrix:
        """Return data, or a parameter of every feature, as a matrix."""
        if role == "deviation":
            return raised(self.array("var", span), Rational(1, 2))
        slots = self.context.graph.nodes[role].slots
        shape = (BATCH if BATCH in slots else ONE, FEATURE if FEATURE in slots else ONE)
        return Matrix(shape, lambda row, column: self.quantity(role, row, column))

    def quantity(self, role: str, row: Index, column: Index) -> Quantity:
        slots = self.context.graph.nodes[role].slots
        return Quantity(role, tuple(row if axis == BATCH else column for axis in slots))

    def gradient(self, found: Resolved, span: Span) -> Matrix:
        if found.role in ("g", "L", "deviation"):
            raise unreadable("bad-derivative", "a derivative is taken by a quantity of the layer", span, "name one quantity")
        shape = self.array(found.role, span).shape
        return Matrix(shape, lambda row, column: Slope(Quantity("L"), self.quantity(found.role, row, column), TOTAL))

    def average_of(self, node: Call) -> str | None:
        """Return the role of E[X] or Var[X] over data with features."""
        role = _MEANS.get(key_of(node.function) or "")
        found = None
        training = self.context.notation.mode != EVALUATION
        if self.wide and training and len(node.arguments) == 1 and isinstance(node.arguments[0], Name):
            found = resolve(node.arguments[0], self.context.notation)
        return role if found is not None and found.role == "x" and not found.adjoint and found.power is None else None
