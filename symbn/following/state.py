"""What a reader keeps in mind while following a derivation, and where the steps stand in the file."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from symbn.answer import UNDECIDED, Step
from symbn.diagnostic import Diagnostic, Span, Value
from symbn.document.source import Document, Remark, Text
from symbn.elaboration.notation import Notation
from symbn.following.chains import Chain, Fault, Side
from symbn.following.conventions import Conventions
from symbn.following.restrictions import ORDER, UNUSABLE
from symbn.judging import Options
from symbn.syntax.tree import Relation, names_in


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Hypothesis(Value):
    """A condition that the prose sets, on a line, as it is spelled. lasting: it holds to the end of its paragraph, and not
    for its sentence only."""

    relation: Relation
    lasting: bool
    line: int = 0
    shown: str = ""

    @property
    def letters(self) -> frozenset[str]:
        return frozenset(names_in(self.relation))

    @property
    def usable(self) -> bool:
        """Tell whether it is a condition that an equation may be judged under; the other ones can only leave doubt."""
        return self.relation.operator not in ORDER | {UNUSABLE}


@dataclass(slots=True)
class Claim:
    """A step to be judged: `first` and `second` are sides of a chain. hypotheses: of its sentence; remembered: of its section;
    attached: of another equation of its sentence.
    known: how many names the document had defined before it; section: under which heading it stands, counted."""

    first: Side
    relation: str
    second: Side
    chain: Chain
    place: int
    options: Options
    hypotheses: tuple[Hypothesis, ...]
    remembered: tuple[Hypothesis, ...] = ()
    attached: tuple[Hypothesis, ...] = ()
    known: int = 0
    section: int = 0


@dataclass(slots=True)
class Follower:
    """hypotheses: of the sentence; remembered: of the section; attached: of the sentence, but behind an equation which they
    belong to. behind: the formulas that are such conditions. sentence: its words so far. caveat: a step of the chain has one.
    unsettled: names without a known meaning, and why; renamed: those that words gave another role, and in which section.
    ousted: names whose usual role another one has. meanings: how derivatives are read that names stand for. looping: a loop
    has begun in this section."""

    document: Document
    base: Options
    conventions: Conventions
    notation: Notation
    read: dict[int, list[Chain | Fault]]
    words: dict[str, None] = field(default_factory=dict)
    steps: list[Step] = field(default_factory=list)
    claims: dict[int, Claim] = field(default_factory=dict)
    defined: list[tuple[str, int, int]] = field(default_factory=list)
    section: int = 0
    problems: list[Diagnostic] = field(default_factory=list)
    hypotheses: list[Hypothesis] = field(default_factory=list)
    remembered: list[Hypothesis] = field(default_factory=list)
    attached: list[Hypothesis] = field(default_factory=list)
    behind: set[int] = field(default_factory=set)
    sentence: str = ""
    loss_line: int | None = None
    functions: frozenset[str] = frozenset()
    last: Side | None = None
    last_line: int = 0
    head: Side | None = None
    members: list[tuple[Side, bool | None]] = field(default_factory=list)
    caveat: bool = False
    unsettled: dict[str, str] = field(default_factory=dict)
    renamed: dict[str, int] = field(default_factory=dict)
    ousted: set[str] = field(default_factory=set)
    meanings: dict[str, frozenset[str]] = field(default_factory=dict)
    looping: bool = False
    expected: tuple[str, ...] = ()
    next_role: str | None = None
    role: str | None = None
    subject: bool = False
    contrary: bool = False
    inline: bool = False
    waiting: Remark | None = None
    numbers: dict[int, int] = field(default_factory=dict)


def current(follower: Follower, options: Options) -> Notation:
    """Return the options' notation with every definition made so far, those of this formula included."""
    if options.notation.definitions is follower.notation.definitions:
        return options.notation
    return replace(options.notation, definitions=follower.notation.definitions)


def blank_step(follower: Follower, left: Side, right: Side, place: int, chain: Chain) -> Step:
    """Return a step with its place and sources, undecided so far. It stands where its right side does, the first of a chain
    where its left side does."""
    sides = (source(follower, left.source), source(follower, right.source))
    own = origin(right)
    notes: tuple[str, ...] = ()
    if place == 0 and not chain.continued:
        own = origin(left).to(own)
    elif place == 0 and chain.continued:
        notes = (f"it goes on from the right side on line {follower.last_line}",)
    line, column = follower.document.place(own.start)
    return Step(
        follower.document.text, own, 1, *sides, UNDECIDED, "all m", follower.document.path, line, column, notes=notes
    )  # fmt: skip


def placed(follower: Follower, step: Step) -> Step:
    line, column = follower.document.place(step.span.start)
    return replace(step, file=follower.document.path, line=line, column=column)


def origin(side: Side) -> Span:
    return side.text.origin(side.node.span)


def source(follower: Follower, text: Text) -> str:
    """Return a text as its author wrote it, with the macros unexpanded."""
    span = text.origin(Span(0, len(text.text)))
    written = follower.document.text[span.start : span.end]
    return written if text.text else ""


def relocated(diagnostic: Diagnostic, text: Text) -> Diagnostic:
    return Diagnostic(diagnostic.code, diagnostic.message, text.origin(diagnostic.span), diagnostic.help)


def short(text: str) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= 60 else flat[:57] + "..."
