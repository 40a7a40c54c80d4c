"""symbn's tree -> the attack's own formula, for the sources and for the statements that symbn prints.

Only the plain language is read: whatever would need a choice, or a role that is not the default one, is refused.
"""

from __future__ import annotations

from contextlib import suppress
from fractions import Fraction
from itertools import pairwise

from scripts.attacking.formula import (
    ARRAYS,
    SCALARS,
    Claim,
    Delta,
    Formula,
    Index,
    Name,
    Size,
    Slope,
    Sum,
    add,
    mul,
    num,
    power,
)
from symbn.answer import Step
from symbn.errors import UnreadableError
from symbn.syntax import tree
from symbn.syntax.parser import parse

_ROLES = {
    **{role: role for role in (*ARRAYS, *SCALARS, "L", "a")}, "\\mu": "mu", "\\gamma": "gamma", "\\beta": "beta",
    "\\epsilon": "eps", "\\varepsilon": "eps", "\\hat x": "xhat", "dout": "g",
}  # fmt: skip


class Refused(Exception):
    """Not in the plain language."""


def claim_of(text: str, mode: str = "train", dialect: str = "auto") -> list[Claim]:
    """Return the claims of the text. Raises: Refused, UnreadableError."""
    found = []
    for statement in parse(text, dialect):
        if statement.conditions or any(relation != "=" for relation in statement.relations):
            raise Refused
        sides = [formula(side) for side in statement.sides]
        found += [Claim(left, right, mode) for left, right in pairwise(sides)]
    return found


def claims_in(text: str, mode: str) -> list[Claim]:
    """Return those steps of a formula that are in the plain language; what is not is left out."""
    try:
        statements = [s for s in parse(text) if not s.conditions]
    except UnreadableError:
        return []
    found = []
    for statement in statements:
        for left, relation, right in zip(statement.sides, statement.relations, statement.sides[1:], strict=False):
            with suppress(Refused):
                if relation == "=":
                    found.append(Claim(formula(left), formula(right), mode))
    return found


def statement_of(step: Step, mode: str) -> Claim:
    """Return what symbn says it has proved. Raises: Refused, UnreadableError."""
    if step.statement is None or " where " in step.statement or " with " in step.statement:
        raise Refused
    _, _, text = step.statement.partition(": ")
    (claim,) = claim_of(text.partition(" (wherever ")[0], mode, "plain")
    local = set()
    for note in step.readings:
        name, is_local, _ = note.partition(" is the local derivative")
        if is_local:
            of, _, by = name[1:].partition("/d")
            local.add((of, by))
    batch = None if step.scope == "all m" else int(step.scope)
    return Claim(claim.left, claim.right, mode, batch, frozenset(local))


def formula(node: tree.Node) -> Formula:
    match node:
        case tree.Number(value=value):
            return num(value)
        case tree.Name() | tree.Scripted():
            return _named(node)
        case tree.Group(body=body):
            return formula(body)
        case tree.Fraction(top=top, bottom=bottom):
            return mul(formula(top), power(formula(bottom), -1))
        case tree.Root(radicand=radicand, degree=None):
            return power(formula(radicand), Fraction(1, 2))
        case tree.Product(factors=factors, operators=operators):
            result = formula(factors[0])
            for operator, factor in zip(operators, factors[1:], strict=True):
                result = mul(result, power(formula(factor), -1) if operator == "/" else formula(factor))
            return result
        case tree.Additive(signs=signs, terms=terms):
            return add(*(formula(t) if sign > 0 else mul(num(-1), formula(t)) for sign, t in zip(signs, terms, strict=True)))
        case tree.Big(operator="sum", lower=lower, body=body) if lower is not None:
            return _sum(lower, formula(body))
        case tree.Derivative(of=of, by=by):
            result = formula(of)
            for variable in by:
                name = formula(variable)
                if not isinstance(name, Name):
                    raise Refused
                result = Slope(result, name)
            return result
        case _:
            raise Refused


def _named(node: tree.Name | tree.Scripted) -> Formula:
    base, sub, sup = (node.base, node.sub, node.sup) if isinstance(node, tree.Scripted) else (node, None, None)
    indices = _indices(sub)
    exponent = Fraction(1)
    if sup is not None:
        value = tree.number_value(sup)
        if value is None:
            raise Refused
        exponent = value
    if not isinstance(base, tree.Name):
        if indices:
            raise Refused
        return power(formula(base), exponent)
    if base.text in ("\\delta", "delta") and len(indices) == 2:
        return power(Delta(*indices), exponent)
    if base.text == "\\sigma" and sup is not None and exponent % 2 == 0:
        return power(Name("var"), exponent / 2)
    if base.text == "m" and not indices:
        return power(Size(), exponent)
    role = _ROLES.get(base.text)
    if role is None or len(indices) != (role in ARRAYS):
        raise Refused
    return power(Name(role, indices), exponent)


def _indices(sub: tree.Node | None) -> tuple[Index, ...]:
    match sub:
        case None:
            return ()
        case tree.Name(text=text) if len(text) == 1:
            return (text,)
        case tree.Number(value=value) if value.denominator == 1:
            return (int(value),)
        case tree.Listing(items=items) | tree.Product(factors=items):
            return tuple(index for item in items for index in _indices(item))
        case _:
            raise Refused


def _sum(lower: tree.Node, body: Formula) -> Formula:
    items = lower.items if isinstance(lower, tree.Listing) else (lower,)
    letter, skipped = None, list[Index]()
    for item in items:
        match item:
            case tree.Name():
                (index,) = _indices(item)
            case tree.Relation(operator="=", left=tree.Name() as left):
                (index,) = _indices(left)
            case tree.Relation(operator="\\neq", left=tree.Name() as left, right=right):
                (index,) = _indices(left)
                skipped += _indices(right)
            case _:
                raise Refused
        if not isinstance(index, str) or letter not in (None, index):
            raise Refused
        letter = index
    if letter is None:
        raise Refused
    return Sum(letter, body, tuple(skipped))
