"""`symbn table`: the closed forms of the layer, proved by both engines."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator

from symbn.answer import PROVED, Row
from symbn.checking import closed_forms
from symbn.cli.output import batch_size, style_for
from symbn.cli.progress import progress
from symbn.cli.statuses import status_of
from symbn.report.terminal import Style


def run(arguments: argparse.Namespace) -> int:
    """Print the table and return the exit status. Raises: UsageError."""
    from symbn.report.table import as_html, as_json, as_latex, as_markdown

    asked = [batch_size(text) for text in arguments.batch or ("1", "2", "3", "4")]
    batches = tuple(sorted({batch for batch in asked if batch is not None}))
    table = _collected(closed_forms(batches))
    writers = {
        "latex": lambda: as_latex(table, batches),
        "markdown": lambda: as_markdown(table, batches),
        "html": lambda: as_html(table, batches),
        "json": lambda: as_json(table),
    }
    if arguments.format in writers:
        print(writers[arguments.format]())
    else:
        _print_table(table, batches, style_for(sys.stdout, arguments.color))
    return status_of([*(row.general.verdict for row in table), *(step.verdict for row in table for step in row.chosen)])


def _collected(found: Iterator[Row]) -> list[Row]:
    """Collect the rows, with a progress display on a terminal."""
    from symbn.layers.batchnorm import CLOSED_FORMS

    table: list[Row] = []
    with progress() as tell:
        for row in found:
            table.append(row)
            tell(row.form.name, len(table), len(CLOSED_FORMS))
    return table


def _print_table(table: list[Row], batches: tuple[int, ...], style: Style) -> None:
    from rich.console import Console
    from rich.table import Table

    from symbn.report.table import sizes

    console = Console(width=style.width, no_color=not style.colour, force_terminal=style.colour, highlight=False)
    shown = Table(title="closed forms of batch norm", title_justify="left", show_lines=False)
    for header, keywords in (
        ("formula", {"overflow": "fold"}),
        ("all m", {"no_wrap": True}),
        ("ms", {"justify": "right", "no_wrap": True}),
        (f"SymPy, {sizes(batches)}", {"overflow": "fold"}),
        ("s", {"justify": "right", "no_wrap": True}),
    ):
        shown.add_column(header, **keywords)
    for row in table:
        claim = (row.general.statement or row.form.formula).partition(": ")[2]
        verdict = f"[green]{row.general.verdict}[/]" if row.general.verdict == PROVED else f"[red]{row.general.verdict}[/]"
        answer = f"[green]{row.agreement}[/]" if row.agreement == "equal" else f"[yellow]{row.agreement}[/]"
        shown.add_row(
            f"[bold]{row.form.name}[/]\n{claim}", verdict, f"{row.general.milliseconds:.1f}", answer, f"{row.seconds:.2f}"
        )  # fmt: skip
    console.print(shown)
