"""What the names of one equation are, seen as a whole: which letter is the batch size, which letters are indices, and of
which axis."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field

from symbn.diagnostic import Span
from symbn.elaboration.letters import bound_names, exclusions, has_two_indices, letters_of, one_index
from symbn.elaboration.notation import BATCH_NAMES, FEATURE_NAMES, Notation, key_of
from symbn.elaboration.resolving import ARRAYS, PER_FEATURE, Resolved, check_power, kronecker, resolve
from symbn.errors import UnreadableError, unreadable
from symbn.kernel.term import BATCH, FEATURE, Index
from symbn.syntax.tree import Big, Call, Cases, Indicator, Name, Node, Number, Relation, Scripted, children

MAX_WRITTEN_OUT = 6000  # names and numbers of an equation, with the document's definitions written out
MAX_FREE_INDICES = 5
FRESH_LETTERS = "ikjlpqrtuvw"


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
        if sum(used.definition.weight for used, _ in uses if used.definition is not None) > MAX_WRITTEN_OUT:
            raise unreadable("too-long", "with its definitions written out, the equation is too long", uses[0][1], "split it")
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
                    elif self.wide and (feature := one_index(argument, self.notation)) is not None:
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


def sizes(node: Node, notation: Notation) -> tuple[set[str], set[str]]:
    """Return the names at the top of sums, and the other names without a role."""
    scope = Scope(notation)
    tops: dict[str, Span] = {}
    with suppress(UnreadableError):  # The equation itself will say so.
        scope._collect(node, frozenset(), [], tops)
    return set(tops), set(scope.scalars)
