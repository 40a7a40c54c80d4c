r"""A formula in LaTeX, each time in another way: \frac or /, roots or powers, brackets of several kinds, hats, aliases
of names, the order of terms and factors.

Whatever is written means the formula under the language's own rules: left to right, a sum up to the next + or -. A `careless`
speller breaks them as people do: no bracket around the summand or after a slash, a sum sign or an index left out.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from random import Random

from scripts.attacking.formula import (
    ARRAYS,
    Add,
    Claim,
    Delta,
    Formula,
    Index,
    Mul,
    Name,
    Num,
    Pow,
    Size,
    Slope,
    Sum,
    free,
    num,
)

SUM, PRODUCT, FACTOR, ATOM = range(4)
SLIPS = ("extent", "slash", "sum sign", "index")
_NAMES = {
    "mu": (r"\mu", r"\mu_B", r"\mu_{\mathcal{B}}"),
    "eps": (r"\epsilon", r"\varepsilon"),
    "L": ("L", r"\ell", r"\mathcal{L}", "J"),
    "gamma": (r"\gamma",),
    "beta": (r"\beta",),
    "a": ("a", r"\alpha", r"\lambda"),
    "s": ("s",),
    "m": ("m", "m", "N", "B", "M"),
    "hat": (r"\hat x{}", r"\hat{{x}}{}", r"\hat{{x{}}}", r"\hat x{}"),
    "sum": (r"\sum_{}", r"\sum_{{{}=1}}^{{{m}}}", r"\sum_{{{}}}", r"\sum\limits_{}"),
    "dot": ("", "", " ", r" \cdot ", r"\, ", r" \times "),
}
_BRACKETS = ((r"\left(", r"\right)"), ("(", ")"), (r"\left[", r"\right]"), (r"\bigl(", r"\bigr)"), (r"\Big[", r"\Big]"))


@dataclass
class Speller:
    """slips: the carelessness allowed; slipped: what was in fact done. wide: every quantity carries a feature index too."""

    random: Random
    slips: frozenset[str] = frozenset()
    wide: bool = False
    mode: str = "train"
    slipped: list[str] = field(default_factory=list)
    chosen: dict[str, str] = field(default_factory=dict)
    spelled_out: bool = True

    def __post_init__(self) -> None:
        for key, options in _NAMES.items():
            if key not in ("hat", "sum", "dot"):
                # What is written carelessly is read back by `reading`, which knows the plain names.
                self.chosen[key] = options[0] if self.slips else self.random.choice(options)
        if self.chosen["m"] == "B" or self.wide:
            self.chosen["mu"] = r"\mu"
        if self.wide:
            self.chosen["m"] = "m"
        label = self.chosen["mu"][3:]
        self.chosen["var"] = rf"\sigma{label}^2"
        self.chosen["var power"] = rf"\sigma{label}"

    def equation(self, claim: Claim) -> str:
        return f"{self.text(claim.left, SUM)} = {self.text(claim.right, SUM)}"

    def chance(self, of: float) -> bool:
        return self.random.random() < of

    def slip(self, kind: str) -> bool:
        if kind in self.slips and self.chance(0.5):
            self.slipped.append(kind)
            return True
        return False

    def bracketed(self, text: str) -> str:
        opening, closing = self.random.choice(_BRACKETS)
        return f"{opening} {text} {closing}"

    def text(self, formula: Formula, least: int) -> str:
        written, strength = self.spelled(formula)
        return written if strength >= least else self.bracketed(written)

    def spelled(self, formula: Formula) -> tuple[str, int]:
        match formula:
            case Num(value=value):
                return self.number(value)
            case Size():
                return self.chosen["m"], ATOM
            case Name():
                return self.name(formula)
            case Delta(left=left, right=right):
                if isinstance(left, int) or isinstance(right, int):
                    return rf"\delta_{{{left},{right}}}", ATOM
                if self.chance(0.2) and not self.wide:
                    return rf"\mathbb{{1}}[{left}={right}]", ATOM
                return rf"\delta_{{{left}{right}}}", ATOM
            case Sum():
                return self.sum(formula)
            case Add():
                return self.additive(formula), SUM
            case Mul():
                return self.product(formula)
            case Pow(base=base, exponent=exponent):
                return self.power(base, exponent)
            case Slope(of=of, by=by):
                return self.slope(of, by)

    def number(self, value: Fraction) -> tuple[str, int]:
        if value < 0:
            return f"-{self.number(-value)[0]}", SUM
        if value.denominator == 1:
            return str(value), ATOM
        if value.denominator in (2, 4) and self.chance(0.2):
            return str(float(value)), ATOM
        if self.chance(0.3):
            return f"{value.numerator}/{value.denominator}", SUM
        return rf"\frac{{{value.numerator}}}{{{value.denominator}}}", ATOM

    def script(self, *indices: Index) -> str:
        if len(indices) == 1 and self.chance(0.6) and len(str(indices[0])) == 1:
            return f"_{indices[0]}"
        return f"_{{{','.join(map(str, indices)) if any(isinstance(i, int) for i in indices) else ''.join(map(str, indices))}}}"

    def name(self, name: Name) -> tuple[str, int]:
        role, indices = name.role, name.indices
        if self.wide and role not in ("eps", "L", "a"):
            indices = (*indices, "z")
        if role in ("x", "c", "xhat", "g") and indices and self.slip("index"):
            indices = ()
        below = self.script(*indices) if indices else ""
        if role == "c" and self.spelled_out and self.chance(0.7) and (indices or not name.indices):
            mu, _ = self.name(Name("mu"))
            return f"x{below} - {mu}", SUM
        if role == "s" and self.spelled_out and self.chance(0.7):
            root = self.name(Name("var"))[0] + " + " + self.chosen["eps"]
            return (rf"\sqrt{{{root}}}", ATOM) if self.chance(0.7) else (f"({root})^{{1/2}}", FACTOR)
        if role == "xhat":
            return self.random.choice(_NAMES["hat"]).format(below), ATOM
        if role == "g" and self.chance(0.2) and indices:
            return rf"\frac{{\partial {self.chosen['L']}}}{{\partial y{below}}}", ATOM
        if role == "var":
            return (rf"\sigma{below}^2" if below else self.chosen["var"]), FACTOR
        if role in ARRAYS:
            return f"{role}{below}", ATOM
        return self.chosen[role] + below, ATOM

    def sum(self, formula: Sum) -> tuple[str, int]:
        if formula.excluding:
            skip = ", ".join(rf"{formula.index} \neq {other}" for other in formula.excluding)
            sign = rf"\sum_{{{skip}}}"
        else:
            if isinstance(formula.body, Mul) and self.slip("sum sign"):
                return self.spelled(formula.body)
            sign = self.random.choice(_NAMES["sum"]).format(formula.index, m=self.chosen["m"])
        loose = isinstance(formula.body, Add) and self.slip("extent")
        return f"{sign} {self.text(formula.body, SUM if loose else PRODUCT)}", PRODUCT

    def additive(self, formula: Add) -> str:
        terms = list(formula.terms)
        if self.chance(0.5):
            self.random.shuffle(terms)
        text = ""
        for number, term in enumerate(terms):
            sign, rest = _signed(term)
            written = self.text(rest, PRODUCT)
            text += ("-" if sign < 0 else "") + written if number == 0 else f" {'-' if sign < 0 else '+'} {written}"
        return text

    def product(self, formula: Mul) -> tuple[str, int]:
        sign, rest = _signed(formula)
        if sign < 0:
            return f"-{self.text(rest, PRODUCT)}", SUM
        top: list[Formula] = []
        bottom: list[Formula] = []
        for factor in formula.factors:
            if isinstance(factor, Pow) and factor.exponent < 0 and self.chance(0.7):
                bottom.append(factor.base if factor.exponent == -1 else Pow(factor.base, -factor.exponent))
            elif isinstance(factor, Num) and factor.value.denominator > 1 and self.chance(0.6):
                bottom.append(num(factor.value.denominator))
                top += [num(factor.value.numerator)] if factor.value.numerator != 1 else []
            else:
                top.append(factor)
        if not bottom:
            return self.row(top), PRODUCT
        if self.slip("slash") and all(isinstance(b, Name | Size) for b in bottom) and top:
            # gamma/m s (..) as people write it
            below = [self.text(b, ATOM) for b in bottom]
            return f"{self.row(top[:1])}/{' '.join(below)} {self.row([*top[1:], num(1)]) if len(top) > 1 else ''}", PRODUCT
        inside: list[Formula] = [factor for factor in top if not isinstance(factor, Add | Sum) and self.chance(0.5)]
        outside = [factor for factor in top if factor not in inside] if len({*top}) == len(top) else []
        if len({*top}) != len(top):
            inside = top
        fraction = self.fraction(inside, bottom)
        if not outside:
            return fraction
        if self.chance(0.3):
            return f"{self.row(outside, closed=True)} {fraction[0]}", PRODUCT
        return f"{fraction[0]} {self.row(outside)}", PRODUCT

    def fraction(self, top: list[Formula], bottom: list[Formula]) -> tuple[str, int]:
        above = self.row(top) if top else "1"
        if self.chance(0.75):
            return rf"\frac{{{above}}}{{{self.row(bottom)}}}", ATOM
        # Factors side by side after a slash would be ambiguous: always brackets.
        return self.bracketed(f"{self.bracketed(above)} / {self.bracketed(self.row(bottom))}"), ATOM

    def row(self, factors: list[Formula], closed: bool = False) -> str:
        """Return the factors side by side; only the last may end with a sum, unless the row is closed."""
        if not factors:
            return "1"
        ordered = list(factors)
        if self.chance(0.5):
            self.random.shuffle(ordered)
        ordered.sort(key=lambda factor: isinstance(factor, Sum))
        if self.chance(0.3):
            ordered.sort(key=lambda factor: not isinstance(factor, Num))
        text = ""
        for number, factor in enumerate(ordered):
            last = number == len(ordered) - 1 and not closed
            if isinstance(factor, Sum):
                loose = last or self.harmless(factor, ordered[number + 1 :])
                written = self.text(factor, PRODUCT if loose and not closed else ATOM)
            else:
                written = self.text(factor, FACTOR if len(ordered) > 1 or closed else PRODUCT)
            if number == 0:
                text = written
                continue
            sign = self.random.choice(_NAMES["dot"])
            text += (r" \cdot " if written[0].isdigit() or written[0] == "-" else sign or " ") + written
        return text

    def harmless(self, formula: Sum, later: list[Formula]) -> bool:
        return self.chance(0.5) and not any(formula.index in free(factor) for factor in later)

    def power(self, base: Formula, exponent: Fraction) -> tuple[str, int]:
        if exponent == Fraction(1, 2) and self.chance(0.7):
            return rf"\sqrt{{{self.text(base, SUM)}}}", ATOM
        if exponent < 0 and self.chance(0.4):
            return self.fraction([], [base if exponent == -1 else Pow(base, -exponent)])
        shown = str(exponent)
        if exponent.denominator in (2, 4) and self.chance(0.2):
            shown = str(float(exponent))
        elif exponent.denominator != 1 and self.chance(0.3):
            shown = rf"{'-' if exponent < 0 else ''}\frac{{{abs(exponent.numerator)}}}{{{exponent.denominator}}}"
        if base == Name("var") and not self.wide and exponent.denominator == 1 and exponent > 0 and self.chance(0.5):
            return f"{self.chosen['var power']}^{{{2 * exponent}}}", FACTOR
        plain = isinstance(base, Name) and base.role not in ("L", "g", "var") and exponent.denominator == 1
        keep, self.spelled_out = self.spelled_out, self.spelled_out and not plain
        written, strength = self.spelled(base)
        self.spelled_out = keep
        if not (plain and strength == ATOM and "frac" not in written):
            written = self.bracketed(written)
        return (f"{written}^{shown}" if len(shown) == 1 else f"{written}^{{{shown}}}"), FACTOR

    def slope(self, of: Formula, by: Name) -> tuple[str, int]:
        d = self.random.choice((r"\partial ", r"\partial ", "d"))
        keep, slips = self.spelled_out, self.slips
        self.spelled_out, self.slips = False, slips & {"index"}
        below, _ = self.name(by)
        if isinstance(of, Name) and of.role != "g":
            above, _ = self.name(of)
            short = True
        else:
            self.spelled_out = True
            above, short = self.bracketed(self.text(of, SUM)), self.chance(0.5)
        self.spelled_out, self.slips = keep, slips
        if short:
            return rf"\frac{{{d}{above}}}{{{d}{below}}}", ATOM
        return rf"\frac{{{d.strip()}}}{{{d}{below}}} {above}", PRODUCT


def _signed(term: Formula) -> tuple[int, Formula]:
    if isinstance(term, Num) and term.value < 0:
        return -1, Num(-term.value)
    if isinstance(term, Mul) and isinstance(term.factors[0], Num) and term.factors[0].value < 0:
        first, rest = Num(-term.factors[0].value), term.factors[1:]
        if first.value == 1:
            return -1, rest[0] if len(rest) == 1 else Mul(rest)
        return -1, Mul((first, *rest))
    return 1, term
