"""What lies about in a folder, and what happens meanwhile: links, devices, files that go away, full disks, Ctrl-C."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from collections.abc import Iterator
from pathlib import Path
from time import monotonic, sleep, time

import pytest

from symbn import cache, processes
from symbn.answer import DocumentReport
from symbn.errors import UsageError
from symbn.judging import Options
from symbn.report import outcome
from symbn.running import Settings, check_path, find_documents, read_notation
from tests.signals import hear_ctrl_c

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
    reports = list(processes.check_paths(paths, Settings(Options())))
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


def begun(folder: Path, jobs: str) -> subprocess.Popen[str]:
    """Return a run in a process group of its own, at work on documents that take it some time."""
    for n in range(4):
        (folder / f"{n}.md").write_text(GREEDY * 5, "utf-8")
    command = [sys.executable, "-m", "symbn", "check", str(folder), "--jobs", jobs, "--format", "sarif"]
    command += ["--cache", str(folder / "cache"), "--no-repair"]
    started = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True, preexec_fn=hear_ctrl_c
    )
    sleep(4)  # until it is at work, on a busy machine too
    return started


def gone(group: int) -> bool:
    """Tell whether no process of the group is left, soon."""
    for _ in range(100):
        try:
            os.killpg(group, 0)
        except ProcessLookupError:
            return True
        sleep(0.1)
    return False


@posix
@pytest.mark.parametrize("jobs", ["1", "2"])
@pytest.mark.parametrize(
    ("number", "status", "words"), [(signal.SIGINT, 130, "symbn: interrupted\n"), (signal.SIGTERM, 143, "")]
)
def test_a_signal_ends_the_run_at_once_and_half_a_report_is_none(
    folder: Path, jobs: str, number: signal.Signals, status: int, words: str
) -> None:
    running = begun(folder, jobs)
    start = monotonic()
    # Ctrl-C is heard by the whole group, SIGTERM by the process that it is sent to.
    os.killpg(running.pid, number) if number == signal.SIGINT else os.kill(running.pid, number)
    out, said = running.communicate(timeout=60)
    assert (running.returncode, out, said) == (status, "", words)
    assert monotonic() - start < 10
    assert gone(running.pid)
    assert not list((folder / "cache").glob("*.tmp"))


@posix
def test_no_worker_outlives_a_run_that_is_killed(folder: Path) -> None:
    running = begun(folder, "2")
    os.kill(running.pid, signal.SIGKILL)
    running.communicate(timeout=60)
    assert gone(running.pid)


@posix
def test_a_lost_worker_costs_its_own_document_only(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def deadly(path: str, settings: Settings) -> DocumentReport:
        if "bad" in path:
            os.kill(os.getpid(), signal.SIGKILL)
        return check_path(path, settings)

    for name in ("a.md", "bad.md", "b.md", "bad2.md", "c.md"):
        (folder / name).write_text(TRUE, "utf-8")
    monkeypatch.setattr(processes, "check_path", deadly)  # the workers are forks of this process
    reports = list(processes.check_paths(find_documents([str(folder)]), Settings(Options()), 2))
    answers = {Path(r.path).name: [s.verdict for s in r.steps] or [fault.message for fault in r.problems] for r in reports}
    lost = ["the process that checked it was lost: it was killed, or there was not enough memory"]
    proved = ["proved"]
    assert answers == {
        "a.md": proved, "b.md": proved, "bad.md": lost, "bad2.md": lost, "c.md": proved, "good.md": proved, "inside.md": proved,
    }  # fmt: skip
    assert outcome.status(reports) == 3


def test_what_was_ready_when_a_worker_was_lost_is_told_and_no_pool_is_empty(monkeypatch: pytest.MonkeyPatch) -> None:
    def pool(paths: list[str], numbers: list[int], *_: object) -> Iterator[tuple[int, DocumentReport]]:
        assert paths
        lost = "a" if len(paths) > 1 else ""
        yield from ((n, DocumentReport(path, ())) for path, n in zip(paths, numbers, strict=True) if path != lost)

    monkeypatch.setattr(processes, "_in_pool", pool)
    reports = processes.check_paths(["a", "b", "c"], Settings(Options()), 2)
    assert [report.path for report in reports] == ["a", "b", "c"]


@posix
@pytest.mark.parametrize("format", ["text", "sarif"])
def test_a_reader_that_goes_away_is_no_verdict(folder: Path, format: str) -> None:
    (folder / "good.md").write_text(FALSE * 50, "utf-8")
    command = [sys.executable, "-m", "symbn", "check", "--no-cache", "--no-repair", "--format", format, str(folder)]
    running = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert running.stdout is not None
    running.stdout.close()
    assert running.stderr is not None
    said = running.stderr.read()
    running.stderr.close()
    assert (running.wait(timeout=60), said) == (3, "")


def test_ctrl_c_between_any_two_steps_of_the_cache_leaves_nothing_half_written(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("open", "replace"):
        real = getattr(os, name)

        def interrupted(*arguments: object, real: Callable[..., object] = real, **keywords: object) -> object:
            real(*arguments, **keywords)
            raise KeyboardInterrupt

        with monkeypatch.context() as patched:
            patched.setattr(os, name, interrupted)
            with pytest.raises(KeyboardInterrupt):
                cache.store(folder / "cache", "key", DocumentReport("a.md", ()))
        assert not list((folder / "cache").glob("*.tmp"))
    assert cache.load(folder / "cache", "key") is not None  # the last one was written as a whole


def test_what_a_killed_process_left_in_the_cache_is_cleared_away_in_time(folder: Path) -> None:
    (folder / "cache").mkdir()
    for name, age in (("old.1-1.tmp", 7200), ("new.1-1.tmp", 0)):
        (folder / "cache" / name).write_text("half", "utf-8")
        os.utime(folder / "cache" / name, (time() - age, time() - age))
    cache.store(folder / "cache", "key", DocumentReport("a.md", ()))
    assert sorted(path.name for path in (folder / "cache").iterdir()) == ["key.json", "new.1-1.tmp"]


@posix
def test_a_cache_that_cannot_be_written_does_no_harm(folder: Path) -> None:
    (folder / "file").write_text("", "utf-8")
    (folder / "locked").mkdir()
    (folder / "locked").chmod(0o500)
    (folder / "link").symlink_to("link")
    for name in ("file", "file/below", "locked/below", "link", "/proc/none", "/dev/null"):
        report = check_path(str(folder / "good.md"), Settings(Options(), cache=str(folder / name)))
        assert [step.verdict for step in report.steps] == ["proved"]


def test_a_file_that_is_cut_off_while_it_is_read_is_what_was_read(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = os.fstat

    def cut(handle: int) -> os.stat_result:
        found = real(handle)
        os.truncate(folder / "good.md", 4)
        return found

    monkeypatch.setattr(os, "fstat", cut)
    report = check_path(str(folder / "good.md"), Settings(Options(repair=True)))
    assert report.text in ("$$\\s", "$$\\su", TRUE)
    assert all(step.verdict != "refuted" for step in report.steps)


@pytest.mark.skipif(os.name != "posix" or os.geteuid() != 0, reason="only root can become nobody")
def test_an_unprivileged_user_is_told_what_he_cannot_read(folder: Path) -> None:
    (folder / "good.md").chmod(0)
    (folder / "shut").mkdir(0)
    for above in (folder, *folder.parents):
        if above.stat().st_uid == 0 and above.stat().st_mode & 0o001 == 0:
            above.chmod(above.stat().st_mode | 0o011)
    child = os.fork()
    if child == 0:  # no assertion may leave this process
        try:
            os.setgid(65534)
            os.setuid(65534)
            report = check_path(str(folder / "good.md"), Settings(Options(), cache=str(folder / "cache")))
            fine = [fault.message for fault in report.problems] == ["cannot be read: Permission denied"]
            os._exit(0 if fine else 1)
        except BaseException:
            os._exit(2)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


@posix
def test_a_cache_entry_that_is_no_file_is_not_waited_for(folder: Path) -> None:
    (folder / "cache").mkdir()
    os.mkfifo(folder / "cache" / "key.json")
    assert cache.load(folder / "cache", "key") is None
    cache.store(folder / "cache", "key", DocumentReport("a.md", ()))
    assert cache.load(folder / "cache", "key") is not None


@posix
@pytest.mark.parametrize("name", ["file", "/dev/full", "/dev/null", "loop", "/proc/none", "a\nb\x1b[31m/" + "x" * 300])
def test_a_place_that_cannot_hold_a_certificate_is_a_usage_error(folder: Path, name: str) -> None:
    (folder / "file").write_text("", "utf-8")
    (folder / "loop").symlink_to("loop")
    status, said = symbn("certify", "m = m", "-o", str(folder / name))
    assert (status, said.count("\n")) == (2, 1)
    assert said.startswith("symbn: error: ")
    assert "cannot be written" in said
    assert said.removesuffix("\n").isprintable()


@posix
def test_a_full_file_system_is_an_error_and_leaves_no_half_of_a_cache_entry(folder: Path) -> None:
    mount = folder / "small"
    mount.mkdir()
    made = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(mount)], capture_output=True, check=False)
    if made.returncode != 0:
        pytest.skip("needs the right to mount a file system")
    try:
        (mount / "rest").write_bytes(b"")
        with suppress(OSError), open(mount / "rest", "wb", buffering=0) as rest:
            while rest.write(b"x" * 4096):
                pass
        report = check_path(str(folder / "good.md"), Settings(Options(), cache=str(mount)))
        assert [step.verdict for step in report.steps] == ["proved"]
        assert [path.name for path in mount.iterdir()] == ["rest"]
        status, said = symbn("certify", "m = m", "-o", str(mount / "certificate"))
        assert (status, "No space left" in said) == (2, True)
    finally:
        subprocess.run(["umount", str(mount)], check=True)
