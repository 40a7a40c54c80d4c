"""Who answers: this process, or worker processes of this machine. (`cluster` has the one for other machines.)

An engine is given documents under numbers, and hands bodies back under these numbers, in any order, each number once. `full`:
it wants no more for now. `wait`: return at least one answer, if anything is under way.

A worker that ends while it is at work costs only the document that it was at: that one is known, since answers come in order.
It is tried once more, unless its time was over; then its record says what happened. The others that the worker was given go
to another one.
"""

from __future__ import annotations

import selectors
from collections import deque
from time import monotonic
from typing import Protocol

from symbn.scale.asking import PROGRAM, TIMED_OUT, Worker, lost, no_start
from symbn.scale.documents import Document
from symbn.scale.records import Rules, answered

MAX_BATCH = 32  # documents that a worker is given at a time, and their characters
_MAX_CHARACTERS = 1 << 16
_SHORT, _LONG = 0.05, 0.2  # seconds for them: below, they may be more; above, fewer


class Engine(Protocol):
    @property
    def full(self) -> bool: ...

    @property
    def busy(self) -> bool: ...

    def submit(self, number: int, document: Document) -> None: ...

    def wait(self) -> list[tuple[int, str]]: ...

    def close(self) -> None: ...


class Here:
    """This process: no other one is started, and nothing holds a document that takes long, but its own budgets."""

    def __init__(self, rules: Rules) -> None:
        self._rules = rules
        self._waiting: list[tuple[int, Document]] = []

    @property
    def full(self) -> bool:
        return self.busy

    @property
    def busy(self) -> bool:
        return bool(self._waiting)

    def submit(self, number: int, document: Document) -> None:
        self._waiting.append((number, document))

    def wait(self) -> list[tuple[int, str]]:
        found = [(number, answered(document, self._rules)) for number, document in self._waiting]
        self._waiting.clear()
        return found

    def close(self) -> None:
        """Nothing to do."""


class Pool:
    """Worker processes. tries: how often a document may cost its worker's life before that is its answer."""

    def __init__(self, rules: Rules, jobs: int, tries: int = 2, program: str = PROGRAM) -> None:
        """Start the first worker. Raises: WorkerError, UsageError. (`wait` too: WorkerError, if none can start.)"""
        self._rules, self._jobs, self._tries, self._program = rules, jobs, tries, program
        self._batch = 1
        self._proven = False  # a worker can start here
        self._waiting: deque[tuple[int, Document, int]] = deque()
        self._at: dict[Worker, deque[tuple[int, Document, int]]] = {}
        self._since: dict[Worker, float] = {}
        self._selector = selectors.DefaultSelector()
        self._start()

    @property
    def pids(self) -> tuple[int, ...]:
        return tuple(worker.pid for worker in self._at)

    @property
    def full(self) -> bool:
        return len(self._waiting) >= self._batch * self._jobs

    @property
    def busy(self) -> bool:
        return bool(self._waiting) or any(self._at.values())

    def submit(self, number: int, document: Document) -> None:
        self._waiting.append((number, document, 0))

    def wait(self) -> list[tuple[int, str]]:
        found: list[tuple[int, str]] = []
        while not found and self.busy:
            self._give()
            for key, _ in self._selector.select():
                assert isinstance(key.fileobj, Worker)
                found += self._hear(key.fileobj)
        # Whoever is idle now begins before the answers are looked at.
        self._give()
        return found

    def close(self) -> None:
        for worker in self._at:
            worker.kill()
        self._at.clear()
        self._selector.close()

    def _start(self) -> None:
        worker = Worker(self._rules, self._program)
        self._at[worker] = deque()
        self._selector.register(worker, selectors.EVENT_READ)

    def _give(self) -> None:
        while self._waiting and len(self._at) < self._jobs and all(self._at.values()):
            self._start()
            self._give_to(next(reversed(self._at)))
        for worker, under_way in self._at.items():
            if not under_way and self._waiting:
                self._give_to(worker)

    def _give_to(self, worker: Worker) -> None:
        batch = self._at[worker]
        room = _MAX_CHARACTERS
        while self._waiting and len(batch) < self._batch and (not batch or room >= len(self._waiting[0][1].text)):
            batch.append(self._waiting.popleft())
            room -= len(batch[-1][1].text)
        self._since[worker] = monotonic()
        worker.ask([document for _, document, _ in batch])

    def _hear(self, worker: Worker) -> list[tuple[int, str]]:
        more = worker.receive()
        under_way = self._at[worker]
        found = [(under_way.popleft()[0], body) for body in worker.take()]
        self._proven = self._proven or worker.started
        if not more:
            found += self._bury(worker)
        elif found and not under_way:
            took = monotonic() - self._since[worker]
            if took < _SHORT:
                self._batch = min(MAX_BATCH, self._batch * 2)
            elif took > _LONG:
                self._batch = max(1, self._batch // 2)
        return found

    def _bury(self, worker: Worker) -> list[tuple[int, str]]:
        self._selector.unregister(worker)
        how = worker.end()
        if not self._proven:
            raise no_start(how)
        under_way = self._at.pop(worker)
        del self._since[worker]
        found = []
        if under_way:
            number, document, tried = under_way.popleft()
            if tried + 1 >= self._tries or how == TIMED_OUT:
                found.append((number, lost(how, self._rules)))
            else:
                under_way.append((number, document, tried + 1))
        self._waiting.extendleft(reversed(under_way))
        return found
