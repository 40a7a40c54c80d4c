"""The cases: for every reader, an input that is made from a seed alone, so that a failure can be made again.

Documents are a paragraph or two of derivations/*.md, as they stand or as LaTeX, a web page, reStructuredText, a notebook or
docstrings, with a formula of the grammar put in here and there; then most are mutated. Most paragraphs are short ones: what
makes a document hostile to its reader is not how long its equations take to decide. Every tenth input of a reader is random
bytes, and every two hundredth is its neighbour many times over, to see that what takes a reader time grows as the text does.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from random import Random

from scripts.fuzzing.grammar import NASTY, formula, mutated

_DERIVATIONS = Path(__file__).resolve().parent.parent.parent / "derivations"
_REPEATED, TIMES = 200, 20
_FORMULA = re.compile(r"\$\$(.*?)\$\$|\$([^$\n]+)\$", re.DOTALL)
_KEYS = (
    "batch", "mean", "variance", "std", "free", "superscript", "mode", "expect", "lines", "features", "loss", "x", "sigma"
, "nope",
)  # fmt: skip
_VALUES = (
    '"m"', "'\\mu_B'", '["a", "b"]', "2", "0", "-1", "10**9", "1.5", "true",
    '"eval"', '"train"', '"proved"', '"refuted wrong-sign"',
    '""', '" "', "[]", "[1]", "{}", "nan", "1979-05-27", '"\\u202e"', '"x = 1"', "99999999999999999999",
    '"batch"', '"="', '"%s"',
    "[[[[]]]]", '"{"',
)  # fmt: skip
_TOML = (*NASTY, "[[lines]]\n", "from = 1\n", "to = 9\n", "=", "[", "]", '"""', "'''", ".", "a.b.c = 1\n", "inf", "0x", "[a]\n")
_WORDS = (
    "proved", "refuted", "undecided", "unreadable", "assumed", "caveat", "proved with caveat", "refuted wrong-sign",
    "hypothesis",
    "ignore", "batch=m", "mean=\\mu", "mode=eval", "mode=none", "batch=2", "batch=0", "x=", "=", ",", ",,", "a=b=c",
    "x=1 y=2", "",
    "proved,", "expect=proved", "free=a", "superscript=batch", "superscript=x", "mean='", "lines=1", "batch=-->",
)  # fmt: skip


@dataclass(frozen=True)
class Case:
    """One input. reader: formula, notation, cache, or the kind of document. data: the bytes that it is given. times: how
    often they are repeated, if they are."""

    kind: str
    seed: int
    number: int
    reader: str
    data: bytes
    times: int = 1

    @property
    def replay(self) -> str:
        return f"scripts/fuzz --seed {self.seed} --kinds {self.kind} --only {self.number}"


def case(kind: str, seed: int, number: int) -> Case:
    """Return the case of that number; it depends on nothing else, and on the derivations."""
    reader, make = KINDS[kind]
    if number % _REPEATED == _REPEATED - 1 and kind not in ("notebook", "cache", "certificate"):
        return Case(kind, seed, number, reader, case(kind, seed, number - 2).data * TIMES, TIMES)
    random = Random(f"{kind}/{seed}/{number}")
    data = random.randbytes(random.choice((0, 1, 7, 60, 500))) if number % 10 == 9 else _encoded(random, make(random))
    return Case(kind, seed, number, reader, data)


def _encoded(random: Random, text: str) -> bytes:
    data = text.encode("utf-8", "replace")
    if random.random() < 0.05:
        at = random.randint(0, len(data))
        data = data[:at] + random.choice((b"\xff", b"\xc3", b"\xed\xa0\x80", b"\xfe\xff")) + data[at:]
    return data


@cache
def _paragraphs(longest: int) -> tuple[str, ...]:
    texts = [path.read_text("utf-8") for path in sorted(_DERIVATIONS.glob("*.md"))]
    return tuple(part for text in texts for part in text.split("\n\n") if "$" in part and len(part) < longest)


def _document(random: Random) -> str:
    parts = [random.choice(_paragraphs(1200 if random.random() < 0.1 else 250)) for _ in range(random.choice((1, 1, 2)))]
    for _ in range(random.choice((0, 1, 1))):
        mark = random.choice(("$", "$$"))
        parts.insert(random.randint(0, len(parts)), f"{_remark(random)}Then {mark}{formula(random)}{mark} holds.")
    return "\n\n".join(parts) + "\n"


def _macros(random: Random) -> str:
    """Return definitions of macros, some of which call each other, or themselves, or are none."""
    names = ("\\a", "\\b", "\\dx", "\\mu", "\\x", "\\hat", "\\1", "")
    lines = []
    for _ in range(random.randrange(4)):
        name = random.choice(names)
        body = random.choice((formula(random, 1), "\\a #1 \\b", "\\b\\b", "#1_#2", "\\frac", "$", "="))
        shape = random.choice((
            "\\newcommand{{{}}}{{{}}}", "\\renewcommand{{{}}}[1]{{{}}}", "\\def{}{{{}}}", "\\newcommand{}[2][x]{{{}}}",
            "\\DeclareMathOperator{{{}}}{{{}}}", "\\let{} {}", "\\def{}#1#2{{{}}}",
        ))  # fmt: skip
        lines.append(shape.format(name, body))
    return "\n".join(lines)


