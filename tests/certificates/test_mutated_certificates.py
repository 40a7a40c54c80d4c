"""Thousands of mutations of real certificates: only the documented answers, and nothing false is ever verified.

Whether a statement is true is decided by `scripts.attacking`: exact values at many points, derivatives by nilpotent numbers,
all written without the kernel, without this checker, and before both were to be tested.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator
from contextlib import suppress
from fractions import Fraction
from functools import cache
from itertools import product
from random import Random

import pytest

from scripts import verify_certificate as verifier
from scripts.attacking import formula as plain
from scripts.attacking.formula import Claim, Formula, Index
from scripts.attacking.label import points
from scripts.attacking.value import PLAIN, Irrational, Point, Undefined, Unlabelled, World
from symbn.layers.batchnorm import CLOSED_FORMS
from tests.certificates.verifying import Json, answer, certificate, record, reread
from tests.formulas import FALSE, TRUE, WITH_CAVEAT

STATES = {"verified", "refused", "not checked"}
NAMES = (*plain.ARRAYS, *plain.SCALARS, "L", "a")
LOOSE = [
    "0",
    "1",
    "-1",
    "2",
    "1/2",
    "-3/2",
    "",
    "1/0",
    "x",
    "nan",
    "9" * 3000,
    None,
    True,
    0,
    1,
    7,
    -1,
    [],
    {},
    ["i"],
    {"num": "1"},
]


class Untranslated(Exception):
    """Not in the language of the labels."""


def translated(tree: Json, local: set[tuple[str, str]], total: set[tuple[str, str]]) -> Formula:
    """Return the tree as a formula of the attack. local, total: the pairs whose derivative is meant so."""

    def inner(part: Json) -> Formula:
        return translated(part, local, total)

    match tree:
        case {"num": str(text)}:
            return plain.Num(Fraction(text))
        case {"name": "m"}:
            return plain.Size()
        case {"name": str(name), "at": list(at)} if name in NAMES:
            return plain.Name(name, tuple(index(i) for i in at))
        case {"delta": [left, right]}:
            return plain.Delta(index(left), index(right))
        case {"sum": str(letter), "but": list(but), "of": body}:
            return plain.Sum(letter, inner(body), tuple(index(i) for i in but))
        case {"plus": list(parts)}:
            return plain.Add(tuple(map(inner, parts)))
        case {"times": list(parts)}:
            return plain.Mul(tuple(map(inner, parts)))
        case {"power": base, "to": str(to)}:
            return plain.Pow(inner(base), Fraction(to))
        case {"derivative": of, "by": by, "kind": str(kind)}:
            function, variable = inner(of), inner(by)
            if not isinstance(variable, plain.Name):
                raise Untranslated
            if isinstance(function, plain.Name):
                (local if kind == "local" else total).add((function.role, variable.role))
            return plain.Slope(function, variable)
    raise Untranslated


def index(value: Json) -> Index:
    if isinstance(value, dict | bool):
        raise Untranslated
    return value  # type: ignore[no-any-return]


def claim_of(step: Json) -> Claim:
    """Return the claim of a record. Raises: Untranslated."""
    local: set[tuple[str, str]] = set()
    total: set[tuple[str, str]] = set()
    left, right = (translated(step[side], local, total) for side in ("left", "right"))
    if local & total or step["given"] or step["features"] or (local and len(step["caveats"]) == 0):
        raise Untranslated
    return Claim(left, right, step["mode"], step["batch"], frozenset(local))


def placements(step: Json, claim: Claim, m: int) -> Iterator[dict[Index, int]]:
    conditions = [(index(a), sign == "=", index(b)) for a, sign, b in step["conditions"]]
    letters = {i for i in plain.free(claim.left) | plain.free(claim.right) if isinstance(i, str)}
    letters |= {i for a, _, b in conditions for i in (a, b) if isinstance(i, str)}
    for places in product(range(1, m + 1), repeat=len(letters)):
        at: dict[Index, int] = dict(zip(sorted(letters), places, strict=True))
        if all((at.get(a, a) == at.get(b, b)) == equal for a, equal, b in conditions):
            yield at


def differs(claim: Claim, point: Point, at: dict[Index, int]) -> bool | None:
    try:
        world = World(point, claim.local)
        return world.value(claim.left, at).get(PLAIN, 0) != world.value(claim.right, at).get(PLAIN, 0)
    except (Undefined, Unlabelled, Irrational, KeyError, OverflowError):
        return None


def is_false(step: Json) -> bool:
    """Tell whether the equation fails at a point that its conditions admit. Raises: Untranslated."""
    claim = claim_of(step)
    for m in (1, 2, 3, 4) if claim.batch is None else (claim.batch,):
        for point in points(m, claim.mode)[: 3 if m > 2 else 5] if m < 6 else ():
            with suppress(IndexError):
                if any(differs(claim, point, at) for at in placements(step, claim, m)):
                    return True
    return False


@cache
def real() -> tuple[Json, ...]:
    texts: list[tuple[str, str, int | None]] = [(form.formula, form.mode, None) for form in CLOSED_FORMS]
    texts += [(f.text, f.mode, None) for f in (*TRUE, *WITH_CAVEAT, *FALSE) if not f.let]
    texts += [(f.text, f.mode, 2) for f in FALSE if not f.let]
    steps = [step for text, mode, batch in texts for step in certificate(text, mode=mode, batch=batch)["steps"]]
    return tuple(step for step in steps if not step["features"])


def paths(value: Json, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    yield path
    if isinstance(value, dict | list):
        for key, inner in value.items() if isinstance(value, dict) else enumerate(value):
            yield from paths(inner, (*path, key))


def at_path(value: Json, path: tuple[str | int, ...]) -> Json:
    for key in path:
        value = value[key]
    return value


STATEMENT = ("left", "right", "conditions", "mode", "batch", "verdict")


def mutated(step: Json, random: Random) -> Json:
    """Return the record with one to three faults: mostly in the statement, and then often with the text that belongs to it."""
    step = copy.deepcopy(step)
    careful = random.random() < 0.75
    for _ in range(random.choice((1, 1, 2, 3))):
        inside = (
            random.choice(STATEMENT[:2] if random.random() < 0.6 else STATEMENT) if careful else random.choice(sorted(step))
        )
        found = [path for path in paths(step[inside], (inside,)) if careful is False or len(path) > 1 or random.random() < 0.2]
        path = random.choice(found or [(inside,)])
        parent, key = at_path(step, path[:-1]), path[-1]
        old = parent[key]
        match random.randrange(7):
            case 0:
                parent[key] = copy.deepcopy(random.choice(LOOSE))
            case 1:
                other = random.choice(list(paths(step[random.choice(STATEMENT[:2])])))
                with suppress(KeyError, IndexError, TypeError):
                    parent[key] = copy.deepcopy(at_path(step[random.choice(STATEMENT[:2])], other))
            case 2 if isinstance(parent, list):
                del parent[key]  # type: ignore[arg-type]
            case 3 if isinstance(parent, list):
                parent.insert(int(key), copy.deepcopy(old))
            case 4 if isinstance(old, str):
                near = {"i": "k", "k": "i", "j": "i", "=": "!=", "!=": "=", "train": "eval", "total": "local", "local": "total"}
                parent[key] = near.get(old, random.choice([*NAMES, "1", "2", "-1", "1/2", "proved", "refuted", "j", "m"]))
            case 5:
                parent[key] = {
                    "times": [old, random.choice([{"num": "-1"}, {"name": "m", "at": []}, {"name": "gamma", "at": []}])]
                }
            case _:
                if isinstance(old, str) and old.lstrip("-").isdigit():
                    parent[key] = str(int(old) + random.choice((-1, 1)))
                else:
                    parent[key] = {"plus": [old, {"num": random.choice(("0", "1"))}]}
    if careful:
        if random.random() < 0.7:
            step["forms"] = None
        with suppress(Exception):
            step = reread(step)
        if random.random() < 0.3 and step["verdict"] == "refuted":
            step.update(verdict="proved", counterexample=None, true_up_to=None)
    return step


@pytest.mark.parametrize("seed", range(8))
def test_no_mutation_makes_it_fail_or_verify_what_is_false(seed: int) -> None:
    random = Random(f"mutations {seed}")
    met = dict.fromkeys(STATES, 0)
    judged = 0
    for _ in range(500):
        step = mutated(random.choice(real()), random)
        step["number"] = 1 if isinstance(step, dict) and step.get("number") else step.get("number")
        state, words = answer(step)
        assert "a fault of this checker" not in words
        met[state] += 1
        if state == "verified" and step["verdict"] == "proved":
            with suppress(Untranslated):
                assert not is_false(step), words
                judged += 1
        if state == "verified" and step["verdict"] == "refuted":
            with suppress(Untranslated):
                assert refuted_there(step) is not False, words
                judged += 1
    assert met["refused"] > 250
    assert met["verified"] > 10
    assert judged > 10


def refuted_there(step: Json) -> bool | None:
    claim, found = claim_of(step), step["counterexample"]
    values = {name: value for name, value in found["values"].items() if name in NAMES}
    arrays = {name: tuple(map(Fraction, v)) for name, v in values.items() if isinstance(v, list)}
    scalars = {name: Fraction(v) for name, v in values.items() if isinstance(v, str)}
    return differs(claim, Point(found["m"], arrays, scalars, claim.mode), dict(found["at"]))


def test_the_judge_knows_true_from_false() -> None:
    """Else the test above would accept anything."""
    true = r"\frac{\partial \hat x_i}{\partial x_k} = -\frac{1}{m s}(1 + \hat x_i \hat x_k), \quad i \neq k"
    assert not is_false(record(true))
    assert is_false({**record(true), "conditions": []})
    assert not is_false(record(r"\frac{\partial \hat x_i}{\partial x_i} = \frac{1}{\sqrt{\sigma^2+\epsilon}}"))
    assert is_false(record("sum_j (x_j - mu)^3 = 0"))
    assert not is_false(record("sum_j (x_j - mu)^3 = 0", batch=2))
    assert refuted_there(record("sum_j (x_j - mu)^3 = 0")) is True
    assert verifier.TOTAL == "total"
