"""An examination as text and as a JSON record."""

from __future__ import annotations

from typing import Any

from symbn.doctor.causes import causes, vanishes
from symbn.doctor.examining import Examination, Finding
from symbn.doctor.setting import Setting
from symbn.doctor.trial import DRAWS, LARGEST, MOST_OUTPUTS
from symbn.report.terminal import Style, printable, wrap

SCHEMA = 1
_AFTER = (
    "No test of this kind sees a forward that is wrong and differentiated faithfully (eps outside the root in both): it "
    "compares the backward with the author's own forward. And a tolerance is no proof: symbn check and symbn verify prove "
    "formulas."
)


def why(finding: Finding, setting: Setting) -> str:
    """Return why a mistake is not seen, with its figures."""
    found, tolerance = finding.outcome, setting.tolerance
    match finding.answer:
        case "not compared":
            return f"{finding.mistake.gradient} is never compared"
        case "summed":
            return "PyTorch sums a gradient to the shape of its input, in the test and in training: no harm is done"
        case "exactly blind":
            zero = vanishes(finding.mistake.gradient, setting)
            what = (
                f"{finding.mistake.gradient} is 0 for every draw, and the wrong one too" if zero else "it is the right gradient"
            )
            cause, *others = causes(finding.mistake, setting)
            also = f"; {' or '.join(others)} alone would hide it, too" if others else ""
            return f"exactly blind: with {cause} {what} (proved){also}"
        case "by luck":
            return f"seen in {found.seen} of {DRAWS} draws only: {_figure(found.relative, found.absolute)}; {tolerance}"
        case "below tolerance":
            return f"below tolerance in all of {DRAWS} draws: {_figure(found.relative, found.absolute)}; {tolerance}"
        case _:
            return "seen"


def _figure(relative: float, absolute: float) -> str:
    if absolute == 0:
        return "there is no difference at all"
    if relative > 0.5:  # the gradient itself is near 0
        return f"the difference is at most {absolute:.1e}"
    return f"the difference is at most {relative:.1e} of the largest entry ({absolute:.1e})"


def text(name: str, found: Examination, remarks: tuple[str, ...], style: Style) -> str:
    """Return the answer on one test. remarks: what of its source needs a word."""
    setting, hidden = found.setting, found.hidden
    lines = [style.paint(printable(name), "bold")]
    for _, said, assumed in setting.lines():
        lines += wrap(f"{said}{' (assumed)' if assumed else ''}", style.width, "  ")
    for remark in (*remarks, *_limits(setting)):
        lines += wrap(remark, style.width, "  note: ")
    for gradient in found.failing:
        lines += wrap(
            f"the right {gradient} fails this test in some draws: its differences are less exact than its tolerance",
            style.width,
            "  warning: ",
        )
    summed = [finding.mistake.name for finding in found.findings if finding.answer == "summed"]
    if summed:
        lines += wrap(f"{', '.join(summed)}: PyTorch sums a gradient to the shape of its input", style.width, "  note: ")
    total = len(found.findings)
    if not hidden:
        return "\n".join([*lines, style.paint(f"it sees each of {total} usual mistakes that can do harm", "proved")])
    lines.append(style.paint(f"it cannot be relied on to see {len(hidden)} of {total} usual mistakes:", "refuted"))
    reasons: dict[str, list[Finding]] = {}
    for finding in hidden:
        reasons.setdefault(why(finding, setting), []).append(finding)
    for reason, findings in reasons.items():
        lines += wrap(reason, style.width, "  ")
        for finding in findings:
            mistake = finding.mistake
            lines += wrap(f"{mistake.words} [{mistake.name}]", style.width, f"    {mistake.gradient}: ")
    if found.changes is None:
        lines += wrap("none of the changes that symbn tries makes it see all of them", style.width)
    else:
        lines.append("with these changes it sees all, and with none of them left out (tried):")
        lines += [line for change in found.changes for line in wrap(change, style.width, "  - ")]
    return "\n".join(lines)


def _limits(setting: Setting) -> tuple[str, ...]:
    said = []
    if setting.loss.upstream == "each" and setting.shape[0] > MOST_OUTPUTS:
        said.append(f"the outputs of the first {MOST_OUTPUTS} examples were tried")
    if setting.step is not None and setting.shape[0] * setting.shape[1] > LARGEST:
        said.append("with so many entries exact gradients stand for the differences of the test")
    if not setting.double:
        said.append(
            "in float32 rounding hides more than is said here: differences are off by about 1e-7 of the loss over the step"
        )
    return tuple(said)


def after(style: Style) -> str:
    return "\n".join(wrap(_AFTER, style.width))


def record(name: str, found: Examination, remarks: tuple[str, ...]) -> dict[str, Any]:
    """Return the answer on one test as plain data."""
    setting = found.setting
    return {
        "schema": SCHEMA,
        "test": name,
        "setting": {key: said for key, said, _ in setting.lines()},
        "assumed": [key for key, _, assumed in setting.lines() if assumed],
        "remarks": [*remarks, *_limits(setting)],
        "right_gradient_fails": list(found.failing),
        "mistakes": [
            {
                "name": finding.mistake.name,
                "gradient": finding.mistake.gradient,
                "formula": finding.mistake.formula,
                "words": finding.mistake.words,
                "answer": finding.answer,
                "why": why(finding, setting),
                "draws_seen": finding.outcome.seen,
                "relative": _finite(finding.outcome.relative),
                "absolute": _finite(finding.outcome.absolute),
            }
            for finding in found.findings
        ],
        "changes": None if found.changes is None else list(found.changes),
    }


def _finite(value: float) -> float | None:
    return value if value < float("inf") else None
