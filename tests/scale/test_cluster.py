"""Dask: the same records, none lost and none twice, whatever happens to its workers."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from symbn.scale import Document, Record, Rules, check_many
from symbn.scale.cluster import ClusterError, OnCluster, answer_task
from symbn.scale.worker import line_of_documents, line_of_rules
from tests.test_check_command import run

pytest.importorskip("distributed")

TRUE, FALSE = "$\\sum_i \\hat x_i = 0$", "$\\mu = 1$"


@pytest.fixture(scope="module")
def client() -> Iterator[Any]:
    import dask
    from distributed import Client, LocalCluster

    with (
        dask.config.set({"distributed.scheduler.allowed-failures": 1}),
        LocalCluster(n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None) as cluster,
        Client(cluster) as found,
    ):
        yield found


def numbered(count: int) -> list[tuple[int, str]]:
    return [(number, f"$\\sum_i {number} \\hat x_i = {number % 3 - 1}$") for number in range(count)]


def test_the_records_are_those_of_this_machine(client: Any) -> None:
    documents = [("a", TRUE), ("b", FALSE), ("c", "$x_i = \\foo$"), ("d", "\0"), ("a", TRUE)]
    here = list(check_many(documents, jobs=0))
    assert list(check_many(documents, client)) == here
    assert list(check_many(documents, client.scheduler.address)) == here
    assert sorted(r.line for r in check_many(documents, client, ordered=False)) == sorted(r.line for r in here)


def test_only_so_many_are_under_way(client: Any) -> None:
    taken: list[int] = []

    def source() -> Iterator[tuple[int, str]]:
        for number, text in numbered(300):
            taken.append(number)
            yield number, text

    for seen, record in enumerate(check_many(source(), client, ahead=40)):
        assert record.id == seen
        assert len(taken) - seen <= 40


def test_a_killed_worker_loses_nothing_and_doubles_nothing(client: Any) -> None:
    records: list[Record] = []
    for record in check_many(numbered(600), client, ahead=100):
        records.append(record)
        if record.id in (100, 300):
            os.kill(next(iter(client.run(os.getpid).values())), signal.SIGKILL)
    assert [record.id for record in records] == list(range(600))
    assert {record.data["error"] for record in records} == {None}
    assert [record.data["counts"]["proved"] for record in records] == [int(number % 3 == 1) for number in range(600)]


def deadly(version: str, rules: bytes, documents: bytes) -> list[str]:
    """Answer a task, unless there is poison in it, which ends the worker of Dask itself."""
    if b"poison" in documents:
        os.kill(os.getpid(), signal.SIGKILL)
    return answer_task(version, rules, documents)


def test_what_ends_every_worker_of_dask_gets_an_error_and_the_others_their_answers(
    client: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("symbn.scale.cluster.answer_task", deadly)
    documents: list[tuple[str | int, str]] = [
        *numbered(40),
        ("bad", "poison"),
        *[(number + 40, text) for number, text in numbered(40)],
    ]
    records = {record.id: record.data for record in check_many(documents, client)}
    assert list(records) == [name for name, _ in documents]
    assert records.pop("bad")["error"]["code"] == "lost"
    assert {(data["error"], data["counts"]["steps"]) for data in records.values()} == {(None, 1)}


def test_what_takes_too_long_costs_no_worker_of_dask(client: Any) -> None:
    before = client.run(os.getpid)
    documents = [("a", TRUE), ("hard", "$\\mu = \\mu$ " * 300_000), ("b", TRUE)]
    a, hard, b = (record.data for record in check_many(documents, client, seconds=1.0))
    assert hard["error"]["code"] == "time"
    assert a["counts"] == b["counts"]
    assert client.run(os.getpid) == before


def test_records_are_kept_where_the_question_was_asked(client: Any, tmp_path: Path) -> None:
    assert not any(record.kept for record in check_many(numbered(20), client, cache=tmp_path))
    assert all(record.kept for record in check_many(numbered(20), jobs=0, cache=tmp_path))


def test_another_version_on_a_worker_is_refused() -> None:
    line = line_of_documents([Document("a", TRUE)])
    with pytest.raises(ClusterError, match=r"symbn 0\.0\.1 asks"):
        answer_task("0.0.1", line_of_rules(Rules()), line)


def test_a_scheduler_that_is_not_there_is_said_to_be() -> None:
    import dask

    with dask.config.set({"distributed.comm.timeouts.connect": "1s"}), pytest.raises(ClusterError, match="no Dask scheduler"):
        OnCluster("tcp://127.0.0.1:9", Rules())


def test_a_caller_who_stops_leaves_no_task(client: Any) -> None:
    records = check_many(numbered(500), client)
    next(records)
    records.close()
    assert client.futures == {} or all(state.status == "cancelled" for state in client.futures.values())


def test_the_command_line_asks_a_scheduler(client: Any) -> None:
    lines = "".join(json.dumps({"id": name, "text": text}) + "\n" for name, text in numbered(30))
    done = run("check", "--no-cache", "--input-format", "jsonl", "-", "--dask", client.scheduler.address, stdin=lines)
    records = [json.loads(line) for line in done.stdout.splitlines()]
    assert [record["id"] for record in records] == list(range(30))
    assert (sum(record["counts"]["proved"] for record in records), done.returncode) == (10, 1)
