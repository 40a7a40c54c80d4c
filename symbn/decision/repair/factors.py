"""Edits of factors: one too few, one too many, the wrong one; m for m - 1; upstream gradients."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction as Rational

from symbn.decision.repair.edits import Candidate, Edit
from symbn.decision.repair.view import Site, View
from symbn.diagnostic import Span
from symbn.kernel.term import FEATURE
from symbn.syntax.tree import Additive, Big, Derivative, Fraction, Group, Node, Number, Product, Scripted, number_value


def factors(view: View) -> Iterator[Candidate]:
    """Multiply and divide terms and the whole side by what derivations forget."""
    m, gamma = view.batch(), view.name("gamma")
    spread = view.root_of(f"{view.name('var')} + {view.name('eps')}")
    named = [(m, 12), ("2", 13), (gamma, 13), (spread, 15), (f"{m}^2", 19)]
    for site in view.sites:
        node = site.node
        if not _multiplies(site):
            continue
        far = 0 if site.where in ("term", "side") else 1
        start, whole = view.outer(node).start, view.show(node)
        inside, above, below = _parts(view, node)
        for factor, cost in named:
            extra = cost + (3 if isinstance(node, Additive) else far)
            words = f"the factor {factor} is missing before `{whole}`"
            one = isinstance(node, Number) and node.value == 1
            put = ((node.span, factor) if one else (Span(start, start), view.times(factor, node)),)
            # What stands below already is taken away rather than multiplied with, and the other way round.
            yield Candidate(extra + (5 if factor in below else 0), "missing-factor", words, _around(view, node, put))
            put = ((Span(start, start), view.times(view.over("1", factor), node)),)
            divide = _around(view, node, put) if isinstance(node, Additive) else (_divisor(view, node, factor),)
            extra += 5 if factor in above | below else 0
            yield Candidate(extra, "missing-factor", f"`{whole}` is not divided by {factor}", divide)
        if inside:
            for factor in _entries(view):
                put = ((Span(start, start), view.times(factor, node)),)
                yield Candidate(16 + far, "missing-factor", f"the factor {factor} is missing before `{whole}`", put)


def _parts(view: View, node: Node) -> tuple[bool, set[str], set[str]]:
    """Return whether the node is one term, and the texts of its factors above and below the fraction bars."""
    if isinstance(node, Additive):
        return False, set(), set()
    above: set[str] = set()
    below: set[str] = set()
    _collect(view, node, above, below)
    return True, above, below


def _collect(view: View, node: Node, above: set[str], below: set[str]) -> None:
    match node:
        case Group(body=body) | Big(body=body):
            _collect(view, body, above, below)
        case Product(factors=pieces):
            for piece in pieces:
                _collect(view, piece, above, below)
        case Fraction(top=top, bottom=bottom):
            _collect(view, top, above, below)
            _collect(view, bottom, below, above)
        case Scripted(base=base) if view.is_batch(base):
            above.add(view.slice(base))
        case _:
            above.add(view.slice(node))


def _around(view: View, node: Node, edits: tuple[Edit, ...]) -> tuple[Edit, ...]:
    """Put brackets around a sum that an edit before it multiplies."""
    if not isinstance(node, Additive):
        return edits
    ((place, put),) = edits
    return (place, put + "("), (Span(node.span.end, node.span.end), ")")


def _entries(view: View) -> list[str]:
    """Return what else a term may lack: \\hat x_i, and the delta of two features."""
    letters = [letter for letter in view.letters() if letter in view.scope.free]
    features = [letter for letter in view.scope.free if view.scope.axes.get(letter) == FEATURE]
    delta = f"\\delta_{{{''.join(features)}}}" if view.latex else f"delta_({','.join(features)})"
    return [view.array("xhat", letter) for letter in letters[:2]] + ([delta] if len(features) == 2 else [])


def _multiplies(site: Site) -> bool:
    """Tell whether multiplying this place is no repetition of multiplying the place around it."""
    if isinstance(site.node, Group) and site.node.bracket == "{":
        return False
    if site.where in ("side", "term"):
        return True
    if site.where == "factor" or not site.above:
        return False
    parents = [node for node in site.above[::-1] if not isinstance(node, Group)]
    return bool(parents) and isinstance(parents[0], Additive | Derivative | Scripted)


def _divisor(view: View, node: Node, factor: str) -> tuple[Span, str]:
    """Divide a term: in the denominator of a fraction that it has, or by a fraction before it."""
    if isinstance(node, Number):
        return node.span, view.over(view.slice(node), factor)
    parts = node.factors if isinstance(node, Product) else (node,)
    for part in parts:
        if isinstance(part, Fraction) and isinstance(part.bottom, Group) and not isinstance(part.bottom.body, Additive):
            body = part.bottom.body
            if number_value(body) is None:
                start = view.outer(body).start
                return Span(start, start), view.times(factor, body)
    start = view.outer(node).start
    return Span(start, start), view.times(view.over("1", factor), node)


def extra(view: View) -> Iterator[Candidate]:
    """Leave a factor out: of a product, of a numerator, of a denominator."""
    for site in view.sites:
        node = site.node
        if isinstance(node, Product):
            for place, factor in enumerate(node.factors):
                yield from _without(view, node, place, factor)
        if isinstance(node, Fraction):
            top, bottom = view.show(node.top), view.show(node.bottom)
            if number_value(node.bottom) != 1:
                yield Candidate(15, "extra-factor", f"the division by `{bottom}` is too much",
                                ((node.span, view.factor(node.top)),))  # fmt: skip
            if number_value(node.top) is None:
                yield Candidate(16, "extra-factor", f"the factor `{top}` is too much", ((node.top.span, "{1}"),))
            turned = view.over(view.bare(node.bottom), view.bare(node.top))
            if number_value(node.top) != number_value(node.bottom) or number_value(node.top) is None:
                yield Candidate(18, "wrong-factor", f"`{view.show(node)}` is upside down", ((node.span, turned),))
        if view.is_batch(node) and site.where in ("side", "term"):
            yield Candidate(13, "extra-factor", f"`{view.batch()}` has to be 1", ((node.span, "1"),))
        if view.is_batch(node) and site.where == "factor":
            yield Candidate(16, "wrong-factor", f"`{view.batch()}` multiplies, but has to divide",
                            ((node.span, view.over("1", view.batch())),))  # fmt: skip


def _without(view: View, node: Product, place: int, factor: Node) -> Iterator[Candidate]:
    code, cost, words = "extra-factor", 15, f"the factor `{view.show(factor)}` is too much"
    if view.is_upstream(factor):
        code, words = "extra-upstream", f"the upstream gradient `{view.show(factor)}` does not belong here"
    elif not (view.is_batch(factor) or number_value(factor) is not None or view.role(factor) in ("gamma", "xhat", "s")):
        cost = 19
    if place == 0:
        following = node.factors[1]
        if node.operators[0] == "/":
            cut, put = view.outer(factor), "1"
            yield Candidate(cost + 1, code, words, ((cut, put),))
            return
        cut = Span(view.outer(factor).start, view.outer(following).start)
    elif isinstance(factor, Big | Derivative) and place < len(node.factors) - 1:
        return
    else:
        cut = Span(node.factors[place - 1].span.end, factor.span.end)
    yield Candidate(cost, code, words, ((cut, ""),))


def numbers(view: View) -> Iterator[Candidate]:
    """Another number; m for m - 1 and back."""
    m = view.batch()
    for site in view.sites:
        node = site.node
        parent = site.above[-1] if site.above else None
        if isinstance(node, Number) and site.where != "side":
            for value in _near(node.value):
                put = _spelled(view, value, tight=site.where in ("top", "bottom"))
                yield Candidate(14 + abs(int(value)), "wrong-factor",
                                f"the number {view.slice(node)} has to be {value}", ((node.span, put),))  # fmt: skip
        if view.is_batch(node) and not isinstance(node, Group) and not isinstance(parent, Additive):
            less = f"{m} - 1"
            tight = site.where in ("top", "bottom")
            bare = isinstance(parent, Group)
            put = less if bare else f"{{{less}}}" if tight and view.latex else f"({less})"
            yield Candidate(13, "batch-minus-one", f"the divisor is {m} - 1 here, not {m}", ((node.span, put),))
        if _is_less(view, node):
            span = view.outer(parent) if isinstance(parent, Group) and parent.bracket != "{" else node.span
            yield Candidate(8, "batch-minus-one", f"{m} - 1 has to be {m}: the variance is the biased one", ((span, m),))


def _is_less(view: View, node: Node) -> bool:
    """Tell whether the node is m - 1."""
    return (
        isinstance(node, Additive)
        and len(node.terms) == 2
        and node.signs == (1, -1)
        and view.is_batch(node.terms[0])
        and number_value(node.terms[1]) == 1
    )


def _near(value: Rational) -> list[Rational]:
    wanted = [value + 1, value - 1, value * 2, value / 2, Rational(1), Rational(2), Rational(3), Rational(1, 2)]
    return list(dict.fromkeys(v for v in wanted if v > 0 and v != value))


def _spelled(view: View, value: Rational, tight: bool) -> str:
    if value.denominator == 1:
        return f"{{{value}}}" if tight and view.latex and value > 9 else str(value)
    text = f"\\frac{{{value.numerator}}}{{{value.denominator}}}" if view.latex else f"({value})"
    return f"{{{text}}}" if tight and view.latex else text


def upstream(view: View) -> Iterator[Candidate]:
    """A summand that lacks its upstream gradient."""
    if not any(view.role(use.node) in ("L", "g") for use in (*view.uses, *view.distant)):
        return
    for site in view.sites:
        node = site.node
        summand = isinstance(node, Big)
        if not (summand or site.where in ("term", "side")) or isinstance(node, Additive):
            continue
        inside = node.body if isinstance(node, Big) else node
        own = list(dict.fromkeys(name.text for name in view.index_places(inside)))
        start, end = view.outer(inside).start, Span(inside.span.end, inside.span.end)
        for letter in (own or view.letters())[:3]:
            for extra, gradient in enumerate(_gradients(view, letter)):
                put, cost = view.times(gradient, inside), (13 if summand else 14) + extra
                words = f"the upstream gradient {gradient} is missing in `{view.show(inside)}`"
                if isinstance(inside, Additive):
                    yield Candidate(cost, "missing-upstream", words, ((Span(start, start), put + "("), (end, ")")))
                else:
                    yield Candidate(cost, "missing-upstream", words, ((Span(start, start), put),))


def entries(view: View) -> Iterator[Candidate]:
    """A summand that lacks the entry it is multiplied with: \\hat x_j, or x_j - \\mu."""
    for site in view.sites:
        node = site.node
        if not isinstance(node, Big) or isinstance(node.body, Additive):
            continue
        end = Span(node.body.span.end, node.body.span.end)
        times = " " if view.latex else "*"
        for letter in list(dict.fromkeys(name.text for name in view.index_places(node.body)))[:2]:
            for new in (view.array("xhat", letter), f"({view.array('x', letter)} - {view.name('mu')})"):
                words = f"the factor `{new}` is missing behind `{view.show(node.body)}`"
                yield Candidate(17, "missing-factor", words, ((end, times + new),))


def _gradients(view: View, letter: str) -> list[str]:
    """Return dL/dy and dL/d\\hat x at an index, the one that the author uses elsewhere first."""
    normalised = view.derivative(view.name("L"), view.array("xhat", letter))
    known = any(use.by and use.found.role == "xhat" for use in view.uses)
    return [normalised, view.upstream(letter)] if known else [view.upstream(letter), normalised]
