"""The checks that people use: torch.autograd.gradcheck, and central differences with NumPy."""

from __future__ import annotations

from scripts.benching import backward
from scripts.benching.answers import DIFFERENT, EQUAL, Prepare, Run
from scripts.benching.questions import WARM

_NAMES = {"closed": "right", "closed-wrong": "sign", WARM: "right"}


def gradcheck() -> Prepare:
    import torch

    torch.set_num_threads(1)

    def prepare(key: str, size: int | None) -> Run:
        name = _NAMES.get(key, key)
        if size is not None:
            return lambda: (EQUAL if backward.gradcheck(name, 0, size, 1) else DIFFERENT, "numbers, no proof")
        return lambda: _voted([backward.gradcheck(name, seed) for seed in backward.SEEDS])

    return prepare


def central_differences() -> Prepare:
    def prepare(key: str, size: int | None) -> Run:
        return lambda: _voted([backward.central(key, seed) for seed in backward.SEEDS])

    return prepare


def _voted(passed: list[bool]) -> tuple[str, str]:
    """Return what a check says: a function that passes with any seed would have been let pass by somebody."""
    return (EQUAL if any(passed) else DIFFERENT), f"passes with {sum(passed)} of {len(passed)} seeds"
