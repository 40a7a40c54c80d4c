"""Documents for the tests, checked in one call."""

from __future__ import annotations

import tomllib

from symbn.answer import DocumentReport, Step
from symbn.document.read import read_document
from symbn.elaboration.notation import Notation
from symbn.following.conventions import conventions
from symbn.following.follow import check_document
from symbn.judging import Options


def checked(text: str, notation: str = "", kind: str = "md", repair: bool = False) -> DocumentReport:
    document = read_document(f"notes.{kind}", text.encode("utf-8"))
    settings = {**tomllib.loads(notation), **document.settings}
    return check_document(document, Options(Notation(), repair=repair), conventions(settings))


def verdicts(text: str, notation: str = "") -> list[str]:
    return [answer(step) for step in checked(text, notation).steps]


def answer(step: Step) -> str:
    return "caveat" if step.verdict == "proved" and step.caveat is not None else step.verdict
