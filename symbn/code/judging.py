"""A function that was followed -> its parts beside the exact gradients.

The gradient is that of the author's own forward pass where there is one: its output is differentiated as it came out. Where it
is the layer's output (which is decided first), that is the layer's gradient.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property

from symbn.answer import PROVED, REFUTED, UNDECIDED
from symbn.code.answer import FunctionReport, Part
from symbn.code.blame import findings
from symbn.code.comparing import Compared, aligned, compare_at_all_sizes, compare_at_shape, misshapen, name_of
from symbn.code.divisors import joined
from symbn.code.floats import close_at_all_sizes, close_tensors
from symbn.code.layouts import Layout, Shape, shown_shape
from symbn.code.likeness import GAMMA_MISSING, Shown, likeness
from symbn.code.matching import Plan, statements
from symbn.code.model import StoppedError, Structure, Tensor, Trace
from symbn.code.quantities import AT, Indexed, Written
from symbn.code.roots import prove_at_all_sizes, proves_entries
from symbn.code.source import Source
from symbn.kernel.derive import derive
from symbn.kernel.goal import Goal
from symbn.kernel.term import BATCH, FEATURE, Entry, Sum, Term, Var, add, mul
from symbn.kernel.verdict import Proved


@dataclass(frozen=True, slots=True)
class Attempt:
    """One way to take the names, followed. whole: the trace at all sizes, if it could be had; at: those at shapes. epsilons:
    the numbers of the code that stand for eps. stopped: why there is no trace at all. kept: whose axes of length 1 were
    kept, as `Plan.made` has it."""

    layout: Layout
    way: Mapping[str, str]
    whole: Trace | None
    at: tuple[tuple[Shape, Trace | StoppedError], ...]
    epsilons: tuple[Fraction, ...] = ()
    stopped: StoppedError | None = None
    kept: int = 0

    @property
    def failures(self) -> int:
        """Count the shapes at which there is no result."""
        return sum(isinstance(trace, StoppedError) for _, trace in self.at)

    @property
    def fails(self) -> bool:
        """Tell whether the code raises an exception at some shape."""
        errors = (trace for _, trace in self.at if isinstance(trace, StoppedError))
        return any(error.kind == "raised" for error in errors) or (self.stopped is not None and self.stopped.kind == "raised")


def best_score(plan: Plan) -> int:
    return 2 * len(plan.results) + (1 if plan.forward else 0)


def score(attempt: Attempt, plan: Plan) -> int:
    """Return how well the names fit: two for each result that is proved, one for the forward pass."""
    view = next(iter(_views(attempt, plan)), None)
    if view is None:
        return -1
    own = sum(2 for node, result in view.results() if view.proves(node, result, view.target(node)))
    return own + (1 if plan.forward and view.forward_is_the_layer else 0)


def forward_is_the_layer(attempt: Attempt, plan: Plan) -> bool:
    view = next(iter(_views(attempt, plan)), None)
    return plan.forward is not None and view is not None and view.forward_is_the_layer


class _View:
    """A trace, at all sizes or at one shape, beside the layer."""

    def __init__(self, plan: Plan, trace: Trace, space: Indexed | Written) -> None:
        self.plan, self.trace, self.space = plan, trace, space

    def results(self) -> Iterator[tuple[str, Structure]]:
        result = self.trace.results[-1]
        for place, node in self.plan.results:
            yield node, picked(result, place)

    @cached_property
    def output(self) -> Structure:
        """The forward pass's y."""
        first = self.trace.results[0]
        return first[0] if isinstance(first, tuple | list) and first else first

    @cached_property
    def forward_is_the_layer(self) -> bool:
        return self.proves("y", self.output, self.layers("y"))

    def layers(self, node: str) -> Term | Tensor:
        """Return the layer's own y, or its gradient by the node."""
        space = self.space
        if isinstance(space, Indexed):
            return space.value(node) if node == "y" else space.gradient(node)
        return space.tensor(node) if node == "y" else space.gradient(node)

    @property
    def is_the_layers(self) -> bool:
        return self.plan.forward is None or self.forward_is_the_layer

    def target(self, node: str) -> Term | Tensor | None:
        """Return the exact gradient: of the layer, or of the author's forward pass if that computes something else; None if
        its output is no array like x, of which nothing is known."""
        return self.layers(node) if self.is_the_layers else self.derived(node)

    def derived(self, node: str) -> Term | Tensor | None:
        """Return the gradient of sum(dout * y) for the y that the forward pass returned, None if y has another shape."""
        space = self.space
        if isinstance(space, Indexed):
            y = aligned("y", self.output, space)
            if isinstance(y, Compared):
                return None
            loss: Term = Sum(AT[BATCH], mul(space.leaf("g"), y))
            return derive(Sum(AT[FEATURE], loss) if space.layout.others else loss, space.leaf(node))
        g = space.tensor("g")
        if not isinstance(self.output, Tensor) or self.output.shape != g.shape:
            return None
        loss = add(*(mul(slope, y) for slope, y in zip(g.entries, self.output.entries, strict=True)))
        like = space.tensor(node)
        return Tensor(like.shape, tuple(derive(loss, entry) for entry in like.entries if isinstance(entry, Var | Entry)))

    def proves(self, node: str, result: Structure, target: Term | Tensor | None) -> bool:
        """Tell whether the result is proved to be the target; no time goes into counterexamples."""
        if target is None or misshapen(node, result, self.space) is not None:
            return False
        if isinstance(self.space, Indexed):
            term = aligned(node, result, self.space)
            if isinstance(term, Compared) or isinstance(target, Tensor):
                return False
            near = close_at_all_sizes(term, target, self.space.graph)
            return near and isinstance(prove_at_all_sizes(Goal(term, target)), Proved)
        if not isinstance(result, Tensor) or not isinstance(target, Tensor) or len(result.entries) != len(target.entries):
            return False
        return close_tensors(result, target, self.space) and proves_entries(result.entries, target.entries)

    def compared(self, node: str, result: Structure, target: Term | Tensor | None, seconds: float) -> Compared:
        if target is None:
            return Compared(UNDECIDED, f"what {self.plan.forward} returns first is not an array like x")
        wrong = misshapen(node, result, self.space)
        if wrong is not None:
            return wrong
        if isinstance(self.space, Indexed):
            assert not isinstance(target, Tensor)
            return compare_at_all_sizes(node, result, target, self.space)
        assert isinstance(target, Tensor)
        return compare_at_shape(node, result, target, self.space, seconds)


