r"""True equations with one mistake put in, made on the text by rules of their own: the repairs have to undo them.

The rules know nothing of the repair's edits: they are rewritings of characters, and a seeded choice among their places.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

from symbn.decision.decide import decide
from symbn.elaboration.elaborate import readings
from symbn.elaboration.meaning import OutsideError
from symbn.elaboration.notation import Notation
from symbn.elaboration.readings import TooManyReadingsError
from symbn.errors import UnreadableError
from symbn.kernel.verdict import Refuted
from symbn.syntax.parser import parse
from tests.formulas import DX, S

SEED = 20
SOURCES = (
    rf"{DX} = \frac{{\gamma}}{{m {S}}} \left( m g_i - \sum_j g_j - \hat x_i \sum_j g_j \hat x_j \right)",
    rf"{DX} = \frac{{\gamma}}{{{S}}} \left( g_i - \frac1m \sum_j g_j - \hat x_i \frac1m \sum_j g_j \hat x_j \right)",
    rf"{DX} = \gamma (\sigma^2+\epsilon)^{{-1/2}} \Big[ g_i - \frac{{1}}{{m}}\sum_{{k=1}}^m g_k"
    r" - \frac{(x_i-\mu)}{m}(\sigma^2+\epsilon)^{-1}\sum_{k=1}^m g_k (x_k-\mu) \Big]",
    rf"{DX} = \frac{{\partial L}}{{\partial \hat x_i}} \cdot \frac{{1}}{{{S}}}"
    r" + \frac{\partial L}{\partial \sigma^2} \cdot \frac{2(x_i-\mu)}{m} + \frac{\partial L}{\partial \mu} \cdot \frac1m",
    rf"{DX} = \frac{{\gamma}}{{m {S}}} \left( m g_i - \frac{{\partial L}}{{\partial \beta}}"
    r" - \hat x_i \frac{\partial L}{\partial \gamma} \right)",
    "dL/dx_i = gamma/(m*sqrt(var + eps)) * (m*g_i - sum_j g_j - xhat_i*sum_j g_j*xhat_j)",
    r"\frac{\partial L}{\partial \sigma^2} = \sum_i \frac{\partial L}{\partial \hat x_i} (x_i-\mu) \cdot \frac{-1}{2}"
    r" (\sigma^2+\epsilon)^{-3/2}",
    rf"\frac{{\partial L}}{{\partial \mu}} = -\frac{{\gamma}}{{{S}}} \sum_j g_j",
    rf"\frac{{\partial L}}{{\partial \mu}} = \left(\sum_i \frac{{\partial L}}{{\partial \hat x_i}} \frac{{-1}}{{{S}}}\right)"
    r" + \frac{\partial L}{\partial \sigma^2} \frac{\sum_i -2(x_i-\mu)}{m}",
    r"\frac{\partial L}{\partial \gamma} = \sum_{i=1}^m \frac{\partial L}{\partial y_i} \hat x_i",
    r"\frac{\partial L}{\partial \beta} = \sum_{i=1}^m \frac{\partial L}{\partial y_i}",
    r"\frac{\partial \hat x_i}{\partial x_k} = \frac{1}{s}\left(\delta_{ik} - \frac1m - \frac{\hat x_i \hat x_k}{m}\right)",
    rf"\frac{{\partial \hat x_i}}{{\partial x_k}} = \frac{{1}}{{m {S}}}\left(m\delta_{{ik}} - 1 - \hat x_i \hat x_k\right)",
    r"\frac{\partial \sigma^2}{\partial x_i} = \frac{2 (x_i - \mu)}{m}",
    r"\frac{\partial s}{\partial x_i} = \frac{x_i - \mu}{m s}",
    r"\frac1m \sum_i \hat x_i^2 = \frac{\sigma^2}{\sigma^2+\epsilon}",
    rf"\hat x_i = \frac{{x_i - \mu}}{{{S}}}",
    r"\sum_i \hat x_i \frac{\partial L}{\partial x_i} = \frac{\gamma \epsilon}{(\sigma^2+\epsilon)^{3/2}} \sum_j g_j \hat x_j",
    r"\sigma^2 = \frac{1}{2m^2} \sum_i \sum_j (x_i - x_j)^2",
    r"\frac{\partial^2 \sigma^2}{\partial x_i \partial x_k} = \frac2m \left(\delta_{ik} - \frac1m\right)",
)
# kind -> (what is looked for, what is written instead)
RULES: dict[str, tuple[tuple[str, str], ...]] = {
    "sign": ((r"(?<![\^{(])\s*\+", " -"), (r"(?<=[\w}\]) ]) *-(?! *[13]/)", " + "), (r"^ -", " "), (r"\{-1\}", "{1}")),
    "factor": (
        (r"\bm(?= g| ?\\delta|\*g| s)", ""), (r"\\gamma ", ""), (r"gamma/", "1/"), (r"\\frac1m", ""), (r"\\frac\{1\}\{m\}", ""),
        (r"(?<=\{)2 ?(?=\()", ""), (r"(?<=\\sum_j )g_j", "m g_j"), (r"\\frac2m", r"\\frac1m"), (r"(?<=\{)m (?=\\sqrt|s)", ""),
        (r"\}\{m\}", "}{m^2}"), (r"\}\{2\}", "}{4}"),
    ),
    "exponent": (
        (r"-3/2", "-1/2"), (r"-1/2", "1/2"), (r"\{-1\}(?=\\sum)", "{-2}"), (r"(?<=[a-z])\^2(?=[ ]*=|$|\})", ""), (r"\)\^2", ")"),
        (r"\{3/2\}", "{1/2}"), (r"\\sqrt\{([^{}]*)\}", r"(\1)"), (r"\(\\sigma\^2\+\\epsilon\)(?=\^)", r"(\\sqrt{\\sigma^2+\\epsilon})"),
    ),
    "index": ((r"_i\b", "_j"), (r"_j\b", "_i"), (r"_k\b", "_i"), (r"_i\b", "_k")),
    "symbol": (
        (r"\\hat x", "x"), (r"\\mu", r"\\sigma^2"), (r"\\gamma", r"\\beta"), (r"xhat", "x"), (r"y_i", "x_i"), (r"g_j", "x_j"),
        (r"\(x_i ?- ?\\mu\)", "x_i"), (r"\\partial \\hat x", r"\\partial y"), (r"\\partial \\beta", r"\\partial \\gamma"),
    ),
    "epsilon": (
        (r" ?\+ ?\\epsilon", ""), (r"\\sqrt\{\\sigma\^2\+\\epsilon\}", r"(\\sqrt{\\sigma^2}+\\epsilon)"), (r" \+ eps", ""),
    ),
    "sum": ((r"\\sum_[a-z] ", ""), (r"\\sum_\{[a-z]=1\}\^m ", ""), (r"sum_j ", ""), (r"(?<=\} )(?=\\left)", r"\\sum_i ")),
    "parentheses": (
        (r"\\left ?\((.*)\\right ?\)", r"\1"), (r"\\Big\[(.*)\\Big\]", r"\1"), (r"\((x_[a-z] ?- ?\\mu)\)", r"\1"),
        (r"\* \((.*)\)", r"* \1"), (r"\((x_i - x_j)\)\^2", r"\1^2"), (r"\(m\*", r"m*("),
    ),
    "upstream": ((r"\\frac\{\\partial L\}\{\\partial (y|\\hat x)_i\} ?(\\cdot)?", ""), (r"g_j (?=[(\\])", "")),
}  # fmt: skip


@dataclass(frozen=True)
class Mutant:
    kind: str
    source: str
    text: str

    def __str__(self) -> str:
        return f"{self.kind}: {self.text}"


def rewritings(kind: str, side: str) -> list[str]:
    """Return the side with one place rewritten, in every way that the rules of the kind allow."""
    found: dict[str, None] = {}
    for pattern, new in RULES[kind]:
        for match in re.finditer(pattern, side):
            changed = side[: match.start()] + match.expand(new) + side[match.end() :]
            found.setdefault(changed)
    return [text for text in found if text != side]


def refuted(text: str) -> bool:
    """Tell whether the text is one equation that symbn refutes."""
    try:
        (statement,) = parse(text)
        if len(statement.sides) != 2:
            return False
        decision = decide(readings(*statement.sides, statement.conditions, Notation()))
    except (UnreadableError, OutsideError, TooManyReadingsError, ValueError):
        return False
    return isinstance(decision.verdict, Refuted)


def mutants() -> Iterator[Mutant]:
    """Yield one or two refuted mutants of every source and kind."""
    random = Random(SEED)
    for source in SOURCES:
        left, right = source.split("=", 1)
        if "_{" in right and "=1" in right:
            left, right = source.split(" = ", 1)
            left, right = left + " ", " " + right
        for kind in RULES:
            choices = rewritings(kind, right)
            random.shuffle(choices)
            wanted = 2 if kind in ("sign", "factor", "symbol") else 1
            for text in choices:
                if wanted and refuted(f"{left}={text}"):
                    wanted -= 1
                    yield Mutant(kind, source, f"{left}={text}")
