#!/usr/bin/env python3
"""Check a certificate of `symbn certify --format json` again, with other mathematics and without symbn.

    python3 verify_certificate.py FILE        (or - for standard input; Python 3.9 or later, nothing else)

It prints for each step `verified:`, `refused:` or `not checked:`, with the statement as it reads it off the tree in the file.
Exit status: 0 all verified, 1 something refused, 2 the file cannot be used, 3 something not checked.

Nothing in the file is trusted but that tree, and the tree is what is printed. Its leaves are the quantities of one layer,
which `layer` below defines. A statement holds when its sides are the same wherever both have a value: for every m >= 1 (or
the batch size that it names), all inputs, eps > 0, in evaluation mode var > 0. Why the proofs are sound:

- Sections 4 and 5 compute with rational functions of symbols that stand for real numbers: m, the mean of x, x_i less that
  mean, g_i, sums over the batch of their powers. Every step is an identity of real numbers, so equal forms are equal values.
- All positions at hand are distinct (every way in which the indices may coincide is a case of its own). A sum over the batch
  is then its terms at these positions, and the rest: sum_{j elsewhere} c_j^a = sum_j c_j^a - sum_{p at hand} c_p^a. That
  holds for every m that has these positions, also when nothing is elsewhere.
- A derivative by a quantity is taken by adding to it d with d^2 = 0, and computing anew all that depends on it.
- A root is taken of what is a sum of products that are never negative; nothing else gets one. r = E^(1/k) has r^k = E.
- Both sides must have a value somewhere: what divides by 0 proves nothing. Points in floating point look for that, and can
  only refuse.
A refutation is two exact values at a point that satisfies every condition.
"""

from __future__ import annotations

import json
import random
import re
import sys
import time
from fractions import Fraction
from math import floor, gcd, isqrt, lcm
from typing import Any
from collections.abc import Iterator

MAX_BYTES, MAX_STEPS, MAX_NODES, MAX_DEPTH = 50_000_000, 20_000, 20_000, 100
MAX_DIGITS, MAX_EXPONENT, MAX_BITS, MAX_BATCH, MAX_POINT = 2_000, 64, 60_000, 4096, 500
MAX_WORK, STEP_SECONDS, SECONDS = 1_000_000, 15.0, 900.0
WRITTEN_OUT = 12  # the largest batch whose sums are written out

BATCH, FEATURE = "batch", "feature"
TRAINING, EVALUATION = "train", "eval"
TOTAL, LOCAL = "total", "local"
Index = tuple[str, Any]  # (axis, a letter or a place from 1)
Tree = tuple[Any, ...]  # (kind, ...), see section 2


class Refused(Exception):
    """The certificate says something that is not so, or that cannot be said."""


class Vacuous(Refused):
    """No indices satisfy the conditions."""


class NotChecked(Exception):
    """It may be so, but is outside what is checked here."""


class NoValue(Exception):
    """Something has no value at a point, or no exact one."""


class Work:
    """Counts, so that no certificate keeps the verifier busy for ever."""

    spent, deadline, last = 0, 0.0, float("inf")

    @classmethod
    def begin(cls) -> None:
        cls.spent, cls.deadline = 0, min(time.monotonic() + STEP_SECONDS, cls.last)

    @classmethod
    def spend(cls, count: int) -> None:
        cls.spent += count
        if cls.spent > MAX_WORK or (cls.spent % 64 < count and time.monotonic() > cls.deadline):
            raise NotChecked("it takes too long")


# ---------------------------------------------------------------------- 1. the file: strict JSON of known fields


