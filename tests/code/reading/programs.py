"""Random little programs over a few names, so that aliases, views and shapes that coincide come up by themselves."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

_UNARY = (
    "{a}", "-{a}", "{a} * 2", "1 + {a}", "{a}.T", "{a}.copy()", "{a}[:, None]", "{a}[None]", "{a}[:]", "{a}[...]", "{a}[0]",
    "{a}.sum(axis=0)", "{a}.sum(axis=1)", "{a}.mean(axis=0, keepdims=True)", "{a}.mean(axis=1, keepdims=True)", "{a}.var(axis=0)",
    "{a}.sum(axis=-1, keepdims=True)", "{a}.mean()", "np.zeros_like({a})", "np.ones_like({a})", "np.asarray({a})", "np.array({a})",
    "{a}.reshape({a}.shape)", "{a}.reshape(-1, 1)", "{a}.reshape(N, -1)", "{a}.reshape(1, -1)", "{a}.reshape(D, -1)", "{a}.ravel()",
    "{a}.squeeze(0)", "{a}.squeeze(1)", "np.expand_dims({a}, 1)", "np.swapaxes({a}, 0, 1)", "{a}.transpose(1, 0)", "np.diag({a})",
    "np.tile({a}, (N, 1))", "np.tile({a}, (1, D))", "np.broadcast_to({a}, (N, D))", "np.sum({a}, axis=(0, 1))", "np.square({a})",
    "h({a})", "twice({a})", "{a} / N", "{a} * D", "np.outer({a}, {a})", "{a}[:, 0]", "np.trace({a})", "{a}.std(0)", "{a}[-1]",
    "[{a}, {a}][0]", "({a}, 1)[0]", "{{'k': {a}}}['k']", "np.empty_like({a})", "np.moveaxis({a}, 0, -1)", "{a}.flatten()",
    "np.einsum('ij->ji', {a})", "np.einsum('ij->i', {a})", "np.einsum('ij->', {a})", "{a}.dot({a}.T)", "np.ascontiguousarray({a})",
)  # fmt: skip
_BINARY = (
    "{a} + {b}", "{a} - {b}", "{a} * {b}", "{a} * {b} + {a}", "np.dot({a}, {b})", "{a} @ {b}", "{a} @ {b}.T", "{a}.T @ {b}",
    "np.outer({a}, {b})", "np.multiply({a}, {b})", "np.inner({a}, {b})", "np.einsum('ij,ij->j', {a}, {b})", "{a} - {b}.mean(axis=0)",
    "np.einsum('ij,jk->ik', {a}, {b})", "np.einsum('i,j->ji', {a}, {b})", "{a}[:, None] * {b}", "{a} * {b}[:, None]",
    "np.einsum('ij,kj->ki', {a}, {b})", "({a} - {b}).sum(axis=0)", "{a} / (1 + {b} * {b})", "np.einsum('ij,j', {a}, {b})",
)  # fmt: skip
_IN_PLACE = (
    "{t} += {a}", "{t} -= {a}", "{t} *= {a}", "{t} *= 2", "{t}[:] = {a}", "{t}[...] += {a}", "{t}[:, None] = {a}", "{t}.fill(3)",
    "{t}[0] = {a}", "{t}[None] += {a}", "{t}.T[:] = {a}", "{t} = {a}", "{t}, {a} = {a}, {t}", "{t}[:, :] *= {a}",
)  # fmt: skip
_IMAGE_UNARY = (
    "{a}", "{a} * 2", "{a}.transpose(0, 2, 3, 1)", "{a}.transpose(0, 3, 1, 2)", "{a}.transpose(1, 0, 2, 3)", "{a}.transpose(2, 3, 0, 1)",
    "{a}.reshape(-1, C)", "{a}.reshape(C, -1)", "{a}.reshape(N, C, H * W)", "{a}.reshape(N, H, W, C)", "{a}.reshape(H, W, N, C)",
    "{a}.reshape(C, N, H, W)", "{a}.reshape(N * H, W, C)", "{a}.reshape(N, H * W, C)", "{a}.sum(axis=(0, 2, 3))", "{a}.sum(axis=(0, 1, 2))",
    "{a}.mean(axis=(0, 2, 3), keepdims=True)", "{a}.sum(axis=0)", "{a}.sum(axis=1)", "{a}[None, :, None, None]", "{a}[:, None, None]",
    "{a}.reshape(1, -1, 1, 1)", "{a}.T", "{a} / (N * H * W)", "{a} * C", "{a}.copy()", "{a}.mean()", "np.ones((N * H * W, 1))",
    "np.ones((N, 1, H, W)) * {a}", "np.zeros_like({a})", "np.eye(N * H * W)", "np.swapaxes({a}, 2, 3)", "{a}.reshape(N, H, W, 1)",
    "{a}[:, None]", "np.einsum('nchw->nhwc', {a})", "np.einsum('nchw->c', {a})", "np.tile({a}, (N * H * W, 1))", "{a}.var(axis=0)",
    "{a}.reshape(N * H * W, -1)", "{a}.reshape(H * W * N, C)", "np.moveaxis({a}, 1, -1)", "{a}.reshape(-1)", "{a}.reshape(W, -1, C)",
)  # fmt: skip
_IMAGE_BINARY = (
    "{a} + {b}", "{a} * {b}", "{a} - {b}", "{a} @ {b}", "{a} @ {b}.T", "{a}.T @ {b}", "np.dot({a}, {b})", "np.einsum('nchw,nchw->c', {a}, {b})",
    "np.einsum('nchw,c->nhwc', {a}, {b})", "np.einsum('ij,ij->j', {a}, {b})", "np.einsum('ij,kj->ik', {a}, {b})", "{a} * {b}[:, None]",
)  # fmt: skip


@dataclass(frozen=True)
class Pieces:
    unary: tuple[str, ...]
    binary: tuple[str, ...]
    in_place: tuple[str, ...]


MATRICES = Pieces(_UNARY, _BINARY, _IN_PLACE)
PICTURES = Pieces(_IMAGE_UNARY, _IMAGE_BINARY, _IN_PLACE)
HEAD = """import numpy as np
def h(a):
    return a - a.mean(axis=0)
def twice(a):
    a *= 2
    return a
def f({arguments}):
    {sizes}
"""


def program(random: Random, names: tuple[str, ...], pieces: Pieces, sizes: str, length: int) -> str:
    """Return the text of a function f of the names, which returns what they are bound to at the end."""
    lines = []
    pool = [name for name in names if name != "eps"] + ["u", "v"]
    lines.append(f"u, v = {random.choice(pool[:-2])}, {random.choice(pool[:-2])}")
    for _ in range(length):
        t, a, b = (random.choice(pool) for _ in range(3))
        kind = random.random()
        if kind < 0.4:
            lines.append(f"{t} = " + random.choice(pieces.unary).format(a=a))
        elif kind < 0.7:
            lines.append(f"{t} = " + random.choice(pieces.binary).format(a=a, b=b))
        else:
            lines.append(random.choice(pieces.in_place).format(t=t, a=a))
    lines.append(f"return {', '.join(pool)}")
    return HEAD.format(arguments=", ".join(names), sizes=sizes) + "".join(f"    {line}\n" for line in lines)
