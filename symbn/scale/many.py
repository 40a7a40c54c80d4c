"""Any number of documents, in bounded memory: `check_many`.

A document is taken from the source only when there is room for it: at most `ahead` of them (and of their characters at most
MAX_HELD, a single one aside) are between the source and the caller at any time, at work, waiting, or answered but not yet in
their turn. So a slow caller slows the source down, and a hundred thousand documents need no more memory than a hundred.
"""

from __future__ import annotations

import os
from collections.abc import Generator, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from symbn.errors import UsageError
from symbn.layers.batchnorm import TRAINING
from symbn.scale.documents import Document, Name, given
from symbn.scale.kept import Kept
from symbn.scale.pool import MAX_BATCH, Engine, Here, Pool
from symbn.scale.records import Record, Rules, failed, is_lasting

if TYPE_CHECKING:
    from distributed import Client
    from distributed.deploy.cluster import Cluster

MAX_HELD = 1 << 26


def check_many(
    documents: Iterable[str | tuple[Name, str] | Document],
    client: Client | Cluster | str | None = None,
    *,
    jobs: int = 1,
    ordered: bool = True,
    ahead: int | None = None,
    kind: str | None = "markdown",
    let: Iterable[str] = (),
    mode: str = TRAINING,
    batch: int | None = None,
    repair: bool = False,
    seconds: float | None = 60.0,
    memory: int | None = 2048,
    times: bool = False,
    cache: str | os.PathLike[str] | None = None,
) -> Generator[Record, None, None]:
    """Return an iterator over the records of documents: texts, pairs of a name and a text, or `Document` values.

    client: a Dask client, a cluster, or the address of a scheduler, which has to be trusted: Dask's own messages are pickles.
    Without one, `jobs` worker processes of this machine, or, with jobs=0, this process, which no time limit can end.
    ordered: in the order of the documents; else as they are answered. ahead: how many may be under way. kind: of texts.
    let, mode, batch, repair: as for `symbn.verify`. seconds, memory (MiB), times: as in `Rules`; a document that hangs, wants
    too much memory or ends its process gets a record with an error. cache: a folder where records are kept, so that what was
    answered before is not checked again. Raises: UsageError, WorkerError, when it is first asked for a record.
    """
    rules = Rules(tuple(let), mode, batch, repair, seconds, memory, times)
    rules.options()
    if isinstance(jobs, bool) or not isinstance(jobs, int) or not 0 <= jobs <= 256:
        raise UsageError(f"jobs is a number of processes from 0 to 256; got {jobs!r}")
    if seconds is not None and not seconds > 0:
        raise UsageError(f"seconds is a time for one document, more than 0; got {seconds!r}")
    if ahead is not None and ahead < 1:
        raise UsageError(f"ahead is a number of documents, at least 1; got {ahead!r}")
    return _records(given(documents, kind), client, rules, jobs, ordered, ahead, None if cache is None else Path(cache))


def _records(
    documents: Iterator[Document],
    client: Client | Cluster | str | None,
    rules: Rules,
    jobs: int,
    ordered: bool,
    ahead: int | None,
    folder: Path | None,
) -> Generator[Record, None, None]:
    engine = _engine(client, rules, jobs)
    kept = Kept(folder)
    try:
        limit = ahead or 4 * MAX_BATCH * max(jobs, 16 if client is not None else 1)
        yield from flow(documents, engine, kept, rules, ordered, limit)
    finally:
        engine.close()
        kept.close()


def _engine(client: Client | Cluster | str | None, rules: Rules, jobs: int) -> Engine:
    if client is None:
        return Pool(rules, jobs) if jobs else Here(rules)
    from symbn.scale.cluster import OnCluster

    return OnCluster(client, rules)


def flow(
    documents: Iterator[Document], engine: Engine, kept: Kept, rules: Rules, ordered: bool, ahead: int
) -> Generator[Record, None, None]:
    """Yield the records of documents that an engine answers."""
    # number -> what is between the source and the caller: name, key and length; and what of it is answered
    under_way: dict[int, tuple[Name, str, int]] = {}
    ready: dict[int, Record] = {}
    number = held = turn = 0
    ended = False
    while True:
        while not ended and len(under_way) < ahead and held < MAX_HELD and not engine.full:
            document = next(documents, None)
            if document is None:
                ended = True
                break
            key = kept.key(document, rules)
            under_way[number] = (document.id, key, len(document.text))
            held += len(document.text)
            if document.fault is not None:
                ready[number] = Record(document.id, failed(*document.fault))
            elif (body := kept.load(key)) is not None:
                ready[number] = Record(document.id, body, kept=True)
            else:
                engine.submit(number, document)
            number += 1
            if len(ready) >= MAX_BATCH:
                break  # what is known already need not wait for more
        if engine.busy and not (turn in ready if ordered else ready):
            for answer, body in engine.wait():
                name, key, _ = under_way[answer]
                ready[answer] = Record(name, body)
                if is_lasting(body):
                    kept.store(key, body)
        for answer in _next(ready, turn, ordered):
            record = ready.pop(answer)
            held -= under_way.pop(answer)[2]
            turn += 1
            yield record
        if ended and not under_way:
            return


def _next(ready: dict[int, Record], turn: int, ordered: bool) -> list[int]:
    """Return the numbers of the records that may go out now."""
    if not ordered:
        return list(ready)
    last = turn
    while last in ready:
        last += 1
    return list(range(turn, last))
