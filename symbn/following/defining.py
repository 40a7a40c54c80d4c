r"""What a formula defines: `z_i = x_i - \mu` where z is no name of the layer, `\bar x_i = x_i - \mu` which settles \bar x.

A new name that equals a node of the layer takes its role, so that derivatives by it have a meaning; any other one is put in
wherever it is used. Letters that symbn gives a role by habit only (s, v, c, g, ..) may be defined anew; the layer's own names
(\mu, \sigma^2, \hat x, y) may not: a wrong definition of them is refuted.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace

from symbn.decision.decide import proved
from symbn.elaboration.elaborate import readings
from symbn.elaboration.meaning import OutsideError
from symbn.elaboration.notation import BATCH_NAMES, FEATURE_NAMES, Definition, Notation, key_of
from symbn.elaboration.resolving import indices_of, kronecker, resolve
from symbn.elaboration.scope import Scope
from symbn.errors import SymbnError, UnreadableError, unreadable
from symbn.kernel.term import BATCH
from symbn.layers.batchnorm import batch_norm
from symbn.syntax.tree import (
    Derivative,
    Group,
    Name,
    Node,
    Number,
    Scripted,
    children,
    number_value,
    rebuilt,
)

HABITS = frozenset({"s", "c", "v", "g", "a", "b", "f", "J", "l", "\\delta", "\\alpha", "\\lambda", "std", "xmu", "dy"})
SECONDS = 0.5  # for one attempt to prove a role
MAX_WEIGHT = 2000
OURS = "\\varrho"  # stands for a name that is being defined
_NODES = ("mean", "centred", "variance", "deviation", "std", "normalised", "output")


def defines(left: Node, notation: Notation, again: bool = False) -> str | None:
    """Return the spelling of the name that an equation with this left side may define, or None. again: the prose says that it
    defines, so that a name may get another meaning than the text gave it before."""
    if not isinstance(left, Name | Scripted) or (isinstance(left, Scripted) and left.primes):
        return None
    base = left.base if isinstance(left, Scripted) else left
    key = key_of(base)
    delta = False
    with suppress(UnreadableError):  # \mu_{\mathcal B}: a subscript that is no index
        delta = kronecker(left) is not None
    if isinstance(left, Scripted) and is_numbered(left):
        key = key_of(left)  # z_1 = .. defines that one entry
    if key is None or not isinstance(base, Name) or delta:
        return None
    if key in notation.definitions:
        return key if again else None
    if key in (notation.batch, notation.features) or (isinstance(left, Scripted) and _powered(left)):
        return None
    try:
        found = resolve(left, notation)
    except UnreadableError as error:
        return key if error.diagnostic.code == "two-roles" else None
    if found is None:
        return None if key in BATCH_NAMES or key in FEATURE_NAMES else key
    adopted = again and found.key not in Notation().roles
    return found.key if found.key in HABITS or found.free or adopted else None


def renamed(left: Node) -> Node:
    if isinstance(left, Scripted):
        return Scripted(left.span, Name(left.base.span, OURS), left.sub, left.sup)
    return Name(left.span, OURS)


def is_numbered(left: Scripted) -> bool:
    """Tell whether one of the indices is a number; a label such as \\mathcal B is no index at all."""
    with suppress(UnreadableError):
        return any(isinstance(index, Number) for index in _indices(left))
    return False


def _powered(left: Scripted) -> bool:
    sup = left.sup
    return sup is not None and not (isinstance(sup, Group) and sup.bracket == "(" and isinstance(sup.body, Name))


def is_loss(left: Node, notation: Notation) -> bool:
    """Tell whether a name is that of the loss."""
    with suppress(UnreadableError):
        found = resolve(left, notation) if isinstance(left, Name | Scripted) else None
        return found is not None and found.role == "L"
    return False


def is_gradient(left: Node, notation: Notation) -> bool:
    """Tell whether a name is that of a gradient, such as d\\beta."""
    with suppress(UnreadableError):
        found = resolve(left, notation) if isinstance(left, Name | Scripted) else None
        return found is not None and found.adjoint
    return False


def is_upstream(left: Node, right: Node, notation: Notation) -> bool:
    """Tell whether the equation gives the upstream gradient a value: g_i = 1, but not g_i = dL/dxhat_i, another meaning."""
    with suppress(UnreadableError):
        found = resolve(left, notation) if isinstance(left, Name | Scripted) else None
        return found is not None and found.role == "g" and found.power is None and not _has_derivative(right)
    return False


def is_parameter(left: Node, notation: Notation) -> bool:
    """Tell whether a name is that of scale or shift."""
    with suppress(UnreadableError):
        found = resolve(left, notation) if isinstance(left, Name | Scripted) else None
        return found is not None and found.role in ("gamma", "beta") and found.power is None and not found.adjoint
    return False


def is_input(left: Node, notation: Notation) -> bool:
    """Tell whether a name is that of the input x, or of an entry of it."""
    with suppress(UnreadableError):
        found = resolve(left, notation) if isinstance(left, Name | Scripted) else None
        return found is not None and found.role == "x"
    return False


def _has_derivative(node: Node) -> bool:
    return isinstance(node, Derivative) or any(map(_has_derivative, children(node)))


def role_of(key: str, left: Node, right: Node, notation: Notation) -> str | None:
    """Return the role of the node of the layer that the right side proves to be, or None.

    The name on the left is replaced by one of our own, so that the role does not change what the right side means: of
    \\sigma = \\sqrt{\\sigma^2} the right side is the root of the variance, whatever \\sigma turns out to be.
    """
    if _weight(right, notation) > MAX_WEIGHT or (isinstance(left, Scripted) and is_numbered(left)):
        return None  # z_1 = x_1 - \\mu says nothing of the other entries
    definiendum = renamed(left)
    for role in _NODES:
        try:
            named = notation.with_lets([f"{role}={OURS}"])
            if proved(readings(definiendum, right, (), named), SECONDS) is not None:
                return role
        except (SymbnError, OutsideError):
            continue
    return None


def roles_in(node: Node, notation: Notation) -> set[str]:
    with suppress(UnreadableError):
        found = resolve(node, notation) if isinstance(node, Name | Scripted) else None
        if found is not None:
            return {found.role}
    return set[str]().union(*(roles_in(child, notation) for child in children(node)))


def definition(left: Node, right: Node, notation: Notation) -> Definition:
    """Return the definition that the equation states. Raises: UnreadableError if the right side cannot be read, or has indices
    that the left one lacks."""
    base = left.base if isinstance(left, Scripted) else left
    if isinstance(base, Name) and base.text in bases(right):
        raise unreadable(
            "unknown-name", f"{base.text} is defined by itself", left.span.to(right.span), "define it by other names"
        )
    weight = _weight(right, notation)
    if weight > MAX_WEIGHT:
        raise unreadable("too-long", "written out, this definition is too long", right.span, "define it in fewer steps")
    letters = _letters(left)
    sides: tuple[Node, ...] = (right,)
    if isinstance(left, Scripted) and len(letters) > 1 and not _counts_examples(letters, right, notation):
        # Of two indices one counts features, as in x_i^{(k)}; the right side may name one of them only.
        sides = (right, Scripted(left.span, Name(left.span, "x"), left.sub, left.sup))
    scope = Scope.of(sides, (), notation)
    if not scope.wide:
        # What is mathematics but outside of what symbn decides may be defined: what uses it will be undecided.
        with suppress(OutsideError):
            next(readings(right, right, (), notation), None)
    loose = [letter for letter in scope.free if letter not in letters]
    bare = not letters and len(loose) == 1
    if loose and not bare:
        raise unreadable(
            "missing-index", f"this defines a name without the index {loose[0]} of its right side", left.span.to(right.span),
            f"write the index {loose[0]} on the left side too",
        )  # fmt: skip
    named = tuple(loose) if bare else letters
    axes = tuple((letter, scope.axes.get(letter, "batch")) for letter in named)
    return Definition(axes, right, bare, scope.wide, weight)


def _counts_examples(letters: tuple[str, ...], right: Node, notation: Notation) -> bool:
    """Tell whether the right side has all the indices, and none of them counts features: A_{ik} = \\delta_{ik} - 1/m."""
    scope = Scope.of((right,), (), notation)
    return not scope.wide and all(letter in scope.free and scope.axes.get(letter, BATCH) == BATCH for letter in letters)


def _weight(node: Node, notation: Notation) -> int:
    """Return the number of names and numbers of a side, with every definition written out."""
    with suppress(UnreadableError):
        found = resolve(node, notation) if isinstance(node, Name | Scripted) else None
        if found is not None and found.definition is not None:
            return found.definition.weight
    return 1 + sum(_weight(child, notation) for child in children(node))


def bases(node: Node) -> set[str]:
    """Return the names of a side, without those that are only indices."""
    if isinstance(node, Scripted):
        return bases(node.base)
    own = {node.text} if isinstance(node, Name) else set[str]()
    return own.union(*map(bases, children(node)))


def redefined(notation: Notation, key: str, made: Definition) -> Notation:
    """Return the notation with a definition; what was built on an older one of the same name keeps that under another name."""
    old = notation.definitions.get(key)
    definitions = dict(notation.definitions)
    if old is not None:
        alias = f"{key}#{sum(name.startswith(f'{key}#') for name in definitions)}"
        definitions[alias] = old

        def kept(node: Node) -> Node:
            return Name(node.span, alias) if isinstance(node, Name) and node.text == key else rebuilt(node, kept)

        definitions = {name: replace(one, body=kept(one.body)) for name, one in definitions.items()}
    return replace(notation, definitions={**definitions, key: made})


def forgotten(notation: Notation, key: str) -> Notation:
    """Return the notation without the definition of a name; what was built on it keeps it under another name."""
    old = notation.definitions.get(key)
    if old is None:
        return notation
    kept = redefined(notation, key, old).definitions
    return replace(notation, definitions={name: made for name, made in kept.items() if name != key})


def is_derivative(key: str, notation: Notation) -> bool:
    """Tell whether a name that the text defines stands for a derivative, or for what is built on one."""
    made = notation.definitions.get(key)
    if made is None:
        return False
    return _has_derivative(made.body) or any(is_derivative(name, notation) for name in bases(made.body) - {key})


def _letters(left: Node) -> tuple[str, ...]:
    return tuple(name.text for name in _indices(left) if isinstance(name, Name))


def _indices(left: Node) -> tuple[Node, ...]:
    if not isinstance(left, Scripted):
        return ()
    return (*indices_of(left.sub), *([left.sup.body] if isinstance(left.sup, Group) else []))


def layer_node(left: Node, notation: Notation) -> str | None:
    """Tell whether a name is an `input` of the layer (gamma, beta, x, g) or a node `defined` by the others; None: neither."""
    try:
        found = resolve(left, notation) if isinstance(left, Name | Scripted) else None
    except UnreadableError:
        return None
    node = None if found is None or found.power is not None or found.adjoint else batch_norm().nodes.get(found.role)
    if node is None:
        return "defined" if found is not None and found.role == "deviation" else None
    return "input" if node.definition is None else "defined"


def updates(left: Node, right: Node) -> bool:
    """Tell whether \\mu \\leftarrow 0.9 \\mu + .. computes a new value from the old one, which is no equation."""
    return base_key(left) in _keys(right)


def base_key(node: Node) -> str | None:
    """Return the spelling of a name without its scripts, or None."""
    return key_of(node.base if isinstance(node, Scripted) else node)


def _keys(node: Node) -> set[str | None]:
    return {base_key(node)}.union(*map(_keys, children(node)))


def is_size(left: Node, right: Node, notation: Notation) -> bool:
    """Tell whether the equation says how many examples or features there are: N = 64."""
    names = {*BATCH_NAMES, *FEATURE_NAMES, notation.batch, notation.features}
    return isinstance(left, Name) and left.text in names and left.text not in notation.roles and number_value(right) is not None
