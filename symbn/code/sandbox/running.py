"""Running a user's function in a process of its own, and believing only an answer that reads back strictly.

The process gets a request on its standard input and has a pipe for the answer; what the code prints is something else. It is
the first of a session of its own, so that it and all that it started are killed together: at the time limit, when it prints too
much, on Ctrl-C, and when the answer is there. It ends also when this process does.
"""

from __future__ import annotations

import contextlib
import json
import os
import selectors
import signal
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic
from typing import IO, Any

from symbn.code.model import Binding, Call, StoppedError, Tensor, Trace
from symbn.code.sandbox.wire import Numeric, TermTable, WireError, read, read_terms, write

KINDS = ("outside", "inexact", "raised", "limit", "exit", "crashed")
MAX_ANSWER = 64 * 2**20
_CHUNK = 65536


@dataclass(frozen=True, slots=True)
class Limits:
    """seconds: by the clock; cpu: seconds of work; memory, file_size: bytes; output: characters that may be printed."""

    seconds: float = 20.0
    cpu: int = 20
    memory: int = 2**30
    file_size: int = 2**20
    output: int = 100_000


def run(path: str | Path, calls: Sequence[Call], *, limits: Limits | None = None) -> Trace:
    """Return what the calls of the file's functions answer on exact arrays.

    In a result an array, or a number that is no plain one, is a `Tensor`, a number a `Fraction` or an int; anything else
    (an object of a class) is a text with its type in <>. Raises: StoppedError.
    """
    names, answer, output = _answer(path, calls, limits or Limits(), plain=False)
    try:
        terms = read_terms(answer["terms"], names)
        results = tuple(read(row, terms) for row in answer["results"])
        bindings = tuple(_binding(row, terms) for row in answer["bindings"])
        readings = tuple(str(words)[:500] for words in answer["readings"])
        if len(results) != len(calls):
            raise WireError("not one result for each call")
    except (WireError, KeyError, TypeError) as error:
        raise _broken(error) from None
    return Trace(results, bindings, readings, output)


def run_floats(path: str | Path, calls: Sequence[Call], *, limits: Limits | None = None) -> tuple[Numeric, ...]:
    """Return what the calls answer in plain float64, arrays as `Floats`. The entries of tensors have to be numbers.

    The file is run as it is, with NumPy as it is, and behind the same walls. Raises: StoppedError.
    """
    _, answer, _ = _answer(path, calls, limits or Limits(), plain=True)
    try:
        results = tuple(read(row, ()) for row in answer["results"])
        if len(results) != len(calls):
            raise WireError("not one result for each call")
    except (WireError, KeyError, TypeError) as error:
        raise _broken(error) from None
    return results


def _answer(
    path: str | Path, calls: Sequence[Call], limits: Limits, plain: bool
) -> tuple[frozenset[str], Mapping[str, Any], str]:
    """Return the names that were sent, the answer that came back, and what was printed. Raises: StoppedError."""
    if os.name != "posix" or not sys.executable:
        raise StoppedError("outside", "code is run only where the system can limit it (Linux, macOS)")
    table = TermTable()
    request = {
        "path": str(Path(path).resolve()),
        "plain": plain,
        "calls": [
            [
                call.function,
                [write(argument, table) for argument in call.arguments],
                [[key, write(argument, table)] for key, argument in call.keywords.items()],
            ]
            for call in calls
        ],
        "terms": table.rows,
        "cpu": limits.cpu,
        "memory": limits.memory,
        "file_size": limits.file_size,
    }
    with tempfile.TemporaryDirectory(prefix="symbn-", ignore_cleanup_errors=True) as folder:
        data, output, status = _talk(json.dumps(request).encode(), folder, limits)
    if not data:
        raise _ended(status, limits)
    try:
        answer = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise _broken(error) from None
    match answer:
        case {"stopped": [str(kind), str(reason), int() | None as line]} if kind in KINDS:
            raise StoppedError(kind, reason, line)  # type: ignore[arg-type]  # it is one of the kinds
        case {"results": list(), "bindings": list(), "readings": list(), "terms": list()}:
            names = frozenset(row[1] for row in table.rows if row[0] == "v")
            return names, answer, output
        case _:
            raise _broken(None)


