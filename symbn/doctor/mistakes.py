"""The usual mistakes in a batch-norm backward, as formulas that symbn reads.

The forward is right, and its cache is too; only the backward is wrong. `D` is the number of features, which some divide by.
Each is refuted by the kernel as an equation for all batches: tests hold that.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from symbn.elaboration.elaborate import Equation, readings
from symbn.elaboration.meaning import Meaning, Quantity, Slope, SumOver, changed
from symbn.elaboration.notation import Notation
from symbn.kernel.term import FEATURE, Index
from symbn.layers.batchnorm import batch_norm
from symbn.syntax.parser import parse

RIGHT = {
    "dx": "gamma/(m*s)*(m*g_i - sum_j g_j - xhat_i*sum_j g_j*xhat_j)",
    "dgamma": "sum_j g_j*xhat_j",
    "dbeta": "sum_j g_j",
}
_LEFT = {"dx": "dL/dx_i", "dgamma": "dL/dgamma", "dbeta": "dL/dbeta"}
COLUMN = Index("c", FEATURE)


@dataclass(frozen=True, slots=True)
class Mistake:
    """name: stable, kebab-case. gradient: which one is wrong. formula: what it is instead. across: it is summed over the
    features, so that it has the shape of a column. words: what was done, as a phrase."""

    name: str
    gradient: str
    formula: str
    words: str
    across: bool = False


MISTAKES = (
    Mistake("eps-outside-root", "dx", "gamma/(m*(sqrt(var)+eps))*(m*g_i - sum_j g_j - xhat_i*sum_j g_j*xhat_j)",
            "eps outside the root: 1/(sqrt(var) + eps)"),
    Mistake("eps-dropped", "dx", "gamma/(m*sqrt(var))*(m*g_i - sum_j g_j - xhat_i*sum_j g_j*xhat_j)",
            "eps dropped in the backward: 1/sqrt(var)"),
    Mistake("eps-missing-in-last-term", "dx", "gamma/(m*s)*(m*g_i - sum_j g_j - (x_i-mu)/var*sum_j g_j*(x_j-mu))",
            "1/var for 1/(var + eps) in the last term"),
    Mistake("m-minus-1", "dx", "gamma/((m-1)*s)*((m-1)*g_i - sum_j g_j - xhat_i*sum_j g_j*xhat_j)", "m - 1 for m"),
    Mistake("unbiased-variance", "dx", "gamma/(m*s)*(m*g_i - sum_j g_j) - gamma/((m-1)*s)*xhat_i*sum_j g_j*xhat_j",
            "the slope of the unbiased variance, 2(x - mu)/(m - 1)"),
    Mistake("features-for-examples", "dx", "gamma/(D*s)*(D*g_i - sum_j g_j - xhat_i*sum_j g_j*xhat_j)",
            "the number of features for the number of examples"),
    Mistake("m-missing", "dx", "gamma/s*(m*g_i - sum_j g_j - xhat_i*sum_j g_j*xhat_j)", "1/m missing in dx"),
    Mistake("gamma-missing", "dx", "1/(m*s)*(m*g_i - sum_j g_j - xhat_i*sum_j g_j*xhat_j)", "gamma missing in dx"),
    Mistake("gamma-twice", "dx", "gamma^2/(m*s)*(m*g_i - sum_j g_j - xhat_i*sum_j g_j*xhat_j)", "gamma twice in dx"),
    Mistake("moments-constant", "dx", "gamma*g_i/s", "mean and variance taken for constants"),
    Mistake("mean-path-dropped", "dx", "gamma/(m*s)*(m*g_i - xhat_i*sum_j g_j*xhat_j)",
            "the first sum missing: the path through the mean is dropped"),
    Mistake("variance-path-dropped", "dx", "gamma/(m*s)*(m*g_i - sum_j g_j)",
            "the last sum missing: the path through the variance is dropped"),
    Mistake("first-sum-sign", "dx", "gamma/(m*s)*(m*g_i + sum_j g_j - xhat_i*sum_j g_j*xhat_j)", "the sign of the first sum"),
    Mistake("last-sum-sign", "dx", "gamma/(m*s)*(m*g_i - sum_j g_j + xhat_i*sum_j g_j*xhat_j)", "the sign of the last sum"),
    Mistake("diagonal-only", "dx", "gamma*g_i/(m*s)*(m - 1 - xhat_i^2)", "only the diagonal of the Jacobian"),
    Mistake("exponent-minus-half", "dx",
            "gamma/(m*s)*(m*g_i - sum_j g_j) - gamma/m*(x_i-mu)*(var+eps)^(-1/2)*sum_j g_j*(x_j-mu)",
            "the exponent -1/2 for -3/2 in dvar"),
    Mistake("exponent-minus-two", "dx",
            "gamma/(m*s)*(m*g_i - sum_j g_j) - gamma/m*(x_i-mu)*(var+eps)^(-2)*sum_j g_j*(x_j-mu)",
            "the exponent -2 for -3/2 in dvar"),
    Mistake("dvar-half-missing", "dx", "gamma/(m*s)*(m*g_i - sum_j g_j - 2*xhat_i*sum_j g_j*xhat_j)",
            "the 1/2 missing in dvar"),
    Mistake("dvar-two-missing", "dx", "gamma/(m*s)*(m*g_i - sum_j g_j - (1/2)*xhat_i*sum_j g_j*xhat_j)",
            "the 2 of 2(x - mu)/m missing"),
    Mistake("not-centred", "dx", "gamma/(m*s)*(m*g_i - sum_j g_j - (x_i/s)*sum_j g_j*xhat_j)",
            "x for x - mu in the last term"),
    Mistake("dgamma-not-summed", "dgamma", "g_i*xhat_i", "dgamma not summed over the examples"),
    Mistake("dgamma-wrong-axis", "dgamma", "g_i*xhat_i", "dgamma summed over the features", across=True),
    Mistake("dgamma-mean", "dgamma", "1/m*sum_j g_j*xhat_j", "dgamma averaged, not summed"),
    Mistake("dgamma-not-normalised", "dgamma", "sum_j g_j*(x_j - mu)", "x - mu for xhat in dgamma"),
    Mistake("dgamma-eps-dropped", "dgamma", "sum_j g_j*(x_j - mu)/sqrt(var)", "eps dropped in the xhat of dgamma"),
    Mistake("dgamma-swapped", "dgamma", "sum_j g_j", "dbeta for dgamma"),
    Mistake("dbeta-not-summed", "dbeta", "g_i", "dbeta not summed over the examples"),
    Mistake("dbeta-wrong-axis", "dbeta", "g_i", "dbeta summed over the features", across=True),
    Mistake("dbeta-mean", "dbeta", "1/m*sum_j g_j", "dbeta averaged, not summed"),
    Mistake("dbeta-swapped", "dbeta", "sum_j g_j*xhat_j", "dgamma for dbeta"),
)  # fmt: skip


@cache
def equation(gradient: str, formula: str) -> Equation:
    """Return `the gradient = the formula` as it is plainly read."""
    (statement,) = parse(f"{_LEFT[gradient]} = {formula}")
    left, right = statement.sides
    return next(readings(left, right, (), Notation().with_lets(["free=D"])))


@cache
def wide(gradient: str, formula: str, across: bool = False) -> Meaning:
    """Return the formula for every feature at once: what has a value for each feature gets its index."""
    meaning = _widened(equation(gradient, formula).right)
    return SumOver(COLUMN, (), meaning) if across else meaning


def _widened(meaning: Meaning) -> Meaning:
    match meaning:
        case Quantity(name="D"):
            return Quantity("n")
        case Quantity(name=name, indices=indices):
            per_feature = name in batch_norm().nodes and name not in ("eps", "L")
            return Quantity(name, (*indices, COLUMN)) if per_feature else meaning
        case Slope():
            raise AssertionError("a formula of the catalogue has no derivative in it")
        case _:
            return changed(meaning, _widened)
