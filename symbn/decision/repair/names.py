"""Edits of names: one quantity for another, one index for another, sum signs."""

from __future__ import annotations

import re
from collections.abc import Iterator

from symbn.decision.repair.edits import Candidate, Edit
from symbn.decision.repair.view import Use, View
from symbn.diagnostic import Span
from symbn.elaboration.letters import bound_names
from symbn.elaboration.resolving import ARRAYS
from symbn.syntax.tree import Additive, Big, Group, Name, Node, Product, Scripted

_LIKE = {
    "x": ("xhat", "y", "g", "mu"), "xhat": ("x", "y", "g"), "y": ("xhat", "x", "g"), "c": ("x", "xhat"),
    "g": ("xhat", "x", "y"),
    "mu": ("var", "beta"), "var": ("mu",), "gamma": ("beta",), "beta": ("gamma", "mu"), "s": ("var",), "eps": ("var",),
}  # fmt: skip
_ADJOINT = {"xhat": ("y", "x"), "x": ("xhat", "y"), "gamma": ("beta",), "beta": ("gamma",), "mu": ("var",), "var": ("mu",)}
_ADJOINT["y"] = ("xhat", "x")


def symbols(view: View) -> Iterator[Candidate]:
    """x for \\hat x or x - mu, and the other way round; mu for var; gamma for beta; dL/dy for dL/d\\hat x."""
    wheres = {id(site.node): site for site in view.sites}
    for use in view.uses:
        role, node = use.found.role, use.node
        shown = view.slice(node)
        for new in (_ADJOINT if use.by or use.found.adjoint else _LIKE).get(role, ()):
            cost = 12 if {role, new} in ({"x", "xhat"}, {"mu", "var"}, {"gamma", "beta"}) else 14
            span, put = _swap(view, use, new)
            whole = view.text[node.span.start : span.start] + put + view.text[span.end : node.span.end]
            yield Candidate(cost, "wrong-symbol", f"`{shown}` has to be `{whole}`", ((span, put),))
        if view.capital and not use.by and role in ("gamma", "beta", "x", "xhat", "y"):
            yield Candidate(14, "wrong-symbol", f"`{shown}` has to be {view.upstream('')}", ((node.span, view.upstream("")),))
            if role in ("gamma", "beta"):
                yield Candidate(
                    14, "wrong-symbol", f"`{shown}` has to be {view.name('xhat')}", ((node.span, view.name("xhat")),)
                )
        index = view.batch_index(use)
        site = wheres.get(id(node))
        if site is not None and role in ("x", "xhat", "y") and not use.found.adjoint and index is not None:
            yield _centred(view, node, site.where, role)
        if role == "g" and not use.by and index is not None:
            put = view.derivative(view.name("L"), view.array("xhat", view.text[index.start : index.end]))
            yield Candidate(14, "wrong-symbol", f"`{shown}` has to be {put}", ((node.span, put),))
    for place in view.sites:
        if (letter := _deviation(view, place.node)) is not None:
            parent = place.above[-1] if place.above else None
            span = view.outer(parent) if isinstance(parent, Group) and parent.bracket != "{" else view.outer(place.node)
            shown, hat, bare = view.show(place.node), view.array("xhat", letter), view.array("x", letter)
            words = f"`{shown}` has to be {hat}: it is not divided by the root"
            yield Candidate(14, "wrong-symbol", words, ((span, hat),))
            yield Candidate(15, "wrong-symbol", f"`{shown}` has to be {bare}", ((span, bare),))


def _swap(view: View, use: Use, new: str) -> tuple[Span, str]:
    """Return where a name is written without its indices, and the spelling of another role."""
    node, role = use.node, use.found.role
    base = node.base if isinstance(node, Scripted) else node
    if use.found.adjoint:
        return base.span, "d" + new
    own = (role in ARRAYS and new in ARRAYS) or role in ("gamma", "beta")
    return base.span if own else node.span, view.name(new)


def _centred(view: View, node: Name | Scripted, where: str, role: str) -> Candidate:
    """x_i where x_i - mu is meant."""
    base = node.base if isinstance(node, Scripted) else node
    tail = view.text[base.span.end : node.span.end]
    power = re.search(r"\^(\{[^{}]*\}|\([^()]*\)|\d)$", tail)
    entry = tail[: power.start()] if power else tail
    inner = f"{view.name('x')}{entry} - {view.name('mu')}"
    put = inner if where in ("body", "side") and not power else f"({inner})" + (power[0] if power else "")
    put = f"{{{put}}}" if where in ("top", "bottom") and view.latex else put
    missing = " is not centred: it" if role == "x" else ""
    return Candidate(12, "wrong-symbol", f"`{view.slice(node)}`{missing} has to be {inner}", ((node.span, put),))


