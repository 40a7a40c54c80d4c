"""`derive`: one call for all targets, routes, modes and batch sizes."""

from __future__ import annotations

from symbn.deriving import picture, written_out
from symbn.deriving.article import Article
from symbn.deriving.targets import CLOSED, ROUTES, TARGETS, Target, derivation, targets_of, together
from symbn.errors import UsageError
from symbn.layers.batchnorm import MODES, TRAINING, batch_norm

GRAPH = "graph"
EVERY_TARGET = (*TARGETS, GRAPH)


def derive(
    target: str, route: str | None = None, mode: str = TRAINING, batch: int | None = None, of: str = "xhat", by: str = "x"
) -> Article:
    """Return the derivation of a target, every step proved. of, by: the nodes of `jacobian`.

    batch: written out at this size, with SymPy. Raises: UsageError, UnprovedError.
    """
    if mode not in MODES:
        raise UsageError(f"unknown mode {mode[:40]!r}: choose from {', '.join(MODES)}")
    if route is not None and route not in ROUTES:
        raise UsageError(f"unknown route {route[:40]!r}: choose from {', '.join(ROUTES)}")
    if batch is not None and route is not None:
        raise UsageError("at a chosen batch size everything is written out, so there is no route: leave out one of the two")
    if target == GRAPH:
        if batch is not None:
            raise UsageError("the graph is the same at every batch size: leave --batch out")
        return picture.article(batch_norm(mode))
    found = targets_of(target, of, by, mode)
    articles = [_one(one, route or CLOSED, mode, batch) for one in found]
    return articles[0] if len(articles) == 1 else together(articles)


def _one(target: Target, route: str, mode: str, batch: int | None) -> Article:
    if batch is None:
        return derivation(target, route, mode)
    of, by = (target.of, target.by) if target.of else ("c", "x")
    return written_out.derivation(target.name, of, by, batch, mode)
