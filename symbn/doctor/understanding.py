"""What a test that was followed says: the settings that are known, and what stays open, with its line."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from fractions import Fraction
from math import prod

from symbn.doctor.comparing import Comparing, comparisons
from symbn.doctor.evaluating import keyword, name_of
from symbn.doctor.setting import GRADIENTS, Draw, Loss, Tolerance
from symbn.doctor.values import LARGEST, Numbers, Output, Total, Value, number
from symbn.doctor.walking import GRADCHECK, Walk


ESSENTIAL = frozenset({"shape", "loss", "layer", "reference"})  # without these nothing can be said; the others are assumed


@dataclass(frozen=True, slots=True)
class Gap:
    """Something that was not understood. about: the field of `Setting` that it leaves open, or "layer"."""

    line: int
    about: str
    words: str


@dataclass(slots=True)
class Found:
    """What a test says. known: fields of `Setting` by name; open: what was not understood, with its line."""

    name: str
    line: int
    known: dict[str, object] = field(default_factory=dict)
    open: list[Gap] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def understood(walk: Walk, body: list[ast.stmt], single: bool) -> Found:
    """Return what was understood."""
    found = Found(walk.name, walk.line, notes=list(dict.fromkeys(walk.notes)))
    if walk.other is not None:
        found.open.append(Gap(*walk.other))
    if not walk.is_test:
        found.open.append(Gap(walk.line, "step", "no numeric gradient was recognised in it"))
    x = walk.roles.get("x")
    if isinstance(x, Numbers) and x.shape is not None and len(x.shape) in (1, 2, 4):
        features = 1 if len(x.shape) == 1 else x.shape[1]
        found.known["shape"] = (prod(x.shape) // features, features)
        if len(x.shape) == 4:
            found.notes.append("x has four axes: every feature (axis 1) has as many examples as the others have entries")
    else:
        found.open.append(Gap(walk.line, "shape", "the shape of x is not known"))
    for role in ("x", "gamma", "beta"):
        value = walk.roles.get(role)
        if isinstance(value, Numbers):
            found.known[role] = value.draw
        else:
            found.open.append(Gap(walk.line, role, f"how {role} is drawn is not known"))
    numbers = [value for value in walk.roles.values() if isinstance(value, Numbers)]
    if numbers:
        found.known["double"] = all(value.double for value in numbers) or not single
    if walk.eps is not None:
        found.known["eps"] = walk.eps
    _loss(walk, found)
    _step(walk, found)
    _comparisons(walk, found, list(comparisons(body, walk.names)))
    return found


def without_reference(walk: Walk, body: list[ast.stmt]) -> Found | None:
    """Return what to say of a function that compares what a backward pass returns, but with no numeric gradient."""
    calls = (node for statement in body for node in ast.walk(statement) if isinstance(node, ast.Call))
    if walk.is_test or not any("backward" in name_of(call.func) for call in calls) or not any(comparisons(body, walk.names)):
        return None
    words = (
        "it compares what a backward pass returns, but no numeric gradient was recognised in it; name it to have it examined"
    )
    return Found(walk.name, walk.line, open=[Gap(walk.line, "reference", words)])


def _loss(walk: Walk, found: Found) -> None:
    said = walk.differentiated or [(0, walk.line, walk.roles.get("dout"))]
    surest = max(sure for sure, _, _ in said)
    losses = [(line, loss_of(value)) for sure, line, value in said if sure == surest]
    line, loss = losses[0]
    if loss is None:
        found.open.append(Gap(line, "loss", "what is differentiated (the loss, or dout) is not known"))
        return
    found.known["loss"] = loss
    if len({other for _, other in losses}) > 1:
        found.notes.append(f"it differentiates several losses; that of line {line} is taken")


def loss_of(value: Value) -> Loss | None:
    """Return the loss that a value is, or that it is the upstream gradient of."""
    match value:
        case Total(loss=loss):
            return loss
        case Numbers(draw=Draw(kind="normal" | "uniform")):
            return Loss("random")
        case Numbers(draw=Draw(kind="constant", shift=shift)) if abs(shift) <= LARGEST:
            return Loss("constant", Fraction(str(shift)))
        case Output(factor=factor):
            return Loss("output", factor)
        case _:
            return None


def _step(walk: Walk, found: Found) -> None:
    if walk.step is not None and (walk.marked is None or name_of(walk.marked.func) == "backward"):
        found.known["step"] = walk.step
        return
    if walk.marked is None:
        return
    name = name_of(walk.marked.func)
    if name == "backward":
        found.known["step"] = None
        return
    given = number(walk.value(keyword(walk.marked, "h", "eps", "epsilon", "delta", "step")))
    place = 2 if name in GRADCHECK else 3
    if given is None and len(walk.marked.args) > place:
        given = number(walk.value(walk.marked.args[place]))
    if given is None:
        given = 1e-6 if name in GRADCHECK else number(walk.value(walk.tools.get(name)))
    if given is not None:
        found.known["step"] = given


def _comparisons(walk: Walk, found: Found, made: list[Comparing]) -> None:
    marked = walk.marked
    if marked is not None and name_of(marked.func) in GRADCHECK:
        fourth, fifth = (*marked.args[3:5], None, None)[:2]
        rtol, atol = (number(walk.value(keyword(marked, name) or at)) for name, at in (("rtol", fifth), ("atol", fourth)))
        found.known["tolerance"] = Tolerance("allclose", 1e-3 if rtol is None else rtol, 1e-5 if atol is None else atol)
        found.known["sums"] = True
        if walk.checked:
            found.known["compared"] = tuple(g for g in GRADIENTS if g[1:] in walk.checked)
        return
    named = tuple(g for g in GRADIENTS if any(c.gradient == g for c in made))
    if named and all(c.gradient is not None for c in made):
        found.known["compared"] = named
    stated = [c for c in made if c.tolerance is not None]
    if stated:
        found.known["tolerance"] = next((c for c in stated if c.gradient == "dx"), stated[0]).tolerance
        if not found.known.get("double", True) and found.known["tolerance"] == Tolerance("allclose", 1e-7, 1e-7):
            found.known["tolerance"] = Tolerance("allclose", 1.3e-6, 1e-5)  # what assert_close takes for float32
        if len({c.tolerance for c in stated}) > 1:
            found.notes.append(f"it has several tolerances; that of dx is taken (or of the first, line {stated[0].line})")
    elif made:
        found.open.append(Gap(made[0].line, "rtol", "the error is compared with nothing: a person has to read it"))
    else:
        found.open.append(Gap(walk.line, "rtol", "no comparison was recognised in it"))
