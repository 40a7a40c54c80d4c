"""Tree -> meaning: one equation as meant for each admissible reading.

The language's own rules: a sum ends before the next + or -; a letter that no sum binds is a free index, and the equation is
claimed for all its values; a derivative between inner nodes is total. What departs from them is a reading, asked of
`Choices` and named. Nothing is ignored: a name without a role, an index without a slot, a power that is no number are errors
with their place.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction as Rational

from symbn.diagnostic import Diagnostic, Span, Value
from symbn.elaboration.conditions import cases, condition, indicator, on_indices, values_of
from symbn.elaboration.context import Context, Inside
from symbn.elaboration.derivatives import derivative
from symbn.elaboration.ellipsis import without_ellipses
from symbn.elaboration.functions import with_functions
from symbn.elaboration.letters import has_two_indices
from symbn.elaboration.matrix_notation import check_scope, flattened, is_certain, is_possible, is_wide, with_sizes
from symbn.elaboration.meaning import (
    Constant,
    Meaning,
    OutsideError,
    Plus,
    Quantity,
    Raised,
    SumOver,
    Times,
    free,
    letters_of,
    names,
    renamed,
    show,
    times,
    to_term,
)
from symbn.elaboration.names import MAX_EXPONENT, check_call, constant, quantity
from symbn.elaboration.notation import Notation
from symbn.elaboration.readings import TRUE_ONLY_IF, Choices, Reading, TooManyReadingsError, explore
from symbn.elaboration.scope import Scope
from symbn.elaboration.sums import additive, big, call
from symbn.errors import UnreadableError, unreadable
from symbn.kernel.goal import Condition, Goal
from symbn.kernel.term import BATCH, Index, Sum, Term, rename, subterms
from symbn.layers.batchnorm import EVALUATION, batch_norm
from symbn.layers.graph import Graph
from symbn.layers.graph import Node as GraphNode
from symbn.syntax.tree import (
    Additive,
    Big,
    Call,
    Cases,
    Derivative,
    Fraction,
    Group,
    Indicator,
    Listing,
    Name,
    Node,
    Number,
    Product,
    Relation,
    Root,
    Scripted,
    children,
)

_SLASH = "the division reaches over what stands beside its divisor: write brackets around it, as in a/(b c)"
_DOUBT = "a Jacobian without indices may be meant as a factor of a matrix product: write the indices"
_MATRICES = "what has no indices is a matrix or a column, and side by side is the matrix product"
_ENTRYWISE = f"{TRUE_ONLY_IF}the product entry by entry is summed over the batch, which no sum sign says: write \\sum_i"
_REPEATED = "{} is summed over the batch although no sum sign says so: write \\sum_{}"

_SIZE, _OTHERS = "m", "lpqrtuvw"


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Equation(Value):
    """One step as meant. unmatched: indices that stand free on one side only, with a place where they are written.
    warnings: faults of the text that do not keep it from being judged, such as a product of matrices that does not fit."""

    left: Meaning
    right: Meaning
    conditions: tuple[Condition, ...]
    graph: Graph
    batch: int | None
    reading: Reading
    mode: str
    unmatched: tuple[tuple[str, Span], ...] = ()
    given: tuple[tuple[Quantity, Meaning], ...] = ()
    warnings: tuple[Diagnostic, ...] = ()

    def goal(self) -> Goal:
        """Return the goal for the kernel. Raises: OutsideError."""
        left, right = (self.at_given(to_term(side, self.graph)) for side in (self.left, self.right))
        return Goal(left, right, self.conditions, self.graph.positive, self.batch)

    def at_given(self, term: Term) -> Term:
        """Put in the values that the conditions give to inputs: after every derivative is taken, as `at gamma = 1` means."""
        if not self.given:
            return term
        own = free(self.left) | free(self.right)
        bound = {inner.index for inner in subterms(term) if isinstance(inner, Sum)}
        nodes = {}
        for fixed, value in self.given:
            loose = {index for index in free(value) - set(fixed.indices) if isinstance(index.name, str)}
            if loose & bound or not loose <= own:
                # In sum_i gamma with gamma = g_i the sum would capture the index of the value, which is not what is said.
                raise OutsideError(
                    "a condition gives a value with an index that a sum binds, or that the equation does not have"
                )
            formal = tuple(Index(f"i{place}", index.axis) for place, index in enumerate(fixed.indices))
            body = rename(to_term(value, self.graph), dict(zip(fixed.indices, formal, strict=True)))
            slots = tuple(index.axis for index in formal)
            nodes[fixed.name] = GraphNode(fixed.name, slots, "given", fixed.name, body, formal)
        return Graph("given", nodes).expand(term)

    def letters(self) -> dict[str, str]:
        """Return the letters that are printed as others: of x_i^{(m)} with n examples the m, which is their number in print."""
        taken = letters_of(self.left) | letters_of(self.right)
        if _SIZE not in taken:
            return {}
        taken |= {str(index.name) for c in self.conditions for index in (c.left, c.right)}
        return {_SIZE: next(letter for letter in (*_OTHERS, *(f"i{n}" for n in range(len(taken) + 1))) if letter not in taken)}

    def notes(self, letters: Mapping[str, str] | None = None) -> tuple[str, ...]:
        """Return what the reading says, and which letters are printed as others. letters: those of the method, if known."""
        letters = self.letters() if letters is None else letters
        words = [f"the index {old} is printed as {new}, since {old} is the number of examples" for old, new in letters.items()]
        return (*self.reading.notes, *words)

    def statement(self, letters: Mapping[str, str] | None = None) -> str:
        """Return the claim in plain text, with every quantifier. letters: those of the method, if known."""
        letters = self.letters() if letters is None else letters
        left, right = (renamed(side, letters) if letters else side for side in (self.left, self.right))
        loose = free(left) | free(right)
        indices = sorted(
            {str(i.name) for i in loose if isinstance(i.name, str)}
            | {
                letters.get(str(i.name), str(i.name))
                for c in self.conditions
                for i in (c.left, c.right)
                if isinstance(i.name, str)
            }
        )
        explicit = [i.name for i in loose if isinstance(i.name, int) and i.axis == BATCH]
        size = f"m = {self.batch}" if self.batch is not None else f"all m >= {max([1, *explicit])}"
        if (names(left) | names(right)) & {"eps", "s", "xhat", "y"}:
            size += ", eps > 0"
        text = f"for {size}" + (f" and all {', '.join(indices)}" if indices else "")
        if self.conditions:
            pairs = [(letters.get(str(i.name), str(i.name)) for i in (c.left, c.right)) for c in self.conditions]
            signs = [f" {'=' if c.equal else '!='} ".join(pair) for c, pair in zip(self.conditions, pairs, strict=True)]
            text += f" with {' and '.join(signs)}"
        if self.given:
            values = [(renamed(fixed, letters), renamed(value, letters)) for fixed, value in self.given]
            text += f" where {' and '.join(f'{show(fixed)} = {show(value)}' for fixed, value in values)}"
        mode = " (mean and variance are constants)" if self.mode == EVALUATION else ""
        return f"{text}{mode}: {show(left)} = {show(right)}"


def readings(
    left: Node, right: Node, conditions: tuple[Relation, ...], notation: Notation, batch: int | None = None
) -> Iterator[Equation]:
    """Yield the equation under every admissible reading, the language's own rule first.

    Raises: UnreadableError, OutsideError, TooManyReadingsError.
    """
    (left, right), notation, moments, remarks = with_functions((left, right), notation)
    (left, right), dots = without_ellipses((left, right))
    given = (*(relation for relation in conditions if not on_indices(relation)), *moments)
    conditions = tuple(relation for relation in conditions if on_indices(relation))
    values = tuple(relation.right for relation in given)
    if is_certain((left, right), notation) and not moments:
        if given:
            raise OutsideError("a condition on a value is not read with an equation between matrices")
        yield from _between_matrices(left, right, conditions, notation, batch, dots)
        return
    if is_possible((left, right), notation) and not (moments or given or dots):
        if found := _if_it_fits(left, right, conditions, notation, batch):
            yield from found
            return
    scope = Scope.of((left, right, *values), conditions, notation)
    graph = batch_norm(notation.mode, scope.wide)

    def run(choices: Choices) -> Equation:
        for words in (*remarks, *dots):
            choices.note(words, caveat=words.startswith("a plus sign"))
        return _equation(Context(scope, graph, choices, notation, batch, meaning_of), left, right, conditions, given)

    doubtful = False
    for equation, reading in explore(run):
        doubtful = doubtful or _DOUBT in reading.doubts
        # t and the names of the functions are ours, or explained by the remark.
        if moments:
            reading = replace(reading, notes=tuple(n for n in reading.notes if not n.endswith("is any real number")))
        yield from _granted(equation, reading)
    if doubtful and not (moments or given or dots):
        for equation in _if_it_fits(left, right, conditions, notation, batch):
            reading = equation.reading
            if not equation.warnings:
                yield replace(equation, reading=replace(reading, caveats=(_MATRICES, *reading.caveats)))


def _granted(equation: Equation, reading: Reading) -> Iterator[Equation]:
    """Yield the equation with its reading, if that is one; what is too loose to prove by is withheld."""
    if reading.caveats:
        from symbn.elaboration.granting import is_granted

        granted, doubt = is_granted(equation.left, equation.right, equation.conditions, equation.graph)
        if not granted:
            return
        if doubt is not None:
            reading = replace(reading, withheld=(*reading.withheld, doubt))
    yield replace(equation, reading=reading)


def _if_it_fits(
    left: Node, right: Node, conditions: tuple[Relation, ...], notation: Notation, batch: int | None
) -> list[Equation]:
    """Return the readings between matrices of what may also be read without them; none if it cannot be."""
    try:
        return list(_between_matrices(left, right, conditions, notation, batch))
    except (UnreadableError, OutsideError, TooManyReadingsError):
        return []


def _between_matrices(
    left: Node,
    right: Node,
    conditions: tuple[Relation, ...],
    notation: Notation,
    batch: int | None,
    remarks: tuple[str, ...] = (),
) -> Iterator[Equation]:
    """Yield the readings whose shapes fit; if there is none, those that fit with a warning. Raises: UnreadableError."""
    # Most formulas hold no matrices, and start sooner without their modules.
    from symbn.elaboration.matrices import entries
    from symbn.elaboration.matrix_operations import MISMATCH

    sides = (left, right)
    notation = with_sizes(sides, notation)
    wide = is_wide(sides, notation)
    flat = tuple(flattened(side, notation) for side in sides)
    if not wide and any(has_two_indices(side, notation) for side in flat):
        raise unreadable(
            "missing-index", "data have two indices in one place and none in another", left.span.to(right.span),
            "write capital letters for data with features",
        )  # fmt: skip
    scope = Scope.of(flat, conditions, notation, wide)
    check_scope(sides, scope, notation)
    graph = batch_norm(notation.mode, wide)

    def run(choices: Choices) -> Equation | UnreadableError:
        context = Context(scope, graph, choices, notation, batch, meaning_of)
        for words in remarks:
            choices.note(words, caveat=words.startswith("a plus sign"))
        try:
            above, below, warnings = entries(context, left, right)
        except UnreadableError as error:
            if error.diagnostic.code != MISMATCH:
                raise
            return error
        return replace(_closed(context, [above, below], left, right, conditions, ()), warnings=warnings)

    warned: list[Equation] = []
    faults: list[UnreadableError] = []
    fits = False
    for result, reading in explore(run):
        if isinstance(result, UnreadableError):
            faults.append(result)
        elif result.warnings:
            warned.append(replace(result, reading=reading))
        else:
            fits = True
            yield from _granted(result, reading)
    if not fits:
        yield from warned
        if not warned:
            raise faults[0]


def _equation(
    context: Context, left: Node, right: Node, conditions: tuple[Relation, ...], given: tuple[Relation, ...]
) -> Equation:
    meant = [context.read(side, Inside()) for side in (left, right)]
    if context.bare >= {"entry", "jacobian"}:
        context.choices.doubts.append(_DOUBT)
        if context.totals:
            context.choices.withheld.append(_DOUBT)
    indices = [free(meaning) for meaning in meant]
    for side, node in enumerate((left, right)):
        before, meant[side] = meant[side], _with_repeated(context, meant[side], indices[side] - indices[1 - side], f"{side}")
        if meant[side] is not before and _holds_entrywise(node):
            context.choices.withheld.append(_ENTRYWISE)
    return _closed(context, meant, left, right, conditions, given)


def _closed(
    context: Context,
    meant: list[Meaning],
    left: Node,
    right: Node,
    conditions: tuple[Relation, ...],
    given: tuple[Relation, ...],
) -> Equation:
    """Return the equation with its conditions, its entries checked against the batch size."""
    indices = [free(meaning) for meaning in meant]
    explicit = [i.name for i in indices[0] | indices[1] if isinstance(i.name, int) and i.axis == BATCH]
    if context.batch is not None and max([0, *explicit]) > context.batch:
        last = max(explicit)
        raise unreadable(
            "bad-index", f"a batch of {context.batch} has no entry {last}", left.span.to(right.span), f"--batch {last}"
        )
    where = tuple(condition(context, relation) for relation in conditions)
    compared = {i for c in where for i in (c.left, c.right)}
    lone = (free(meant[0]) ^ free(meant[1])) - compared
    unmatched = tuple(
        (str(i.name), context.scope.spans[str(i.name)])
        for i in sorted(lone, key=lambda i: str(i.name))
        if isinstance(i.name, str) and str(i.name) in context.scope.spans
    )
    values = values_of(context, given)
    return Equation(
        meant[0], meant[1], where, context.graph, context.batch, Reading(), context.notation.mode, unmatched, values
    )


def _with_repeated(context: Context, meaning: Meaning, alone: frozenset[Index], side: str) -> Meaning:
    """Offer to sum what stands free on this side only, and twice in one product (Einstein's convention), all of it or nothing.

    A divisor does not count: no author leaves a sum out of x_i / x_i.
    """
    terms = meaning.terms if isinstance(meaning, Plus) else (meaning,)
    letters = [index for index in sorted(alone, key=str) if index.axis == BATCH and isinstance(index.name, str)]
    repeated = [[i for i in letters if sum(i in free(f) for f in _factors(t) if not _divides(f)) >= 2] for t in terms]
    summed = sorted({index for found in repeated for index in found}, key=str)
    if not summed or not context.choices.pick(
        f"repeated {side}", [None, "; ".join(_REPEATED.format(i.name, i.name) for i in summed)]
    ):
        return meaning
    result = []
    for term, found in zip(terms, repeated, strict=True):
        for index in found:
            term = SumOver(index, (), term)
        result.append(term)
    return Plus(tuple(result)) if isinstance(meaning, Plus) else result[0]


def meaning_of(context: Context, node: Node, inside: Inside) -> Meaning:
    match node:
        case Number(value=value):
            return Constant(value)
        case Name() | Scripted():
            return quantity(context, node, inside)
        case Group(body=body):
            return context.read(body, inside)
        case Fraction(top=top, bottom=bottom):
            return times(context.read(top, inside), Raised(context.read(bottom, inside), Rational(-1)))
        case Root(radicand=radicand, degree=degree):
            power = Rational(2) if degree is None else constant(context, degree)
            if power.denominator != 1 or not 2 <= power <= MAX_EXPONENT:
                raise unreadable("unsupported", "the degree of a root is a whole number from 2", node.span)
            return Raised(context.read(radicand, inside), 1 / power)
        case Product(factors=factors, operators=operators):
            meant = [context.read(factors[0], inside)]
            below = False
            for place, (left, operator, factor) in enumerate(zip(factors, operators, factors[1:], strict=False)):
                check_call(context, left, operator, factor)
                inner = context.read(factor, inside)
                beside = operators[place + 1 : place + 2] == ("",) and not _bracketed(factors[place + 2])
                tight = isinstance(factor, Number) and beside and factor.span.end == factors[place + 2].span.start
                # gamma/m s (..) and 1/2s are ambiguous; 1/2 x is not.
                if operator == "/" and beside and (tight or not isinstance(factor, Number)):
                    below = context.choices.pick(f"slash {factor.span.start}", [None, _SLASH]) == 1
                elif operator != "" or _bracketed(factor) or isinstance(factor, Big):
                    below = False
                meant.append(Raised(inner, Rational(-1)) if operator == "/" or below else inner)
            return times(*meant)
        case Additive():
            return additive(context, node, inside)
        case Big():
            return big(context, node, inside)
        case Derivative():
            return derivative(context, node, inside)
        case Call():
            return call(context, node, inside)
        case Indicator(condition=condition):
            return indicator(context, condition, inside)
        case Cases():
            return cases(context, node, inside)
        case Relation() | Listing():
            raise unreadable("unexpected", "a relation or a list cannot stand here", node.span)


def _bracketed(node: Node) -> bool:
    return isinstance(node, Group) or (isinstance(node, Scripted) and isinstance(node.base, Group))


def _holds_entrywise(node: Node) -> bool:
    return (isinstance(node, Product) and "\\odot" in node.operators) or any(map(_holds_entrywise, children(node)))


def _divides(factor: Meaning) -> bool:
    return isinstance(factor, Raised) and factor.exponent < 0


def _factors(meaning: Meaning) -> tuple[Meaning, ...]:
    return meaning.factors if isinstance(meaning, Times) else (meaning,)
