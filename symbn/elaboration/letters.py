"""The index letters of a part of an equation: bound by a sum, left out by it, free, or in a superscript in brackets."""

from __future__ import annotations

from contextlib import suppress

from symbn.elaboration.notation import Notation
from symbn.elaboration.resolving import ARRAYS, indices_of, kronecker, label_of, resolve
from symbn.errors import UnreadableError
from symbn.syntax.tree import Big, Call, Listing, Name, Node, Number, Product, Relation, Scripted, children


def has_two_indices(node: Node, notation: Notation) -> bool:
    """Tell whether an array carries an example and a feature index somewhere."""
    if isinstance(node, Name | Scripted) and (found := resolve(node, notation)) is not None:
        if found.definition is not None:
            return found.definition.wide
        return found.role in ARRAYS and len(found.indices) + (found.label is not None) == 2
    return any(has_two_indices(child, notation) for child in children(node))


def one_index(argument: Node, notation: Notation) -> Name | None:
    found = resolve(argument, notation) if isinstance(argument, Name | Scripted) else None
    written = () if found is None or found.role != "x" else (*found.indices, *([found.label] if found.label else []))
    return written[0] if len(written) == 1 and isinstance(written[0], Name) else None


def bound_names(lower: Node | None) -> tuple[Name, ...]:
    """Return the letters that the lower bound of a sum binds: those that stand alone or on the left of a relation."""
    match lower:
        case Name():
            return (lower,)
        case Relation(operator="=" | "\\neq" | "\\in", left=left):
            return bound_names(left)
        case Relation(operator="\\le\\le", right=Listing(items=(middle, _))):
            return bound_names(middle)
        case Listing(items=items) | Product(factors=items):
            found: list[Name] = []
            excluding = False
            for item in items:
                # j \neq i, k leaves out both: what follows a \neq bare is no letter of its own.
                if excluding and not isinstance(item, Relation):
                    continue
                excluding = isinstance(item, Relation) and item.operator == "\\neq"
                found += [name for name in bound_names(item) if name.text not in {f.text for f in found}]
            return tuple(found)
        case _:
            return ()


def exclusions(lower: Node | None) -> list[tuple[Name, Name | Number]]:
    """Return the pairs (a, b) of indices that the lower bound says to be different. Raises: UnreadableError."""
    items = lower.items if isinstance(lower, Listing) else () if lower is None else (lower,)
    found: list[tuple[Name, Name | Number]] = []
    last: Name | None = None
    for item in items:
        if isinstance(item, Relation) and item.operator == "\\neq" and isinstance(item.left, Name):
            last = item.left
            found += [(last, index) for index in indices_of(item.right)]
        elif isinstance(item, Relation):
            last = None
        elif last is not None:
            found += [(last, index) for index in indices_of(item)]
    return found


def letters_of(node: Node, notation: Notation) -> tuple[Name, ...]:
    """Return the index letters that are free in a node, in order: what a sum without bounds around it runs over.

    A sum or an average without bounds binds its letters itself, whatever is bound around it.
    """
    found: dict[str, Name] = {}

    def see(*items: Node) -> None:
        for item in items:
            if isinstance(item, Name):
                found.setdefault(item.text, item)

    match node:
        case Name() | Scripted():
            named = resolve(node, notation)
            if named is not None:
                see(*named.indices, *([named.label] if named.label else []))
            elif (pair := kronecker(node)) is not None:
                see(*pair)
            elif isinstance(node, Scripted):
                see(*letters_of(node.base, notation))
        case Big(lower=lower, body=body) if lower is not None:
            bound = {name.text for name in bound_names(lower)}
            inner = (*letters_of(body, notation), *(other for _, other in exclusions(lower)))
            see(*(name for name in inner if isinstance(name, Name) and name.text not in bound))
        case Call(function=Name(text="BN"), arguments=arguments):
            see(*(name for argument in arguments for name in letters_of(argument, notation)))
        case Call(function=Name(text="delta" | "\\delta"), arguments=arguments):
            see(*arguments)
        case Big() | Call():
            pass
        case Relation(left=left, right=right):
            see(left, right)
        case _:
            see(*(name for child in children(node) for name in letters_of(child, notation)))
    return tuple(found.values())


def indexing(node: Node, notation: Notation) -> tuple[bool, bool]:
    """Tell whether a node holds arrays without any index, and names with one; other sums and averages inside are left out."""
    match node:
        case Name() | Scripted():
            named = resolve(node, notation)
            if named is None:
                return (False, False) if isinstance(node, Name) else indexing(node.base, notation)
            written = bool(named.indices) or named.label is not None
            return named.role in ARRAYS and not written, written
        case Call(function=Name(text="BN"), arguments=(argument,)):
            return indexing(argument, notation)
        case Big() | Call():
            return False, False
        case _:
            parts = [indexing(child, notation) for child in children(node)]
            return any(bare for bare, _ in parts), any(indexed for _, indexed in parts)


def labels(node: Node) -> tuple[set[str], set[str], set[str]]:
    """Return the letters of the superscripts in brackets, of the subscripts beside them, and those that sum signs bind."""
    above, below, bound = set[str](), set[str](), set[str]()

    def visit(inner: Node) -> None:
        if isinstance(inner, Scripted) and isinstance(label := label_of(inner.sup), Name):
            above.add(label.text)
            below.update(name.text for name in indices_of(inner.sub) if isinstance(name, Name))
        if isinstance(inner, Big):
            bound.update(name.text for name in bound_names(inner.lower))
        for child in children(inner):
            visit(child)

    with suppress(UnreadableError):
        visit(node)
    return above, below, bound
