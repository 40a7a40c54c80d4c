r"""A quantity of the layer -> a box: its spelling in the style, with its indices, its label and its power where they belong."""

from __future__ import annotations

from fractions import Fraction

from symbn.elaboration.meaning import Quantity
from symbn.kernel.term import BATCH, Index
from symbn.syntax.symbols import GREEK_NAMES
from symbn.typesetting import boxes
from symbn.typesetting.boxes import Box, row
from symbn.typesetting.letters import name_box
from symbn.typesetting.styles import EXAMPLE_ABOVE, FEATURE_ABOVE, Spelling, Style

_HALF = Fraction(1, 2)
_RESERVED = "free"  # gfree is a free number that is spelled as a quantity of the layer, where that has no such role
_FUNCTION = "prime"  # fprime stands for f' (see symbn.elaboration.functions)


def index_box(index: Index) -> Box:
    if isinstance(index.name, int):
        return boxes.Numeral(str(index.name))
    # A bare d: the braces that keep it from being a differential would hide it in the bounds of a sum.
    return boxes.Letter("d", "d") if index.name == "d" else name_box("\\ell" if index.name == "ell" else index.name)


def script_of(indices: tuple[Index, ...]) -> Box:
    """Return indices side by side; with commas between numbers, since 12 is no pair, and behind a d, since dk is one name."""
    apart = any(isinstance(index.name, int) for index in indices) or any(index.name == "d" for index in indices[:-1])
    parts: list[Box] = []
    for index in indices:
        if parts and apart:
            parts.append(boxes.COMMA)
        parts.append(index_box(index))
    return row(*parts)


def quantity_box(quantity: Quantity, style: Style) -> Box:
    """Return the quantity as it is written when it carries no power."""
    return _written(_spelling(quantity.name, style), quantity, style, None)


def power_box(quantity: Quantity, exponent: Fraction, style: Style) -> Box | None:
    """Return a power that is written into the name, as \\sigma^4 for the square of the variance; None if there is none."""
    spelling = _spelling(quantity.name, style)
    if spelling.squared and exponent.denominator == 1 and exponent > 0:
        return _written(spelling, quantity, style, boxes.Numeral(str(2 * exponent)))
    root = style.spelling("deviation") if quantity.name == "var" else None
    if root is not None and exponent == _HALF:
        return _written(root, quantity, style, None)
    return None


def size_box(name: str, style: Style) -> Box:
    """Return the number of examples (m) or of features (n)."""
    return _spelling(name, style).base


def gradient_box(by: Quantity, style: Style) -> Box | None:
    """Return dx_i for the derivative of the loss by x_i; None if its notation does not read that as a gradient."""
    spelling = style.spelling(by.name)
    if spelling is None or not spelling.key.isalnum() or not style.reads_gradient(spelling.key):
        return None
    name = f"d{spelling.key}"
    return _written(Spelling(boxes.Letter(rf"\mathrm{{{name}}}", name)), by, style, None)


def _spelling(name: str, style: Style) -> Spelling:
    known = style.spelling(name)
    if known is not None:
        return known
    if name.endswith(_FUNCTION) and len(name) == len(_FUNCTION) + 1:
        return Spelling(boxes.Script(name_box(name[0]), None, boxes.Letter("\\prime", "′")))
    name = name.removesuffix(_RESERVED) or name
    return Spelling(name_box(f"\\{name}" if name in GREEK_NAMES else name))


def _written(spelling: Spelling, quantity: Quantity, style: Style, power: Box | None) -> Box:
    below, above = _placed(quantity.indices, style)
    parts = [spelling.label] if spelling.label is not None else []
    parts += [boxes.COMMA] if parts and below else []
    parts += [script_of(below)] if below else []
    sub = row(*parts) if parts else None
    square = power or (boxes.Numeral("2") if spelling.squared else None)
    if above is None:
        return spelling.base if sub is None and square is None else boxes.Script(spelling.base, sub, square)
    labelled = boxes.Script(spelling.base, sub, boxes.bracketed(index_box(above)))
    return labelled if square is None else boxes.Script(boxes.bracketed(labelled), None, square)


def _placed(indices: tuple[Index, ...], style: Style) -> tuple[tuple[Index, ...], Index | None]:
    """Return the indices that stand below, and the one that stands above in brackets. A number stands below: it would look like
    a power."""
    axes = {FEATURE_ABOVE: "feature", EXAMPLE_ABOVE: BATCH}
    raised = [index for index in indices if index.axis == axes.get(style.features) and isinstance(index.name, str)]
    if len(raised) != 1:
        return indices, None
    return tuple(index for index in indices if index not in raised), raised[0]
