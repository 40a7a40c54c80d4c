"""Where the sentences of a document turn: what they end, what they go on from, and what they supposed in vain."""

from __future__ import annotations

from dataclasses import replace

from symbn.answer import ASSUMED, PROVED, REFUTED, UNDECIDED, UNREADABLE
from symbn.document.source import Formula
from symbn.errors import UnreadableError
from symbn.following import prose, wording
from symbn.following.chains import Side
from symbn.following.hypotheses import again, on_sizes, otherwise, unusable
from symbn.following.meanings import called, loops
from symbn.following.restrictions import unknown
from symbn.following.spoken import spoken_for_good
from symbn.following.state import Follower, Hypothesis
from symbn.judging import in_doubt
from symbn.syntax.parser import parse
from symbn.syntax.tree import Name, names_in


def turn(follower: Follower, raw: str, between: str, name: str, after_display: bool, display: bool) -> None:
    """Forget what the prose before a formula ends: the hypotheses of a sentence, of a section, the right side to go on from.
    name: what stands for the formula before in the sentence."""
    if prose.heading(raw):
        follower.hypotheses, follower.remembered, follower.role, follower.last = [], [], None, None
        follower.attached, follower.sentence, follower.looping = [], "", False
        follower.section += 1
    ends = prose.ends_sentence(between, after_display)
    for said in prose.sentences(f"{follower.sentence} {name} {between}")[:-1] if ends else ():
        if (condition := spoken_for_good(said)) is not None:
            follower.remembered.append(Hypothesis(unknown(), False, 0, f"`{condition}`"))
    follower.sentence = prose.sentence(between) if ends else f"{follower.sentence} {name} {between}"
    follower.looping = follower.looping or loops(follower.sentence)
    if prose.drops(between) or wording.new_paragraph(raw, after_display, display):
        follower.remembered = [replace(h, lasting=False) for h in follower.remembered]
    elif wording.speaks_of_sizes(between):
        follower.remembered = [replace(h, lasting=h.lasting and not on_sizes(h.relation)) for h in follower.remembered]
    if prose.otherwise(between):
        follower.hypotheses, follower.attached, follower.role = otherwise(follower), [], None
    elif ends:
        follower.hypotheses, follower.attached, follower.role = [], [], None
    elif prose.general(between):
        follower.hypotheses, follower.role = [unusable(h) for h in follower.hypotheses], None


def subject(follower: Follower, formula: Formula, between: str, behind: str) -> None:
    """Remember an expression on its own, which the next formula may go on from: `the mean $\\mu$ is $$= ..$$`."""
    line = follower.document.place(formula.span.start)[0]
    try:
        statements = parse(formula.text.text, "latex")
    except UnreadableError:
        return
    sides = [side for statement in statements for side in statement.sides]
    if prose.for_every(follower.sentence) or (len(sides) == 1 and isinstance(sides[0], Name)):
        # The text speaks again of what it assumed something of, and it may be to say that it no longer does.
        again(follower, set[str]().union(*map(names_in, sides)))
    if len(statements) == 1 and len(statements[0].sides) == 1 and not statements[0].conditions:
        side = Side(statements[0].sides[0], formula.text)
        called(follower, side.node, between, behind, line)
        follower.last, follower.head, follower.members, follower.caveat = side, side, [(side, True)], False
        follower.last_line, follower.subject = line, True


def unused(follower: Follower, first: int, supposed: bool, loose: bool) -> None:
    """Remember what was supposed but is no condition that could be used, and what may have been. It leaves doubt."""
    for place, step in enumerate(follower.steps[first:], first):
        if (supposed and step.verdict == UNREADABLE) or (loose and step.verdict in (REFUTED, UNDECIDED)):
            shown = f"{step.lhs} = {step.rhs}" if step.rhs else step.lhs
            follower.hypotheses.append(Hypothesis(unknown(), loose, step.line, shown))
            follower.remembered += follower.hypotheses[-1:] if loose else []
            if step.verdict == REFUTED:
                follower.steps[place] = in_doubt(step, "it may be one of the things that its sentence assumes")


def unproved_premise(follower: Follower, first: int) -> None:
    """Take back what a formula with an implication refutes, unless its premise is proved: it was not judged under it."""
    new = follower.steps[first:]
    if new and new[0].verdict not in (PROVED, ASSUMED):
        for place, step in enumerate(new, first):
            if step.verdict == REFUTED:
                follower.steps[place] = in_doubt(step, "it is part of an implication whose premise is not proved")


def defined_otherwise(follower: Follower, first: int) -> None:
    """Let a node that words define otherwise than the layer does leave doubt on what follows."""
    for step in follower.steps[first:]:
        if step.verdict == REFUTED:
            follower.remembered.append(Hypothesis(unknown(), False, step.line, f"{step.lhs} = {step.rhs}"))
