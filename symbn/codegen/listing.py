"""A program as a LaTeX document: the stages in the order in which they are computed, one row of an `align` each.

The rows are the claims that were proved, typeset as derivations are, and `symbn check` reads them back. Its language has one
scale for a feature, so that it does not read the rows of layer normalisation that name gamma_i: the document says so of each
of them.
"""

from __future__ import annotations

from collections.abc import Iterable

from symbn.codegen.program import Program
from symbn.codegen.proving import Claim
from symbn.codegen.wording import MARK
from symbn.elaboration.meaning import Meaning, Quantity, parts
from symbn.layers.batchnorm import EVALUATION, TRAINING
from symbn.typesetting.latex import to_latex
from symbn.typesetting.of_meaning import boxes_of

_SHIFT = (
    "The first mean, $a$, is rounded by up to half a unit in the last place of the offset of $x$. It is only a shift: the "
    "first two rows hold for every $a$, and what is left after the shift is small, so that its mean takes out what the "
    "rounding left."
)


def listing(program: Program, proved: Iterable[Claim]) -> str:
    """Return the document. It needs amsmath alone."""
    by_name = {claim.stage.name: claim for claim in proved}
    mode = TRAINING if program.graph.nodes["mu"].definition is not None else EVALUATION
    forward = [by_name[stage.name] for stage in program.forward if stage.name in by_name]
    backward = [by_name[stage.name] for stage in program.backward if stage.name in by_name]
    sizes = [program.layout.axes[place] for place in program.layout.outside(program.layout.group)]
    letters = (
        f"Here $i$ and $j$ run over the $m$ entries that share a mean ({' by '.join(sizes)} of them), "
        "$g_i = \\frac{\\partial L}{\\partial y_i}$ comes from above, and $\\epsilon > 0$."
    )
    shift = [_SHIFT] if program.stage("shift") is not None else []
    return "\n".join(
        [
            f"% {MARK} {program.target} --to latex`. Its kernel proved every row, for every m.",
            *([f"% symbn: mode={mode}"] if mode != TRAINING else []),
            "\\documentclass{article}", "\\usepackage{amsmath}", "\\begin{document}", "",
            f"\\section*{{{program.title}}}", letters, "",
            "\\subsection*{Forward}", *shift, *_displays(forward), "",
            "\\subsection*{Backward}", *_displays(backward), "",
            "\\end{document}", "",
        ]
    )  # fmt: skip


def _displays(claims: list[Claim]) -> list[str]:
    """Return the rows in displays: those that `symbn check` does not read stand in their own, with that expectation."""
    lines: list[str] = []
    rows: list[str] = []
    for claim in claims:
        if _is_foreign(claim):
            lines += [*_display(rows), "% symbn: unreadable", *_display([_row(claim)])]
            rows = []
        else:
            rows.append(_row(claim))
    return [*lines, *_display(rows)]


def _display(rows: list[str]) -> list[str]:
    if not rows:
        return []
    return ["\\begin{align*}", " \\\\\n".join(f"  {row}" for row in rows), "\\end{align*}"]


def _row(claim: Claim) -> str:
    left, right = boxes_of((claim.head, claim.value))
    note = " \\quad\\text{(summed over the examples)}" if claim.across else ""
    return f"{to_latex(left)} &= {to_latex(right)}{note}"


def _is_foreign(claim: Claim) -> bool:
    return any(_has_scale_for_each(side) for side in (claim.head, claim.value))


def _has_scale_for_each(meaning: Meaning) -> bool:
    """Tell whether a scale or a shift has an index."""
    if isinstance(meaning, Quantity):
        return meaning.name in ("gamma", "beta") and bool(meaning.indices)
    return any(_has_scale_for_each(part) for part in parts(meaning))
