"""One side of an equation as text and tree together: its places, and how its author spells things."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from symbn.diagnostic import Span
from symbn.elaboration.matrix_notation import constant_matrix, is_capital
from symbn.elaboration.notation import Notation, key_of
from symbn.elaboration.resolving import ARRAYS, Resolved, kronecker, resolve
from symbn.elaboration.scope import Scope
from symbn.kernel.term import BATCH
from symbn.syntax.tree import (
    Additive,
    Big,
    Call,
    Cases,
    Derivative,
    Fraction,
    Group,
    Indicator,
    Listing,
    Name,
    Node,
    Number,
    Product,
    Relation,
    Root,
    Scripted,
    children,
)

_SIZE_COMMAND = re.compile(r"\\(?:left|[bB]igg?l?)\s*$")
_SIGN = re.compile(r"[-+−–]")
_DEFAULT_KEYS = {
    "x": ("x", "x"), "y": ("y", "y"), "g": ("g", "g"), "c": ("c", "c"), "xhat": ("\\hat x", "xhat"), "mu": ("\\mu", "mu"),
    "var": ("\\sigma^2", "var"), "s": ("s", "s"), "gamma": ("\\gamma", "gamma"), "beta": ("\\beta", "beta"),
    "eps": ("\\epsilon", "eps"), "L": ("L", "L"),
}  # fmt: skip
_CAPITALS = {"x": "X", "y": "Y", "xhat": "\\hat X"}


@dataclass(frozen=True, slots=True)
class Site:
    """A place of the tree. above: the nodes around it, the nearest last. where: what it is to its parent."""

    node: Node
    above: tuple[Node, ...]
    where: str


@dataclass(frozen=True, slots=True)
class Use:
    """A name with a role. by: it stands in a derivative."""

    node: Name | Scripted
    found: Resolved
    by: bool


@dataclass(slots=True)
class View:
    """text: what the spans of `root` count. target: the other side, whose spans mean nothing here."""

    text: str
    root: Node
    target: Node
    notation: Notation
    scope: Scope
    latex: bool = field(init=False)
    side: Span = field(init=False)
    sites: list[Site] = field(init=False)
    uses: list[Use] = field(init=False)
    distant: list[Use] = field(init=False)
    capital: bool = field(init=False)

    def __post_init__(self) -> None:
        self.latex = "\\" in self.text
        self.side = self.outer(self.root)
        self.sites = list(_sites(self.root, (), "side", self.notation))
        self.uses = list(_uses(self.root, self.notation, False))
        self.distant = list(_uses(self.target, self.notation, False))
        whole = [use.found for use in (*self.uses, *self.distant) if not use.found.indices and use.found.label is None]
        bare = not any(use.found.role in ARRAYS for use in (*self.uses, *self.distant))
        ones = bare and any(
            isinstance(site.node, Name | Scripted) and constant_matrix(site.node, self.notation) is not None
            for site in self.sites
        )
        self.capital = self.latex and (ones or any(found.role in _CAPITALS and is_capital(found) for found in whole))

    @property
    def pad(self) -> int:
        """Return where an edited side is parsed to begin: no place of it may be taken for one of the other side."""
        return max(self.side.start, self.target.span.end)

    # ------------------------------------------------------------------ text

    def outer(self, node: Node) -> Span:
        """Return the span of a node with the `\\left` or `\\big` before it."""
        sized = _SIZE_COMMAND.search(self.text, 0, node.span.start)
        return Span(sized.start() if sized else node.span.start, node.span.end)

    def slice(self, node: Node) -> str:
        span = self.outer(node)
        return self.text[span.start : span.end]

    def bare(self, node: Node) -> str:
        """Return the text of a node without the braces or brackets around it."""
        while isinstance(node, Group):
            node = node.body
        return self.slice(node)

    def factor(self, node: Node) -> str:
        """Return the text of a node as it can stand in a product."""
        while isinstance(node, Group) and node.bracket == "{":
            node = node.body
        return f"({self.slice(node)})" if isinstance(node, Additive) else self.slice(node)

    def sign_before(self, node: Additive, place: int) -> Span | None:
        """Return the span of the sign before a term, or None if the first term has none."""
        start = node.span.start if place == 0 else node.terms[place - 1].span.end
        found = list(_SIGN.finditer(self.text, start, self.outer(node.terms[place]).start))
        return Span(found[-1].start(), found[-1].end()) if found else None

    def times(self, factor: str, node: Node) -> str:
        """Return what to write before a node so that it is multiplied by the factor."""
        first = node
        while isinstance(first, Product):
            first = first.factors[0]
        if not self.latex:
            return f"{factor}*"
        return f"{factor} \\cdot " if isinstance(first, Number) else f"{factor} "

    def over(self, top: str, bottom: str) -> str:
        return f"\\frac{{{top}}}{{{bottom}}}" if self.latex else f"({top})/({bottom})"

    def root_of(self, text: str) -> str:
        return f"\\sqrt{{{text}}}" if self.latex else f"sqrt({text})"

    def rewrapped(self, root: Root, whole: Node, left: str, right: str) -> tuple[tuple[Span, str], ...]:
        """Return the edits that put other brackets around a radicand, instead of the root and what is around it."""
        body = root.radicand
        while isinstance(body, Group):
            body = body.body
        return (Span(whole.span.start, self.outer(body).start), left), (Span(body.span.end, whole.span.end), right)

    # ------------------------------------------------------------------ spelling

    def name(self, role: str) -> str:
        """Return the author's spelling of a role, without batch index: from this side, the other one, or the notation."""
        for use in self.uses:
            if use.found.role == role and not use.found.adjoint and use.found.power is None:
                return self.base(use) if role in ARRAYS else self.slice(use.node)
        for use in self.distant:
            if use.found.role == role and not use.found.adjoint:
                return self.written(use.found.key)
        if self.capital and role in _CAPITALS:
            return _CAPITALS[role]
        default = _DEFAULT_KEYS[role][0 if self.latex else 1]
        said = [key for key, of in self.notation.roles.items() if of == role and any(key in s for s in self.notation.said)]
        return self.written(said[-1]) if said else default

    def written(self, key: str) -> str:
        return key if self.latex else key.replace("\\hat ", "hat_").replace("hat_x", "xhat").replace("\\", "")

    def base(self, use: Use) -> str:
        return self.slice(use.node.base if isinstance(use.node, Scripted) else use.node)

    def batch(self) -> str:
        return self.written(self.scope.batch or "m")

    def letters(self) -> list[str]:
        """Return the letters of batch indices, those of the other side first, and one more to sum over."""
        own = [letter for letter, axis in self.scope.axes.items() if axis == BATCH]
        every = [*self.scope.free, *own, *sorted(self.scope.bound)]
        found = [letter for letter in every if self.scope.axes.get(letter, BATCH) == BATCH]
        return list(dict.fromkeys(found))

    def spare(self) -> str:
        """Return a letter to sum over: one that the author sums over, or a new one."""
        bound = [letter for letter in self.letters() if letter in self.scope.bound and letter not in self.scope.free]
        taken = {*self.letters(), *self.scope.scalars, *self.scope.axes}
        return bound[0] if bound else next((c for c in "jklipqrt" if c not in taken), "j")

    def array(self, role: str, letter: str) -> str:
        """Return an entry of an array, indexed as the arrays around are."""
        samples = sorted(
            (use for use in self.uses if use.found.role in ARRAYS and (use.found.indices or use.found.label)),
            key=lambda use: (use.found.power is not None, use.found.role != role),
        )
        for use in samples:
            span = self.batch_index(use)
            if span is not None and isinstance(use.node, Scripted) and not use.found.adjoint:
                base, whole = use.node.base.span, use.node.span
                end = whole.end if use.found.power is None else (use.node.sub or use.node).span.end
                if use.found.power is None:
                    middle = self.text[base.end : span.start] + letter + self.text[span.end : end]
                    return self.name(role) + middle
        return f"{self.name(role)}_{letter}"

    def batch_index(self, use: Use) -> Span | None:
        written = [index for index, axis in self.scope.slots(use.found) if axis == BATCH]
        return written[0].span if len(written) == 1 and use.found.role in ARRAYS else None

    def derivative(self, of: str, by: str) -> str:
        return f"\\frac{{\\partial {of}}}{{\\partial {by}}}" if self.latex else f"d{of}/d{by}"

    def upstream(self, letter: str) -> str:
        """Return the upstream gradient dL/dy at an index, as the author spells it; of a matrix, all of it."""
        if self.capital:
            return f"\\nabla_{{{self.name('y')}}} {self.name('L')}"
        if any(use.found.role == "g" for use in self.uses):
            return self.array("g", letter)
        for site in self.sites:
            node = site.node
            if isinstance(node, Derivative) and self.is_upstream(node):
                use = next(u for u in self.uses if u.node is node.by[0])
                if (index := self.batch_index(use)) is not None:
                    return self.text[node.span.start : index.start] + letter + self.text[index.end : node.span.end]
        if any(use.found.role == "L" for use in (*self.uses, *self.distant)):
            return self.derivative(self.name("L"), self.array("y", letter))
        return self.array("g", letter)

    def is_upstream(self, node: Node) -> bool:
        """Tell whether the node is dL/dy_k, or g_k."""
        if isinstance(node, Derivative) and len(node.by) == 1:
            return self.role(node.of) == "L" and self.role(node.by[0]) in ("y", "xhat")
        return self.role(node) == "g"

    def role(self, node: Node) -> str | None:
        while isinstance(node, Group) and node.bracket == "{":
            node = node.body
        found = resolve(node, self.notation) if isinstance(node, Name | Scripted) else None
        return found.role if found is not None and not found.adjoint and found.power is None else None

    def is_batch(self, node: Node) -> bool:
        while isinstance(node, Group):
            node = node.body
        return isinstance(node, Name) and key_of(node) == self.scope.batch

    def index_places(self, node: Node) -> list[Name]:
        """Return the places of the letters that index something in a node, bounds of sums left out."""
        found: list[Name] = []
        for use in _uses(node, self.notation, False):
            found += [index for index in (*use.found.indices, use.found.label) if isinstance(index, Name)]
        for inner in every(node):
            if (pair := kronecker(inner)) is not None:
                found += [index for index in pair if isinstance(index, Name)]
        return found

    def show(self, node: Node, limit: int = 48) -> str:
        """Return the text of a node for a message."""
        text = " ".join(self.bare(node).split())
        return text if len(text) <= limit else text[: limit - 2] + ".."


