"""What is to be derived, and by which route: `dx`, `jacobian`, `dxhat/dx`, `centring`, `all`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from symbn.deriving import centring, closed, notation, staged
from symbn.deriving.article import Article, Section, Words
from symbn.deriving.steps import at
from symbn.elaboration.meaning import TOTAL, Slope
from symbn.errors import UsageError
from symbn.layers.batchnorm import MODES, TRAINING, batch_norm
from symbn.layers.graph import Graph

STAGED, CLOSED, QUOTIENT = "staged", "closed", "quotient"
ROUTES = (CLOSED, STAGED, QUOTIENT)
GRADIENTS = {"dx": "x", "dgamma": "gamma", "dbeta": "beta", "dmu": "mu", "dvar": "var", "dxhat": "xhat"}
TARGETS = (*GRADIENTS, "jacobian", "centring", "all")


@dataclass(frozen=True, slots=True)
class Target:
    """d of / d by; centring where `of` is empty."""

    name: str
    of: str = ""
    by: str = ""


def targets_of(text: str, of: str = "xhat", by: str = "x", mode: str = TRAINING) -> tuple[Target, ...]:
    """Return what a TARGET means. of, by: the nodes of `jacobian`. Raises: UsageError."""
    graph = batch_norm(mode)
    name = {"centering": "centring", "dsigma2": "dvar"}.get(text, text)
    if name == "all":
        known = [t for t in TARGETS if t != "all"]
        return tuple(t for n in known if _exists(n, graph) for t in targets_of(n, of, by, mode))
    if name == "centring":
        if not graph.depends("mu", "x"):
            raise UsageError("in evaluation mode nothing is centred: the mean is a constant")
        return (Target(name),)
    if name == "jacobian":
        pair = (of, by)
    elif name in GRADIENTS:
        pair = (graph.loss, GRADIENTS[name])
    elif "/" in name and name.count("/") == 1 and all(part.startswith("d") for part in name.split("/")):
        first, second = (part[1:].strip() for part in name.split("/"))
        pair = (first, second)
    else:
        raise UsageError(
            f"unknown target {text[:40]!r}: choose from {', '.join(TARGETS)}, graph, or write dA/dB with nodes of the layer"
        )
    names = [n for n in graph.nodes if n != graph.upstream]
    for node in pair:
        if node not in names:
            raise UsageError(f"unknown node {node[:40]!r}: the layer has {', '.join(names)}")
    if pair[0] == pair[1]:
        raise UsageError(f"the derivative of {pair[0]} by itself needs no derivation")
    if not graph.depends(*pair):
        elsewhere = any(batch_norm(other).depends(*pair) for other in MODES)
        where = "in this mode " if elsewhere else ""
        reason = f"{where}{pair[0]} does not depend on {pair[1]}, so that the derivative is 0"
        downstream = [n for n in names if n != pair[1] and graph.depends(n, pair[1])]
        raise UsageError(f"{reason}; what does: {', '.join(downstream) or 'nothing'}")
    return (Target(name, *pair),)


def _exists(name: str, graph: Graph) -> bool:
    return name != "centring" or graph.depends("mu", "x")


def derivation(target: Target, route: str, mode: str = TRAINING) -> Article:
    """Return the derivation, every step proved. Raises: UsageError, UnprovedError."""
    graph = batch_norm(mode)
    if target.name == "centring":
        return Article("centring", ("Centring and its Jacobian",), _begun(graph, centring.sections(graph)))
    loss = target.of == graph.loss
    row, column = ("j", "i") if loss else ("i", "k")
    head = Slope(at(graph.nodes[target.of], row), at(graph.nodes[target.by], column), TOTAL)
    if route == STAGED:
        found = staged.sections(graph, target.by) if loss else staged.forward(graph, target.of, target.by)
        words = "by the computation graph"
    elif route == QUOTIENT:
        found, words = closed.sections(graph, target.of, target.by, row, column, quotients=True), "by the quotient rule"
    else:
        found, words = closed.sections(graph, target.of, target.by, row, column), "with pen and paper"
    title = ("The gradient " if loss else "The derivative ", head, f", {words}")
    return Article(f"{target.name.replace('/', '-by-')}-{route}", title, _begun(graph, found))


def together(articles: Sequence[Article]) -> Article:
    """Return one article with all parts; what several have, the notation first of all, comes once."""
    seen = set(articles[0].sections[:1])
    sections = [replace(section, depth=0) for section in articles[0].sections[:1]]
    for article in articles:
        own = [section for section in article.sections if section not in seen]
        seen.update(own)
        above = () if own else (Words(("This is derived above: ", *article.sections[-1].title, ".")),)
        sections += [Section(article.title, above, depth=0), *own]
    return Article("all", ("The backward pass of batch normalisation",), tuple(sections))


def _begun(graph: Graph, sections: list[Section]) -> tuple[Section, ...]:
    return (notation.section(graph), *sections)
