"""One equation: made, spelled, labelled, given to symbn, and its answer held against the label.

Wrong is: `proved` for what is false as it is written (a caveat aside); a printed statement that is false although it is
proved; `refuted` for what is true; a counterexample whose values are not the ones the formulas have there; "true up to m"
where it is not; a contradiction between the engines. Undecided and unreadable are never wrong, and are counted by reason.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from fractions import Fraction
from random import Random

import symbn
from scripts.attacking import floating
from scripts.attacking.editing import mutant
from scripts.attacking.formula import ARRAYS, Claim, Index, Name, Slope, free, places
from scripts.attacking.inventing import invented, small_only
from scripts.attacking.label import alike, differences, holds_up_to, label
from scripts.attacking.reading import Refused, claim_of, statement_of
from scripts.attacking.rewriting import identity
from scripts.attacking.sources import sources
from scripts.attacking.spelling import SLIPS, Speller
from scripts.attacking.value import Irrational, Point, Undefined, Unlabelled, World
from symbn.answer import Counterexample, Step
from symbn.errors import UnreadableError


@dataclass(frozen=True)
class Outcome:
    """made: the edits or slips. meant: the truth of the equation before it was spelled; truth: of the text as it is written,
    which a slip may change. wrong: what is wrong with the answer, or None."""

    kind: str
    number: int
    made: str
    text: str
    mode: str
    meant: bool | None
    truth: bool | None
    verdict: str
    caveats: tuple[str, ...]
    caveat: str | None
    reason: str
    statement: str | None
    wrong: str | None


@dataclass(frozen=True)
class Made:
    claim: Claim
    made: str = ""
    slips: frozenset[str] = frozenset()


def _mutant(count: int) -> Callable[[Random], Made]:
    def make(random: Random) -> Made:
        claim, kinds = mutant(random.choice(sources()), count, random)
        return Made(claim, ", ".join(kinds))

    return make


def _careless(random: Random) -> Made:
    source = random.choice(sources())
    slips = frozenset({random.choice(SLIPS)})
    if random.random() < 0.5:
        return Made(source, "none", slips)
    claim, kinds = mutant(source, 1, random)
    return Made(claim, ", ".join(kinds), slips)


def _any(random: Random) -> Made:
    return random.choice((_mutant(1), _mutant(2), lambda r: Made(identity(r)), lambda r: Made(small_only(r))))(random)


def _at_one_size(random: Random) -> Made:
    made = _any(random)
    return replace(made, claim=replace(made.claim, batch=random.randint(1, 4)))


def _with_slope(random: Random) -> Made:
    while True:
        made = _any(random)
        if any(isinstance(node, Slope) for side in (made.claim.left, made.claim.right) for _, node, _ in places(side)):
            return made


AT_ONE_SIZE = "one size, SymPy"
# Each kind with its share of a run.
KINDS: dict[str, tuple[int, Callable[[Random], Made]]] = {
    "one edit": (36, _mutant(1)),
    "two edits": (24, _mutant(2)),
    "identity": (10, lambda random: Made(identity(random))),
    "small m only": (8, lambda random: Made(small_only(random))),
    "random": (9, lambda random: Made(invented(random))),
    "careless": (7, _careless),
    AT_ONE_SIZE: (3, _at_one_size),
    "finite differences": (3, _with_slope),
}
CAVEATS = {
    "reaches to the end": "extent of a sum",
    "division reaches": "extent of a division",
    "although no sum sign": "sum sign left out",
    "is the local derivative": "local derivative",
    "Jacobian": "Jacobian without indices",
    "same index on both": "Jacobian without indices",
    "stands for": "index left out",
    "matrix": "matrix product",
    "the sum runs over": "double sum",
}


def attack(kind: str, number: int, seed: int) -> Outcome:
    """Return the outcome of one equation: the same for the same three arguments."""
    random = Random(f"{seed} {kind} {number}")
    made = KINDS[kind][1](random)
    claim = made.claim
    arrays = any(isinstance(n, Name) and n.role in ARRAYS for s in (claim.left, claim.right) for _, n, _ in places(s))
    wide = arrays and not made.slips and claim.batch is None and random.random() < 0.1
    speller = Speller(random, made.slips, wide, claim.mode)
    text = speller.equation(claim)
    meant = differences(claim) if kind == "finite differences" else label(claim)
    truth = _written(text, claim.mode) if speller.slipped else meant
    (step,) = symbn.verify(text, mode=claim.mode, batch=claim.batch).steps
    wrong = _wrong(step, claim, truth, plain=not wide and not speller.slipped, random=random)
    return Outcome(
        kind, number, "; ".join([made.made, *speller.slipped]), text, claim.mode, meant, truth, step.verdict, _caveats(step),
        step.caveat, _reason(step), step.statement, wrong
    )  # fmt: skip


def _written(text: str, mode: str) -> bool | None:
    """Return the truth of a text as it stands, or None if it has no plain meaning."""
    try:
        (written,) = claim_of(text, mode)
    except (Refused, UnreadableError):
        return None
    return label(written)


def _wrong(step: Step, claim: Claim, truth: bool | None, plain: bool, random: Random) -> str | None:
    if "bug in symbn" in (step.reason or ""):
        return step.reason
    # SymPy is asked about the equation as it was read, which a caveat makes another one.
    if step.caveat is None and step.sympy in ("equal", "different") and truth is (step.sympy == "different"):
        return f"SymPy says {step.sympy}, and that is false"
    if step.verdict == "proved":
        if truth is False and step.caveat is None:
            return "proved, and false"
        if step.caveat is not None or random.random() < 0.2:
            return _wrong_statement(step, claim)
    if step.verdict == "refuted":
        if truth is True:
            return "refuted, and true"
        if not plain:
            return None
        if step.true_up_to is not None and not holds_up_to(claim, step.true_up_to):
            return f"not true up to m = {step.true_up_to}"
        if step.counterexample is not None and not any("stands for" in note for note in step.readings):
            return _wrong_values(claim, step.counterexample)
    return None


def _wrong_statement(step: Step, claim: Claim) -> str | None:
    try:
        stated = statement_of(step, claim.mode)
    except (Refused, UnreadableError):
        return None
    return "the statement is false" if label(stated) is False else None


def _wrong_values(claim: Claim, found: Counterexample) -> str | None:
    arrays: dict[str, list[Fraction]] = {name: [Fraction(0)] * found.m for name in ("x", "g")}
    scalars = dict.fromkeys(("gamma", "beta", "a", "eps", *(("mu", "var") if claim.mode == "eval" else ())), Fraction(1))
    for name, value in found.entries:
        base, _, place = name.partition("_")
        if place:
            arrays[base][int(place) - 1] = value
        else:
            scalars["a" if base in ("alpha", "lambda") else base] = value
    # An index that the point does not place makes no difference.
    named: dict[Index, int] = {i: 1 for i in free(claim.left) | free(claim.right) if isinstance(i, str)}
    at: dict[Index, int] = named | dict(found.indices)
    point = Point(found.m, {name: tuple(values) for name, values in arrays.items()}, scalars, claim.mode)
    try:
        for side, stated in ((claim.left, found.left), (claim.right, found.right)):
            try:
                same: bool | None = World(point).value(side, at).get(frozenset(), Fraction(0)) == stated
            except Irrational:
                # s, where it makes no difference either.
                same = alike(floating.value(side, point, at, frozenset()), float(stated), 1e-6, 1e-6)
            if same is False:
                return f"a side is not {stated} at the counterexample"
    except (Undefined, Unlabelled):
        return "a side has no value at the counterexample"
    return None


def _caveats(step: Step) -> tuple[str, ...]:
    found = []
    for caveat in (step.caveat or "").split("; "):
        if caveat:
            found.append(next((kind for words, kind in CAVEATS.items() if words in caveat), "other"))
    return tuple(sorted(set(found)))


def _reason(step: Step) -> str:
    if step.verdict == "unreadable":
        return f"unreadable: {step.diagnostics[0].code}"
    if step.verdict != "undecided":
        return ""
    return re.sub(r"\d+", "N", step.reason or "")
