r"""A report as LaTeX that compiles as it is: every step with its formula, typeset from its tree, counterexample and repair.

Only amsmath and xcolor are used. Of a document's own text nothing is printed but as letters: what cannot be read stands in
typewriter type with every character escaped.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from symbn.answer import ASSUMED, CAVEAT, PROVED, REFUTED, UNDECIDED, UNREADABLE, DocumentReport, Step
from symbn.publishing.tex import prose, standalone
from symbn.report.outcome import faults, problems
from symbn.report.sarif import Explained
from symbn.report.shown import QUOTED, Shown, chosen_counts, shown
from symbn.report.summary import conclusion
from symbn.report.terminal import Style, printable
from symbn.typesetting import boxes
from symbn.typesetting.aligned import page_latex
from symbn.typesetting.boxes import Box
from symbn.typesetting.latex import COLOURS

_COLOURS = {
    PROVED: "teal", CAVEAT: "brown", REFUTED: COLOURS[boxes.WRONG], UNDECIDED: "brown", UNREADABLE: "brown",
    ASSUMED: "gray",
}  # fmt: skip
_BREAKABLE = re.compile(r"(?<=[*/,()=+_^{}\\&-])(?=\S)")  # where a line of a formula in words, or of code, may end
_PACKAGES = ("xcolor",)


def as_latex(
    reports: Sequence[DocumentReport], texts: Mapping[str, Explained], explain: bool = False, only: str | None = None
) -> str:  # fmt: skip
    """Return the document. texts: what the catalogue says of the codes. explain: say how the proved steps were read, too."""
    parts = [prose(" ".join(conclusion(reports, Style(10**6)).split()))]
    codes: dict[str, None] = {}
    for report in reports:
        parts.append(rf"\section*{{{_words(report.path)}}}")
        parts.append(", ".join(f"{number} {name}" for name, number in chosen_counts(report)) + ".")
        if explain:
            parts += [rf"{{\small {_words(line)}\par}}" for line in report.notation]
        for step in (*faults(report), *report.steps) if only is None else problems(report, only):
            codes.update(dict.fromkeys(step.codes))
            parts.append(_step(report, step, explain))
    known = [name for name in codes if name in texts]
    if known:
        parts.append(r"\section*{What the codes mean}")
        parts += [
            rf"\textbf{{{prose(name)}}}: {_words(f'{texts[name].title}. {texts[name].meaning} {texts[name].cure}')}"
            for name in known
        ]
    return standalone("\n\n".join(parts), "symbn", _PACKAGES)


def _step(report: DocumentReport, step: Step, explain: bool) -> str:
    content = shown(step)
    code = "" if content.code is None else rf" \quad \textit{{{prose(content.code)}}}"
    file = "" if step.file in (None, report.path) else f"{step.file}, "
    place = _words(f"{file}line {step.line}, column {step.column}")
    lines = [
        r"\medskip\hrule\nopagebreak",
        rf"\textcolor{{{_COLOURS[content.kind]}}}{{\textbf{{{prose(content.words)}}}}}{code} \hfill {{\small {place}}}"
        + (r"\nopagebreak" if content.formula is None else f"\n{_display(content.formula)}"),
        *_body(content),
    ]
    if content.facts and (content.problem or content.kind == CAVEAT or explain):
        said = "\n".join(rf"\textit{{{prose(label)}}}\quad {_said(text)}\par" for label, text in content.facts)
        lines.append(f"{{\\small\\setlength{{\\parskip}}{{0.15em}}\n{said}}}")
    return "\n\n".join(lines)


def _body(content: Shown) -> list[str]:
    lines = []
    if content.excerpt is not None and any(content.excerpt):
        before, fault, after = map(_words, content.excerpt)
        lines.append(_typewriter(f"{before}{_coloured(COLOURS[boxes.WRONG], fault or '~')}{after}"))
    if content.said is not None:
        lines.append(_said(content.said))
    if content.sides is not None:
        left, right = content.sides
        rows = [
            ("at", _values(content.point)),
            ("so that", _values(content.derived)),
            ("left side", left),
            ("right side", right),
        ]
        body = r" \\ ".join(rf"\textit{{{label}}} & {_words(value)}" for label, value in rows if value)
        lines.append(rf"{{\small\begin{{tabular}}{{@{{}}lp{{0.8\linewidth}}@{{}}}} {body} \end{{tabular}}\par}}")
    if content.repair is not None:
        instead = _coloured(COLOURS[boxes.REPAIRED], "Write instead:")
        code = isinstance(content.repair, boxes.Code)
        lines.append(instead if code else f"{instead}\n{_display(content.repair)}")
        if isinstance(content.repair, boxes.Code):
            lines.append(_typewriter(_words(content.repair.text)))
    return lines


def _coloured(colour: str, latex: str) -> str:
    return rf"\textcolor{{{colour}}}{{{latex}}}"


def _typewriter(latex: str) -> str:
    return rf"{{\small\ttfamily {latex}\par}}"


def _values(pairs: Sequence[tuple[str, str]]) -> str:
    return ", ".join(f"{name} = {value}" for name, value in pairs)


def _display(box: Box) -> str:
    return f"\\[\n{page_latex(box, colours=True)}\n\\]"


def _said(text: str) -> str:
    """Return a sentence of symbn's; what stands between backticks in it is code."""
    parts = QUOTED.split(text)
    return "".join(rf"\texttt{{{_words(part)}}}" if place % 2 else _words(part) for place, part in enumerate(parts))


def _words(text: str) -> str:
    r"""Return a text of a document: escaped, on one line, which may be broken behind the signs of a formula."""
    return r"\allowbreak{}".join(map(prose, _BREAKABLE.split(re.sub(r"\s+", " ", printable(text)))))
