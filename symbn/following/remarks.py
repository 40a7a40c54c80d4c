"""What the comments of a document say to symbn: roles, expected verdicts, and formulas to leave alone."""

from __future__ import annotations

from dataclasses import replace

from symbn.answer import ASSUMED, PROVED, REFUTED, UNDECIDED, UNREADABLE, Step
from symbn.diagnostic import Diagnostic
from symbn.document.source import Formula, Remark
from symbn.errors import UsageError
from symbn.following.conventions import HYPOTHESIS, IGNORE, assignments, expectations, with_settings
from symbn.following.state import Follower
from symbn.judging import Options


def take_remark(follower: Follower, place: int, remark: Remark) -> None:
    words = remark.words.strip()
    try:
        roles = assignments(words)
        if roles is not None:
            follower.base = with_settings(follower.base, roles)
            notation = with_settings(Options(follower.notation), roles).notation
            follower.notation = notation
            follower.words.update(dict.fromkeys(f"{role} is {name}" for role, name in roles.items()))
        elif words in (HYPOTHESIS, IGNORE):
            follower.next_role = words
        else:
            expected = tuple(looked_for(verdict, follower.base) for verdict in expectations(words))
            if not _behind(follower, place, remark, expected):
                unheard(follower)
                follower.expected, follower.waiting = expected, remark
    except UsageError as error:
        follower.problems.append(Diagnostic("bad-remark", str(error), remark.span, "see `symbn check --help`"))


def unheard(follower: Follower) -> None:
    """Complain of an expectation that no formula followed: a test that nobody runs."""
    if follower.waiting is not None:
        message = "no formula with an equality follows this remark"
        help = "put it right before a formula, or behind one on its line"
        follower.problems.append(Diagnostic("bad-remark", message, follower.waiting.span, help))
    follower.expected, follower.waiting = (), None


def _behind(follower: Follower, place: int, remark: Remark, expected: tuple[str, ...]) -> bool:
    """Give the expectation to the formula before, if the remark stands behind it on its line."""
    before = follower.document.items[place - 1] if place else None
    if not isinstance(before, Formula):
        return False
    between = follower.document.text[before.span.end : remark.span.start]
    if "\n" in between.strip("\n") or "\n" in between:
        return False
    line = follower.document.place(before.span.start)[0]
    own = [n for n, step in enumerate(follower.steps) if step.formula == line and before.span.start <= step.span.start]
    for n, verdict in zip(own, spread([follower.steps[n] for n in own], expected), strict=True):
        follower.steps[n] = replace(follower.steps[n], expected=verdict)
    return bool(own)


def looked_for(expected: str, options: Options) -> str:
    """Return an expected verdict without the code of a repair, if no repairs are looked for."""
    return expected if options.repair or not expected.startswith(f"{REFUTED} ") else REFUTED


def spread(steps: list[Step], expected: tuple[str, ...]) -> list[str | None]:
    """Return the expectation of every step of a formula: one each, or one for the worst of them while the others are proved."""
    if len(expected) == len(steps):
        return list(expected)
    if len(expected) > 1 or not expected:
        return [", ".join(expected) or None] * len(steps)
    order = (REFUTED, UNREADABLE, UNDECIDED, PROVED, ASSUMED)
    wanted = expected[0]
    found = [n for n, step in enumerate(steps) if not replace(step, expected=wanted).surprising]
    worst = min(range(len(steps)), key=lambda n: order.index(steps[n].verdict), default=0)
    chosen = found[0] if found else worst
    plain = {PROVED, ASSUMED}
    return [
        wanted if n == chosen or (wanted in plain) else (step.verdict if step.verdict in plain else PROVED)
        for n, step in enumerate(steps)
    ]
