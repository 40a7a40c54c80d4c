"""A result beside the exact gradient: decided by the kernel, at all sizes or entry by entry at a shape."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import prod

from symbn.answer import PROVED, REFUTED, UNDECIDED
from symbn.code.answer import Difference, Nested
from symbn.code.floats import Sample
from symbn.code.layouts import Layout, Shape, places, shown_shape
from symbn.code.model import IndexedTensor, Structure, Tensor
from symbn.code.points import refuted_at_scalars
from symbn.code.quantities import AT, Indexed, Written, entry_name
from symbn.code.roots import prove_at_all_sizes, prove_over_scalars
from symbn.decision.refute import counterexample
from symbn.kernel.evaluate import Irrational, Point, Undefined, evaluate
from symbn.kernel.goal import Goal
from symbn.kernel.term import BATCH, FEATURE, Index, KernelError, Num, Term, Var, rename, subterms
from symbn.kernel.verdict import Proved, Refuted


@dataclass(frozen=True, slots=True)
class Compared:
    """verdict: proved, refuted or undecided. term: the result in the indices of `AT`, where it is known at all sizes.
    condition: what may not be 0, since the code divides by it; misshapen: the shape is wrong already."""

    verdict: str
    reason: str | None = None
    difference: Difference | None = None
    term: Term | None = None
    misshapen: bool = False
    condition: str | None = None


def name_of(node: str) -> str:
    return node if node == "y" else f"d{node}"


def compare_at_all_sizes(node: str, result: Structure, target: Term, indexed: Indexed) -> Compared:
    """Decide whether the result is the target, a term in the indices of `AT`, for every size."""
    term = aligned(node, result, indexed)
    if isinstance(term, Compared):
        return term
    try:
        answer = prove_at_all_sizes(Goal(term, target))
        if isinstance(answer, Proved):
            return Compared(PROVED, term=term, condition=_condition(node, term, indexed, bool(answer.nonzero)))
        found = counterexample(Goal(term, target), answer.differs)
    except KernelError as error:
        return Compared(UNDECIDED, str(error), term=term)
    if found is None:
        small = _at_small_shapes(node, term, target, indexed.layout)
        return Compared(UNDECIDED, answer.reason, term=term) if small is None else Compared(REFUTED, None, small, term)
    return Compared(REFUTED, None, _difference(node, found.refuted, indexed.layout), term)


_SOMETHING = "something that the code divides by"


def _condition(node: str, term: Term, indexed: Indexed, divides: bool) -> str | None:
    layout = indexed.layout
    for shape in (max(layout.shapes[:3], key=len), tuple(1 for _ in layout.sizes)):
        written = Written(layout, shape)
        found = zero_divisor(written.spread(node, term), written)
        if found is not None:
            return found
    return _SOMETHING if divides else None


def zero_divisor(result: Tensor, written: Written) -> str | None:
    """Return what the code divides by that can be 0, where the gradient has a value all the same: seen at exact inputs at
    which the variance, gamma or dout is 0."""
    single = f"{written.layout.count} - 1" if written.sizes[BATCH] == 1 else "var"
    for name, zero in ((single, "x"), ("gamma", "gamma"), ("dout", "dout")):
        values = {
            entry.name: Fraction(0 if entry.name.split("[")[0] == zero else 2 + number % 5)
            for number, entry in enumerate(part for term in result.entries for part in subterms(term) if isinstance(part, Var))
        }
        try:
            for entry in result.entries:
                evaluate(entry, Point(1, {**values, "eps": Fraction(1)}))
        except Undefined:
            return name
        except Irrational:
            pass
    return None


def _at_small_shapes(node: str, term: Term, target: Term, layout: Layout) -> Difference | None:
    """Return a counterexample with several unrelated roots, for which small shapes leave more room."""
    for wanted in ((2, 1), (3, 1), (2, 2)):
        shape = tuple(
            _length(axis, layout, dict(zip((BATCH, FEATURE), wanted, strict=True))) for axis in range(len(layout.sizes))
        )
        written = Written(layout, shape)
        answer = compare_at_shape(node, written.spread(node, term), written.spread(node, target), written)
        if answer.difference is not None:
            return answer.difference
    return None


def aligned(node: str, result: Structure, indexed: Indexed) -> Term | Compared:
    """Return the result in the indices of `AT`, if it has the shape of the node but for axes of length 1."""
    expected = indexed.axes(node)
    if isinstance(result, int | Fraction) and not isinstance(result, bool):
        result = IndexedTensor((), Num(Fraction(result)))
    if not isinstance(result, IndexedTensor):
        return Compared(UNDECIDED, f"{name_of(node)} is no array of numbers")
    own = [axis for axis in result.axes if axis.size]
    if [axis.size for axis in own] != [axis.size for axis in expected if axis.size]:
        shapes = [shown_shape(tuple(" ".join(a.size) or "1" for a in axes)) for axes in (result.axes, expected)]
        return Compared(REFUTED, f"{name_of(node)} has the shape {shapes[0]} and not {shapes[1]}", misshapen=True)
    names: dict[Index, Index] = {}
    for axis, wanted in zip(own, (axis for axis in expected if axis.size), strict=True):
        if axis.index is not None and wanted.index is not None and names.setdefault(axis.index, wanted.index) != wanted.index:
            return Compared(UNDECIDED, f"the axes of {name_of(node)} are not independent")
    return rename(result.term, names)


def compare_at_shape(node: str, result: Structure, target: Tensor, written: Written, seconds: float = 1.0) -> Compared:
    """Decide whether every entry of the result is that of the target, at this shape.

    seconds: for the search for a counterexample, at each entry that is not proved.
    """
    if isinstance(result, int | Fraction) and not isinstance(result, bool):
        result = Tensor((), (Num(Fraction(result)),))
    if not isinstance(result, Tensor):
        return Compared(UNDECIDED, f"{name_of(node)} is no array of numbers")
    if [n for n in result.shape if n != 1] != [n for n in target.shape if n != 1] or len(result.entries) != prod(target.shape):
        said = f"{name_of(node)} has the shape {shown_shape(result.shape)} and not {shown_shape(target.shape)}"
        return Compared(REFUTED, f"{said} where x has {shown_shape(written.shape)}", misshapen=True)
    undecided, divides, tries = None, False, 3  # Where three entries have no simple counterexample, others have none either.
    sample = Sample(written.graph, written.sizes, 1).at(written)
    for place, own, exact in zip(places(target.shape), result.entries, target.entries, strict=True):
        goal = Goal(own, exact)
        reason = "it differs in floating point, but no exact counterexample was found"
        if sample.close(own, exact):
            answer = prove_over_scalars(goal)
            if isinstance(answer, Proved):
                divides = divides or bool(answer.nonzero)
                continue
            reason = answer.reason
        tries -= 1
        refuted = refuted_at_scalars(goal, written.groups(), seconds) if tries >= 0 else None
        if refuted is not None:
            return Compared(
                REFUTED, None, _written_difference(node, place, refuted.point.scalars, (refuted.left, refuted.right), written)
            )
        undecided = undecided or f"{_entry(node, place)}: {reason}"
    return (
        Compared(UNDECIDED, undecided)
        if undecided
        else Compared(PROVED, condition=zero_divisor(result, written) or (_SOMETHING if divides else None))
    )


def _written_difference(
    node: str, place: Shape, values: Mapping[str, Fraction], sides: tuple[Fraction, Fraction], written: Written
) -> Difference:
    inputs: list[tuple[str, Nested]] = []
    for name in ("x", "g", "gamma", "beta"):
        like = written.tensor(name)
        scalars = [entry.name for entry in like.entries if hasattr(entry, "name")]
        if any(scalar in values for scalar in scalars):
            inputs.append((entry_name(name, ()), _nested(like.shape, [values.get(scalar, Fraction(0)) for scalar in scalars])))
    if "eps" in values:
        inputs.append(("eps", values["eps"]))
    return Difference(written.shape, _entry(node, place), tuple(inputs), *sides)


def _difference(node: str, refuted: Refuted, layout: Layout) -> Difference:
    """Return a counterexample at all sizes as arrays. Of several normalised axes the first has all entries."""
    point = refuted.point
    sizes = {BATCH: point.m, FEATURE: point.n}
    shape = tuple(_length(axis, layout, sizes) for axis in range(len(layout.sizes)))
    written = Written(layout, shape)
    values = {written.inputs[key].name: value for key, value in point.entries.items() if key in written.inputs}
    values |= {written.inputs[name, ()].name if (name, ()) in written.inputs else name: v for name, v in point.scalars.items()}
    at = {AT[axis]: point.indices.get(AT[axis], 1) - 1 for axis in (BATCH, FEATURE)}
    axes = layout.axes(node)
    place = tuple(0 if shape[a] == 1 else at[AT[BATCH if a in layout.normalised else FEATURE]] for a in axes)
    return _written_difference(node, place, values, (refuted.left, refuted.right), written)


def _length(axis: int, layout: Layout, sizes: Mapping[str, int]) -> int:
    along = layout.normalised if axis in layout.normalised else layout.others
    return sizes[BATCH if axis in layout.normalised else FEATURE] if axis == along[0] else 1


def _entry(node: str, place: Shape) -> str:
    return f"{name_of(node)}[{', '.join(map(str, place))}]" if place else name_of(node)


def _nested(shape: Shape, values: list[Fraction]) -> Nested:
    if not shape:
        return values[0]
    step = len(values) // shape[0] if shape[0] else 0
    return tuple(_nested(shape[1:], values[step * k : step * (k + 1)]) for k in range(shape[0]))
