"""Edits of signs, terms and brackets."""

from __future__ import annotations

from collections.abc import Iterator

from symbn.decision.repair.edits import Candidate
from symbn.decision.repair.view import View
from symbn.diagnostic import Span
from symbn.syntax.tree import Additive, Big, Derivative, Group, Node, Product, Scripted, children


def signs(view: View) -> Iterator[Candidate]:
    """A term with the other sign; the whole side with the other sign."""
    for site in view.sites:
        node = site.node
        if isinstance(node, Additive):
            for place, (sign, term) in enumerate(zip(node.signs, node.terms, strict=True)):
                before = view.sign_before(node, place)
                start = view.outer(term).start
                cost = 10 + len(site.above) // 4
                words = f"`{view.show(term)}` has to be {'subtracted, not added' if sign > 0 else 'added, not subtracted'}"
                if before is None:
                    yield Candidate(cost + 1, "wrong-sign", words, ((Span(start, start), "-"),))
                elif place == 0:
                    yield Candidate(cost, "wrong-sign", f"the minus sign before `{view.show(term)}` is too much",
                                    ((Span(before.start, start), ""),))  # fmt: skip
                else:
                    yield Candidate(cost, "wrong-sign", words, ((before, "-" if sign > 0 else "+"),))
        elif site.where == "side":
            start = view.side.start
            yield Candidate(11, "wrong-sign", "the whole side has the wrong sign", ((Span(start, start), "-"),))
    if isinstance(view.root, Additive) and len(view.root.terms) > 1:
        side = view.side
        yield Candidate(13, "wrong-sign", "the whole side has the wrong sign",
                        ((Span(side.start, side.start), "-("), (Span(side.end, side.end), ")")))  # fmt: skip


def terms(view: View) -> Iterator[Candidate]:
    """A term too many; a term left out."""
    size = view.over("1", view.batch())
    for site in view.sites:
        node = site.node
        if isinstance(node, Additive) and len(node.terms) > 1:
            for place, term in enumerate(node.terms):
                if place:
                    cut = Span(node.terms[place - 1].span.end, term.span.end)
                else:
                    following = view.sign_before(node, 1)
                    assert following is not None
                    cut = Span(view.outer(term).start if node.signs[0] > 0 else node.span.start,
                               following.start if node.signs[1] < 0 else view.outer(node.terms[1]).start)  # fmt: skip
                yield Candidate(24, "extra-term", f"the term `{view.show(term)}` does not belong here", ((cut, ""),))
        whole = site.where in ("side", "top") or (site.where == "body" and isinstance(site.above[-1], Group))
        if whole and not (isinstance(node, Group) and node.bracket == "{"):
            end = Span(node.span.end, node.span.end)
            for new in ("1", size, view.name("mu"), view.name("beta")):
                for sign in (" - ", " + "):
                    yield Candidate(26, "missing-term", f"the term `{sign}{new}` is missing", ((end, sign + new),))
    for name, path in _paths(view):
        end = Span(view.side.end, view.side.end)
        yield Candidate(20, "missing-term", f"the path through {name} is missing", ((end, f" + {path}"),))


def _paths(view: View) -> Iterator[tuple[str, str]]:
    """Yield the three ways in which an input reaches the loss, if the other side is dL/dx_i."""
    node = view.target
    while isinstance(node, Group):
        node = node.body
    if not isinstance(node, Derivative) or len(node.by) != 1 or view.role(node.of) != "L" or view.role(node.by[0]) != "x":
        return
    letters = view.index_places(node.by[0])
    if len(letters) != 1:
        return
    loss, mean, variance, hat = view.name("L"), view.name("mu"), view.name("var"), view.array("xhat", letters[0].text)
    deviation = f"2({view.array('x', letters[0].text)} - {mean})"
    root = view.root_of(f"{variance} + {view.name('eps')}")
    yield "the mean", f"{view.derivative(loss, mean)} {view.over('1', view.batch())}"
    yield "the variance", f"{view.derivative(loss, variance)} {view.over(deviation, view.batch())}"
    yield hat, f"{view.derivative(loss, hat)} {view.over('1', root)}"


