"""Files that are made to break the checker: a reason and one of the four statuses, never a traceback, never a hang."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from random import Random
from time import monotonic

import pytest

from scripts import verify_certificate as verifier
from tests.certificates.verifying import Json, answer, certificate, record, reread, run


def whole(**changes: object) -> Json:
    return {**certificate("mu = mu"), **changes}


def step(**changes: object) -> Json:
    return whole(steps=[{**record("mu = mu"), "forms": None, **changes}])


def text(old: str, new: str) -> bytes:
    """Return a certificate in which a piece of text is replaced."""
    written = json.dumps(certificate("mu = mu"))
    assert old in written
    return written.replace(old, new, 1).encode()


UNUSABLE = {
    "nothing": b"",
    "no JSON": b"{",
    "no UTF-8": b'{"format": "\xff"}',
    "a byte order mark and nothing": b"\xef\xbb\xbf",
    "no object": b"[]",
    "deep lists": b"[" * 200_000,
    "deep objects": b'{"a":' * 200_000 + b"1" + b"}" * 200_000,
    "a key twice": text('"version": 1', '"version": 1, "version": 1'),
    "a key twice, deep inside": text('"name": "mu"', '"name": "mu", "name": "s"'),
    "not a number": text('"version": 1', '"version": NaN'),
    "infinity": text('"version": 1', '"version": -Infinity'),
    "no whole number": text('"version": 1', '"version": 1.0'),
    "a number with an exponent": text('"version": 1', '"version": 1e9999'),
    "a long number": text('"number": 1', '"number": ' + "9" * 100_000),
    "another version": json.dumps(whole(version=2)).encode(),
    "a truth value for a version": json.dumps(whole(version=True)).encode(),
    "another format": json.dumps(whole(format="certificate")).encode(),
    "an unknown field": json.dumps(whole(trust="me")).encode(),
    "a missing field": json.dumps({k: v for k, v in whole().items() if k != "left_out"}).encode(),
    "no list of steps": json.dumps(whole(steps={})).encode(),
    "a million steps": json.dumps(whole(steps=[0] * 1_000_000)).encode(),
    "what is left out is no text": json.dumps(whole(left_out=[{"source": None, "verdict": 1, "reason": 2}])).encode(),
}


@pytest.mark.parametrize("what", UNUSABLE)
def test_a_file_that_cannot_be_used_is_status_2_and_one_line(what: str) -> None:
    done = run(UNUSABLE[what])
    assert (done.returncode, done.stderr) == (2, ""), done.stdout[-500:]
    assert done.stdout.startswith("unusable: -: ")
    assert done.stdout.count("\n") == 1


def test_a_file_that_is_not_there_is_status_2(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert verifier.main([str(tmp_path / "none")]) == 2
    assert verifier.main([str(tmp_path)]) == 2
    assert verifier.main(["a\0b"]) == 2
    assert verifier.main([]) == 2
    assert verifier.main(["--all"]) == 2
    assert verifier.main(["--help"]) == 0
    assert "Traceback" not in capsys.readouterr().out


def deep(tree: Json, levels: int) -> Json:
    for _ in range(levels):
        tree = {"plus": [tree]}
    return tree


def tower(levels: int) -> Json:
    """Return ((2^64)^64)^64..."""
    tree: Json = {"num": "2"}
    for _ in range(levels):
        tree = {"power": tree, "to": "64"}
    return tree


def sums(levels: int) -> Json:
    tree: Json = {"times": [{"name": "x", "at": [f"j{n}"]} for n in range(levels)]}
    for n in range(levels):
        tree = {"sum": f"j{n}", "but": [], "of": tree}
    return tree


def polynomial(terms: int, to: str) -> Json:
    return {"power": {"plus": [{"name": "abcefghijk"[n] * 2, "at": []} for n in range(terms)]}, "to": to}


def derivatives(levels: int) -> Json:
    tree: Json = {"name": "s", "at": []}
    for _ in range(levels):
        tree = {"derivative": tree, "by": {"name": "x", "at": [1]}, "kind": "total"}
    return tree


LETTERS = [f"i{n}" for n in range(12)]
MU: Json = {"name": "mu", "at": []}
HOSTILE: dict[str, Callable[[], Json]] = {
    "no object": lambda: whole(steps=[[]]),
    "an unknown field": lambda: step(trust="me"),
    "a deep tree": lambda: step(left=deep({"name": "s", "at": []}, 99), right=MU),
    "too deep a tree": lambda: step(left=deep(MU, 150)),
    "a wide tree": lambda: step(left={"plus": [MU] * 9_999}, right={"times": [{"num": "9999"}, MU]}),
    "too wide a tree": lambda: step(left={"plus": [MU] * 1_000_000}),
    "a tower of powers": lambda: step(left=tower(5), right=tower(5)),
    "a tower of powers at a point": lambda: whole(steps=[{**record("mu = 0"), "left": tower(5)}]),
    "many sums in one another": lambda: step(left=sums(9), right=sums(9)),
    "many sums in one another, written out": lambda: step(left=sums(7), right=MU, batch=12),
    "a long polynomial": lambda: step(left=polynomial(10, "64"), right=polynomial(10, "64")),
    "a long quotient": lambda: step(left=polynomial(10, "-64"), right=polynomial(9, "-64")),
    "many derivatives": lambda: step(left=derivatives(12), right=derivatives(12)),
    "many indices": lambda: step(left={"times": [{"name": "x", "at": [i]} for i in LETTERS]}, right=MU),
    "the root of a large number": lambda: step(left={"power": {"num": "9" * 2000}, "to": "1/2"}),
    "a large number": lambda: step(left={"num": "9" * 3000}),
    "a large exponent": lambda: step(left={"power": MU, "to": "100000000000"}),
    "a large index": lambda: step(left={"name": "x", "at": [10**11]}),
    "the last index": lambda: step(left={"name": "x", "at": [4096]}, right={"name": "x", "at": [4096]}),
    "index 0": lambda: step(left={"name": "x", "at": [0]}),
    "a truth value for an index": lambda: step(left={"name": "x", "at": [True]}),
    "a truth value for a batch": lambda: step(batch=True),
    "a batch of 10^11": lambda: step(batch=10**11),
    "a number for a text": lambda: step(left={"num": 1}),
    "a division by 0 in a number": lambda: step(left={"num": "1/0"}),
    "digits of another script": lambda: step(left={"num": "\u0663"}),
    "a letter that looks like another": lambda: step(left={"name": "\u0445", "at": ["i"]}),
    "a name with an escape": lambda: step(left={"name": "mu\u001b[31m", "at": []}),
    "a name that closes a bracket": lambda: step(left={"name": "mu) = mu", "at": []}),
    "two kinds of tree at once": lambda: step(left={"num": "1", "name": "mu", "at": []}),
    "an index that is a list": lambda: step(left={"name": "x", "at": [["i"]]}),
    "an axis in an axis": lambda: step(left={"name": "x", "at": [{"feature": {"feature": "i"}}]}),
    "a million values": lambda: point(values={"x": ["0"] * 1_000_000}, m=1_000_000),
    "values in lists in lists": lambda: point(values={"x": [[["0"]]]}),
    "a million entries in a normal form": lambda: step(forms={"generators": [], "left": 1, "right": [0] * 10**6}),
    "a normal form of nothing": lambda: step(forms={"generators": [], "left": {}, "right": {}}),
    "a generator that is not there": lambda: step(
        forms={"generators": [], **{side: {"top": [["1", [[0, "1"]]]], "bottom": [["1", []]]} for side in ("left", "right")}}
    ),
    "a caveat that is no text": lambda: step(caveats=[[]]),
    "a place that is no text": lambda: step(source={"text": "a", "file": 3, "line": 1, "column": 1}),
    "given values in a circle": lambda: step(
        given=[[{"name": n, "at": []}, {"name": "gamma", "at": []}] for n in ("gamma", "beta")]
    ),
}


def point(**changes: object) -> Json:
    (only,) = certificate("mu = 0")["steps"]
    return whole(steps=[{**only, "counterexample": {**only["counterexample"], **changes}}])


@pytest.mark.parametrize("what", HOSTILE)
def test_a_hostile_step_gets_a_reason_in_time(what: str) -> None:
    made = HOSTILE[what]()
    start = monotonic()
    done = run(made)
    assert monotonic() - start < 60
    assert done.stderr == ""
    state = done.stdout.split(":")[0]
    assert "a fault of this checker" not in done.stdout
    assert state in ("refused", "not checked"), done.stdout[:500]
    assert done.returncode == (1 if state == "refused" else 3)


def test_a_deep_and_a_wide_tree_are_no_trouble_by_themselves() -> None:
    for left, right in ((deep(MU, 99), MU), ({"plus": [MU] * 9_999}, {"times": [{"num": "9999"}, MU]})):
        state, words = answer(reread(step(left=left, right=right)["steps"][0]))
        assert state == "verified", words[-300:]


def test_a_hostile_statement_with_its_own_text_is_not_verified_by_exhaustion(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verifier, "MAX_WORK", 100_000)
    for what in ("a tower of powers", "many sums in one another, written out", "a long quotient", "many indices"):
        made = HOSTILE[what]()["steps"][0]
        start = monotonic()
        state, words = answer(reread(made))
        assert state in ("not checked", "refused"), (what, words)
        assert monotonic() - start < 60


def test_nothing_that_a_terminal_obeys_is_printed() -> None:
    evil = "a\u001b]0;owned\u0007\u202e\u2028\rverified: all\n"
    made = step(source={"text": evil, "file": evil, "line": 1, "column": 1}, caveats=[evil], verdict=evil)
    made["left_out"] = [{"source": {"text": evil, "file": None, "line": 1, "column": 1}, "verdict": "x", "reason": evil}]
    done = run(made)
    assert done.returncode == 1
    assert all(c.isprintable() or c == "\n" for c in done.stdout)
    assert sum(line.startswith("verified:") for line in done.stdout.splitlines()) == 0


def test_a_certificate_without_steps_verifies_nothing() -> None:
    done = run(whole(steps=[]))
    assert done.returncode == 3
    assert "0 of 0 steps verified" in done.stdout


def test_mutated_bytes_end_in_a_documented_status(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    random = Random("bytes")
    data = json.dumps(certificate("dL/dbeta = sum_j g_j", "mu = 0")).encode()
    file = tmp_path / "file"
    for _ in range(400):
        changed = bytearray(data)
        for _ in range(random.choice((1, 1, 3, 20))):
            place = random.randrange(len(changed))
            match random.randrange(3):
                case 0:
                    changed[place] = random.randrange(256)
                case 1:
                    del changed[place : place + random.choice((1, 5, 50))]
                case _:
                    changed[place:place] = changed[random.randrange(len(changed)) :][: random.choice((1, 10, 100))]
        file.write_bytes(changed)
        assert verifier.run(str(file)) in (0, 1, 2, 3)
        said = capsys.readouterr()
        assert said.err == ""
        assert all(
            line.split(":")[0] in ("verified", "refused", "not checked", "unusable")
            or line.startswith("    ")
            or "steps verified" in line
            for line in said.out.splitlines()
        )
