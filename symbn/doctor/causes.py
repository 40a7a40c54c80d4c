"""Why a setting hides a mistake: which of its choices is to blame, found by undoing them one at a time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from symbn.doctor.exact import is_blind
from symbn.doctor.mistakes import Mistake
from symbn.doctor.setting import Draw, Loss, Setting

Undo = Callable[[Setting], Setting]


def choices(setting: Setting) -> dict[str, Undo]:
    """Return the choices that can blind a test, in words, each with what undoes it."""
    examples, features = setting.shape
    found: dict[str, Undo] = {}
    if setting.loss.upstream in ("constant", "output"):
        found[f"the loss {setting.loss}"] = lambda s: replace(s, loss=Loss("random"))
    if setting.gamma.kind == "constant":
        found[f"gamma = {setting.gamma.shift:g}"] = lambda s: replace(s, gamma=Draw())
    if setting.beta.kind == "constant":
        found[f"beta = {setting.beta.shift:g}"] = lambda s: replace(s, beta=Draw())
    if setting.eps == 0:
        found["eps = 0"] = lambda s: replace(s, eps=1.0)
    if examples == 1:
        found["a single example"] = lambda s: replace(s, shape=(5, features))
    elif examples == 2:
        found["two examples"] = lambda s: replace(s, shape=(5, features))
    if examples == features:
        found["as many features as examples"] = lambda s: replace(s, shape=(s.shape[0], s.shape[0] + 1))
    return found


def causes(mistake: Mistake, setting: Setting) -> tuple[str, ...]:
    """Return the choices that hide the mistake: each one that is enough by itself, or else those that do so together."""
    undone = choices(setting)
    alone = []
    for words in undone:
        others = setting
        for other, undo in undone.items():
            if other != words:
                others = undo(others)
        if is_blind(mistake, others):
            alone.append(words)
    if alone:
        return tuple(alone)
    return (" and ".join(words for words, undo in undone.items() if not is_blind(mistake, undo(setting))),)


def vanishes(gradient: str, setting: Setting) -> bool:
    """Tell whether the right gradient is 0 whatever the test draws."""
    return is_blind(Mistake("zero", gradient, "0", ""), setting)
