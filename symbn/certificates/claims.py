"""A claim as Coq reads it: the text of `Claims.v`."""

from __future__ import annotations

import re

from symbn.certificates.expressions import Expression, Leaf, within
from symbn.certificates.printing import position, written
from symbn.certificates.rules import POINT, TIME
from symbn.certificates.spelling import OTHER_BATCH, about, spelling
from symbn.certificates.statements import Claim, Derivative, witness
from symbn.elaboration.functions import slope
from symbn.layers.batchnorm import EVALUATION

_INPUTS = ("eps", "gamma", "beta", "running_mean", "running_var")
_LAYER = frozenset(("m", "x", "g", "c", "mu", "var", "s", "xhat", "y", *_INPUTS))
LOSS_TYPE = "(nat -> R) -> R"


def proposition(claim: Claim) -> str:
    """Return the claim as a Coq proposition, with its quantifiers."""
    arrays, scalars = variables(claim)
    groups = ["(m : nat)"]
    groups += [f"({' '.join(arrays)} : nat -> R)"] if arrays else []
    groups += [f"({' '.join(scalars)} : R)"] if scalars else []
    groups += [f"({' '.join(claim.functions)} : R -> R)"] if claim.functions else []
    groups += [f"(L : {LOSS_TYPE})"] if claim.with_loss else []
    groups += [f"({' '.join(str(i.name) for i in claim.letters)} : nat)"] if claim.letters else []
    lines = [f"forall {' '.join(groups)},"]
    lines += [" ".join(f"{text} ->" for _, text in hypotheses(claim))]
    return "\n  ".join((*lines, conclusion(claim)))


def conclusion(claim: Claim) -> str:
    spell = spelling(claim.mode)
    if claim.direct:
        return derivable(claim.derivatives[0], claim.mode, written(claim.right, spell))
    equality = f"{written(claim.left, spell)}\n  = {written(claim.right, spell)}"
    if not claim.derivatives:
        return equality
    lines = []
    for place, derivative in enumerate(claim.derivatives):
        kind = "(nat -> R) -> " * derivative.batchwise + "nat -> " * len(derivative.formal) + "R"
        lines.append(f"exists {witness(place)} : {kind},")
    for place, derivative in enumerate(claim.derivatives):
        at = f" {OTHER_BATCH}" * derivative.batchwise + "".join(f" {i.name}" for i in derivative.formal)
        value = f"{witness(place)}{at}"
        inner = derivable(derivative, claim.mode, f"({value})" if at else value)
        bounds = "".join(f"({i.name} < m)%nat -> " for i in derivative.formal)
        inner = about(OTHER_BATCH, inner) if derivative.batchwise else inner
        lines.append(f"({f'forall{at}, ' if at else ''}{bounds}{inner}) /\\")
    return "\n  ".join((*lines, equality))


def derivable(derivative: Derivative, mode: str, value: str) -> str:
    """Return that the derivative has a value."""
    point = written(derivative.point, spelling(mode))
    shown = (
        value
        if value.replace("_", "").isalnum() or (value.startswith("(") and value.endswith(")") and _one(value))
        else f"({value})"
    )
    return f"derivable_pt_lim (fun t => {function(derivative, mode)}) {_atom(point)}\n    {shown}"


def function(derivative: Derivative, mode: str) -> str:
    """Return the function of t whose derivative is taken."""
    spell = spelling(mode, derivative.moved)
    body = derivative.function
    if derivative.loss is None:
        return written(body, spell)
    if isinstance(body, Leaf) and body.indices == (derivative.loss,):
        return f"L ({spell(Leaf(body.name))})"
    return f"L (fun {position(derivative.loss)} => {written(body, spell)})"


