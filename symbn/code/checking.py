"""A backward function -> the answer: is what it returns the exact gradient?

Names leave open what the arrays are (the layout) and what is in the cache. The layouts are tried, the likeliest first, and the
one that fits best is kept and told; a name that would have to mean something else than it says leaves the answer open. What can
be followed at all sizes is decided for all of them at once, anything else at several shapes.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import lru_cache
from time import perf_counter

from symbn.code import doubts, judging, subject
from symbn.code.answer import FunctionReport
from symbn.code.following import Engine, terms, with_number_for
from symbn.code.judging import Attempt
from symbn.code.layouts import BY_NAME, Layout, Shape
from symbn.code.matching import Plan, plan
from symbn.code.names import nodes
from symbn.code.model import StoppedError, Trace
from symbn.code.quantities import Indexed, Written
from symbn.code.roots import EPS
from symbn.code.source import Source, forward_of, own_nodes
from symbn.errors import UsageError
from symbn.kernel.term import Num, subterms

LARGEST_EPS = Fraction(1, 100)  # A larger number in the code is not taken for somebody's eps.


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked. forward: its name; None: look for one; "": use none. layout: a name of `layouts`, None to find out.
    means: names of the code -> nodes of the layer. shapes: of x, instead of the layout's own."""

    function: str
    forward: str | None = None
    layout: str | None = None
    means: Mapping[str, str] | None = None
    shapes: tuple[Shape, ...] = ()


def check_function(source: Source, request: Request, engine: Engine) -> FunctionReport:
    """Return the answer about one backward function. Raises: UsageError."""
    start = perf_counter()
    if request.function not in source.functions:
        raise UsageError(f"{source.path}: there is no function {request.function}; it has {_listed(source.functions)}")
    forward = forward_of(source, request.function) if request.forward is None else request.forward or None
    if forward is not None and forward not in source.functions:
        raise UsageError(f"{source.path}: there is no function {forward}; it has {_listed(source.functions)}")
    made = plan(source, request.function, forward, request.means or {})
    checking = _Checking(source, request, made, engine)
    report = checking.report()
    return replace(report, milliseconds=1000 * (perf_counter() - start))


def _listed(names: Iterable[str]) -> str:
    return ", ".join(names) or "none"


