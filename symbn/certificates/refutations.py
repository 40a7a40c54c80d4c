"""A refutation is a theorem too: the negation of the claim, at the exact rational point where its sides differ.

    the rules give every derivative in the claim, for all inputs         (General: as in a proof)
    the claim is taken at the point, for the loss sum_j g_j y_j           (there is at most one derivative: uniqueness_limite)
    both sides are worked out to two different rational numbers

A proof of the claim that fails refutes nothing.
"""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from symbn.certificates.claims import LOSS_TYPE, hypotheses, output, variables
from symbn.certificates.expressions import Expression, Leaf, NotCertified, RealPower, Root, reindexed, within
from symbn.certificates.identities import Lines, block
from symbn.certificates.letters import free_indices
from symbn.certificates.printing import written
from symbn.certificates.rules import MARK, POINT
from symbn.certificates.scripts import Scripts
from symbn.certificates.spelling import OF_BATCH, OTHER_BATCH, VARIABLE, about, spelling, unfolded
from symbn.certificates.statements import Claim, Derivative, witness
from symbn.certificates.terms import term_of
from symbn.elaboration.functions import slope
from symbn.kernel.evaluate import Irrational, Point, Undefined, evaluate
from symbn.kernel.term import Index, KernelError
from symbn.layers.batchnorm import EVALUATION, batch_norm

_UNFOLDED = "at_list bsum nth INR delta Nat.eqb Nat.pred upd"
_DEFAULTS = {"beta": Fraction(0)}


def refutation_of(claim: Claim, point: Point, values: tuple[Fraction, Fraction]) -> Lines:
    """Return the script that proves the negation. values: of both sides at the point. Raises: NotCertified."""
    return _Refutation(claim, point, values).script()


def number(value: Fraction) -> str:
    """Return an exact number as Coq writes it."""
    whole = f"({value.numerator})" if value < 0 else str(value.numerator)
    return whole if value.denominator == 1 else f"({whole} / {value.denominator})"


