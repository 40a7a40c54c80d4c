"""Lines of algorithms, labels below names, and what a document expects: found by writing derivations/."""

from __future__ import annotations

import pytest

from symbn.answer import ASSUMED, PROVED, REFUTED, UNREADABLE, DocumentReport
from symbn.document.read import read_document
from symbn.following.conventions import conventions
from symbn.following.follow import check_document
from symbn.judging import Options
from symbn.report.listing import render_report
from symbn.report.terminal import Style


def checked(text: str, repair: bool = False) -> DocumentReport:
    document = read_document("notes.md", text.encode())
    return check_document(document, Options(repair=repair), conventions(document.settings))


@pytest.mark.parametrize(
    ("formula", "verdict"),
    [
        (r"\mu_{\mathcal B} \leftarrow \frac1m \sum_{i=1}^m x_i", PROVED),
        (r"\sigma_{\mathcal B}^2 \gets \frac1m \sum_{i=1}^m (x_i - \mu_{\mathcal B})^2", PROVED),
        (r"\hat x_i \leftarrow \frac{x_i - \mu}{\sqrt{\sigma^2 + \epsilon}}", PROVED),
        (r"\mu \leftarrow \frac{1}{m-1} \sum_i x_i", REFUTED),
        (r"\mu \leftarrow 3 \mu", ASSUMED),  # an update, not an equation
        (r"\gamma \leftarrow \gamma - \sum_j g_j \hat x_j", ASSUMED),
    ],
)
def test_an_assignment_to_a_node_is_its_definition_and_an_update_is_no_equation(formula: str, verdict: str) -> None:
    (step,) = checked(f"$${formula}$$").steps
    assert step.verdict == verdict


@pytest.mark.parametrize(
    "formula", [r"z_{i+1} = x_i", r"\sigma_{ab+1}^2 = 1", r"z_{ab+1} = 3", r"f(x_{i+1}) = 3", r"[f(x_{a+1})]^2 = 1"]
)
def test_what_is_no_index_is_reported_where_it_stands(formula: str) -> None:
    first, second = checked(f"$$f(x) = x^2$$\n\n$${formula}$$").steps
    assert first.verdict == ASSUMED
    assert second.verdict == UNREADABLE
    assert second.line == 3


def test_a_label_may_stand_below_a_name_that_the_document_defines() -> None:
    (step,) = checked(r"$$z_{\mathcal B} = \frac1m \sum_i x_i$$").steps
    assert step.verdict == PROVED


def test_a_defined_name_may_have_two_indices_of_the_batch() -> None:
    text = (
        r"$$A_{ik} = \delta_{ik} - \frac1m$$ and $\sum_k A_{ik} = 0$, $\sum_k A_{ik} A_{kl} = A_{il}$, $\sum_i A_{ii} = m - 1$."
    )
    assert [step.verdict for step in checked(text).steps] == [ASSUMED, PROVED, PROVED, PROVED]
    text = r"$$z_{ij} = x_{ij} \gamma_j$$ and $z_{ij} / \gamma_j = x_{ij}$."
    assert [step.verdict for step in checked(text).steps] == [ASSUMED, PROVED]
    text = r"$$z_{ij} = 2 \gamma_j$$ and $z_{ij} = \gamma_j + \gamma_j$."
    assert [step.verdict for step in checked(text).steps] == [ASSUMED, PROVED]


def test_a_name_is_settled_in_words_once() -> None:
    report = checked("Centre: $c_i = x_i - \\mu$.\n\n$$c_i = x_i - \\mu$$")
    assert [words for words in report.notation if words.startswith("c is")] == [
        "c is the centred input, by its definition on line 1"
    ]


def test_the_code_of_a_repair_is_expected_only_if_repairs_are_looked_for() -> None:
    text = "<!-- symbn: refuted wrong-sign -->\n$$\\frac{\\partial L}{\\partial \\mu} = \\frac{\\gamma}{s} \\sum_j g_j$$"
    for repair in (False, True):
        assert checked(text, repair).surprises == ()
    assert checked(text.replace("wrong-sign", "missing-factor"), repair=True).surprises != ()


def test_a_proof_that_surprises_by_its_caveat_shows_the_caveat() -> None:
    text = "<!-- symbn: refuted -->\n$$\\frac{\\partial \\hat x_i}{\\partial x_i} = \\frac1s$$"
    shown = render_report(checked(text), Style(100))
    assert "expected refuted, got proved with a caveat" in shown
    assert "only if: dxhat/dx is the local derivative" in shown


def test_that_m_is_the_batch_size_is_said_only_if_asked() -> None:
    report = checked(r"$$\mu = \frac1m \sum_{i=1}^m x_i$$")
    assert render_report(report, Style(100)) == ""
    assert "m is the batch size" in render_report(report, Style(100), explain=True)
    assert "N is the batch size" in render_report(checked(r"$$\mu = \frac1N \sum_{i=1}^N x_i$$"), Style(100))
