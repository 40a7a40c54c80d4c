"""Claim -> proof script. The script says every step itself, so that Coq has only to check, never to search.

An identity is proved from the inside out: each sum and each root in it is worked out by an equation of its own (a sum by its
certificate, a root by multiplying out), and what is left, between rational functions, is `field`'s.
"""

from __future__ import annotations

from fractions import Fraction

from symbn.certificates.claims import function, hypotheses, output, variables
from symbn.certificates.differentiation import Differentiation
from symbn.certificates.expressions import (
    BatchSum,
    Binary,
    Expression,
    Inverse,
    Leaf,
    NotCertified,
    Raise,
    RealPower,
    Root,
    parts,
    position,
    rebuilt,
    reindexed,
    within,
    written,
)
from symbn.certificates.forms import Forms
from symbn.certificates.spelling import PRIME, VARIABLE, spelling, unfolded
from symbn.certificates.statements import Claim, Derivative, hygienic, witness
from symbn.kernel.term import Index
from symbn.layers.batchnorm import EVALUATION, batch_norm

Lines = list[str]
_WRITTEN_OUT = 6


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


class Scripts:
    """Writes the proof of one claim."""

    def __init__(self, claim: Claim, certified: bool = True) -> None:
        """certified: the claim is to be proved, so that its normal forms are needed."""
        self.claim, self.mode = claim, claim.mode
        self.count = 0
        self.slopes = [self._slope(derivative) for derivative in claim.derivatives]
        self.left, self.right = (self._resolved(side) for side in (claim.left, claim.right))
        self.nonzero = [unfolded(e, self.mode) for e in claim.nonzero]
        if not certified:
            return
        graph = batch_norm(self.mode)
        values = [e for _, value, change in self.slopes for e in (value, change)]
        self.forms = Forms(graph, claim.batch, [self.left, self.right, *values, *self.nonzero])
        self.spell = spelling(self.mode, None, self.forms.eliminated)

    def text(self, expression: Expression) -> str:
        return written(expression, self.spell)

    def name(self, kind: str) -> str:
        self.count += 1
        return f"{kind}{self.count}"

    def _slope(self, derivative: Derivative) -> tuple[Differentiation, Expression, Expression]:
        kept = frozenset({derivative.moved.name + PRIME})
        body = unfolded(derivative.function, self.mode, kept)
        rules = Differentiation(derivative.moved, unfolded(derivative.point, self.mode), self.mode)
        value, change = rules.slope(body)
        return rules, value, change

    def total(self, derivative: Derivative, change: Expression) -> Expression:
        """Return the derivative itself: of the loss, sum_j g_j times the slope of y_j."""
        if derivative.loss is None:
            return change
        return BatchSum(derivative.loss, Binary("*", Leaf("g", (derivative.loss,)), change))

    def _resolved(self, side: Expression) -> Expression:
        """Return a side with the derivatives that it names put in, and everything written out."""

        def put(part: Expression) -> Expression | None:
            for place, derivative in enumerate(self.claim.derivatives):
                if isinstance(part, Leaf) and part.name == witness(place):
                    total = self.total(derivative, self.slopes[place][2])
                    return _placed(total, dict(zip(derivative.formal, part.indices, strict=True)))
            return None

        return hygienic(unfolded(rebuilt(side, put), self.mode), self.claim.letters)

    def unresolved(self, side: Expression) -> Expression:
        """Return a side with everything but its derivatives written out."""
        return unfolded(side, self.mode)

    # ------------------------------------------------------------------ the whole

    def proof(self) -> Lines:
        """Return the script. Raises: NotCertified."""
        lines = self.introduction()
        if self.claim.batch is not None and not self.claim.direct and not self.forms.same(self.left, self.right):
            return lines + self.written_out()
        if self.claim.direct:
            return lines + self.derivative(0, self.right)
        for derivative, (_, _, change) in zip(self.claim.derivatives, self.slopes, strict=True):
            formal = " ".join(str(i.name) for i in derivative.formal)
            value = self.text(self.total(derivative, change))
            lines.append(f"exists ({f'fun {formal} => ' if formal else ''}{value}).")
        for place, derivative in enumerate(self.claim.derivatives):
            lines.append("split.")
            names = [str(i.name) for i in derivative.formal]
            goal = [f"intros {' '.join((*names, *(f'H{n}' for n in names)))}."] if names else []
            lines += block(goal + self.derivative(place, self.total(derivative, self.slopes[place][2])))
        return lines + self.equality(self.left, self.right)

    def written_out(self) -> Lines:
        """An equation that is true at the chosen batch size only, with every sum written out. Raises: NotCertified."""
        size = self.claim.batch
        if self.claim.derivatives or self.forms.radicand is not None or size is None or size > _WRITTEN_OUT:
            raise NotCertified(f"it is true at m = {size} only, with every sum written out")
        return ["clear Esize.", "subst m.", "unfold var, mean in *.", "cbn [bsum].", "close."]

    def introduction(self) -> Lines:
        claim = self.claim
        arrays, scalars = variables(claim)
        names = ["m", *arrays, *scalars, *(["L"] if claim.with_loss else []), *(str(i.name) for i in claim.letters)]
        lines = [f"intros {' '.join((*names, *(name for name, _ in hypotheses(claim))))}."]
        lines.append("assert (Hm0 : (0 < m)%nat) by lia.")
        if claim.batch is not None:
            lines.append(f"assert (Esize : INR m = {claim.batch}) by (rewrite Hsize; simpl; lra).")
        if self.mode != EVALUATION and "x" in arrays:
            lines.append("assert (Hvar := var_nonneg m x Hm0).")
        if self.forms.radicand is not None:
            plain = spelling(self.mode)
            radicand = written(self.forms.radicand, plain)
            ((name, value),) = self.forms.eliminated.items()
            scalar = plain(Leaf(name))
            lines.append(f"destruct (positive_root ({radicand}) {self.forms.power}) as [root [Hroot Eroot]]; [lra | lia |].")
            lines.append(f"assert (E{scalar} : {scalar} = {written(value, plain)}) by lra.")
            lines.append(f"subst {scalar}.")
        for place, expression in enumerate(self.nonzero):
            form = self.forms.form(expression)
            equal = self.name("E")
            lines.append(f"assert ({equal} : {self.text(expression)} = {self.text(form)}).")
            lines += block(self.identity(expression, form))
            lines.append(f"change ({self.text(expression)} <> 0) in Hnz{place}.")
            lines.append(f"try rewrite {equal} in Hnz{place}.")
        if any(condition.equal for condition in claim.conditions):
            raise NotCertified("a condition that two indices are equal")
        return lines

    def equality(self, left: Expression, right: Expression) -> Lines:
        return [f"change ({self.text(left)} = {self.text(right)}).", *self.identity(left, right, both=True)]

    # ------------------------------------------------------------------ identities

    def identity(self, left: Expression, right: Expression, both: bool = False) -> Lines:
        """Return the script for left = right. both: the right side is not a normal form yet."""
        found = dict.fromkeys(hard(left) + (hard(right) if both else []))
        lines, equations = Lines(), []
        for part in sorted(found, key=lambda e: -sum(1 for _ in within(e))):
            name = self.name("E")
            form = self.forms.form(part)
            lines.append(f"assert ({name} : {self.text(part)} = {self.text(form)}).")
            lines += block(self.worked_out(part, form))
            equations.append(name)
        lines += [f"try rewrite {name}." for name in equations]
        return [*lines, "close."]

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
        return [*lines, "sum_parts m.", "close."]

    def powered(self, base: Expression, exponent: Fraction, form: Expression) -> Lines:
        """b^(p/n) = r, from b^p = r^n, or b^p r^n = 1 where the exponent is negative; b > 0."""
        p, n = abs(exponent.numerator), exponent.denominator
        inner, equal = self.forms.form(base), self.name("E")
        lines = [f"assert ({equal} : {self.text(base)} = {self.text(inner)}).", *block(self.identity(base, inner))]
        lemma = "power_is" if exponent > 0 else "power_inverse_is"
        lines.append(f"try rewrite {equal}. apply ({lemma} _ _ {p} _ {n}); [sign | sign | lia | simpl; lra | close].")
        return lines

    # ------------------------------------------------------------------ derivatives

    def derivative(self, place: int, value: Expression) -> Lines:
        """Return the script for derivable_pt_lim f a value, of the derivative in that place."""
        derivative = self.claim.derivatives[place]
        rules, at, change = self.slopes[place]
        lines = Lines()
        for expression, positive in rules.signed.items():
            lines += self.signed(expression, positive)
        moved = spelling(self.mode, derivative.moved, self.forms.eliminated)
        body = written(unfolded(derivative.function, self.mode, frozenset({derivative.moved.name + PRIME})), moved)
        point = f"({self.text(rules.point)})"
        if derivative.loss is None:
            lines.append(
                f"apply (slope_derivative (fun {VARIABLE} => {body}) {point} ({self.text(at)}) ({self.text(change)}))."
            )
            lines += block(["slopes."])
        else:
            j = position(derivative.loss)
            curve = f"(fun {VARIABLE} {j} => {body})"
            known = f"(fun {j} => {self.text(at)}) (fun {j} => {self.text(change)})"
            lines.append(f"eapply (loss_derivative m L _ g {curve} {point} {known}).")
            lines += block(["exact HL."])
            goal = f"slope (fun {VARIABLE} => {body}) {point} ({self.text(at)}) ({self.text(change)})"
            lines += block([f"intros {j} Hin_{j}.", f"change ({goal}).", "slopes."])
            own = unfolded(Leaf("y", (derivative.loss,)), self.mode)
            same = ["reflexivity."] if at == own else self.equality(at, own)
            lines += block([f"intros {j} Hin_{j}.", *same])
        return lines + self.equality(self.total(derivative, change), value)

    def signed(self, expression: Expression, positive: bool) -> Lines:
        """Return the script for expression > 0, or not 0, by its normal form."""
        form, equal, known = self.forms.form(expression), self.name("E"), self.name("S")
        sign = f"0 < {self.text(expression)}" if positive else f"{self.text(expression)} <> 0"
        lines = [f"assert ({known} : {sign}).", "{", f"  assert ({equal} : {self.text(expression)} = {self.text(form)})."]
        return [*lines, *indented(block(self.identity(expression, form))), f"  try rewrite {equal}. sign.", "}"]


def _placed(expression: Expression, put: dict[Index, Index]) -> Expression:
    """Put the actual indices in; a bound letter that is one of them makes way."""
    return reindexed(hygienic(expression, (*put, *put.values())), put)


def proof_of(claim: Claim) -> Lines:
    """Return the script that proves the claim. Raises: NotCertified."""
    return Scripts(claim).proof()


__all__ = ["Scripts", "function", "output", "proof_of"]
