"""A question put to a process: what it answers, the processor time it names itself, its memory, and what it complains of.

The time-out is of processor time too (the machine may have other work); six times as long by the clock ends it in any case.
"""

from __future__ import annotations

import os
import re
import resource
import signal
import statistics
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from time import monotonic, sleep

ROOT = Path(__file__).resolve().parent.parent.parent
_PATIENCE = 6  # times the time-out, by the clock
MEMORY = 6 * 1024**3  # bytes of address space that a process gets
_UNITS = {"SECONDS": 1.0, "HUNDREDTHS": 1e-2, "MILLISECONDS": 1e-3}
TIME_OUT, FAILED = "time-out", "failed"


@dataclass(frozen=True, slots=True)
class Reply:
    """answer: what was printed after ANSWER, or time-out or failed. seconds: as printed, else of the whole process. memory: the
    most that was resident, in bytes."""

    answer: str
    seconds: float
    memory: int
    note: str = ""


@dataclass(frozen=True, slots=True)
class Ended:
    """A process that is over. seconds: of the processor, start and end included."""

    status: int
    output: str
    errors: str
    seconds: float
    memory: int
    late: bool


def run(command: Sequence[str], script: str, limit: float) -> Ended:
    """Run a command on a text at its standard input, for at most `limit` seconds of processor time."""
    # Bytecode is kept, as an installation keeps it: a start that compiles its sources is no usual start.
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    surroundings = {**kept, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1", "PYTHONHASHSEED": "0"}
    with tempfile.TemporaryFile() as given, tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        given.write(script.encode())
        given.seek(0)
        process = subprocess.Popen(
            [*command], stdin=given, stdout=out, stderr=err, cwd=ROOT, env=surroundings, start_new_session=True
        )
        resource.prlimit(process.pid, resource.RLIMIT_AS, (MEMORY, MEMORY))
        try:
            status, usage, late = _awaited(process.pid, limit, monotonic() + _PATIENCE * limit)
        except KeyboardInterrupt:  # it is in a session of its own, which Ctrl-C does not reach
            os.killpg(process.pid, signal.SIGKILL)
            raise
        process.returncode = os.waitstatus_to_exitcode(status)
        for stream in (out, err):
            stream.seek(0)
        return Ended(
            process.returncode,
            out.read().decode("utf-8", "replace"),
            err.read().decode("utf-8", "replace"),
            usage.ru_utime + usage.ru_stime,
            usage.ru_maxrss * 1024,
            late,
        )


def _awaited(process: int, limit: float, deadline: float) -> tuple[int, resource.struct_rusage, bool]:
    """Wait for the process; when its time is over, end it with all its children."""
    pause, late = 0.001, False
    while True:
        done, status, usage = os.wait4(process, os.WNOHANG)
        if done:
            return status, usage, late
        if monotonic() > deadline or spent(process) > limit:
            os.killpg(process, signal.SIGKILL)
            late = True
        sleep(pause)
        pause = min(0.05, pause * 1.5)


def spent(process: int) -> float:
    """Return the processor time of a process that runs, 0 where the system does not say.

    It is asked for, not limited by RLIMIT_CPU: with that limit Linux counts a process's own clock in ticks of 4 ms.
    """
    try:
        fields = Path(f"/proc/{process}/stat").read_text("ascii").rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def reply(ended: Ended, complaint: str) -> Reply:
    """Return what a process answered. complaint: a pattern of what it says when it went wrong; its answer is void then.

    Both outputs are looked at: Giac prints to its standard error, and a system that goes on after an error of its own may
    print a false answer at the end.
    """
    if ended.late:
        return Reply(TIME_OUT, ended.seconds, ended.memory)
    both = ended.output + ended.errors
    wrong = re.search(complaint, both)
    answer = re.search(r"ANSWER (equal|different|open)\b", both)
    if wrong or answer is None or ended.status != 0:
        said = wrong.group() if wrong else (ended.errors.strip() or ended.output.strip() or f"status {ended.status}")
        return Reply(FAILED, ended.seconds, ended.memory, said.splitlines()[-1][:200])
    note = re.search(r"NOTE (.*)", both)
    time = re.search(r"\b(SECONDS|HUNDREDTHS|MILLISECONDS) ([\d.eE+-]+)", both)
    took = ended.seconds if time is None else float(time[2]) * _UNITS[time[1]]
    return Reply(answer[1], took, ended.memory, note[1].strip() if note else "")


def repeated(command: Sequence[str], script: str, limit: float, complaint: str, times: int) -> list[Reply]:
    """Return the replies of several processes, one after the other: fewer if they are slow, one if it does not answer."""
    replies: list[Reply] = []
    while len(replies) < times and sum(one.seconds for one in replies) < limit / 4:
        replies.append(reply(run(command, script, limit), complaint))
        if replies[-1].answer in (TIME_OUT, FAILED):
            return replies[-1:]
    return replies


def median(seconds: Sequence[float]) -> float:
    return statistics.median(seconds)


def spread(seconds: Sequence[float]) -> float:
    """Return how far the largest is from the smallest."""
    return max(seconds) - min(seconds)