def _deviation(view: View, node: Node) -> str | None:
    """Return the index of x_i - mu."""
    if isinstance(node, Additive) and len(node.terms) == 2 and node.signs == (1, -1):
        if view.role(node.terms[0]) == "x" and view.role(node.terms[1]) == "mu":
            places = view.index_places(node.terms[0])
            return places[0].text if len(places) == 1 else None
    return None


def indices(view: View) -> Iterator[Candidate]:
    """One index for another: at one place, or all through a term."""
    letters = [*view.letters()]
    if len(letters) < 2:
        letters.append(view.spare())
    axes = view.scope.axes
    for place in view.index_places(view.root):
        for new in letters:
            if new != place.text and axes.get(new) in (None, axes.get(place.text)):
                yield Candidate(12, "wrong-index", f"the index {place.text} has to be {new} here", ((place.span, new),))
    for site in view.sites:
        if site.where not in ("term", "body", "side"):
            continue
        places = view.index_places(site.node)
        for old in dict.fromkeys(place.text for place in places):
            edits = tuple(place for place in places if place.text == old)
            if len(edits) < 2:
                continue
            for new in letters:
                if new != old and axes.get(new) in (None, axes.get(old)):
                    yield Candidate(
                        13 + len(edits), "wrong-index", f"the index {old} has to be {new} in `{view.show(site.node)}`",
                        tuple((place.span, new) for place in edits),
                    )  # fmt: skip
    for site in view.sites:
        if isinstance(site.node, Big):
            for name in bound_names(site.node.lower):
                for new in letters:
                    if new != name.text:
                        yield Candidate(13, "wrong-index", f"the sum runs over {new}, not over {name.text}",
                                        ((name.span, new),))  # fmt: skip


def sums(view: View) -> Iterator[Candidate]:
    """A sum sign too many; a sum sign left out."""
    heads: dict[str, str] = {}
    for site in view.sites:
        node = site.node
        if isinstance(node, Big):
            start = view.outer(node.body).start
            head = view.text[node.span.start : start]
            for name in bound_names(node.lower)[:1]:
                heads.setdefault(name.text, head)
            many = isinstance(node.body, Additive)
            cut: tuple[Edit, ...] = ((Span(node.span.start, start), "(" if many else ""),)
            if many:
                cut = (*cut, (Span(node.span.end, node.span.end), ")"))
            words = f"the sum sign `{head.strip()}` is too much"
            yield Candidate(14, "extra-sum", words, cut)
            for old in bound_names(node.lower)[:1]:
                for new in view.scope.free:
                    renamed = tuple((name.span, new) for name in view.index_places(node.body) if name.text == old.text)
                    if new != old.text and renamed and view.scope.axes.get(new) == view.scope.axes.get(old.text):
                        yield Candidate(15, "extra-sum", f"{words}: the entry {new} is meant", (*cut, *renamed))
    spare, given = view.spare(), {name.text for name in view.index_places(view.target)}
    for site in view.sites:
        node = site.node
        if site.where not in ("term", "side", "body", "top") or isinstance(node, Additive) or _braces(node):
            continue
        suffixes = node.factors if isinstance(node, Product) else (node,)
        for place, first in enumerate(suffixes):
            begin = view.outer(first).start
            inside = [name for factor in suffixes[place:] for name in view.index_places(factor)]
            for letter in dict.fromkeys(name.text for name in inside):
                words = f"a sum over {letter} is missing before `{view.text[begin : node.span.end].strip()[:40]}`"
                taken = 2 * (letter in given and letter != spare)
                yield Candidate(13 + taken + min(place, 2), "missing-sum", words,
                                ((Span(begin, begin), _head(view, heads, letter)),))  # fmt: skip
                if letter in view.scope.free and letter != spare:
                    renamed = tuple((name.span, spare) for name in inside if name.text == letter)
                    yield Candidate(
                        15 - (letter in given) + min(place, 2), "missing-sum", words.replace(f"over {letter}", f"over {spare}"),
                        ((Span(begin, begin), _head(view, heads, spare)), *renamed),
                    )  # fmt: skip


def _braces(node: Node) -> bool:
    return isinstance(node, Group) and node.bracket == "{"


def _head(view: View, heads: dict[str, str], letter: str) -> str:
    if letter in heads:
        return heads[letter].rstrip() + " "
    return f"\\sum_{letter} " if view.latex else f"sum_{letter} "
