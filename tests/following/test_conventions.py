"""What a document's settings and remarks say, and what is wrong with them."""

from __future__ import annotations

import pytest

from symbn.errors import UsageError
from symbn.following.conventions import assignments, conventions, expectations, with_settings
from symbn.judging import Options
from tests.following.documents import answer, checked, verdicts


def test_roles_may_have_several_spellings_and_lines_of_their_own() -> None:
    table = {"mean": ["u", "w"], "mode": "eval", "lines": [{"from": 3, "to": 5, "mean": "m", "batch": 2}]}
    found = conventions(table)
    options = with_settings(Options(), found.settings)
    assert options.notation.roles["u"] == options.notation.roles["w"] == "mu"
    assert options.notation.mode == "eval"
    assert found.at(2, options) == options
    assert found.at(5, options).batch == 2
    assert found.at(5, options).notation.roles["m"] == "mu"
    assert found.at(6, options) == options


@pytest.mark.parametrize(
    "table",
    [
        {"meen": "u"},
        {"mean": 3},
        {"mean": ""},
        {"mode": "sleep"},
        {"batch": 0},
        {"lines": [{"to": 3}]},
        {"lines": 3},
        {"lines": [{"from": 1, "meen": "u"}]},
        {"expect": "prooved"},
    ],
)
def test_settings_that_cannot_be_are_refused(table: dict[str, object]) -> None:
    with pytest.raises(UsageError):
        conventions(table)


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("batch=m mean=\\mu_{\\mathcal B} loss=l", {"batch": "m", "mean": "\\mu_{\\mathcal B}", "loss": "l"}),
        ("normalised='\\hat x' batch=N", {"normalised": "\\hat x", "batch": "N"}),
        ("proved", None),
    ],
)
def test_remarks_state_roles(words: str, found: dict[str, str] | None) -> None:
    assert assignments(words) == found


def test_remarks_state_verdicts() -> None:
    assert expectations("proved, refuted wrong-sign,proved with a caveat") == ("proved", "refuted wrong-sign", "caveat")
    with pytest.raises(UsageError):
        expectations("proved, wrong")


FALSE = r"$$\frac{\partial L}{\partial \beta} = -\sum_j g_j$$"
TRUE = r"$$\frac{\partial L}{\partial \beta} = \sum_j g_j$$"


@pytest.mark.parametrize(
    ("text", "surprises"),
    [
        (f"<!-- symbn: refuted -->\n{FALSE}", []),
        (f"<!-- symbn: refuted wrong-sign -->\n{FALSE}", []),
        (f"<!-- symbn: refuted missing-sum -->\n{FALSE}", ["refuted"]),
        (f"<!-- symbn: proved -->\n{FALSE}", ["refuted"]),
        (f"<!-- symbn: refuted -->\n{TRUE}", ["proved"]),
        (f"{FALSE} <!-- symbn: refuted wrong-sign -->", []),
        (f"{FALSE} <!-- symbn: proved -->\n\n{TRUE}", ["refuted"]),
        (f"{TRUE} <!-- symbn: proved -->\n{FALSE} <!-- symbn: refuted -->", []),
        (f"<!-- symbn: ignore -->\n{FALSE}\n\n{TRUE}", []),
        (f"+++\nexpect = 'proved'\n+++\n{TRUE}\n\n{FALSE}", ["refuted"]),
        (f"+++\nexpect = 'proved'\n+++\n{TRUE}\n\n<!-- symbn: refuted -->\n{FALSE}", []),
        ("<!-- symbn: proved, refuted, proved -->\n$$\\sum_i c_i = 0 = 1 = \\frac22$$", []),
        ("<!-- symbn: refuted -->\n$$\\sum_i c_i = 0 = 1 = \\frac22$$", []),
        ("<!-- symbn: proved, proved, proved -->\n$$\\sum_i c_i = 0 = 1 = \\frac22$$", ["refuted"]),
        ("<!-- symbn: caveat -->\n$\\frac{\\partial\\hat x_i}{\\partial x_i} = \\frac{1}{\\sqrt{\\sigma^2+\\epsilon}}$", []),
        ("<!-- symbn: unreadable half-derivative -->\n$\\frac{\\partial\\mu}{x} = 1$", []),
        ("<!-- symbn: assumed -->\nWhen $i = j$ it rains.", []),
    ],
)
def test_a_document_may_state_the_verdicts_it_expects(text: str, surprises: list[str]) -> None:
    report = checked(text, repair=True)
    assert report.problems == ()
    assert [answer(step) for step in report.surprises] == surprises


def test_an_unexpected_number_of_verdicts_is_a_surprise() -> None:
    report = checked(f"<!-- symbn: proved, proved -->\n{TRUE}")
    assert len(report.surprises) == 1


def test_a_remark_gives_roles_from_there_on() -> None:
    text = "$u = \\frac1m \\sum_i x_i$ <!-- symbn: mean=u batch=m -->\n\n$$\\frac{\\partial u}{\\partial x_i} = \\frac1m$$"
    report = checked(text)
    assert [step.verdict for step in report.steps][-1] == "proved"
    assert "mean is u" in report.notation


def test_a_remark_that_says_nothing_is_a_problem_with_its_place() -> None:
    text = "<!-- symbn: prooved -->\n$\\mu = E[x]$"
    (problem,) = checked(text).problems
    assert problem.code == "bad-remark"
    assert text[problem.span.start : problem.span.end] == "prooved"


def test_names_that_clash_are_asked_about_with_what_to_write() -> None:
    (step,) = checked(r"$$\hat x_i = \frac{x_i - \mu}{\sigma}$$").steps
    (fault,) = step.diagnostics
    assert fault.code == "two-roles"
    assert fault.help is not None
    assert "deviation" in fault.help


def test_what_was_used_is_reported() -> None:
    report = checked(r"$\bar x_i = x_i - \mu$ and $\mu = \frac1N \sum_{i=1}^N x_i$")
    assert any("N is the batch size" in line for line in report.notation)
    assert any("centred" in line for line in report.notation)


def test_a_role_is_adopted_only_from_an_equation_that_says_what_a_name_is() -> None:
    assert verdicts(r"$\sum_i q_i = 0$ and $q_i = 2 (x_i - \mu)$.")[-1] == "assumed"
