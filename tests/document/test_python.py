"""Docstrings: which formulas are found in a module, and that a caret points at the characters of the source."""

from __future__ import annotations

import ast
import json
import warnings
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import symbn
from symbn.answer import DocumentReport
from symbn.diagnostic import Span
from symbn.document.read import read_document
from symbn.document.source import Document, Formula, Remark
from symbn.errors import UsageError
from symbn.running import check, find_documents


def read(source: str) -> Document:
    return read_document("a.py", source.encode())


def formulas(source: str) -> list[str]:
    return [item.text.text for item in read(source).items if isinstance(item, Formula)]


def checked(source: str) -> DocumentReport:
    return check(text=source, kind="python")


def test_the_docstrings_of_modules_classes_and_functions_are_read_and_no_other_string() -> None:
    source = '''r"""$a = 1$"""
"""$no = 1$"""
x = "$no = 2$"
class A:
    """$a = 2$"""
    def f(self):
        """$a = 3$"""
        "$no = 3$"
    async def g(self):
        """$a = 4$"""
        def h():
            """$a = 5$"""
if x:
    """$no = 4$"""
def k(): "$a = 6$"
def f(): f"$no = 5$"
def b(): b"$no = 6$"
'''
    assert formulas(source) == [f"a = {n}" for n in range(1, 7)]


@pytest.mark.parametrize(
    ("body", "found"),
    [
        (r":math:`a = b` and ``:math:`no` ``", ["a = b"]),
        (".. math:: a = b\n\nThen $c = d$.", ["a = b", "c = d"]),
        (".. math::\n    :label: x\n\n    a = b\n\n    c = d\n\nno", ["a = b", "c = d"]),
        ("$$\na = b\n$$\n\nand \\(c = d\\) and \\[e = f\\]", ["a = b", "c = d", "e = f"]),
        ("```math\na = b\n```\n\n```python\nx = '$no = 1$'\n\n.. math:: no = 2\n```\n$c = d$", ["a = b", "c = d"]),
        ("An example::\n\n    $no = 1$\n\n$a = b$", ["a = b"]),
        (".. code-block:: python\n\n    x = '$no = 1$'\n\n$a = b$", ["a = b"]),
        ("$$\n\na = b\n\n$$", ["a = b"]),
        (">>> f('$no = 1$')\n'$no = 2$'\n\n$a = b$", ["a = b"]),
        (".. note::\n    $a = b$ and\n\n    .. math:: c = d", ["a = b", "c = d"]),
        ("\\begin{align} a &= b \\\\ &= c \\end{align}", ["a &= b \\\\ &= c"]),
        ("It costs $ 5, and `$no = 1$` is code.", []),
    ],
)
def test_markdown_and_restructuredtext_are_read_side_by_side(body: str, found: list[str]) -> None:
    indented = body.replace("\n", "\n    ")
    assert formulas(f'def f():\n    r"""{indented}\n    """\n') == found
    assert formulas(f"def f():\n    r'''\n    {indented}\n    '''\n") == found


def test_letters_of_several_bytes_shift_nothing() -> None:
    source = "class Übergröße_数: r'ß $a = b$ ß'; x = '$no = 1$'\n"
    (item,) = read(source).items
    assert read(source).place(item.span.start) == (1, source.index("a = b") + 1)


def test_the_place_is_that_in_the_file() -> None:
    source = '# π\r\ndef f():\r\n    "é" # "x"\r\n    r""" ü: $a = b$\r\n    and 😀 :math:`c = d`\r\n    """\r\n'
    source = source.replace('    "é" # "x"\r\n', "")
    document = read(source)
    assert [document.place(item.span.start) for item in document.items] == [(3, 14), (4, 18)]


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_every_formula_stands_in_the_file_where_its_place_says(end: str) -> None:
    source = end.join([
        '"""É $a = 1$', "", "  $b = 1$ \\", "  $c = 1$", '"""', "class A:", "\t'''", "\t$d = 1$", "\t'''", "\tdef f(self):",
        '\t\t("x $e = 1$" # no "$z = 1$"', "\t\t 'y $g = 1$')",
    ])  # fmt: skip
    document = read(source)
    lines = source.split("\n")
    found = []
    for item in document.items:
        line, column = document.place(item.span.start)
        found.append(lines[line - 1][column - 1])
        assert lines[line - 1][column - 1 : column + 4] == f"{found[-1]} = 1"
    assert found == list("abcdeg")


def test_escapes_are_read_as_python_reads_them() -> None:
    source = 'def f():\n    "a\\tb\\x24x = \\\\mu\\u0024 \\N{GREEK SMALL LETTER MU} \\101 \\"q\\" \\n\\n$y = \\\\nu$"\n'
    (value,) = [node.value for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Constant)]
    assert read(source).text == value
    assert formulas(source) == ["x = \\mu", "y = \\nu"]
    assert read(source).problems == ()


TEXT = st.lists(
    st.sampled_from([
        "\\\\", "\\n", "\\t", "\\x41", "\\101", "\\u00e9", "\\U0001F600", "\\N{DIGIT ONE}", "\\'", '\\"', "\\\n", " ", "a", "é",
        "😀", "\n", "\n    ", "\\_", "1", "'",
    ]),
    max_size=30,
).map("".join)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(TEXT, st.sampled_from(["", "r", "R", "u"]))
def test_a_docstring_says_what_python_says_without_its_indentation(body: str, prefix: str) -> None:
    source = f'{prefix}"""{body} """\n'
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            value = ast.parse(source).body[0].value.value  # type: ignore[attr-defined]
        except SyntaxError:
            return
    first, *rest = value.split("\n")
    blank = 0 if first.strip() else 1 + next((n for n, line in enumerate(rest) if line.strip()), len(rest))
    margin = min((len(line) - len(line.lstrip(" \t")) for line in rest if line.strip()), default=0)
    lines = [first.lstrip(" \t"), *(line[min(margin, len(line) - len(line.lstrip(" \t"))) :] for line in rest)]
    assert read(source).text == "\n".join(lines[blank:])


