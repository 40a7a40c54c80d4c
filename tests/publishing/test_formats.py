"""Each format: whole documents that others can read, the same at a fixed width, and nothing of a user's in them is markup."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree

import pytest

from symbn import derive, explain
from symbn.deriving.article import Article, Chain, Figure, Matrix, Words
from symbn.errors import UsageError
from symbn.publishing.figure import placed
from symbn.publishing.formats import FORMATS, PDF, TEXT, deliver, format_of, published
from symbn.publishing.layout import STYLES, Layout, layout_of
from symbn.publishing.tex import standalone
from symbn.typesetting.grid import cells
from tests.publishing.articles import everything
import itertools

GOLDEN = Path(__file__).parent / "golden"
ODD = r"\mathrm{<script>alert(1)</script>}"


@pytest.mark.parametrize(
    ("name", "article"),
    [
        ("dx-closed", lambda: derive("dx")),
        ("dx-staged", lambda: derive("dx", route="staged")),
        ("jacobian", lambda: derive("jacobian")),
        ("triangle", lambda: explain("triangle")),
        ("graph", lambda: derive("graph")),
        ("dx-m3", lambda: derive("dx", batch=3)),
    ],
)
def test_the_text_is_the_golden_one(name: str, article: object) -> None:
    assert callable(article)
    assert article().text(80) == (GOLDEN / f"{name}.txt").read_text("utf-8")


@pytest.mark.parametrize("width", [60, 80, 120])
def test_no_line_is_wider_than_the_terminal(width: int) -> None:
    for article in everything():
        lines = published(article, TEXT, Layout(width=width)).split("\n")
        wide = [line for line in lines if cells(line) > width]
        matrix = any(isinstance(block, Matrix) for section in article.sections for block in section.blocks)
        assert not wide or (matrix and all(re.search("[⎛⎜⎝]", line) for line in wide)), article.identifier
        assert not any(line != line.rstrip() for line in lines)


def test_colour_changes_nothing_but_colour() -> None:
    for article in everything():
        plain = published(article, TEXT, Layout())
        assert re.sub(r"\x1b\[\d*m", "", published(article, TEXT, Layout(colour=True))) == plain


@pytest.mark.parametrize("style", STYLES)
def test_pages_are_well_formed_and_stand_alone(style: str) -> None:
    for article in everything():
        page = published(article, "html", layout_of(style))
        root = ElementTree.fromstring(page.removeprefix("<!DOCTYPE html>"))
        assert root.find(".//script") is None
        for element in root.iter():
            for name, value in element.attrib.items():
                if name in ("href", "src", "data", "action", "style"):
                    assert name == "style" or value.startswith("#"), value
                assert not name.startswith("on")
        assert not re.search(r"@import|url\((?!#)", page)
        names = [e.get("id") for e in root.iter() if e.get("id") is not None]
        assert len(names) == len(set(names))
        links = {e.get("href") for e in root.iter() if e.get("href") is not None}
        assert links == {f"#{name}" for name in names if name != "symbn-arrow"}
        chains = root.findall(".//div[@id]")
        # With roots written out, the definition of s says nothing.
        assert len(article.chains()) - (style == "paper") * 7 <= len(chains) <= len(article.chains())


def test_every_step_on_a_page_is_marked_as_proved() -> None:
    article = derive("dx").article
    page = published(article, "html", Layout())
    assert page.count('<span class="mark proved" title="proved for every batch size">✓</span>') == sum(
        len(chain.lines) for chain in article.chains()
    )
    assert 'title="proved for m = 3"' in derive("dx", batch=3).html()


class Text(HTMLParser):
    """Collects what a browser shows."""

    def __init__(self) -> None:
        super().__init__()
        self.shown = ""
        self.tags: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)

    def handle_data(self, data: str) -> None:
        self.shown += data


@pytest.mark.parametrize("words", ["<script>alert(1)</script>", '"><img src=x onerror=y>', "&amp; ]]> <!-- \x1b[31m"])
def test_odd_words_are_only_words(words: str) -> None:
    article = derive("dgamma").article
    first = article.sections[0]
    odd: Article = replace(
        article, title=(words,), sections=(replace(first, title=(words,), blocks=(Words((words,)),)), *article.sections[1:])
    )
    page = Text()
    page.feed(published(odd, "html", Layout()))
    assert not page.tags & {"script", "img"}
    assert words.replace("\x1b", "\N{REPLACEMENT CHARACTER}") in page.shown
    for format in ("text", "latex", "html", "markdown"):
        assert "\x1b" not in published(odd, format, Layout())
    assert not re.search(r"(?<!\\)<(script|img|!--)", published(odd, "markdown", Layout()))


@pytest.mark.parametrize(
    "let", [r"mean=\text{<script>}", f"mean={ODD}", "mean=", "x", "nobody=x", "mean=x;y", r"mean=\input{x}"]
)
def test_an_odd_name_is_refused_or_escaped(let: str) -> None:
    try:
        page = derive("dmu", let=[let]).html()
    except UsageError:
        return
    assert "<script" not in page


@pytest.mark.skipif(shutil.which("pdflatex") is None, reason="no TeX is installed")
@pytest.mark.parametrize("style", STYLES)
def test_all_articles_compile_with_amsmath_alone_and_no_box_is_overfull(style: str, tmp_path: Path) -> None:
    body = "\n\\clearpage\n".join(
        published(article, "latex", replace(layout_of(style), fragment=True)) for article in everything()
    )
    # Fragments have to fit into the text of an article of somebody else's, which is narrower than ours.
    (tmp_path / "all.tex").write_text(standalone(body).replace(r"{\textwidth}{6in}", r"{\textwidth}{360pt}"), "utf-8")
    command = ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "-no-shell-escape", "all.tex"]
    done = subprocess.run(command, cwd=tmp_path, stdout=subprocess.DEVNULL, check=False)
    log = (tmp_path / "all.log").read_text("utf-8", "replace")
    assert done.returncode == 0, re.findall(r"^!.*", log, flags=re.M)
    assert re.findall(r"^Overfull.*", log, flags=re.M) == []
    packages = re.findall(r"\\usepackage\{(.*?)\}", standalone(body))
    assert packages == ["amsmath"]


def test_markdown_is_closed_and_has_no_dollar_inside_mathematics() -> None:
    for article in everything():
        text = published(article, "markdown", Layout())
        outside = re.sub(r"^\$\$\n(?:(?!\$\$).*\n)+?\$\$$", "", text, flags=re.M)
        assert "$$" not in outside
        inline = re.sub(r"\$`[^`$]+`\$", "", outside)
        assert "$" not in inline, article.identifier
        for block in re.findall(r"^\$\$\n(.*?)\n\$\$$", text, flags=re.M | re.S):
            assert "$" not in block
            assert "<" not in block
            assert block.count(r"\begin{") == block.count(r"\end{")
            assert "\n\n" not in block


def test_json_has_every_line_with_its_rule() -> None:
    for article in everything():
        found = json.loads(published(article, "json", Layout()))
        assert set(found) == {"schema", "article", "title", "proved", "sections"}
        assert found["proved"] is True
        blocks = [block for section in found["sections"] for block in section["blocks"]]
        chains = [block for block in blocks if block["kind"] == "chain"]
        assert len(chains) == len(article.chains())
        for chain, whole in zip(chains, article.chains(), strict=True):
            assert set(chain) == {"kind", "proved", "scope", "mode", "head", "lines"}
            assert (chain["proved"], chain["scope"], chain["mode"]) == (True, whole.scope, whole.mode)
            assert len(chain["lines"]) == len(whole.lines)
            assert all(set(line) == {"latex", "text", "rule"} and all(line.values()) for line in chain["lines"])


def figure(mode: str = "train") -> Figure:
    article = derive("graph", mode=mode).article
    return next(b for s in article.sections for b in s.blocks if isinstance(b, Figure))


def test_edges_of_the_picture_do_not_cross_and_go_forward() -> None:
    for mode in ("train", "eval"):
        place = placed(figure(mode))
        assert len(set(place.vertices.values())) == len(place.vertices)
        for (parent, child), points in place.edges.items():
            assert points[0] == place.vertices[parent]
            assert points[-1] == place.vertices[child]
            assert all(b[0] - a[0] == 1 for a, b in itertools.pairwise(points))
        steps = [(a, b) for way in place.edges.values() for a, b in itertools.pairwise(way)]
        crossed = [
            1 for a, b in steps for c, d in steps if a[0] == c[0] and (a[1] - c[1]) * (b[1] - d[1]) < 0
        ]  # fmt: skip
        assert not crossed


def test_dot_is_what_graphviz_reads(tmp_path: Path) -> None:
    text = published(derive("graph").article, "dot", Layout())
    assert text.count("->") == 11
    assert '"mu" -> "var" [label="0"];' in text
    quoted = published(derive("graph", let=[r"mean=\mu_B"]).article, "dot", layout_of("default", [r"mean=\mu_B"]))
    assert "\\" not in quoted.replace('\\"', "")
    with pytest.raises(UsageError, match="symbn derive graph --format dot"):
        published(derive("dx").article, "dot", Layout())


@pytest.mark.parametrize("style", STYLES)
def test_no_printed_step_says_that_something_is_itself(style: str) -> None:
    layout = layout_of(style)
    for article in everything():
        for section in article.sections:
            for block in layout.blocks(section):
                if isinstance(block, Chain):
                    found = layout.chain(block)
                    assert found.sides
                    assert all(a != b for a, b in itertools.pairwise((found.head, *found.sides)))


@pytest.mark.parametrize("format", [f for f in FORMATS if f not in (PDF, "dot")])
@pytest.mark.parametrize("style", STYLES)
def test_every_style_prints_in_every_format(format: str, style: str) -> None:
    article = derive("all", route="staged").article
    text = published(article, format, layout_of(style))
    assert text.endswith("\n")
    names = {"paper": ("ℓ", r"\ell"), "cs231n": ("dout",), "features": ("x_{if}", "xᵢ_f", "x_{i f}")}
    assert style == "default" or any(name in text for name in names[style]), text[:2000]


def test_the_format_is_that_of_the_ending() -> None:
    assert format_of(None, "a.HTML") == "html"
    assert format_of("latex", "a.html") == "latex"
    assert format_of(None, "a") == "text"
    for asked, output in ((None, "a.docx"), ("docx", None), ("pdf", None)):
        with pytest.raises(UsageError):
            format_of(asked, output)


def test_a_pdf_is_no_fragment(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="without --fragment"):
        deliver(derive("dbeta").article, "pdf", Layout(fragment=True), str(tmp_path / "a.pdf"))


def test_a_notebook_gets_text_latex_and_html() -> None:
    found = derive("dbeta")
    bundle = found._repr_mimebundle_()
    assert set(bundle) == {"text/plain", "text/html", "text/latex"}
    assert bundle["text/plain"] == str(found) == found.text()
    assert r"\documentclass" not in bundle["text/latex"]
    assert bundle["text/html"].startswith('<div class="symbn"><style>.symbn {')  # the rest of the notebook keeps its own style
    ElementTree.fromstring(f"<div>{bundle['text/html']}</div>")
    assert 'id="dbeta-closed-chain-1"' in bundle["text/html"]  # several derivations are in one notebook


def test_a_derivation_is_saved_in_the_format_of_the_ending(tmp_path: Path) -> None:
    for ending in (".txt", ".tex", ".html", ".md", ".json"):
        explain("moments", x=("1/2", 3), g=(1, -1), eps="0.5").save(tmp_path / f"a{ending}")
    assert len(list(tmp_path.iterdir())) == 5


@pytest.mark.parametrize("value", [0.5, True, "x", "1/0", None])
def test_only_exact_numbers_are_numbers(value: object) -> None:
    with pytest.raises(UsageError):
        explain("triangle", eps=value)  # type: ignore[arg-type]
    with pytest.raises(UsageError, match="unknown topic"):
        explain("square")
