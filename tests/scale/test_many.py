"""check_many: bounded, in order, complete, and the same wherever the answers are made."""

from __future__ import annotations

import os
import signal
from collections import deque
from collections.abc import Iterator
from pathlib import Path

import pytest

from symbn.errors import UsageError
from symbn.scale import Document, Record, Rules, check_many
from symbn.scale.kept import Kept
from symbn.scale.many import MAX_HELD, flow
from symbn.scale.pool import Pool
from symbn.scale.records import failed

TRUE, FALSE = "$\\sum_i \\hat x_i = 0$", "$\\mu = 1$"
NO_CACHE = Kept(None)


class Backwards:
    """An engine that answers the last one first, and keeps count of what it holds."""

    def __init__(self) -> None:
        self.held: deque[int] = deque()
        self.most = 0

    @property
    def full(self) -> bool:
        return False

    @property
    def busy(self) -> bool:
        return bool(self.held)

    def submit(self, number: int, document: Document) -> None:
        self.held.append(number)
        self.most = max(self.most, len(self.held))

    def wait(self) -> list[tuple[int, str]]:
        number = self.held.pop()
        return [(number, failed("test", str(number)))]

    def close(self) -> None:
        self.held.clear()


def counted(number: int, taken: list[int], text: str = "x") -> Iterator[Document]:
    for name in range(number):
        taken.append(name)
        yield Document(name, text)


@pytest.mark.parametrize("ordered", [True, False])
def test_a_slow_caller_slows_the_source_down(ordered: bool) -> None:
    taken: list[int] = []
    engine = Backwards()
    seen = []
    for record in flow(counted(5000, taken), engine, NO_CACHE, Rules(), ordered, 50):
        seen.append(record.id)
        assert len(taken) - len(seen) <= 50
    assert engine.most <= 50
    assert sorted(map(int, seen)) == list(range(5000))
    assert (seen == sorted(map(int, seen))) is ordered


def test_long_texts_are_held_one_at_a_time() -> None:
    taken: list[int] = []
    seen = 0
    for _ in flow(counted(5, taken, "x" * MAX_HELD), Backwards(), NO_CACHE, Rules(), True, 50):
        seen += 1
        assert len(taken) - seen <= 1
    assert seen == 5


def test_worker_processes_are_fed_as_they_answer() -> None:
    taken: list[int] = []
    records = check_many(counted(300, taken, TRUE), jobs=2, ahead=40)
    assert taken == []
    for seen, record in enumerate(records, 1):
        assert len(taken) - seen < 40
        assert record.id == seen - 1
    assert len(taken) == 300


def test_the_records_are_the_same_wherever_they_are_made() -> None:
    documents = [("a", TRUE), ("b", FALSE), ("c", "no formula"), ("d", "$x_i = \\foo$"), ("e", "\ud800 \0 $\\mu=1$")]
    here = list(check_many(documents, jobs=0, repair=True))
    there = list(check_many(documents, jobs=2, repair=True))
    loose = list(check_many(documents, jobs=2, repair=True, ordered=False))
    assert here == there
    assert sorted(record.line for record in loose) == sorted(record.line for record in here)
    assert [record.data["status"] for record in here] == [0, 1, 0, 3, 3]
    assert here[4].data["error"]["code"] == "bad-document"


def test_texts_alone_are_numbered() -> None:
    assert [record.id for record in check_many([TRUE, FALSE], jobs=0)] == [0, 1]


def test_a_caller_who_stops_leaves_no_process_behind() -> None:
    others = children()  # the warm workers of other tests, which stay
    records = check_many([TRUE] * 500, jobs=2)
    next(records)
    pids = children() - others
    assert pids
    records.close()
    assert not pids & children()


def children() -> set[int]:
    """Return the processes that this one has started."""
    found = set()
    for status in Path("/proc").glob("[0-9]*/status"):
        try:
            lines = dict(line.split(":\t", 1) for line in status.read_text().splitlines() if ":\t" in line)
        except OSError:
            continue
        if lines.get("PPid") == str(os.getpid()) and "Z" not in lines["State"]:
            found.add(int(status.parent.name))
    return found


@pytest.mark.parametrize(
    "wrong", [{"jobs": -1}, {"jobs": True}, {"seconds": 0}, {"seconds": -1.0}, {"ahead": 0}, {"mode": "x"}, {"let": ["m"]}]
)
def test_options_that_make_no_sense_are_refused_at_once(wrong: dict[str, object]) -> None:
    with pytest.raises(UsageError):
        check_many([TRUE], **wrong)  # type: ignore[arg-type]


def test_what_is_no_document_is_refused() -> None:
    with pytest.raises(UsageError, match="a pair of a name and a text"):
        list(check_many([b"x"], jobs=0))  # type: ignore[list-item]


# ---------------------------------------------------------------------- kept records


