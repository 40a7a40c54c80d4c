r"""A meaning -> a box, as a good textbook prints it.

    x y^{-1}         a fraction, powers below it positive; sums and long brackets stand behind it: \frac{\gamma}{m s} ( .. )
    (-1) x           a minus sign, taken out of products and sums
    x^{1/2}          a root; other broken powers stay powers: (\sigma^2+\epsilon)^{-3/2}
    sum, d/dx (..)   reach to the end of their product, so that they come last in it, and into brackets where they cannot

Numbers of a product are multiplied. Brackets stand only where they are needed; what a sum holds ends before the next + or -.
A local derivative looks like the total one: the words around have to say what is held fixed.
"""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from typing import assert_never

from symbn.elaboration.elaborate import Equation
from symbn.elaboration.meaning import TOTAL, Constant, Meaning, Plus, Quantity, Raised, Same, Slope, SumOver, Times, changed
from symbn.kernel.term import FEATURE, Index
from symbn.typesetting import boxes
from symbn.typesetting.boxes import Box, row
from symbn.typesetting.indices import with_clear_letters
from symbn.typesetting.products import HALF, factored, goes_below, is_open, is_short, single, terms_of, through
from symbn.typesetting.quantities import gradient_box, index_box, power_box, quantity_box, script_of, size_box
from symbn.typesetting.styles import DEFAULT, Style


def box_of(meaning: Meaning, style: Style = DEFAULT) -> Box:
    """Return the box of one meaning; sides of an equation want `boxes_of`, which keeps their letters the same."""
    return boxes_of((meaning,), style)[0]


def boxes_of(meanings: Iterable[Meaning], style: Style = DEFAULT) -> tuple[Box, ...]:
    """Return the boxes of what is printed together, such as the members of a chain."""
    return tuple(map(_Writer(style).sum, as_written(meanings, style)))


def as_written(meanings: Iterable[Meaning], style: Style = DEFAULT) -> tuple[Meaning, ...]:
    """Return the meanings in the quantities and the index letters in which they are printed together."""
    return with_clear_letters([_spelled_out(meaning, style) for meaning in meanings], style)


def equation_box(left: Meaning, right: Meaning, style: Style = DEFAULT) -> Box:
    """Return left = right."""
    above, below = boxes_of((left, right), style)
    return row(above, boxes.EQUALS, below)


def statement_box(equation: Equation, style: Style = DEFAULT) -> Box:
    """Return a claim with its conditions: left = right, i \\neq k, \\gamma = 1."""
    pairs = [pair for fixed in equation.given for pair in fixed]
    compared = [Same(condition.left, condition.right) for condition in equation.conditions]
    meant = as_written((equation.left, equation.right, *compared, *pairs), style)
    left, right, *others = map(_Writer(style).sum, meant)
    parts: list[Box] = [left, boxes.EQUALS, right]
    for condition, same in zip(equation.conditions, meant[2:], strict=False):
        assert isinstance(same, Same)
        sign = boxes.EQUALS if condition.equal else boxes.RELATIONS[r"\neq"]
        parts += [boxes.COMMA, boxes.Gap(), index_box(same.left), sign, index_box(same.right)]
    values = others[len(compared) :]
    for fixed, value in zip(values[::2], values[1::2], strict=True):
        parts += [boxes.COMMA, boxes.Gap(), fixed, boxes.EQUALS, value]
    return row(*parts)


def _spelled_out(meaning: Meaning, style: Style) -> Meaning:
    """Return the meaning with s and g as the style wants them; what a derivative is taken by stays a name."""

    def inner(old: Meaning) -> Meaning:
        return _spelled_out(old, style)

    match meaning:
        case Quantity(name="s", indices=indices) if style.root:
            return Raised(Plus((Quantity("var", indices), Quantity("eps"))), HALF)
        case Quantity(name="g", indices=indices) if style.upstream:
            return Slope(Quantity("L"), Quantity("y", indices), TOTAL)
        case Raised(base=Quantity(name="s") as base, exponent=exponent) if style.root:
            root = inner(base)
            assert isinstance(root, Raised)
            return Raised(root.base, exponent / 2)
        case Slope(of=of, by=by) if of == by:
            return meaning
        case _:
            return changed(meaning, inner)


