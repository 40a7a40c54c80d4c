"""`symbn check --format jsonl` as a user meets it: a record for each document, as soon as it is known."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from time import monotonic, sleep

import pytest

from symbn import cli
from symbn.cli.progress import Pace
from symbn.document.read import MAX_BYTES
from symbn.scale import documents
from symbn.scale.documents import from_lines
from tests.test_check_command import BAD, FALSE, TRUE, run

OPEN_STEP = "$$\\frac{\\partial^2 L}{\\partial x_i \\partial x_k} = 0$$\n"


def lines_of(records: list[object]) -> str:
    return "".join(f"{json.dumps(record)}\n" for record in records)


@pytest.fixture
def docs(tmp_path: Path) -> Path:
    folder = tmp_path / "docs"
    folder.mkdir()
    for name, text in (("a.md", TRUE), ("b.md", TRUE + FALSE), ("c.md", BAD), ("d.tex", "nothing")):
        (folder / name).write_text(text, "utf-8")
    return folder


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_a_line_is_a_document(docs: Path, jobs: str) -> None:
    done = run("check", "--no-cache", "--format", "jsonl", "--jobs", jobs, str(docs))
    records = [json.loads(line) for line in done.stdout.splitlines()]
    assert [Path(record["id"]).name for record in records] == ["a.md", "b.md", "c.md", "d.tex"]
    assert [[step["verdict"] for step in record["steps"]] for record in records] == [
        ["proved"], ["proved", "refuted"], ["unreadable"], [],
    ]  # fmt: skip
    assert [record["status"] for record in records] == [0, 1, 3, 0]
    assert records[1]["steps"][1]["code"] == "wrong-sign"
    assert records[1]["counts"] == {
        "steps": 2, "proved": 1, "caveats": 0, "refuted": 1, "undecided": 0, "unreadable": 0, "assumed": 0, "as_expected": 0,
        "unexpected": 0,
    }  # fmt: skip
    assert done.returncode == 1
    assert done.stderr.startswith("4 documents, 4 steps: 2 proved, 1 refuted, 1 unreadable; ")


def test_the_same_verdicts_as_with_the_other_formats(docs: Path) -> None:
    steps = [json.loads(line) for line in run("check", "--no-cache", "--json", str(docs)).stdout.splitlines()]
    records = [json.loads(line) for line in run("check", "--no-cache", "--format", "jsonl", str(docs)).stdout.splitlines()]
    found = [step | {"file": record["id"], "schema": 1} for record in records for step in record["steps"]]
    for step in steps:
        del step["milliseconds"]
    for step in found:
        del step["code"]
    assert found == steps


@pytest.mark.parametrize(("text", "status"), [(TRUE, 0), (TRUE + FALSE, 1), (OPEN_STEP, 3), ("no formula", 0)])
def test_exit_statuses(text: str, status: int) -> None:
    assert run("check", "--no-cache", "--format", "jsonl", "-", stdin=text).returncode == status


def test_lines_of_json_go_in_and_bad_ones_stop_nothing() -> None:
    given = lines_of([{"id": "a", "text": TRUE}, {"text": FALSE, "kind": "text", "label": 7}]) + "\n{\n"
    given += lines_of(
        [[1], {"id": "e"}, {"id": [1], "text": ""}, {"id": 7, "text": TRUE, "kind": "nope"}, {"text": "$\ud800=1$"}]
    )
    done = run("check", "--no-cache", "--input-format", "jsonl", "-", stdin=given)
    records = [json.loads(line) for line in done.stdout.splitlines()]
    assert [record["id"] for record in records] == ["a", 2, 4, 5, "e", 7, 7, 9]
    codes = [record["error"]["code"] if record["error"] else None for record in records]
    assert codes == [None, None, "bad-line", "bad-line", "bad-line", "bad-line", "bad-document", None]
    assert done.returncode == 1
    assert "; 5 documents with an error; " in done.stderr
    assert "Traceback" not in done.stderr


def test_a_line_without_end_is_not_held(monkeypatch: pytest.MonkeyPatch) -> None:
    assert MAX_BYTES > 1000
    monkeypatch.setattr(documents, "MAX_BYTES", 100)
    stream = BytesIO(b'{"text": "' + b"x" * 1000 + b'"}\n{"text": "y"}\n' + b"z" * 500)
    assert [(found.id, found.fault is not None) for found in from_lines(stream)] == [(1, True), (2, False), (3, True)]


def test_notation_reaches_every_line(tmp_path: Path) -> None:
    (tmp_path / "n.toml").write_text("mean = 'u'\n", "utf-8")
    line = lines_of([{"text": "$\\frac{\\partial u}{\\partial x_i} = \\frac1m$"}])
    command = ["check", "--no-cache", "--input-format", "jsonl", "-"]
    assert run(*command, stdin=line).returncode == 3
    assert run(*command, "--notation", str(tmp_path / "n.toml"), stdin=line).returncode == 0
    assert run(*command, "--let", "mean=u", stdin=line).returncode == 0
    assert run(*command, "--notation", str(tmp_path), stdin=line).returncode == 2


def test_a_notation_folder_has_a_file_for_each_document(tmp_path: Path, docs: Path) -> None:
    (tmp_path / "n").mkdir()
    (tmp_path / "n" / "a.toml").write_text("meen = 'u'\n", "utf-8")
    (tmp_path / "n" / "b.toml").write_text("= \n", "utf-8")
    done = run("check", "--no-cache", "--format", "jsonl", "--notation", str(tmp_path / "n"), str(docs))
    errors = [json.loads(line)["error"] for line in done.stdout.splitlines()]
    assert [error and error["code"] for error in errors] == ["bad-notation", "bad-notation", None, None]


@pytest.mark.parametrize(
    "arguments",
    [
        ["--input-format", "jsonl", "--format", "text"], ["--input-format", "jsonl", "--format", "json"],
        ["--dask", "tcp://127.0.0.1:1", "--format", "sarif"], ["--input-format", "csv"],
        ["--format", "jsonl", "--numeric"],
    ],
)  # fmt: skip
def test_options_that_do_not_go_together_are_usage_errors(arguments: list[str]) -> None:
    done = run("check", "-", *arguments, stdin=TRUE)
    assert (done.returncode, done.stdout) == (2, "")


def test_a_file_of_lines_has_to_exist(tmp_path: Path) -> None:
    done = run("check", "--input-format", "jsonl", str(tmp_path / "none.jsonl"))
    assert (done.returncode, done.stdout) == (2, "")


def test_a_document_that_hangs_is_a_record(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("$\\mu = \\mu$ " * 400_000, "utf-8")
    (tmp_path / "b.md").write_text(TRUE, "utf-8")
    done = run("check", "--no-cache", "--format", "jsonl", "--time-limit", "1", str(tmp_path))
    hanging, good = (json.loads(line) for line in done.stdout.splitlines())
    assert (hanging["error"]["code"], hanging["status"], done.returncode) == ("time", 3, 3)
    assert good["counts"]["proved"] == 1


# ---------------------------------------------------------------------- going on


def equations(number: int) -> list[object]:
    return [{"id": n, "text": f"$\\sum_i {n} \\hat x_i = 0$"} for n in range(1, number + 1)]


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_an_interrupted_run_goes_on_where_it_was(tmp_path: Path, number: signal.Signals) -> None:
    (tmp_path / "in.jsonl").write_text(lines_of(equations(400)), "utf-8")
    out, part = tmp_path / "out.jsonl", tmp_path / "out.jsonl.part"
    command = [sys.executable, "-m", "symbn", "check", "--input-format", "jsonl", str(tmp_path / "in.jsonl"), "--jobs", "2"]
    command += ["-o", str(out), "--cache", str(tmp_path / "cache")]
    running = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, preexec_fn=_hearing)
    try:
        until(lambda: part.exists() and len(part.read_bytes().splitlines()) >= 60)
    finally:
        running.send_signal(number)
        running.communicate(timeout=60)
    assert running.returncode != 0
    assert not out.exists()
    whole = part.read_text("utf-8")
    known = len(whole[: whole.rfind("\n") + 1].splitlines())
    assert 60 <= known < 400
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True)
    kept = re.search(r"; (\d+) documents from the cache; ", done.stderr)
    assert kept is not None
    assert known <= int(kept[1]) <= known + 300  # and those that were known, but had not had their turn
    assert not part.exists()
    records = [json.loads(line) for line in out.read_text("utf-8").splitlines()]
    assert [record["id"] for record in records] == list(range(1, 401))
    assert all(record["counts"]["proved"] == 1 for record in records)
    assert out.read_text("utf-8").startswith(whole[: whole.rfind("\n") + 1])
    again = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True)
    assert "; 400 documents from the cache; " in again.stderr


def _hearing() -> None:
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def until(met: Callable[[], bool]) -> None:
    start = monotonic()
    while not met():
        assert monotonic() - start < 120, "it did not begin"
        sleep(0.02)


def test_a_file_that_is_there_stays_until_the_new_one_is_whole(tmp_path: Path, docs: Path) -> None:
    out = tmp_path / "out.jsonl"
    out.write_text("old", "utf-8")
    assert (
        run("check", "--no-cache", "--input-format", "jsonl", "-", "-o", str(tmp_path / "no" / "out"), stdin="").returncode == 2
    )
    assert run("check", "--no-cache", "--format", "jsonl", str(docs), "-o", str(out)).returncode == 1
    assert len(out.read_text("utf-8").splitlines()) == 4
    done = run("check", "--no-cache", "--format", "jsonl", str(docs), "-o", "/dev/stdout")
    assert len(done.stdout.splitlines()) == 4


def test_records_come_while_others_are_awaited(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "symbn", "check", "--no-cache", "--input-format", "jsonl", "-"]
    running = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    assert running.stdin is not None
    assert running.stdout is not None
    for number in range(300):  # more than may be under way
        running.stdin.write(json.dumps({"id": number, "text": "no formula"}) + "\n")
    running.stdin.flush()
    assert json.loads(running.stdout.readline())["id"] == 0
    out, _ = running.communicate("", timeout=60)
    assert len(out.splitlines()) == 299


# ---------------------------------------------------------------------- what is seen


def test_the_pace_is_in_documents_and_steps() -> None:
    assert Pace(10.0).said(30, 90, 25.0) == "2.0 documents/s, 6.0 steps/s"
    assert Pace(10.0).said(30, 90, 25.0, whole=True) == "15.0 s, 2.0 documents/s, 6.0 steps/s"
    assert Pace(10.0).said(0, 0, 10.0) == "0.0 documents/s, 0.0 steps/s"


def test_who_watches_sees_a_rate_and_what_is_left(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, docs: Path
) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")  # rich writes to what it takes for a terminal
    monkeypatch.setenv("COLUMNS", "120")
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    cli.main(["check", "--no-cache", "--format", "jsonl", str(docs)])
    out, shown = capsys.readouterr()
    assert [Path(json.loads(line)["id"]).name for line in out.splitlines()] == ["a.md", "b.md", "c.md", "d.tex"]
    shown, _, summary = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", shown).partition("4 documents, ")
    assert re.search(r"[\d.]+ documents/s, [\d.]+ steps/s", shown)
    assert "/4" in shown
    assert "left:" in shown
    assert summary.startswith("4 steps: 2 proved, ")


def test_control_characters_of_a_document_stay_escapes(tmp_path: Path) -> None:
    given = lines_of([{"id": "\x1b[31m\u202e", "text": "$x_i = \x1b]0;owned\x07\u202e$"}])
    done = run("check", "--no-cache", "--input-format", "jsonl", "-", stdin=given)
    assert not {c for c in done.stdout + done.stderr if not c.isprintable() and c != "\n"}
    assert json.loads(done.stdout)["id"] == "\x1b[31m\u202e"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_full_disk_is_no_verdict(docs: Path) -> None:
    with open("/dev/full", "w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "symbn", "check", "--no-cache", "--format", "jsonl", str(docs)],
            stdout=full, stderr=subprocess.PIPE, text=True, timeout=60, check=False, env=dict(os.environ),
        )  # fmt: skip
    assert (done.returncode, done.stderr) == (2, "symbn: error: No space left on device\n")


def test_a_plain_check_loads_nothing_of_it(docs: Path) -> None:
    code = f"from symbn.cli import main\nmain(['check', '--no-cache', {str(docs / 'a.md')!r}])\nimport sys\n"
    code += "print([name for name in sys.modules if name.startswith('symbn.scale') or name in ('sqlite3', 'distributed')])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.splitlines()[-1] == "[]"
