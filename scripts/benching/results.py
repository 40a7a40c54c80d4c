"""What was measured, as values that JSON holds."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from scripts.benching.measuring import FAILED, TIME_OUT, Reply, median, spread
from scripts.benching.questions import Question

RIGHT, WRONG, UNDECIDED = "right", "wrong", "undecided"
OUTCOMES = (RIGHT, WRONG, UNDECIDED, TIME_OUT, FAILED)
_BADNESS = ("", RIGHT, UNDECIDED, TIME_OUT, FAILED, WRONG)
_CLAIMS = {"equal": True, "different": False}


@dataclass(frozen=True, slots=True)
class Result:
    """One system's replies to one question. outcome: one of OUTCOMES, or "" where nothing is claimed. seconds: of each run.
    clock: the smallest time that the system can tell."""

    task: str
    key: str
    about: str
    true: bool | None
    size: int | None
    peer: str
    outcome: str
    answer: str
    seconds: tuple[float, ...]
    memory: int
    note: str = ""
    clock: float = 1e-6

    @property
    def median(self) -> float:
        return median(self.seconds)

    @property
    def spread(self) -> float:
        return spread(self.seconds)

    @property
    def timed(self) -> bool:
        """Whether the time says anything: it answered, be it wrong."""
        return bool(self.seconds) and self.outcome not in (TIME_OUT, FAILED)


@dataclass(frozen=True, slots=True)
class Report:
    """about: the machine, the time-out and so on. versions: of the systems asked. skipped: why others were not."""

    about: dict[str, str]
    versions: dict[str, str]
    skipped: dict[str, str]
    results: tuple[Result, ...]

    def to_json(self) -> str:
        return json.dumps(asdict(self), indent=1, ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> Report:
        data = json.loads(text)
        results = tuple(Result(**{**row, "seconds": tuple(row["seconds"])}) for row in data["results"])
        return cls(data["about"], data["versions"], data["skipped"], results)


def outcome_of(true: bool | None, answer: str) -> str:
    """Return how an answer is counted: only a claim can be right or wrong."""
    if answer in (TIME_OUT, FAILED):
        return answer
    if true is None:
        return ""
    claim = _CLAIMS.get(answer)
    return UNDECIDED if claim is None else RIGHT if claim is true else WRONG


def result(question: Question, peer: str, replies: Sequence[Reply], clock: float = 1e-6) -> Result:
    """Return the replies of several runs as one result. Where they differ, the worst counts."""
    worst = max(replies, key=lambda reply: _BADNESS.index(outcome_of(question.true, reply.answer)))
    return Result(
        question.task, question.key, question.about, question.true, question.size, peer,
        outcome_of(question.true, worst.answer), worst.answer, tuple(reply.seconds for reply in replies),
        max(reply.memory for reply in replies), worst.note, clock,
    )  # fmt: skip
