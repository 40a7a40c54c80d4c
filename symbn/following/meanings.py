r"""Names whose meaning is in doubt, so that what uses them is undecided.

- a \leftarrow a + 1 and what a loop assigns: the name has no known value afterwards;
- \mu where the words call it the variance: its usual role is not its role here, unless a definition that is proved says which;
- a name that stands for a derivative, read as the local one in one place and as the total one in another.
"""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import replace

from symbn.answer import PROVED, REFUTED, UNDECIDED, UNREADABLE, Step
from symbn.elaboration.notation import ROLES, Notation, key_of
from symbn.elaboration.resolving import resolve
from symbn.errors import UnreadableError
from symbn.following import defining
from symbn.following.chains import DEFINES, Chain
from symbn.following.state import Claim, Follower
from symbn.syntax.tree import Name, Node, Scripted, names_in

_LOCAL = "is the local derivative"
_KINDS = {"mean": ("mu",), "average": ("mu",), "variance": ("var",), "standard deviation": ("deviation", "s")}
_KIND = re.compile(rf"\b(?:{'|'.join(_KINDS)})\b", re.IGNORECASE)
_CALLED = re.compile(
    r"\s+(?:(?:is|are|be|will be|shall be) )?(?:denoted |written |called |named )?(?:by|as|is|be)\s*", re.IGNORECASE
)
_CALLS = re.compile(
    rf"\s*(?:is|denotes|be|stands for|means)\s+(?:(?:the|its|their|our|a)\s+)?(?:\w+\s+)??({'|'.join(_KINDS)})\b", re.IGNORECASE
)
_LOOP = re.compile(
    r"\b(?:repeat|loops?|while|until|iterat\w+|for (?:each|every|all)|for\W+\w+\W+(?:from|in|=))\b", re.IGNORECASE
)


def loops(prose: str) -> bool:
    """Tell whether a loop may begin in the prose; what it assigns has no known value."""
    return _LOOP.search(prose) is not None


def assigned(follower: Follower, chain: Chain, line: int) -> None:
    """Notice that the first step of a chain gives a name another value, which may not be known."""
    left, right = chain.sides[0].node, chain.sides[1].node
    base = left.base if isinstance(left, Scripted) else left
    if chain.relations[0] not in DEFINES or not isinstance(base, Name):
        return
    again = base.text in follower.notation.definitions and follower.looping
    if defining.updates(left, right) or again:
        follower.unsettled[base.text] = f"line {line} assigns {base.text} anew, so that its value is not known here"
        follower.notation = defining.forgotten(follower.notation, base.text)
    elif names_in(right) & follower.unsettled.keys():
        (first, *_) = sorted(names_in(right) & follower.unsettled.keys())
        follower.unsettled[base.text] = follower.unsettled[first]
    elif base.text not in follower.renamed:
        follower.unsettled.pop(base.text, None)


def called(follower: Follower, name: Node, before: str, behind: str, line: int) -> None:
    """Notice words that give a name on its own another role than its usual one: `the variance by $\\mu$`."""
    kinds = [match[0].lower() for match in _KIND.finditer(before)]
    last = list(_KIND.finditer(before))
    said = kinds[0] if len(kinds) == 1 and _CALLED.fullmatch(before, last[-1].end()) else None
    if said is None and (match := _CALLS.match(behind)) is not None:
        said = match[1].lower()
    if said is None or not isinstance(name, Name | Scripted):
        return
    base = name.base if isinstance(name, Scripted) else name
    with suppress(UnreadableError):
        found = resolve(name, follower.notation)
        usual = None if found is None or found.definition is not None else found.role
        if usual in ("mu", "var", "deviation", "s") and usual not in _KINDS[said] and isinstance(base, Name):
            follower.unsettled[base.text] = f"line {line} calls {base.text} the {said}, which is not its usual role"
            follower.renamed[base.text] = follower.section