def test_an_answer_that_is_kept_is_not_made_again(tmp_path: Path) -> None:
    documents = [("a", TRUE), ("b", FALSE)]
    first = list(check_many(documents, jobs=0, cache=tmp_path))
    again = list(check_many([("new", TRUE), ("c", FALSE + " "), *documents], jobs=0, cache=tmp_path))
    assert [record.kept for record in first] == [False, False]
    assert [record.kept for record in again] == [True, False, True, True]
    assert again[0].line == first[0].line.replace('"a"', '"new"')
    changed: list[dict[str, object]] = [{"mode": "eval"}, {"repair": True}, {"let": ["mean=u"]}, {"kind": "text"}, {"batch": 2}]
    for others in changed:
        (record,) = check_many([("a", TRUE)], jobs=0, cache=tmp_path, **others)  # type: ignore[arg-type]
        assert not record.kept, others


def test_what_depends_on_the_machine_is_not_kept(tmp_path: Path) -> None:
    engine = Backwards()
    for _ in range(2):
        kept = Kept(tmp_path)
        (record,) = flow(iter([Document("a", TRUE)]), engine, kept, Rules(), True, 5)
        kept.close()
        assert not record.kept


def test_a_damaged_store_is_no_answer(tmp_path: Path) -> None:
    store = Kept(tmp_path)
    key = store.key(Document("a", TRUE), Rules())
    store.store(key, failed("x", "y"))
    assert store.load(key) == failed("x", "y")
    base = store._base
    assert base is not None
    base.execute("update records set body = replace(body, 'y', 'z')")
    assert store.load(key) is None
    store.close()
    (tmp_path / "records.sqlite").write_bytes(b"no database at all, but long enough to be looked at" * 50)
    (record,) = check_many([TRUE], jobs=0, cache=tmp_path)
    assert record.data["counts"]["proved"] == 1
    (tmp_path / "file").write_text("")
    (record,) = check_many([TRUE], jobs=0, cache=tmp_path / "file" / "below")
    assert record.data["counts"]["proved"] == 1


def test_the_store_does_not_grow_for_ever(tmp_path: Path) -> None:
    store = Kept(tmp_path, limit=10)
    keys = [store.key(Document(0, str(number)), Rules()) for number in range(20)]
    for key in keys:
        store.store(key, failed("x", key))
    store.close()
    store = Kept(tmp_path, limit=10)
    assert [key for key in keys if store.load(key) is not None] == keys[10:]
    store.close()


# ---------------------------------------------------------------------- poison


def run(pool: Pool, documents: list[Document]) -> dict[str | int, Record]:
    try:
        return {record.id: record for record in flow(iter(documents), pool, NO_CACHE, Rules(), True, 100)}
    finally:
        pool.close()


def test_what_takes_too_long_or_too_much_costs_itself_only() -> None:
    hard = "$\\mu = \\mu$ " * 400_000
    documents = [("a", TRUE), ("hard", hard), *((str(number), TRUE) for number in range(40)), ("hard too", hard), ("z", TRUE)]
    for limits, code in (({"seconds": 1.0, "memory": 2048}, "time"), ({"seconds": 60.0, "memory": 120}, "memory")):
        records = {record.id: record.data for record in check_many(documents, jobs=2, **limits)}  # type: ignore[arg-type]
        assert list(records) == [name for name, _ in documents]
        for name, data in records.items():
            if "hard" in str(name):
                assert (data["error"]["code"], data["status"]) == (code, 3)
            else:
                assert (data["error"], data["counts"]["proved"]) == (None, 1)


def test_a_document_that_ends_its_process_is_tried_again_and_then_given_up() -> None:
    pool = Pool(Rules(), 2, tries=3, program="tests.scale.poisoned")
    texts = [TRUE, "poison", TRUE, *[FALSE] * 30, "poison", TRUE]
    records = run(pool, [Document(number, text) for number, text in enumerate(texts)])
    assert list(records) == list(range(len(texts)))
    for number, text in enumerate(texts):
        data = records[number].data
        assert data["status"] == {TRUE: 0, FALSE: 1, "poison": 3}[text]
        assert (data["error"] or {}).get("code") == ("lost" if text == "poison" else None)
    assert "SIGKILL" in records[1].data["error"]["message"]


def test_a_worker_that_is_killed_from_outside_loses_nothing() -> None:
    pool = Pool(Rules(), 2)
    documents = [Document(number, TRUE.replace("=", f" {number + 1} =")) for number in range(400)]
    seen = []
    for record in flow(iter(documents), pool, NO_CACHE, Rules(), True, 100):
        seen.append(record)
        if record.id in (50, 150, 250):
            os.kill(pool.pids[0], signal.SIGKILL)
    pool.close()
    assert [record.id for record in seen] == list(range(400))
    assert {(record.data["counts"]["proved"], record.data["error"]) for record in seen} == {(1, None)}
