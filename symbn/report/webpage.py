"""A report as one HTML page: contents, every step with its formula typeset, what the codes mean. No JavaScript, nothing from
elsewhere; whatever comes from a document is escaped, and formulas are MathML made from their trees.

    #d2          the second document          #d2s5        its fifth step          #code-wrong-sign   what a code means
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from symbn.answer import PROVED, REFUTED, UNDECIDED, DocumentReport, Step
from symbn.publishing.page import html, html_page
from symbn.report.outcome import OK, SOME_REFUTED, faults, problems, status
from symbn.report.sarif import Explained
from symbn.report.shown import QUOTED, Shown, chosen_counts, shown
from symbn.report.summary import conclusion, counts
from symbn.report.terminal import Style
from symbn.typesetting.boxes import Box
from symbn.typesetting.mathml import to_mathml

STYLE = """
.step { margin: 1.1rem 0; padding: .1rem 0 .1rem .9rem; border-left: 3px solid var(--line); }
.step.is-proved { border-color: var(--good); } .step.is-refuted { border-color: var(--bad); }
.step.is-undecided, .step.is-unreadable, .step.is-caveat { border-color: var(--open); }
.step p { margin: .3rem 0; }
.verdict { font-weight: 600; } .caveat { color: var(--open); }
.head { display: flex; flex-wrap: wrap; gap: .1rem .9rem; align-items: baseline; }
.head > * { min-width: 0; overflow-wrap: anywhere; }
.head .place { margin-left: auto; }
.place { font-size: .85rem; color: var(--quiet); }
.symbn-wrong { background: color-mix(in srgb, var(--bad) 16%, transparent); border-radius: .15em; }
.symbn-repaired { background: color-mix(in srgb, var(--good) 16%, transparent); border-radius: .15em; }
.step .display { padding-top: .5rem; }
nav th, nav td { padding: .3rem .5rem; font-size: .88rem; }
nav th { white-space: normal; }
nav td:first-child { white-space: normal; min-width: 9rem; overflow-wrap: anywhere; }
.step th, .step td { text-align: center; padding: .2rem .7rem; } .step th { font-weight: 400; color: var(--quiet); }
.step th:first-child, .step td:first-child { text-align: center; padding-left: .7rem; }
.step .scroll { margin: .3rem 0; font-size: .92rem; }
.step .equal { border-left: 2px solid var(--line); }
.source { margin: .4rem 0; white-space: pre-wrap; overflow-wrap: anywhere; }
.source mark { background: color-mix(in srgb, var(--bad) 22%, transparent); color: inherit; }
dl { margin: .3rem 0; font-size: .9rem; line-height: 1.45; display: grid; grid-template-columns: max-content minmax(0, 1fr);
  gap: .1rem .8rem; }
