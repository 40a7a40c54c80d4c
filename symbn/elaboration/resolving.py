"""A name with its scripts -> its role, its indices, its power: what a spelling means before the equation is seen as a whole."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction as Rational

from symbn.diagnostic import Span, Value
from symbn.elaboration.notation import AMBIGUOUS, LABELS, Definition, Notation, key_of
from symbn.errors import unreadable
from symbn.layers.batchnorm import batch_norm
from symbn.syntax.symbols import GREEK_NAMES
from symbn.syntax.tree import Group, Listing, Name, Node, Number, Product, Scripted, number_value

ARRAYS = frozenset({"x", "c", "xhat", "y", "g"})
PER_FEATURE = frozenset({"mu", "var", "deviation", "s", "gamma", "beta"})
BOLD = ("\\mathbf", "\\boldsymbol", "\\bm", "\\vec", "\\pmb")
MAX_INDEX = 1000
MAX_KEPT = 1024


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Resolved(Value):
    """A name with its scripts, sorted out.

    role: canonical name. adjoint: the gradient dL/d role is meant. power: what is left of the superscript. definition: of a
    name that the text defines itself.
    """

    role: str
    key: str
    indices: tuple[Name | Number, ...]
    label: Name | Number | None
    power: Node | Rational | None
    free: bool = False
    adjoint: bool = False
    definition: Definition | None = None


def resolve(node: Name | Scripted, notation: Notation) -> Resolved | None:
    """Return what the name is, or None if it is unknown. Raises: UnreadableError for a name with two possible roles.

    A name is looked at some twenty times on its way to a verdict, so that the notation keeps the last answers.
    """
    known = notation.resolved.get(id(node))
    if known is not None and known[0] is node:
        kept: Resolved | None = known[1]
        return kept
    found = _resolved(node, notation)
    if len(notation.resolved) >= MAX_KEPT:
        notation.resolved.clear()
    notation.resolved[id(node)] = (node, found)
    return found


def _resolved(node: Name | Scripted, notation: Notation) -> Resolved | None:
    node = _square_inside(node, notation)
    full = key_of(node)
    if full is not None and (definition := notation.definitions.get(full)) is not None:
        return Resolved("defined", full, (), None, None, definition=definition)
    if isinstance(node, Scripted) and full is not None and full in notation.roles and full != "\\sigma^2":
        return Resolved(notation.roles[full], full, (), None, None)
    base, sub, sup = (node.base, node.sub, node.sup) if isinstance(node, Scripted) else (node, None, None)
    if isinstance(node, Scripted) and node.primes:
        return None
    key = key_of(base)
    if key is None or kronecker(node) is not None:
        return None
    below = key_of(sub) if sub is not None else None
    for name, rest in ((f"{key}_{below}" if below else None, None), (key, None if below in LABELS else sub)):
        if name is None:
            continue
        found = _named(name, rest, sup, notation)
        if found is not None:
            return found
    if key in AMBIGUOUS and key not in notation.free:
        message, help = AMBIGUOUS[key]
        raise unreadable("two-roles", message, node.span, help)
    return None


def _square_inside(node: Name | Scripted, notation: Notation) -> Name | Scripted:
    """Return (\\sigma_B^{(k)})^2 as \\sigma_B^{(k)2}: the square of a name that has a role only when it is squared."""
    if not isinstance(node, Scripted) or node.sub is not None or node.primes or number_value(node.sup) is None:
        return node
    inner = node.base.body if isinstance(node.base, Group) else None
    name = inner.base if isinstance(inner, Scripted) else inner
    key = key_of(name) if isinstance(name, Name) else None
    if key is None or key in notation.roles or f"{key}^2" not in notation.roles or key in notation.definitions:
        return node
    if isinstance(inner, Scripted):
        if inner.primes or (inner.sup is not None and label_of(inner.sup) is None):
            return node
        sup = node.sup if inner.sup is None else Scripted(node.span, inner.sup, None, node.sup)
        return Scripted(node.span, inner.base, inner.sub, sup)
    assert isinstance(inner, Name)
    return Scripted(node.span, inner, None, node.sup)


def kronecker(node: Node) -> tuple[Name | Number, Name | Number] | None:
    r"""Return the two indices of \delta_{ik}; with one index \delta is an upstream gradient."""
    if isinstance(node, Scripted) and isinstance(node.base, Name) and node.base.text == "\\delta" and node.sub is not None:
        found = indices_of(node.sub)
        if len(found) == 2 and node.primes == 0:
            return found[0], found[1]
        if len(found) == 1 and isinstance(found[0], Number) and found[0].value >= 10:
            raise unreadable("two-roles", "this may be one index or two", found[0].span, "write \\delta_{1,2} for two indices")
    return None


def _named(key: str, sub: Node | None, sup: Node | None, notation: Notation) -> Resolved | None:
    label = label_of(sup)
    power = sup if label is None else None
    if isinstance(sup, Scripted) and sup.sub is None and not sup.primes and label_of(sup.base) is not None:
        label, power = label_of(sup.base), sup.sup  # \\sigma^{(k)^2}
    if (definition := notation.definitions.get(key)) is not None:
        return Resolved("defined", key, indices_of(sub), label, power, definition=definition)
    value = None if power is None else number_value(power)
    own = notation.roles.get(key)
    if f"{key}^2" in notation.roles and own in (None, "deviation") and value is not None and value % 2 == 0:
        left = value / 2
        return Resolved(notation.roles[f"{key}^2"], f"{key}^2", indices_of(sub), label, None if left == 1 else left)
    if key in notation.roles:
        role = notation.roles[key]
        return Resolved(role, key, indices_of(sub), label, power)
    if key in notation.free:
        # A name of its own: `--let free=m` must not become the batch size.
        # Every spelling gets another name: W_{1,2} and W_{12} are not one.
        name = "".join(c if c.isalnum() else f"u{ord(c):x}u" for c in key.removeprefix("\\"))
        reserved = name in ("m", "n", "deviation") or name in batch_norm().nodes
        return Resolved(f"{name}free" if reserved else name, key, indices_of(sub), label, power, free=True)
    if key[0] == "d" and len(key) > 1:
        rest = "\\" + key[1:] if key[1:] in GREEK_NAMES or key[1:] == "epsilon" else key[1:]
        role = notation.roles.get(rest, "")
        if role and role not in ("L", "deviation", "g"):
            return Resolved(role, key, indices_of(sub), label, power, adjoint=True)
    style, _, letter = key.partition(" ")
    if style in BOLD and notation.roles.get(letter) in ARRAYS:
        found = _named(letter, sub, sup, notation)
        return None if found is None else replace(found, key=key)
    return None


def label_of(sup: Node | None) -> Name | Number | None:
    if isinstance(sup, Group) and sup.bracket == "(" and isinstance(sup.body, Name) and len(sup.body.text) == 1:
        return sup.body
    return None


def check_power(found: Resolved, span: Span) -> None:
    """Refuse x^{(1)}, which may be an entry (of mu: a feature) or a power. Raises: UnreadableError."""
    power = found.power
    whole = (
        isinstance(power, Group)
        and power.bracket == "("
        and isinstance(power.body, Number)
        and power.body.value.denominator == 1
    )
    if whole and found.role in ARRAYS | PER_FEATURE:
        entry = "an entry of the batch" if found.role in ARRAYS else "a feature"
        raise unreadable("two-roles", f"this may be {entry} or a power", span, "write x_1 for the entry, x^2 for the power")


def indices_of(sub: Node | None) -> tuple[Name | Number, ...]:
    """Return the indices written in a subscript. Raises: UnreadableError if it holds anything else."""
    match sub:
        case None:
            return ()
        case Name() | Number():
            items: tuple[Node, ...] = (sub,)
        case Listing(items=inner):
            items = tuple(piece for item in inner for piece in indices_of(item))
        case Product(factors=inner, operators=operators) if not any(operators):
            items = inner
        case Group(body=body):
            return indices_of(body)
        case _:
            items = (sub,)
    for item in items:
        whole = isinstance(item, Number) and item.value.denominator == 1 and item.value >= 1
        if whole and isinstance(item, Number) and item.value > MAX_INDEX:
            raise unreadable("bad-index", f"explicit indices are read up to {MAX_INDEX}", item.span)
        if not whole and not (isinstance(item, Name) and (len(item.text) == 1 or item.text == "\\ell")):
            raise unreadable("bad-index", "an index is a letter or a positive whole number", item.span)
    return tuple(item for item in items if isinstance(item, Name | Number))
