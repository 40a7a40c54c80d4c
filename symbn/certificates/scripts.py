"""Claim -> proof script. The script says every step itself, so that Coq has only to check, never to search.

the inputs and hypotheses; a root for the radicand      (introduction)
every derivative in the claim, by the rules             (derivative)
the equation that is left                               (equality: at a chosen batch size, with every sum written out)
"""

from __future__ import annotations

from dataclasses import replace

from symbn.certificates.claims import hypotheses, proposition, variables
from symbn.certificates.differentiation import Differentiation
from symbn.certificates.expressions import BatchSum, Binary, Expression, Leaf, NotCertified, rebuilt, reindexed
from symbn.certificates.forms import Forms
from symbn.certificates.identities import Identities, Lines, block
from symbn.certificates.letters import free_indices, hygienic
from symbn.certificates.printing import position, written
from symbn.certificates.spelling import OTHER_BATCH, PRIME, VARIABLE, spelling, unfolded
from symbn.certificates.statements import Claim, Derivative, at_indices, batchwise, perturbed, witness
from symbn.kernel.term import Index
from symbn.layers.batchnorm import EVALUATION, batch_norm

# The largest batch that is written out, by the number of arrays that the equation speaks of. Beyond it Coq takes minutes.
_WRITTEN_OUT = {0: 32, 1: 32, 2: 8}


