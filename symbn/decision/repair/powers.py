"""Edits of exponents and roots, and of the epsilon under them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction as Rational

from symbn.decision.repair.edits import Candidate
from symbn.decision.repair.view import Site, View
from symbn.diagnostic import Span
from symbn.elaboration.notation import key_of
from symbn.elaboration.resolving import resolve
from symbn.syntax.tree import Additive, Call, Fraction, Group, Name, Node, Number, Product, Root, Scripted, number_value

_HALF = Rational(1, 2)


def powers(view: View) -> Iterator[Candidate]:
    """An exponent on the root instead of on the radicand; a wrong exponent; a root or a square too many or too few."""
    for site in view.sites:
        node = site.node
        power = power_of(view, node)
        if isinstance(node, Scripted) and power is not None and node.sup is not None:
            shown = view.slice(node.sup)
            root = node.base
            while isinstance(root, Group):
                root = root.body
            if isinstance(root, Root) and root.degree is None:
                inner = view.bare(root.radicand)
                held = isinstance(node.base, Group) and node.base.bracket != "{"
                yield Candidate(
                    8, "exponent-on-root",
                    f"the exponent {shown} is on the square root, so that the power of `{' '.join(inner.split())}` is "
                    f"{power / 2}: put it on the radicand",
                    view.rewrapped(root, root if held else node.base, "" if held else "(", "" if held else ")"),
                )  # fmt: skip
            for extra, new in enumerate(_other(power)):
                put = _exponent(view, node, new)
                if put is not None:
                    yield Candidate(13 + extra // 2, "wrong-exponent",
                                    f"the exponent {shown} of `{view.show(node.base)}` has to be {new}", (put,))  # fmt: skip
        elif isinstance(node, Root) and node.degree is None:
            inner = view.bare(node.radicand)
            shown = view.show(node.radicand)
            parent = site.above[-1] if site.above else None
            if not isinstance(parent, Scripted):
                tight = site.where in ("top", "bottom") and view.latex
                bare = ("{", "}") if tight else ("", "") if site.where in ("radicand", "body", "side") else ("(", ")")
                yield Candidate(14, "wrong-exponent", f"there is no root of `{shown}` here", view.rewrapped(node, node, *bare))
                left, right = "(", ")^{3/2}" if view.latex else ")^(3/2)"
                cube = ("{" + left, right + "}") if tight else (left, right)
                words = f"the root of `{shown}` has to be to the third power"
                yield Candidate(15, "wrong-exponent", words, view.rewrapped(node, node, *cube))
        else:
            yield from _added(view, site)


def power_of(view: View, node: Node) -> Rational | None:
    """Return the exponent of a power whose exponent is a number; that of \\sigma^2 is part of its name."""
    if not isinstance(node, Scripted) or node.sup is None:
        return None
    found = resolve(node, view.notation)
    if found is not None:
        return number_value(found.power) if not isinstance(found.power, Rational | None) else None
    return number_value(node.sup)


def _other(power: Rational) -> list[Rational]:
    found = [-power, power / 2, 2 * power, power - 1, power + 1, power - _HALF, power + _HALF]
    return [new for new in dict.fromkeys(found) if new != power and new != 0]


def _exponent(view: View, node: Scripted, new: Rational) -> tuple[Span, str] | None:
    assert node.sup is not None
    sup = node.sup.span
    braced = view.text[: sup.start].rstrip().endswith("{")
    if new == 1:
        tail = node.span.end == sup.end + (1 if braced else 0) or view.text[sup.end : node.span.end].strip() == "}"
        start = view.text.rfind("^", node.span.start, sup.start + 1)
        return (Span(start, node.span.end), "") if tail and start >= 0 else None
    old = view.slice(node.sup)
    if re.search(r"\d\.\d", old) and new.denominator in (1, 2, 4):
        shown = str(float(new)).removesuffix(".0")
    elif new.denominator != 1 and "\\frac" in old:
        shown = f"{'-' if new < 0 else ''}\\frac{{{abs(new.numerator)}}}{{{new.denominator}}}"
    else:
        shown = str(new)
    if view.latex and not braced:
        return sup, f"{{{shown}}}" if len(shown) > 1 else shown
    if not view.latex and (len(shown) > 1):
        return sup, f"({shown})"
    return sup, shown


def _added(view: View, site: Site) -> Iterator[Candidate]:
    """A power that is missing altogether."""
    node, parent = site.node, site.above[-1] if site.above else None
    if isinstance(parent, Scripted) or site.where == "of":
        return
    end = Span(node.span.end, node.span.end)
    held = isinstance(node, Group) and node.bracket != "{"
    if (isinstance(node, Name | Scripted) and view.role(node) in ("x", "xhat", "c", "s", "gamma", "mu")) or view.is_batch(node):
        powers = ("2", "3") if view.role(node) == "s" else ("2",)
        if isinstance(node, Scripted) and node.sup is not None and view.role(node) != "s":
            return
        if isinstance(node, Group):
            return
        for power in powers:
            put = f"^{power}"
            whole = view.slice(node) + put
            tight = site.where in ("top", "bottom") and view.latex
            edit = (node.span, f"{{{whole}}}") if tight else (end, put)
            yield Candidate(16, "wrong-exponent", f"`{view.show(node)}` has to be to the power {power}", (edit,))
    elif held and isinstance(node, Group) and isinstance(node.body, Additive):
        spread = any(view.role(term) == "eps" for term in node.body.terms)
        choices = ("-1/2", "1/2", "-1", "-3/2", "3/2", "2") if spread else ("2",)
        for power in choices:
            put = f"^{{{power}}}" if view.latex else f"^({power})"
            yield Candidate(15, "wrong-exponent", f"`{view.show(node)}` has to be to the power {power}", ((end, put),))
    elif isinstance(node, Additive) and any(view.role(term) == "eps" for term in node.terms) and site.where != "radicand":
        if not isinstance(parent, Root | Scripted) and not _under(site):
            before, after = Span(view.outer(node).start, view.outer(node).start), Span(node.span.end, node.span.end)
            if isinstance(parent, Group) and parent.bracket != "{":
                # The root takes the place of the brackets.
                before, after = Span(view.outer(parent).start, before.end), Span(after.start, parent.span.end)
            root, close = ("\\sqrt{", "}") if view.latex else ("sqrt(", ")")
            words = f"the root of `{view.show(node)}` is missing"
            yield Candidate(14, "wrong-exponent", words, ((before, root), (after, close)))
            cube = ")^{3/2}" if view.latex else ")^(3/2)"
            words = f"`{view.show(node)}` has to be to the power 3/2"
            yield Candidate(15, "wrong-exponent", words, ((before, "("), (after, cube)))


def _under(site: Site) -> bool:
    parents = [node for node in site.above[::-1] if not isinstance(node, Group)]
    return bool(parents) and isinstance(parents[0], Root | Scripted)


def epsilons(view: View) -> Iterator[Candidate]:
    """Epsilon left out, put in, or put outside the root."""
    var, eps = view.name("var"), view.name("eps")
    both = f"{var} + {eps}"
    for site in view.sites:
        node = site.node
        parents = [above for above in site.above[::-1] if not isinstance(above, Group)]
        parent = parents[0] if parents else None
        if isinstance(node, Additive):
            yield from _misplaced(view, node)
        elif view.role(node) == "var" and not isinstance(node, Group):
            alone = site.where in ("radicand", "body", "bottom", "side") and not isinstance(parent, Product | Additive)
            if _with_epsilon(view, parent):
                continue
            tight = site.where in ("radicand", "bottom", "top") and view.latex
            whole = f"{view.slice(node)} + {eps}"
            put = f"{{{whole}}}" if tight else whole if alone and site.where != "bottom" else f"({whole})"
            if site.where == "body" and isinstance(site.above[-1], Group):
                put = whole
            cost = 9 if isinstance(parent, Root | Scripted | Fraction) else 12
            yield Candidate(cost, "missing-epsilon", f"{eps} is missing: {var} is meant to be {both}", ((node.span, put),))
        elif isinstance(node, Call) and not _with_epsilon(view, parent) and key_of(node.function) in ("Var", "var"):
            put = f"{view.slice(node)} + {eps}"
            yield Candidate(9, "missing-epsilon", f"{eps} is missing beside {view.show(node)}",
                            ((node.span, put if site.where in ("body", "radicand") else f"({put})"),))  # fmt: skip
        elif isinstance(node, Number) and node.value == 1 and site.where in ("side", "term"):
            put = view.over(var, both)
            yield Candidate(10, "missing-epsilon", f"this is 1 only if {eps} is 0: it is {put}", ((node.span, put),))
        elif view.role(node) == "deviation" and site.where in ("bottom", "body", "side", "factor"):
            root = view.root_of(f"{view.slice(node)}^2 + {eps}")
            put = f"{{{root}}}" if site.where == "bottom" and view.latex else root
            yield Candidate(10, "missing-epsilon", f"{eps} is missing under the root", ((node.span, put),))


def _with_epsilon(view: View, parent: Node | None) -> bool:
    return isinstance(parent, Additive) and any(view.role(term) == "eps" for term in parent.terms)


def _misplaced(view: View, node: Additive) -> Iterator[Candidate]:
    roles = [view.role(term) for term in node.terms]
    if "eps" not in roles or len(node.terms) < 2:
        return
    place = roles.index("eps")
    eps = node.terms[place]
    start = node.terms[place - 1].span.end if place else node.span.start
    end = eps.span.end if place else view.outer(node.terms[1]).start
    rest = node.terms[place - 1] if place else node.terms[1]
    yield Candidate(14, "extra-epsilon", f"{view.slice(eps)} does not belong here", ((Span(start, end), ""),))
    inner = rest
    while isinstance(inner, Group):
        inner = inner.body
    if isinstance(inner, Root):
        put = f" + {view.slice(eps)}"
        close = inner.radicand.span.end - (1 if isinstance(inner.radicand, Group) else 0)
        yield Candidate(
            7, "misplaced-epsilon", f"{view.slice(eps)} is added to the root: it belongs under it",
            ((Span(close, close), put), (Span(start, end), "")),
        )  # fmt: skip
    elif view.role(inner) == "deviation" and len(node.terms) == 2:
        root = view.root_of(f"{view.slice(inner)}^2 + {view.slice(eps)}")
        yield Candidate(7, "misplaced-epsilon", f"{view.slice(eps)} belongs under the root", ((node.span, root),))