@pytest.mark.parametrize(
    ("body", "escape"),
    [(r"$\frac1m = \mu$", r"\f"), (r"$\tau = \sum_i x_i$", r"\t"), (r"$\begin = x \\ y$", r"\b"), (r"$\nu = \mu$", r"\n")],
)
def test_latex_in_a_string_that_is_not_raw_is_a_fault_and_is_read_as_it_was_meant(body: str, escape: str) -> None:
    document = read(f'def f():\n    """Here {body}."""\n')
    (fault,) = document.problems
    assert fault.code == "docstring-escape"
    assert document.text[fault.span.start : fault.span.end] == escape
    assert document.place(fault.span.start)[0] == 2
    assert formulas(f'"""Here {body}."""\n') == [body.strip("$")]
    assert read(f'def f():\n    r"""Here {body}."""\n').problems == ()


def test_a_string_that_is_not_raw_is_no_fault_where_python_reads_it_as_latex_does() -> None:
    assert read('"""\\\nThe mean $\\mu = \\sum_i x_i$ is \\"the\\" mean."""').problems == ()
    assert read('"""a\\tb \\frac is a command, and no formula is here."""').problems == ()


def test_a_wrong_row_of_a_string_that_is_not_raw_is_never_read_as_one_row() -> None:
    report = checked('"""$$\\begin{align} \\mu &= \\frac1m \\sum_i x_i \\\\ &= \\bar x \\end{align}$$"""')
    assert [fault.code for fault in report.problems] == ["docstring-escape"]


def test_a_hypothesis_ends_with_its_docstring_and_a_definition_does_not() -> None:
    supposed = 'def f():\n    r"""If $i \\neq k$"""\ndef g():\n    r"""$\\frac{\\partial x_i}{\\partial x_k} = 0$."""\n'
    assert [step.verdict for step in checked(supposed).steps] == ["refuted"]
    together = 'def f():\n    r"""If $i \\neq k$ then $\\frac{\\partial x_i}{\\partial x_k} = 0$."""\n'
    assert [step.verdict for step in checked(together).steps] == ["proved"]
    defined = 'r"""Let $q = \\sqrt{\\sigma^2 + \\epsilon}$."""\ndef g():\n    r"""So $\\hat x_i = (x_i - \\mu)/q$."""\n'
    assert [step.verdict for step in checked(defined).steps][-1] == "proved"


def test_nothing_goes_on_from_one_docstring_to_the_next() -> None:
    source = 'def f():\n    r"""$\\mu = \\frac1m \\sum_i x_i$"""\ndef g():\n    r"""$= \\sigma^2$"""\n'
    assert [step.verdict for step in checked(source).steps] == ["proved", "unreadable"]


@pytest.mark.parametrize("begin", ['"""', '"""\n'])
def test_front_matter_and_remarks_are_heard(begin: str) -> None:
    source = f'{begin}+++\nmean = "u"\n+++\n$u = \\\\frac1m \\\\sum_i x_i$"""\n'
    source += 'def f():\n    r"""\n    .. symbn: refuted\n\n    $u = 0$"""\n'
    report = checked(source)
    assert [(step.verdict, step.expected) for step in report.steps] == [("proved", None), ("refuted", "refuted")]
    assert [item.words for item in read(source).items if isinstance(item, Remark)] == ["refuted"]


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("def f(:\n", "line 1"),
        ('def f():\n    "$\\xi = 1$"\n', "put r before"),
        ("-" * 100_000 + "1", "nests too deeply"),
        ("a" + ".b" * 100_000, "nests too deeply"),
        ("(" * 1000, "not Python"),
        ('"' * 3, "not Python"),
    ],
)
def test_what_is_no_python_is_a_usage_error_that_says_so(source: str, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        read(source)


def test_a_module_is_parsed_and_never_run(tmp_path: Path) -> None:
    witness = tmp_path / "witness"
    source = f'"""$\\\\sum_i \\\\hat x_i = 0$"""\nopen({json.dumps(str(witness))}, "w")\nraise SystemExit(3)\n'
    path = tmp_path / "a.py"
    path.write_text(source, "utf-8")
    assert symbn.check(path).count("proved") == 1
    assert not witness.exists()


def test_a_folder_s_modules_are_taken_where_they_are_named(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("", "utf-8")
    (tmp_path / "b.md").write_text("", "utf-8")
    assert find_documents([str(tmp_path)]) == [str(tmp_path / "b.md")]
    assert find_documents([str(tmp_path / "*.py")]) == [str(tmp_path / "a.py")]


MARKS = ['"""', "'", '"', "r", "\\", "\n", "$", "$$", "def f():\n    ", "x", "=", "é", "\r", "\f", "{", "#"]


@settings(max_examples=200, deadline=None)
@given(st.lists(st.sampled_from(MARKS), max_size=25).map("".join))
def test_any_text_is_a_document_with_items_in_the_file_or_a_usage_error(source: str) -> None:
    try:
        document = read(source)
    except UsageError:
        return
    for item in document.items:
        assert isinstance(item.span, Span)
        line, column = document.place(item.span.start)
        assert 1 <= line <= source.count("\n") + 1
        assert column >= 1
