"""HTML pages: what counts as their text, formulas made of tags, and places in the file."""

from __future__ import annotations

import pytest

from symbn.diagnostic import Span
from symbn.document.source import Formula
from tests.document.helpers import Row, in_the_file, read, rows

KATEX = (
    '<span class="katex"><span class="katex-mathml"><math><semantics><mrow><mi>a</mi></mrow>'
    '<annotation encoding="application/x-tex">a &lt; b</annotation></semantics></math></span>'
    '<span class="katex-html" aria-hidden="true">$a$<span>b</span></span></span>'
)

TABLE: list[tuple[str, list[Row]]] = [
    ("<p>So $a$ and\n\\(b\\)</p>", [("a", False, 1, 8), ("b", False, 2, 3)]),
    ("$$ a &amp;= b \\\\ c &#x3c; d $$", [("a &= b \\\\ c < d", True, 1, 4)]),
    ("\\begin{align}<br>\n a &= b<br/>\n\\end{align}", [("a &= b", True, 2, 2)]),
    ("<p>$$ a</p>\n<p> = b $$</p>", [("a\n\n\n = b", True, 1, 7)]),
    ("<p>$a</p><p>b$ and $c$</p>", [("c", False, 1, 21)]),
    ("\\[ x<em>y</em> \\]", [("xy", True, 1, 4)]),
    ("$a < b$ and 1 <2", [("a < b", False, 1, 2)]),
    ('<a title="$a$ > $b$" href=x>$c$</a>', [("c", False, 1, 30)]),
    ('<script type="math/tex">a < b</script>', [("a < b", False, 1, 25)]),
    ("<script type='math/tex; mode=display'>\na</script> $b$", [("a", True, 2, 1), ("b", False, 2, 13)]),
    (f"<p>so {KATEX} $c$", [("a < b", False, 1, 135), ("c", False, 1, 259)]),
    (f'<span class="katex-display">{KATEX}</span>', [("a < b", True, 1, 157)]),
    ('<math display="block"><annotation encoding="application/x-tex">a</annotation></math>', [("a", True, 1, 64)]),
    ('<img class="latex" src="x.png" alt="a &amp; b">', [("a & b", False, 1, 37)]),
    (
        '<math><annotation encoding="application/x-tex">a</annotation></math><img class="mwe-math" alt="a">',
        [("a", False, 1, 48)],
    ),
    ('<span class="MathJax_Preview">$a$</span><span class="MathJax">$a$</span>$b$', [("b", False, 1, 74)]),
    ('<span class="math inline">\\(a\\)</span>', [("a", False, 1, 29)]),
    ("<pre>$a$</pre><code>$b$</code><style>$c$</style><script>$d$</script><textarea>$e$</textarea><title>$f$</title>", []),
    ("<code>$a$ never closed", []),
    ("<div><code>$a$</div> $b$", [("b", False, 1, 23)]),
    ("<!-- $a$ --> $b$ <!-- $c$", [("b", False, 1, 15)]),
    ("\\newcommand{\\x}{y}<p>$\\x$", [("y", False, 1, 23)]),
]


@pytest.mark.parametrize(("text", "expected"), TABLE)
def test_formulas_with_their_places(text: str, expected: list[Row]) -> None:
    assert rows(read(text, "html")) == expected


def test_an_entity_stands_for_its_characters_in_the_file() -> None:
    document = read("<p>x\r\n$a &lt; b$", "html")
    (formula,) = document.items
    assert isinstance(formula, Formula)
    place = formula.text.text.index("<")
    origin = formula.text.origin(Span(place, place + 1))
    assert in_the_file(document, origin.start, origin.end) == "&lt;"
    assert document.place(origin.start) == (2, 4)
    origin = formula.text.origin(Span(place + 2, place + 3))
    assert document.place(origin.start) == (2, 9)
