"""scripts/grade: derivations with known labels, and a report that would show a wrong answer."""

from __future__ import annotations

from dataclasses import replace

import pytest

from scripts.attacking.label import label
from scripts.attacking.reading import claims_in
from scripts.grading import __main__ as script
from scripts.grading.making import Made, many, steps
from symbn.scale import Record, check_many


@pytest.fixture(scope="module")
def some() -> list[Made]:
    return list(many(60, 3))


def test_the_same_seed_makes_the_same_derivations(some: list[Made]) -> None:
    assert list(many(60, 3)) == some
    assert len({made.document.text for made in some}) == 60
    assert list(many(60, 4)) != some
    assert len(steps()) > 80


def test_no_equation_is_a_definition() -> None:
    """A document that defines c in its own way says something else, and is judged by that."""
    for document in (made.document.text for made in many(2000, 1)):
        for text in document.split("$$\n")[1::2]:
            assert text.partition(" = ")[0] not in ("s", "c_i", "c_j", "cᵢ", "cⱼ")


def test_the_labels_are_those_of_an_independent_evaluation(some: list[Made]) -> None:
    looked_at = 0
    for made in some:
        texts = [text for text in made.document.text.split("$$\n")[1::2] if "\\frac" in text]
        labels = [
            one for one, text in zip(made.labels, made.document.text.split("$$\n")[1::2], strict=True) if "\\frac" in text
        ]
        for text, expected in zip(texts, labels, strict=True):
            (claim,) = claims_in(text, "train")
            assert label(claim) is expected, text
            looked_at += 1
    assert looked_at > 40


def test_every_verdict_agrees_and_the_report_says_so(some: list[Made], capsys: pytest.CaptureFixture[str]) -> None:
    tally = script.Tally()
    for made, record in zip(some, check_many(made.document for made in some), strict=True):
        tally.add(made, record)
    assert (tally.wrong, tally.open) == ([], [])
    number = sum(len(made.labels) for made in some)
    assert f"{number} of {number} verdicts agree with the label (100.000%), 0 are wrong" in "\n".join(
        script.report(tally, 1, 1, 1)
    )


def test_a_wrong_verdict_is_found(some: list[Made]) -> None:
    (record,) = check_many([some[0].document], jobs=0)
    turned = replace(some[0], labels=tuple(not one for one in some[0].labels))
    tally = script.Tally()
    tally.add(turned, record)
    assert len(tally.wrong) == len(turned.labels)
    fewer = replace(some[0], labels=(*some[0].labels, True))
    tally.add(fewer, Record(0, record.body))
    assert tally.open
    assert len(tally.wrong) == len(turned.labels)