def hypotheses(claim: Claim) -> list[tuple[str, str]]:
    """Return the hypotheses with their names, in order."""
    _, scalars = variables(claim)
    least = max(claim.positions, default=1) - 1
    found = [("Hm", f"({least} < m)%nat")]
    if claim.batch is not None:
        found.append(("Hsize", f"m = {claim.batch}%nat"))
    found += [(f"H{i.name}", f"({i.name} < m)%nat") for i in claim.letters]
    for place, c in enumerate(claim.conditions):
        found.append((f"Hcond{place}", f"{position(c.left)} {'=' if c.equal else '<>'} {position(c.right)}"))
    found += [(f"Hpos_{name}", f"0 < {name}") for name in ("running_var", "eps") if name in scalars]
    spell = spelling(claim.mode)
    found += [(f"Hnz{place}", f"{written(e, spell)} <> 0") for place, e in enumerate(claim.nonzero)]
    found += [(f"Hgiven{place}", _given(leaf, value, claim.mode)) for place, (leaf, value) in enumerate(claim.given)]
    found += [(f"Hslope_{f}", f"derivable_pt_lim {f} {POINT} {slope(f)}") for f in claim.functions]
    if claim.with_loss:
        found.append(("HL", f"has_gradient m L {output(claim.mode)} g"))
    return found


def _given(leaf: Leaf, value: Expression, mode: str) -> str:
    """Return that an input has a value: an array has it at every position."""
    equation = f"{written(leaf, spelling(mode))} = {written(value, spelling(mode))}"
    if not leaf.indices:
        return equation
    (index,) = leaf.indices
    return f"(forall {index.name}, ({index.name} < m)%nat -> {equation})"


def output(mode: str) -> str:
    """Return y as a function of the position."""
    if mode == EVALUATION:
        return "(fun j => gamma * ((x j - running_mean) / sqrt (running_var + eps)) + beta)"
    return "(bn m eps gamma beta x)"


def variables(claim: Claim) -> tuple[list[str], list[str]]:
    """Return the arrays and the scalars that the claim speaks of."""
    spell = spelling(claim.mode)
    leaves: list[tuple[Leaf, Derivative | None]] = []
    everything: list[tuple[Expression, Derivative | None]] = [(e, None) for e in (claim.left, claim.right, *claim.nonzero)]
    everything += [(e, None) for pair in claim.given for e in pair]
    everything += [(e, d) for d in claim.derivatives for e in (d.function, d.point)]
    for expression, derivative in everything:
        leaves += [(part, derivative) for part in within(expression) if isinstance(part, Leaf)]
    words: set[str] = set()
    named: set[tuple[str, bool]] = set()
    for leaf, derivative in leaves:
        text = (spelling(claim.mode, derivative.moved) if derivative else spell)(leaf)
        head = text.split(" ")[0]
        plain = head == leaf.name and not (leaf.name[0] == "D" and leaf.name[1:].isdigit())
        if plain and leaf.name not in _LAYER:
            named.add((leaf.name, bool(leaf.indices)))
        words.update(re.findall(r"[A-Za-z_]\w*", text))
    for derivative in claim.derivatives:
        moved = derivative.moved
        words.update(re.findall(r"[A-Za-z_]\w*", moved.array))
        if moved.name not in _LAYER:
            named.add((moved.name, moved.index is not None))
    if claim.with_loss:
        words.update([*re.findall(r"\w+", output(claim.mode)), "g"])
    words -= set(claim.functions)
    named |= {(name, False) for function in claim.functions for name in (slope(function), POINT)}
    named -= {(TIME, False)}
    arrays = [name for name in ("x", "g") if name in words] + sorted(n for n, indexed in named if indexed)
    scalars = [name for name in _INPUTS if name in words] + sorted(n for n, indexed in named if not indexed)
    return arrays, scalars


def _one(text: str) -> bool:
    """Tell whether the first bracket of the text closes at its end."""
    depth = 0
    for place, character in enumerate(text):
        depth += (character == "(") - (character == ")")
        if depth == 0:
            return place == len(text) - 1
    return False


def _atom(text: str) -> str:
    return text if text.isidentifier() else f"({text})"
