"""What the names of one equation are, seen as a whole: which letter is the batch size, which letters are indices, and of
which axis."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field, replace
from fractions import Fraction as Rational

from symbn.diagnostic import Span, Value
from symbn.elaboration.notation import AMBIGUOUS, BATCH_NAMES, FEATURE_NAMES, LABELS, Definition, Notation, key_of
from symbn.errors import UnreadableError, unreadable
from symbn.kernel.term import BATCH, FEATURE, Index
from symbn.layers.batchnorm import batch_norm
from symbn.syntax.symbols import GREEK_NAMES
from symbn.syntax.tree import (
    Big,
    Call,
    Cases,
    Group,
    Indicator,
    Listing,
    Name,
    Node,
    Number,
    Product,
    Relation,
    Scripted,
    children,
    number_value,
)

ARRAYS = frozenset({"x", "c", "xhat", "y", "g"})
PER_FEATURE = frozenset({"mu", "var", "deviation", "s", "gamma", "beta"})
BOLD = ("\\mathbf", "\\boldsymbol", "\\bm", "\\vec", "\\pmb")
MAX_INDEX = 1000
MAX_FREE_INDICES = 5
FRESH_LETTERS = "ikjlpqrtuvw"


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
    """Return what the name is, or None if it is unknown. Raises: UnreadableError for a name with two possible roles."""
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
        if inner.primes or (inner.sup is not None and _label(inner.sup) is None):
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
    label, power = _label(sup), None if _label(sup) is not None else sup
    if isinstance(sup, Scripted) and sup.sub is None and not sup.primes and _label(sup.base) is not None:
        label, power = _label(sup.base), sup.sup  # \\sigma^{(k)^2}
    if (definition := notation.definitions.get(key)) is not None:
        return Resolved("defined", key, indices_of(sub), label, power, definition=definition)
    value = None if power is None else number_value(power)
    if f"{key}^2" in notation.roles and key not in notation.roles and value is not None and value % 2 == 0:
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


def _label(sup: Node | None) -> Name | Number | None:
    if isinstance(sup, Group) and sup.bracket == "(" and isinstance(sup.body, Name) and len(sup.body.text) == 1:
        return sup.body
    return None


def check_power(found: Resolved, span: Span) -> None:
    """Refuse x^{(1)}, which may be an entry or a power. Raises: UnreadableError."""
    power = found.power
    whole = (
        isinstance(power, Group)
        and power.bracket == "("
        and isinstance(power.body, Number)
        and power.body.value.denominator == 1
    )
    if whole and found.role in ARRAYS:
        raise unreadable(
            "two-roles", "this may be an entry of the batch or a power", span, "write x_1 for the entry, x^2 for the power"
        )


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


@dataclass(slots=True)
class Scope:
    """The names of one equation. axes: of each index letter; bound: letters that a sum binds somewhere; spans: first places."""

    notation: Notation
    batch: str | None = None
    features: str | None = None
    wide: bool = False
    sup_axis: str = BATCH
    axes: dict[str, str] = field(default_factory=dict)
    bound: set[str] = field(default_factory=set)
    free: list[str] = field(default_factory=list)
    spans: dict[str, Span] = field(default_factory=dict)
    scalars: dict[str, Span] = field(default_factory=dict)
    numbers: set[int] = field(default_factory=set)
    compared: list[tuple[str, str]] = field(default_factory=list)

    @classmethod
    def of(
        cls, sides: tuple[Node, ...], conditions: tuple[Relation, ...], notation: Notation, wide: bool | None = None
    ) -> Scope:
        """Return the scope of an equation. wide: whether data have features, or None to see it from the indices.

        Raises: UnreadableError if a letter would have two roles.
        """
        scope = cls(notation, wide=any(has_two_indices(side, notation) for side in sides) if wide is None else wide)
        uses: list[tuple[Resolved, Span]] = []
        tops: dict[str, Span] = {}
        for side in sides:
            scope._collect(side, frozenset(), uses, tops)
        scope._choose_axes(uses)
        scope._choose_sizes(tops)
        for condition in conditions:
            if isinstance(condition.left, Number) and isinstance(condition.right, Number):
                raise unreadable("unsupported-condition", "this condition holds no index", condition.span)
            for node in (condition.left, condition.right):
                if isinstance(node, Name) and node.text not in scope.spans:
                    # Otherwise `, m = 1` would be a condition, and the equation would be judged without it.
                    raise unreadable(
                        "unsupported-condition",
                        f"{node.text} is no index of the equation",
                        condition.span,
                        "conditions are on indices; for a chosen batch size say --batch",
                    )
        scope._check_roles(uses)
        return scope

    def _check_roles(self, uses: list[tuple[Resolved, Span]]) -> None:
        """Refuse a letter that is an index here and a quantity there. Raises: UnreadableError."""
        arities: dict[str, int] = {}
        for used, span in uses:
            if used.key in self.spans:
                raise unreadable(
                    "two-roles", f"{used.key} is used as an index and as a quantity", self.spans[used.key], "rename the index"
                )
            if used.free and arities.setdefault(used.key, len(used.indices)) != len(used.indices):
                raise unreadable("bad-index", f"{used.key} has different numbers of indices", span, "rename one of them")
            if self.wide and used.role in ARRAYS and len(used.indices) == 1 and isinstance(used.indices[0], Number):
                raise unreadable("missing-index", f"{used.key} lacks an index here", span, "write x_{1,1} with a comma")
        for letter, span in self.spans.items():
            if letter.startswith("\\") and letter != "\\ell":
                raise unreadable("bad-index", f"{letter} is no index", span, "an index is a Latin letter or a number")
        if len(self.free) > MAX_FREE_INDICES:
            raise unreadable("too-long", f"more than {MAX_FREE_INDICES} free indices", self.spans[self.free[MAX_FREE_INDICES]])

    def _see(self, index: Name | Number, inside: frozenset[str]) -> None:
        if isinstance(index, Name):
            self.spans.setdefault(index.text, index.span)
            if index.text not in inside and index.text not in self.free:
                self.free.append(index.text)

    def _collect(
        self,
        node: Node,
        inside: frozenset[str],
        uses: list[tuple[Resolved, Span]],
        tops: dict[str, Span],
        averaged: bool = False,
    ) -> None:
        match node:
            case Name() | Scripted():
                found = resolve(node, self.notation)
                if found is not None:
                    check_power(found, node.span)
                    uses.append((found, node.span))
                    for index in (*found.indices, *([found.label] if found.label else [])):
                        self._see(index, inside)
                        if isinstance(index, Number):
                            self.numbers.add(int(index.value))
                    if isinstance(found.power, Scripted | Name):
                        self._collect(found.power, inside, uses, tops)
                    return
                key = key_of(node)
                if (pair := kronecker(node)) is not None:
                    for index in pair:
                        self._see(index, inside)
                    self._compare(*pair)
                elif isinstance(node, Scripted):
                    for child in children(node):
                        if child is not node.sub:
                            self._collect(child, inside, uses, tops)
                elif key is not None:
                    self.scalars.setdefault(key, node.span)
            case Big(lower=lower, upper=upper, body=body):
                names = bound_names(lower) if lower is not None else letters_of(body, self.notation)
                for name in names:
                    self.spans.setdefault(name.text, name.span)
                    self.bound.add(name.text)
                for _, other in exclusions(lower):
                    self._see(other, inside | {name.text for name in names})
                if upper is not None and (key := key_of(upper)) is not None and not key.isdigit():
                    tops.setdefault(key, upper.span)
                self._collect(body, inside | {name.text for name in names}, uses, tops)
            case Indicator(condition=Relation(left=left, right=right)):
                for item in (left, right):
                    if isinstance(item, Name):
                        self._see(item, inside)
                self._compare(left, right)
            case Cases(values=values, conditions=conditions):
                for value in values:
                    self._collect(value, inside, uses, tops)
                for condition in conditions:
                    if isinstance(condition, Relation):
                        for item in (condition.left, condition.right):
                            if isinstance(item, Name):
                                self._see(item, inside)
            case Call(function=Name(text="BN"), arguments=arguments):
                for argument in arguments:
                    self._collect(argument, inside, uses, tops)
            case Call(function=Name(text=function), arguments=arguments):
                for argument in arguments:
                    if function in ("delta", "\\delta") and isinstance(argument, Name):
                        self._see(argument, inside)
                    elif self.wide and (feature := _one_index(argument, self.notation)) is not None:
                        # E[X_i] beside x_i^{(k)}: the average is over the examples, so that i counts the features.
                        self.axes.setdefault(feature.text, FEATURE)
                        self._see(feature, inside)
                    else:
                        names = () if function == "\\delta" else letters_of(argument, self.notation)
                        for name in names:
                            self.spans.setdefault(name.text, name.span)
                            self.bound.add(name.text)
                        self._collect(argument, inside | {name.text for name in names}, uses, tops)
            case _:
                for child in children(node):
                    self._collect(child, inside, uses, tops)

    def _choose_axes(self, uses: list[tuple[Resolved, Span]]) -> None:
        labelled = [(u, span) for u, span in uses if u.role in ARRAYS and u.label is not None and u.indices]
        if labelled and self.notation.superscript is None:
            sup = {u.label.text for u, _ in labelled if isinstance(u.label, Name)}
            sub = {u.indices[0].text for u, _ in labelled if isinstance(u.indices[0], Name)}
            if sup & self.bound and not sub & self.bound:
                self.sup_axis = BATCH
            elif sub & self.bound and not sup & self.bound:
                self.sup_axis = FEATURE
            else:
                raise unreadable(
                    "two-roles",
                    "the superscript in brackets may count the examples or the features",
                    labelled[0][1],
                    "say --let superscript=batch or --let superscript=feature",
                )
        elif self.notation.superscript is not None:
            self.sup_axis = self.notation.superscript
        for used, span in uses:
            for index, axis in self.slots(used):
                if isinstance(index, Name):
                    if self.axes.setdefault(index.text, axis) != axis:
                        raise unreadable(
                            "two-roles", f"{index.text} counts examples in one place and features in another", span,
                            "use different letters",
                        )  # fmt: skip

        # What is compared with a feature is one, although it may stand nowhere else: \\delta_{jl} (h_{il} - \\mu_l).
        open_pairs = set(self.compared)
        while linked := {pair for pair in open_pairs if pair[0] in self.axes or pair[1] in self.axes}:
            for one, other in linked:
                axis = self.axes.get(one) or self.axes[other]
                self.axes.setdefault(one, axis)
                self.axes.setdefault(other, axis)
            open_pairs -= linked

    def _compare(self, left: Node, right: Node) -> None:
        if isinstance(left, Name) and isinstance(right, Name):
            self.compared.append((left.text, right.text))

    def slots(self, used: Resolved) -> list[tuple[Name | Number, str]]:
        """Return the written indices of a name with their axes."""
        if used.definition is not None:
            written = (*used.indices, *([used.label] if used.label else []))
            return [(index, axis) for index, (_, axis) in zip(written, used.definition.letters, strict=False)]
        if used.role in PER_FEATURE:
            return [(index, FEATURE) for index in (*used.indices, *([used.label] if used.label else []))]
        if used.label is not None and used.indices:
            other = FEATURE if self.sup_axis == BATCH else BATCH
            return [(used.label, self.sup_axis), *((index, other) for index in used.indices)]
        written = (*used.indices, *([used.label] if used.label else []))
        if len(written) == 1:
            return [(written[0], BATCH)]
        return list(zip(written, (BATCH, FEATURE), strict=False))

    def _choose_sizes(self, tops: dict[str, Span]) -> None:
        notation = self.notation
        self.batch, self.features = notation.batch, notation.features
        seen = {**self.scalars, **tops}
        possible = [key for key in seen if key in BATCH_NAMES and key not in notation.free and key != self.features]
        if self.batch is None:
            if self.wide and self.features is None and len(possible) > 1:
                self.features = next((key for key in reversed(FEATURE_NAMES) if key in possible and key != "m"), None)
                possible = [key for key in possible if key != self.features]
            if len(possible) > 1:
                first, second = possible[:2]
                raise unreadable(
                    "two-roles",
                    f"{first} and {second} may both be the batch size",
                    seen[second],
                    f"say --let batch={first}, and what {second} is, for example --let free={second}",
                )
            self.batch = possible[0] if possible else "m"
        if self.features is None:
            self.features = next((key for key in seen if key in FEATURE_NAMES and key != self.batch and self.wide), "n")
        for size in (self.batch, self.features):
            if size in seen and size in self.spans:
                raise unreadable(
                    "two-roles",
                    f"{size} is used as an index and as a size",
                    self.spans[size],
                    "rename the index, or say --let batch=... for the size",
                )  # fmt: skip

    def index(self, written: Name | Number, axis: str | None = None) -> Index:
        """Return the index as the kernel knows it."""
        if isinstance(written, Number):
            return Index(int(written.value), axis or BATCH)
        return Index(written.text.lstrip("\\"), self.axes.get(written.text, axis or BATCH))

    def letter(self, taken: frozenset[str] = frozenset()) -> str:
        """Return a letter for an index that the text does not name."""
        used = set(self.spans) | set(self.scalars) | taken
        spare: list[str] = [*FRESH_LETTERS, *(f"i{n}" for n in range(len(used) + 1))]
        return next(letter for letter in spare if letter not in used)


def has_two_indices(node: Node, notation: Notation) -> bool:
    """Tell whether an array carries an example and a feature index somewhere."""
    if isinstance(node, Name | Scripted) and (found := resolve(node, notation)) is not None:
        if found.definition is not None:
            return found.definition.wide
        return found.role in ARRAYS and len(found.indices) + (found.label is not None) == 2
    return any(has_two_indices(child, notation) for child in children(node))


def _one_index(argument: Node, notation: Notation) -> Name | None:
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


def sizes(node: Node, notation: Notation) -> tuple[set[str], set[str]]:
    """Return the names at the top of sums, and the other names without a role."""
    scope = Scope(notation)
    tops: dict[str, Span] = {}
    with suppress(UnreadableError):  # The equation itself will say so.
        scope._collect(node, frozenset(), [], tops)
    return set(tops), set(scope.scalars)


def labels(node: Node) -> tuple[set[str], set[str], set[str]]:
    """Return the letters of the superscripts in brackets, of the subscripts beside them, and those that sum signs bind."""
    above, below, bound = set[str](), set[str](), set[str]()

    def visit(inner: Node) -> None:
        if isinstance(inner, Scripted) and isinstance(label := _label(inner.sup), Name):
            above.add(label.text)
            below.update(name.text for name in indices_of(inner.sub) if isinstance(name, Name))
        if isinstance(inner, Big):
            bound.update(name.text for name in bound_names(inner.lower))
        for child in children(inner):
            visit(child)

    with suppress(UnreadableError):
        visit(node)
    return above, below, bound
