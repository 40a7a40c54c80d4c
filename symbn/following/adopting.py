r"""Names without a role that an equation about the layer gives one: of \mu = \frac1N \sum_p h_p the input is h."""

from __future__ import annotations

from time import monotonic

from symbn.decision.decide import proved
from symbn.elaboration.elaborate import readings
from symbn.elaboration.meaning import OutsideError
from symbn.elaboration.notation import BATCH_NAMES, FEATURE_NAMES, ROLES, Notation
from symbn.elaboration.scope import sizes
from symbn.errors import SymbnError
from symbn.following.defining import SECONDS, bases, is_numbered, layer_node, roles_in
from symbn.syntax.tree import Name, Node, Scripted

_ADOPTABLE = ("input", "normalised", "centred", "output", "upstream", "scale", "shift")
_NO_NAMES = frozenset((*BATCH_NAMES, *FEATURE_NAMES))
_NO_ARRAYS = frozenset(("\\top", "\\intercal", "T", "1", "\\mathbf 1", "\\mathbb 1", "I", "\\mathbf I"))
_MAX_ADOPTED = 6
_SECONDS_IN_ALL = 20.0  # for the roles of all names that the document does not define


def roles_by_proof(equations: list[tuple[Node, Node]], notation: Notation) -> Notation:
    """Return the notation with a role for every name that has none, where an equation about the layer is true with that role
    alone: of \\mu = \\frac1N \\sum_p h_p the input h. What the document calls x stays the input."""
    deadline = monotonic() + _SECONDS_IN_ALL
    for _ in range(_MAX_ADOPTED):
        adopted = _adopted(equations, notation, deadline)
        if adopted is None:
            break
        notation = notation.with_lets([adopted])
    return notation


def _adopted(equations: list[tuple[Node, Node]], notation: Notation, deadline: float) -> str | None:
    """Return the next `role=name`, or None. All equations have to be looked at, since another one may contradict the role."""
    taken: set[str] | None = None
    seen = set[str]()
    roles_of: dict[str, set[str]] = {}
    for left, right in equations:
        # Only an equation that says what one name is can tell a role: \\sum_i q_i = 0 holds for many.
        base = left.base if isinstance(left, Scripted) else left
        if not isinstance(base, Name):
            continue
        unknown = {name for side in (left, right) for name in sizes(side, notation)[1]} - _NO_NAMES - set(notation.definitions)
        unknown -= _NO_ARRAYS
        says = layer_node(left, notation) == "defined" or base.text in unknown - seen
        seen.add(base.text)
        numbered = isinstance(left, Scripted) and is_numbered(left)
        circular = base.text in unknown & bases(right)
        if len(unknown) != 1 or not says or numbered or circular:
            continue
        (name,) = unknown
        if taken is None:
            taken = {role for pair in equations for side in pair for role in roles_in(side, notation)}
        for role in _ADOPTABLE:
            if ROLES[role] in taken:
                continue
            if monotonic() > deadline:
                return None
            try:
                equation = proved(readings(left, right, (), notation.with_lets([f"{role}={name}"])), SECONDS)
            except (SymbnError, OutsideError):
                continue
            if equation is not None and not equation.reading.caveats:
                roles_of.setdefault(name, set()).add(role)
                break
    # Equations that tell two roles of one name apart contradict each other: then the document is asked.
    return next((f"{role}={name}" for name, roles in roles_of.items() if len(roles) == 1 for role in roles), None)
