"""One document -> its record, as JSON: a pure function of the text and the rules, and what a grader reads.

    {"schema": 1, "id": .., "error": null | {"code", "message"}, "status": 0 | 1 | 3,
     "counts": {"steps", "proved", "caveats", "refuted", "undecided", "unreadable", "assumed", "as_expected", "unexpected"},
     "steps": [{.. as in `symbn check --json`, "code"}], "problems": [{"code", "message", "line", "column"}], "notation": [..]}

error    why the document got no answers: `bad-line`, `bad-document`, `bad-notation`; or `time`, `memory`, `lost`, which depend
         on the machine, so that such a record is never kept.
status   as the exit status of `symbn check`: 0 all proved or as expected, 1 something refuted, 3 something open.
counts   the verdicts add up to the steps; `caveats` are among the proved.
code     what is wrong with a step (`wrong-sign`, ..), or else its verdict. problems: faults of the document as a whole.

There are no times in it, unless the rules ask for them: the same text gets the same bytes. (A text that needs nearly all its
time may be cut off in another place; and at a chosen batch size the notes say how long SymPy took.)
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from symbn.answer import SCHEMA, DocumentReport, Step
from symbn.diagnostic import position
from symbn.elaboration.notation import Notation
from symbn.errors import UsageError
from symbn.judging import Options
from symbn.layers.batchnorm import TRAINING
from symbn.report import json as steps
from symbn.report.outcome import SOME_OPEN, code, status
from symbn.report.summary import counts
from symbn.running import Given, check_data, is_faulty, parse_notation
from symbn.scale.documents import Document, Name

GRACE = 10.0
_KEPT_FOR = '{"error": null,'  # how the record of a document begins that got answers
_NOT_OF_A_STEP = frozenset(["schema", "file", "milliseconds"])
_NONE = dict.fromkeys(
    ("steps", "proved", "caveats", "refuted", "undecided", "unreadable", "assumed", "as_expected", "unexpected"), 0
)


@dataclass(frozen=True, slots=True)
class Rules:
    """How to check every document. lets, mode, batch, repair: as for `symbn.verify`. seconds: wall-clock time for one document,
    after which its process is killed; it stops by itself a little before. memory: MiB for one process. times: say how long
    each step took."""

    lets: tuple[str, ...] = ()
    mode: str = TRAINING
    batch: int | None = None
    repair: bool = False
    seconds: float | None = 60.0
    memory: int | None = 2048
    times: bool = False

    def options(self) -> Options:
        """Return how to judge. What is left of the time when no new equation is begun is for the one that was begun last.
        Raises: UsageError."""
        own = None if self.seconds is None else self.seconds - min(GRACE, self.seconds / 2)
        return Options(Notation(mode=self.mode).with_lets(self.lets), self.batch, self.repair, seconds=own)


@dataclass(frozen=True, slots=True)
class Record:
    """The answer to one document. body: the JSON object without its name. kept: it is an answer from an earlier run."""

    id: Name
    body: str
    kept: bool = False

    @property
    def line(self) -> str:
        """The record as one line of JSON, without the line's end."""
        name = steps.visible(json.dumps(self.id, ensure_ascii=False))
        return f'{{"schema": {SCHEMA}, "id": {name}, {self.body[1:]}'

    @property
    def data(self) -> dict[str, Any]:
        """The record as it is read back."""
        found: dict[str, Any] = json.loads(self.line)
        return found


def answered(document: Document, rules: Rules) -> str:
    """Return the body of a document's record. The document's own time limit is all that holds it: see `worker`."""
    if document.fault is not None:
        return failed(*document.fault)
    try:
        notation = Path("the notation file")
        table = (
            Given(notation, parse_notation(document.notation, notation), document.notation) if document.notation else Given()
        )
        data = document.text.encode("utf-8", "replace")
        report = check_data(document.file, data, document.kind, rules.options(), table)
    except UsageError as error:
        return failed("bad-document", str(error).removeprefix(f"{document.file}: "))
    if is_faulty(report):
        return failed(report.problems[0].code, report.problems[0].message)
    return _body(report, rules.times)


def failed(code: str, message: str) -> str:
    """Return the body of the record of a document that got no answers."""
    error = {"code": code, "message": message}
    return _dumped({"error": error, "status": SOME_OPEN, "counts": _NONE, "steps": [], "problems": [], "notation": []})


def is_lasting(body: str) -> bool:
    """Tell whether the record would be the same on another day and another machine."""
    return body.startswith(_KEPT_FOR)


def _body(report: DocumentReport, times: bool) -> str:
    number = {name.replace(" ", "_"): count for name, count in counts(report).items()}
    problems = [
        {"code": fault.code, "message": fault.message, "line": line, "column": column}
        for fault in report.problems
        for line, column in [position(report.text, fault.span.start)]
    ]
    found = {
        "error": None,
        "status": status([report]),
        "counts": {name: number["caveat" if name == "caveats" else name] for name in _NONE},
        "steps": [_step(step, times) for step in report.steps],
        "problems": problems,
        "notation": list(report.notation),
    }
    return _dumped(found)


def _step(step: Step, times: bool) -> dict[str, Any]:
    left_out = _NOT_OF_A_STEP - {"milliseconds"} if times else _NOT_OF_A_STEP
    found = steps.record(replace(step, file=None))
    return {"code": code(step), **{key: value for key, value in found.items() if key not in left_out}}


def _dumped(found: Mapping[str, object]) -> str:
    return steps.visible(json.dumps(found, ensure_ascii=False))
