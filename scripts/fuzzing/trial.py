"""One case given to its reader, and what must be true of what comes out.

Only verdicts and diagnostics may come out: no exception but UsageError where it is documented; no "this is a bug in symbn";
spans inside the text that they count; lines and columns inside the file; a report can be written in every format, and drives
no terminal; nothing takes LIMIT seconds, and nothing a gigabyte; what is repeated takes no longer than all its copies alone.

A case is written in one format, and repaired once in a while, by its number: so a run of many cases costs little, and tries
everything. Its file is written where the last one was.
"""

from __future__ import annotations

import json
import resource
import signal
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass, replace
from functools import cache as cache_of_functions
from hashlib import sha256
from io import StringIO
from pathlib import Path
from random import Random
from time import process_time

import symbn
from scripts import verify_certificate
from scripts.fuzzing.cases import Case
from symbn import cache, cli
from symbn.answer import VERDICTS, DocumentReport, Step
from symbn.catalogue import CATALOGUE
from symbn.diagnostic import Span
from symbn.judging import Options
from symbn.report.github import as_github
from symbn.report.json import as_json
from symbn.report.junit import as_junit
from symbn.report.listing import render_report
from symbn.report.markdown import as_markdown
from symbn.report.sarif import as_sarif
from symbn.report.summary import conclusion, summary
from symbn.report.terminal import Style
from symbn.running import Settings, check_path

LIMIT = 10.0  # seconds of processor time that a case may take
_HANG = 60  # seconds after which it is broken off
_MEMORY = 512 * 1024  # KiB by which a case may raise the peak
_SUFFIXES = {"markdown": "md", "latex": "tex", "html": "html", "rst": "rst", "text": "txt", "notebook": "ipynb", "python": "py"}
_LINE_ENDS = "\n"
_REPAIRED = 25  # one case in so many has its repairs looked for, which takes longer than all the rest
_SLACK = (3.0, 2.0)  # what is repeated may take this much longer, and so many seconds besides: the machine may be busy


class Hang(BaseException):
    """No Exception, so that no guard takes it for a fault of the formula."""


@dataclass(frozen=True)
class Failure:
    """What went wrong with a case, in full."""

    case: Case
    what: str

    def __str__(self) -> str:
        return f"FAILURE {self.case.replay}\n  {self.what}\n  {self.case.data!r}"


