r"""Mathematics as it looks: an immutable tree that every writer (LaTeX, MathML, terminal, text) prints.

    box ::= Letter | Numeral | Operator | Row box* | Quotient box box | Script box box? box? | Radical box box?
          | Big sign box? box? | Bracket box | Half box | Accent box | Words | Matrix box** | Choices (box box?)*
          | Marked kind box | Gap | Code

A box says how something is laid out, never what it means: what a sum sums is what stands behind it in its row. Brackets are
boxes of their own, so a writer adds none but where it writes a fraction or a root on one line.
"""

from __future__ import annotations

from dataclasses import dataclass

from symbn.diagnostic import Value

BINARY, PREFIX, RELATION, TIMES, SEPARATOR = "binary", "prefix", "relation", "times", "separator"
WRONG, REPAIRED, PROVED = "wrong", "repaired", "proved"


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Letter(Value):
    """A name or a symbol. latex: ready to be printed; text: in Unicode. Of several letters, it is upright."""

    latex: str
    text: str

    @property
    def upright(self) -> bool:
        return len(self.text) > 1 and self.text.isascii()


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Numeral(Value):
    """Digits, with a point perhaps; the sign is an operator."""

    text: str


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Operator(Value):
    """kind: a sign between two terms (binary), before one (prefix), a relation, a product sign, or a comma."""

    latex: str
    text: str
    kind: str


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Row(Value):
    items: tuple[Box, ...]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Quotient(Value):
    """A fraction with a bar."""

    top: Box
    bottom: Box


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Script(Value):
    base: Box
    sub: Box | None = None
    sup: Box | None = None


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Radical(Value):
    radicand: Box
    degree: Box | None = None


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Big(Value):
    """A sign such as that of a sum, with its bounds; sign: `sum` or `prod`."""

    sign: str
    lower: Box | None = None
    upper: Box | None = None


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Bracket(Value):
    """A bracket that grows with what is inside; opening: ( [ { or |."""

    opening: str
    body: Box


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Half(Value):
    """The left or the right half of a bracket that a line break has opened, as tall as the body."""

    opening: str
    right: bool
    body: Box


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Accent(Value):
    """accent: hat, bar, tilde, dot or vec."""

    accent: str
    base: Box


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Words(Value):
    """Plain words inside a formula."""

    text: str


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Matrix(Value):
    """Rows of the same length, in brackets; opening: ( or [."""

    rows: tuple[tuple[Box, ...], ...]
    opening: str = "("


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Choices(Value):
    """Values with their conditions, behind one brace; a condition of None is `otherwise`."""

    rows: tuple[tuple[Box, Box | None], ...]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Marked(Value):
    """A part that is pointed at; kind: wrong, repaired or proved."""

    kind: str
    inner: Box


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Gap(Value):
    """The wide space between an equation and its condition."""


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Code(Value):
    """A text as its author typed it, since it could not be read."""

    text: str


Box = (
    Letter
    | Numeral
    | Operator
    | Row
    | Quotient
    | Script
    | Radical
    | Big
    | Bracket
    | Half
    | Accent
    | Words
    | Matrix
    | Choices
    | Marked
    | Gap
    | Code
)

PLUS, MINUS = Operator("+", "+", BINARY), Operator("-", "−", BINARY)
NEGATIVE = Operator("-", "−", PREFIX)
DOT = Operator(r"\cdot", "·", TIMES)
COMMA = Operator(",", ",", SEPARATOR)
EQUALS = Operator("=", "=", RELATION)
SLASH = Operator("/", "/", TIMES)
PARTIAL = Letter(r"\partial", "∂")
RELATIONS = {
    operator.latex: operator
    for operator in (
        EQUALS,
        Operator(r"\neq", "≠", RELATION),
        Operator(r"\approx", "≈", RELATION),
        Operator(r"\propto", "∝", RELATION),
        Operator(r"\sim", "∼", RELATION),
        Operator(r"\le", "≤", RELATION),
        Operator(r"\ge", "≥", RELATION),
        Operator("<", "<", RELATION),
        Operator(">", ">", RELATION),
        Operator(r"\in", "∈", RELATION),
        Operator(":=", ":=", RELATION),
        Operator(r"\leftarrow", "←", RELATION),
        Operator(r"\to", "→", RELATION),
        Operator(r"\Rightarrow", "⇒", RELATION),
    )
}
CLOSING = {"(": ")", "[": "]", "{": "}", "|": "|"}


def row(*parts: Box) -> Box:
    """Return the parts side by side, rows inside opened up."""
    flat: list[Box] = []
    for part in parts:
        flat.extend(part.items if isinstance(part, Row) else (part,))
    return flat[0] if len(flat) == 1 else Row(tuple(flat))


def bracketed(box: Box) -> Box:
    return Bracket("(", box)


def bare(box: Box) -> Box:
    """Return what is inside marks."""
    return bare(box.inner) if isinstance(box, Marked) else box


def raised(name: Box, power: Box) -> Box:
    """Return a name to a power, in brackets if something stands above it already."""
    if isinstance(name, Script) and name.sup is None:
        return Script(name.base, name.sub, power)
    plain = isinstance(name, Letter | Numeral | Accent)
    return Script(name if plain else bracketed(name), None, power)


def is_tall(box: Box) -> bool:
    """Tell whether the brackets around it have to grow."""
    match box:
        case Quotient() | Radical() | Big() | Matrix() | Choices():
            return True
        case Row(items=parts):
            return any(map(is_tall, parts))
        case Script(base=inner) | Accent(base=inner) | Marked(inner=inner) | Bracket(body=inner):
            return is_tall(inner)
        case _:
            return False
