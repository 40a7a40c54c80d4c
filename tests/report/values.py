"""Document reports made by hand: no reader of documents is needed to test what is printed of one."""

from __future__ import annotations

from dataclasses import replace

from symbn.answer import ASSUMED, DocumentReport, Repair, Step
from symbn.checking import check_formula
from symbn.diagnostic import Diagnostic, Span, position
from symbn.judging import Options

FORMULA = r"\frac{\partial L}{\partial x_i} = \frac{\gamma}{m s}(m g_i - \sum_j g_j + \hat x_i \sum_j g_j \hat x_j)"
REPAIRED = FORMULA.replace("+", "-")
SIGN = REPAIRED.rindex("-")
HOSTILE = (
    "x_i = \x1b[31m \u202e <script>alert(1)</script> ]]> `a` | ::set-output name=a::b \r\n::stop-commands::c \ud800 @me #1"
)


def located(formula: str, text: str | None = None, path: str = "notes.md") -> tuple[Step, ...]:
    """Return the answers to a formula as those of a document that holds it, without times."""
    text = f"# Notes\n\nSee $${formula}$$ here.\n" if text is None else text
    at = text.index(formula)

    def moved(span: Span) -> Span:
        return Span(span.start + at, span.end + at)

    steps = []
    for step in check_formula(formula, Options(), path, 1):
        line, column = position(text, at + step.span.start)
        steps.append(
            replace(
                step, source=text, span=moved(step.span), line=line, column=column, milliseconds=1.0, formula=line,
                diagnostics=tuple(replace(fault, span=moved(fault.span)) for fault in step.diagnostics),
            )
        )  # fmt: skip
    return tuple(steps)


def repaired(path: str = "notes.md") -> Step:
    (step,) = located(FORMULA, path=path)
    repair = Repair(
        "wrong-sign", "the last term is added, but it must be subtracted", REPAIRED, (Span(SIGN, SIGN + 1),), "right"
    )
    return replace(step, repair=repair)


def kinds() -> dict[str, Step]:
    """Return a step of every kind."""
    (proved,) = located("dL/dbeta = sum_j g_j")
    (refuted,) = located("dvar/dx_i = (x_i - mu)/m")
    (caveat,) = located("dxhat_i/dx_i = 1/s")
    (undecided,) = located("L = sum_j g_j y_j")
    (unreadable,) = located(r"\frac{\partial\mu}{x} = 1")
    (unmatched,) = located("x_i = x_k")
    return {
        "proved": proved,
        "refuted": refuted,
        "repaired": repaired(),
        "caveat": caveat,
        "undecided": undecided,
        "unreadable": unreadable,
        "unmatched": unmatched,
        "assumed": replace(proved, verdict=ASSUMED, reason="a definition"),
        "expected": replace(repaired(), expected="refuted wrong-sign"),
        "surprising": replace(proved, expected="refuted"),
        "unwanted": replace(repaired(), expected="proved"),
    }


def report(*steps: Step, path: str = "notes.md", problems: tuple[Diagnostic, ...] = (), text: str = "") -> DocumentReport:
    return DocumentReport(path, steps, ("N is the batch size, as its formulas use it", "mean is \\mu_B"), problems, text, 12.0)


def everything() -> DocumentReport:
    fault = Diagnostic("bad-setting", "there is no setting `mood`", Span(2, 7), "write `mode`")
    return report(*kinds().values(), problems=(fault,), text="# Notes\n\n")


def hostile() -> DocumentReport:
    """Return a report whose file name and formula want to drive whatever shows them."""
    path = "::error::\x1b]0;t\x07\u202e<script>|`a\nb.md"
    (proved,) = located("dL/dbeta = sum_j g_j", path=path)
    text = f"$${HOSTILE}$$"
    span = Span(2, 2 + len(HOSTILE))
    fault = Diagnostic("unexpected", f"found {HOSTILE}", Span(6, 9), HOSTILE)
    bad = replace(proved, source=text, span=span, lhs="x_i", rhs=HOSTILE[6:], line=1, column=3, statement=HOSTILE)
    repair = Repair("wrong-sign", HOSTILE, HOSTILE, (Span(0, 60),))
    return DocumentReport(
        path,
        (
            replace(bad, verdict="unreadable", diagnostics=(fault,), reason=HOSTILE),
            replace(bad, verdict="refuted", repair=repair, notes=(HOSTILE,), readings=(HOSTILE,)),
            replace(bad, verdict="undecided", reason=HOSTILE),
            replace(bad, caveat=HOSTILE, readings=(HOSTILE,)),
            replace(bad, expected="refuted"),
            replace(bad, verdict="refuted", expected="refuted"),
        ),
        (f"N is it, as {HOSTILE}",),
        (fault,),
        text,
    )
