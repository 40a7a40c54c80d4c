"""The workers of a Dask cluster as an engine: `pip install 'symbn[scale]'`, here and on every worker, of one version.

A task is a few documents as a line of JSON, and its result is a list of JSON texts; nothing else goes over the wire. But Dask
itself packs tasks with pickle, so that who controls the scheduler controls its workers and clients: use one that is yours.

In a worker of Dask the documents are answered by a process of our own, as everywhere (`asking`): what hangs or needs too much
memory ends that one, and Dask's own is not at risk. If a worker of Dask is lost all the same, the scheduler gives its tasks to
another one, as often as `distributed.scheduler.allowed-failures` says; a task that has failed beyond that is cut into its
documents, and what fails alone gets a record that says so. Each number is answered once: a future is read when it is done, and
then forgotten. A scheduler that goes away ends the run with an error; what was answered until then is kept, with `cache`.
"""

from __future__ import annotations

from collections import deque
from time import monotonic
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from symbn import __version__
from symbn.errors import SymbnError, UsageError
from symbn.scale.documents import Document
from symbn.scale.grading import body_from_own_worker
from symbn.scale.records import Rules, failed
from symbn.scale.worker import documents_of, line_of_documents, line_of_rules, rules_of

if TYPE_CHECKING:
    from distributed import Client, Future
    from distributed.deploy.cluster import Cluster

MAX_TASK = 16  # documents in a task, and their characters
_MAX_CHARACTERS = 1 << 16
_SHORT, _LONG = 0.5, 2.0  # seconds for them: below, they may be more; above, fewer
_TASKS_EACH = 2  # under way for each thread of the cluster: one at work, one on its way
_NEWS = 5.0  # seconds after which the cluster is asked again how large it is
_RETRIES = 1
_Item = tuple[int, Document]


class ClusterError(SymbnError):
    """The cluster cannot be reached, or is gone."""


def answer_task(version: str, rules: bytes, documents: bytes) -> list[str]:
    """Return the bodies of documents, on a worker of Dask. Raises: ClusterError if another symbn is installed there."""
    if version != __version__:
        raise ClusterError(f"symbn {version} asks, and symbn {__version__} is installed on the worker")
    return [body_from_own_worker(document, rules_of(rules)) for document in documents_of(documents)]


class OnCluster:
    """client: a Dask client, a cluster, or the address of a scheduler."""

    def __init__(self, client: Client | Cluster | str, rules: Rules) -> None:
        """Raises: UsageError, ClusterError."""
        try:
            from distributed import Client as DaskClient
            from distributed import as_completed
        except ImportError:
            raise UsageError("a Dask cluster needs the package `distributed`: pip install 'symbn[scale]'") from None
        self._own = not isinstance(client, DaskClient)
        try:
            self._client = client if isinstance(client, DaskClient) else DaskClient(client, set_as_default=False)
        except (OSError, ValueError, TypeError) as error:
            raise ClusterError(f"no Dask scheduler answers at {client}: {error}") from None
        if self._client.asynchronous:
            raise UsageError("the Dask client is asynchronous: give one that is not")
        self._rules = line_of_rules(rules)
        self._waiting: deque[_Item] = deque()
        self._at: dict[Future, tuple[list[_Item], float]] = {}
        self._done = as_completed(loop=self._client.loop, with_results=True, raise_errors=False)
        self._size, self._room, self._looked = 1, 1, float("-inf")
        self._name, self._count = f"symbn-{uuid4().hex}", 0
        self._look()

    @property
    def full(self) -> bool:
        return len(self._waiting) >= self._size * max(1, self._room - len(self._at))

    @property
    def busy(self) -> bool:
        return bool(self._waiting or self._at)

    def submit(self, number: int, document: Document) -> None:
        self._waiting.append((number, document))

    def wait(self) -> list[tuple[int, str]]:
        self._look()
        while self._waiting and len(self._at) < self._room:
            self._send(self._next_task())
        found: list[tuple[int, str]] = []
        while not found and self._at:
            future, result = next(self._done)
            found = self._hear(future, result)
        return found

    def close(self) -> None:
        """Call back what is under way."""
        if self._at and self._client.status == "running":
            self._client.cancel(list(self._at))
        self._at.clear()
        if self._own:
            self._client.close()

    def _look(self) -> None:
        """Ask how many threads the cluster has now: workers come and go."""
        if monotonic() - self._looked > _NEWS:
            self._room = max(1, _TASKS_EACH * sum(self._client.nthreads().values()))
            self._looked = monotonic()

    def _next_task(self) -> list[_Item]:
        task, room = [self._waiting.popleft()], _MAX_CHARACTERS
        while self._waiting and len(task) < self._size and (room := room - len(task[-1][1].text)) > 0:
            task.append(self._waiting.popleft())
        return task

    def _send(self, task: list[_Item]) -> None:
        self._count += 1
        # The same text asked twice is two tasks: a key of its own for each, so that none is answered for another.
        future = self._client.submit(
            answer_task,
            __version__,
            self._rules,
            line_of_documents([document for _, document in task]),
            key=f"{self._name}-{self._count}",
            pure=False,
            retries=_RETRIES,
        )
        self._at[future] = (task, monotonic())
        self._done.add(future)

    def _hear(self, future: Future, result: Any) -> list[tuple[int, str]]:  # noqa: ANN401 - a list of texts, or an error
        task, since = self._at.pop(future)
        if future.status == "finished":
            took = monotonic() - since
            self._size = (
                min(MAX_TASK, self._size * 2) if took < _SHORT else max(1, self._size // 2) if took > _LONG else self._size
            )
            return [(number, body) for (number, _), body in zip(task, result, strict=True)]
        if self._client.status != "running" or future.cancelled():
            raise ClusterError("the Dask scheduler is gone, or has forgotten the tasks")
        error = result[1]
        if isinstance(error, SymbnError):
            raise error
        if len(task) > 1:
            for item in task:
                self._send([item])
            return []
        return [
            (task[0][0], failed("lost", f"the cluster lost it: {type(error).__name__}: it ended every worker it was given to"))
        ]