class _Refutation:
    def __init__(self, claim: Claim, point: Point, values: tuple[Fraction, Fraction]) -> None:
        self.claim, self.values = claim, values
        self.scripts = Scripts(claim, certified=False)
        self.spell = spelling(claim.mode)
        self.graph = batch_norm(claim.mode)
        arrays, scalars = variables(claim)
        scalars = [*scalars, *(["beta"] if claim.with_loss and "beta" not in scalars else [])]
        self.names = {"running_mean": "mu", "running_var": "var"}
        self.functions = {f: point.scalars.get(f, point.scalars.get(f"{f}free", Fraction(1))) for f in claim.functions}
        self.scalars = {n: point.scalars.get(self.names.get(n, n), _DEFAULTS.get(n, Fraction(1))) for n in scalars}
        places = range(1, point.m + 1)
        self.arrays = {n: [point.entries.get((n, (j,)), Fraction(0)) for j in places] for n in arrays}
        # An index that the point does not place makes no difference.
        self.places = {i: point.indices.get(i, 1) for i in claim.letters}
        if claim.functions:
            self.scalars[POINT] = Fraction(0)
        given = {
            **point.scalars,
            **{f + MARK: value for f, value in self.functions.items()},
            **{self.names.get(n, n): v for n, v in self.scalars.items()},
        }
        entries: dict[tuple[str, tuple[int, ...]], Fraction] = {**point.entries}
        entries.update({(n, (j,)): v[j - 1] for n, v in self.arrays.items() for j in places})
        self.point = replace(point, scalars=given, entries=entries, indices={**point.indices, **self.places})
        self.given = [(leaf, unfolded(value, claim.mode)) for leaf, value in claim.given]
        for leaf, value in self.given:
            self.put(leaf, value)
        self.equations = Lines()
        self.auxiliaries = [self.scripts.auxiliary(place) for place in range(len(claim.derivatives))]

    def put(self, leaf: Leaf, value: Expression) -> None:
        """Give an input the value that a condition gives it."""
        name, entries = leaf.name, {**self.point.entries}
        if not leaf.indices:
            self.scalars[name] = self.value(value)
            self.point = replace(self.point, scalars={**self.point.scalars, name: self.scalars[name]})
            return
        (index,) = leaf.indices
        self.arrays[name] = [self.value(reindexed(value, {index: Index(j)})) for j in range(1, self.point.m + 1)]
        entries.update({(name, (j,)): found for j, found in enumerate(self.arrays[name], 1)})
        self.point = replace(self.point, entries=entries)

    def script(self) -> Lines:
        claim = self.claim
        lines = Lines()
        for place in range(len(claim.derivatives)):
            lines += self.scripts.general(place)
        lines += ["intros Claim.", *self.at_the_point()]
        both = [self.scripts.left, self.scripts.right, *(value for _, value in self.given)]
        lines += self.atoms([*both, *(total for _, total in map(self.total, range(len(claim.derivatives))))])
        for place, auxiliary in enumerate(self.auxiliaries):
            for n, divisor in enumerate(auxiliary.nonzero):
                lines += self.differs_from_zero(divisor, f"Hnz{n}_{place}")
        for name, text in hypotheses(claim):
            if name.startswith("Hgiven"):
                leaf, value = self.given[int(name.removeprefix("Hgiven"))]
                lines += [f"assert ({name} : {text}).", *block(self.has_value(leaf, value))]
        lines.append(f"specialize (Claim {self.arguments(claim)}).")
        if claim.direct:
            lines.append(
                f"assert (Same := uniqueness_limite _ _ _ _ Claim (General1 {self.arguments(self.auxiliaries[0], 0)}))."
            )
            lines.append(f"change ({self.text(self.scripts.right)} = {self.text(self.total(0)[1])}) in Same.")
            return lines + self.different("Same", self.text(self.scripts.right), self.text(self.total(0)[1]), ())
        names = [witness(place) for place in range(len(claim.derivatives))]
        if names:
            pattern = "Claim"
            for name in reversed(names):
                pattern = f"[Is{name} {pattern}]"
            for name in reversed(names):
                pattern = f"[{name} {pattern}]"
            lines.append(f"destruct Claim as {pattern}.")
        for place, derivative in enumerate(claim.derivatives):
            lines += self.unique(place, derivative)
        left, right = (self.text(self.scripts.unresolved(side)) for side in (claim.left, claim.right))
        return [*lines, f"change ({left} = {right}) in Claim.", *self.different("Claim", left, right, names)]

    def text(self, expression: Expression) -> str:
        return written(expression, self.spell)

    def total(self, place: int) -> tuple[Derivative, Expression]:
        derivative = self.claim.derivatives[place]
        return derivative, self.scripts.total(derivative, self.scripts.slopes[place][2])

    # ------------------------------------------------------------------ the derivatives, for all inputs

    def unique(self, place: int, derivative: Derivative) -> Lines:
        """Every derivative of the claim is the one that the rules give, with the atoms already worked out."""
        name, (_, total) = witness(place), self.total(place)
        formal = [str(i.name) for i in derivative.formal]
        bounds = "".join(f"({letter} < m)%nat -> " for letter in formal)
        batch = [OTHER_BATCH] * derivative.batchwise
        quantified = f"forall {' '.join((*batch, *formal))}, {bounds}" if batch or formal else ""
        at = " ".join((name, *batch, *formal))
        own = f"({' '.join((f'Is{name}', *batch, *formal, *(f'H{letter}' for letter in formal)))})"
        general = f"General{place + 1} {about(batch[0] if batch else 'x', self.arguments(self.auxiliaries[place], place))}"
        intros = f"intros {' '.join((*batch, *formal, *(f'H{letter}' for letter in formal)))}. " if quantified else ""
        nested = [witness(n) for n in range(place) if self.claim.derivatives[n].batchwise]
        steps = [f"{intros}apply (uniqueness_limite _ _ _ _ {own})."]
        if any(isinstance(e, Leaf) and OF_BATCH in e.name for e in within(derivative.function)):
            # It is the derivative of a derivative, which is known by what comes before.
            known = " || ".join(f"rewrite Is_{inner} by first [assumption | position]" for inner in nested)
            steps += [f"refine (derivative_ext _ _ _ _ _ ({general})). intros {VARIABLE}. repeat ({known}). reflexivity."]
        else:
            steps += [f"exact ({general})."]
        value = written(total, spelling(self.claim.mode, batch=batch[0] if batch else "x"))
        lines = [f"assert (Is_{name} : {quantified}{at} = {value}).", *block(steps)]
        if batch:
            return lines
        return lines + [f"try rewrite {equation} in Is_{name}." for equation in self.equations]

    # ------------------------------------------------------------------ the point

    def at_the_point(self) -> Lines:
        lines = [f"pose (m := {self.point.m}%nat)."]
        for name, values in self.arrays.items():
            lines.append(f"pose ({name} := at_list [{'; '.join(map(number, values))}]).")
        for name, value in self.scalars.items():
            lines.append(f"pose ({name} := {number(value)}).")
        for name, value in self.functions.items():
            # The line with the value and the derivative of the counterexample at 0.
            lines.append(f"pose ({name} := (fun t => {number(value)} + {slope(name)} * t)).")
            known = f"derivable_pt_lim {name} {POINT} {slope(name)}"
            lines.append(f"assert (Hslope_{name} : {known}) by apply line_derivative.")
        for index, place in self.places.items():
            lines.append(f"pose ({index.name} := {place - 1}%nat).")
        if self.claim.with_loss:
            lines.append(f"pose (L := (fun y => bsum m (fun j => g j * y j)) : {LOSS_TYPE}).")
            lines.append(f"assert (HL : has_gradient m L {output(self.claim.mode)} g) by apply linear_loss.")
        return lines

    def differs_from_zero(self, divisor: Expression, name: str) -> Lines:
        value = self.value(divisor)
        if value == 0:
            raise NotCertified("a derivative with a division by 0 at the point")
        lines = [f"assert (V{name} : {self.text(divisor)} = {number(value)}).", *block(self.worked_out())]
        return [*lines, f"assert ({name} : {self.text(divisor)} <> 0) by (rewrite V{name}; lra)."]

    def has_value(self, leaf: Leaf, value: Expression) -> Lines:
        """Return the script that an input has its value, at every position."""
        changed = f"change ({self.text(leaf)} = {self.text(value)})."
        if not leaf.indices:
            return [changed, *self.worked_out()]
        (index,) = leaf.indices
        return [
            f"intros {index.name} Hin. {changed}", *(f"try rewrite {name}." for name in self.equations),
            f"pose (size := m). change ({index.name} < size)%nat in Hin. cbv delta [size m] in Hin.",
            f"repeat (destruct {index.name}; [{self.exactly()[:-1]}; evaluated |]); exfalso; lia.",
        ]  # fmt: skip

    def arguments(self, claim: Claim, auxiliary: int | None = None) -> str:
        """Return the inputs and the proofs of the hypotheses at which a claim is taken. auxiliary: the number of that one."""
        arrays, scalars = variables(claim)
        names = [
            "m",
            *arrays,
            *scalars,
            *claim.functions,
            *(["L"] if claim.with_loss else []),
            *(str(i.name) for i in claim.letters),
        ]
        own = self.claim.direct or claim is self.claim
        proofs = []
        for name, text in hypotheses(claim):
            if (
                name == "HL"
                or name.startswith(("Hgiven", "Hslope_"))
                or (not own and name in {f"H{i.name}" for i in claim.letters})
            ):
                proofs.append(name)
            elif name.startswith("Hnz"):
                proofs.append(f"{name}_{auxiliary}")
            elif text.startswith("0 < "):
                proofs.append(f"ltac:(cbv delta [{text[4:]}]; lra)")
            else:
                proofs.append("ltac:(position)")
        return " ".join((*names, *proofs))

    def value(self, expression: Expression) -> Fraction:
        """Return the exact value of an expression at the point. Raises: NotCertified."""
        try:
            return evaluate(self.graph.expand(term_of(expression)), self.point)
        except (Irrational, Undefined, KernelError) as error:
            raise NotCertified(f"no exact value at the point: {error}") from None

    def exactly(self) -> str:
        known = ["m", *self.arrays, *self.scalars, *self.functions, *(str(i.name) for i in self.places)]
        return f"cbv beta iota zeta delta [{' '.join(known)} {_UNFOLDED}]."

    def atoms(self, expressions: list[Expression]) -> Lines:
        """Work out the mean, the variance, and every root."""
        lines = Lines()
        if self.claim.mode != EVALUATION and "x" in self.arrays:
            for name in ("mean", "var"):
                value = self.value(Leaf("mu" if name == "mean" else "var"))
                lines.append(f"assert (E{name} : {name} m x = {number(value)}).")
                first = "" if name == "mean" else "rewrite Emean. "
                lines += block([f"unfold {name}. {first}{self.exactly()} evaluated."])
        roots: dict[Root | RealPower, None] = {}
        for expression in expressions:
            roots.update(dict.fromkeys(e for e in within(expression) if isinstance(e, Root | RealPower)))
        for place, root in enumerate(sorted(roots, key=lambda e: sum(1 for _ in within(e)))):
            if free_indices(root):
                raise NotCertified("a root that depends on a summed index")
            lines += self.root(root, f"Eroot{place}")
            self.equations.insert(0, f"Eroot{place}")
        self.equations += [name for name in ("Emean", "Evar") if any(line.startswith(f"assert ({name} ") for line in lines)]
        return lines

    def root(self, root: Root | RealPower, name: str) -> Lines:
        base = root.of if isinstance(root, Root) else root.base
        value, inner = self.value(root), self.value(base)
        lines = [f"assert (B{name} : {self.text(base)} = {number(inner)}).", *block(self.worked_out())]
        lines.append(f"assert ({name} : {self.text(root)} = {number(value)}).")
        if isinstance(root, Root):
            return lines + block([f"rewrite B{name}. apply sqrt_is; lra."])
        if inner <= 0:
            raise NotCertified("a fractional power of what may be 0")
        p, n = abs(root.exponent.numerator), root.exponent.denominator
        lemma = "power_is" if root.exponent > 0 else "power_inverse_is"
        return lines + block([f"rewrite B{name}. apply ({lemma} _ _ {p} _ {n}); [lra | lra | lia | simpl; lra | evaluated]."])

    def worked_out(self) -> Lines:
        ready = [*self.equations, *(["Emean", "Evar"] if self.claim.mode != EVALUATION and "x" in self.arrays else [])]
        return [*(f"try rewrite {name}." for name in dict.fromkeys(ready)), f"{self.exactly()} evaluated."]

    def different(self, equation: str, left: str, right: str, names: tuple[str, ...] | list[str]) -> Lines:
        """The two sides have different values."""
        lines = Lines()
        values = self.values
        if self.claim.direct:
            values = self.value(self.scripts.right), self.value(self.total(0)[1])
        for name, side, value in zip(("Left", "Right"), (left, right), values, strict=True):
            steps = [f"try rewrite {e}." for e in self.equations] + [self.exactly()]
            steps += [f"rewrite ?Is_{d} by position." for d in names]
            lines.append(f"assert ({name} : {side} = {number(value)}).")
            lines += block([*steps, self.exactly(), "evaluated."])
        return [*lines, f"assert (No := eq_trans (eq_sym Left) (eq_trans {equation} Right)). lra."]


__all__ = ["number", "refutation_of"]
