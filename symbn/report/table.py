"""The closed forms the project knows, with both engines' verdicts, as a table."""

from __future__ import annotations

import json

from symbn.answer import SCHEMA, Row


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
    """Return a tabular for the booktabs package; the formulas need amsmath."""
    lines = [
        f"  {_in_tex(r.form.name)} & $\\displaystyle {r.form.formula}$ & {r.general.verdict} & {r.general.milliseconds:.1f}"
        f" & {r.agreement} & {r.seconds:.2f} \\\\"
        for r in table
    ]
    size = sizes(batches).replace("..", r" \dots ")
    head = f"  name & formula & all $m$ & ms & SymPy, ${size}$ & s \\\\"
    return "\n".join(
        [
            r"\begin{tabular}{llcrcr}",
            r"  \toprule",
            head,
            r"  \midrule",
            "\n  \\addlinespace\n".join(lines),
            r"  \bottomrule",
            r"\end{tabular}",
        ]
    )


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
