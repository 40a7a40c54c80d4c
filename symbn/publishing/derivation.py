"""Derivations and answers for Python and for notebooks: `symbn.derive("dx")`, `symbn.explain("triangle")`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path

from symbn.deriving import making
from symbn.deriving.answers import ANSWERS
from symbn.deriving.article import Article
from symbn.deriving.example import Example
from symbn.errors import UsageError
from symbn.layers.batchnorm import TRAINING
from symbn.publishing import formats
from symbn.publishing.layout import Layout, layout_of

Number = int | str | Fraction


@dataclass(frozen=True, slots=True)
class Derivation:
    """An article, every step of it proved, and how it is printed. A notebook shows it as HTML; `print` as text."""

    article: Article
    layout: Layout

    def __repr__(self) -> str:
        return f"<Derivation {self.article.identifier}: {len(self.article.chains())} chains, all proved; print it to read it>"

    def __str__(self) -> str:
        return self.text()

    def text(self, width: int = 80) -> str:
        return formats.published(self.article, formats.TEXT, replace(self.layout, width=width))

    def latex(self, fragment: bool = False) -> str:
        """Return a document that compiles, or what stands in the body of one."""
        return formats.published(self.article, formats.LATEX, replace(self.layout, fragment=fragment))

    def html(self, fragment: bool = False) -> str:
        """Return a page, or an <article> for one."""
        return formats.published(self.article, formats.HTML, replace(self.layout, fragment=fragment))

    def markdown(self) -> str:
        return formats.published(self.article, formats.MARKDOWN, self.layout)

    def json(self) -> str:
        return formats.published(self.article, formats.JSON, self.layout)

    def save(self, path: str | Path, format: str | None = None) -> None:
        """Write a file, by default in the format of its ending. Raises: UsageError, PdfError."""
        formats.deliver(self.article, formats.format_of(format, str(path)), self.layout, str(path))

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:
        return {"text/plain": self.text(), "text/html": self.html(fragment=True), "text/latex": self.latex(fragment=True)}


def derive(
    target: str,
    *,
    route: str | None = None,
    batch: int | None = None,
    mode: str = TRAINING,
    of: str = "xhat",
    by: str = "x",
    style: str = "default",
    let: Iterable[str] = (),
) -> Derivation:
    """Return a derivation, every step proved: dx, dgamma, .., jacobian (of `of` by `by`), dA/dB, centring, graph or all.

    route: closed, staged or quotient. batch: written out at this size instead. mode: train, or eval. style: default, paper,
    cs231n or features. let: `role=spelling` pairs. Raises: UsageError.
    """
    return Derivation(making.derive(target, route, mode, batch, of, by), layout_of(style, let))


def explain(
    topic: str,
    *,
    x: Sequence[Number] = (0, 2),
    g: Sequence[Number] = (1, 0),
    gamma: Number = 1,
    beta: Number = 0,
    eps: Number = 3,
    style: str = "default",
    let: Iterable[str] = (),
) -> Derivation:
    """Return the answer to a question, with the example of these numbers: triangle, moments or invariance.

    x, g: the batch and its upstream gradients, shape (m,); integers, fractions, or texts such as "1/3". Raises: UsageError.
    """
    if topic not in ANSWERS:
        raise UsageError(f"unknown topic {topic[:40]!r}: choose from {', '.join(ANSWERS)}")
    scalars = [_exact(value) for value in (gamma, beta, eps)]
    example = Example(tuple(map(_exact, x)), tuple(map(_exact, g)), *scalars)
    return Derivation(ANSWERS[topic][0](example), layout_of(style, let))


def _exact(value: object) -> Fraction:
    """Return the number. Raises: UsageError for a float, which is not what it looks like."""
    if not isinstance(value, int | str | Fraction) or isinstance(value, bool):
        raise UsageError(f"{value!r} is no exact number: write a whole number, a Fraction, or a text such as '1/3' or '0.1'")
    try:
        return Fraction(value)
    except (ValueError, ZeroDivisionError):
        raise UsageError(f"{value!r:.60} is no number") from None
