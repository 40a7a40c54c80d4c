r"""Which spelling plays which role.

A *role* is a quantity of the layer or a size: batch, features, input, mean, variance, deviation (the root of the variance),
std (the root of variance plus eps), centred, normalised, scale, shift, epsilon, output, loss, upstream; `free` names plain
real numbers, and `superscript` says what a label such as x_i^{(k)} counts. `Notation.with_lets(["mean=\mu_B"])` overrides
the defaults.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from symbn.diagnostic import Value
from symbn.errors import UnreadableError, UsageError
from symbn.layers.batchnorm import MODES, TRAINING
from symbn.syntax.parser import parse
from symbn.syntax.tree import Call, Group, Listing, Name, Node, Number, Product, Scripted

ROLES = {
    "input": "x",
    "mean": "mu",
    "variance": "var",
    "deviation": "deviation",
    "std": "s",
    "centred": "c",
    "normalised": "xhat",
    "scale": "gamma",
    "shift": "beta",
    "epsilon": "eps",
    "output": "y",
    "loss": "L",
    "upstream": "g",
    "batch": "m",
    "features": "n",
}
SYNONYMS = {
    "var": "variance", "xhat": "normalised", "hat": "normalised", "gamma": "scale", "beta": "shift", "eps": "epsilon",
    "x": "input", "y": "output", "mu": "mean", "centered": "centred", "normalized": "normalised", "s": "std",
    "sigma": "deviation", "g": "upstream", "m": "batch", "n": "features", "L": "loss",
}  # fmt: skip
# In a sentence such as `u is the ..`.
ROLE_WORDS = {
    "centred": "centred input",
    "normalised": "normalised input",
    "deviation": "root of the variance",
    "std": "root of variance plus epsilon",
    "upstream": "upstream gradient",
}
BATCH_NAMES = ("m", "N", "B", "n", "M")
FEATURE_NAMES = ("D", "n", "C", "H", "d")
LABELS = frozenset({"B", "\\mathcal B", "\\mathcal b", "batch", "\\mathbf B", "\\beta B"})

_DEFAULTS: dict[str, str] = {}
for _role, _spellings in {
    "x": ["x", "X", "\\mathbf x", "\\mathbf X", "\\boldsymbol x", "\\bm x"],
    "mu": ["\\mu", "mu", "mean"],
    "var": ["var", "v", "\\sigma^2"],
    "s": ["s", "std"],
    "c": ["c", "xmu"],
    "xhat": ["\\hat x", "xhat", "\\hat X", "xnorm", "\\hat \\mathbf x", "\\mathbf \\hat x"],
    "gamma": ["\\gamma"],
    "beta": ["\\beta"],
    "eps": ["\\epsilon", "\\varepsilon", "eps"],
    "y": ["y", "Y", "\\mathbf y", "\\mathbf Y"],
    "L": ["L", "l", "\\mathcal L", "\\mathcal l", "\\ell", "f", "J", "loss", "Loss"],
    "g": ["g", "dout", "dy", "dY", "\\delta"],
}.items():
    _DEFAULTS |= dict.fromkeys(_spellings, _role)
_FREE = frozenset({"a", "b", "\\alpha", "\\lambda"})

AMBIGUOUS = {
    "\\sigma": (
        "\\sigma may be the root of the variance or the root of variance plus epsilon",
        "say --let deviation='\\sigma' for sqrt(var), or --let std='\\sigma' for sqrt(var + eps)",
    ),
    "\\bar x": (
        "\\bar x may be the mean or the centred input",
        "say --let mean='\\bar x' or --let centred='\\bar x'",
    ),
}


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Definition(Value):
    """A name that the text defines itself. letters: its index letters, with the axis of each; body: what it is equal to.
    bare: it is written without its index. wide: its body counts features too. weight:
    how large it is with every definition inside written out."""

    letters: tuple[tuple[str, str], ...]
    body: Node
    bare: bool = False
    wide: bool = False
    weight: int = 1


@dataclass(frozen=True, slots=True)
class Notation:
    """roles: spelling -> canonical name. batch, features: their spelling where it was said. mode: training or evaluation.
    definitions: what the text defines itself, by spelling; it comes before every role. resolved: what nodes were found to be,
    by identity; each with its node, so that no other one can have its place."""

    roles: Mapping[str, str] = field(default_factory=lambda: dict(_DEFAULTS))
    batch: str | None = None
    features: str | None = None
    free: frozenset[str] = _FREE
    superscript: str | None = None
    mode: str = TRAINING
    said: tuple[str, ...] = ()
    definitions: Mapping[str, Definition] = field(default_factory=dict)
    resolved: dict[int, tuple[Node, Any]] = field(default_factory=dict, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if self.mode not in MODES:
            raise UsageError(f"unknown mode {self.mode!r}: say train or eval")

    def with_lets(self, lets: Iterable[str]) -> Notation:
        """Return the notation with `role=spelling` assignments applied. Raises: UsageError."""
        notation = self
        for let in lets:
            notation = notation._with_let(let)
        return notation

    def _with_let(self, let: str) -> Notation:
        role, equals, spelling = let.partition("=")
        role, spelling = role.strip(), spelling.strip()
        if not equals or not spelling:
            raise UsageError(f"--let wants role=name, such as mean=\\mu_B; got {let!r}")
        said = (*self.said, f"{role}={spelling}")
        if role == "superscript":
            if spelling not in ("batch", "feature"):
                raise UsageError("superscript is batch or feature")
            return replace(self, superscript=spelling, said=said)
        role = SYNONYMS.get(role, role)
        if role not in ROLES and role != "free":
            raise UsageError(f"unknown role {role!r}: choose from {', '.join([*ROLES, 'free', 'superscript'])}")
        key = spelled(spelling)
        others = {k: v for k, v in self.roles.items() if k != key}
        if role == "free":
            return replace(self, free=self.free | {key}, roles=others, said=said)
        if role in ("batch", "features"):
            clean = replace(self, roles=others, free=self.free - {key}, said=said)
            return replace(clean, batch=key) if role == "batch" else replace(clean, features=key)
        return replace(self, roles={**others, key: ROLES[role]}, free=self.free - {key}, said=said)


def spelled(text: str) -> str:
    """Return the canonical spelling of a name, such as `\\mu_\\mathcal B`. Raises: UsageError."""
    try:
        statements = parse(text, "latex" if "\\" in text or "_" in text or len(text) == 1 else "plain")
    except UnreadableError as error:
        raise UsageError(f"cannot read the name {text!r}: {error}") from None
    if len(statements) == 1 and len(statements[0].sides) == 1 and (key := key_of(statements[0].sides[0])) is not None:
        return key
    raise UsageError(f"{text!r} is not a name")


def key_of(node: Node) -> str | None:
    """Return the canonical spelling of a name with its scripts, or None if the node is no name."""
    match node:
        case Name(text=name):
            return name
        case Number(value=value) if value.denominator == 1:
            return str(value)
        case Group(body=body):
            inner = key_of(body)
            return None if inner is None else f"({inner})"
        case Listing(items=items) | Product(factors=items):
            keys = [key_of(item) for item in items]
            return None if None in keys else ",".join(k for k in keys if k is not None)
        case Scripted(base=base, sub=sub, sup=sup, primes=primes):
            text = key_of(base)
            below = "" if sub is None else key_of(sub)
            above = "" if sup is None else key_of(sup)
            if text is None or below is None or above is None:
                return None
            return text + (f"_{below}" if below else "") + (f"^{above}" if above else "") + "'" * primes
        case Call(function=function, arguments=(argument,)):
            outer, inner = key_of(function), key_of(argument)
            return None if outer is None or inner is None else f"{outer}[{inner}]"
        case _:
            return None
