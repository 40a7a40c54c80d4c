"""Front matter: settings, and faults on the line they are on."""

from __future__ import annotations

import pytest

from tests.document.helpers import formulas, read


@pytest.mark.parametrize("kind", ["md", "txt", "rst", "html"])
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_it_is_read_at_the_very_start(kind: str, newline: str) -> None:
    document = read(newline.join(["+++", 'batch = "m"', "[names]", 'x = "input"', "+++", ":math:`a`", ""]), kind)
    assert document.settings == {"batch": "m", "names": {"x": "input"}}
    assert document.problems == ()


def test_elsewhere_it_is_prose() -> None:
    assert read("Text\n+++\na = 1\n+++\n").settings == {}


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("+++\na = 1\nb = \n+++\n$x$", "b =", "not TOML"),
        ("+++\r\na = 1\r\na = 2\r\n+++\r\n$x$", "a = 2", "not TOML"),
        ("+++\na = [1,\n+++\n$x$", "a = [1,", "not TOML"),
        ("+++\na = " + "[" * 2000 + "\n+++\n$x$", "a = " + "[" * 2000, "not TOML"),
        ("+++\na = 1\n\n$x$", "+++", "never closed"),
        ("+++\n" + "a = 1\n" * 20_000 + "+++\n$x$", "+++", "longer than"),
        ("+++", "+++", "never closed"),
    ],
)
def test_a_fault_is_a_problem_on_its_line(text: str, line: str, said: str) -> None:
    document = read(text)
    (problem,) = document.problems
    assert problem.code == "bad-front-matter"
    assert said in problem.message
    assert problem.help is not None
    assert document.text[problem.span.start : problem.span.end] == line
    assert document.settings == {}
    assert formulas(text) == (["x"] if "$" in text else [])


def test_a_fault_in_comments_of_latex_is_found_too() -> None:
    document = read("% +++\n% a = \n% +++\n$x$", "tex")
    assert document.text[document.problems[0].span.start :].startswith("% a =")
