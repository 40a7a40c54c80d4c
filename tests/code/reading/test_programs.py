"""Random programs: whatever is read, NumPy computes at every size; nothing but StoppedError is ever raised."""

from __future__ import annotations

import ast
import warnings
from collections.abc import Callable
from contextlib import suppress
from random import Random

import pytest

from symbn.code.model import StoppedError, Structure, Trace
from tests.code.reading.programs import MATRICES, PICTURES, program
from tests.code.reading.sources import CHOSEN_ONLY, FUNCTIONS
from tests.code.reading.test_reading import SIZES, check, named, run
from tests.code.reading.values import IMAGES, PLAIN, ROWS, Evaluation, Layout, read_all_sizes, read_chosen

Reader = Callable[[str, Layout], Trace]
ALL_SIZES: Reader = read_all_sizes
CHOSEN: Reader = lambda text, layout: read_chosen(text, layout, named(SIZES[0]))  # noqa: E731
LAYOUTS = ((PLAIN, MATRICES, "N, D = x.shape"), (ROWS, MATRICES, "D, N = x.shape"), (IMAGES, PICTURES, "N, C, H, W = x.shape"))


def compared(text: str, layout: Layout) -> bool:
    """Compare the two spaces with NumPy at all the sizes. Return whether the program could be read for all sizes."""
    for_all: Structure = None
    with suppress(StoppedError):
        for_all = read_all_sizes(text, layout).results[0]
    for sizes in SIZES[:5]:
        floats = layout.floats(named(sizes))
        evaluation = Evaluation(layout, named(sizes), floats)
        if for_all is not None:
            check(for_all, run(text, floats), evaluation)
        try:
            here = read_chosen(text, layout, named(sizes)).results[0]
        except StoppedError:
            continue
        check(here, run(text, floats), evaluation)
    return for_all is not None


@pytest.mark.parametrize("seed", range(20))
def test_random_programs_are_read_as_numpy_runs_them(seed: int) -> None:
    random = Random(seed)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for _ in range(12):
            layout, pieces, sizes = random.choice(LAYOUTS)
            compared(program(random, tuple(layout.arguments), pieces, sizes, random.randint(1, 5)), layout)


def test_many_random_programs_can_be_read() -> None:
    random = Random(7)
    done = 0
    for _ in range(150):
        text = program(random, tuple(PLAIN.arguments), *LAYOUTS[0][1:], 2)
        try:
            read_all_sizes(text, PLAIN)
            done += 1
        except StoppedError:
            pass
    assert done > 40


def mutated(text: str, random: Random) -> str:
    """Return the text with some pieces dropped, doubled, exchanged or replaced."""
    for _ in range(random.randint(1, 4)):
        start = random.randrange(len(text))
        stop = min(len(text), start + random.randint(1, 8))
        text = random.choice(
            (
                text[:start] + text[stop:],
                text[:stop] + text[start:],
                text[:start]
                + random.choice(("None", "-1", "x", "()", "[0]", "*x", "**x", "1e400", ":", "'a'", "lambda: x", "0"))
                + text[stop:],
            )
        )
    return text


@pytest.mark.parametrize("seed", range(10))
def test_mutated_functions_raise_nothing_but_stopped(seed: int) -> None:
    random = Random(seed)
    tried = 0
    while tried < 60:
        source = random.choice(FUNCTIONS + CHOSEN_ONLY)
        text = mutated(source.text, random)
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                ast.parse(text)
        except (SyntaxError, ValueError):
            continue
        tried += 1
        for readable in (ALL_SIZES, CHOSEN):
            try:
                readable(text, source.layout)
            except StoppedError as error:
                assert error.reason
