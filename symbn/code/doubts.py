"""What is said of a function that is right only if something is meant that no name says: nothing is claimed of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction

from symbn.code.answer import FunctionReport
from symbn.code.judging import Attempt
from symbn.code.layouts import Layout
from symbn.code.matching import Plan, statements
from symbn.code.quantities import Indexed


def doubtful(blank: FunctionReport, attempt: Attempt, plan: Plan, reason: str) -> FunctionReport:
    """Return the report of a function that is right only if something is meant that no name says: nothing is claimed."""
    matched = statements(plan, attempt.way, Indexed(attempt.layout))
    return replace(blank, layout=attempt.layout.meaning, reason=reason, matched=matched)


def other_meaning(plan: Plan, first: Mapping[str, str], other: Mapping[str, str], layout: Layout) -> str:
    """Return why nothing is claimed where other meanings of the names would make a function right."""
    graph = layout.graph
    meanings = [f"{name} is the {graph.nodes[node].meaning}" for name, node in other.items() if first[name] != node]
    lets = " ".join(f"--let {node}={name}" for name, node in other.items() if first[name] != node)
    return f"it is the gradient if {' and '.join(meanings)}, which the name does not say: if that is meant, {lets}"


def only_at(number: Fraction) -> str:
    return f"it is the gradient if eps is {float(number):g}, which stands there as a number beside an eps of any value"


def wide_parameters() -> str:
    return "it is the gradient if gamma and beta have as many axes as x, those without entries of length 1, which no name says"


def other_layout(layout: Layout) -> str:
    return f"it fits only {layout.meaning}, which its names do not say: if that is meant, --layout {layout.name}"