class Scripts:
    """Writes the proof of one claim."""

    def __init__(self, claim: Claim, certified: bool = True) -> None:
        """certified: the claim is to be proved, so that its normal forms are needed."""
        self.stated = claim
        self.claim = claim = _merged(claim) if certified else claim
        self.mode = claim.mode
        self.slopes: list[tuple[Differentiation, Expression, Expression]] = []
        self.derivatives: list[Derivative] = []
        for derivative in claim.derivatives:
            own = replace(derivative, function=self._with_totals(derivative.function), batchwise=False)
            self.derivatives.append(own)
            self.slopes.append(self._slope(own))
        self.left, self.right = (self._resolved(side) for side in (claim.left, claim.right))
        self.nonzero = [unfolded(e, self.mode) for e in claim.nonzero]
        self.given = [(leaf, unfolded(value, self.mode)) for leaf, value in claim.given]
        if not certified:
            return
        graph = batch_norm(self.mode)
        values = [e for _, value, change in self.slopes for e in (value, change)]
        values += [value for _, value in self.given]
        self.forms = Forms(graph, claim.batch, [self.left, self.right, *values, *self.nonzero], self.given)
        self.identities = Identities(self.forms, self.mode)
        self.text, self.name = self.identities.text, self.identities.name

    def _with_totals(self, function: Expression) -> Expression:
        """Return a function of t with the derivatives in it put in, at the perturbed batch."""

        def put(part: Expression) -> Expression | None:
            for place, derivative in enumerate(self.derivatives):
                if isinstance(part, Leaf) and part.name == batchwise(place) + PRIME:
                    total = _placed(self.slopes[place][2], dict(zip(derivative.formal, part.indices, strict=True)))
                    moving = {"x"} if self.mode == EVALUATION else {"x", "mu", "var"}
                    return perturbed(total, moving)
            return None

        return rebuilt(function, put)

    def auxiliary(self, place: int) -> Claim:
        """Return the true claim that a derivative is what the rules give, wherever what they divide by is not 0."""
        derivative = self.derivatives[place]
        letters = self.claim.letters if self.claim.direct else derivative.formal
        claim = replace(
            self.claim, left=Leaf(witness(0)), right=self.total(derivative, self.slopes[place][2]),
            derivatives=(replace(derivative, formal=()),), direct=True,
            letters=letters, conditions=(), nonzero=(), batch=None, given=(),
        )  # fmt: skip
        doubtful = tuple(Scripts(claim).doubtful())
        if any(free_indices(e) & set(derivative.formal) for e in doubtful):
            raise NotCertified("the derivative of a quotient whose divisor is another one at each entry")
        return replace(claim, nonzero=doubtful)

    def general(self, place: int) -> Lines:
        """Return the lines that prove a derivative for all inputs."""
        claim = self.auxiliary(place)
        statement = " ".join(proposition(claim).split())
        return [f"assert (General{place + 1} : {statement}).", *block(Scripts(claim).proof())]

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

    def doubtful(self) -> list[Expression]:
        """Return what the rules for the derivatives divide by, or take a root of, and what is not known to be positive."""
        signed = dict.fromkeys(expression for rules, _, _ in self.slopes for expression in rules.signed)
        return [expression for expression in signed if not self.forms.positive(expression)]

    # ------------------------------------------------------------------ the whole

    def proof(self) -> Lines:
        """Return the script. Raises: NotCertified."""
        lines = [line for place, d in enumerate(self.claim.derivatives) if d.batchwise for line in self.general(place)]
        lines += self.introduction()
        if self.claim.direct:
            return lines + self.derivative(0, self.right)
        for derivative, (_, _, change) in zip(self.claim.derivatives, self.slopes, strict=True):
            batch = (OTHER_BATCH,) * derivative.batchwise
            formal = " ".join((*batch, *(str(i.name) for i in derivative.formal)))
            spell = spelling(self.mode, None, self.forms.eliminated, *batch)
            value = written(self.total(derivative, change), spell)
            lines.append(f"exists ({f'fun {formal} => ' if formal else ''}{value}).")
        for place, derivative in enumerate(self.claim.derivatives):
            lines.append("split.")
            names = [str(i.name) for i in derivative.formal]
            if derivative.batchwise:
                lines += block(["intros. cbv beta.", f"apply (General{place + 1} m); first [assumption | lia]."])
                continue
            goal = [f"intros {' '.join((*names, *(f'H{n}' for n in names)))}."] if names else []
            lines += block(goal + self.derivative(place, self.total(derivative, self.slopes[place][2])))
        return lines + self.equality(self.left, self.right)

    def introduction(self) -> Lines:
        claim = self.stated
        arrays, scalars = variables(claim)
        names = [
            "m",
            *arrays,
            *scalars,
            *claim.functions,
            *(["L"] if claim.with_loss else []),
            *(str(i.name) for i in claim.letters),
        ]
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
        lines += self.roots()
        lines += [f"subst {old.name}." for old in _coinciding(claim)]
        for place, (leaf, value) in enumerate(self.given):
            lines += self.value(leaf, value, f"Hgiven{place}")
        for place, expression in enumerate(self.nonzero):
            form = self.forms.form(expression)
            equal = self.name("E")
            lines.append(f"assert ({equal} : {self.text(expression)} = {self.text(form)}).")
            lines += block(self.identities.identity(expression, form))
            lines.append(f"change ({self.text(expression)} <> 0) in Hnz{place}.")
            lines.append(f"try rewrite {equal} in Hnz{place}.")
        return lines

    def roots(self) -> Lines:
        """Return the lines that name a root of each leaf that stands under one, and note the equation for every `field`."""
        lines = Lines()
        for base, (name, degree) in self.forms.rooted.items():
            lemma = "nonneg_root" if isinstance(base, Leaf) and base.name.startswith("var:") else "positive_root"
            lines.append(f"destruct ({lemma} ({self.text(base)}) {degree}) as [{name} [H{name} E{name}]];")
            lines.append("  [first [sign | apply var_nonneg; lia] | lia |].")
            self.identities.values.append(f"rewrite ?E{name}.")
        return lines

    def value(self, leaf: Leaf, value: Expression, hypothesis: str) -> Lines:
        """Return the lines that put the value of an input in its normal form, and note the equation for every `field`."""
        form, equal = self.forms.form(value), self.name("G")
        lines = self.identities.identity(value, form)
        if leaf.indices:
            (index,) = leaf.indices
            goal = f"forall {index.name}, ({index.name} < m)%nat -> {self.text(leaf)} = {self.text(form)}"
            start = f"intros {index.name} Hin_{index.name}. rewrite {hypothesis} by exact Hin_{index.name}."
            self.identities.values.append(f"rewrite ?{equal} by lia.")
        else:
            goal, start = f"{self.text(leaf)} = {self.text(form)}", f"rewrite {hypothesis}."
            self.identities.values.append(f"rewrite ?{equal}.")
        return [f"assert ({equal} : {goal}).", *block([start, f"change ({self.text(value)} = {self.text(form)}).", *lines])]

    # ------------------------------------------------------------------ the equation

    def equality(self, left: Expression, right: Expression) -> Lines:
        lines = [f"change ({self.text(left)} = {self.text(right)})."]
        distinct = frozenset(frozenset((c.left, c.right)) for c in self.claim.conditions if not c.equal)
        if self.claim.batch is None or self.forms.same(left, right, distinct):
            return lines + self.identities.identity(left, right, both=True)
        return lines + self.identities.identity(left, right, both=True, end=self.written_out(self.claim.batch))

    def written_out(self, size: int) -> Lines:
        """An equation between normal forms that is true at the chosen batch size: every sum is written out over entries
        x_j = mean + c_j, of which the last is the negative sum of the others. Raises: NotCertified."""
        arrays, _ = variables(self.claim)
        if size > (largest := _WRITTEN_OUT.get(len(arrays), 4)):
            raise NotCertified(f"it is true at m = {size} only, with every sum written out; certified up to {largest}")
        centred = [f"all: centre {size - 1}%nat {array}." for array in arrays]
        return ["clear Esize.", "subst m.", "at_every_place.", *centred, "all: close."]

    # ------------------------------------------------------------------ derivatives

    def derivative(self, place: int, value: Expression) -> Lines:
        """Return the script for derivable_pt_lim f a value, of the derivative in that place."""
        derivative = self.derivatives[place]
        rules, at, change = self.slopes[place]
        lines = Lines()
        for expression, positive in rules.signed.items():
            lines += self.identities.signed(expression, positive)
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