def brackets(view: View) -> Iterator[Candidate]:
    """Brackets around a summand or after a factor; brackets that are too much, or that close at the wrong place."""
    for site in view.sites:
        node = site.node
        if isinstance(node, Additive):
            for place, term in enumerate(node.terms[:-1]):
                for far, start in enumerate(_openings(view, term)):
                    for last in range(place + 1, len(node.terms)):
                        # A later sum sign says that this sum ends before it, as for the readings of a sum.
                        inside = any(start >= view.outer(big.body).start for big in _open_sums(term))
                        later = inside and any(holds_sum(other) for other in node.terms[place + 1 : last + 1])
                        cost = 9 + far + 2 * (len(node.terms) - 1 - last) + 5 * later
                        for late, end in enumerate(_closings(view, node.terms[last])):
                            run = " ".join(view.text[start:end].split())
                            words = f"brackets are missing around `{run if len(run) <= 60 else run[:58] + '..'}`"
                            put = ((Span(start, start), "("), (Span(end, end), ")"))
                            yield Candidate(cost + 2 * late, "missing-parentheses", words, put)
        if isinstance(node, Group) and node.bracket != "{" and isinstance(node.body, Additive):
            yield from _moved(view, node, site.above[-1] if site.above else None)


def _openings(view: View, term: Node) -> list[int]:
    """Return where a bracket may open in the term, the likeliest first: the last summand or factor, then more of it."""
    match term:
        case Product(factors=factors):
            starts = [view.outer(factor).start for factor in factors[1:]]
            inner = [start for start in _openings(view, factors[-1]) if start not in starts]
            return inner + starts[::-1]
        case Big(body=body):
            return [view.outer(body).start, *_openings(view, body)]
        case _:
            return []


def _closings(view: View, term: Node) -> list[int]:
    """Return where a bracket may close in the term: at its end, before its exponent, after its first factors."""
    match term:
        case Scripted(sup=sup) if sup is not None and (power := view.text.rfind("^", term.span.start, sup.span.start + 1)) > 0:
            return [term.span.end, power]
        case Product(factors=factors):
            return [term.span.end, *(factor.span.end for factor in factors[:-1])]
        case _:
            return [term.span.end]


def _open_sums(term: Node) -> list[Big]:
    """Return the sums that a term ends with."""
    match term:
        case Product(factors=(*_, last)):
            return _open_sums(last)
        case Big(body=body):
            return [term, *_open_sums(body)]
        case _:
            return []


def holds_sum(node: Node) -> bool:
    return isinstance(node, Big) or any(holds_sum(child) for child in children(node))


def _moved(view: View, node: Group, parent: Node | None) -> Iterator[Candidate]:
    opening = Span(view.outer(node).start, view.outer(node.body).start)
    closing = _closing(view, node)
    assert isinstance(node.body, Additive)
    yield Candidate(12, "extra-parentheses", f"the brackets around `{view.show(node.body)}` are too much",
                    ((opening, ""), (closing, "")))  # fmt: skip
    left, right = view.text[opening.start : opening.end], view.text[closing.start : closing.end]
    for place, term in enumerate(node.body.terms[:-1]):
        for start in _openings(view, term):
            yield Candidate(
                12 + place, "missing-parentheses", f"the brackets belong around the summand, from `{view.text[start]}` on",
                ((opening, ""), (Span(start, start), left)),
            )  # fmt: skip
        if place == 0:
            continue
        end = term.span.end
        yield Candidate(13, "extra-parentheses", f"the bracket closes too late: it ends after `{view.show(term)}`",
                        ((Span(end, end), right), (closing, "")))  # fmt: skip
    if isinstance(parent, Product) and parent.factors[-1] is not node:
        return
    after = _after(view, node)
    for end in after:
        yield Candidate(11, "missing-parentheses", f"the bracket after `{view.show(node.body)}` closes too early",
                        ((closing, ""), (Span(end, end), right)))  # fmt: skip


def _after(view: View, node: Group) -> list[int]:
    """Return the ends of the terms that follow the term which ends with this bracket."""
    for site in view.sites:
        if isinstance(site.node, Additive):
            for place, term in enumerate(site.node.terms[:-1]):
                if term.span.end == node.span.end:
                    return [later.span.end for later in site.node.terms[place + 1 :]]
    return []


def _closing(view: View, node: Group) -> Span:
    """Return the span of the closing bracket with the `\\right` before it."""
    return Span(node.body.span.end, node.span.end)
