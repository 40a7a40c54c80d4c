"""`symbn check --format jsonl`: a line of JSON for each document, as soon as it and its predecessors are done.

Nothing is held but what is under way, so that the number of documents makes no difference. `-o FILE` is written line by line
to FILE.part, which can be read meanwhile, and becomes FILE at the end; a run that is interrupted leaves it, and the next one
begins it again, with the answers that were kept.
"""

from __future__ import annotations

import argparse
import glob
import os
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from time import monotonic
from typing import TextIO

from symbn.answer import ASSUMED, PROVED, REFUTED, UNDECIDED, UNREADABLE
from symbn.cli.progress import Pace, paced
from symbn.errors import UsageError
from symbn.report.summary import worst
from symbn.running import STDIN, Settings, find_documents, read_notation
from symbn.scale.documents import Document, from_files, from_lines
from symbn.scale.many import check_many

_VERDICTS = (PROVED, REFUTED, UNDECIDED, UNREADABLE, ASSUMED)


def run(arguments: argparse.Namespace, settings: Settings, jobs: int) -> int:
    """Check the documents, print a record for each, and return the exit status. Raises: UsageError."""
    options = settings.options
    with ExitStack() as stack:
        documents, total = _sources(arguments, settings)
        records = check_many(
            documents,
            arguments.dask,
            jobs=jobs,
            let=options.notation.said,
            mode=options.notation.mode,
            batch=options.batch,
            repair=options.repair,
            seconds=options.seconds,
            cache=settings.cache,
        )
        stack.enter_context(closing(records))
        write = stack.enter_context(_sink(arguments.output))
        tell = stack.enter_context(paced(total))
        pace, count, statuses = Pace(monotonic()), Counter[str](), set[int]()
        for record in records:
            write.write(record.line + "\n")
            write.flush()
            data = record.data
            statuses.add(data["status"])
            count.update(data["counts"])
            count.update({"documents": 1, "kept": int(record.kept), "errors": int(data["error"] is not None)})
            tell(pace.said(count["documents"], count["steps"], monotonic()), count["documents"])
    print(_summary(count, pace, monotonic()), file=sys.stderr)
    return worst(statuses)


def _sources(arguments: argparse.Namespace, settings: Settings) -> tuple[Iterator[Document], int | None]:
    """Return the documents, and how many there are, if that is known."""
    if arguments.input_format is None:
        paths = find_documents(arguments.paths)
        return from_files(paths, settings.notation, settings.kind), len(paths)
    notation = ""
    if settings.notation is not None:
        if os.path.isdir(settings.notation):
            raise UsageError(
                "--notation: lines of JSON have no names of files, so a folder of notation files has none for them"
            )
        notation = read_notation(Path(settings.notation))[1]
    paths = list(_files_of_lines(arguments.paths))
    total = None if STDIN in paths else sum(map(_lines, paths))
    return _from_lines(paths, notation, settings.kind), total


def _files_of_lines(paths: list[str]) -> Iterator[str]:
    for path in paths:
        found = (
            [path] if path == STDIN or os.path.isfile(path) else sorted(filter(os.path.isfile, glob.glob(path, recursive=True)))
        )
        if not found:
            raise UsageError(f"{path}: there is no such file of lines of JSON")
        yield from found


def _from_lines(paths: list[str], notation: str, kind: str | None) -> Iterator[Document]:
    for path in paths:
        if path == STDIN:
            yield from from_lines(sys.stdin.buffer, notation, kind)
        else:
            with open(path, "rb") as stream:
                yield from from_lines(stream, notation, kind)


def _lines(path: str) -> int:
    with open(path, "rb") as stream:
        return sum(bool(line.strip()) for line in iter(lambda: stream.readline(1 << 20), b""))


@contextmanager
def _sink(output: str | None) -> Iterator[TextIO]:
    """Yield where lines go. Raises: UsageError."""
    if output is None:
        yield sys.stdout
        return
    whole = os.path.exists(output) and not os.path.isfile(output)  # a device or a pipe takes them as they come
    place = Path(output if whole else os.path.realpath(output))
    part = place if whole else place.with_name(f"{place.name}.part")
    if place.is_file() and not os.access(place, os.W_OK):
        raise UsageError(f"cannot write {output}: Permission denied")
    try:
        stream = open(part, "w", encoding="utf-8")  # noqa: SIM115 - closed below
    except OSError as error:
        raise UsageError(f"cannot write {part}: {error.strerror or error}") from None
    with stream:
        yield stream
    if not whole:
        os.replace(part, place)


def _summary(count: Counter[str], pace: Pace, now: float) -> str:
    """Return what was done, in one line."""
    verdicts = ", ".join(f"{count[verdict]} {verdict}" for verdict in _VERDICTS if count[verdict])
    words = [f"{_number(count['documents'], 'document')}, {_number(count['steps'], 'step')}"]
    words[0] += f": {verdicts}" if verdicts else ""
    for name, said in (("errors", "with an error"), ("kept", "from the cache")):
        if count[name]:
            words.append(f"{_number(count[name], 'document')} {said}")
    words.append(pace.said(count["documents"], count["steps"], now, whole=True))
    return "; ".join(words)


def _number(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
