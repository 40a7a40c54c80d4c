r"""How every role of the layer is written, and which letters are whose.

A `Style` is made of `role=spelling` assignments, those of `--let`, so that what it writes can be read back under
`style.notation()`. Where an assignment takes a spelling away from another role (with std=\sigma the square of \sigma is no
variance any more), that role is written in its next spelling which the notation still understands.

    DEFAULT  \mu, \sigma^2, \hat x_i, s, g_i, L, m                PAPER    \mu_{\mathcal B}, \partial\ell/\partial y_i for g_i
    CS231N   mu, var, xhat, dout, N: the names of a programmer, dx_i for the derivative of the loss
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import lru_cache

from symbn.elaboration.notation import BATCH_NAMES, FEATURE_NAMES, ROLES, SYNONYMS, Notation, spelled
from symbn.elaboration.resolving import Resolved, resolve
from symbn.errors import UnreadableError, UsageError
from symbn.layers.batchnorm import TRAINING
from symbn.syntax.parser import parse
from symbn.syntax.tree import Name, Node, Number, Scripted
from symbn.typesetting.boxes import Box
from symbn.typesetting.letters import name_box
from symbn.typesetting.of_tree import box_of_tree

PAIR, FEATURE_ABOVE, EXAMPLE_ABOVE = "pair", "feature above", "example above"

# What a role is written as, the first choice first; the notation decides which of them it still understands.
_SPELLINGS = {
    "x": ("x", "X"), "mu": (r"\mu", r"\mathrm{mean}"), "var": (r"\sigma^2", "v", r"\mathrm{var}"), "s": ("s", r"\mathrm{std}"),
    "c": ("c", r"\mathrm{xmu}"), "xhat": (r"\hat x", r"\mathrm{xhat}"), "gamma": (r"\gamma",), "beta": (r"\beta",),
    "eps": (r"\epsilon", r"\varepsilon", r"\mathrm{eps}"), "y": ("y", "Y"), "L": ("L", r"\mathcal L", r"\ell", "J"),
    "g": ("g", r"\mathrm{dout}", r"\delta"), "deviation": (), "m": BATCH_NAMES, "n": ("n", *FEATURE_NAMES),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Spelling:
    """How a quantity is written before its indices. base: with its accent. label: a subscript that is no index, as in \\mu_B.
    squared: it is the square of a letter, as the variance is. key: the notation's name for it."""

    base: Box
    label: Box | None = None
    squared: bool = False
    key: str = ""


@dataclass(frozen=True, slots=True)
class Style:
    """lets: assignments, the later ones before the earlier. features: where the index of a feature goes, in x_{ij} (`pair`),
    x_i^{(k)} or x_j^{(i)}. root: s is written as the root it is. upstream: g_i is written as a derivative by y_i.
    gradients: the derivative of the loss by x_i is written dx_i."""

    lets: tuple[str, ...] = ()
    features: str = PAIR
    root: bool = False
    upstream: bool = False
    gradients: bool = False

    def __post_init__(self) -> None:
        if self.features not in (PAIR, FEATURE_ABOVE, EXAMPLE_ABOVE):
            raise UsageError(f"unknown place of the features: {self.features!r}")

    def spelling(self, name: str) -> Spelling | None:
        """Return how the quantity or the size of this name is written; None if the style knows no such name."""
        return _settled(self.lets).get(name)

    def reads_gradient(self, name: str) -> bool:
        """Tell whether the notation reads the name with a d before it as the derivative of the loss."""
        return _reads_gradient(self.lets, name)

    def with_lets(self, lets: Iterable[str]) -> Style:
        """Return the style with more assignments. Raises: UsageError."""
        lets = tuple(lets)
        above = {"feature": FEATURE_ABOVE, "batch": EXAMPLE_ABOVE}
        said = [let.partition("=")[2].strip() for let in lets if let.partition("=")[0].strip() == "superscript"]
        return replace(self, lets=(*self.lets, *lets), features=above.get(said[-1], self.features) if said else self.features)

    def notation(self, mode: str = TRAINING) -> Notation:
        """Return the notation under which the style reads back."""
        above = {FEATURE_ABOVE: ("superscript=feature",), EXAMPLE_ABOVE: ("superscript=batch",)}
        return Notation(mode=mode).with_lets((*self.lets, *above.get(self.features, ())))


