"""The questions of each task: an identity, at a size or for every one, and whether it is true."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from scripts.benching.backward import FUNCTIONS
from scripts.benching.identities import HARD, SIZED, SUMS, Asked

TASKS = {
    "a": "the closed form of dL/dx_1 at a chosen m",
    "b": "the full Jacobian of xhat at a chosen m",
    "c": "the same for every m at once",
    "d": "hard identities, true and false",
    "e": "reading the LaTeX of the documents in derivations/",
    "f": "cold start: whole processes",
    "g": "backward functions that numeric checks let pass",
}
SIZES = (4, 8, 16, 32, 64, 128, 256, 512)
QUICK = (4, 8)
# What every process answers first, so that what is loaded late does not count: at this size, or for every one.
WARM, WARM_SIZE = "constant", 2
WARM_GENERAL = "mean-slope"
ASKED = {asked.key: asked for asked in (*SIZED, *SUMS, *HARD, *FUNCTIONS)}
_BY_TASK = {"a": ("closed", "closed-wrong"), "b": ("jacobian", "jacobian-wrong")}
READING, COLD = "reading", "cold"


@dataclass(frozen=True, slots=True)
class Question:
    """size: the batch size, or None for every one at once. true: what the right answer is; None where there is none."""

    task: str
    key: str
    about: str
    true: bool | None
    size: int | None = None
    any_size: bool = False

    @property
    def asked(self) -> Asked:
        return ASKED[self.key]


def questions(task: str, quick: bool = False) -> Iterator[Question]:
    """Yield the questions of a task, the small ones first."""
    match task:
        case "a" | "b":
            for key in _BY_TASK[task]:
                for size in QUICK if quick else SIZES:
                    yield Question(task, key, ASKED[key].about, ASKED[key].true, size)
        case "c":
            for asked in (*SIZED, *SUMS):
                yield Question(task, asked.key, asked.about, asked.true)
        case "d":
            for asked in HARD[:2] if quick else HARD:
                yield Question(task, asked.key, asked.about, asked.true, asked.size, any_size=True)
        case "e":
            yield Question(task, READING, TASKS[task], None)
        case "f":
            yield Question(task, COLD, TASKS[task], None)
        case _:
            for function in FUNCTIONS:
                yield Question(task, function.key, function.about, function.true, any_size=True)
