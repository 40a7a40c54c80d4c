"""grade: a pure function from a text to JSON, whatever the text is and wherever it is called."""

from __future__ import annotations

import json
import multiprocessing
import os
import signal
import sys
import threading
from time import monotonic

import pytest

from symbn.document.read import KINDS
from symbn.errors import UsageError
from symbn.scale import check_many, grade, grading
from symbn.scale.asking import Worker, WorkerError
from symbn.scale.records import Rules
from tests.test_vandals import CODE, SHOWN, WITNESS, documents

TRUE = "$\\sum_i \\hat x_i = 0$"
HARD = "$\\mu = \\mu$ " * 400_000


def test_the_record_has_counts_and_a_code_for_each_step() -> None:
    text = f"{TRUE} and $\\frac{{\\partial L}}{{\\partial\\beta}} = -\\sum_j g_j$ and $x_i = \\foo$"
    found = json.loads(grade(text, repair=True))
    assert [step["code"] for step in found["steps"]] == ["proved", "wrong-sign", found["steps"][2]["diagnostics"][0]["code"]]
    assert {name: number for name, number in found["counts"].items() if number} == {
        "steps": 3, "proved": 1, "refuted": 1, "unreadable": 1,
    }  # fmt: skip
    caveat = json.loads(grade("$\\frac{\\partial \\hat x_i}{\\partial x_i} = 1/s$"))["counts"]
    assert (caveat["proved"], caveat["caveats"]) == (1, 1)


def test_the_same_text_gets_the_same_line() -> None:
    first = grade(TRUE + "$\\mu = 1$")
    grade("$\\sigma^2 = 3$")
    assert grade(TRUE + "$\\mu = 1$") == first
    _kill_own_worker()
    assert grade(TRUE + "$\\mu = 1$") == first
    assert "milliseconds" not in first
    assert "milliseconds" in grade(TRUE, times=True)


def _kill_own_worker() -> None:
    worker = grading._OWN.worker
    assert worker is not None
    os.kill(worker.pid, signal.SIGKILL)


def test_options_reach_the_text() -> None:
    assert json.loads(grade("$u = \\mu$", let=["mean=u"]))["counts"]["proved"] == 1
    assert json.loads(grade("$\\frac{\\partial L}{\\partial x_i} = \\gamma g_i / s$", mode="eval"))["counts"]["proved"] == 1
    assert json.loads(grade("\\[\\mu = 1\\]", kind="latex"))["counts"]["refuted"] == 1
    assert json.loads(grade("x", kind="nonsense"))["error"]["code"] == "bad-document"
    with pytest.raises(UsageError):
        grade(TRUE, mode="sleep")
    with pytest.raises(UsageError):
        grade(TRUE, seconds=0)


def test_a_text_that_takes_too_long_is_an_error_in_time_and_the_next_one_is_answered() -> None:
    grade(TRUE, seconds=1.0)
    start = monotonic()
    found = json.loads(grade(HARD, seconds=1.0))
    assert monotonic() - start < 4
    assert (found["error"]["code"], found["status"], found["steps"]) == ("time", 3, [])
    assert json.loads(grade(TRUE, seconds=1.0))["counts"]["proved"] == 1


def test_what_has_no_time_left_is_undecided_and_says_so() -> None:
    """Half of a short time is for the last equation, so that the others get their answers."""
    texts = [f"$\\sum_i \\hat x_i^{n} (x_i - \\mu)^{n} = {n}$" for n in range(2, 40)]
    found = json.loads(grade("\n\n".join(texts), seconds=4.0))
    if found["error"] is None:
        assert found["counts"]["steps"] == len(texts)
    else:
        assert found["error"]["code"] == "time"


def test_a_text_that_wants_too_much_memory_is_an_error() -> None:
    assert json.loads(grade(HARD, seconds=60, memory=120))["error"]["code"] == "memory"
    assert json.loads(grade(TRUE, seconds=60, memory=120))["counts"]["proved"] == 1


def test_where_no_worker_can_start_that_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    grade(TRUE)
    monkeypatch.setattr(sys, "executable", "/bin/false")
    assert json.loads(grade(TRUE))["error"] is None  # by the one that has started
    for _ in range(2):
        with pytest.raises(WorkerError, match="no worker process can start here: it ended with status 1"):
            grade(TRUE, seconds=7)
    with pytest.raises(WorkerError):
        list(check_many([TRUE]))
    monkeypatch.setattr(sys, "executable", "/no/such/python")
    with pytest.raises(WorkerError, match="No such file"):
        grade(TRUE, seconds=7)


@pytest.mark.parametrize("words", [*CODE, *SHOWN])
def test_untrusted_text_is_only_read(words: str, tmp_path: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(str(tmp_path))
    for kind in KINDS:
        line = grade(documents(words)[kind], kind=kind)
        assert line.isprintable()
        assert "root:x:" not in line
        assert "bug in symbn" not in line
        assert json.loads(line)["schema"] == 1
    assert WITNESS not in os.listdir(str(tmp_path))


def test_nothing_of_the_current_folder_is_taken_for_a_module(tmp_path: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(str(tmp_path))
    for name in ("json.py", "symbn.py", "signal.py"):
        with open(name, "w") as stream:
            stream.write(f"open({WITNESS!r}, 'w')")
    worker = Worker(Rules())
    worker.receive()
    assert worker.take() == []
    assert worker.started
    worker.end()
    assert WITNESS not in os.listdir(str(tmp_path))


# ---------------------------------------------------------------------- where it is called


def test_every_thread_has_its_own_worker() -> None:
    found: list[str] = []
    pids: set[int] = set()

    def call(number: int) -> None:
        for _ in range(5):
            found.append(grade(f"$\\sum_i {number} \\hat x_i = 0$"))
        assert grading._OWN.worker is not None
        pids.add(grading._OWN.worker.pid)

    threads = [threading.Thread(target=call, args=(number,)) for number in range(1, 4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(pids) == 3
    assert sorted(json.loads(line)["steps"][0]["lhs"] for line in found) == sorted(
        f"\\sum_i {number} \\hat x_i" for number in (1, 2, 3) for _ in range(5)
    )


def _in_child(queue: multiprocessing.Queue[str]) -> None:
    queue.put(grade(TRUE))


@pytest.mark.parametrize("method", ["fork", "spawn"])
def test_a_daemonic_process_can_grade_too(method: str) -> None:
    """Such a process may have no children of multiprocessing's; ours is none of those."""
    mine = grade(TRUE)
    context = multiprocessing.get_context(method)
    queue: multiprocessing.Queue[str] = context.Queue()
    child = context.Process(target=_in_child, args=(queue,), daemon=True)  # type: ignore[attr-defined]
    child.start()
    assert queue.get(timeout=60) == mine
    child.join()
    assert grade(TRUE) == mine


def test_a_worker_ends_with_the_one_who_asked() -> None:
    read, write = os.pipe()
    if (pid := os.fork()) == 0:
        try:
            worker = Worker(Rules())
            worker.receive()
            os.write(write, str(worker.pid).encode())
        finally:
            os.kill(os.getpid(), signal.SIGKILL)
    os.waitpid(pid, 0)
    orphan = int(os.read(read, 100))
    os.close(read)
    os.close(write)
    start = monotonic()
    while monotonic() - start < 20 and _alive(orphan):
        pass
    assert not _alive(orphan)


def _alive(pid: int) -> bool:
    try:
        with open(f"/proc/{pid}/stat") as stream:
            return stream.read().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False