def strict_json(data: bytes) -> Any:
    """Return the document. Raises: Refused for what JSON leaves open: numbers that are not whole, keys given twice."""

    def whole(text: str) -> int:
        if len(text) > 12:
            raise Refused("a whole number is too long")
        return int(text)

    def pairs(items: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(items)
        if len(found) != len(items):
            raise Refused("a key is given twice")
        return found

    def never(text: str) -> Any:
        raise Refused("a number is not whole: " + text[:20])

    if len(data) > MAX_BYTES:
        raise Refused("it is too large")
    try:
        text = data.decode("utf-8")
        return json.loads(text, parse_int=whole, parse_float=never, parse_constant=never, object_pairs_hook=pairs)
    except UnicodeDecodeError:
        raise Refused("it is not UTF-8") from None
    except RecursionError:
        raise Refused("it is nested too deeply") from None
    except ValueError:
        raise Refused("it is not JSON") from None


def fields(value: Any, names: str) -> list[Any]:
    """Return the values of an object that has exactly these fields."""
    wanted = names.split()
    if not isinstance(value, dict) or set(value) != set(wanted):
        raise Refused("an object does not have the fields " + names)
    return [value[name] for name in wanted]


def several(value: Any, count: int) -> list[Any]:
    if not isinstance(value, list) or len(value) != count:
        raise Refused(f"a list of {count} is missing")
    return value


def text_of(value: Any) -> str:
    if not isinstance(value, str) or len(value) > 1_000_000:
        raise Refused("a text is missing")
    return value


def list_of(value: Any, most: int = MAX_NODES) -> list[Any]:
    if not isinstance(value, list):
        raise Refused("a list is missing")
    if len(value) > most:
        raise Refused("a list is too long")
    return value


def whole_of(value: Any, low: int, high: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        raise Refused(f"a whole number from {low} to {high} is missing")
    return value


def rational(value: Any, digits: int = MAX_DIGITS) -> Fraction:
    if not isinstance(value, str) or not re.fullmatch(f"-?[0-9]{{1,{digits}}}(/[0-9]{{1,{digits}}})?", value):
        raise Refused("a number is not written as -3/2 is")
    top, _, bottom = value.partition("/")
    if bottom and int(bottom) == 0:
        raise Refused("a number has the denominator 0")
    return Fraction(int(top), int(bottom or 1))


def exponent_of(value: Any) -> Fraction:
    found = rational(value, 4)
    if abs(found.numerator) > MAX_EXPONENT or found.denominator > MAX_EXPONENT:
        raise Refused("an exponent is too large")
    return found


# ---------------------------------------------------------------------- 2. trees, and the layer they speak of
#
#     tree ::= ("num", q) | ("name", name, indices) | ("delta", i, k) | ("sum", j, but, tree) | ("plus", trees)
#            | ("times", trees) | ("power", tree, q) | ("slope", tree, by, kind)

# A name of its author's is letters. It must not print as something else does: dx, sqrt, delta.
NAME = re.compile(r"(?!d[A-Za-z]|sqrt$|sum$)[A-Za-z]{1,20}")
LETTER = re.compile(r"(?!m$)[A-Za-z][A-Za-z0-9]{0,7}'{0,4}")
SIZES = {"m": BATCH, "n": FEATURE}


def index_of(value: Any) -> Index:
    axis = BATCH
    if isinstance(value, dict):
        (value,) = fields(value, "feature")
        axis = FEATURE
    if isinstance(value, str):
        if not LETTER.fullmatch(value):
            raise Refused("an index is no letter")
        return axis, value
    return axis, whole_of(value, 1, MAX_BATCH)


def indices_of(value: Any) -> tuple[Index, ...]:
    return tuple(index_of(item) for item in list_of(value, 100))


def tree_of(value: Any, depth: int = 0) -> Tree:
    """Return the tree that the file has. What it means is looked at by `Statement`."""
    Work.spend(1)
    if depth > MAX_DEPTH:
        raise Refused("a tree is too deep")
    if not isinstance(value, dict) or not value:
        raise Refused("a tree is missing")
    if "num" in value:
        return "num", rational(*fields(value, "num"))
    if "name" in value:
        name, at = fields(value, "name at")
        if not isinstance(name, str) or not NAME.fullmatch(name):
            raise Refused("a name is not made of letters, or prints as something else does")
        return "name", name, indices_of(at)
    if "delta" in value:
        pair = indices_of(fields(value, "delta")[0])
        if len(pair) != 2 or pair[0][0] != pair[1][0]:
            raise Refused("a delta compares two indices of one kind")
        return ("delta", *pair)
    if "sum" in value:
        bound, but, body = fields(value, "sum but of")
        index, skipped = index_of(bound), indices_of(but)
        if not isinstance(index[1], str) or index in skipped or any(other[0] != index[0] for other in skipped):
            raise Refused("a sum is over a letter, and leaves out other indices of its kind")
        return "sum", index, skipped, tree_of(body, depth + 1)
    for kind in ("plus", "times"):
        if kind in value:
            (parts,) = fields(value, kind)
            return kind, tuple(tree_of(part, depth + 1) for part in list_of(parts))
    if "power" in value:
        base, to = fields(value, "power to")
        return "power", tree_of(base, depth + 1), exponent_of(to)
    of, by, kind = fields(value, "derivative by kind")
    if kind not in (TOTAL, LOCAL):
        raise Refused("a derivative is total or local")
    inner, target = tree_of(of, depth + 1), tree_of(by, depth + 1)
    if target[0] != "name" or target[1] in ("L", "g", "m", "n"):
        raise Refused("a derivative is by a quantity of the layer or a free number")
    return "slope", inner, target, kind


def parts_of(tree: Tree) -> tuple[Tree, ...]:
    kind = tree[0]
    if kind in ("plus", "times"):
        return tree[1]  # type: ignore[no-any-return]
    return {"sum": tree[3:], "power": tree[1:2], "slope": tree[1:3]}.get(kind, ())


def nodes_of(tree: Tree) -> Iterator[Tree]:
    yield tree
    for part in parts_of(tree):
        yield from nodes_of(part)


def names_of(tree: Tree) -> frozenset[str]:
    return frozenset(node[1] for node in nodes_of(tree) if node[0] == "name")


def free_of(tree: Tree) -> frozenset[Index]:
    """Return the indices that no sum binds, letters and places."""
    kind = tree[0]
    if kind == "name":
        return frozenset(tree[2])
    if kind == "delta":
        return frozenset(tree[1:])
    inner = frozenset(index for part in parts_of(tree) for index in free_of(part))
    return (inner - {tree[1]}) | frozenset(tree[2]) if kind == "sum" else inner


def num(value: Any) -> Tree:
    return "num", Fraction(value)


def inverse(tree: Tree) -> Tree:
    return "power", tree, Fraction(-1)


Definitions = dict[str, tuple[tuple[Index, ...], Tree | None]]


def layer(mode: str, features: bool) -> Definitions:
    """Return each quantity of batch normalisation with its indices and its definition, None for an input. With features each
    of them but eps has a feature index, on which nothing else depends."""
    i, j, c = (BATCH, "i"), (BATCH, "j"), (FEATURE, "c")
    wide = (c,) if features else ()

    def row(name: str, index: Index) -> Tree:
        return "name", name, (index, *wide)

    def one(name: str) -> Tree:
        return "name", name, wide

    m, eps = ("name", "m", ()), ("name", "eps", ())
    mean = ("times", (inverse(m), ("sum", j, (), row("x", j))))
    variance = ("times", (inverse(m), ("sum", j, (), ("power", row("c", j), Fraction(2)))))
    constant = mode == EVALUATION
    return {
        "x": ((i, *wide), None),
        "mu": (wide, None if constant else mean),
        "c": ((i, *wide), ("plus", (row("x", i), ("times", (num(-1), one("mu")))))),
        "var": (wide, None if constant else variance),
        "eps": ((), None),
        "s": (wide, ("power", ("plus", (one("var"), eps)), Fraction(1, 2))),
        "xhat": ((i, *wide), ("times", (row("c", i), inverse(one("s"))))),
        "gamma": (wide, None),
        "beta": (wide, None),
        "y": ((i, *wide), ("plus", (("times", (one("gamma"), row("xhat", i))), one("beta")))),
        "g": ((i, *wide), None),
        "L": ((), None),  # of the loss only its derivatives are known, see `loss_slope`
    }


def loss_slope(nodes: Definitions, by: Tree) -> Tree:
    """dL/dB = sum_j g_j dy_j/dB, by the chain rule, since g_j = dL/dy_j."""
    letters = tuple((index[0], index[1] + "'''''") for index in nodes["y"][0])  # longer than any letter of the file
    product: Tree = ("times", (("name", "g", letters), ("slope", ("name", "y", letters), by, TOTAL)))
    for index in letters:
        product = ("sum", index, (), product)
    return product


AUXILIARY = ("c", "s")  # abbreviations: a local derivative does not hold them fixed, but what they stand for


def depends(nodes: Definitions, name: str, on: str) -> bool:
    definition = nodes.get(name, ((), None))[1]
    return name == on or (definition is not None and any(depends(nodes, part, on) for part in names_of(definition)))


def held_fixed(nodes: Definitions, of: str, by: str) -> list[str]:
    """Return what a local derivative holds fixed although it depends on `by`. Raises: Refused if `by` is no parent."""
    parents, todo = set(), [of]
    while todo:
        for part in names_of(nodes[todo.pop()][1] or num(0)):
            if part in AUXILIARY and part != by:
                todo.append(part)
            parents.add(part)
    if by not in parents or of in ("L", by):
        raise Refused(f"a derivative is called local, but {by} is not in the definition of {of}")
    return [n for n in nodes if n in parents and n not in (by, *AUXILIARY) and depends(nodes, n, by)]


# ---------------------------------------------------------------------- 3. the statement, and how it reads


class Statement:
    """One step: its trees, which indices there are, and that everything in it has a meaning."""

    def __init__(self, step: dict[str, Any]) -> None:
        self.mode = step["mode"]
        if self.mode not in (TRAINING, EVALUATION) or not isinstance(step["features"], bool):
            raise Refused("the mode is train or eval, and `features` true or false")
        self.batch = None if step["batch"] is None else whole_of(step["batch"], 1, MAX_BATCH)
        self.nodes = layer(self.mode, step["features"])
        self.left, self.right = tree_of(step["left"]), tree_of(step["right"])
        self.conditions = [self.condition(item) for item in list_of(step["conditions"], 100)]
        self.given: dict[str, tuple[tuple[Index, ...], Tree]] = {}
        for item in list_of(step["given"], 100):
            self.give(item)
        self.slots = {name: tuple(index[0] for index in indices) for name, (indices, _) in self.nodes.items()}
        self.slots.update({"m": (), "n": ()}, **{name: tuple(index[0] for index in at) for name, (at, _) in self.given.items()})
        self.trees = [self.left, self.right, *(tree for _, tree in self.given.values())]
        for tree in self.trees:
            self.meaningful(tree)
        compared = {index for pair in self.conditions for index in (pair[0], pair[2])}
        stated = free_of(self.left) | free_of(self.right)
        self.indices = sorted(stated | compared, key=repr)
        self.letters = [index for index in self.indices if isinstance(index[1], str)]
        self.places = [index for index in self.indices if not isinstance(index[1], str)]
        self.least = max([1, *(place for axis, place in self.places if axis == BATCH)])
        if self.batch is not None and self.batch < self.least:
            raise Refused(f"the batch has no entry {self.least}")
        if any(index not in stated for index in self.places):
            raise NotChecked("a condition speaks of an entry that the equation does not have")
        for formal, value in self.given.values():
            if free_of(value) - set(formal) - set(self.indices):
                raise Refused("a given value has an index that the equation does not have")
        axes: dict[str, str] = {}
        for index in self.every_index():
            if axes.setdefault(index[1], index[0]) != index[0] and isinstance(index[1], str):
                raise Refused(f"the letter {index[1]} is an example in one place and a feature in another")
        if not step["features"] and FEATURE in (index[0] for index in self.every_index()):
            raise Refused("there are features, and the step says that there are none")
        self.local: list[str] = []
        for node in (node for tree in self.trees for node in nodes_of(tree)):
            if node[0] == "slope" and node[3] == LOCAL:
                of, by = node[1][1], node[2][1]
                words = " and ".join(held_fixed(self.nodes, of, by))
                self.local.append(f"d{of}/d{by} is the local derivative, with {words} held fixed")

    def every_index(self) -> Iterator[Index]:
        yield from self.indices
        for node in (node for tree in self.trees for node in nodes_of(tree)):
            yield from node[2] if node[0] == "name" else ()
            yield from node[1:] if node[0] == "delta" else ()
            yield from (node[1], *node[2]) if node[0] == "sum" else ()

    def condition(self, value: Any) -> tuple[Index, bool, Index]:
        left, sign, right = several(value, 3)
        first, second = index_of(left), index_of(right)
        if sign not in ("=", "!=") or first[0] != second[0]:
            raise Refused("a condition says that two indices of one kind are equal or that they are not")
        return first, sign == "=", second

    def give(self, value: Any) -> None:
        fixed, tree = map(tree_of, several(value, 2))
        free = (
            fixed[0] == "name" and fixed[1] not in SIZES and (fixed[1] not in self.nodes or fixed[1] in ("gamma", "beta", "g"))
        )
        if (
            not free
            or fixed[1] in self.given
            or not all(isinstance(i[1], str) for i in fixed[2])
            or len(set(fixed[2])) < len(fixed[2])
        ):
            raise Refused("a value is given to gamma, beta, g or a free number, once")
        self.given[fixed[1]] = fixed[2], tree

    def meaningful(self, tree: Tree) -> None:
        """Raises: Refused for a quantity with other indices than its own, for the loss where it is not determined."""
        for node in nodes_of(tree):
            if node[0] == "name":
                axes = tuple(index[0] for index in node[2])
                if self.slots.setdefault(node[1], axes) != axes:
                    raise Refused(f"{node[1]} has other indices than its own")
            if node[0] == "slope":
                loss = node[1][0] == "name" and node[1][1] == "L"
                if loss and node[3] != TOTAL:
                    raise Refused("a derivative of the loss is total")
                if not loss and any(inner[0] == "name" and inner[1] in ("L", "g") for inner in nodes_of(node[1])):
                    raise Refused("the derivative of an upstream gradient is not determined")
                if node[3] == LOCAL and (node[1][0] != "name" or self.nodes.get(node[1][1], ((), None))[1] is None):
                    raise Refused("a local derivative is of a defined quantity")
        lone = sum(node[0] == "name" and node[1] == "L" for node in nodes_of(tree))
        if lone != sum(node[0] == "slope" and node[1][:2] == ("name", "L") for node in nodes_of(tree)):
            raise Refused("the loss itself is not determined by its gradient")
        if self.given and any(names_of(value) & set(self.given) for _, value in self.given.values()):
            raise Refused("given values depend on each other")

    def read_as(self) -> str:
        """Return the statement in plain text, with all that it is claimed for."""
        size = f"m = {self.batch}" if self.batch is not None else f"all m >= {self.least}"
        if (names_of(self.left) | names_of(self.right)) & {"eps", "s", "xhat", "y"}:
            size += ", eps > 0"
        text = "for " + size
        if self.letters:
            text += " and all " + ", ".join(sorted({letter for _, letter in self.letters}))
        if self.conditions:
            signs = ["{} {} {}".format(a[1], "=" if equal else "!=", b[1]) for a, equal, b in self.conditions]
            text += " with " + " and ".join(signs)
        if self.given:
            text += " where " + " and ".join(f"{name}{below(at)} = {shown(tree)}" for name, (at, tree) in self.given.items())
        if self.mode == EVALUATION:
            text += " (mean and variance are constants)"
        return f"{text}: {shown(self.left)} = {shown(self.right)}"


SUM, PRODUCT, POWER, ATOM = range(4)  # how strongly a text holds together


def shown(tree: Tree, least: int = SUM) -> str:
    text, strength = written(tree)
    return text if strength >= least else f"({text})"


def written(tree: Tree) -> tuple[str, int]:
    kind = tree[0]
    if kind == "num":
        return str(tree[1]), SUM if tree[1] < 0 else ATOM if tree[1].denominator == 1 else PRODUCT
    if kind == "name":
        return tree[1] + below(tree[2]), ATOM
    if kind == "delta":
        return "delta" + below(tree[1:]), ATOM
    if kind == "sum":
        name = str(tree[1][1])
        but = ", ".join(f"{name} != {other[1]}" for other in tree[2])
        return "(sum_{} {})".format(f"{{{but}}}" if but else name, shown(tree[3], POWER)), ATOM
    if kind == "plus":
        text = shown(tree[1][0], SUM) if tree[1] else ""
        for term in tree[1][1:]:
            minus, rest = split_sign(term)
            text += (" - " if minus else " + ") + shown(rest, PRODUCT)
        return (text, SUM) if text else ("0", ATOM)
    if kind == "times":
        minus, rest = split_sign(tree)
        if minus:
            return "-" + shown(rest, POWER if rest[0] == "plus" else PRODUCT), SUM
        under = [f for f in tree[1] if f[0] == "power" and f[2] < 0]
        over = [f for f in tree[1] if not (f[0] == "power" and f[2] < 0)]
        text = "*".join(shown(f, POWER) for f in over if f != num(1) or len(over) == 1) or "1"
        lower = "*".join(shown(f[1] if f[2] == -1 else ("power", f[1], -f[2]), POWER) for f in under)
        return text + (("/(%s)" if len(under) > 1 else "/%s") % lower if under else ""), PRODUCT
    if kind == "power":
        base, to = tree[1], tree[2]
        if to == Fraction(1, 2):
            return f"sqrt({shown(base)})", ATOM
        if to == -1:
            return "1/" + shown(base, POWER), PRODUCT
        inner = f"({shown(base)})" if base[0] == "slope" else shown(base, ATOM)
        return inner + ("^%s" if to.denominator == 1 and to >= 0 else "^(%s)") % to, POWER
    by = "d" + shown(tree[2])
    return (f"d{shown(tree[1])}/{by}" if tree[1][0] == "name" else f"(d/{by} {shown(tree[1], ATOM)})"), ATOM


def below(indices: tuple[Index, ...]) -> str:
    names = ",".join(str(index[1]) for index in indices)
    return f"_{{{names}}}" if len(indices) > 1 else "_" + names if indices else ""


def split_sign(tree: Tree) -> tuple[bool, Tree]:
    """Return whether a minus sign stands in front, and what stands behind it."""
    if tree[0] == "num" and tree[1] < 0:
        return True, num(-tree[1])
    if tree[0] == "times" and tree[1] and tree[1][0][0] == "num" and tree[1][0][1] < 0:
        first, rest = tree[1][0][1], tree[1][1:]
        if first == -1 and rest:
            return True, rest[0] if len(rest) == 1 else ("times", rest)
        return True, ("times", (num(-first), *rest))
    return False, tree


# ---------------------------------------------------------------------- 4. rational functions of symbols
#
# A polynomial is {monomial: coefficient}, a monomial ((symbol, exponent), ...) sorted; exponents may be negative, and rational
# where the symbol is never negative. A Ratio is a polynomial over a product of polynomials. Equal forms have equal values
# wherever no divisor is 0. The symbols need not be independent for that: if they are not, something true is not verified.

Position = tuple[str, int]
Monomial = tuple[tuple[int, Any], ...]
Polynomial = dict[Monomial, Any]
Factor = tuple[tuple[Monomial, Any], ...]
UNKNOWN, NOT_NEGATIVE, POSITIVE = range(3)
ONE: Polynomial = {(): 1}


class Table:
    """The symbols of one step. sign: what is known of the value. inside: the positions that it depends on. radicand: of a root
    E^q, kept with 0 <= q < 1, the polynomial E."""

    def __init__(self) -> None:
        self.numbers: dict[Any, int] = {}
        self.keys: list[Any] = []
        self.sign: list[int] = []
        self.inside: list[frozenset[Position]] = []
        self.radicand: dict[int, Polynomial] = {}

    def symbol(self, key: Any, sign: int, inside: frozenset[Position] = frozenset()) -> int:
        if key not in self.numbers:
            self.numbers[key] = len(self.keys)
            self.keys.append(key)
            self.sign.append(sign)
            self.inside.append(inside)
        return self.numbers[key]

    def root(self, radicand: Polynomial) -> int:
        """Return the symbol E. It stands for its rational powers, so E has to be known not to be negative."""
        inside = frozenset(p for monomial in radicand for which, _ in monomial for p in self.inside[which])
        which = self.symbol(("root", factor(radicand)), self.sign_of(radicand), inside)
        self.radicand[which] = radicand
        return which

    def sign_of(self, polynomial: Polynomial) -> int:
        """Return what is seen of the sign: a sum of products of what is never negative, with positive coefficients."""
        strict = not polynomial
        for monomial, coefficient in polynomial.items():
            if coefficient < 0 or any(self.sign[w] == UNKNOWN and e % 2 != 0 for w, e in monomial):
                return UNKNOWN
            strict = strict or all(self.sign[w] == POSITIVE for w, _ in monomial)
        return POSITIVE if strict and polynomial else NOT_NEGATIVE

    def times(self, left: Polynomial, right: Polynomial) -> Polynomial:
        Work.spend(len(left) * len(right))
        total: Polynomial = {}
        for a, p in left.items():
            check_size(p)
            for b, q in right.items():
                powers = dict(a)
                for which, exponent in b:
                    powers[which] = powers.get(which, 0) + exponent
                whole = [w for w, e in powers.items() if e >= 1 and w in self.radicand]
                for which in whole:
                    powers[which] -= 1
                term: Polynomial = {tuple(sorted((w, e) for w, e in powers.items() if e != 0)): p * q}
                for which in whole:
                    term = self.times(term, self.radicand[which])  # E^(1/2) E^(1/2) = E
                for monomial, value in term.items():
                    add_to(total, monomial, value)
        return total


def add_to(total: Polynomial, monomial: Monomial, value: Any) -> None:
    value = total.get(monomial, 0) + value
    if value:
        total[monomial] = value
    else:
        total.pop(monomial, None)


def factor(polynomial: Polynomial) -> Factor:
    return tuple(sorted(polynomial.items()))


def check_size(value: Any) -> None:
    if abs(value.numerator).bit_length() + value.denominator.bit_length() > MAX_BITS:
        raise NotChecked("a number grows too long")


class Ratio:
    """top / product of factor^exponent, each factor without a common monomial and with coprime whole coefficients."""

    __slots__ = ("bottom", "table", "top")

    def __init__(self, table: Table, top: Polynomial, bottom: dict[Factor, Any] | None = None) -> None:
        self.table, self.top, self.bottom = table, top, bottom or {}

    def __add__(self, other: Ratio) -> Ratio:
        if not other.top or not self.top:
            return self if not other.top else other
        common = dict(self.bottom)
        for key, exponent in other.bottom.items():
            common[key] = max(common.get(key, 0), exponent)
        total = dict(self.over(common))
        other_top = other.over(common)
        Work.spend(len(total) + len(other_top))
        for monomial, value in other_top.items():
            add_to(total, monomial, value)
        return Ratio(self.table, total, common)

    def over(self, common: dict[Factor, Any]) -> Polynomial:
        top = self.top
        for key, exponent in common.items():
            for _ in range(exponent - self.bottom.get(key, 0)):
                top = self.table.times(top, dict(key))
        return top

    def __mul__(self, other: Ratio) -> Ratio:
        if not self.top or not other.top:
            return Ratio(self.table, {})
        bottom = dict(self.bottom)
        for key, exponent in other.bottom.items():
            bottom[key] = bottom.get(key, 0) + exponent
        return Ratio(self.table, self.table.times(self.top, other.top), bottom)

    def sign(self) -> int:
        if any(e % 2 and self.table.sign_of(dict(key)) == UNKNOWN for key, e in self.bottom.items()):
            return UNKNOWN
        return self.table.sign_of(self.top)

    def raised(self, exponent: Fraction) -> Ratio:
        """Return the power. Raises: NotChecked for a root of what may be negative, NoValue for 1/0."""
        table = self.table
        if exponent.denominator == 1 and 0 <= exponent <= 1:
            return self if exponent else Ratio(table, ONE)
        if not self.top:
            if exponent < 0:
                raise NoValue("it divides by what is always 0")
            return self
        root = exponent.denominator != 1
        if root and (self.sign() == UNKNOWN or any(table.sign_of(dict(key)) == UNKNOWN for key in self.bottom)):
            raise NotChecked("a root of something that may be negative, as far as can be seen")
        if exponent > 0 and not root and len(self.top) > 1:
            result = Ratio(table, ONE)
            for _ in range(exponent.numerator):
                result = result * self
            return result
        number, common, rest = self.content(root)
        result = Ratio(table, root_of(table, number, exponent) if root else {(): number_power(number, exponent)})
        for which, e in common:
            result = result * symbol_power(table, which, e * exponent)
        if rest != ONE:
            result = result * self.factor_power(rest, exponent)
        for key, e in self.bottom.items():
            result = result * self.factor_power(dict(key), -e * exponent)
        return result

    def content(self, known: bool) -> tuple[Fraction, Monomial, Polynomial]:
        """Return a number > 0, a monomial and a polynomial whose product is the top. known: only symbols never negative."""
        table, top = self.table, self.top
        shared = {w: e for w, e in next(iter(top)) if not known or table.sign[w] != UNKNOWN}
        for monomial in top:
            powers = dict(monomial)
            shared.update((w, min(e, 0)) for w, e in powers.items() if w not in shared and (not known or table.sign[w]))
            shared = {w: min(e, powers.get(w, 0)) for w, e in shared.items()}
        number = Fraction(gcd(*(v.numerator for v in top.values())), lcm(*(v.denominator for v in top.values())))
        rest: Polynomial = {}
        for monomial, value in top.items():
            powers = dict(monomial)
            for which, e in shared.items():
                powers[which] = powers.get(which, 0) - e
            rest[tuple(sorted((w, e) for w, e in powers.items() if e != 0))] = value / number
        return number, tuple(shared.items()), rest

    def factor_power(self, polynomial: Polynomial, exponent: Any) -> Ratio:
        """Return the power of a polynomial without a common monomial."""
        table = self.table
        if Fraction(exponent).denominator != 1:
            return symbol_power(table, table.root(polynomial), Fraction(exponent))
        if exponent >= 0:
            result = Ratio(table, ONE)
            for _ in range(int(exponent)):
                result = result * Ratio(table, polynomial)
            return result
        # Of polynomials in plain symbols it is clear that they are not 0 everywhere; roots may cancel in ways not seen here.
        with_roots = any(w in table.radicand and "root" in table.keys[w] for monomial in polynomial for w, _ in monomial)
        if with_roots and len(polynomial) > 1 and table.sign_of(polynomial) != POSITIVE:
            raise NotChecked("a division by a sum of roots that may be 0")
        sign = 1 if factor(polynomial)[0][1] > 0 else -1
        if sign < 0:
            polynomial = {monomial: -value for monomial, value in polynomial.items()}
        bottom = {factor(polynomial): -int(exponent)} if len(polynomial) > 1 else {}
        return Ratio(table, {(): sign} if exponent % 2 else ONE, bottom)


def symbol_power(table: Table, which: int, exponent: Any) -> Ratio:
    """Return symbol^exponent; of a root the whole powers are worked out."""
    if which not in table.radicand:
        return Ratio(table, {((which, exponent),): 1} if exponent else ONE)
    whole = floor(exponent)
    if abs(whole) > MAX_EXPONENT * 4:
        raise NotChecked("an exponent grows too large")
    result = Ratio(table, {((which, exponent - whole),): 1} if exponent != whole else ONE)
    return result * Ratio(table, table.radicand[which]).raised(Fraction(whole))


def number_power(number: Fraction, exponent: Fraction) -> Fraction:
    if (abs(number.numerator).bit_length() + number.denominator.bit_length()) * abs(exponent.numerator) > MAX_BITS:
        raise NotChecked("a number grows too long")
    return number**exponent.numerator


def root_of(table: Table, number: Fraction, exponent: Fraction) -> Polynomial:
    """Return number^exponent for a number > 0, as a product of powers of primes: these are independent over Q."""
    result = Ratio(table, ONE)
    for part, sign in ((number.numerator, 1), (number.denominator, -1)):
        divisor = 2
        while part > 1:
            if divisor > 1000:
                raise NotChecked("a root of a number with large factors")
            if divisor * divisor > part:
                divisor = part
            count = 0
            while part % divisor == 0:
                part, count = part // divisor, count + 1
            if count:
                which = table.symbol(("prime", divisor), POSITIVE)
                table.radicand[which] = {(): divisor}
                result = result * symbol_power(table, which, sign * count * exponent)
            divisor += 1
    return result.top


# ---------------------------------------------------------------------- 5. values and derivatives
#
# A value is {set of tags: coefficient}: a + b d + .. with d^2 = 0 for each derivative that is being taken. The coefficients are
# Ratios, fractions or floats; a model says which, and what the inputs and the sums are.

Value = dict[frozenset[int], Any]
PLAIN: frozenset[int] = frozenset()
Environment = dict[Index, Position]


def plus(left: Value, right: Value) -> Value:
    total = dict(left)
    for tags, value in right.items():
        total[tags] = total[tags] + value if tags in total else value
    return total


def times(left: Value, right: Value) -> Value:
    total: Value = {}
    for a, p in left.items():
        for b, q in right.items():
            if not a & b:
                total[a | b] = total[a | b] + p * q if a | b in total else p * q
    return total


class World:
    """What the quantities are: at a point of the model, or next to one of an outer world. There the quantity `moved` has the
    tag added, all that is computed from it is computed anew (held: only abbreviations are), and the rest is as outside."""

    def __init__(self, model: Any, statement: Statement, at: Environment, outer: World | None = None) -> None:
        self.model, self.statement, self.at, self.outer = model, statement, at, outer
        self.tag: int = 1 if outer is None else outer.tag + 1
        self.moved: tuple[str, tuple[Position, ...]] = ("", ())
        self.held = False
        self.known: dict[Any, Value] = {}
        self.inner: dict[Any, World] = {}

    def quantity(self, name: str, at: tuple[Position, ...], scope: tuple[Position, ...]) -> Value:
        if (name, at) not in self.known:
            self.known[name, at] = self.found(name, at, scope)
        return self.known[name, at]

    def found(self, name: str, at: tuple[Position, ...], scope: tuple[Position, ...]) -> Value:
        statement = self.statement
        if self.outer is None:
            if name in statement.given:
                formal, tree = statement.given[name]
                return self.value(tree, {**self.at, **dict(zip(formal, at))}, scope)
            if statement.nodes.get(name, ((), None))[1] is None:
                return {PLAIN: self.model.leaf(name, at)}
            return self.defined(name, at, scope)
        if name == self.moved[0]:
            own = self.outer.quantity(name, at, scope)
            return plus(own, {frozenset((self.tag,)): self.model.number(Fraction(1))}) if at == self.moved[1] else own
        if (self.held and name not in AUXILIARY) or not depends(statement.nodes, name, self.moved[0]):
            return self.outer.quantity(name, at, scope)
        return self.defined(name, at, scope)

    def defined(self, name: str, at: tuple[Position, ...], scope: tuple[Position, ...]) -> Value:
        formal, tree = self.statement.nodes[name]
        return self.value(tree, dict(zip(formal, at)), scope)

    def value(self, tree: Any, at: Environment, scope: tuple[Position, ...]) -> Value:
        """Return the value of a tree whose letters stand at `at`. scope: all positions at hand, which are distinct."""
        Work.spend(1)
        model, kind = self.model, tree[0]

        def place(index: Index) -> Position:
            return at[index] if isinstance(index[1], str) else index

        if kind == "num":
            return {PLAIN: model.number(tree[1])}
        if kind == "name":
            if tree[1] in SIZES:
                return {PLAIN: model.size(SIZES[tree[1]])}
            return self.quantity(tree[1], tuple(map(place, tree[2])), scope)
        if kind == "delta":
            return {PLAIN: model.number(Fraction(place(tree[1]) == place(tree[2])))}
        if kind in ("plus", "times"):
            result: Value = {PLAIN: model.number(Fraction(kind == "times"))}
            for part in tree[1]:
                result = (plus if kind == "plus" else times)(result, self.value(part, at, scope))
                model.check(result)
            return result
        if kind == "power":
            return self.power(tree[1], tree[2], at, scope)
        if kind == "sum":
            return self.sum(tree, at, scope, frozenset(map(place, tree[2])))
        return self.slope(tree[1], tree[2], tree[3], at, scope)

    def sum(self, tree: Tree, at: Environment, scope: tuple[Position, ...], but: frozenset[Position]) -> Value:
        axis, body = tree[1][0], tree[3]
        total: Value = {PLAIN: self.model.number(Fraction(0))}
        for position in scope:
            if position[0] == axis and position not in but:
                total = plus(total, self.value(body, {**at, tree[1]: position}, scope))
                self.model.check(total)
        if not self.model.complete(axis):
            elsewhere = (axis, -1000 - len(scope))
            inner = self.value(body, {**at, tree[1]: elsewhere}, (*scope, elsewhere))
            for tags, value in inner.items():
                total = plus(total, {tags: self.model.rest(value, elsewhere, scope)})
        return total

    def power(self, base: Tree, exponent: Fraction, at: Environment, scope: tuple[Position, ...]) -> Value:
        """(b + n)^q = sum_k binomial(q, k) b^(q-k) n^k for nilpotent n; and (b^p)^q = b^(pq) only where b is not negative."""
        model = self.model
        if base[0] == "power" and exponent.denominator != 1:
            lower = self.value(base[1], at, scope)[PLAIN]
            if model.sign(lower) != UNKNOWN:
                base, exponent = base[1], base[2] * exponent
        if base[0] == "times" and exponent.denominator != 1:
            if all(model.sign(self.value(part, at, scope)[PLAIN]) != UNKNOWN for part in base[1]):
                result: Value = {PLAIN: model.number(Fraction(1))}
                for part in base[1]:
                    result = times(result, self.power(part, exponent, at, scope))
                return result
        whole = self.value(base, at, scope)
        plain, rest = whole[PLAIN], {tags: value for tags, value in whole.items() if tags}
        lowest = exponent - (1 if rest and not (exponent.denominator == 1 and exponent >= 0) else 0)
        if lowest < 0 and model.sign(plain) != POSITIVE:
            model.divisors[shown(base)] = None
        total: Value = {PLAIN: model.power(plain, exponent)}
        coefficient, nilpotent = Fraction(1), rest
        for k in range(1, self.tag + 1):
            coefficient = coefficient * (exponent - k + 1) / k
            if not nilpotent or coefficient == 0:
                break
            total = plus(total, times({PLAIN: model.number(coefficient) * model.power(plain, exponent - k)}, nilpotent))
            nilpotent = times(nilpotent, rest)
        return total

    def slope(self, of: Tree, by: Tree, kind: str, at: Environment, scope: tuple[Position, ...]) -> Value:
        if of[1] == "L":
            return self.value(loss_slope(self.statement.nodes, by), at, scope)
        places = tuple(at[i] if isinstance(i[1], str) else i for i in by[2])
        key = (by[1], places, of[1] if kind == LOCAL else None)
        if key not in self.inner:
            self.inner[key] = World(self.model, self.statement, self.at, self)
            self.inner[key].moved, self.inner[key].held = (by[1], places), kind == LOCAL
        inside = self.inner[key]
        if kind == LOCAL:
            found = inside.defined(of[1], tuple(at[i] if isinstance(i[1], str) else i for i in of[2]), scope)
        else:
            found = inside.value(of, at, scope)
        result: Value = {PLAIN: self.model.number(Fraction(0))}
        for tags, value in found.items():
            if inside.tag in tags:
                result = plus(result, {tags - {inside.tag}: value})
        return result


# ---------------------------------------------------------------------- 6. models: every batch size, one size, one point


class EveryBatch:
    """Symbols for everything: x_i = mean + c_i with sum_i c_i = 0, and a symbol for each sum of powers."""

    def __init__(self, batch: int | None) -> None:
        self.table = Table()
        self.batch = batch
        self.divisors: dict[str, None] = {}

    def number(self, value: Fraction) -> Ratio:
        return Ratio(self.table, {(): value} if value else {})

    def size(self, axis: str) -> Ratio:
        if axis == BATCH and self.batch is not None:
            return self.number(Fraction(self.batch))
        return self.symbol(("size", axis), POSITIVE)

    def symbol(self, key: Any, sign: int = UNKNOWN, inside: tuple[Position, ...] = ()) -> Ratio:
        return Ratio(self.table, {((self.table.symbol(key, sign, frozenset(inside)), 1),): 1})

    def leaf(self, name: str, at: tuple[Position, ...]) -> Ratio:
        if name == "x":
            return self.symbol(("mean", at[1:]), UNKNOWN, at[1:]) + self.entry("c", at)
        return self.entry(name, at)

    def entry(self, name: str, at: tuple[Position, ...]) -> Ratio:
        return self.symbol(("entry", name, at), POSITIVE if name in ("eps", "var") else UNKNOWN, at)

    def complete(self, axis: str) -> bool:
        return False

    def check(self, value: Value) -> None:
        """Numbers are looked at where polynomials are multiplied."""

    def sign(self, value: Ratio) -> int:
        return value.sign()

    def power(self, value: Ratio, exponent: Fraction) -> Ratio:
        return value.raised(exponent)

    def rest(self, value: Ratio, elsewhere: Position, scope: tuple[Position, ...]) -> Ratio:
        """Return the sum of the value over all positions of the axis that are not at hand."""
        table, axis = self.table, elsewhere[0]
        here = [position for position in scope if position[0] == axis]
        if any(elsewhere in table.inside[w] for key in value.bottom for monomial, _ in key for w, _ in monomial):
            raise NotChecked("a sum of quotients whose divisor depends on the summed index")
        total = Ratio(table, {})
        for monomial, coefficient in value.top.items():
            outside = Ratio(table, {tuple((w, e) for w, e in monomial if elsewhere not in table.inside[w]): coefficient})
            bound = [(table.keys[w], e) for w, e in monomial if elsewhere in table.inside[w]]
            if not bound:
                total = total + outside * (self.size(axis) + self.number(Fraction(-len(here))))
                continue
            if axis != BATCH or any(
                k[0] != "entry" or k[2][0] != elsewhere or elsewhere in k[2][1:] or e % 1 for k, e in bound
            ):
                raise NotChecked("a sum of something other than products of entries")
            inner = self.moment(tuple(sorted((k[1], k[2][1:], e) for k, e in bound)))
            for position in here:
                term = Ratio(table, {(): -1})
                for k, e in bound:
                    entry = self.entry(k[1], (position, *k[2][1:]))
                    term = term * (entry.raised(Fraction(e)))
                inner = inner + term
            total = total + outside * inner
        return total * Ratio(table, ONE, value.bottom)

    def moment(self, parts: tuple[tuple[str, tuple[Position, ...], Any], ...]) -> Ratio:
        """Return sum_j of the product of entries; what is centred sums to 0."""
        if len(parts) == 1 and parts[0][0] == "c" and parts[0][2] == 1:
            return Ratio(self.table, {})
        even = all(e % 2 == 0 for _, _, e in parts)
        inside = tuple(position for _, at, _ in parts for position in at)
        return self.symbol(("moment", parts), NOT_NEGATIVE if even else UNKNOWN, inside)


class WrittenOut(EveryBatch):
    """One batch size, with every sum written out, and the last centred entry less the sum of the others."""

    def complete(self, axis: str) -> bool:
        return axis == BATCH

    def entry(self, name: str, at: tuple[Position, ...]) -> Ratio:
        if name != "c" or at[0] != (BATCH, self.batch):
            return super().entry(name, at)
        total = Ratio(self.table, {})
        for place in range(1, at[0][1]):
            total = total + self.entry(name, ((BATCH, place), *at[1:])) * self.number(Fraction(-1))
        return total


class Point:
    """Exact values of the inputs: nested lists, one level for each index."""

    def __init__(self, sizes: dict[str, int], values: dict[str, Any]) -> None:
        self.sizes = sizes
        self.values: dict[Any, Any] = values
        self.divisors: dict[str, None] = {}

    def number(self, value: Fraction) -> Any:
        return value

    def size(self, axis: str) -> Any:
        return self.number(Fraction(self.sizes[axis]))

    def leaf(self, name: str, at: tuple[Position, ...]) -> Any:
        if name not in self.values:
            raise Refused("the counterexample gives no value to " + name)
        value = self.values[name]
        for _, place in at:
            value = value[place - 1]
        return value

    def complete(self, axis: str) -> bool:
        return True

    def check(self, value: Value) -> None:
        for part in value.values():
            check_size(part)

    def sign(self, value: Any) -> int:
        return POSITIVE if value > 0 else NOT_NEGATIVE if value == 0 else UNKNOWN

    def power(self, value: Any, exponent: Fraction) -> Any:
        if value == 0 and exponent < 0:
            raise NoValue("a division by 0")
        if exponent.denominator != 1:
            if value < 0:
                raise NoValue("a root of a negative number")
            value = Fraction(*(whole_root(part, exponent.denominator) for part in (value.numerator, value.denominator)))
        return number_power(value, exponent)


def whole_root(value: int, degree: int) -> int:
    """Return the whole number whose power is the value. Raises: NotChecked if there is none."""
    low, high = 0, 1 << (value.bit_length() // degree + 1)
    if degree == 2:
        low = high = isqrt(value)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if middle**degree <= value else (low, middle - 1)
    if low**degree != value:
        raise NotChecked("a root that is not rational")
    return low


class Rounded(Point):
    """A point in floating point. It proves nothing; it may show that something has no value, or that sides differ."""

    def __init__(self, sizes: dict[str, int], seed: int) -> None:
        super().__init__(sizes, {})
        self.random = random.Random(seed)

    def number(self, value: Fraction) -> Any:
        return float(value)

    def leaf(self, name: str, at: tuple[Position, ...]) -> Any:
        size = self.random.uniform(0.5, 2.5)
        return self.values.setdefault((name, at), size if name in ("eps", "var") else self.random.choice((-1, 1)) * size)

    def check(self, value: Value) -> None:
        """Numbers do not grow."""

    def power(self, value: Any, exponent: Fraction) -> Any:
        if exponent < 0 and abs(value) < 1e-8:
            raise NoValue("a division by 0")
        if value < 0 and exponent.denominator != 1:
            raise NoValue("a root of a negative number")
        return value ** (int(exponent) if exponent.denominator == 1 else float(exponent))


# ---------------------------------------------------------------------- 7. the claims of a step


def cases(statement: Statement, batch: int | None) -> Iterator[Environment]:
    """Yield each way in which the indices may coincide, as positions: places, and numbers below 0 for what is none of them.
    For every m the inputs of one position are like those of another, so that one choice of positions stands for all."""
    count = 0

    def assign(at: Environment, used: tuple[Position, ...], todo: list[Index]) -> Iterator[Environment]:
        if not todo:
            values = {**at, **{index: index for index in statement.places}}
            if all((values[a] == values[b]) == equal for a, equal, b in statement.conditions):
                yield at
            return
        axis = todo[0][0]
        for position in [p for p in used if p[0] == axis]:
            yield from assign({**at, todo[0]: position}, used, todo[1:])
        if axis == FEATURE or batch is None or sum(p[0] == BATCH for p in used) < batch:
            new = (axis, -1 - len(used))
            yield from assign({**at, todo[0]: new}, (*used, new), todo[1:])

    for at in assign({}, tuple(statement.places), statement.letters):
        count += 1
        if count > 2000:
            raise NotChecked("there are too many indices")
        yield at
    if not count:
        raise Vacuous("no indices satisfy the conditions")


def named(at: Environment) -> str:
    places = list(at.values())
    kinds = ["at a place of its own" if places.count(p) == 1 else f"at place {places.index(p) + 1}" for p in places]
    words = [f"{i[1]} is {p[1]}" if p[1] > 0 else f"{i[1]} is {kind}" for (i, p), kind in zip(at.items(), kinds)]
    return f" (case: {', '.join(words)})" if words else ""


def same(statement: Statement, batch: int | None, forms: Any) -> list[str]:
    """Return what is divided by, where the sides are the same. Raises: Refused, NotChecked, NoValue."""
    try:
        return compared(statement, EveryBatch(batch), forms)
    except (Refused, NotChecked, NoValue):
        if batch is None or batch > WRITTEN_OUT:
            raise
        return compared(statement, WrittenOut(batch), forms)


def compared(statement: Statement, model: EveryBatch, forms: Any) -> list[str]:
    for at in cases(statement, model.batch):
        scope = (*statement.places, *dict.fromkeys(at.values()))
        if isinstance(model, WrittenOut):
            at, scope = settled(statement, at, model.batch or 1)
        scope = tuple(dict.fromkeys(scope))
        world = World(model, statement, at)
        try:
            left, right = (world.value(side, at, scope)[PLAIN] for side in (statement.left, statement.right))
            if forms is not None:
                for side, value in (("left", left), ("right", right)):
                    if not equal(form_value(forms, side, world, at, scope), value):
                        raise Refused(f"the stated normal form of the {side} side is not that of the side{named(at)}")
        except NoValue as error:
            raise NoValue(str(error) + named(at)) from None
        except NotChecked:
            has_value(statement, at, model.batch)  # what is false anyway is refused
            raise
        if not equal(left, right):
            raise Refused("the sides are not the same" + named(at))
        # Where nothing is divided by but what is positive, both sides have a value, and a large batch need not be tried.
        if model.batch is None or model.batch <= 64 or model.divisors:
            has_value(statement, at, model.batch)
    return list(model.divisors)


def equal(left: Ratio, right: Ratio) -> bool:
    return not (left + right * Ratio(left.table, {(): -1})).top


def settled(statement: Statement, at: Environment, batch: int) -> tuple[Environment, tuple[Position, ...]]:
    """Return the case with places for all positions of the batch, and all that are at hand then."""
    places = [(BATCH, place) for place in range(1, batch + 1)]
    spare = [place for place in places if place not in statement.places and place not in at.values()]
    chosen = {p: spare.pop(0) for p in dict.fromkeys(at.values()) if p[0] == BATCH and p[1] < 0}
    moved = {index: chosen.get(position, position) for index, position in at.items()}
    features = [p for p in (*statement.places, *moved.values()) if p[0] == FEATURE]
    return moved, (*places, *features)


def has_value(statement: Statement, at: Environment, batch: int | None) -> None:
    """Raises: Refused unless both sides have a value somewhere in this case, and the same one."""
    last, met = "it has no value", 0
    for seed in range(4):
        positions = set(at.values())
        least = {axis: max([1, *(p for a, p in statement.places if a == axis)]) for axis in (BATCH, FEATURE)}
        sizes = {axis: least[axis] + sum(p[0] == axis and p[1] < 0 for p in positions) + 1 + seed for axis in least}
        sizes[BATCH] = batch or sizes[BATCH]
        spare = {axis: [p for p in range(1, sizes[axis] + 1) if (axis, p) not in statement.places] for axis in sizes}
        put = {p: (p[0], spare[p[0]].pop(0)) if p[1] < 0 else p for p in sorted(positions)}
        try:
            left, right = rounded(statement, sizes, {index: put[p] for index, p in at.items()}, seed)
        except (NoValue, OverflowError, ZeroDivisionError) as error:
            last = str(error) if isinstance(error, NoValue) else last
            continue
        if abs(left - right) > 1e-6 * max(1e-3, abs(left), abs(right)):
            raise Refused(f"the sides differ at a point: {left:.6g} and {right:.6g}{named(at)}")
        met += 1
        if met == 2:
            return
    if not met:
        raise Refused("the sides have no value: " + last + named(at))


def rounded(statement: Statement, sizes: dict[str, int], at: Environment, seed: int) -> list[float]:
    world = World(Rounded(sizes, seed), statement, at)
    scope = tuple((axis, place) for axis, size in sizes.items() for place in range(1, size + 1))
    return [world.value(side, at, scope)[PLAIN] for side in (statement.left, statement.right)]


def form_value(forms: Any, side: str, world: World, at: Environment, scope: tuple[Position, ...]) -> Ratio:
    """Return the value of a stated normal form. Its generators are trees like those of the statement."""
    model, table = world.model, world.model.table
    values = [world.value(tree, at, scope)[PLAIN] for tree in forms["generators"]]

    def polynomial(terms: Any) -> Ratio:
        total = Ratio(table, {})
        for coefficient, powers in terms:
            term = model.number(coefficient)
            for which, exponent in powers:
                term = term * model.power(values[which], exponent)
            total = total + term
        return total

    bottom: Ratio = model.power(polynomial(forms[side]["bottom"]), Fraction(-1))
    return polynomial(forms[side]["top"]) * bottom


def forms_of(value: Any, statement: Statement) -> Any:
    """Return the stated normal forms: quotients of polynomials in generators."""
    if value is None:
        return None
    generators, *sides = fields(value, "generators left right")
    trees = [tree_of(item) for item in list_of(generators, 2000)]
    for tree in trees:
        statement.meaningful(tree)
        if not free_of(tree) <= set(statement.indices):
            raise Refused("a normal form has an index that the equation does not have")

    def polynomial(terms: Any) -> Any:
        found = []
        for coefficient, powers in (several(term, 2) for term in list_of(terms)):
            pairs = (several(item, 2) for item in list_of(powers, 200))
            found.append((rational(coefficient), [(whole_of(w, 0, len(trees) - 1), exponent_of(e)) for w, e in pairs]))
        return found

    found: dict[str, Any] = {"generators": trees}
    for side, form in zip(("left", "right"), sides):
        top, bottom = fields(form, "top bottom")
        found[side] = {"top": polynomial(top), "bottom": polynomial(bottom)}
    return found


def point_of(value: Any, statement: Statement) -> tuple[Point, Environment, Fraction, Fraction]:
    """Return a counterexample that every condition admits. Raises: Refused."""
    m, n, values, at, left, right = fields(value, "m n values at left right")
    sizes = {BATCH: whole_of(m, 1, MAX_POINT), FEATURE: whole_of(n, 1, 50)}
    if statement.batch not in (None, sizes[BATCH]):
        raise Refused("the counterexample has another batch size than the statement")
    if any(place > sizes[axis] for axis, place in statement.places):
        raise Refused("the counterexample does not have the entries that the statement names")
    if not isinstance(values, dict) or not isinstance(at, dict):
        raise Refused("the counterexample has no values")

    def nested(item: Any, axes: tuple[str, ...], positive: bool) -> Any:
        if axes:
            if len(list_of(item, MAX_POINT)) != sizes[axes[0]]:
                raise Refused("an input of the counterexample has another length than the batch")
            return [nested(part, axes[1:], positive) for part in item]
        number = rational(item)
        if positive and number <= 0:
            raise Refused("eps or the variance of the counterexample is not > 0")
        return number

    found = {}
    for name, item in values.items():
        definition = statement.nodes.get(name, ((), None))
        if (
            name in statement.given
            or definition[1] is not None
            or name not in {*statement.nodes, *statement.slots} - {"m", "n", "L"}
        ):
            raise Refused("the counterexample gives a value to what is no input")
        found[name] = nested(item, statement.slots[name], name in ("eps", "var"))
    if set(at) != {letter for _, letter in statement.letters}:
        raise Refused("the counterexample does not place the indices of the statement")
    places = {index: (index[0], whole_of(at[index[1]], 1, sizes[index[0]])) for index in statement.letters}
    where = {**places, **{index: index for index in statement.places}}
    if any((where[a] == where[b]) != same_place for a, same_place, b in statement.conditions):
        raise Refused("the counterexample violates a condition")
    return Point(sizes, found), places, rational(left), rational(right)


def refuted(value: Any, statement: Statement) -> str:
    """Return where the statement fails. Raises: Refused."""
    point, at, left, right = point_of(value, statement)
    scope = tuple((axis, place) for axis, size in point.sizes.items() for place in range(1, size + 1))
    world = World(point, statement, at)
    found = [world.value(side, at, scope)[PLAIN] for side in (statement.left, statement.right)]
    if found != [left, right]:
        raise Refused("at the counterexample the sides are {} and {}, not as stated".format(*map(brief, found)))
    if left == right:
        raise Refused("the sides are equal at the counterexample")
    inputs = [f"{name} = {bracketed(item)}" for name, item in point.values.items()]
    inputs += [f"{index[1]} = {position[1]}" for index, position in at.items()]
    where = ", ".join([f"m = {point.sizes[BATCH]}", *inputs])
    return f"refuted at {where}, where the left side is {brief(left)} and the right side {brief(right)}"


def brief(number: Fraction) -> str:
    text = str(number)
    return text if len(text) <= 60 else text[:57] + "..."


def bracketed(value: Any) -> str:
    return "({})".format(", ".join(map(bracketed, value[:20]))) if isinstance(value, list) else brief(value)


def smaller(statement: Statement, value: Any, m: int) -> str:
    """Return the claim that it is true for smaller batches, if that is proved here."""
    if value is None:
        return ""
    most = whole_of(value, 1, MAX_BATCH)
    if statement.batch is not None or most >= m:
        raise Refused(f"it cannot be true for batches of {most}")
    if most > WRITTEN_OUT:
        return ""
    try:
        for batch in range(statement.least, most + 1):
            try:
                same(statement, batch, None)
            except Vacuous:
                continue
    except (Refused, NotChecked, NoValue):
        return ""
    return f"; true for m <= {most}"


FIELDS = (
    "number source verdict batch mode features readings caveats conditions given left right read_as forms counterexample "
    "true_up_to"
)


def checked(value: Any, number: int) -> tuple[str, str, list[str]]:
    """Return the state of a step, what is said of it, and what a person should read beside that."""
    aside: list[str] = []
    shown_as = ""
    Work.begin()
    try:
        step = dict(zip(FIELDS.split(), fields(value, FIELDS)))
        aside = texts_of(step)
        if whole_of(step["number"], 1, MAX_STEPS) != number:
            raise Refused(f"it is not numbered as step {number}")
        statement = Statement(step)
        shown_as = statement.read_as()
        if text_of(step["read_as"]) != shown_as:
            raise Refused("the text says something else than the tree, which says: " + shown_as)
        said = [text for text in step["caveats"] if re.match(r"d\S+ is the local derivative", text)]
        if set(said) != set(statement.local):
            raise Refused(
                "the caveats do not name the local derivatives of the tree: " + ("; ".join(statement.local) or "none")
            )
        words = verdict_of(step, statement)
        local = "".join(", where " + text for text in dict.fromkeys(statement.local))
        return "verified", f"{shown_as} ({words}{local})", aside
    except (Refused, NoValue) as error:
        return "refused", "{}{}".format(error, ": " + shown_as if shown_as else ""), aside
    except NotChecked as error:
        return "not checked", "{}{}".format(error, ": " + shown_as if shown_as else ""), aside
    except (RecursionError, MemoryError, OverflowError):
        return "not checked", "it is too large", aside
    except Exception as error:  # whatever the file does, it gets a line, and is not verified
        return "not checked", f"a fault of this checker: {type(error).__name__}", aside


def verdict_of(step: dict[str, Any], statement: Statement) -> str:
    """Check the verdict, and return it in words. Raises: Refused, NotChecked, NoValue."""
    if step["verdict"] == "proved":
        if step["counterexample"] is not None or step["true_up_to"] is not None:
            raise Refused("it is said to be proved, and has a counterexample")
        divisors = same(statement, statement.batch, forms_of(step["forms"], statement))
        scope = "for every m" if statement.batch is None else f"at m = {statement.batch}"
        where = ", wherever {} {} not 0".format(", ".join(divisors), "is" if len(divisors) == 1 else "are") if divisors else ""
        return "proved " + scope + where
    if step["verdict"] != "refuted":
        raise Refused("the verdict is neither proved nor refuted")
    if step["counterexample"] is None or step["forms"] is not None:
        raise Refused("it is said to be refuted, and has no counterexample")
    return refuted(step["counterexample"], statement) + smaller(statement, step["true_up_to"], step["counterexample"]["m"])


def texts_of(step: dict[str, Any]) -> list[str]:
    """Return the author's text with its place, and what was read into it: only a person can check these."""
    text, file, line, column = fields(step["source"], "text file line column")
    place = "" if file is None else f" ({text_of(file)}:{whole_of(line, 1, 10**9)}:{whole_of(column, 1, 10**9)})"
    notes = ["read so: " + text_of(item) for name in ("caveats", "readings") for item in list_of(step[name], 1000)]
    return ["written: " + " ".join(text_of(text).split()) + place, *notes]


# ---------------------------------------------------------------------- 8. the whole file

CLOSING = (
    "What no program can check: that the text of its author means the statement printed with it. A refutation is of that"
    " statement, not of others that the text may mean. `proved` is meant wherever both sides have a value."
)


def clean(text: str, most: int = 6000) -> str:
    """Return one line that a terminal cannot mistake for commands."""
    text = text if len(text) <= most else text[:most] + "..."
    return "".join(c if c.isprintable() else "?" for c in text)


def run(name: str) -> int:
    try:
        with open(0 if name == "-" else name, "rb") as file:
            data = file.read(MAX_BYTES + 1)
        kind, version, steps, left_out = fields(strict_json(data), "format version steps left_out")
        if kind != "symbn certificate" or isinstance(version, bool) or version != 1:
            raise Refused("it is no symbn certificate of version 1")
        list_of(steps, MAX_STEPS)
        omitted = [fields(item, "source verdict reason") for item in list_of(left_out, MAX_STEPS)]
        omitted_texts = [(text_of(fields(item[0], "text file line column")[0]), text_of(item[2])) for item in omitted]
    except (Refused, OSError, MemoryError, ValueError) as error:
        reason = (error.strerror or "cannot be read") if isinstance(error, OSError) else error
        print("unusable: " + clean(f"{name}: {reason}"))
        return 2
    Work.last = time.monotonic() + SECONDS
    states = []
    for number, step in enumerate(steps, 1):
        state, words, aside = checked(step, number)
        states.append(state)
        print(clean(f"{state}: {words}"))
        for text in aside:
            print("    " + clean(text, 1000))
    for text, reason in omitted_texts:
        print("left out of the certificate: " + clean(f"{reason}: {text}", 1000))
    print(f"{states.count('verified')} of {len(states)} steps verified. {CLOSING}")
    return 1 if "refused" in states else 3 if "not checked" in states or not states else 0


def main(arguments: list[str]) -> int:
    if len(arguments) != 1 or (arguments[0].startswith("-") and arguments[0] != "-"):
        print((__doc__ or "").strip())
        return 0 if arguments in (["-h"], ["--help"]) else 2
    sys.setrecursionlimit(8000)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")
    return run(arguments[0])


if __name__ == "__main__":
    try:
        STATUS = main(sys.argv[1:])
        sys.stdout.flush()
    except BrokenPipeError:
        sys.stdout = None
        STATUS = 3
    except KeyboardInterrupt:
        STATUS = 3
    sys.exit(STATUS)