def released(follower: Follower, left: Node) -> str | None:
    """Return the name on the left of an equation that may tell its new role, since the document has another name for the usual
    one, or words that give it another one."""
    key = key_of(left)
    return key if key is not None and (key in follower.ousted or key in follower.renamed) else None


def settled(follower: Follower, key: str, role: str) -> None:
    """Notice that a name has the role from here on, so that the usual name of that role may get another one."""
    follower.unsettled.pop(key, None)
    follower.renamed.pop(key, None)
    follower.ousted.discard(key)
    follower.ousted |= {name for name, usual in Notation().roles.items() if usual == ROLES[role] and name != key}


def with_known_names(step: Step, claim: Claim, follower: Follower) -> Step:
    """Return a step, undecided if a name of it has no known meaning."""
    if step.verdict not in (PROVED, REFUTED, UNREADABLE):
        return step
    if not (follower.unsettled or claim.options.notation.definitions) and step.verdict != REFUTED:
        return step
    names = names_in(claim.first.node) | names_in(claim.second.node)
    if doubtful := sorted(names & follower.unsettled.keys()):
        return _undecided(step, follower.unsettled[doubtful[0]])
    if step.verdict == REFUTED and claim.place == 0 and key_of(claim.first.node) in follower.ousted:
        key = key_of(claim.first.node)
        return _undecided(step, f"{key} may be defined here, since the document has another name for what it usually is")
    return _with_one_meaning(step, names, claim, follower) if step.verdict == PROVED else step


def _undecided(step: Step, reason: str) -> Step:
    return replace(
        step, verdict=UNDECIDED, caveat=None, counterexample=None, true_up_to=None, repair=None, decision=None,
        diagnostics=() if step.verdict == UNREADABLE else step.diagnostics, reason=reason,
    )  # fmt: skip


def _with_one_meaning(step: Step, names: set[str], claim: Claim, follower: Follower) -> Step:
    """Compare how a proved step reads the derivatives that its names stand for with how an earlier step read them."""
    reading = frozenset(part for part in (step.caveat or "").split("; ") if _LOCAL in part)
    for name in sorted(names):
        if not defining.is_derivative(name, claim.options.notation):
            continue
        earlier = follower.meanings.setdefault(_original(name, claim.options.notation), reading)
        if earlier != reading:
            return _undecided(step, f"{name} stands for a derivative that an earlier step reads in another way: total or local")
    return step


def _original(name: str, notation: Notation) -> str:
    """Return the name that a name is only another one for: after `b_i = a_i` the two are the same derivative."""
    seen = {name}
    while (made := notation.definitions.get(name)) is not None and isinstance(made.body, Name | Scripted):
        base = next((key for key in (key_of(made.body), defining.base_key(made.body)) if key in notation.definitions), None)
        if base is None or base in seen:
            break
        name = base
        seen.add(name)
    return name


def reached(body: Node, notation: Notation) -> set[str]:
    """Return the names that a side is built on, through every definition."""
    found: set[str] = set()
    waiting = [body]
    while waiting:
        for name in defining.bases(waiting.pop()) - found:
            found.add(name)
            if (made := notation.definitions.get(name)) is not None:
                waiting.append(made.body)
    return found


def under_condition(follower: Follower, before: int, line: int) -> None:
    """Take the meaning of what has been defined since then away: `let $v = \\sigma^2$ if $\\epsilon = 0$` says nothing of
    other cases. before: how many definitions there were."""
    for key, _, _ in follower.defined[before:]:
        follower.unsettled[key] = f"line {line} says what {key} is under a condition only"


def judged_as_renamed(follower: Follower) -> None:
    """Take back what was judged before the words called a name of it something else: `.., where $\\mu$ is the variance`."""
    for number, claim in follower.claims.items() if follower.renamed else ():
        names = names_in(claim.first.node) | names_in(claim.second.node)
        called_anew = sorted(name for name in names if follower.renamed.get(name) == claim.section)
        if called_anew and follower.steps[number].verdict in (PROVED, REFUTED):
            follower.steps[number] = _undecided(follower.steps[number], follower.unsettled[called_anew[0]])
