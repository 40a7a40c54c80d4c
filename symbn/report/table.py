"""The closed forms the project knows, with both engines' verdicts, as a table."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass

from symbn.checking import Options, Step, check_formula
from symbn.elaboration.notation import Notation
from symbn.layers.batchnorm import CLOSED_FORMS, ClosedForm


@dataclass(frozen=True, slots=True)
class Row:
    """One closed form: the kernel's answer for every batch size, and both engines' at each chosen one."""

    form: ClosedForm
    general: Step
    chosen: tuple[Step, ...]

    @property
    def agreement(self) -> str:
        """What SymPy says at the chosen sizes, in one word or two."""
        answers = {_sympy_answer(step) for step in self.chosen}
        return answers.pop() if len(answers) == 1 else "mixed: " + ", ".join(sorted(answers))

    @property
    def seconds(self) -> float:
        return sum(step.milliseconds for step in self.chosen) / 1000


def _sympy_answer(step: Step) -> str:
    note = next((note for note in step.notes if note.startswith("SymPy")), "")
    return (
        "equal" if "are equal" in note else "different" if "differ" in note else "not run" if "not run" in note else "undecided"
    )


def rows(batches: tuple[int, ...]) -> Iterator[Row]:
    """Yield the rows as they are decided."""
    for form in CLOSED_FORMS:
        notation = Notation(mode=form.mode)
        (general,) = check_formula(form.formula, Options(notation))
        chosen = tuple(step for batch in batches for step in check_formula(form.formula, Options(notation, batch)))
        yield Row(form, general, chosen)


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


def as_latex(table: list[Row], batches: tuple[int, ...]) -> str:
    """Return a tabular for the booktabs package; the formulas need amsmath."""
    lines = [
        f"  {r.form.name} & $\\displaystyle {r.form.formula}$ & {r.general.verdict} & {r.general.milliseconds:.1f}"
        f" & {r.agreement} & {r.seconds:.2f} \\\\"
        for r in table
    ]
    size = sizes(batches).replace("..", r" \dots ")
    head = f"  name & formula & all $m$ & ms & SymPy, ${size}$ & s \\\\"
    return "\n".join(
        [r"\begin{tabular}{llcrcr}", r"  \toprule", head, r"  \midrule", *lines, r"  \bottomrule", r"\end{tabular}"]
    )


def as_json(table: list[Row]) -> str:
    return "\n".join(
        json.dumps(
            {
                "schema": 1,
                "name": r.form.name,
                "formula": r.form.formula,
                "mode": r.form.mode,
                "verdict": r.general.verdict,
                "milliseconds": r.general.milliseconds,
                "sympy": {step.scope: _sympy_answer(step) for step in r.chosen},
                "sympy_seconds": round(r.seconds, 3),
            },
            ensure_ascii=False,
        )
        for r in table
    )
