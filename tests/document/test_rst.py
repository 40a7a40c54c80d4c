"""reStructuredText."""

from __future__ import annotations

import pytest

from tests.document.helpers import Row, read, rows

TABLE: list[tuple[str, list[Row]]] = [
    ("So :math:`a = b` and\n:math:`c`.", [("a = b", False, 1, 11), ("c", False, 2, 8)]),
    (".. math:: a = b\n\nText", [("a = b", True, 1, 11)]),
    (".. math::\n\n   a\n   = b\n\nText :math:`c`", [("a\n   = b", True, 3, 4), ("c", False, 6, 13)]),
    (".. math::\n   :label: one\n\n   a\n\n   b\n", [("a", True, 4, 4), ("b", True, 6, 4)]),
    (
        ".. math::\n   :nowrap:\n\n   \\begin{align}\n\n   a\n   \\end{align}\n",
        [("\\begin{align}\n\n   a\n   \\end{align}", True, 4, 4)],
    ),
    (".. math:: a\n   = b\r\n", [("a\n   = b", True, 1, 11)]),
    (".. code:: latex\n\n   :math:`a`\n\n:math:`b`", [("b", False, 5, 8)]),
    (".. code-block:: rst\n\n   .. math:: a\n\n:math:`b`", [("b", False, 5, 8)]),
    ("Such as::\n\n   :math:`a`\n\n:math:`b`", [("b", False, 5, 8)]),
    (".. a comment\n   :math:`a`\n\n:math:`b`", [("b", False, 4, 8)]),
    (".. note::\n\n   So :math:`a`.\n\n   .. math:: b\n", [("a", False, 3, 14), ("b", True, 5, 14)]),
    ("``:math:`a` `` and :math:`b`", [("b", False, 1, 27)]),
    ("- item\n\n  .. math::\n\n     a\n\n- :math:`b`", [("a", True, 5, 6), ("b", False, 7, 10)]),
    ("A price of $5 or $a$", []),
    (".. math::\n\nText", []),
]


@pytest.mark.parametrize(("text", "expected"), TABLE)
def test_formulas_with_their_places(text: str, expected: list[Row]) -> None:
    assert rows(read(text, "rst")) == expected


def test_front_matter_is_read() -> None:
    assert read('+++\nbatch = "m"\n+++\n\n:math:`a`', "rst").settings == {"batch": "m"}
