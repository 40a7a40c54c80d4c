"""What `symbn check` prints of a document, in the manner of a good compiler: what is wrong, where, and what to write instead.

    error[wrong-sign]: the last term is added, but it must be subtracted
      --> notes.md:12:5
       |
    12 | \\frac{..} = .. + \\hat x_i \\sum_j ..
       |               ^
       = refuted at m = 2: x = (0, 2), ..; left = 1/8, right = 3/8
       = repair: \\frac{..} = .. - \\hat x_i \\sum_j ..
                                ^
       = read as: for all m >= 1 ..

A problem is a block like this one; so is a proof under a caveat. Every other answer is one line, with its reasons below it if
they are asked for.
"""

from __future__ import annotations

from symbn.answer import ASSUMED, PROVED, REFUTED, UNDECIDED, UNREADABLE, DocumentReport, Step
from symbn.report.outcome import ERROR, code, counterexample, faults, is_problem, level, message, problems
from symbn.report.places import primary
from symbn.report.terminal import (
    WITH_CAVEAT,
    Style,
    cells,
    excerpt,
    gutter,
    heading,
    marked,
    printable,
    remark,
    render_diagnostic,
    surprise,
    vectors,
    wrap,
)  # fmt: skip

_USUAL = "m is the batch size, "  # no news: so it is called in everything that is printed
_INFERRED = (", as ", ", since ", ", by ")  # what was inferred comes with its reason, what was said does not


def render_report(
    report: DocumentReport, style: Style, explain: bool = False, verbose: bool = False, only: str | None = None
) -> str:  # fmt: skip
    """Return all there is to say of a document: its notation, its problems and caveats. It may be empty.

    verbose: also the steps that are proved or assumed. only: as in `outcome.problems`.
    """
    chosen = problems(report, only)
    if only is None:
        steps = (*faults(report), *report.steps)
        chosen = tuple(step for step in steps if verbose or is_problem(step) or _is_noteworthy(step))
    blocks = [render_step(report, step, style, explain) for step in chosen]
    text = ""
    for before, block in zip(["", *blocks], blocks, strict=False):
        # One line follows another; a block stands apart.
        text += ("\n\n" if "\n" in before or "\n" in block else "\n") * bool(text) + block
    head = render_notation(report, style, explain)
    return "\n\n".join(part for part in (head, text) if part)


def _is_noteworthy(step: Step) -> bool:
    return step.verdict not in (PROVED, ASSUMED) if step.expected is not None else step.caveat is not None


def render_notation(report: DocumentReport, style: Style, explain: bool) -> str:
    """Return what the document's names were taken to mean: all of it if asked, else what was inferred."""
    shown = [line for line in report.notation if explain or (_is_inferred(line) and not line.startswith(_USUAL))]
    if not shown:
        return ""
    head = wrap(f"notation of {report.path}", style.width)
    return "\n".join([*head, *(line for text in shown for line in wrap(text, style.width, "  = "))])


def _is_inferred(line: str) -> bool:
    return any(reason in line for reason in _INFERRED)


def render_step(report: DocumentReport, step: Step, style: Style, explain: bool) -> str:
    """Return a block or a line, without a final newline. explain: also how every step was read."""
    if step.expected is not None and not step.surprising:
        return _line(report, step, f"{_word(step)}, as expected", style, explain)
    if not is_problem(step) and step.caveat is None:
        return _line(report, step, "ok" if step.verdict == PROVED else step.verdict, style, explain)
    return _block(report, step, style, explain)


def _word(step: Step) -> str:
    return WITH_CAVEAT if step.caveat is not None else step.verdict


def _line(report: DocumentReport, step: Step, word: str, style: Style, explain: bool) -> str:
    """Return `ok notes.md:12:5 a = b`: the equation is cut where the line ends."""
    named = f" [{code(step)}]" if code(step) not in (step.verdict, "caveat") else ""
    place = f"{printable(step.file or report.path)}:{step.line}:{step.column}"
    head = f"{word}{named} {place}"
    said = message(step) if step.verdict not in (PROVED, REFUTED, UNREADABLE) else f"{step.lhs} = {step.rhs}"
    said = " ".join(printable(said).split())
    room = style.width - cells(head) - 2
    shown = style.paint(word, step.verdict) + head[len(word) :]
    if cells(said) > room:
        kept = 0
        while kept < len(said) and cells(said[: kept + 1]) <= room - 3:
            kept += 1
        said = said[:kept] + "..." if kept > 8 else ""
    shown += f"  {style.paint(said, 'dim')}" if said else ""
    return "\n".join([shown, *_reasons(step, style)]) if explain else shown


def _reasons(step: Step, style: Style) -> list[str]:
    """Return why a step got its answer, for those who ask."""
    lines = wrap(message(step), style.width, "  = ") if step.repair is not None or step.verdict == UNREADABLE else []
    if (found := counterexample(step)) is not None:
        lines += wrap(f"refuted at {found}", style.width, "  = ")
    if step.repair is not None:
        lines += marked("  = repair: ", step.repair.latex, step.repair.changed, style)
    if step.statement is not None:
        lines += wrap(step.statement, style.width, "  = read as: ")
    for reading in step.readings:
        label = "only if" if step.caveat is not None and reading in step.caveat else "reading"
        lines += wrap(reading, style.width, f"  = {label}: ")
    return [*lines, *(line for note in step.notes for line in wrap(note, style.width, "  = note: "))]


def _block(report: DocumentReport, step: Step, style: Style, explain: bool) -> str:
    span = primary(step)

    def said(label: str, text: str | None) -> list[str]:
        return remark(step, span, label, text, style) if text else []

    lines = heading(_head(step), message(step), UNDECIDED if level(step) != ERROR else "red", style)
    lines += excerpt(step, span, step.file or report.path, style)
    if step.surprising and message(step) != surprise(step):
        lines += said("", surprise(step))
    if (found := counterexample(step)) is not None:
        lines += said("", f"refuted at {found}")
        if explain and step.counterexample is not None:
            lines += said("so that: ", ", ".join(vectors(step.counterexample.derived)))
    if step.repair is not None:
        lines += marked(f"{gutter(step, span)} = repair: ", step.repair.latex, step.repair.changed, style)
    lines += said("read as: ", step.statement)
    if step.caveat is not None and message(step) == surprise(step):
        lines += said("only if: ", step.caveat)
    for reading in step.readings:
        if step.caveat is None or (explain and reading not in step.caveat):
            lines += said("reading: ", reading)
    if step.verdict not in (REFUTED, UNREADABLE) and step.reason != message(step):
        lines += said("because: ", step.reason)
    for note in step.notes:
        lines += said("note: ", note)
    return "\n".join([*lines, *_diagnostics(report, step, style)])


def _head(step: Step) -> str:
    if step.step == 0 or step.verdict == REFUTED or step.surprising:
        return f"error[{code(step)}]"
    return f"{UNREADABLE}[{code(step)}]" if step.verdict == UNREADABLE else code(step)


def _diagnostics(report: DocumentReport, step: Step, style: Style) -> list[str]:
    """Return what the diagnostics add to the block: of the one under the caret its help, of the others all."""
    lines = []
    for fault in step.diagnostics:
        if fault.span == primary(step) and (step.repair is None or fault.code == step.repair.code):
            if fault.message != message(step) and step.repair is None:
                lines += remark(step, fault.span, "", f"warning[{fault.code}]: {fault.message}", style)
            lines += remark(step, fault.span, "help: ", fault.help, style) if fault.help else []
        else:
            lines.append(render_diagnostic(step, fault, style, "error" if step.verdict == UNREADABLE else "warning"))
    return lines