class _Writer:
    def __init__(self, style: Style) -> None:
        self.style = style

    def sum(self, meaning: Meaning) -> Box:
        """A sum of terms, each with its sign."""
        parts: list[Box] = []
        for term in terms_of(meaning):
            sign, box = self.signed(term)
            if parts:
                parts.append(boxes.MINUS if sign < 0 else boxes.PLUS)
            elif sign < 0:
                parts.append(boxes.NEGATIVE)
            parts.append(box)
        return row(*parts) if parts else boxes.Numeral("0")

    def signed(self, meaning: Meaning) -> tuple[int, Box]:
        """Return a term as its sign and a product without one."""
        meaning = single(meaning)
        match meaning:
            case Constant(value=value):
                return _sign(value), self.fraction(abs(value), (), ())
            case SumOver(index=index, excluding=excluding, body=body):
                sign, inner = self.signed(body)
                return sign, row(self.big(index, excluding), inner)
            case Plus():
                return 1, boxes.bracketed(self.sum(meaning))
            case Times():
                return self.product(meaning)
            case Raised() if goes_below(meaning):
                return self.product(meaning)
            case _:
                return 1, self.atom(meaning)

    def product(self, meaning: Meaning) -> tuple[int, Box]:
        """Return the sign of a product and its parts: derivatives, the fraction, and what stands behind it."""
        found = factored(meaning)
        sign, number = _sign(found.number), abs(found.number)
        if found.below or number.denominator != 1:
            slopes = [] if self.style.gradients else [factor for factor in found.above if isinstance(factor, Slope)]
            rest = tuple(factor for factor in found.above if factor not in slopes)
            fraction = self.fraction(number, rest, found.below)
            before = [self.factor(slope) for slope in slopes]
            parts = [*before, fraction] if found.below or rest else [fraction, *before]
        else:
            lone = not (found.above or found.behind)
            parts = [boxes.Numeral(str(number))] if number != 1 or lone else []
            parts += [self.factor(factor) for factor in found.above]
        for factor in found.behind[:-1]:
            parts.append(self.factor(factor))
        for factor in found.behind[-1:]:
            inner, box = self.signed(factor) if is_open(factor) else (1, self.factor(factor))
            sign *= inner
            parts.append(box)
        return sign, self.side_by_side(parts)

    def side_by_side(self, parts: list[Box]) -> Box:
        """Return a product; a dot where two parts could be read as one."""
        joined: list[Box] = []
        for part in parts:
            if joined and _needs_dot(joined[-1], part):
                joined.append(boxes.DOT)
            joined.append(part)
        return row(*joined)

    def fraction(self, number: Fraction, above: tuple[Meaning, ...], below: tuple[Meaning, ...]) -> Box:
        top = self.level(number.numerator, above)
        if not below and number.denominator == 1:
            return top
        return boxes.Quotient(top, self.level(number.denominator, below))

    def level(self, number: int, factors: tuple[Meaning, ...]) -> Box:
        """One level of a fraction: a sum stands there alone without brackets."""
        if number == 1 and len(factors) == 1:
            only = single(factors[0])
            return self.sum(only) if isinstance(only, Plus | SumOver) else self.factor(only)
        parts: list[Box] = [boxes.Numeral(str(number))] if number != 1 or not factors else []
        for place, factor in enumerate(factors):
            last = place == len(factors) - 1 and isinstance(factor, SumOver) and self.signed(factor)[0] > 0
            parts.append(self.signed(factor)[1] if last else self.factor(factor))
        return self.side_by_side(parts)

    def factor(self, meaning: Meaning) -> Box:
        """A factor that others may follow: in brackets if it is a sum, or reaches to the right."""
        meaning = single(meaning)
        wide = isinstance(meaning, Plus | Times) or is_open(meaning) or _sign_of(meaning) < 0
        return boxes.bracketed(self.sum(meaning)) if wide else self.signed(meaning)[1]

    def big(self, index: Index, excluding: tuple[Index, ...]) -> Box:
        letter = index_box(index)
        below = letter
        if excluding:
            others = [part for other in excluding for part in (boxes.COMMA, index_box(other))][1:]
            below = row(letter, boxes.RELATIONS[r"\neq"], *others)
        if index.axis != FEATURE:
            return boxes.Big("sum", below)
        if excluding:
            return boxes.Big("sum", below)
        return boxes.Big("sum", row(letter, boxes.EQUALS, boxes.Numeral("1")), size_box("n", self.style))

    def atom(self, meaning: Meaning) -> Box:
        match meaning:
            case Quantity():
                return quantity_box(meaning, self.style)
            case Same(left=left, right=right):
                return boxes.Script(boxes.Letter(r"\delta", "δ"), script_of((left, right)))
            case Raised(base=base, exponent=exponent):
                return self.power(single(base), exponent)
            case Slope():
                return self.slope(meaning)
            case Constant() | SumOver() | Plus() | Times():
                return self.sum(meaning)
            case _:
                assert_never(meaning)

    def power(self, base: Meaning, exponent: Fraction) -> Box:
        if exponent == 1:
            return self.factor(base)
        if isinstance(base, Quantity) and (whole := power_box(base, exponent, self.style)) is not None:
            return whole
        if exponent == HALF:
            return boxes.Radical(self.sum(base))
        sup = _exponent(exponent)
        if isinstance(base, Quantity | Same) or (
            isinstance(base, Constant) and base.value >= 0 and base.value.denominator == 1
        ):
            return boxes.raised(self.atom(base), sup)
        return boxes.Script(boxes.bracketed(self.sum(base)), None, sup)

    def slope(self, meaning: Slope) -> Box:
        """A derivative; of an expression that is not short, d/dx before it."""
        of, by = through(meaning)
        if self.style.gradients and len(by) == 1 and of == Quantity("L"):
            if (short := gradient_box(by[0], self.style)) is not None:
                return short
        order = boxes.Numeral(str(len(by)))
        sign: Box = boxes.PARTIAL if len(by) == 1 else boxes.Script(boxes.PARTIAL, None, order)
        if len(by) > 1 and len(set(by)) == 1:
            power = boxes.raised(self.atom(by[0]), order)
            below = row(boxes.PARTIAL, power)
        else:
            below = row(*(part for one in by for part in (boxes.PARTIAL, self.atom(one))))
        if is_short(of):
            inner = boxes.bracketed(self.sum(of)) if isinstance(of, Plus) else self.atom(of)
            return boxes.Quotient(row(sign, inner), below)
        open_ = isinstance(of, SumOver) and self.signed(of)[0] > 0
        return row(boxes.Quotient(sign, below), self.sum(of) if open_ else boxes.bracketed(self.sum(of)))


