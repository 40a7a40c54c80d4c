"""Answers -> a certificate as plain data, which `scripts/verify_certificate.py` checks without symbn.

Each step that is proved or refuted is one record: the author's text and its place, the statement as a tree (see `trees`), and
what the kernel found, that is the normal forms of the sides, or a counterexample. The index letter m is written as it is
printed. Nothing here is trusted:
whoever checks reads the statement off the tree.
"""

from __future__ import annotations

from collections.abc import Iterable
from symbn.answer import PROVED, REFUTED, Step
from symbn.certificates.points import counterexample
from symbn.certificates.stated_forms import forms_of
from symbn.certificates.trees import Json, index_of, tree
from symbn.elaboration.elaborate import Equation
from symbn.elaboration.meaning import Meaning, renamed
from symbn.kernel.term import BATCH, Index
from symbn.kernel.verdict import Proved, Refuted

FORMAT, VERSION = "symbn certificate", 1


def certificate_of(steps: Iterable[Step]) -> dict[str, Json]:
    """Return the certificate of the answers. The steps hold their decisions (`Options.keep`)."""
    put_in: list[Json] = []
    left_out: list[Json] = []
    for step in steps:
        reason = _missing(step)
        if not reason:
            try:
                put_in.append(_record(len(put_in) + 1, step))
            except RecursionError:
                reason = "the equation is too deep"
        if reason:
            left_out.append({"source": _source(step), "verdict": step.verdict, "reason": reason})
    return {"format": FORMAT, "version": VERSION, "steps": put_in, "left_out": left_out}


def _missing(step: Step) -> str:
    """Return why the step cannot be in a certificate, or nothing."""
    decision = step.decision
    if step.verdict not in (PROVED, REFUTED) or decision is None or decision.equation is None:
        return step.reason or f"the step is {step.verdict}"
    return "" if isinstance(decision.verdict, Proved | Refuted) else "the kernel did not decide it"


def _source(step: Step) -> Json:
    return {"text": f"{step.lhs} = {step.rhs}", "file": step.file, "line": step.line, "column": step.column}


def _record(number: int, step: Step) -> Json:
    assert step.decision is not None
    equation, verdict = step.decision.equation, step.decision.verdict
    assert equation is not None
    assert isinstance(verdict, Proved | Refuted)
    letters = equation.letters()

    def named(meaning: Meaning) -> Json:
        return tree(renamed(meaning, letters))

    def index(of: Index) -> Json:
        return index_of(Index(letters.get(of.name, of.name), of.axis) if isinstance(of.name, str) else of)

    refuted = isinstance(verdict, Refuted)
    return {
        "number": number,
        "source": _source(step),
        "verdict": step.verdict,
        "batch": equation.batch,
        "mode": equation.mode,
        "features": _has_features(equation),
        "readings": list(equation.notes()),
        "caveats": list(equation.reading.caveats),
        "conditions": [[index(c.left), "=" if c.equal else "!=", index(c.right)] for c in equation.conditions],
        "given": [[named(fixed), named(value)] for fixed, value in equation.given],
        "left": named(equation.left),
        "right": named(equation.right),
        "read_as": equation.statement(),
        "forms": None if refuted else forms_of(verdict.goal, letters),
        "counterexample": counterexample(verdict, equation) if isinstance(verdict, Refuted) else None,
        "true_up_to": step.true_up_to,
    }


def _has_features(equation: Equation) -> bool:
    return any(index.axis != BATCH for node in equation.graph.nodes.values() for index in node.formal)