def _broken(random: Random, text: str) -> str:
    return mutated(random, text) if random.random() < 0.8 else text


def _remark(random: Random) -> str:
    return f"<!-- symbn: {random.choice(_WORDS)} -->\n" if random.random() < 0.5 else ""


def _formula(random: Random) -> str:
    if random.random() < 0.5:
        return formula(random)
    found = _FORMULA.findall(random.choice(_paragraphs(1200)))
    display, inline = random.choice(found) if found else ("", "x = 1")
    return mutated(random, display or inline)


def _latex(random: Random) -> str:
    body = _FORMULA.sub(lambda found: f"\\[{found[1]}\\]" if found[1] else f"\\({found[2]}\\)", _document(random))
    body = body.replace("<!--", "%").replace(" -->", "")
    return _broken(random, f"\\documentclass{{article}}\n{_macros(random)}\n\\begin{{document}}\n{body}\\end{{document}}\n")


def _html(random: Random) -> str:
    kept = html.escape(_FORMULA.sub(lambda found: f"\\[{found[1]}\\]" if found[1] else f"\\({found[2]}\\)", _document(random)))
    kept = kept.replace("&lt;!--", "<!--").replace("--&gt;", "-->")
    return _broken(random, "<!doctype html><html><body>\n<p>" + kept.replace("\n\n", "</p>\n<p>") + "</p></body></html>")


def _rst(random: Random) -> str:
    def put(found: re.Match[str]) -> str:
        return f"\n\n.. math::\n\n   {' '.join(found[1].split())}\n\n" if found[1] else f":math:`{found[2]}`"

    return _broken(random, _FORMULA.sub(put, _document(random)).replace("<!--", "\n..").replace(" -->", "\n"))


def _notebook(random: Random) -> str:
    cells = []
    for part in _document(random).split("\n\n"):
        source = _broken(random, part)
        lines: object = source.splitlines(keepends=True) if random.random() < 0.7 else source
        cells.append({"cell_type": random.choice(("markdown", "markdown", "code")), "metadata": {}, "source": lines})
    text = json.dumps({"cells": cells, "nbformat": 4, "metadata": {}}, ensure_ascii=random.random() < 0.5, indent=1)
    return mutated(random, text) if random.random() < 0.3 else text


def _python(random: Random) -> str:
    parts = []
    for number, part in enumerate(_document(random).split("\n\n")):
        body = _broken(random, part).replace('"""', "'").replace("\n", "\n    ")
        string = random.choice((f'r"""{body} """', f'"""{body} """', f'"""{body} """'.replace("\\", "\\\\"), repr(body)))
        parts.append(f"def f_{number}():\n    {string}\n")
    text = "\n".join(parts)
    return mutated(random, text) if random.random() < 0.2 else text


def _notation(random: Random) -> str:
    lines = [f"{random.choice(_KEYS)} = {random.choice(_VALUES)}" for _ in range(random.randint(0, 3))]
    for _ in range(random.randrange(2)):
        lines += ["[[lines]]", f"from = {random.choice((1, 2, -1, 10**30, '1.5'))}", f"to = {random.choice((1, 3, 0))}"]
        lines.append(f"{random.choice(_KEYS)} = {random.choice(_VALUES)}")
    text = "\n".join(lines) + "\n"
    return mutated(random, text, _TOML) if random.random() < 0.4 else text


def _front(random: Random) -> str:
    head = random.choice(("+++\n", "+++\n", "+++\n", "---\n", "+++ \r\n"))
    return f"{head}{_notation(random)}{head}\n{_document(random)}"


def _remarks(random: Random) -> str:
    lines = []
    for _ in range(random.randint(1, 3)):
        said = ", ".join(random.choice(_WORDS) for _ in range(random.randint(1, 3)))
        words = mutated(random, said) if random.random() < 0.4 else said
        lines.append(f"<!-- symbn: {words} -->\n$${formula(random, 1)}$$")
    return "\n\n".join(lines)


def _cached(random: Random) -> str:
    """Return what is put into a cache file, whose checksum will be right, or into a certificate: damage of its author's own."""
    values = (
        "null",
        "[]",
        "{}",
        "0",
        "-1",
        '"proved"',
        "1e999",
        '{"": "Span", "start": 9, "end": 1}',
        '{"": "os"}',
        "true",
        '"\\ud800"',
    )
    return mutated(random, "@", values) if random.random() < 0.2 else "@" + random.choice(values)


KINDS: dict[str, tuple[str, Callable[[Random], str]]] = {
    "formula": ("formula", _formula),
    "markdown": ("markdown", lambda random: _broken(random, _document(random))),
    "latex": ("latex", _latex),
    "html": ("html", _html),
    "rst": ("rst", _rst),
    "text": ("text", lambda random: _broken(random, _document(random).replace("$", ""))),
    "notebook": ("notebook", _notebook),
    "python": ("python", _python),
    "notation": ("notation", _notation),
    "front-matter": ("markdown", _front),
    "remarks": ("markdown", _remarks),
    "cache": ("cache", _cached),
    "certificate": ("certificate", _cached),
}
