"""A result beside the exact gradient: decided by the kernel, at all sizes or entry by entry at a shape."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import prod

from symbn.answer import PROVED, REFUTED, UNDECIDED
from symbn.code.answer import Difference, Nested
from symbn.code.layouts import Layout, Shape, places, shown_shape
from symbn.code.model import IndexedTensor, Structure, Tensor
from symbn.code.points import refuted_at_scalars
from symbn.code.quantities import AT, Indexed, Written, entry_name
from symbn.code.roots import prove_at_all_sizes, prove_over_scalars
from symbn.decision.refute import counterexample
from symbn.kernel.goal import Goal
from symbn.kernel.term import BATCH, FEATURE, Index, KernelError, Num, Term, rename
from symbn.kernel.verdict import Proved, Refuted


@dataclass(frozen=True, slots=True)
class Compared:
    """verdict: proved, refuted or undecided. term: the result in the indices of `AT`, where it is known at all sizes."""

    verdict: str
    reason: str | None = None
    difference: Difference | None = None
    term: Term | None = None
    misshapen: bool = False


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
            return Compared(PROVED, term=term)
        found = counterexample(Goal(term, target), answer.differs)
    except KernelError as error:
        return Compared(UNDECIDED, str(error), term=term)
    if found is None:
        return Compared(UNDECIDED, answer.reason, term=term)
    return Compared(REFUTED, None, _difference(node, found.refuted, indexed.layout), term)


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


def compare_at_shape(node: str, result: Structure, target: Tensor, written: Written) -> Compared:
    """Decide whether every entry of the result is that of the target, at this shape."""
    if isinstance(result, int | Fraction) and not isinstance(result, bool):
        result = Tensor((), (Num(Fraction(result)),))
    if not isinstance(result, Tensor):
        return Compared(UNDECIDED, f"{name_of(node)} is no array of numbers")
    if [n for n in result.shape if n != 1] != [n for n in target.shape if n != 1] or len(result.entries) != prod(target.shape):
        said = f"{name_of(node)} has the shape {shown_shape(result.shape)} and not {shown_shape(target.shape)}"
        return Compared(REFUTED, f"{said} where x has {shown_shape(written.shape)}", misshapen=True)
    undecided = None
    for place, own, exact in zip(places(target.shape), result.entries, target.entries, strict=True):
        goal = Goal(own, exact)
        answer = prove_over_scalars(goal)
        if isinstance(answer, Proved):
            continue
        refuted = refuted_at_scalars(goal, written.groups())
        if refuted is not None:
            return Compared(
                REFUTED, None, _written_difference(node, place, refuted.point.scalars, (refuted.left, refuted.right), written)
            )
        undecided = undecided or f"{_entry(node, place)}: {answer.reason}"
    return Compared(UNDECIDED, undecided) if undecided else Compared(PROVED)


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