def _talk(request: bytes, folder: str, limits: Limits) -> tuple[bytes, str, int]:
    """Return the answer, what was printed, and how the process ended. Raises: StoppedError at a limit."""
    receiving, sending = os.pipe()
    script = str(Path(__file__).with_name("child.py"))
    arguments = [script, str(os.getpid()), str(sending), *map(os.path.abspath, sys.path)]
    try:
        # -P and -s and a clean environment: no module is found that this process would not find.
        process = subprocess.Popen(
            [sys.executable, "-P", "-s", "-B", "-u", "-X", "utf8", *arguments],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, cwd=folder, env=_environment(folder),
            pass_fds=(sending,), start_new_session=True, bufsize=0,
        )  # fmt: skip
    except OSError as error:
        os.close(receiving)
        raise StoppedError("crashed", f"no process could be started: {error.strerror}") from None
    finally:
        os.close(sending)
    talk = _Conversation(process, request, receiving, limits)
    try:
        talk.hold()
    finally:
        # The process is not waited for before this, so that its number still means it and its group.
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        talk.close()
    return bytes(talk.answer), talk.output.decode("utf-8", "replace"), talk.status


@dataclass(slots=True)
class _Conversation:
    process: subprocess.Popen[bytes]
    request: bytes
    receiving: int
    limits: Limits
    answer: bytearray = field(default_factory=bytearray)
    output: bytearray = field(default_factory=bytearray)
    status: int = 0

    def hold(self) -> None:
        """Write the request and read what comes, until the process ends. Raises: StoppedError at a limit."""
        deadline = monotonic() + self.limits.seconds
        assert self.process.stdin
        assert self.process.stdout
        into, printed = self.process.stdin.fileno(), self.process.stdout.fileno()
        for pipe in (into, printed, self.receiving):
            os.set_blocking(pipe, False)
        with selectors.DefaultSelector() as selector:
            selector.register(into, selectors.EVENT_WRITE)
            selector.register(printed, selectors.EVENT_READ, self.output)
            selector.register(self.receiving, selectors.EVENT_READ, self.answer)
            while True:
                ended = self.over()
                # A process that the code started may hold the pipes open: what is in them when the first one ends is all.
                ready = selector.select(0 if ended else max(0.0, min(deadline - monotonic(), 0.05)))
                for key, _ in ready:
                    if key.data is None:
                        self.ask(selector, into)
                    elif not self.take(key.fd, key.data):
                        selector.unregister(key.fd)
                if ended and not ready:
                    return
                if monotonic() > deadline and not ended:
                    raise StoppedError("limit", f"it takes longer than {self.limits.seconds:g} seconds")

    def over(self) -> bool:
        """Tell whether the process has ended, and leave it to be waited for."""
        found = os.waitid(os.P_PID, self.process.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT)
        if found is not None:
            self.status = found.si_status if found.si_code == os.CLD_EXITED else -found.si_status
        return found is not None

    def ask(self, selector: selectors.BaseSelector, into: int) -> None:
        try:
            self.request = self.request[os.write(into, self.request[:_CHUNK]) :]
        except BrokenPipeError:
            self.request = b""
        if not self.request:
            selector.unregister(into)
            if self.process.stdin:
                self.process.stdin.close()

    def take(self, pipe: int, into: bytearray) -> bool:
        """Read what is there, and tell whether more may come."""
        data = os.read(pipe, _CHUNK)
        into += data
        if len(self.output) > self.limits.output:
            raise StoppedError("limit", f"it prints more than {self.limits.output} characters")
        if len(self.answer) > MAX_ANSWER:
            raise StoppedError("limit", "its results are too long")
        return bool(data)

    def close(self) -> None:
        os.close(self.receiving)
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe is not None:
                pipe.close()


def _number(pipe: IO[bytes] | None) -> int:
    if pipe is None:
        raise RuntimeError("the process was started with its pipes: this is a bug in symbn")
    return pipe.fileno()


def _environment(folder: str) -> dict[str, str]:
    threads = {f"{name}_NUM_THREADS": "1" for name in ("OPENBLAS", "OMP", "MKL")}
    return {"PYTHONHASHSEED": "0", "HOME": folder, "TMPDIR": folder, "PATH": os.defpath, "LANG": "C.UTF-8", **threads}


def _ended(status: int, limits: Limits) -> StoppedError:
    """Return what to say of a process that ended without an answer."""
    if status >= 0:
        return StoppedError("exit", f"the code left the process with status {status}")
    if -status == signal.SIGXCPU:
        return StoppedError("limit", f"it works longer than {limits.cpu} seconds")
    if -status == signal.SIGKILL:
        # Nobody here has sent it: the second limit of time, or a system that is short of memory.
        return StoppedError("limit", f"the system ended it, at {limits.cpu} seconds of work or for want of memory")
    return StoppedError("crashed", f"the process died of {signal.Signals(-status).name}")


def _broken(error: Exception | None) -> StoppedError:
    return StoppedError("crashed", f"the code broke the process that follows it ({error or 'no answer of its form'})")


def _binding(row: Any, terms: Sequence[Any]) -> Binding:
    match row:
        case [str(name), int(line), value] if isinstance(tensor := read(value, terms), Tensor):
            return Binding(name, line, tensor)
        case _:
            raise WireError("a binding of another form")
