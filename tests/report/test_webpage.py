"""A report as an HTML page: well-formed, offline, complete, and nothing of a document is markup in it."""

from __future__ import annotations

import re
from dataclasses import replace
from xml.etree import ElementTree

from symbn.answer import DocumentReport
from symbn.catalogue import CATALOGUE
from symbn.report.webpage import as_html
from tests.report.values import everything, hostile, kinds, report

ELEMENTS = set(
    "html head meta title style body h1 h2 p nav table thead tbody tr th td a section article div span pre mark dl dt dd "
    "details summary wbr code ul li b math semantics annotation mrow mi mn mo mfrac msub msup msubsup msqrt mroot munder mover "
    "munderover mtext mspace mtable mtr mtd".split()
)


def page(*reports: DocumentReport, explain: bool = False, only: str | None = None) -> tuple[str, ElementTree.Element]:
    """Return the page, as text and as XML."""
    text = as_html(reports, CATALOGUE, explain, only)
    return text, ElementTree.fromstring(text.removeprefix("<!DOCTYPE html>\n"))


def name(element: ElementTree.Element) -> str:
    return element.tag.rpartition("}")[2]


def words(element: ElementTree.Element) -> str:
    return " ".join("".join(element.itertext()).split())


def article(root: ElementTree.Element, kind: str) -> ElementTree.Element:
    return next(e for e in root.iter("article") if f"is-{kind}" in (e.get("class") or ""))


def test_a_refuted_step_has_its_formula_its_numbers_and_its_repair() -> None:
    _, root = page(report(kinds()["repaired"]))
    step = article(root, "refuted")
    assert words(step).startswith("✗ refuted at m = 2; true for m <= 1 wrong-sign notes.md:3:7")
    wrong, right = (e for e in step.iter() if (e.get("class") or "") in ("symbn-wrong", "symbn-repaired"))
    assert (words(wrong), words(right)) == ("+", "−")
    head, values = ([words(cell) for cell in row] for row in step.iter("tr"))
    numbers = dict(zip(head, values, strict=True))
    assert numbers["m"] == "2"
    assert numbers["x"] == "(0, 2)"
    assert (numbers["left side"], numbers["right side"]) == ("3/16", "5/16")
    assert "the last term is added, but it must be subtracted" in words(step)
    assert "read as" in words(step)
    assert "for all m >= 1" in words(step)


def test_every_link_leads_somewhere_and_every_anchor_is_unique() -> None:
    for explain in (False, True):
        _, root = page(everything(), hostile(), report(path="empty.md"), explain=explain)
        anchors = [e.get("id") for e in root.iter() if e.get("id") is not None]
        assert len(anchors) == len(set(anchors))
        links = [e.get("href") for e in root.iter("a")]
        assert links
        assert {(link or "").removeprefix("#") for link in links} <= set(anchors)
        assert all((link or "").startswith("#") for link in links)
    assert "code-half-derivative" in anchors


def test_the_contents_count_the_steps_of_every_document() -> None:
    _, root = page(everything(), report(kinds()["proved"], path="other.md"))
    rows = [[words(cell) for cell in row] for row in next(root.iter("nav")).iter("tr")]
    assert rows[0][:4] == ["document", "steps", "proved", "caveat"]
    assert [row[:3] for row in rows[1:]] == [["notes.md", "11", "3"], ["other.md", "1", "1"], ["all", "12", "4"]]


def test_nothing_of_a_document_is_markup_or_drives_anything() -> None:
    text, root = page(hostile(), replace(hostile(), path="x" * 300 + "&<\"'"))
    assert {name(element) for element in root.iter()} <= ELEMENTS
    assert "<script>alert(1)</script>" in words(root)
    outside = text.replace("\n", "")
    assert all(c.isprintable() for c in outside)
    assert not re.search(r"\bon[a-z]+\s*=\s*[\"']", re.sub(r">[^<]*<", "><", text))


def test_the_page_asks_for_nothing_from_elsewhere() -> None:
    text, root = page(everything(), hostile())
    assert not [e for e in root.iter() if {"src", "srcset", "action", "background", "data"} & set(e.attrib)]
    assert "url(" not in text
    assert "@import" not in text
    assert not re.findall(r"https?://(?!www\.w3\.org/)", text)


def test_proved_steps_are_folded_until_they_are_to_be_explained() -> None:
    folded, _ = page(report(kinds()["proved"]))
    opened, _ = page(report(kinds()["proved"]), explain=True)
    assert "<details><summary>read as" in folded
    assert '<details open="open"><summary>read as' in opened


def test_only_the_steps_that_are_asked_for_are_shown() -> None:
    _, root = page(everything(), only="refuted")
    assert {e.get("class") for e in root.iter("article")} == {"step is-refuted"}


def test_an_empty_report_is_a_page() -> None:
    _, root = page()
    assert "nothing to check in 0 documents" in words(root)