def style_of(notation: Notation, style: Style | None = None) -> Style:
    """Return the style (the default one) in the letters that the user has assigned."""
    return (style or DEFAULT).with_lets(notation.said)


@lru_cache(64)
def _settled(lets: tuple[str, ...]) -> Mapping[str, Spelling]:
    """Return the spelling of every role, and of every free number by its name in a meaning."""
    notation = Notation().with_lets(lets)
    chosen: dict[str, Spelling] = {}
    wanted: dict[str, list[str]] = {name: list(texts) for name, texts in _SPELLINGS.items()}
    frees = [(key, key) for key in sorted(Notation().free)]
    for let in lets:
        role, _, text = (part.strip() for part in let.partition("="))
        role = SYNONYMS.get(role, role)
        if role in ROLES:
            wanted[ROLES[role]].insert(0, text)
        elif role == "free":
            frees.append((spelled(text), text))
    for name, texts in wanted.items():
        found = next((text for text in texts if _means(notation, text, name)), None)
        if found is not None:
            chosen[name] = _spelling(found)
    for key, text in frees:
        resolved = _resolved(notation, text)
        if key in notation.free and resolved is not None and resolved.free:
            chosen.setdefault(resolved.role, _spelling(text))
    return chosen


@lru_cache(256)
def _reads_gradient(lets: tuple[str, ...], name: str) -> bool:
    found = _resolved(Notation().with_lets(lets), rf"\mathrm{{d{name}}}")
    return found is not None and found.adjoint


def _means(notation: Notation, text: str, name: str) -> bool:
    """Tell whether the notation reads the text as the quantity, or as the size."""
    found = _resolved(notation, text)
    if name in ("m", "n"):
        key = spelled(text)
        own, other = (notation.batch, notation.features) if name == "m" else (notation.features, notation.batch)
        return found is None and key != other and (own is None or key == own)
    return found is not None and found.role == name and not (found.free or found.adjoint or found.indices or found.label)


def _resolved(notation: Notation, text: str) -> Resolved | None:
    node = _node(text)
    try:
        return resolve(node, notation) if isinstance(node, Name | Scripted) else None
    except UnreadableError:
        return None


def _node(text: str) -> Node:
    dialect = "latex" if "\\" in text or "_" in text or len(text) == 1 else "plain"
    (statement,) = parse(text, dialect)
    (side,) = statement.sides
    return side


def _spelling(text: str) -> Spelling:
    """Split a name into what indices and powers are put around."""
    node, key = _node(text), spelled(text)
    match node:
        case Name(text=name):
            return Spelling(name_box(name), key=key)
        case Scripted(base=Name(text=name), sub=sub, sup=sup, primes=0) if sup is None or _two(sup):
            label = None if sub is None else box_of_tree(sub, text)
            return Spelling(name_box(name), label, sup is not None, key)
        case _:
            return Spelling(box_of_tree(node, text), key=key)


def _two(node: Node) -> bool:
    return isinstance(node, Number) and node.value == Fraction(2)


DEFAULT = Style()
PAPER = Style(
    (r"loss=\ell", r"mean=\mu_{\mathcal B}", r"variance=\sigma_{\mathcal B}^2"), FEATURE_ABOVE, root=True, upstream=True
)
CS231N = Style(
    (
        r"mean=\mathrm{mu}", r"variance=\mathrm{var}", r"normalised=\mathrm{xhat}", r"scale=\mathrm{gamma}",
        r"shift=\mathrm{beta}", r"epsilon=\mathrm{eps}", r"upstream=\mathrm{dout}", r"output=\mathrm{out}",
        r"std=\mathrm{std}", r"centred=\mathrm{xmu}", r"batch=N", r"features=D",
    ),
    gradients=True,
)  # fmt: skip
PRESETS = {"default": DEFAULT, "paper": PAPER, "cs231n": CS231N}