def _sign(value: Fraction) -> int:
    return -1 if value < 0 else 1


def _sign_of(meaning: Meaning) -> int:
    return _sign(meaning.value) if isinstance(meaning, Constant) else 1


def _exponent(value: Fraction) -> Box:
    number = boxes.Numeral(str(abs(value)))
    return row(boxes.NEGATIVE, number) if value < 0 else number


def _needs_dot(left: Box, right: Box) -> bool:
    """Tell whether two factors side by side could be read as something else."""
    last, first = _end(left, -1), _end(right, 0)
    if isinstance(first, boxes.Numeral) or (isinstance(first, boxes.Script) and isinstance(first.base, boxes.Numeral)):
        return True
    if isinstance(first, boxes.Quotient):
        mixed = isinstance(last, boxes.Numeral) and isinstance(first.top, boxes.Numeral)
        return mixed or isinstance(last, boxes.Quotient)
    if isinstance(first, boxes.Bracket):
        # var (..) would be a call.
        return _is_word(last) or last == boxes.Letter(r"\delta", "δ") or last == boxes.Letter("E", "E")
    return (_is_word(first) or _is_word(last)) and not (_stands_apart(first) or _stands_apart(last))


def _stands_apart(box: Box) -> bool:
    """Tell whether no dot is needed between it and a word."""
    return isinstance(box, boxes.Bracket | boxes.Quotient | boxes.Big | boxes.Radical)


def _end(box: Box, place: int) -> Box:
    return _end(box.items[place], place) if isinstance(box, boxes.Row) else box


def _is_word(box: Box) -> bool:
    return box.upright if isinstance(box, boxes.Letter) else isinstance(box, boxes.Script) and _is_word(box.base)
