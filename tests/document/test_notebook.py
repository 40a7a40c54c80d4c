"""Notebooks: Markdown cells only, and places in the raw JSON."""

from __future__ import annotations

import json
from typing import Any

import pytest

from symbn.diagnostic import Span
from symbn.document.read import read_document
from symbn.document.source import Formula
from symbn.errors import UsageError
from tests.document.helpers import formulas, in_the_file, read, rows


def notebook(*sources: str | list[str], indent: int | None = 1) -> str:
    cells = [dict[str, object](cell_type="markdown", metadata={}, source=source) for source in sources]
    return json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}, indent=indent)


def test_markdown_cells_are_read() -> None:
    text = notebook(["So $a$\n", "and\n", "$$ b $$"], "`$c$` $d$")
    assert formulas(text, "ipynb") == ["a", "b", "d"]


def test_code_cells_outputs_and_attachments_are_not() -> None:
    cells: list[Any] = [
        {"cell_type": "code", "source": "$a$", "outputs": [{"cell_type": "markdown", "source": "$b$"}]},
        {"attachments": {"source": "$c$"}, "cell_type": "markdown", "source": "$d$"},
        {"cell_type": "raw", "source": "$e$"},
    ]
    assert formulas(json.dumps({"cells": cells}), "ipynb") == ["d"]


def test_worksheets_of_the_third_format_are_read() -> None:
    cells: list[Any] = [{"cell_type": "markdown", "source": ["$a$"]}]
    assert formulas(json.dumps({"worksheets": [{"cells": cells}, {"cells": cells}]}), "ipynb") == ["a", "a"]


def test_places_are_those_of_the_raw_json() -> None:
    raw = '{"cells": [\r\n {"source": ["\\u00e9 \\ud83d\\ude00 \\"x\\"\\n",'
    raw += '\r\n  "$\\\\frac{a}{b}\\t< c$"], "cell_type": "markdown"}]}'
    document = read(raw, "ipynb")
    assert document.text == 'é 😀 "x"\n$\\frac{a}{b}\t< c$'
    assert rows(document) == [("\\frac{a}{b}\t< c", False, 3, 5)]
    (formula,) = document.items
    assert isinstance(formula, Formula)
    for part, there in (("\\", "\\\\"), ("frac", "frac"), ("\t", "\\t"), ("c", "c")):
        place = formula.text.text.index(part)
        origin = formula.text.origin(Span(place, place + len(part)))
        assert in_the_file(document, origin.start, origin.end) == there
    assert in_the_file(document, document.text.index("😀"), document.text.index("😀") + 1) == "\\ud83d\\ude00"


def test_nothing_crosses_from_cell_to_cell() -> None:
    assert formulas(notebook("open $a", "b$ and $$ c", "d $$ and ```", "```\n$e$", "$f$"), "ipynb") == ["f"]


def test_macros_hold_in_later_cells() -> None:
    assert formulas(notebook("$\\newcommand{\\x}{y}$", "$\\x$"), "ipynb") == ["y"]


def test_front_matter_stands_in_the_first_markdown_cell() -> None:
    document = read(notebook(["+++\n", 'batch = "m"\n', "+++\n", "$a$"], "+++\nb = 1\n+++"), "ipynb")
    assert document.settings == {"batch": "m"}
    assert [formula[0] for formula in rows(document)] == ["a"]


def test_half_a_surrogate_pair_is_replaced() -> None:
    assert read('{"cells": [{"cell_type": "markdown", "source": "\\ud800 $a$"}]}', "ipynb").text == "\ufffd $a$"


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"cells": 3}', "# Title", "[" * 100_000, '{"cells": [' + "[" * 100_000])
def test_what_is_no_notebook_is_refused_with_a_cure(text: str) -> None:
    with pytest.raises(UsageError, match=r"n\.ipynb: not a notebook.*nbformat"):
        read_document("n.ipynb", text.encode())


@pytest.mark.parametrize(
    "cell", ['{"cell_type": 1, "source": 2}', '{"cell_type": "markdown"}', "3", '{"cell_type": "markdown", "source": [3]}']
)
def test_odd_cells_are_empty(cell: str) -> None:
    assert read(f'{{"cells": [{cell}, {{"cell_type": "markdown", "source": ["$a$"]}}]}}', "ipynb").text.strip() == "$a$"
