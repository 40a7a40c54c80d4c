"""The closed forms the project knows, with both engines' verdicts, as a table."""

from __future__ import annotations

import json

from symbn.answer import SCHEMA, Row
from symbn.publishing.page import html, html_page
from symbn.typesetting.mathml import to_mathml
from symbn.typesetting.of_tree import box_of_source

_STYLE = "body { max-width: 80rem; } th:nth-child(2), td:nth-child(2) { text-align: left; }"


def sizes(batches: tuple[int, ...]) -> str:
    consecutive = batches == tuple(range(batches[0], batches[-1] + 1))
    return f"m = {batches[0]}..{batches[-1]}" if consecutive and len(batches) > 1 else f"m = {', '.join(map(str, batches))}"


def as_markdown(table: list[Row], batches: tuple[int, ...]) -> str:
    head = f"| name | formula | all m | ms | SymPy, {sizes(batches)} | s |\n|---|---|---|---:|---|---:|"
    lines = [
        f"| {r.form.name} | $`{_escaped(r.form.formula)}`$ | {r.general.verdict} | {r.general.milliseconds:.1f}"
        f" | {r.agreement} | {r.seconds:.2f} |"
        for r in table
    ]
    return "\n".join([head, *lines])


def _escaped(formula: str) -> str:
    return formula.replace("|", r"\vert ")


def _in_tex(text: str) -> str:
    return text.replace("^", r"\textasciicircum{}").replace("_", r"\_")


def as_latex(table: list[Row], batches: tuple[int, ...]) -> str:
    """Return a tabular for the booktabs package, as wide as the text of an article; the formulas need amsmath."""
    lines = [
        f"  \\raggedright {_in_tex(r.form.name)} & ${r.form.formula}$ & {r.general.verdict} & {r.general.milliseconds:.1f}"
        f" & {r.agreement} & {r.seconds:.2f} \\\\"
        for r in table
    ]
    size = sizes(batches).replace("..", r" \dots ")
    head = r"  name & formula & all $m$ & ms & SymPy & s \\"
    return "\n".join(
        [
            r"{\footnotesize\setlength{\tabcolsep}{3pt}",
            r"\begin{tabular}{@{}p{6em}lcrcr@{}}",
            r"  \toprule",
            head,
            r"  \midrule",
            "\n  \\addlinespace\n".join(lines),
            r"  \bottomrule",
            rf"  \multicolumn{{6}}{{@{{}}l@{{}}}}{{times in ms and s; SymPy at ${size}$}}",
            r"\end{tabular}}",
        ]
    )


def as_html(table: list[Row], batches: tuple[int, ...]) -> str:
    """Return the table as one offline page."""
    heads = ("name", "formula", "all m", "ms", f"SymPy, {sizes(batches)}", "s")
    rows = [
        f"<tr><td>{html(r.form.name)}</td><td>{to_mathml(box_of_source(r.form.formula), False, r.form.formula)}</td>"
        f'<td class="{r.general.verdict}">{r.general.verdict}</td><td>{r.general.milliseconds:.1f}</td>'
        f"<td>{html(r.agreement)}</td><td>{r.seconds:.2f}</td></tr>"
        for r in table
    ]
    head = "".join(f"<th>{html(name)}</th>" for name in heads)
    body = f'<div class="scroll"><table><thead><tr>{head}</tr></thead><tbody>{"".join(rows)}</tbody></table></div>'
    title = "Closed forms of batch norm"
    return html_page(title, f"<h1>{title}</h1>\n{body}", style=_STYLE)


def as_json(table: list[Row]) -> str:
    return "\n".join(
        json.dumps(
            {
                "schema": SCHEMA,
                "name": r.form.name,
                "formula": r.form.formula,
                "mode": r.form.mode,
                "verdict": r.general.verdict,
                "milliseconds": r.general.milliseconds,
                "sympy": {step.scope: step.sympy for step in r.chosen},
                "sympy_seconds": round(r.seconds, 3),
            },
            ensure_ascii=False,
        )
        for r in table
    )
