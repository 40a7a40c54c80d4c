"""One setting -> what it hides: each mistake of the catalogue, seen or not; and the cheapest change that shows all."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal

from symbn.doctor.exact import is_blind
from symbn.doctor.mistakes import MISTAKES, Mistake
from symbn.doctor.setting import GRADIENTS, Draw, Loss, Setting, Tolerance
from symbn.doctor.trial import DRAWS, MOST_ENTRIES, Outcome, draws, of_the_right_one, outcome
from symbn.errors import UsageError

Answer = Literal["seen", "by luck", "not compared", "summed", "exactly blind", "below tolerance"]


@dataclass(frozen=True, slots=True)
class Finding:
    """What the test makes of one mistake. answer: `exactly blind` is proved by the kernel; `by luck`: in some draws only;
    `summed`: PyTorch puts it right, in the test and anywhere else."""

    mistake: Mistake
    answer: Answer
    outcome: Outcome

    @property
    def hidden(self) -> bool:
        return self.answer not in ("seen", "summed")


@dataclass(frozen=True, slots=True)
class Change:
    """An edit of a test: in words, and of the setting."""

    words: str
    edit: Callable[[Setting], Setting]


@dataclass(frozen=True, slots=True)
class Examination:
    """findings: for each mistake. failing: gradients of which the right one fails the test, too. changes: edits with
    which everything is seen, tried, and none to spare; None where all of ours are not enough."""

    setting: Setting
    findings: tuple[Finding, ...]
    failing: tuple[str, ...]
    changes: tuple[str, ...] | None

    @property
    def hidden(self) -> tuple[Finding, ...]:
        return tuple(finding for finding in self.findings if finding.hidden)


def examine(setting: Setting) -> Examination:
    """Return what a test in this setting sees. Raises: UsageError for a setting that is too large to try."""
    if not 0 < setting.shape[0] * setting.shape[1] <= MOST_ENTRIES:
        raise UsageError(f"x has {setting.shape[0]} by {setting.shape[1]} entries; from 1 to {MOST_ENTRIES} are tried")
    runs = draws(setting)
    findings = tuple(_finding(mistake, setting, outcome(mistake, setting, runs)) for mistake in MISTAKES)
    failing = tuple(name for name in setting.compared if of_the_right_one(name, setting, runs).seen)
    hidden = any(finding.hidden for finding in findings)
    return Examination(setting, findings, failing, _cheapest(setting) if hidden or failing else ())


def _finding(mistake: Mistake, setting: Setting, found: Outcome) -> Finding:
    if mistake.gradient not in setting.compared:
        return Finding(mistake, "not compared", found)
    if not found.broken:
        # Where rounding alone shows a difference, there is none; a quotient that is no number is another matter.
        if setting.sums and mistake.name.endswith("-not-summed"):
            return Finding(mistake, "summed", found)
        if is_blind(mistake, setting):
            return Finding(mistake, "exactly blind", found)
    return Finding(mistake, "seen" if found.seen == DRAWS else "by luck" if found.seen else "below tolerance", found)


def _wider(setting: Setting) -> Setting:
    examples = max(setting.shape[0], 4)
    features = max(setting.shape[1], 3)
    return replace(setting, shape=(examples, features if features != examples else features + 1))


CHANGES = (
    Change("compare dx, dgamma and dbeta", lambda s: replace(s, compared=GRADIENTS)),
    Change("draw dout at random, loss = sum(y * dout)", lambda s: replace(s, loss=Loss("random"))),
    Change("draw gamma at random", lambda s: replace(s, gamma=Draw())),
    Change("eps = 0.1", lambda s: replace(s, eps=0.1)),
    Change("at least 4 examples, and another number of features", _wider),
    Change("draw x at random, as randn", lambda s: replace(s, x=Draw())),
    Change("float64, step 1e-5, rtol = 1e-7, atol = 1e-8",
           lambda s: replace(s, tolerance=Tolerance("allclose", 1e-7, 1e-8), step=s.step and 1e-5, double=True)),
)  # fmt: skip


def _cheapest(setting: Setting) -> tuple[str, ...] | None:
    """Return changes with which all is seen and the right gradients pass, and none of which can be left out."""
    useful = [change for change in CHANGES if change.edit(setting) != setting]
    if not _sees_all(setting, useful):
        return None
    kept = list(useful)
    for change in useful:
        others = [other for other in kept if other is not change]
        if _sees_all(setting, others):
            kept = others
    return tuple(change.words for change in kept)


def _sees_all(setting: Setting, changes: list[Change]) -> bool:
    for change in changes:
        setting = change.edit(setting)
    if set(setting.compared) != set(GRADIENTS) or not setting.double:
        return False
    runs = draws(setting)
    if any(of_the_right_one(name, setting, runs).seen for name in GRADIENTS):
        return False
    ours = [m for m in MISTAKES if not (setting.sums and m.name.endswith("-not-summed"))]
    return all(outcome(mistake, setting, runs).seen == DRAWS for mistake in ours)
