"""left = right, between expressions in which every derivative is put in: the script that proves it.

An identity is proved from the inside out: each sum and each root in it is worked out by an equation of its own (a sum by its
certificate, a root by multiplying out), and what is left, between rational functions, is `field`'s.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from symbn.certificates.expressions import BatchSum, Binary, Expression, Inverse, Leaf, Raise, RealPower, Root, parts, within
from symbn.certificates.forms import Forms
from symbn.certificates.printing import position, written
from symbn.certificates.spelling import spelling

Lines = list[str]
CLOSE = ("close.",)


def indented(lines: Lines) -> Lines:
    return [f"  {line}" for line in lines]


def block(lines: Lines) -> Lines:
    """Return the lines as a bulleted proof of one goal."""
    return ["{", *indented(lines), "}"]


def hard(expression: Expression) -> list[Expression]:
    """Return the outermost sums, roots and denominators that are sums of terms: what `field` cannot see through."""
    match expression:
        case BatchSum() | Root() | RealPower():
            return [expression]
        case Binary(operator="/", left=left, right=right) if _additive(right):
            return [*hard(left), right]
        case Inverse(of=inner) if _additive(inner):
            return [inner]
        case _:
            return [found for part in parts(expression) for found in hard(part)]


def _additive(denominator: Expression) -> bool:
    found = (part for part in within(denominator) if isinstance(part, Binary))
    return any(part.operator in "+-" for part in found) and bool(hard(denominator) or isinstance(denominator, Binary))


class Identities:
    """Writes the proofs of identities in one claim. values: equations that a condition gives, to be used before `field`."""

    def __init__(self, forms: Forms, mode: str) -> None:
        self.forms = forms
        self.spell = spelling(mode, None, forms.eliminated)
        self.count = 0
        self.values: Lines = []

    def text(self, expression: Expression) -> str:
        return written(expression, self.spell)

    def name(self, kind: str) -> str:
        self.count += 1
        return f"{kind}{self.count}"

    def identity(self, left: Expression, right: Expression, both: bool = False, end: Sequence[str] = CLOSE) -> Lines:
        """Return the script for left = right. both: the right side is not a normal form yet. end: how it is closed."""
        found = dict.fromkeys(hard(left) + (hard(right) if both else []))
        lines, equations = Lines(), []
        for part in sorted(found, key=lambda e: -sum(1 for _ in within(e))):
            proof, equal = self.equation(part)
            lines += proof
            equations.append(equal)
        return [*lines, *(f"try rewrite {name}." for name in equations), *self.values, *end]

    def equation(self, part: Expression) -> tuple[Lines, str]:
        """Return the lines that prove part = its normal form, and the name of that equation."""
        name, form = self.name("E"), self.forms.form(part)
        return [f"assert ({name} : {self.text(part)} = {self.text(form)}).", *block(self.worked_out(part, form))], name

    def worked_out(self, part: Expression, form: Expression) -> Lines:
        match part:
            case BatchSum():
                return self.summed(part, form)
            case Root(of=inner):
                return ["apply sqrt_is.", *block(["sign."]), *self.identity(inner, Raise(form, 2))]
            case RealPower(base=base, exponent=exponent):
                return self.powered(base, exponent, form)
            case _:
                return self.identity(part, form)

    def summed(self, part: BatchSum, form: Expression) -> Lines:
        index, certificate = position(part.index), self.forms.certificate(part)
        pairs = [(self.text(c), f"fun {index} => {self.text(h)}") for c, h, _, _ in certificate.parts]
        listed = "; ".join(f"({c}, {h})" for c, h in pairs)
        pointwise: Expression = Leaf("0")
        for c, h, _, _ in reversed(certificate.parts):
            pointwise = Binary("+", Binary("*", c, h), pointwise)
        lines = [f"transitivity (combination_sum m [{listed}])."]
        first = [f"apply sum_by. intros {index} Hin_{index}.", f"change ({self.text(part.body)} = {self.text(pointwise)})."]
        lines += block(first + self.identity(part.body, pointwise))
        lines.append("cbv beta iota delta [combination_sum].")
        for _, h, _, other in certificate.parts:
            if other is not None and isinstance(h, Binary):
                side = "_left" if self.text(h.left).split()[1] == index else ""
                inside = f"fun {index} => {self.text(h.right)}"
                lines.append(f"try rewrite (bsum_delta{side} m {position(other)} ({inside})) by lia.")
        return [*lines, "sum_parts m.", *self.values, "close."]

    def powered(self, base: Expression, exponent: Fraction, form: Expression) -> Lines:
        """b^(p/n) = r, from b^p = r^n, or b^p r^n = 1 where the exponent is negative; b > 0."""
        p, n = abs(exponent.numerator), exponent.denominator
        inner, equal = self.forms.form(base), self.name("E")
        lines = [f"assert ({equal} : {self.text(base)} = {self.text(inner)}).", *block(self.identity(base, inner))]
        lemma = "power_is" if exponent > 0 else "power_inverse_is"
        lines.append(f"try rewrite {equal}. apply ({lemma} _ _ {p} _ {n}); [sign | sign | lia | simpl; lra | close].")
        return lines

    def signed(self, expression: Expression, positive: bool) -> Lines:
        """Return the script for expression > 0, or not 0, by its normal form."""
        form, equal, known = self.forms.form(expression), self.name("E"), self.name("S")
        sign = f"0 < {self.text(expression)}" if positive else f"{self.text(expression)} <> 0"
        lines = [f"assert ({known} : {sign}).", "{", f"  assert ({equal} : {self.text(expression)} = {self.text(form)})."]
        return [*lines, *indented(block(self.identity(expression, form))), f"  try rewrite {equal}. sign.", "}"]


__all__ = ["Identities", "Lines", "block", "hard", "indented"]
