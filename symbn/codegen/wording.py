"""What the head of a generated file says: what it is, what was chosen for the sake of rounding, what the letters mean."""

from __future__ import annotations

from collections.abc import Mapping
from textwrap import wrap

from symbn.codegen.program import ELEMENT, Program, Stage
from symbn.codegen.proving import Claim

MARK = "Written by `symbn codegen"  # what tells a file of ours from a user's own
PROVED = "What is computed, each line of it proved:"
_STEPS = (
    "The mean is taken twice. The first is rounded by up to half a unit in the last place of the offset of x, which may be "
    "more than its entries differ by. So it is only a shift: what is left after it is small, and its mean takes out what the "
    "rounding left. The formulas hold for every value a of the shift.",
    "The variance is the mean of the squared centred entries, which are small, and not E[x^2] - mu^2, which cancels.",
    "The inverse standard deviation is computed once. Since eps > 0, nothing is divided by zero.",
)


def about(program: Program, to: str, dtype: str, width: int) -> tuple[str, list[str]]:
    """Return the first line and the others, no wider than `width`. dtype: what it is meant for."""
    steps = _STEPS if program.stage("shift") is not None else _STEPS[2:]
    sizes = [program.layout.axes[place] for place in program.layout.outside(program.layout.group)]
    letters = (
        f"In the formulas i and j run over the m = {'*'.join(sizes)} entries that share a mean; mu, var and s = sqrt(var + "
        "eps) are their mean, their variance (divided by m, not by m - 1) and standard deviation, c = x - mu, g = dout = dL/dy."
    )
    lines = [*paragraph(f"{MARK} {program.target} --to {to}`. Its kernel proved every stage, for every size.", width)]
    lines += paragraph(
        f"Layout: x is {program.layout.shape(ELEMENT)}, {program.letters}, in {dtype}; every size is 1 or more.", width
    )
    for step in steps:
        lines += paragraph(step, width)
    return f"{program.title}: the forward and the backward pass.", lines + paragraph(letters, width)


def formulas(stages: tuple[Stage, ...], proved: Mapping[str, Claim], width: int) -> list[str]:
    """Return what was proved of the stages, as it was proved."""
    lines: list[str] = []
    for stage in stages:
        if claim := proved.get(stage.name):
            text = f"{claim}{', summed over the examples' if claim.across else ''}"
            lines += wrap(text, width, subsequent_indent="    ", break_long_words=False)
    return lines


def paragraph(text: str, width: int) -> list[str]:
    return [*wrap(text, width, break_long_words=False, break_on_hyphens=False), ""]