def picked(result: Structure, place: int | str | None) -> Structure:
    match result:
        case tuple() | list() if isinstance(place, int):
            return result[place] if place < len(result) else None
        case Mapping() if isinstance(place, str):
            return result.get(place)
        case tuple() | list() if result and place is None:
            return result[0]
        case _:
            return result if place in (None, 0) else None


def _views(attempt: Attempt, plan: Plan) -> Iterator[_View]:
    if attempt.whole is not None:
        yield _View(plan, attempt.whole, Indexed(attempt.layout))
    for shape, trace in attempt.at:
        if isinstance(trace, Trace):
            yield _View(plan, trace, Written(attempt.layout, shape))


def judged(blank: FunctionReport, attempt: Attempt, plan: Plan, source: Source) -> FunctionReport:
    """Return the report of the way that was chosen."""
    layout = attempt.layout
    report = replace(
        blank, layout=layout.meaning, layout_name=layout.name, matched=statements(plan, attempt.way, Indexed(layout))
    )
    views = list(_views(attempt, plan))
    if not views:
        assert attempt.stopped is not None
        reason = _stopped(attempt.stopped, source)
        return replace(report, reason=reason, needs_running=attempt.stopped.kind == "outside")
    trace = views[0].trace
    numbers = tuple(f"{float(number):g} is taken as eps: what is proved holds for every eps > 0" for number in attempt.epsilons)
    failed = [(shape, error) for shape, error in attempt.at if isinstance(error, StoppedError)]
    parts = tuple(
        _part(node, [(view, dict(view.results())[node]) for view in views], failed, attempt, source)
        for node, _ in views[0].results()
    )
    right = all(part.verdict == PROVED for part in parts)
    # What the names of steps stand for is known of the layer alone.
    known = all(view.is_the_layers for view in views)
    traces = [(view.space, view.trace.bindings) for view in views]
    found = findings(source, plan.backward, traces, right) if known else ()
    forward = None
    if plan.forward is not None:
        outputs = _compared([(view, "y", view.output, view.layers("y")) for view in views])
        forward = _joined("y", outputs, failed, attempt, source)
    return replace(
        report, parts=parts, findings=found, forward_part=forward, readings=(*numbers, *trace.readings), output=trace.output
    )


def _part(node: str, seen: Sequence[tuple[_View, Structure]], failed: Failed, attempt: Attempt, source: Source) -> Part:
    compared = _compared([(view, node, result, view.target(node)) for view, result in seen])
    part = _joined(node, compared, failed, attempt, source)
    if part.verdict != REFUTED or any(answer.misshapen for _, answer in compared):
        return part
    term = compared[0][1].term
    shown = _shown(node, seen, term, attempt.layout)
    # A likeness is one to the layer's gradient.
    plan = seen[0][0].plan
    known = all(view.is_the_layers for view, _ in seen)
    alike = likeness(node, Indexed(attempt.layout), term, shown) if known else None
    if alike == GAMMA_MISSING and plan.forward is None and all(slot.nodes[0] != "gamma" for slot in plan.slots):
        said = "it is the gradient of a layer without gamma, and no name of the code is a gamma: if there is one, pass it"
        return Part(part.name, UNDECIDED, part.scope, said)
    return replace(part, likeness=alike, where=None if alike else _where(node, shown, failed, seen))


