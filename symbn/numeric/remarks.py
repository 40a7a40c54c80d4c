"""What the second witness says beside a verdict, in words, and what a numeric check could have seen of it."""

from __future__ import annotations

from dataclasses import replace

from symbn.answer import PROVED, REFUTED, UNDECIDED, Sample, Step, Witness
from symbn.elaboration.meaning import OutsideError
from symbn.numeric.witness import ATOL, RTOL, witness

ROUNDING = 1e-9  # below this, float64 with differences cannot tell two numbers apart
SUSPICIOUS = 1e-5  # above this, differences and rounding explain nothing


def with_witness(step: Step) -> Step:
    """Return a step, decided with `Options.keep`, with what float64 says of it; its verdict stays what it is."""
    decision = step.decision
    step = replace(step, decision=None)
    if decision is None or decision.equation is None:
        return step
    try:
        decision.equation.goal()  # what has none is not determined, whatever float64 would say of it
        found = witness(decision.equation)
    except OutsideError as error:
        found = Witness((), str(error))
    return replace(step, numeric=found, notes=(*step.notes, *remarks(step, found)))


def remarks(step: Step, found: Witness) -> tuple[str, ...]:
    """Return the notes on a verdict: the figures, and where they disagree with it, why."""
    worst = found.worst
    if worst is None:
        return (f"in floating point: not compared: {found.reason}",)
    said = [_figures(found)]
    if step.verdict == PROVED and worst.error > SUSPICIOUS:
        said.append(
            f"floating point disagrees with the proof: {_apart(worst)}. A proof is exact; near a division by zero differences "
            "are not. If there is none, this is a bug in symbn: please report it"
        )
    if step.verdict == REFUTED:
        said += _fooled(step, found)
    if step.verdict == UNDECIDED:
        said.append("this is evidence only: floating point decides nothing")
    return tuple(said)


def _figures(found: Witness) -> str:
    """Return the largest error of each method, and where the points are."""
    parts = []
    for method in dict.fromkeys(sample.method for sample in found.samples):
        worst = max((sample for sample in found.samples if sample.method == method), key=lambda sample: sample.error)
        parts.append(f"{worst.error:.1e} by {method} ({_place(worst)})")
    points = {(sample.m, sample.eps) for sample in found.samples}
    sizes = ", ".join(str(m) for m in sorted({m for m, _ in points}))
    return f"in floating point: relative error at most {', '.join(parts)}; random points with m = {sizes}"


def _place(sample: Sample) -> str:
    return f"m = {sample.m}" + (f", eps = {sample.eps:g}" if sample.eps is not None else "")


def _apart(sample: Sample) -> str:
    at = "".join(f", {name} = {place}" for name, place in sample.indices)
    return f"at {_place(sample)}{at} left = {sample.left:.6g}, right = {sample.right:.6g}"


def _fooled(step: Step, found: Witness) -> list[str]:
    """Return why a numeric check would have believed a false equation: everywhere, or where eps is small."""
    check = f"numpy.allclose (rtol = {RTOL:g}, atol = {ATOL:g})"
    worst = found.worst
    assert worst is not None
    counterexample = step.counterexample
    exact = "" if counterexample is None else f": exactly, left = {counterexample.left}, right = {counterexample.right} there"
    if worst.error < ROUNDING:
        where = "" if counterexample is None else f" at m = {counterexample.m}"
        return [f"floating point sees no difference at these points; the counterexample{where} is another point{exact}"]
    passed = [sample for sample in found.samples if sample.close]
    if not passed:
        return []
    most = max(passed, key=lambda sample: sample.error)
    where = f"at {_place(most)}" if len(passed) < len(found.samples) else "at all of these points"
    return [f"{where} a numeric check would have passed this: {check} does, since the relative error is {most.error:.1e}"]
