"""Readings: the few, nameable ways in which a text is ambiguous, as data.

While a tree is given its meaning, every ambiguous place asks `Choices.pick`. The first option is the language's own rule;
the others are readings that a person may have had in mind. `explore` runs a function once for each combination, plainest first.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from symbn.diagnostic import Value

MAX_READINGS = 48
TRUE_ONLY_IF = "true only if "  # begins why a reading is withheld

T = TypeVar("T")


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Reading(Value):
    """What was chosen, in words.

    notes: what holds anyway. caveats: what departs from the language's own rule. doubts: a reading that a person may have had
    in mind and that is not tried, so that nothing is refuted. withheld: why this reading is too loose to prove by; a person may
    still have had it in mind, so that what is true under it is not refuted either.
    """

    notes: tuple[str, ...] = ()
    caveats: tuple[str, ...] = ()
    doubts: tuple[str, ...] = ()
    withheld: tuple[str, ...] = ()


@dataclass(slots=True)
class Choices:
    """The picks of one run. seen: every place asked, with its number of options, in order."""

    picks: Mapping[str, int]
    seen: dict[str, int] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    caveats: list[str] = field(default_factory=list)
    doubts: list[str] = field(default_factory=list)
    withheld: list[str] = field(default_factory=list)

    def pick(self, place: str, options: Sequence[str | None]) -> int:
        """Return the number of the option taken. options: a note for each; the first one's is no caveat, None says nothing."""
        self.seen.setdefault(place, len(options))
        taken = self.picks.get(place, 0)
        words = options[taken]
        if words is not None:
            self.note(words, caveat=taken > 0)
        return taken

    def note(self, words: str, caveat: bool = False) -> None:
        target = self.caveats if caveat else self.notes
        if words not in target:
            target.append(words)

    def reading(self) -> Reading:
        return Reading(tuple(self.notes), tuple(self.caveats), tuple(self.doubts), tuple(self.withheld))


def explore(run: Callable[[Choices], T]) -> Iterator[tuple[T, Reading]]:
    """Yield the result of every reading, by the number of departures from the language's own rule.

    At most MAX_READINGS are tried; if there are more, `TooManyReadings` is raised after those.
    """
    queue: list[dict[str, int]] = [{}]
    tried = 0
    while queue:
        picks = queue.pop(0)
        if tried == MAX_READINGS:
            raise TooManyReadingsError
        tried += 1
        choices = Choices(picks)
        result = run(choices)
        yield result, choices.reading()
        places = list(choices.seen)
        after = max((places.index(place) for place in picks if place in choices.seen), default=-1) + 1
        for place in places[after:]:
            queue.extend({**picks, place: option} for option in range(1, choices.seen[place]))


class TooManyReadingsError(Exception):
    """The text has more readings than are tried."""
