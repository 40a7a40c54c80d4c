"""What is printed is what was proved: each line of each chain, as LaTeX, is read by symbn in that notation, and proved."""

from __future__ import annotations

import pytest

from symbn.answer import PROVED, REFUTED
from symbn.checking import check_formula
from symbn.deriving.article import Chain
from symbn.judging import Options
from symbn.publishing.layout import FEATURES, STYLES, Layout, layout_of
from symbn.typesetting.boxes import Box
from symbn.typesetting.latex import to_latex
from symbn.typesetting.text import to_text
from tests.publishing.articles import everything
import itertools
from collections.abc import Callable


def steps(chain: Chain, layout: Layout, write: Callable[[Box], str]) -> list[str]:
    found = layout.chain(chain)
    sides = [write(side).strip() for side in (found.head, *found.sides)]
    return [f"{left} = {right}" for left, right in itertools.pairwise(sides)]


def verdicts(layout: Layout, write: Callable[[Box], str] = to_latex) -> dict[tuple[str, str, str], set[str]]:
    """Return the verdicts on every step, by its text, its mode and its scope."""
    found: dict[tuple[str, str, str], set[str]] = {}
    for article in everything():
        for chain in article.chains():
            for text in steps(chain, layout, write):
                key = (text, chain.mode, chain.scope)
                if key not in found and (chain.scope == "all m" or int(chain.scope) < 4):
                    options = Options(layout.style.notation(chain.mode), None if chain.scope == "all m" else int(chain.scope))
                    found[key] = {step.verdict for step in check_formula(text, options)}
    return found


@pytest.mark.parametrize("style", [style for style in STYLES if style != FEATURES])
def test_every_printed_step_is_proved_when_read_back(style: str) -> None:
    found = verdicts(layout_of(style))
    assert len(found) > 250
    assert {key: kinds for key, kinds in found.items() if kinds != {PROVED}} == {}


def test_plain_text_is_read_back_too() -> None:
    found = verdicts(layout_of(), to_text)
    assert {key: kinds for key, kinds in found.items() if kinds != {PROVED}} == {}


def test_names_of_the_user_are_read_back() -> None:
    lets = (r"mean=\mu_B", r"variance=v", "batch=N", r"normalised=\tilde x", r"loss=\mathcal L")
    found = verdicts(layout_of("default", lets))
    assert {key: kinds for key, kinds in found.items() if kinds != {PROVED}} == {}


def test_with_features_what_has_an_entry_is_proved() -> None:
    """A step without any x_{if} gives symbn nothing to tell features from examples by; sizes are decided for one feature."""
    found = verdicts(layout_of(FEATURES))
    assert REFUTED not in set().union(*found.values())
    wide = {key: kinds for key, kinds in found.items() if "_{if}" in key[0] and key[2] == "all m"}
    assert len(wide) > 120
    assert {key: kinds for key, kinds in wide.items() if kinds != {PROVED}} == {}
