"""What the names in people's code stand for: the nodes of the layer, most likely first.

A name says what a value is meant to be; whether it is that is decided, never assumed, wherever the value is computed.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from symbn.errors import UsageError

_WORDS: dict[str, tuple[str, ...]] = {
    "x": ("x", "inp", "inputs", "input", "xin", "features", "data", "a"),
    "g": ("dout", "dy", "dl_dy", "dldy", "gradoutput", "gradout", "gradoutputs", "upstream", "g", "delta", "dyout", "gy",
          "gout", "outgrad", "douts", "upstreamgrad", "upstreamgradient", "grady", "ygrad", "dz"),
    "mu": ("mu", "mean", "samplemean", "batchmean", "xmean", "xbar", "avg", "m1", "mub", "means", "featuremean", "rowmean"),
    "c": ("c", "xmu", "xc", "xcentered", "xcentred", "centered", "centred", "xm", "xminusmu", "diff", "xminusmean", "dev",
          "deviation", "xzeromean", "center", "xcenter", "numerator"),
    "sq": ("sq", "xmusq", "xmusquared", "carre", "squared", "csq", "diffsq", "xcsq", "sqdiff", "squares", "xmu2"),
    "var": ("var", "variance", "samplevar", "batchvar", "sigma2", "sigmasq", "sigmasquared", "v", "vars", "xvar", "s2",
            "samplevariance", "featurevar", "sig2"),
    "v": ("vareps", "varpluseps", "veps", "ve", "varpeps", "vareps1"),
    "s": ("std", "sqrtvar", "sigma", "s", "stddev", "sd", "samplestd", "stdev", "rootvar", "vsqrt", "sqrtvareps", "denominator",
          "den", "denom", "batchstd", "sqrt", "stds", "sig"),
    "r": ("ivar", "istd", "invstd", "invvar", "rstd", "rsqrt", "inverse", "inv", "stdinv", "isqrt", "isigma", "invsqrt",
          "invsigma", "invsqrtvar", "rsigma", "oneoverstd", "rsqrtvar", "vsqrtinv", "istddev", "invsd", "r"),
    "xhat": ("xhat", "xn", "xnorm", "xnormalized", "xnormalised", "normalized", "normalised", "norm", "xh", "xnormed", "xstd",
             "hatx", "normx", "xstar", "normed", "xhats"),
    "gamma": ("gamma", "weight", "scale", "w", "gain", "gm", "gammas"),
    "beta": ("beta", "bias", "shift", "b", "offset", "bt", "betas"),
    "z": ("gammax", "gammaxhat", "scaled", "xscaled", "gx"),
    "y": ("y", "out", "output", "o", "outputs"),
    "eps": ("eps", "epsilon", "e", "bneps", "lneps"),
}  # fmt: skip
# A name that people use for several things: what else it may be, after its first meaning.
_ELSE: dict[str, tuple[str, ...]] = {
    "var": ("v", "s"), "sigma": ("var", "v"), "std": ("r",), "inv": ("v",), "invvar": ("r",), "v": ("v",), "sqrtvar": ("r",),
    "ivar": ("r",), "variance": ("v",), "samplevar": ("v",), "batchvar": ("v",), "s": ("var",), "norm": ("c",),
    "xstd": ("s",), "sigma2": ("v",), "sigmasq": ("v",), "denom": ("v",), "z": ("xhat", "y"), "out": ("xhat",),
}  # fmt: skip
_NODES = {word: node for node, words in _WORDS.items() for word in words}
RESULTS = ("x", "gamma", "beta")


def plain(name: str) -> str:
    """Return the name without what people vary: case, underscores, a trailing number or prime."""
    short = re.sub(r"[^a-z0-9]", "", name.lower())
    return short if short in _NODES else re.sub(r"\d+$", "", short) or short


def nodes(name: str) -> tuple[str, ...]:
    """Return the nodes that a name may stand for, most likely first."""
    word = plain(name)
    first = _NODES.get(word)
    own = () if first is None else (first,)
    return tuple(dict.fromkeys((*own, *_ELSE.get(word, ()))))


def gradient_of(name: str) -> tuple[str, ...]:
    """Return the nodes whose gradient dL/d(node) a name may stand for: dx, grad_gamma, dL_dvar, dxhat, var_grad."""
    short = re.sub(r"[^a-z0-9]", "", name.lower())
    for pattern in (r"dld(.+)", r"dloss(?:d)?(.+)", r"grad(?:ient)?(?:of)?(.+)", r"(.+?)grad(?:ient)?", r"d(.+)", r"g(.+)"):
        found = re.fullmatch(pattern, short)
        if found and (what := nodes(found[1])) and what[0] != "g":
            return what
    return ()


def is_upstream(name: str) -> bool:
    return nodes(name)[:1] == ("g",)


def lets(texts: Sequence[str]) -> dict[str, str]:
    """Return what names stand for, as the user says it: xhat=h -> {"h": "xhat"}. Raises: UsageError."""
    found = {}
    for text in texts:
        role, equals, name = text.partition("=")
        known = (role.strip(),) if role.strip() in _WORDS else nodes(role.strip())
        if not equals or not known or not name.strip().isidentifier():
            raise UsageError(f"--let wants ROLE=NAME, such as xhat=h or std=sig; got {text[:60]!r}")
        found[name.strip()] = known[0]
    return found
