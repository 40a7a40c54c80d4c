"""MathML is well-formed, made of Core elements only, and holds no markup of the user's."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest

from symbn.diagnostic import Span
from symbn.typesetting import boxes
from symbn.typesetting.boxes import Box
from symbn.typesetting.mathml import to_mathml
from symbn.typesetting.of_meaning import box_of, equation_box
from symbn.typesetting.of_tree import box_of_source
from symbn.typesetting.styles import PRESETS
from tests.typesetting.meanings import known_equations, random_meaning
from tests.typesetting.test_latex import NASTY, ODD

CORE = set(
    "math semantics annotation mrow mi mn mo mtext mspace mfrac msqrt mroot msub msup msubsup munder mover munderover mtable "
    "mtr mtd".split()
)
PARTS = {"mfrac": 2, "msub": 2, "msup": 2, "msubsup": 3, "munder": 2, "mover": 2, "munderover": 3, "mroot": 2}
SCRIPT = "<script>alert('x')</script>"


def parsed(box: Box) -> ElementTree.Element:
    """Return the element, checked for what every browser wants."""
    root = ElementTree.fromstring(to_mathml(box))
    for element in root.iter():
        name = element.tag.rpartition("}")[2]
        assert name in CORE
        assert name not in PARTS or len(element) == PARTS[name]
        assert not any(key.startswith("on") for key in element.attrib)
    return root


def classes(root: ElementTree.Element) -> list[str]:
    return [name for element in root.iter() if (name := element.get("class")) is not None]


def words(root: ElementTree.Element) -> str:
    return "".join(root.itertext())


def test_every_known_equation_is_well_formed() -> None:
    for _, equation in known_equations():
        for style in PRESETS.values():
            assert "=" in words(parsed(equation_box(equation.left, equation.right, style)))


def test_random_meanings_are_well_formed() -> None:
    for seed in range(100):
        parsed(box_of(random_meaning(f"{seed}")))


@pytest.mark.parametrize("box", ODD)
def test_odd_boxes_are_well_formed(box: Box) -> None:
    parsed(box)


@pytest.mark.parametrize("text", [SCRIPT, NASTY, "\"' & ]]> <!-- -->", "nul \0 bell \a"])
@pytest.mark.parametrize("make", [boxes.Words, boxes.Code, lambda text: boxes.Letter("x", text), boxes.Numeral])
def test_what_a_user_writes_is_text(make: type[boxes.Words], text: str) -> None:
    root = parsed(boxes.row(make(text), boxes.PLUS, boxes.Numeral("1")))
    assert "<script" not in to_mathml(make(text))
    assert text.replace("\0", "\ufffd").replace("\a", "\ufffd") in words(root)


def test_a_formula_with_a_script_shows_as_text() -> None:
    for source in (rf"\text{{{SCRIPT}}} = 1", f"x = {SCRIPT}", f"x_i = 1 % {SCRIPT}"):
        shown = to_mathml(box_of_source(source))
        assert "<script" not in shown
        ElementTree.fromstring(shown)


def test_marks_are_classes() -> None:
    text = r"x_i = \mu + 1"
    root = parsed(box_of_source(text, [(Span(text.index("+"), len(text)), boxes.WRONG)]))
    assert classes(root) == ["symbn-wrong", "symbn-wrong"]
    assert classes(parsed(box_of_source(text))) == []


def test_the_latex_goes_with_it() -> None:
    (annotation,) = [e for e in parsed(box_of_source("a < b")).iter() if e.tag.endswith("annotation")]
    assert annotation.get("encoding") == "application/x-tex"
    assert annotation.text == "a < b"


def test_it_stands_in_a_line_or_apart() -> None:
    box = boxes.Numeral("1")
    assert 'display="inline"' in to_mathml(box, display=False)
    assert 'display="block"' in to_mathml(box)
