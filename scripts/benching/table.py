"""The report as Markdown: for each task a table, the ratios to symbn beside the times."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from scripts.benching.cold import REFERENCE
from scripts.benching.questions import TASKS
from scripts.benching.results import OUTCOMES, RIGHT, UNDECIDED, WRONG, Report, Result

OWN = "symbn"
_SIGNS = {RIGHT: "right", WRONG: "**wrong**", UNDECIDED: "?", "time-out": "time-out", "failed": "failed", "": ""}
_NOTES = {
    "a": "Seconds are of the processor, inside the process. (?) the answer claims nothing: what was left was not zero.",
    "d": "`?`: undecided, or what a simplification left was not zero. The others are asked at a small m, symbn and tensorgrad "
    "for every m.",
    "e": "right: something came out, and it has derivatives and sums where the text has them; wrong: it has not.",
    "g": "right: a right function passes, a wrong one does not; wrong: a wrong function passes with some of five seeds.",
}


def duration(seconds: float) -> str:
    """Return a time in milliseconds or seconds, with two or three digits."""
    if seconds >= 99.5:
        return f"{seconds:.0f} s"
    if seconds >= 0.9995:
        return f"{seconds:.3g} s"
    return f"{1e3 * seconds:.0f} ms" if seconds >= 0.0995 else f"{1e3 * seconds:.2g} ms"


def ratio(seconds: float, own: float) -> str:
    """Return how many times as long as symbn it took."""
    quotient = seconds / own
    return f"{quotient:.0f} x" if quotient >= 9.95 else f"{quotient:.2g} x"


def markdown(report: Report) -> str:
    """Return the whole report."""
    lines = [f"- {name}: {value}" for name, value in report.about.items()]
    lines += ["- versions: " + "; ".join(f"{name} {version}" for name, version in report.versions.items())]
    lines += [f"- skipped: {name}: {reason}" for name, reason in report.skipped.items()]
    for task in TASKS:
        found = [result for result in report.results if result.task == task]
        if found:
            lines += ["", f"### ({task}) {TASKS[task]}", "", *_table(task, found)]
            lines += ["", _NOTES[task]] if task in _NOTES else []
    return "\n".join(lines) + "\n"


def _table(task: str, results: Sequence[Result]) -> Iterator[str]:
    match task:
        case "a" | "b" | "c":
            for true in (True, False):
                part = [result for result in results if result.true is true]
                if part:
                    yield from ["", f"{'True' if true else 'False'}:", ""]
                    yield from _times(part)
        case "e":
            yield from _row("system", "time", "spread", "equations read")
            yield from _row("---", "---:", "---:", "---")
            for result in results:
                yield from _row(result.peer, _median(result), _spread(result), result.note or result.outcome)
        case "f":
            yield from _starts(results)
        case _:
            yield from _outcomes(results)


def _row(*cells: str) -> Iterator[str]:
    yield "| " + " | ".join(cells) + " |"


def _head(first: str, others: Sequence[str]) -> Iterator[str]:
    yield from _row(first, *others)
    yield from _row("---", *["---:"] * len(others))


def _median(result: Result) -> str:
    if not result.timed:
        return ""
    return duration(result.median) if result.median >= result.clock else f"< {duration(result.clock)}"


def _spread(result: Result) -> str:
    return duration(result.spread) if result.timed else ""


def _times(results: Sequence[Result]) -> Iterator[str]:
    """A row for each system, a column for each question: median, spread, and the ratio to symbn."""
    columns = list(dict.fromkeys((result.key, result.size) for result in results))
    names = [key if size is None else f"m = {size}" for key, size in columns]
    yield from _head("system", names)
    cells = {(result.peer, result.key, result.size): result for result in results}
    for peer in dict.fromkeys(result.peer for result in results):
        row = []
        for key, size in columns:
            own, found = cells.get((OWN, key, size)), cells.get((peer, key, size))
            row.append("" if found is None else _cell(found, own))
        yield from _row(peer, *row)


def _cell(result: Result, own: Result | None) -> str:
    if not result.timed:
        return _SIGNS[result.outcome]
    mark = {WRONG: " **wrong**", UNDECIDED: " (?)"}.get(result.outcome, "")
    if result.median < result.clock:
        return _median(result) + mark
    beside = "" if own is None or not own.timed or own is result else f", {ratio(result.median, own.median)}"
    return f"{_median(result)} ± {_spread(result)}{beside}{mark}"


def _outcomes(results: Sequence[Result]) -> Iterator[str]:
    """How often each system was right; then each question and what each system said."""
    peers = list(dict.fromkeys(result.peer for result in results))
    yield from _head("system", [*OUTCOMES, "time"])
    for peer in peers:
        own = [result for result in results if result.peer == peer]
        counts = [str(sum(result.outcome == outcome for result in own)) for outcome in OUTCOMES]
        yield from _row(peer, *counts, duration(sum(result.median for result in own)))
    yield ""
    yield from _row("question", "is", *peers)
    yield from _row("---", *["---"] * (len(peers) + 1))
    said = {(result.key, result.peer): _SIGNS[result.outcome] for result in results}
    for key, about, true in dict.fromkeys((result.key, result.about, result.true) for result in results):
        yield from _row(about, "true" if true else "false", *(said.get((key, peer), "") for peer in peers))


def _starts(results: Sequence[Result]) -> Iterator[str]:
    reference = next((result for result in results if result.peer == REFERENCE), None)
    yield from _head("process", ["time", "spread", "of `import sympy`", "memory"])
    for result in results:
        if not result.timed:
            yield from _row(result.peer, _SIGNS[result.outcome] or result.answer, "", "", "")
            continue
        share = "" if reference is None else f"{result.median / reference.median:.2f}"
        yield from _row(result.peer, _median(result), _spread(result), share, f"{result.memory / 1e6:.0f} MB")