@dataclass(frozen=True, slots=True)
class _Checking:
    source: Source
    request: Request
    plan: Plan
    engine: Engine

    def report(self) -> FunctionReport:
        function = self.source.functions[self.plan.backward]
        blank = FunctionReport(
            self.source.path, self.plan.backward, function.lineno, "", self.engine.how, forward=self.plan.forward
        )
        if not self.plan.results:
            return replace(blank, reason="it returns nothing that is known as dx, dgamma or dbeta")
        first, *others = self.plan.alternatives()
        layouts = self.layouts()
        tried = self.tried(first, layouts)
        # Of two that fit as well, the one under which the code fails at fewer shapes is meant.
        score, attempt = max(tried, key=lambda pair: (pair[0], -pair[1].failures))
        if score < judging.best_score(self.plan):
            number = self.number_for_eps(attempt)
            if number is not None:
                return doubts.doubtful(blank, attempt, self.plan, doubts.only_at(number))
            few = replace(self, request=replace(self.request, shapes=self.request.shapes[:1] or attempt.layout.shapes[:1]))
            for way in others:
                if max(score for score, _ in few.tried(way, [attempt.layout])) >= judging.best_score(self.plan):
                    return doubts.doubtful(
                        blank, tried[0][1], self.plan, doubts.other_meaning(self.plan, first, way, attempt.layout)
                    )
            if self.plan.forward and self.another_layer(attempt):
                own = [pair for pair in tried if pair[1].layout is layouts[0] and not pair[1].stopped]
                if not own:
                    return doubts.doubtful(blank, attempt, self.plan, doubts.other_layout(attempt.layout))
                score, attempt = max(own, key=lambda pair: (pair[0], -pair[1].failures))
            doubt = subject.doubt(self.plan) if self.nothing_said else None
            if doubt is not None:
                return doubts.doubtful(blank, attempt, self.plan, doubt)
        elif attempt.kept > 1:
            return doubts.doubtful(blank, attempt, self.plan, doubts.wide_parameters())
        elif not self.plan.forward and not self.plausible(attempt.layout, tried):
            return doubts.doubtful(blank, tried[0][1], self.plan, doubts.other_layout(attempt.layout))
        return judging.judged(blank, attempt, self.plan, self.source)

    def another_layer(self, attempt: Attempt) -> bool:
        """Tell whether the forward pass is that of another layer, under a layout with other axes, for want of a better."""
        first = self.layouts()[0]
        other = len(attempt.layout.sizes) != len(first.sizes)
        return other and not judging.forward_is_the_layer(attempt, self.plan)

    def number_for_eps(self, attempt: Attempt) -> Fraction | None:
        """Return the number of the code that would have to be eps for the results to be right, beside an eps of its own."""
        traces = [attempt.whole] if attempt.whole is not None else [t for _, t in attempt.at if isinstance(t, Trace)]
        numbers = {number for trace in traces for number in small_numbers(trace)} & _small_floats(self.source.module)
        for number in sorted(numbers)[:2]:
            whole = None if attempt.whole is None else with_number_for(attempt.whole, number, EPS)
            at = tuple((s, with_number_for(t, number, EPS) if isinstance(t, Trace) else t) for s, t in attempt.at)
            if judging.score(replace(attempt, whole=whole, at=at), self.plan) >= judging.best_score(self.plan):
                return number
        return None

    @property
    def nothing_said(self) -> bool:
        """Tell whether only names say what is meant: neither the user nor a forward pass does."""
        return self.plan.forward is None and self.request.layout is None and not self.request.means

    def tried(self, way: Mapping[str, str], layouts: Iterable[Layout]) -> list[tuple[int, Attempt]]:
        """Return the attempts, up to one that fits in full, and how well each does."""
        found: list[tuple[int, Attempt]] = []
        for attempt in self.attempts(way, layouts):
            found.append((judging.score(attempt, self.plan), attempt))
            if found[-1][0] >= judging.best_score(self.plan):
                break
        return found

    def plausible(self, layout: Layout, tried: Iterable[tuple[int, Attempt]]) -> bool:
        """Tell whether a layout may be assumed without a forward pass that shows it: the first one may, and one with another
        number of axes if the code fails with the first. Of those with as many axes only the names tell which is meant."""
        first = self.layouts()[0]
        failed = any(attempt.layout is first and attempt.fails for _, attempt in tried)
        return layout is first or (len(layout.sizes) != len(first.sizes) and failed)

    @property
    def indexes_parameters(self) -> bool:
        """Tell whether the code picks entries of gamma or beta, so that their axes matter: gamma[0] of a gamma (1, D)."""
        found = (node.value for node in ast.walk(self.source.functions[self.plan.backward]) if isinstance(node, ast.Subscript))
        return any(isinstance(owner, ast.Name) and nodes(owner.id)[:1] in (("gamma",), ("beta",)) for owner in found)

    def layouts(self) -> list[Layout]:
        if self.request.layout is not None:
            return [BY_NAME[self.request.layout]]
        names = f"{self.plan.backward} {self.plan.forward or ''}".lower()
        unpacked = [sizes for f in (self.plan.backward, self.plan.forward) if f for sizes in _sizes(self.source.functions[f])]
        if "spatial" in names or "2d" in names or any(len(sizes) == 4 for sizes in unpacked):
            last = any(sizes[-1] == "C" for sizes in unpacked if len(sizes) == 4)
            order = ["channels-last"] if last else ["spatial"] if any(map(bool, unpacked)) else ["spatial", "channels-last"]
        elif re.search(r"layer|_ln|\bln", names):
            order = ["layernorm", "batchnorm"]
        else:
            order = ["batchnorm", "vector"] if re.search(r"batch|bn", names) else ["batchnorm", "vector", "layernorm"]
            if any(sizes and sizes[0] in ("D", "C", "F") for sizes in unpacked):
                order = ["rows"]
            elif not unpacked:
                order.insert(1, "rows")
        return [BY_NAME[name] for name in order]

    def attempts(self, way: Mapping[str, str], layouts: Iterable[Layout]) -> Iterator[Attempt]:
        for layout in layouts:
            for kept in range(3 if self.indexes_parameters else 2):
                attempt = self.followed(layout, way, kept)
                yield attempt
                if attempt.stopped is not None and attempt.stopped.kind == "limit":
                    return  # Under another layout it is as long.
                if attempt.whole is not None:
                    break

    def followed(self, layout: Layout, way: Mapping[str, str], kept: int) -> Attempt:
        """Follow the function at all sizes, else at the shapes, as far as it can be followed."""
        try:
            calls = self.plan.made(Indexed(layout), way, kept)
            whole, epsilons = self.with_eps(self.engine.at_all_sizes(layout, calls))
            return Attempt(layout, way, whole, (), epsilons, kept=kept)
        except StoppedError as error:
            stopped = error
        at: list[tuple[Shape, Trace | StoppedError]] = []
        found: set[Fraction] = set()
        for shape, trace in self.at_shapes(layout, way, kept):
            if isinstance(trace, Trace):
                trace, numbers = self.with_eps(trace)
                found.update(numbers)
            at.append((shape, trace))
        errors = [error for _, error in at if isinstance(error, StoppedError)]
        if len(errors) < len(at):
            return Attempt(layout, way, None, tuple(at), tuple(found), kept=kept)
        return Attempt(layout, way, None, tuple(at), (), errors[0] if errors and errors[0].kind != "outside" else stopped, kept)

    def with_eps(self, trace: Trace) -> tuple[Trace, tuple[Fraction, ...]]:
        """Return the trace with eps for a small number of the code, where nothing else is eps, and the number."""
        written = small_numbers(trace) & _small_floats(self.source.module)
        if len(written) != 1 or any(node == EPS for term in terms(trace.results) for node in subterms(term)):
            return trace, ()
        (number,) = written
        return with_number_for(trace, number, EPS), (number,)

    def at_shapes(self, layout: Layout, way: Mapping[str, str], kept: int) -> Iterator[tuple[Shape, Trace | StoppedError]]:
        for shape in self.request.shapes or layout.shapes:
            if len(shape) != len(layout.sizes):
                yield shape, StoppedError("outside", f"x has {len(layout.sizes)} axes: {layout.meaning}")
                continue
            try:
                yield shape, self.engine.at_shape(self.plan.made(Written(layout, shape), way, kept))
            except StoppedError as stopped:
                error = self.of_the_forward(Written(layout, shape), way, kept) or stopped
                yield shape, error
                if error.kind != "raised":
                    return  # The others would end in the same way.

    def of_the_forward(self, values: Written, way: Mapping[str, str], kept: int) -> StoppedError | None:
        """Return why the forward pass alone stops: what it was given does not fit, which says nothing of the backward pass."""
        if self.plan.forward is None:
            return None
        try:
            self.engine.at_shape(self.plan.made(values, way, kept)[:1])
        except StoppedError as error:
            kind = "inexact" if error.kind == "raised" else error.kind
            return StoppedError(kind, f"the forward pass stops: {error.reason}", error.line)
        return None


def small_numbers(trace: Trace) -> set[Fraction]:
    """Return the numbers in the results that may be somebody's eps."""
    nodes = (node for term in terms(trace.results) for node in subterms(term))
    return {node.value for node in nodes if isinstance(node, Num) and 0 < node.value <= LARGEST_EPS}


def _sizes(function: ast.FunctionDef) -> Iterator[list[str]]:
    """Yield the names that a shape is unpacked into, N, D = x.shape, in capitals."""
    for node in own_nodes(function):
        match node:
            case ast.Assign(targets=[ast.Tuple(elts=names)], value=ast.Attribute(attr="shape")):
                yield [name.id.upper() for name in names if isinstance(name, ast.Name)]


@lru_cache(maxsize=4)
def _small_floats(module: ast.Module) -> set[Fraction]:
    floats = (node.value for node in ast.walk(module) if isinstance(node, ast.Constant) and isinstance(node.value, float))
    return {Fraction(repr(value)) for value in floats if 0 < value <= LARGEST_EPS}