def tried(case: Case, folder: Path) -> tuple[tuple[Failure, ...], float]:
    """Return what went wrong, and how many seconds the case took. folder: an empty one that the case may fill."""
    start, peak = process_time(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    try:
        with _broken_off():
            wrong = list(_READERS.get(case.reader, _document)(case, folder))
    except (Exception, Hang) as error:
        wrong = ["".join(traceback.format_exception(error, limit=-6)).strip()]
    seconds = process_time() - start
    if case.times > 1 and not wrong:
        start = process_time()
        list(_READERS.get(case.reader, _document)(replace(case, data=case.data[: len(case.data) // case.times]), folder))
        once = process_time() - start
        if seconds > _SLACK[0] * case.times * once + _SLACK[1]:
            wrong.append(f"{case.times} times the text took {seconds:.1f} s, and {once:.2f} s once")
    elif seconds > LIMIT:
        wrong.append(f"it took {seconds:.1f} s")
    if (risen := resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - peak) > _MEMORY:
        wrong.append(f"it took {risen // 1024} MiB more than anything before")
    return tuple(Failure(case, what) for what in wrong), seconds


@contextmanager
def _broken_off() -> Iterator[None]:
    def ring(*_: object) -> None:
        raise Hang(f"still not done after {_HANG} s")

    before = signal.signal(signal.SIGALRM, ring)
    signal.alarm(_HANG)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def _formula(case: Case, folder: Path) -> Iterator[str]:
    text = case.data.decode("utf-8", "replace")
    for step in symbn.verify(text, repair=case.number % _REPAIRED == 0).steps:
        yield from _step(step, text)
        symbn.Verdict((step,)).__str__()


def _document(case: Case, folder: Path) -> Iterator[str]:
    path = folder / f"case.{_SUFFIXES[case.reader]}"
    path.write_bytes(case.data)
    settings = Settings(Options(repair=case.number % _REPAIRED == 0))
    yield from _report(check_path(str(path), settings), case.data, case.number)


def _notation(case: Case, folder: Path) -> Iterator[str]:
    (folder / "case.toml").write_bytes(case.data)
    data = b"$\\frac{\\partial L}{\\partial\\beta} = \\sum_j g_j$\n\n$$a x_i = x_i a$$\n"
    (folder / "case.md").write_bytes(data)
    yield from _report(check_path(str(folder / "case.md"), Settings(Options(), str(folder / "case.toml"))), data, case.number)


def _cache(case: Case, folder: Path) -> Iterator[str]:
    """Damage one value of a kept answer, and sign it again: nothing may break, though its author may lie."""
    data = b"$$\\mu = \\sum_i x_i$$ and $x = $ and $y_i$\n"
    (folder / "case.md").write_bytes(data)
    settings = Settings(Options(repair=True), cache=str(folder / "cache"))
    check_path(str(folder / "case.md"), settings)
    (kept,) = (folder / "cache").glob("*.json")
    text = case.data.decode("utf-8", "replace")
    if text.startswith("@"):
        text = json.dumps(_damaged(Random(case.number), json.loads(kept.read_text("utf-8").partition("\n")[2]), text[1:]))
    signed = sha256(f"{kept.stem}{text}".encode("utf-8", "replace")).hexdigest()
    kept.write_text(f"{signed}\n{text}" if case.number % 10 != 9 else text, "utf-8", errors="replace")
    found = cache.load(folder / "cache", kept.stem)
    if found is not None and found.text != data.decode():
        data = found.text.encode("utf-8", "replace")
    report = check_path(str(folder / "case.md"), settings)
    yield from _written(report, case.number)


_CERTIFIED = ("sum_i xhat_i = 0", "dL/dx_i = gamma/(m*s) * (m*g_i - sum_j g_j - xhat_i * sum_j g_j*xhat_j)", "mu = sum_j x_j")


@cache_of_functions
def _certificate() -> str:
    out = StringIO()
    with redirect_stdout(out):
        cli.main(["certify", "--format", "json", *_CERTIFIED])
    return out.getvalue()


def _second_checker(case: Case, folder: Path) -> Iterator[str]:
    """Damage one value of a certificate: the second checker has a line for each step, and drives no terminal."""
    data = case.data
    if data.startswith(b"@"):
        word = data[1:].decode("utf-8", "replace")
        data = json.dumps(_damaged(Random(case.number), json.loads(_certificate()), word)).encode()
    (folder / "case.json").write_bytes(data)
    out, said = StringIO(), StringIO()
    with redirect_stdout(out), redirect_stderr(said):
        status = verify_certificate.main([str(folder / "case.json")])
    if status not in (0, 1, 2, 3):
        yield f"the status is {status}"
    if bad := sorted({c for c in out.getvalue() + said.getvalue() if not c.isprintable() and c != _LINE_ENDS}):
        yield f"the second checker writes {bad!r}"


def _damaged(random: Random, value: object, word: str) -> object:
    """Return the JSON value with one part of it, at any depth, put in place of by the word."""
    inside = list(value) if isinstance(value, dict) else list(range(len(value))) if isinstance(value, list) else []
    if not inside or random.random() < 0.15:
        try:
            return json.loads(word)
        except ValueError:
            return word
    place = random.choice(inside)
    assert isinstance(value, dict | list)
    value[place] = _damaged(random, value[place], word)
    return value


def _report(report: DocumentReport, data: bytes, number: int) -> Iterator[str]:
    lines = data.decode("utf-8-sig", "replace").split("\n")
    for step in report.steps:
        yield from _step(step, report.text)
        if not (1 <= step.line <= len(lines) and 1 <= step.column <= len(lines[step.line - 1]) + 1):
            yield f"{step.line}:{step.column} is no place in the file"
        if not 1 <= step.formula <= step.line:
            yield f"the formula of line {step.line} begins on line {step.formula}"
    for problem in report.problems:
        yield from _span(problem.span, report.text, f"the problem {problem.code}")
        yield from _bug(problem.message)
    yield from _written(report, number)


def _step(step: Step, text: str) -> Iterator[str]:
    if step.verdict not in VERDICTS:
        yield f"{step.verdict!r} is no verdict"
    if step.source != text:
        yield "the source is not the text"
    yield from _span(step.span, text, "the step")
    for fault in step.diagnostics:
        yield from _span(fault.span, text, f"the diagnostic {fault.code}")
    if step.repair is not None:
        for span in step.repair.changed:
            yield from _span(span, step.repair.latex, "the repair")
    for said in (step.reason, *step.notes, *(fault.message for fault in step.diagnostics)):
        yield from _bug(said or "")


def _span(span: Span, text: str, whose: str) -> Iterator[str]:
    if not 0 <= span.start <= span.end <= len(text):
        yield f"{whose} has the span {span.start}..{span.end} in a text of {len(text)} characters"


def _bug(said: str) -> Iterator[str]:
    if "bug in symbn" in said:
        yield said


def _written(report: DocumentReport, number: int) -> Iterator[str]:
    """Write the report in one of the formats, by the number of the case."""
    name, write = _WRITERS[number % len(_WRITERS)]
    text = write(report)
    text.encode("utf-8")
    if bad := sorted({c for c in text if not c.isprintable() and c != _LINE_ENDS}):
        yield f"{name} writes {bad!r}"


_WRITERS: tuple[tuple[str, Callable[[DocumentReport], str]], ...] = (
    ("text", lambda report: render_report(report, Style(80), True, True)),
    ("json", lambda report: as_json([report])),
    ("github", lambda report: as_github([report])),
    ("junit", lambda report: as_junit([report])),
    ("markdown", lambda report: as_markdown([report])),
    ("sarif", lambda report: as_sarif([report], CATALOGUE, symbn.__version__)),
    ("summary", lambda report: summary([report], Style(40)) + conclusion([report], Style(40))),
)
_READERS = {"formula": _formula, "notation": _notation, "cache": _cache, "certificate": _second_checker}