def _compared(asked: Sequence[tuple[_View, str, Structure, Term | Tensor | None]]) -> list[tuple[_View, Compared]]:
    """Return the answer in every view. One counterexample is enough, and at some shapes there is none with rational roots: so
    each is given little time at first, and none once one is found."""
    for seconds in (0.2, 1.5):
        found: list[tuple[_View, Compared]] = []
        for view, node, result, target in asked:
            refuted = any(answer.verdict == REFUTED for _, answer in found)
            found.append((view, view.compared(node, result, target, 0.0 if refuted else seconds)))
        if all(answer.verdict != UNDECIDED for _, answer in found) or any(answer.verdict == REFUTED for _, answer in found):
            break
    return found


Failed = Sequence[tuple[Shape, StoppedError]]


def _joined(node: str, compared: Sequence[tuple[_View, Compared]], failed: Failed, attempt: Attempt, source: Source) -> Part:
    """Return one answer from those at all sizes, or at every shape."""
    name, layout = name_of(node), attempt.layout
    whole = isinstance(compared[0][0].space, Indexed)
    tried = [view.space.shape for view, _ in compared if isinstance(view.space, Written)]
    scope = f"every {layout.every}" if whole else f"x of shape {', '.join(map(shown_shape, tried))}"
    wrong = next((answer for _, answer in compared if answer.verdict == REFUTED), None)
    if wrong is not None:
        return Part(name, REFUTED, scope, wrong.reason, wrong.difference)
    conditions = [name for _, answer in compared for name in answer.conditions]
    for shape, error in failed:
        if "division by zero" in error.reason and Written(layout, shape).sizes[BATCH] == 1:
            # What people divide by, which a single example makes 0: N - 1, or var without eps.
            conditions.append(f"{layout.count} - 1")
            continue
        said = f"where x has the shape {shown_shape(shape)}: {_stopped(error, source)}"
        return Part(name, REFUTED if error.kind == "raised" and node != "y" else UNDECIDED, scope, said)
    open_ = next((answer for _, answer in compared if answer.verdict != PROVED), None)
    return (
        Part(name, PROVED, scope, condition=joined(conditions)) if open_ is None else Part(name, UNDECIDED, scope, open_.reason)
    )


def _shown(node: str, seen: Sequence[tuple[_View, Structure]], term: Term | None, layout: Layout) -> list[Shown]:
    """Return the result at several shapes; one that is known at all sizes is written out there."""
    if term is None:
        return [(view.space, own) for view, own in seen if isinstance(view.space, Written) and isinstance(own, Tensor)]
    return [(written, written.spread(node, term)) for written in (Written(layout, shape) for shape in layout.shapes)]


def _where(node: str, shown: Sequence[Shown], failed: Failed, seen: Sequence[tuple[_View, Structure]]) -> str | None:
    """Return for which of the sizes that were tried a wrong result is right: N = D, mostly."""
    view = seen[0][0]
    layout, whole = view.space.layout, isinstance(view.space, Indexed)
    right: list[Written] = []
    wrong = [Written(layout, shape) for shape, _ in failed]
    for (written, tensor), other in zip(shown, [None] * len(shown) if whole else [v for v, _ in seen], strict=False):
        target = written.gradient(node) if other is None or not view.plan.forward else other.target(node)
        assert isinstance(target, Tensor)
        same = close_tensors(tensor, target, written) and proves_entries(tensor.entries, target.entries)
        (right if same else wrong).append(written)
    other_size = "*".join(layout.sizes[axis] for axis in layout.others)
    conditions: tuple[tuple[str, Callable[[Mapping[str, int]], bool]], ...] = (
        (f"{layout.count} = {other_size}", lambda sizes: sizes[BATCH] == sizes[FEATURE]),
        (f"{other_size} = 1", lambda sizes: sizes[FEATURE] == 1),
    )
    for said, holds in conditions:
        seen_at = [written.shape for written in right if holds(written.sizes)]
        only = all(holds(written.sizes) for written in right if written.sizes[BATCH] > 1)
        if other_size and seen_at and only and not any(holds(written.sizes) for written in wrong):
            return f"{said}, as far as {' and '.join(map(shown_shape, seen_at))} tells"
    return None


def _stopped(error: StoppedError, source: Source) -> str:
    where = f"{source.place(error.line)}: " if error.line else ""
    return f"{where}{error.reason}"