def _placed(expression: Expression, put: dict[Index, Index]) -> Expression:
    """Put the actual indices in; a bound letter that is one of them makes way."""
    return reindexed(hygienic(expression, (*put, *put.values())), put)


def _coinciding(claim: Claim) -> dict[Index, Index]:
    """Return the letters that a condition makes another index, with that index."""
    same: dict[Index, Index] = {}
    for condition in claim.conditions:
        if condition.equal and condition.left != condition.right:
            old, new = sorted((condition.left, condition.right), key=lambda index: isinstance(index.name, int))
            same[old] = new
    if len(same) > 1 or any(isinstance(old.name, int) for old in same):
        raise NotCertified("several conditions that indices are equal")
    return same


def _merged(claim: Claim) -> Claim:
    """Return the claim with indices that are equal written as one."""
    same = _coinciding(claim)
    if not same:
        return claim
    letters = tuple(letter for letter in claim.letters if letter not in same)
    conditions = tuple(replace(c, left=same.get(c.left, c.left), right=same.get(c.right, c.right)) for c in claim.conditions)

    def put(expression: Expression) -> Expression:
        return reindexed(expression, same)

    derivatives = tuple(at_indices(d, same, letters) if claim.direct else d for d in claim.derivatives)
    return replace(
        claim, left=put(claim.left), right=put(claim.right), derivatives=derivatives, letters=letters, conditions=conditions,
        nonzero=tuple(map(put, claim.nonzero)), given=tuple((leaf, put(value)) for leaf, value in claim.given),
    )  # fmt: skip


def proof_of(claim: Claim) -> Lines:
    """Return the script that proves the claim. Raises: NotCertified."""
    return Scripts(claim).proof()


__all__ = ["Scripts", "proof_of"]
