"""`symbn derive` and `symbn explain TOPIC`: what they print, where it goes, and what they refuse; nothing is half-written."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from symbn import derive
from symbn.cli import main
from symbn.cli.topics import TOPICS
from symbn.deriving.answers import ANSWERS
from tests.signals import hear_ctrl_c


def run(*arguments: str, capsys: pytest.CaptureFixture[str]) -> tuple[int, str, str]:
    try:
        status = main(list(arguments))
    except SystemExit as error:
        status = int(str(error.code))
    out, err = capsys.readouterr()
    return status, out, err


def test_a_derivation_is_printed_in_the_width_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, err = run("derive", "dx", "--width", "80", capsys=capsys)
    assert (status, err) == (0, "")
    assert out == derive("dx").text(80)


@pytest.mark.parametrize("ending", ["txt", "tex", "html", "md", "json"])
def test_the_ending_of_the_file_is_the_format(ending: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    place = tmp_path / f"a.{ending}"
    assert run("derive", "dgamma", "-o", str(place), capsys=capsys) == (0, "", "")
    begin = {"txt": "The gradient", "tex": r"\documentclass", "html": "<!DOCTYPE html>", "md": "# The", "json": "{"}
    assert place.read_text("utf-8").startswith(begin[ending])


def test_options_reach_the_derivation(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, _ = run(
        "derive", "jacobian", "--of", "c", "--by", "x", "--route", "staged", "--style", "cs231n", "--let", "batch=B",
        "--format", "json", capsys=capsys,
    )  # fmt: skip
    assert status == 0
    found = json.loads(out)
    assert found["article"] == "jacobian-staged"
    assert r"\mathrm{xmu}" in out
    assert "{B}" in out


@pytest.mark.parametrize("topic", TOPICS)
def test_topics_are_answered_in_the_numbers_given(topic: str, capsys: pytest.CaptureFixture[str]) -> None:
    status, out, _ = run("explain", topic, "--x=-1,3,1/2", "--g", "1,0,0", "--eps", "0.5", capsys=capsys)
    assert status == 0
    assert "ϵ = 1/2" in out
    assert set(TOPICS) == set(ANSWERS)


def test_the_list_has_topics_and_codes(capsys: pytest.CaptureFixture[str]) -> None:
    _, out, _ = run("explain", capsys=capsys)
    assert out.index("triangle") < out.index("wrong-sign")
    _, out, _ = run("explain", "wrong-sign", capsys=capsys)
    assert out.startswith("wrong-sign: ")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["derive"], "TARGET"),
        (["derive", "nope"], "unknown target"),
        (["derive", "dx/dmu"], "does not depend"),
        (["derive", "dmu", "--of", "x"], "--of and --by"),
        (["derive", "jacobian", "--of", "z"], "unknown node"),
        (["derive", "dx", "--route", "scenic"], "unknown route"),
        (["derive", "dx", "--batch", "0"], "batch size"),
        (["derive", "dx", "--batch", "x"], "--batch wants"),
        (["derive", "dx", "--batch", "4096"], r"symbn verify --batch 4096"),
        (["derive", "dx", "--batch", "2", "--route", "closed"], "no route"),
        (["derive", "dx", "--format", "docx"], "unknown format"),
        (["derive", "dx", "--format", "pdf"], "-o FILE.pdf"),
        (["derive", "dx", "--format", "dot"], "symbn derive graph"),
        (["derive", "dx", "--fragment"], "--fragment is for"),
        (["derive", "dx", "--width", "3"], "--width wants"),
        (["derive", "dx", "--style", "baroque"], "unknown style"),
        (["derive", "dx", "--let", "mean"], "mean"),
        (["derive", "dx", "--let", "nobody=x"], "unknown role"),
        (["derive", "dx", "-o", "a.docx"], "--format"),
        (["explain", "triangle", "moments"], "one topic"),
        (["explain", "triangle", "wrong-sign"], "one topic"),
        (["explain", "wrong-sign", "--x", "1,2"], "--x is for a topic"),
        (["explain", "--format", "html"], "--format is for a topic"),
        (["explain", "triangl"], "did you mean triangle"),
        (["explain", "triangle", "--x", "1,2"], None),
        (["explain", "triangle", "--x", "1,2,3"], "3 inputs and 2 upstream"),
        (["explain", "triangle", "--eps", "1,2"], "one number"),
        (["explain", "triangle", "--eps", "-9"], "positive"),
        (["explain", "triangle", "--gamma", "lots"], "--gamma"),
    ],
)
def test_mistakes_are_said_and_leave_nothing_behind(
    arguments: list[str], said: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    status, out, err = run(*arguments, capsys=capsys)
    assert list(tmp_path.iterdir()) == []
    if said is None:
        assert status == 0
        return
    assert (status, out) == (2, "")
    assert said in err
    assert "Traceback" not in err


@pytest.mark.parametrize("name", ["missing/a.html", "missing/a.pdf", ".", "/dev/full"])
def test_an_unwritable_place_is_said(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    status, out, err = run("derive", "dbeta", "--format", "pdf" if name.endswith("pdf") else "html", "-o", name, capsys=capsys)
    assert (status, out) == (2, "")
    assert f"cannot write {name}" in err
    assert list(tmp_path.iterdir()) == []


def test_without_tex_the_latex_is_kept_beside(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PATH", "")
    status, _, err = run("derive", "dbeta", "-o", str(tmp_path / "a.pdf"), capsys=capsys)
    assert status == 2
    assert "no TeX is installed" in err
    assert f"kept in {tmp_path / 'a.tex'}" in err
    assert [p.name for p in tmp_path.iterdir()] == ["a.tex"]
    assert (tmp_path / "a.tex").read_text("utf-8") == derive("dbeta").latex()


def test_an_interrupt_is_an_interrupt(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "symbn", "derive", "dx", "--batch", "6", "-o", str(tmp_path / "a.html")]
    for delay in (0.6, 1.2, 2.4, 4.8):
        with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, preexec_fn=hear_ctrl_c) as process:
            time.sleep(delay)
            process.send_signal(signal.SIGINT)
            _, err = process.communicate(timeout=60)
        if process.returncode == 0:
            pytest.skip("this machine was faster")
        if process.returncode == 130:
            break  # else Python itself was still starting
    assert (process.returncode, err) == (130, "symbn: interrupted\n")
    assert list(tmp_path.iterdir()) == []


def test_verify_loads_nothing_of_this() -> None:
    program = "import sys; from symbn.cli import main; main(['verify', '--quiet', 'm = m']); print(sorted(sys.modules))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    loaded = done.stdout.splitlines()[-1]
    assert "symbn.kernel.verdict" in loaded
    assert not any(f"symbn.{name}" in loaded for name in ("deriving", "publishing", "typesetting"))