def every(node: Node) -> Iterator[Node]:
    """Yield a node and everything below it."""
    yield node
    for child in children(node):
        yield from every(child)


def _sites(node: Node, above: tuple[Node, ...], where: str, notation: Notation) -> Iterator[Site]:
    yield Site(node, above, where)
    here = (*above, node)
    inner: tuple[tuple[str, Node], ...]
    match node:
        case Additive(terms=terms):
            inner = tuple(("term", term) for term in terms)
        case Product(factors=factors):
            inner = tuple(("factor", factor) for factor in factors)
        case Fraction(top=top, bottom=bottom):
            inner = (("top", top), ("bottom", bottom))
        case Root(radicand=radicand):
            inner = (("radicand", radicand),)
        case Group(body=body) | Big(body=body):
            inner = (("body", body),)
        case Call(arguments=arguments):
            inner = tuple(("argument", argument) for argument in arguments)
        case Derivative(of=of) if not isinstance(of, Name | Scripted):
            inner = (("of", of),)
        case Cases(values=values):
            inner = tuple(("value", value) for value in values)
        case Scripted(base=base) if not isinstance(base, Name) and resolve(node, notation) is None:
            inner = (("base", base),)
        case _:
            inner = ()
    for place, child in inner:
        yield from _sites(child, here, place, notation)


def _uses(node: Node, notation: Notation, by: bool) -> Iterator[Use]:
    match node:
        case Name() | Scripted():
            if constant_matrix(node, notation) is not None:
                return  # the J of J_{1N} is no loss
            found = resolve(node, notation)
            if found is not None:
                yield Use(node, found, by)
            elif isinstance(node, Scripted) and kronecker(node) is None:
                yield from _uses(node.base, notation, by)
        case Derivative(of=of, by=variables):
            for inner in (of, *variables):
                yield from _uses(inner, notation, True)
        case Big(body=body):
            yield from _uses(body, notation, by)
        case Indicator() | Relation() | Listing() | Number():
            return
        case _:
            for child in children(node):
                yield from _uses(child, notation, by)
