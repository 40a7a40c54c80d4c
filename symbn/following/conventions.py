"""What a document's names mean: its front matter or notation file, its remarks, and what its formulas show together.

A notation file is TOML: roles as in `--let` (`batch = "m"`, `mean = '\\mu_{\\mathcal B}'`; several spellings as a list),
`mode = "eval"`, `superscript = "batch"`, `free = ["a"]`, `batch = 2` for a chosen batch size, `expect = "proved"` for the
verdict of every formula without a remark of its own. `[[lines]]` tables with `from`, `to` and the same keys hold for the
formulas that begin on those lines only: a letter may change its role in the middle of a document.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from symbn.answer import CAVEAT, VERDICTS
from symbn.diagnostic import Span, Value
from symbn.elaboration.letters import labels
from symbn.elaboration.notation import BATCH_NAMES, ROLE_WORDS, ROLES, SYNONYMS, Notation
from symbn.elaboration.scope import sizes
from symbn.errors import NotationError, UsageError
from symbn.following.adopting import roles_by_proof
from symbn.judging import Options
from symbn.syntax.tree import Node

_KEYS = frozenset({*ROLES, *SYNONYMS, "free", "superscript"})
_ASSIGNMENT = re.compile(r"([A-Za-z]\w*)\s*=\s*(.*?)(?=\s+[A-Za-z]\w*\s*=|$)", re.DOTALL)
_LOOKED_AT = 200  # equations, for names without a role
HYPOTHESIS, IGNORE = "hypothesis", "ignore"


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Section(Value):
    """Options that hold for the formulas that begin on the lines first..last; last is None for the rest of the document."""

    first: int
    last: int | None
    settings: Mapping[str, object]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Conventions(Value):
    """settings: of the whole document; sections: of parts of it; expect: the verdict of formulas that have no remark."""

    settings: Mapping[str, object]
    sections: tuple[Section, ...] = ()
    expect: str | None = None

    def at(self, line: int, options: Options) -> Options:
        """Return the options for a formula that begins on the line. Raises: UsageError."""
        for section in self.sections:
            if section.first <= line and (section.last is None or line <= section.last):
                options = with_settings(options, section.settings)
        return options


def conventions(settings: Mapping[str, object]) -> Conventions:
    """Return the conventions that a TOML table states. Raises: NotationError."""
    rest = {key: value for key, value in settings.items() if key not in ("lines", "expect")}
    options = with_settings(Options(), rest)
    expect = settings.get("expect")
    if expect is not None:
        try:
            expect = expectations(str(expect))[0]
        except UsageError as error:
            raise NotationError(str(error), "expect") from None
    tables = settings.get("lines", [])
    if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
        raise NotationError("write [[lines]] tables with from, to and roles", "lines")
    sections = []
    for number, table in enumerate(tables, 1):
        first, last = table.get("from"), table.get("to")
        if not isinstance(first, int) or not (last is None or isinstance(last, int)):
            raise NotationError("a [[lines]] table needs from = LINE, and may have to = LINE", "from", number)
        own = {key: value for key, value in table.items() if key not in ("from", "to")}
        try:
            with_settings(options, own)
        except NotationError as error:
            raise NotationError(str(error), error.key, number) from None
        sections.append(Section(first, last, own))
    return Conventions(rest, tuple(sections), expect)


def place_of(error: NotationError, text: str) -> Span:
    """Return the line of a TOML text, which may be commented out, that has the setting; that of its table, if it has none."""
    start = 0
    for _ in range(error.table):
        start = max(start, text.find("[[lines]]", start + 1))
    setting = rf"^[ \t%]*([\"']?{re.escape(error.key)}\b[^=\n]*=[^\r\n]*)"
    found = re.compile(setting, re.MULTILINE).search(text, start)
    return Span(*found.span(1)) if found else Span(start, start)


def with_settings(options: Options, settings: Mapping[str, object]) -> Options:
    """Return the options with roles, mode and batch size as the settings say. Raises: NotationError."""
    for key, value in settings.items():
        if key not in _KEYS and key != "mode":
            known = ", ".join([*ROLES, "free", "superscript", "mode", "expect"])
            raise NotationError(f"unknown key {key!r}: choose from {known}", key)
        try:
            options = _with_setting(options, key, value)
        except UsageError as error:
            raise NotationError(str(error), key) from None
    return options


def _with_setting(options: Options, key: str, value: object) -> Options:
    values = value if isinstance(value, list) else [value]
    if key == "mode":
        return replace(options, notation=replace(options.notation, mode=str(value)))
    if SYNONYMS.get(key, key) == "batch" and isinstance(value, int) and not isinstance(value, bool):
        return replace(options, batch=value)
    if all(isinstance(item, str) for item in values):
        return replace(options, notation=options.notation.with_lets([f"{key}={item}" for item in values]))
    raise UsageError(f"{key} is a spelling in quotes, or a list of spellings; got {value!r}")


def assignments(words: str) -> dict[str, str] | None:
    """Return the roles that a remark such as `batch=m mean=\\mu_B` states, or None if it states none."""
    if "=" not in words or not _ASSIGNMENT.match(words):
        return None
    return {name: value.strip().strip("'\"") for name, value in _ASSIGNMENT.findall(words)}


def expectations(words: str) -> tuple[str, ...]:
    """Return the verdicts that a remark such as `proved, refuted wrong-sign` states. Raises: UsageError."""
    found = []
    for part in words.split(","):
        verdict, _, code = " ".join(part.split()).partition(" ")
        if verdict == "proved" and code in ("with caveat", "with a caveat"):
            verdict, code = CAVEAT, ""
        if verdict not in (*VERDICTS, CAVEAT) or not re.fullmatch(r"[a-z-]*", code):
            known = ", ".join([*VERDICTS, CAVEAT])
            raise UsageError(f"cannot read {words[:60]!r}: write a verdict ({known}), and a code if you like, or roles")
        found.append(f"{verdict} {code}".strip())
    return tuple(found)


def inferred(equations: Iterable[tuple[Node, Node]], notation: Notation) -> tuple[Notation, tuple[str, ...]]:
    """Return the notation with what all equations show together, and in words what that was.

    The batch size is the one usual letter at the top of the sums, else the only one that stands for a number somewhere; a
    superscript in brackets counts what the sums run over.
    """
    equations = list(equations)
    tops: Counter[str] = Counter()
    scalars: Counter[str] = Counter()
    above, below, bound = set[str](), set[str](), set[str]()
    for pair in equations:
        for side in pair:
            ends, alone = sizes(side, notation)
            tops.update(ends)
            scalars.update(alone)
            for met, letters in zip((above, below, bound), labels(side), strict=True):
                met |= letters
    words: list[str] = []
    lets: list[str] = []
    if notation.batch is None:
        named = [name for name in tops if name in BATCH_NAMES and name not in notation.roles] or [
            name for name in scalars if name in BATCH_NAMES and name not in notation.roles
        ]
        if len(named) == 1:
            lets.append(f"batch={named[0]}")
            words.append(f"{named[0]} is the batch size, as its formulas use it")
    if notation.superscript is None and above:
        if above & bound and not below & bound:
            lets.append("superscript=batch")
            words.append("a superscript in brackets counts the examples, since the sums run over it")
        elif below & bound and not above & bound:
            lets.append("superscript=feature")
            words.append("a superscript in brackets counts the features, since the sums run over the subscript")
    notation = notation.with_lets(lets)
    found = roles_by_proof(equations[:_LOOKED_AT], notation)
    for let in found.said[len(notation.said) :]:
        role, _, name = let.partition("=")
        words.append(f"{name} is the {ROLE_WORDS.get(role, role)}, since an equation is true only then")
    return found, tuple(words)
