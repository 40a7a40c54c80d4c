"""What a notebook shows: three kinds of the same answer, and nothing in them that acts."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest

import symbn
from symbn.layers.batchnorm import MODES
from tests.report.values import everything, hostile, kinds

KINDS = {"text/plain", "text/latex", "text/html"}


@pytest.mark.parametrize("step", kinds().values(), ids=kinds())
def test_an_answer_has_all_three_kinds(step: symbn.Step) -> None:
    bundle = step._repr_mimebundle_()
    assert set(bundle) == KINDS
    assert step.verdict in bundle["text/plain"]
    assert rf"\text{{{step.verdict}" in bundle["text/latex"]
    assert ElementTree.fromstring(bundle["text/html"]).get("class") == "symbn"


def test_a_verdict_shows_every_step() -> None:
    bundle = symbn.verify(r"\sum_i \hat x_i = 0 = \sum_i c_i")._repr_mimebundle_()
    assert bundle["text/plain"].count("proved for every batch size") == 2
    assert bundle["text/html"].count("<article") == 2
    assert bundle["text/latex"].count("$$") == 4


def test_a_report_shows_its_document_and_hostile_text_stays_text() -> None:
    for report in (everything(), hostile()):
        bundle = report._repr_mimebundle_()
        assert set(bundle) == KINDS
        root = ElementTree.fromstring(bundle["text/html"])
        assert not list(root.iter("script"))
        assert all(c.isprintable() or c == "\n" for kind in ("text/plain", "text/html", "text/latex") for c in bundle[kind])


@pytest.mark.parametrize("mode", MODES)
def test_the_layer_shows_its_definitions(mode: str) -> None:
    bundle = symbn.BatchNorm(3, mode)._repr_mimebundle_()
    assert set(bundle) == KINDS
    assert bundle["text/plain"] == f"BatchNorm(batch=3, mode='{mode}')"
    assert (r"\mu &= \frac{1}{m} \sum_j x_j" in bundle["text/latex"]) == (mode == "train")
    assert r"y_i &= \gamma \hat x_i + \beta" in bundle["text/latex"]
    ElementTree.fromstring(f"<div>{bundle['text/html']}</div>")


def test_a_document_is_checked_from_its_text_or_its_path_and_not_from_both() -> None:
    report = symbn.check(text=r"We have $\sum_i \hat x_i = 0$.")
    assert [step.verdict for step in report.steps] == ["proved"]
    assert symbn.check(text=r"\begin{equation}\mu = \frac1m \sum_i x_i\end{equation}", kind="latex").count("proved") == 1
    assert symbn.check("there/is/no.md").problems[0].code == "bad-document"
    for arguments in ({}, {"path": "a.md", "text": "b"}):
        with pytest.raises(symbn.UsageError):
            symbn.check(**arguments)  # type: ignore[arg-type]
