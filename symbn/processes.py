"""Many documents, in order, on one process or several.

A worker process may be lost: killed by hand, or by a system that is short of memory. Then its document is checked once more,
in a process of its own, and if that is lost too, the report on it says so; the other documents get their answers anyway.
No worker outlives this process, however it ends.
"""

from __future__ import annotations

import os
import signal
import threading
from collections import deque
from collections.abc import Callable, Iterator
from itertools import islice
from typing import TYPE_CHECKING

from symbn.answer import DocumentReport
from symbn.diagnostic import Diagnostic, Span
from symbn.running import Settings, check_path, faulty

if TYPE_CHECKING:
    from concurrent.futures import Future
    from multiprocessing.process import BaseProcess

_STOPPING = (signal.SIGINT, signal.SIGTERM)
_AHEAD = 8  # documents under way for each process
_LOST = "the process that checked it was lost: it was killed, or there was not enough memory"


def check_paths(
    paths: list[str],
    settings: Settings,
    jobs: int = 1,
    progress: Callable[[str, int, int], None] = lambda path, done, total: None,
) -> Iterator[DocumentReport]:
    """Yield the reports in the order of the paths, on `jobs` processes. progress: told about the items of a document."""
    if jobs <= 1 or len(paths) <= 1:
        for path in paths:
            yield check_path(path, settings, lambda done, total, path=path: progress(path, done, total))  # type: ignore[misc]
        return
    for path, report in zip(paths, _reports(paths, settings, jobs), strict=True):
        progress(path, 1, 1)
        yield report


def _reports(paths: list[str], settings: Settings, jobs: int) -> Iterator[DocumentReport]:
    done: dict[int, DocumentReport] = {}
    place = 0
    while place < len(paths):
        if place in done:  # it was ready when a worker was lost at an earlier one
            yield done.pop(place)
            place += 1
            continue
        missing = [number for number in range(place, len(paths)) if number not in done]
        for number, report in _in_pool([paths[number] for number in missing], missing, settings, jobs):
            done[number] = report
            while place in done:
                yield done.pop(place)
                place += 1
        if place < len(paths):
            # A worker was lost, and nobody can say at which document; the first one without an answer is asked alone.
            alone = dict(_in_pool([paths[place]], [place], settings, 1))
            yield alone.get(place) or faulty(paths[place], Diagnostic("bad-document", _LOST, Span(0, 0)))
            place += 1


def _in_pool(paths: list[str], numbers: list[int], settings: Settings, jobs: int) -> Iterator[tuple[int, DocumentReport]]:
    """Yield the reports under their numbers, in order, until a worker is lost; then those that were ready."""
    from concurrent.futures import ProcessPoolExecutor
    from concurrent.futures.process import BrokenProcessPool
    from multiprocessing import active_children

    others = active_children()
    with ProcessPoolExecutor(min(jobs, len(paths)), initializer=_prepare) as pool:
        try:
            waiting: deque[tuple[int, Future[DocumentReport]]] = deque()
            left = zip(numbers, paths, strict=True)
            try:
                while True:
                    # Only so many at a time: the reports on a hundred thousand documents would not fit into the memory.
                    for number, path in islice(left, _AHEAD * jobs - len(waiting)):
                        waiting.append((number, pool.submit(_in_worker, path, settings)))
                    if not waiting:
                        break
                    report = waiting[0][1].result()
                    yield waiting.popleft()[0], report
            except BrokenProcessPool:
                for number, future in waiting:
                    if future.done() and future.exception() is None:
                        yield number, future.result()
        except BaseException:
            # The pool would wait for the documents at work, and for those that the workers have fetched.
            pool.shutdown(wait=False, cancel_futures=True)
            for child in active_children():
                if child not in others:
                    child.terminate()
            raise


def _prepare() -> None:
    """Make a worker end at once when it is told to, and when the process that started it is gone."""
    from multiprocessing import parent_process

    for number in _STOPPING:
        signal.signal(number, signal.SIG_DFL)
    parent = parent_process()
    if parent is not None:
        threading.Thread(target=_end_with, args=(parent,), daemon=True).start()


def _end_with(parent: BaseProcess) -> None:
    parent.join()
    os._exit(1)


def _in_worker(path: str, settings: Settings) -> DocumentReport:
    """Check one document in a process of its own. Ctrl-C, which all processes hear, ends an idle one at once and without a
    word; one at work first clears away the cache file that it is writing."""
    for number in _STOPPING:
        signal.signal(number, signal.default_int_handler)
    try:
        return check_path(path, settings)
    except KeyboardInterrupt:
        os._exit(128 + signal.SIGINT)
    finally:
        for number in _STOPPING:
            signal.signal(number, signal.SIG_DFL)
