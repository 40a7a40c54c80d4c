"""What lies about in a folder, and what happens meanwhile: links, devices, files that go away, full disks, Ctrl-C."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path
from time import monotonic, sleep

import pytest

from symbn import running
from symbn.errors import UsageError
from symbn.judging import Options
from symbn.running import Settings, check_path, find_documents, read_notation

TRUE = "$$\\sum_i \\hat x_i = 0$$\n"
FALSE = "$$\\frac{\\partial L}{\\partial\\beta} = -\\sum_j g_j$$\n"
GREEDY = "$$(x_i+g_i+\\gamma+\\beta+\\epsilon+\\mu)^{40} = 1$$\n"
posix = pytest.mark.skipif(os.name != "posix", reason="needs the files of a POSIX system")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "docs" / "folder.md").mkdir(parents=True)
    for name in ("good.md", "folder.md/inside.md"):
        (tmp_path / "docs" / name).write_text(TRUE, "utf-8")
    return tmp_path / "docs"


def symbn(*arguments: str, stdout: int = subprocess.PIPE) -> tuple[int, str]:
    """Return the exit status, and what was said on the error stream."""
    command = [sys.executable, "-m", "symbn", *arguments]
    done = subprocess.run(command, stdout=stdout, stderr=subprocess.PIPE, text=True, timeout=60, check=False)
    return done.returncode, done.stderr


@posix
def test_a_folder_full_of_traps_is_checked_to_its_end(folder: Path) -> None:
    os.mkfifo(folder / "fifo.md")
    for name, target in {
        "dangling.md": "nowhere", "loop.md": "loop.md", "endless.md": "/dev/zero", "up": "..", "here": ".",
        "link.md": "good.md",
    }.items():  # fmt: skip
        (folder / name).symlink_to(target)
    reports = {Path(path).name: check_path(path, Settings(Options())) for path in find_documents([str(folder)])}
    said = {name: [fault.message.partition(":")[0] for fault in report.problems] for name, report in reports.items()}
    assert said == {
        "dangling.md": ["cannot be read"], "loop.md": ["cannot be read"], "endless.md": ["this is no regular file"],
        "fifo.md": ["this is no regular file"], "good.md": [], "link.md": [], "inside.md": [],
    }  # fmt: skip
    assert [step.verdict for report in reports.values() for step in report.steps] == ["proved"] * 3


@posix
@pytest.mark.parametrize("name", ["fifo.md", "dangling.md", "loop.md", "zero.md", "a\nb\x1b[31m.md"])
def test_a_trap_that_is_named_is_a_usage_error(folder: Path, name: str) -> None:
    os.mkfifo(folder / "fifo.md")
    for link, target in {"dangling.md": "nowhere", "loop.md": "loop.md", "zero.md": "/dev/zero"}.items():
        (folder / link).symlink_to(target)
    status, said = symbn("check", str(folder / name))
    assert status == 2
    assert said.count("symbn: error: ") == 1
    assert said.removesuffix("\n").isprintable()


@posix
def test_a_notation_file_that_never_ends_is_refused(folder: Path) -> None:
    os.mkfifo(folder / "n.toml")
    (folder / "large.toml").write_bytes(b"#" * 10**6)
    (folder / "deep.toml").write_bytes(b"a = " + b"[" * 10**5)
    (folder / "long.toml").write_bytes(b"batch = " + b"9" * 5000)
    (folder / "latin.toml").write_bytes(b"mean = '\xff'")
    for name in ("n.toml", "large.toml", "deep.toml", "long.toml", "latin.toml", "folder.md", "/dev/zero"):
        with pytest.raises(UsageError):
            read_notation(folder / name)


def test_a_file_that_cannot_be_opened_says_so(folder: Path) -> None:
    (folder / "good.md").chmod(0)
    if os.access(folder / "good.md", os.R_OK):
        pytest.skip("root can read everything")
    report = check_path(str(folder / "good.md"), Settings(Options()))
    assert [fault.code for fault in report.problems] == ["bad-document"]


def test_a_file_that_vanishes_after_it_was_listed_says_so(folder: Path) -> None:
    paths = find_documents([str(folder)])
    (folder / "good.md").unlink()
    reports = list(running.check_paths(paths, Settings(Options())))
    assert [[fault.code for fault in report.problems] for report in reports] == [["bad-document"], []]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
@pytest.mark.parametrize("format", ["text", "json", "sarif", "github", "junit", "markdown"])
def test_a_full_disk_is_no_verdict(folder: Path, format: str) -> None:
    (folder / "good.md").write_text(FALSE, "utf-8")
    full = os.open("/dev/full", os.O_WRONLY)
    try:
        assert symbn("check", "--no-cache", "--format", format, str(folder), stdout=full) == (
            2,
            "symbn: error: No space left on device\n",
        )
    finally:
        os.close(full)


@posix
def test_closed_streams_do_no_harm() -> None:
    for formula, redirection, status in (("m=m", ">&-", 0), ("m=0", ">&-", 1), ("m=", "2>&-", 3), ("-", "<&- 2>&-", 2)):
        command = ["sh", "-c", f'exec "$0" -m symbn verify "$1" {redirection}', sys.executable, formula]
        done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
        assert done.returncode == status
        assert "Traceback" not in done.stderr


def test_a_full_disk_leaves_nothing_in_the_cache(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    report = check_path(str(folder / "good.md"), Settings(Options(), cache=str(folder / "cache")))
    assert [step.verdict for step in report.steps] == ["proved"]
    assert list((folder / "cache").iterdir()) == []


def test_ctrl_c_while_the_cache_is_written_leaves_nothing_in_it(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "replace", interrupted)
    with pytest.raises(KeyboardInterrupt):
        check_path(str(folder / "good.md"), Settings(Options(), cache=str(folder / "cache")))
    assert list((folder / "cache").iterdir()) == []


@posix
@pytest.mark.parametrize("jobs", ["1", "2"])
def test_ctrl_c_ends_the_run_at_once_with_status_130_and_half_a_report_is_none(folder: Path, jobs: str) -> None:
    for n in range(4):
        (folder / f"{n}.md").write_text(GREEDY * 5, "utf-8")
    command = [sys.executable, "-m", "symbn", "check", str(folder), "--jobs", jobs, "--format", "sarif"]
    command += ["--cache", str(folder / "cache"), "--no-repair"]
    running = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True)
    sleep(2)
    start = monotonic()
    os.killpg(running.pid, signal.SIGINT)
    out, said = running.communicate(timeout=60)
    assert (running.returncode, out, said) == (130, "", "symbn: interrupted\n")
    assert monotonic() - start < 10
    assert not list((folder / "cache").glob("*.tmp"))
