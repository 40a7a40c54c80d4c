"""What is read is what NumPy computes: little functions, read for all sizes and at chosen ones, against NumPy itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest

from symbn.code.model import Structure
from tests.code.reading.sources import CHOSEN_ONLY, FUNCTIONS, Source
from tests.code.reading.values import Evaluation, read_all_sizes, read_chosen

# N = D, N = 1, D = 1 and all 1 are sizes at which shapes coincide that are otherwise different.
SIZES = ((3, 2, 2, 2), (2, 2, 2, 2), (1, 3, 2, 1), (3, 1, 1, 2), (1, 1, 1, 1), (2, 3, 3, 2))


def named(sizes: tuple[int, int, int, int]) -> dict[str, int]:
    n, d, h, w = sizes
    return {"N": n, "D": d, "C": d, "H": h, "W": w}


def run(source: str, arguments: Mapping[str, Any]) -> Any:
    """Return what Python computes. The source is one of this file's neighbours, never a user's."""
    names: dict[str, Any] = {"__name__": "the file"}
    exec(compile(source, "a source of the tests", "exec"), names)
    return names["f"](*(np.copy(a) if isinstance(a, np.ndarray) else a for a in arguments.values()))


def check(found: Structure, wanted: Any, evaluation: Evaluation) -> None:
    if isinstance(found, tuple | list):
        assert type(found) is type(wanted)
        assert len(found) == len(wanted)
        for a, b in zip(found, wanted, strict=True):
            check(a, b, evaluation)
    elif isinstance(found, dict):
        assert found.keys() == wanted.keys()
        for key, value in found.items():
            check(value, wanted[key], evaluation)
    elif isinstance(found, str) and found.startswith("("):
        pass  # a function, or memory that was never written
    elif isinstance(found, str | None):
        assert found == wanted
    else:
        value = np.asarray(evaluation.array(found), dtype=float)
        assert value.shape == np.shape(wanted)
        np.testing.assert_allclose(value, np.asarray(wanted, dtype=float), rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("source", FUNCTIONS, ids=lambda source: source.name)
def test_what_is_read_for_all_sizes_is_what_numpy_computes_at_each(source: Source) -> None:
    trace = read_all_sizes(source.text, source.layout)
    for sizes in SIZES:
        floats = source.layout.floats(named(sizes))
        check(trace.results[0], run(source.text, floats), Evaluation(source.layout, named(sizes), floats))


@pytest.mark.parametrize("source", [*FUNCTIONS, *CHOSEN_ONLY], ids=lambda source: source.name)
def test_what_is_read_at_chosen_sizes_is_what_numpy_computes_there(source: Source) -> None:
    for sizes in SIZES[:5]:
        floats = source.layout.floats(named(sizes))
        trace = read_chosen(source.text, source.layout, named(sizes))
        check(trace.results[0], run(source.text, floats), Evaluation(source.layout, named(sizes), floats))
