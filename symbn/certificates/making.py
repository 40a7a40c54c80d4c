"""Answers -> certificates: which steps get one, and why the others do not."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from symbn.answer import PROVED, REFUTED, Step
from symbn.certificates.expressions import NotCertified
from symbn.certificates.features import NOTE, has_features, one_column, point_of_column, term_of_column
from symbn.certificates.refutations import refutation_of
from symbn.certificates.rules import is_rule, rule_of, term_of_rule
from symbn.certificates.scripts import proof_of
from symbn.certificates.stating import claim_of
from symbn.certificates.writing import Certificate
from symbn.decision.refute import counterexample
from symbn.kernel.goal import Goal
from symbn.kernel.term import BATCH, Entry, Mul, Term, num
from symbn.kernel.verdict import Proved, Refuted

NOT_CERTIFIED = "not certified"


@dataclass(frozen=True, slots=True)
class Made:
    """A step with its certificate, or with the reason why it has none."""

    step: Step
    certificate: Certificate | None
    reason: str = ""


def made_of(steps: Iterable[Step]) -> list[Made]:
    """Return what can be certified of the answers. The steps hold their decisions (`Options.keep`)."""
    found: list[Made] = []
    for step in steps:
        number = 1 + sum(made.certificate is not None for made in found)
        found.append(_made(step, number))
    return found


def satisfiable(goal: Goal, nonzero: tuple[Term, ...]) -> bool:
    """Tell whether the hypotheses of a claim hold somewhere: of contradictory ones everything follows. An exact point is looked
    for at which the product of what must not be 0 is not 0."""
    entries = tuple(Entry("x", (index,)) for index in goal.indices if isinstance(index.name, int) and index.axis == BATCH)
    product = Mul((num(1), *nonzero))
    return counterexample(replace(goal, left=product, right=Mul((num(0), *entries))), differs=True) is not None


def _made(step: Step, number: int) -> Made:
    decision = step.decision
    if step.verdict not in (PROVED, REFUTED) or decision is None or decision.equation is None:
        return Made(step, None, step.reason or f"the step is {step.verdict}")
    source = f"{step.lhs} = {step.rhs}"
    note = "" if step.caveat is None else f"under the reading: {step.caveat}"
    equation, feature = decision.equation, None
    try:
        if wide := has_features(equation):
            equation, feature = one_column(equation)
            note = "; ".join(filter(None, (note, NOTE)))
        if rule := is_rule(equation):
            equation = rule_of(equation)
        match decision.verdict:
            case Proved(goal=goal, nonzero=nonzero):
                if not satisfiable(goal, nonzero):
                    raise NotCertified("no input is known that satisfies the hypotheses")
                about = term_of_column if wide else term_of_rule if rule else None
                claim = claim_of(equation, tuple(map(about, nonzero)) if about else nonzero)
                return Made(step, Certificate(number, source, False, claim, tuple(proof_of(claim)), note))
            case Refuted():
                claim = claim_of(equation)
                point = point_of_column(decision.verdict, decision.equation, feature) if wide else decision.verdict.point
                script = refutation_of(claim, point, (decision.verdict.left, decision.verdict.right))
                return Made(step, Certificate(number, source, True, claim, tuple(script), note))
            case _:
                return Made(step, None, "the kernel did not decide it")
    except NotCertified as error:
        return Made(step, None, str(error))
    except RecursionError:
        return Made(step, None, "the equation is too deep")
    except Exception as error:
        # Our own fault on an equation that we did not think of: the others still get their certificates, this one none.
        return Made(step, None, f"this is a bug in symbn: {type(error).__name__}: {error}; please report the formula")
