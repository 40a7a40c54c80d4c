"""The process that answers: `python -m symbn.scale`, with lines of JSON in and lines of JSON out.

    rules, a line          ->  "ready"
    [document, ..], a line ->  a record's body for each, a line each, in order, as soon as it is known

One document gets one span of wall-clock time: then the system ends this process, whatever it is at (an alarm without a
handler needs no help of Python's). Its memory is limited, too; a document that would need more is a record that says so. The
process ends when nobody holds the other end of its input any longer, so that it never outlives the one who asked.
"""

from __future__ import annotations

import json
import os
import select
import signal
import sys
import threading
from typing import BinaryIO

from symbn.scale.documents import Document
from symbn.scale.records import Rules, answered, failed

READY = "ready"
_NO_MEMORY = "it needs more memory than a document may have: give it more, or split it"


def serve(source: BinaryIO, sink: BinaryIO) -> None:
    """Answer until the input ends."""

    def tell(line: str) -> None:
        sink.write(f"{line}\n".encode())
        sink.flush()

    rules = rules_of(source.readline())
    _limit_memory(rules.memory)
    tell(READY)
    while line := source.readline():
        for document in documents_of(line):
            _alarm(rules.seconds)
            try:
                body = answered(document, rules)
            except MemoryError:
                body = failed("memory", _NO_MEMORY)
            _alarm(None)
            tell(body)


def line_of_rules(rules: Rules) -> bytes:
    """Return the rules as a line of JSON."""
    fields = [list(rules.lets), rules.mode, rules.batch, rules.repair, rules.seconds, rules.memory, rules.times]
    return json.dumps(fields).encode() + b"\n"


def rules_of(line: bytes) -> Rules:
    lets, *others = json.loads(line)
    return Rules(tuple(lets), *others)


def line_of_documents(documents: list[Document]) -> bytes:
    """Return the documents as a line of JSON, without their names."""
    fields = [[item.text, item.kind, item.file, item.notation, item.fault] for item in documents]
    return json.dumps(fields).encode() + b"\n"


def documents_of(line: bytes) -> list[Document]:
    found = json.loads(line)
    return [
        Document(0, text, kind, file, notation, None if fault is None else (fault[0], fault[1]))
        for text, kind, file, notation, fault in found
    ]


def _alarm(seconds: float | None) -> None:
    signal.setitimer(signal.ITIMER_REAL, seconds or 0.0)


def _limit_memory(mebibytes: int | None) -> None:
    import resource  # not everywhere

    if mebibytes is not None:
        _, hard = resource.getrlimit(resource.RLIMIT_AS)
        wanted = mebibytes << 20
        resource.setrlimit(resource.RLIMIT_AS, (wanted if hard == resource.RLIM_INFINITY else min(wanted, hard), hard))


def _end_with_input(descriptor: int) -> None:
    watch = select.poll()
    watch.register(descriptor, 0)  # only that the other end is gone
    watch.poll()
    os._exit(1)


def main() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the one who asked, who then goes
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGALRM])  # a mask is inherited
    threading.Thread(target=_end_with_input, args=(0,), daemon=True).start()
    serve(sys.stdin.buffer, sys.stdout.buffer)
