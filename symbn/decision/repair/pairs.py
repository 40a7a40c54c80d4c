"""Two mistakes at once. Most pairs cost no parsing: what each edit alone does to the value says what both do together.

In different terms of a sum two changes add up: delta1 + delta2 = target - written. In one product they multiply: with T the
term, (1 + delta1/T)(1 + delta2/T) = 1 + (target - written)/T. Both are looked up in a table. What one edit enables (a sum
that made everything 0) is tried out, the likeliest pairs first. Every pair is read again and proved, as single edits are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import islice
from time import monotonic

from symbn.decision.repair.edits import Candidate, apart, both
from symbn.decision.repair.points import PRIME
from symbn.decision.repair.search import Budget, Found, Question, Sieved
from symbn.decision.repair.sieve import Values
from symbn.diagnostic import Span

MAX_COST = 34
_CHECKED = 40
_ENABLING = frozenset(
    {"extra-sum", "exponent-on-root", "missing-parentheses", "extra-upstream", "misplaced-epsilon", "missing-epsilon",
     "missing-sum", "extra-factor", "missing-upstream"}
)  # fmt: skip


def search_pairs(question: Question, sieved: list[Sieved], budget: Budget) -> Found | None:
    """Return the cheapest pair of edits that is proved."""
    question.deadline = monotonic() + budget.pair_seconds
    question.proofs = max(question.proofs, budget.proofs // 2)
    tabled = sorted(_tabled(question, sieved), key=lambda candidate: candidate.order)
    if (found := _first(question, islice(tabled, _CHECKED))) is not None:
        return found
    return _first(question, islice(_enabled(sieved), budget.pairs))


def _first(question: Question, candidates: Iterator[Candidate]) -> Found | None:
    for candidate in candidates:
        if monotonic() > question.deadline or question.proofs <= 0:
            return None
        if question.passes(question.value(candidate.edits)):
            found = question.proved(candidate)
            if found is not None and found.caveat is None:
                return found
    return None


def _tabled(question: Question, sieved: list[Sieved]) -> Iterator[Candidate]:
    written = question.written
    if written is None:
        return
    deltas = [(one.candidate, _minus(one.value, written)) for one in sieved if one.candidate.cost <= MAX_COST - 7]
    for target in question.targets[:2]:
        wanted = _minus(target, written)
        yield from _matching(deltas, {id(c): d for c, d in deltas}, wanted, _minus)
        for span, term in _terms(question, sieved, written):
            if not all(term):
                continue
            inverse = tuple(pow(t, -1, PRIME) for t in term)
            ratios = [
                (c, _ratio(d, inverse)) for c, d in deltas
                if all(span.start <= e.start and e.end <= span.end for e, _ in c.edits)
            ]  # fmt: skip
            ratios = [(c, r) for c, r in ratios if all(r)]
            yield from _matching(ratios, {id(c): r for c, r in ratios}, _ratio(wanted, inverse), _over)


def _terms(question: Question, sieved: list[Sieved], written: Values) -> Iterator[tuple[Span, Values]]:
    """Yield the additive terms with what they contribute to the side: minus what leaving them out does."""
    yield question.view.side, written
    for one in sieved:
        if one.candidate.code == "extra-term":
            yield one.candidate.edits[0][0], _minus(written, one.value)


def _matching(
    items: list[tuple[Candidate, Values]], known: dict[int, Values], wanted: Values, rest: Callable[[Values, Values], Values]
) -> Iterator[Candidate]:
    table: dict[Values, list[Candidate]] = {}
    for candidate, value in items:
        table.setdefault(value, []).append(candidate)
    for candidate, _ in items:
        for other in table.get(rest(wanted, known[id(candidate)]), [])[:4]:
            if candidate.order <= other.order and candidate is not other and apart(candidate, other):
                if candidate.cost + other.cost <= MAX_COST:
                    yield both(candidate, other)


def _enabled(sieved: list[Sieved]) -> Iterator[Candidate]:
    cheap = sorted((one.candidate for one in sieved if one.candidate.cost <= 16), key=lambda candidate: candidate.order)
    first = [candidate for candidate in cheap if candidate.code in _ENABLING]
    pairs = sorted(
        ((a.cost + b.cost, n, k) for n, a in enumerate(first) for k, b in enumerate(cheap) if a is not b and apart(a, b)),
    )
    for _, n, k in pairs:
        yield both(first[n], cheap[k])


def _minus(left: Values, right: Values) -> Values:
    return tuple((a - b) % PRIME for a, b in zip(left, right, strict=True))


def _ratio(delta: Values, inverse: Values) -> Values:
    return tuple((1 + d * i) % PRIME for d, i in zip(delta, inverse, strict=True))


def _over(left: Values, right: Values) -> Values:
    return tuple(a * pow(b, -1, PRIME) % PRIME for a, b in zip(left, right, strict=True))