dt { color: var(--quiet); } dd { margin: 0; overflow-wrap: anywhere; }
summary { color: var(--quiet); font-size: .85rem; cursor: pointer; }
@media (max-width: 40rem) { .step table, .step tr { display: flex; } .step tr { flex-direction: column; }
  .step th, .step th:first-child, .step td, .step td:first-child { text-align: left; padding-left: 0; border: 0;
    border-bottom: 1px solid var(--line); }
  .step .equal { border-left: 0; }
  .head > * { min-width: 0; overflow-wrap: anywhere; }
.head .place { margin-left: 0; } dl { grid-template-columns: minmax(0, 1fr); } dd { margin: 0 0 .3rem .8rem; } }
@media print { .step { break-inside: avoid; } .step, .step mark, .symbn-wrong, .symbn-repaired { print-color-adjust: exact; } }
"""
_COLUMNS = ("steps", PROVED, "caveat", REFUTED, UNDECIDED, "unreadable", "assumed", "as expected", "unexpected")


def as_html(
    reports: Sequence[DocumentReport], texts: Mapping[str, Explained], explain: bool = False, only: str | None = None
) -> str:  # fmt: skip
    """Return the page. texts: what the codes mean. explain: open what is folded away. only: as in `problems`."""
    outcome = status(reports)
    colour = PROVED if outcome == OK else REFUTED if outcome == SOME_REFUTED else UNDECIDED
    parts = ["<h1>symbn</h1>", f'<p class="{colour}">{html(" ".join(conclusion(reports, Style(10**6)).split()))}</p>']
    parts.append(_contents(reports))
    for number, report in enumerate(reports, 1):
        parts += document_html(f"d{number}", report, texts, explain, only)
    codes = dict.fromkeys(code for report in reports for step in _chosen(report, only) for code in step.codes)
    parts += _meanings([code for code in codes if code in texts], texts)
    return html_page("symbn: " + ", ".join(report.path for report in reports[:3]), "\n".join(parts), style=STYLE)


def _contents(reports: Sequence[DocumentReport]) -> str:
    """Return the table of contents: a row for each document, without the columns that are empty everywhere."""
    rows = [counts(report) for report in reports]
    names = [name for name in _COLUMNS if name in ("steps", PROVED) or any(row[name] for row in rows)]
    head = "".join(f"<th>{name}</th>" for name in names)
    body = "".join(
        f'<tr><td><a href="#d{number}">{_path(report.path)}</a></td>{"".join(f"<td>{row[name]}</td>" for name in names)}</tr>'
        for number, (report, row) in enumerate(zip(reports, rows, strict=True), 1)
    )
    if len(reports) > 1:
        body += f"<tr><td>all</td>{''.join(f'<td>{sum(row[name] for row in rows)}</td>' for name in names)}</tr>"
    return f'<nav class="scroll"><table><thead><tr><th>document</th>{head}</tr></thead><tbody>{body}</tbody></table></nav>'


def _chosen(report: DocumentReport, only: str | None) -> tuple[Step, ...]:
    return (*faults(report), *report.steps) if only is None else problems(report, only)


def document_html(
    anchor: str, report: DocumentReport, texts: Mapping[str, Explained], explain: bool, only: str | None
) -> list[str]:  # fmt: skip
    """Return a document as a <section>. anchor: its id, or nothing; the other arguments as for `as_html`."""
    said = ", ".join(f"{number} {name}" for name, number in chosen_counts(report))
    title = html(report.path)
    parts = [f'<section id="{anchor}">' if anchor else "<section>"]
    parts.append(f'<h2><a class="anchor" href="#{anchor}">{title}</a></h2>' if anchor else f"<h2>{title}</h2>")
    parts.append(f'<p class="quiet">{said}</p>')
    if report.notation:
        parts.append(_folded("notation", f"<ul>{''.join(f'<li>{html(line)}</li>' for line in report.notation)}</ul>", explain))
    for number, step in enumerate(_chosen(report, only), 1):
        parts.append(step_html(step, step.file or report.path, anchor and f"{anchor}s{number}", texts, explain))
    return [*parts, "</section>"]


def step_html(step: Step, path: str, anchor: str, texts: Mapping[str, Explained], explain: bool) -> str:
    """Return a step as an <article>. anchor: its id, or nothing; texts: the codes that have a meaning to link to."""
    content = shown(step)
    name = content.code
    link = "" if name is None else f'<span class="{step.verdict}">{html(name)}</span>'
    if name is not None and name in texts:
        link = f'<a href="#code-{html(name)}">{html(name)}</a>'
    place = _path(f"{path}:{step.line}:{step.column}" if path else "")
    identity = f' id="{anchor}"' if anchor else ""
    if anchor:
        place = f'<a class="anchor" href="#{anchor}">{place}</a>'
    parts = [
        f'<article class="step is-{content.kind}"{identity}>',
        f'<div class="head"><span class="verdict {content.kind}"><span class="mark">{content.sign}</span> {html(content.words)}'
        f'</span> {link} <span class="place">{place}</span></div>',
        *_body(content, step),
    ]
    facts = _facts(content.facts)
    if facts:
        parts.append(facts if content.problem or content.kind == "caveat" else _folded("read as", facts, explain))
    return "\n".join([*parts, "</article>"])


def _body(content: Shown, step: Step) -> Iterable[str]:
    if content.formula is not None:
        yield _display(content.formula, f"{step.lhs} = {step.rhs}")
    if content.excerpt is not None and any(content.excerpt):
        before, fault, after = map(html, content.excerpt)
        yield f'<pre class="source">{before}<mark>{fault}</mark>{after}</pre>'
    if content.said is not None:
        yield f"<p>{_said(content.said)}</p>"
    if content.sides is not None:
        left, right = content.sides
        cells = [(name, value, "") for name, value in (*content.point, *content.derived)]
        cells += [("left side", left, ' class="equal refuted"'), ("right side", right, ' class="refuted"')]
        head = "".join(f"<th{css}>{html(name)}</th>" for name, _, css in cells)
        body = "".join(f"<td{css}>{html(value)}</td>" for _, value, css in cells)
        yield f'<div class="scroll"><table><thead><tr>{head}</tr></thead><tbody><tr>{body}</tr></tbody></table></div>'
    if content.repair is not None and step.repair is not None:
        yield f'<p class="proved">Write instead:</p>\n{_display(content.repair, step.repair.latex)}'


def _display(box: Box, source: str) -> str:
    return f'<div class="display">{to_mathml(box, annotation=source)}</div>'


def _said(text: str) -> str:
    """Return a sentence of symbn's; what stands between backticks in it is code."""
    return QUOTED.sub(r"<code>\1</code>", html(text))


def _path(text: str) -> str:
    """Return a path that may be broken behind a slash."""
    return html(text).replace("/", "/<wbr/>")


def _facts(facts: Sequence[tuple[str, str]]) -> str:
    inner = "".join(f"<dt>{html(label)}</dt><dd>{_said(text)}</dd>" for label, text in facts)
    return f"<dl>{inner}</dl>" if inner else ""


def _folded(label: str, inner: str, is_open: bool) -> str:
    opened = ' open="open"' if is_open else ""
    return f"<details{opened}><summary>{html(label)}</summary>{inner}</details>"


def _meanings(codes: Sequence[str], texts: Mapping[str, Explained]) -> list[str]:
    if not codes:
        return []
    parts = ['<section id="codes">', '<h2><a class="anchor" href="#codes">What the codes mean</a></h2>']
    for name in codes:
        entry = texts[name]
        parts.append(
            f'<p id="code-{html(name)}"><b>{html(name)}</b>: {html(entry.title)}. {html(entry.meaning)} {html(entry.cure)}</p>'
        )
    return [*parts, "</section>"]
