r"""What is written in matrix notation, seen before anything is given a meaning.

    ones     := \mathbf 1 [_size] | \mathbf 1_{size size} | J_{size size}      (also \mathbb 1, \boldsymbol 1, \bm 1, \vec 1)
    identity := I [_size] | \mathbf I [_size]
    size     := 1 | the letter of the batch (m N B n M) | the letter of the features (D C H d n)
    transposed := base^\top | base^T | base^\intercal          entrywise power := base^{\circ 2} | base^{\odot 2}

None of these has another reading, so that one of them makes an equation one between matrices (`certain`). A \odot beside a
capital or bold letter without indices does so only if that reading fits (`possible`): a \odot is read as any product too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction as Rational

from symbn.diagnostic import Span
from symbn.elaboration.notation import BATCH_NAMES, FEATURE_NAMES, Notation, key_of
from symbn.elaboration.resolving import ARRAYS, BOLD, Resolved, resolve
from symbn.elaboration.scope import Scope
from symbn.errors import unreadable
from symbn.syntax.tree import (
    Big,
    Call,
    Cases,
    Indicator,
    Listing,
    Name,
    Node,
    Number,
    Product,
    Relation,
    Scripted,
    children,
    rebuilt,
)

TRANSPOSES = frozenset({"\\top", "T", "\\intercal", "\\mathsf T"})
_ONES = frozenset(f"{style} 1" for style in (*BOLD, "\\mathbb"))
_ZEROS = frozenset(f"{style} 0" for style in BOLD)
_IDENTITIES = frozenset({"I", *(f"{style} I" for style in (*BOLD, "\\mathbb"))})
# Names of data that have no case: what stands beside them says whether they are matrices.
_NEUTRAL = frozenset({"dout"})


def untransposed(node: Node, notation: Notation) -> Node | None:
    """Return what the node is the transpose of, or None if it is none."""
    if not isinstance(node, Scripted) or not isinstance(node.sup, Name) or node.sup.text not in TRANSPOSES:
        return None
    key = key_of(node)
    if key is not None and key in notation.roles:
        return None
    return node.base if node.sub is None and not node.primes else replace(node, sup=None)


def entrywise_power(node: Node) -> tuple[Node, Node] | None:
    r"""Return the base and the exponent of x^{\circ 2}."""
    if isinstance(node, Scripted) and isinstance(node.sup, Call) and key_of(node.sup.function) == "\\odot":
        base = node.base if node.sub is None and not node.primes else replace(node, sup=None)
        return base, node.sup.arguments[0]
    return None


def constant_matrix(node: Node, notation: Notation) -> tuple[str, tuple[Node, ...]] | None:
    """Return `ones`, `identity` or `zero` and the sizes that are written below it, none, one or two; None for other nodes."""
    base, sub = (node.base, node.sub) if isinstance(node, Scripted) else (node, None)
    if not isinstance(base, Name) or (isinstance(node, Scripted) and (node.sup is not None or node.primes)):
        return None
    role = notation.roles.get(base.text)
    loss = base.text == "J" and role in ("L", None)
    if base.text in notation.free or (role is not None and not loss) or key_of(node) in (notation.roles if sub else ()):
        return None
    sizes = _sizes(sub, notation)
    if sizes is None or (base.text == "J" and len(sizes) != 2):
        return None
    if base.text in _ONES or base.text == "J":
        return "ones", sizes
    if base.text in _IDENTITIES:
        return "identity", sizes
    return ("zero", sizes) if base.text in _ZEROS else None


def _sizes(sub: Node | None, notation: Notation) -> tuple[Node, ...] | None:
    match sub:
        case None:
            return ()
        case Product(factors=(_, _) as items, operators=("" | "*",)) | Listing(items=(_, _) as items):
            pass
        case _:
            items = (sub,)
    letters = {*BATCH_NAMES, *FEATURE_NAMES, notation.batch, notation.features} - {*notation.roles, *notation.free}
    one = len(items) == 2
    for item in items:
        if not (isinstance(item, Name) and item.text in letters) and not (one and isinstance(item, Number) and item.value == 1):
            return None
    return tuple(items)


def is_certain(sides: tuple[Node, ...], notation: Notation) -> bool:
    """Tell whether something in the equation can only be matrix notation."""
    return any(
        untransposed(node, notation) is not None
        or entrywise_power(node) is not None
        or constant_matrix(node, notation) is not None
        for side in sides
        for node in written(side)
    )


def is_possible(sides: tuple[Node, ...], notation: Notation) -> bool:
    r"""Tell whether a \odot stands beside a capital or bold letter for data without indices."""
    nodes = [node for side in sides for node in written(side)]
    odot = any(isinstance(node, Product) and "\\odot" in node.operators for node in nodes)
    return odot and any(_is_bold(found) for node in nodes if (found := bare_data(node, notation)))


def written(node: Node) -> Iterator[Node]:
    """Yield the nodes that stand for values: no subscripts, bounds, exponents or conditions."""
    yield node
    match node:
        case Scripted(base=Name(), sup=sup):
            # A name and its scripts are one thing, but for what is said of the whole of it.
            if (isinstance(sup, Name) and sup.text in TRANSPOSES) or isinstance(sup, Call):
                yield node.base if node.sub is None else replace(node, sup=None)
        case Scripted(base=base):
            yield from written(base)
        case Big(body=body):
            yield from written(body)
        case Call(arguments=arguments):
            for argument in arguments:
                yield from written(argument)
        case Cases(values=values):
            for value in values:
                yield from written(value)
        case Indicator() | Relation():
            pass
        case _:
            for child in children(node):
                yield from written(child)


def bare_data(node: Node, notation: Notation) -> Resolved | None:
    """Return the name of data without any index that the node is."""
    found = _data(node, notation)
    return found if found is not None and not found.indices and found.label is None else None


def _is_bold(found: Resolved) -> bool:
    return is_capital(found) or any(style in found.key for style in BOLD)


def _data(node: Node, notation: Notation) -> Resolved | None:
    found = resolve(node, notation) if isinstance(node, Name | Scripted) and constant_matrix(node, notation) is None else None
    return found if found is not None and found.role in ARRAYS else None


def is_capital(found: Resolved) -> bool:
    return _letter(found)[:1].isupper()


def _letter(found: Resolved) -> str:
    """Return the letter of a name without its styles: `X` of `\\hat \\mathbf X` and of `dX`, nothing of `\\delta`."""
    plain = re.sub(r"\\[A-Za-z]+ ?", "", found.key)
    return plain[1:] if plain[:1] == "d" and len(plain) == 2 else "" if plain in _NEUTRAL else plain


def is_wide(sides: tuple[Node, ...], notation: Notation) -> bool:
    """Tell whether the data are matrices (capital letters) and not columns. Raises: UnreadableError if both are written."""
    cases: dict[bool, Span] = {}
    for side in sides:
        for node in written(side):
            found = bare_data(node, notation)
            if found is not None and _letter(found):
                cases.setdefault(is_capital(found), node.span)
    if len(cases) == 2:
        raise unreadable(
            "two-roles",
            "capital letters for data are matrices and small ones are columns: this equation has both",
            cases[False],
            "write all of them as capital letters, or all as small ones",
        )
    if cases:
        return True in cases
    # With nothing but parameters and sizes the features are not lost, a row for each; one index is the batch alone.
    named = [used for side in sides for node in written(side) if (used := _data(node, notation)) is not None]
    return not any(len(used.indices) + (used.label is not None) == 1 for used in named)


def with_sizes(sides: tuple[Node, ...], notation: Notation) -> Notation:
    r"""Return the notation with the sizes that the subscripts of J_{1N} and I_N name. Raises: UnreadableError."""
    letters: dict[str, Span] = {}
    for side in sides:
        for node in written(side):
            if (found := constant_matrix(node, notation)) is not None:
                for size in found[1]:
                    if isinstance(size, Name):
                        letters.setdefault(size.text, size.span)
    batch, features = notation.batch, notation.features
    unknown = [letter for letter in letters if letter not in (batch, features)]
    for letter in [letter for letter in unknown if letter not in BATCH_NAMES]:
        features = _claimed(letter, features, letters[letter], "features")
        unknown.remove(letter)
    if len(unknown) == 2 and "n" in unknown and features is None:
        features = "n"
        unknown.remove("n")
    uses = {key_of(node) for side in sides for node in written(side)} | set(letters)
    for letter in unknown:
        if batch is not None and batch in uses:
            raise unreadable(
                "two-roles",
                f"{letter} and {batch} may both be the batch size",
                letters[letter],
                f"say --let batch={letter}, and use one letter for it",
            )
        batch = letter
    if features is None and "n" in (batch, notation.batch):
        features = "D"
    return replace(notation, batch=batch, features=features)


def _claimed(letter: str, said: str | None, span: Span, role: str) -> str:
    if said is not None and said != letter:
        raise unreadable(
            "two-roles", f"{said} and {letter} may both be the number of {role}", span, f"say --let {role}={letter}"
        )
    return letter


def check_scope(sides: tuple[Node, ...], scope: Scope, notation: Notation) -> None:
    """Refuse a size that is an index as well, and an index where nothing says what it counts. Raises: UnreadableError."""
    bare = any(bare_data(node, notation) is not None for side in sides for node in written(side))
    if not scope.wide and not bare and (scope.free or scope.numbers):
        # \mathbf 1^\top \hat x_i: the entry i, or the column of feature i.
        span = scope.spans[scope.free[0]] if scope.free else sides[0].span.to(sides[-1].span)
        help = "write x_{ij} for an entry, or x without an index for the column"
        raise unreadable("missing-index", "this index may choose an entry, an example or a feature", span, help)
    for side in sides:
        for node in written(side):
            found = constant_matrix(node, notation)
            names = [size.text for size in found[1] if isinstance(size, Name)] if found is not None else []
            if found is not None and found[0] == "identity":
                names.append(key_of(node.base if isinstance(node, Scripted) else node) or "")
            for name in names:
                if name in scope.spans:
                    raise unreadable(
                        "two-roles", f"{name} is an index and a size or a matrix", scope.spans[name], "rename the index"
                    )


def flattened(node: Node, notation: Notation) -> Node:
    """Return the node without its matrix notation, for the scope: the same names with the same indices."""
    if (base := untransposed(node, notation)) is not None:
        return flattened(base, notation)
    if (power := entrywise_power(node)) is not None:
        return flattened(power[0], notation)
    if constant_matrix(node, notation) is not None:
        return Number(node.span, Rational(1))
    match node:
        case Scripted(base=base):
            return node if isinstance(base, Name) else replace(node, base=flattened(base, notation))
        case Big(body=body):
            return replace(node, body=flattened(body, notation))
        case Indicator() | Relation() | Listing():
            return node
    return rebuilt(node, lambda part: flattened(part, notation))
