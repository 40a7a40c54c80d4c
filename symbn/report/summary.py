"""The end of a check: a table with a row for each document, and one sentence.

A column that is empty in every document is left out. Where the table does not fit the terminal, each document gets a sentence.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from io import StringIO

from symbn.answer import ASSUMED, CAVEAT, PROVED, REFUTED, UNDECIDED, UNREADABLE, DocumentReport
from symbn.report.outcome import OK, SOME_OPEN, SOME_REFUTED, problems, status
from symbn.report.terminal import Style, cells, duration, folds, printable, wrap

_COLUMNS = {
    "steps": "steps",
    PROVED: "proved",
    CAVEAT: "with\ncaveat",
    REFUTED: "re-\nfuted",
    UNDECIDED: "unde-\ncided",
    UNREADABLE: "un-\nread-\nable",
    ASSUMED: "as-\nsumed",
    "as expected": "as ex-\npected",
    "unexpected": "unex-\npected",
}
MAX_ROWS = 1000
_ALWAYS = ("steps", PROVED)
_BAD = {REFUTED: "red", UNDECIDED: "yellow", UNREADABLE: "magenta", "unexpected": "red"}
_VERDICTS = (PROVED, CAVEAT, REFUTED, UNDECIDED, UNREADABLE, ASSUMED)
Row = tuple[str, dict[str, int], float]  # a path, the numbers of its steps, milliseconds


def counts(report: DocumentReport) -> dict[str, int]:
    """Return the numbers of a row. The verdicts add up to the steps, but for `caveat`, which is among the proved."""
    surprises = len(report.surprises)
    return {
        "steps": len(report.steps),
        **{verdict: report.count(verdict) for verdict in _VERDICTS},
        "as expected": sum(step.expected is not None for step in report.steps) - surprises,
        "unexpected": surprises,
    }


@dataclass(frozen=True, slots=True)
class Tally:
    """What the end of a check needs of a report; of ten thousand documents it can be held. problems: how many steps of a
    verdict want attention, those that are not as expected aside. faults: of the document itself."""

    path: str
    counts: dict[str, int]
    problems: dict[str, int]
    faults: int
    status: int
    milliseconds: float


def tally(report: DocumentReport) -> Tally:
    found = [step for step in problems(report) if step.step > 0 and not step.surprising]
    wanting = {verdict: sum(step.verdict == verdict for step in found) for verdict in _BAD}
    return Tally(report.path, counts(report), wanting, len(report.problems), status([report]), report.milliseconds)


def worst(statuses: Iterable[int]) -> int:
    """Return the exit status of several documents: 1 wins over 3."""
    found = set(statuses)
    return next((one for one in (SOME_REFUTED, SOME_OPEN) if one in found), OK)


def _tallied(reports: Sequence[DocumentReport | Tally]) -> list[Tally]:
    return [report if isinstance(report, Tally) else tally(report) for report in reports]


def summary(reports: Sequence[DocumentReport | Tally], style: Style) -> str:
    """Return the table, with a row of totals if there are several documents; only that, where nobody would read the others."""
    rows = [(_shown(one.path), one.counts, one.milliseconds) for one in _tallied(reports)]
    if len(rows) != 1:
        total = {name: sum(row[1][name] for row in rows) for name in _COLUMNS}
        whole = (f"{len(reports)} documents", total, sum(row[2] for row in rows))
        rows = [*(rows if len(rows) <= MAX_ROWS else ()), whole]
    columns = [name for name in _COLUMNS if name in _ALWAYS or any(row[1][name] for row in rows)]
    for heads, gap, enough in (({name: name.replace(" ", "\n") for name in columns}, 2, 24), (_COLUMNS, 1, 10)):
        width = {name: max(map(cells, [*heads[name].split("\n"), *(str(row[1][name]) for row in rows)])) for name in columns}
        times = max(map(cells, ["time", *(duration(row[2]) for row in rows)]))
        room = style.width - sum(width.values()) - times - gap * (len(columns) + 1)
        if room >= enough:
            table = _coloured if style.colour else _plain
            return table(rows, {name: heads[name] for name in columns}, room, gap, style)
    return "\n".join(line for row in rows for line in wrap(f"{row[0]}: {_in_words(row[1])}", style.width))


def _shown(path: str) -> str:
    # A line that begins with two colons would be a command to a CI service.
    return printable(f"./{path}" if path.startswith(":") else path)


def _plain(rows: list[Row], heads: dict[str, str], room: int, gap: int, style: Style) -> str:
    """Return the table as `_coloured` draws it, without colours. Loading rich takes longer than checking ten equations."""
    head = [["document"], *(words.split("\n") for words in heads.values()), ["time"]]
    lines = max(map(len, head))
    head = [[""] * (lines - len(words)) + words for words in head]
    body = [[_lines(path, room), *([str(count[name])] for name in heads), [duration(time)]] for path, count, time in rows]
    widths = [max(cells(line) for row in (head, *body) for line in row[place]) for place in range(len(head))]

    def drawn(row: list[list[str]]) -> list[str]:
        found = []
        for number in range(max(map(len, row))):
            parts = [cell[number] if number < len(cell) else "" for cell in row]
            pads = [" " * (width - cells(part)) for part, width in zip(parts, widths, strict=True)]
            words = [parts[0] + pads[0], *(pad + part for pad, part in zip(pads[1:], parts[1:], strict=True))]
            found.append((" " * gap).join(words).rstrip())
        return found

    rule = "─" * (sum(widths) + gap * (len(widths) - 1))
    above = [line for row in body[:-1] for line in drawn(row)]
    return "\n".join([*drawn(head), rule, *above, *([""] if above else []), *drawn(body[-1])])


def _coloured(rows: list[Row], heads: dict[str, str], room: int, gap: int, style: Style) -> str:
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=SIMPLE_HEAD, show_edge=False, pad_edge=False, padding=(0, gap - 1, 0, 0))
    table.add_column("document", no_wrap=True)
    for head in heads.values():
        table.add_column(head, justify="right", no_wrap=True)
    table.add_column("time", justify="right", no_wrap=True)
    for number, (path, count, milliseconds) in enumerate(rows):
        path = "\n".join(_lines(path, room))
        cellular = [Text(str(count[name]), _BAD.get(name, "") if count[name] else "dim") for name in heads]
        table.add_row(Text(path), *cellular, duration(milliseconds), end_section=number == len(rows) - 2)
    out = StringIO()
    Console(
        file=out, width=style.width, force_terminal=style.colour, no_color=not style.colour, highlight=False, markup=False,
        color_system="standard" if style.colour else None, legacy_windows=False, emoji=False,
    ).print(table)  # fmt: skip
    return "\n".join(line.rstrip() for line in out.getvalue().rstrip("\n").split("\n"))


def _lines(path: str, room: int) -> list[str]:
    """Return the lines of a path, broken behind a slash where that is possible."""
    lines = [""]
    for part in re.split(r"(?<=/)", path):
        if cells(lines[-1] + part) <= room:
            lines[-1] += part
        else:
            lines += [part] if lines[-1] else []
            lines[-1] = part
    if any(cells(line) > room or line.lstrip().startswith("::") for line in lines):
        return [path[start:end] for start, end in folds(path, room)]
    return lines


def _in_words(count: dict[str, int]) -> str:
    names = {"steps": "step" if count["steps"] == 1 else "steps", CAVEAT: "with a caveat"}
    return ", ".join(f"{count[name]} {names.get(name, name)}" for name in _COLUMNS if count[name] or name == "steps")


def conclusion(reports: Sequence[DocumentReport | Tally], style: Style | None = None) -> str:
    """Return the outcome in one sentence, on as many lines as it needs."""
    style = style or Style()
    tallies = _tallied(reports)
    count = {name: sum(one.counts[name] for one in tallies) for name in _COLUMNS}
    steps = _in_words({**dict.fromkeys(_COLUMNS, 0), "steps": count["steps"]})
    where = "1 document" if len(tallies) == 1 else f"{len(tallies)} documents"
    outcome = worst(one.status for one in tallies)
    if outcome == OK:
        said = f"nothing to check in {where}" if not count["steps"] else f"{steps} in {where}: {_good(count)}"
    else:
        faults = sum(one.faults for one in tallies)
        kinds = {verdict: sum(one.problems[verdict] for one in tallies) for verdict in _BAD}
        kinds["not as expected"] = count["unexpected"]
        kinds["fault in a document" if faults == 1 else "faults in documents"] = faults
        said = f"{steps} in {where}: {', '.join(f'{number} {kind}' for kind, number in kinds.items() if number)}"
    first, *others = wrap(said, style.width)
    colour = PROVED if outcome == OK else REFUTED if outcome == SOME_REFUTED else UNDECIDED
    return "\n".join(style.paint(line, colour) for line in (first, *others))


def _good(count: dict[str, int]) -> str:
    wanted = count["as expected"]
    caveat = f" ({count[CAVEAT]} with a caveat)" if count[CAVEAT] else ""
    if count[PROVED] == count["steps"]:
        return f"all proved{caveat}"
    others = [f"{count[kind]} {kind}" for kind in (REFUTED, UNDECIDED, UNREADABLE, ASSUMED) if count[kind]]
    said = ", ".join([f"{count[PROVED]} proved{caveat}", *others])
    return said + (f"; {'all' if wanted == count['steps'] else wanted} as expected" if wanted else "")
