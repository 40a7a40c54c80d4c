"""How the quantities of the layer are spelled in Coq, and what each stands for over the batch.

In training `mu` is `mean m x`, and so on (Definitions.v); in evaluation mode the running mean and variance are variables, and
what depends on them is written out. A *perturbed* leaf, marked by a prime, is a quantity at `upd x i t`, the batch with the
variable t put for one entry, or the variable t itself.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from symbn.certificates.expressions import SIZE, Binary, Expression, Leaf, Literal, NotCertified, Root, Spelling, rebuilt
from symbn.certificates.printing import position, written
from symbn.certificates.rules import MARK, POINT, TIME
from symbn.kernel.term import BATCH, Index
from symbn.layers.batchnorm import EVALUATION, TRAINING

PRIME = "'"
OF_BATCH = "[x]"  # marks the derivative that is a function of the batch
OTHER_BATCH = "x'"  # any batch, beside the batch x of a statement
ROOT, VARIABLE = "root", "t"
_TRAINING = {
    "m": "INR m", "mu": "mean m x", "var": "var m x", "s": "std m eps x", "xhat": "xhat m eps x", "y": "bn m eps gamma beta x",
}  # fmt: skip
_EVALUATION = {"m": "INR m", "mu": "running_mean", "var": "running_var"}
_OF_MOVED = {"mu": "mean m {}", "var": "var m {}", "s": "std m eps {}", "xhat": "xhat m eps {}", "y": "bn m eps gamma beta {}"}
INPUTS = {"m": "nat", "x": "nat -> R", "g": "nat -> R", "eps": "R", "gamma": "R", "beta": "R"}
# Words that no letter of the text may stand for in a statement.
_WORDS = """
m n x g t L j' eps gamma beta mean var std xhat bn upd delta bsum sqrt root running_mean running_var forall exists fun in at as
if then else let fix match end with return where using for by R nat INR ln exp pi H E Claim Left Right Same No O S I True False
Prop Set Type
"""
RESERVED = frozenset(_WORDS.split())


@dataclass(frozen=True, slots=True)
class Moved:
    """What a derivative is taken by: a scalar (no index), or one entry of an array. array: how the unmoved array is spelled."""

    name: str
    index: Index | None
    array: str = ""

    def batch(self) -> str:
        """Return the array with t put for the entry."""
        assert self.index is not None
        return f"upd {self.array} {position(self.index)} {VARIABLE}"


def about(batch: str, text: str) -> str:
    """Return a text about the batch x as one about another batch."""
    return re.sub(r"\bx\b(?!')", batch, text)


def spelling(
    mode: str, moved: Moved | None = None, eliminated: Mapping[str, Expression] | None = None, batch: str = "x"
) -> Spelling:
    """Return how leaves are written in a mode, the perturbed ones by what is moved. eliminated: scalars that a proof has
    replaced, as in eps = root^2 - var. batch: the name of the batch."""
    table = {name: about(batch, text) for name, text in (_TRAINING if mode == TRAINING else _EVALUATION).items()} | {"x": batch}
    for name, value in (eliminated or {}).items():
        table[name] = f"({written(value, spelling(mode))})"

    def spell(leaf: Leaf) -> str:
        name, at = leaf.name, "".join(f" {position(index)}" for index in leaf.indices)
        if name.removesuffix(PRIME).endswith(OF_BATCH):
            own = name.removesuffix(PRIME).removesuffix(OF_BATCH)
            return f"{own} ({moved.batch()}){at}" if moved is not None and name.endswith(PRIME) else f"{own} {batch}{at}"
        if ":" in name:  # mean:g and var:g, of any array
            kind, _, array = name.partition(":")
            return f"{kind} m {batch if array == 'x' else array}"
        if name.removesuffix(PRIME).endswith(MARK):
            return f"{name.removesuffix(PRIME).removesuffix(MARK)} {VARIABLE if name.endswith(PRIME) else POINT}"
        if name == TIME:
            return POINT
        if name.endswith(PRIME):
            assert moved is not None
            base = name.removesuffix(PRIME)
            if moved.index is None:
                return VARIABLE
            if base == moved.name:
                return _replaced(moved.batch(), eliminated or {}, table) + at
            return _OF_MOVED[base].format(f"({moved.batch()})") + at
        return table.get(name, name) + at

    return spell


def _replaced(text: str, eliminated: Mapping[str, Expression], table: Mapping[str, str]) -> str:
    for name in eliminated:
        text = re.sub(rf"\b{_EVALUATION.get(name, name)}\b", table[name].replace("\\", ""), text)
    return text


def whole_array(name: str, mode: str) -> str:
    """Return the spelling of an array as a function of the position."""
    if name == "c" or (mode == EVALUATION and name in ("xhat", "y")):
        leaf = unfolded(Leaf(name, (Index("j'"),)), mode, statement=True)
        return f"(fun j' => {written(leaf, spelling(mode))})"
    text = (_TRAINING if mode == TRAINING else _EVALUATION).get(name, name)
    return f"({text})" if " " in text else text


def meaning_of(leaf: Leaf, mode: str, statement: bool = False) -> Expression | None:
    """Return what a named quantity stands for, or None for what stays as it is. statement: keep the names of Definitions.v."""
    base, prime = leaf.name.removesuffix(PRIME), PRIME if leaf.name.endswith(PRIME) else ""
    scale = Root(Binary("+", Leaf("var" + prime), Leaf("eps")))
    known = statement and mode == TRAINING
    match base:
        case "c":
            return Binary("-", Leaf("x" + prime, leaf.indices), Leaf("mu" + prime))
        case "s" if not known:
            return scale
        case "xhat" if not known:
            return Binary("/", Binary("-", Leaf("x" + prime, leaf.indices), Leaf("mu" + prime)), scale)
        case "y" if not known:
            return Binary("+", Binary("*", Leaf("gamma"), Leaf("xhat" + prime, leaf.indices)), Leaf("beta"))
        case _:
            return None


def unfolded(
    expression: Expression, mode: str, kept: frozenset[str] = frozenset(), statement: bool = False, batchwise: bool = True
) -> Expression:
    """Return the expression with the named quantities written out. kept: leaves that stay. batchwise: a perturbed quantity is
    one of the perturbed batch; in evaluation mode its mean and variance are not moved."""

    def put(part: Expression) -> Expression | None:
        if not isinstance(part, Leaf) or part.name in kept:
            return None
        found = meaning_of(part, mode, statement)
        if found is None:
            return None
        if mode == EVALUATION:
            found = rebuilt(found, _still)
        return unfolded(found, mode, kept, statement, batchwise)

    return rebuilt(expression, put)


def _still(part: Expression) -> Expression | None:
    return Leaf(part.name.removesuffix(PRIME)) if isinstance(part, Leaf) and part.name in ("mu'", "var'") else None


def check_letter(index: Index) -> None:
    """Refuse what cannot be written as it stands. Raises: NotCertified."""
    if index.axis != BATCH:
        raise NotCertified("features are not certified yet")


def half_slope(at: Expression) -> Expression:
    """Return the derivative of the variance by the entry `at`."""
    return Binary("/", Binary("*", Literal(2), Binary("-", at, Leaf("mu"))), SIZE)
