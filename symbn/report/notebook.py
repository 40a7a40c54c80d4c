"""What a notebook shows of answers: plain text, LaTeX and HTML, by IPython's protocol `_repr_mimebundle_`.

The HTML is a fragment of the page of webpage.py, with its style inside, in colours that are readable on white and on black.
"""

from __future__ import annotations

from collections.abc import Sequence

from symbn.answer import UNREADABLE, DocumentReport, Step
from symbn.publishing.page import html_fragment
from symbn.report.listing import render_report
from symbn.report.shown import shown
from symbn.report.summary import conclusion
from symbn.report.terminal import Style, render
from symbn.report.webpage import STYLE, document_html, step_html
from symbn.typesetting import boxes
from symbn.typesetting.latex import to_latex
from symbn.typesetting.letters import escaped

_WIDE = Style(100)


def steps_bundle(steps: Sequence[Step]) -> dict[str, str]:
    """Return what is shown of a few steps: of one, or of those of a formula."""
    return {
        "text/plain": "\n".join(f"{UNREADABLE}\n" * (step.verdict == UNREADABLE) + render(step, _WIDE) for step in steps),
        "text/latex": "\n".join(map(_latex, steps)),
        "text/html": html_fragment("\n".join(step_html(step, step.file or "", "", {}, False) for step in steps), STYLE),
    }


def report_bundle(report: DocumentReport) -> dict[str, str]:
    """Return what is shown of the report on a document."""
    listed = render_report(report, _WIDE)
    return {
        "text/plain": "\n\n".join([*([listed] if listed else []), conclusion([report], _WIDE)]),
        "text/latex": "\n".join(map(_latex, report.steps)),
        "text/html": html_fragment("\n".join(document_html("", report, {}, False, None)), STYLE),
    }


def _latex(step: Step) -> str:
    r"""Return a display: the equation, then its verdict in words; below it the repair."""
    content = shown(step)
    source = boxes.Code(f"{step.lhs} = {step.rhs}" if step.rhs else step.lhs)
    words = content.words.replace("true for m <= ", "true up to m = ")  # MathJax knows no \textless
    lines = [rf"{to_latex(content.formula or source).strip()} \qquad \text{{{escaped(words)}}}"]
    if content.repair is not None:
        lines.append(rf"\text{{write instead: }} {to_latex(content.repair).strip()}")
    return "\n".join(f"$$\n{line}\n$$" for line in lines)
