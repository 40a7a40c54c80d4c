"""One worker process, as the one who asks it sees it.

It is a program of its own, started by its path and not forked: so it can be had inside a thread, inside a daemonic process (a
worker of Dask, of multiprocessing, of a data loader), and whatever the caller's main module is. Nothing is pickled.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections import deque
from pathlib import Path

import symbn
from symbn.errors import SymbnError
from symbn.scale.documents import Document
from symbn.scale.records import Rules, failed
from symbn.scale.worker import READY, line_of_documents, line_of_rules

PROGRAM = "symbn.scale"
_PIECE = 1 << 16


class WorkerError(SymbnError):
    """No worker process can be started here."""


class Worker:
    """rules: what it goes by. started: it has said that it is ready."""

    def __init__(self, rules: Rules, program: str = PROGRAM) -> None:
        """Start a worker; it may be asked at once. Raises: WorkerError, UsageError for rules that make no sense."""
        rules.options()
        if not hasattr(signal, "setitimer"):
            raise WorkerError("worker processes with a time limit need a POSIX system: use jobs=0, in this process")
        self.rules, self.started = rules, False
        self._lines, self._rest = deque[bytes](), list[bytes]()
        # Where symbn was found here, it is found there; and nothing in the current folder is taken for a module.
        places = [str(Path(symbn.__file__).resolve().parent.parent), *filter(None, [os.environ.get("PYTHONPATH")])]
        try:
            self._process = subprocess.Popen(
                [sys.executable, "-P", "-m", program],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env={**os.environ, "PYTHONPATH": os.pathsep.join(places)},
            )
        except OSError as error:
            raise WorkerError(f"no worker process can start here: {error.strerror or error}") from None
        self._send(line_of_rules(rules))

    @property
    def pid(self) -> int:
        return self._process.pid

    def fileno(self) -> int:
        """The pipe on which answers come, for a selector."""
        assert self._process.stdout is not None
        return self._process.stdout.fileno()

    def ask(self, documents: list[Document]) -> None:
        """Give documents to an idle worker. It reads them all before it answers the first, so that neither waits for ever for
        the other to read."""
        self._send(line_of_documents(documents))

    def receive(self) -> bool:
        """Wait for more of the answers; return whether there may be more to come. Then `take` what there is."""
        try:
            piece = os.read(self.fileno(), _PIECE)
        except OSError:
            piece = b""
        *ends, rest = piece.split(b"\n")
        for end in ends:
            self._lines.append(b"".join([*self._rest, end]))
            self._rest.clear()
        self._rest.append(rest)
        return bool(piece)

    def take(self) -> list[str]:
        """Return the bodies that have come."""
        if not self.started and self._lines:
            self.started = self._lines.popleft() == READY.encode()
        found = [line.decode() for line in self._lines]
        self._lines.clear()
        return found

    def end(self) -> str:
        """End the process, if it has not ended by itself, and return in words how it ended."""
        for stream in (self._process.stdin, self._process.stdout):
            try:
                if stream is not None:
                    stream.close()
            except OSError:  # it is gone, and what we had for it is not asked for any longer
                pass
        # What has ended by itself shuts its output first; give it the moment to be gone, so that we learn why.
        try:
            status = self._process.wait(0.5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            status = self._process.wait()
        return ended(status)

    def kill(self) -> None:
        """End it at once."""
        self._process.kill()
        self.end()

    def _send(self, line: bytes) -> None:
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(line)
            self._process.stdin.flush()
        except OSError:
            pass  # it is gone: `receive` will say so


def ended(status: int) -> str:
    if status >= 0:
        return f"ended with status {status}"
    try:
        return f"was ended by {signal.Signals(-status).name}"
    except ValueError:
        return f"was ended by signal {-status}"


TIMED_OUT = ended(-signal.SIGALRM) if hasattr(signal, "SIGALRM") else ""


def no_start(how: str) -> WorkerError:
    """Return the error for a worker that ended before it was ready. how: as `Worker.end` said."""
    return WorkerError(f"no worker process can start here: it {how}; it may have too little memory")


def lost(how: str, rules: Rules) -> str:
    """Return the body of the record of the document that a worker was at when it ended. how: as `Worker.end` said."""
    if how == TIMED_OUT:
        return failed("time", f"it was not answered within {rules.seconds:g} s")
    return failed("lost", f"the process that checked it {how}; it may need too much memory")
