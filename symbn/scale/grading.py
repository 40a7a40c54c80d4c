"""One text in, one line of JSON out: what a reward function or a grader calls.

A worker process answers, and is kept for the next text of the same thread under the same rules, so that a call takes as long
as the checking. It is killed when its time is over, and another one is started for the next text. Several threads have several
workers; a process that was forked starts its own.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterable

from symbn.errors import UsageError
from symbn.layers.batchnorm import TRAINING
from symbn.scale.asking import TIMED_OUT, Worker, lost, no_start
from symbn.scale.documents import Document
from symbn.scale.records import Record, Rules

_TRIES = 2


class _Own(threading.local):
    """The worker of this thread, and the process that it belongs to."""

    worker: Worker | None = None
    owner: int = 0


_OWN = _Own()


def grade(
    text: str,
    *,
    kind: str = "markdown",
    seconds: float = 5.0,
    memory: int = 2048,
    let: Iterable[str] = (),
    mode: str = TRAINING,
    repair: bool = False,
    times: bool = False,
) -> str:
    """Return the record of a text as one line of JSON, within the seconds (and the moment that the first worker's start takes).

    The text is never executed, and its process may take `memory` MiB. Whatever the text is, the answer is a record: one that
    takes too long, or too much memory, has an `error`. The same text gets the same line. What it is worth is for the caller
    to say: `counts` has the verdicts, `steps` has each with its code. Raises: UsageError, WorkerError.

    >>> import json
    >>> json.loads(grade("$\\\\sum_i \\\\hat x_i = 0$"))["counts"]["proved"]
    1
    """
    if not seconds > 0:
        raise UsageError(f"seconds is a time for one text, more than 0; got {seconds!r}")
    rules = Rules(tuple(let), mode, None, repair, seconds, memory, times)
    return Record("text", body_from_own_worker(Document("text", text, kind), rules)).line


def body_from_own_worker(document: Document, rules: Rules) -> str:
    """Return the body of a document's record, from the worker of this thread. Raises: UsageError, WorkerError."""
    how = ""
    for _ in range(_TRIES):
        worker = _worker(rules)
        try:
            worker.ask([document])
            while worker.receive():
                if found := worker.take():
                    return found[0]
        except BaseException:  # half an answer must not be taken for the next one's
            _OWN.worker = None
            worker.kill()
            raise
        _OWN.worker = None
        how = worker.end()
        if not worker.started:
            raise no_start(how)
        if how == TIMED_OUT:
            break
    return lost(how, rules)


def _worker(rules: Rules) -> Worker:
    own = _OWN.worker
    if own is not None and _OWN.owner == os.getpid():
        if own.rules == rules:
            return own
        own.kill()
    _OWN.worker = None
    _OWN.worker, _OWN.owner = Worker(rules), os.getpid()
    return _OWN.worker
