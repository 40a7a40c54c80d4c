"""`symbn explain`: what the codes of answers mean. Topics, which are articles, are for topics.py, examples for ci.py."""

from __future__ import annotations

import argparse
import difflib
import sys

from symbn.catalogue import CATALOGUE
from symbn.cli import ci, topics
from symbn.cli.output import style_for
from symbn.cli.topics import TOPICS
from symbn.errors import UsageError
from symbn.report.terminal import Style, wrap


def run(arguments: argparse.Namespace) -> int:
    """Print the entries of the codes, or the list of all codes; return the exit status. Raises: UsageError."""
    style = style_for(sys.stdout, arguments.color)
    if topics.is_about(arguments):
        return topics.run(arguments)
    if not arguments.codes:
        width = max(map(len, TOPICS))
        for name, question in {**TOPICS, "ci": ci.SUMMARY}.items():
            print("\n".join(wrap(question, style.width, f"{name:<{width}}  ")))
        print()
        width = max(map(len, CATALOGUE))
        for code, entry in sorted(CATALOGUE.items()):
            print("\n".join(wrap(entry.title, style.width, f"{code:<{width}}  ")))
        return 0
    for number, code in enumerate(arguments.codes):
        if code == "ci":
            print("\n" * bool(number) + ci.TEXT.strip("\n"))
            continue
        if code not in CATALOGUE:
            near = difflib.get_close_matches(code, (*CATALOGUE, *TOPICS, "ci"), 3)
            hint = f"did you mean {' or '.join(near)}?" if near else "`symbn explain` lists them"
            raise UsageError(f"there is no code or topic {code[:60]!r}; {hint}")
        print("\n" * bool(number) + entry_text(code, style))
    return 0


def entry_text(code: str, style: Style) -> str:
    """Return a catalogue entry as text."""
    entry = CATALOGUE[code]
    lines = [style.paint(f"{code}: ", "bold") + entry.title, ""]
    lines += wrap(entry.meaning, style.width)
    for label, text in (("example", entry.example), ("cure", entry.cure), ("put right", entry.cured)):
        if text and "\0" not in text:
            lines += ["", style.paint(f"{label}:", "dim")]
            lines += [f"  {line}" for part in text.split("\n") for line in wrap(part, style.width - 2)]
    return "\n".join(lines)
