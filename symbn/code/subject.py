"""Whether anything says that a function belongs to batch or layer norm.

A file of layers holds affine maps, activations and other normalisations, too. Of these nothing may be claimed: that they do not
return the gradients of batch norm is no fault of theirs.
"""

from __future__ import annotations

import re

from symbn.code.matching import Plan
from symbn.code.names import plain

_OURS = {"batch", "batchnorm", "batchnormalization", "bn", "layernorm", "ln", "layernormalization"}
_OTHERS = {
    "group": "group norm", "groupnorm": "group norm", "gn": "group norm", "instance": "instance norm",
    "instancenorm": "instance norm", "rms": "RMS norm", "rmsnorm": "RMS norm", "weightnorm": "weight norm",
    "l2": "a norm of length 1", "l1": "a norm of length 1", "spectral": "spectral norm", "spectralnorm": "spectral norm",
    "lrn": "local response norm", "renorm": "batch renormalisation", "batchrenorm": "batch renormalisation",
    "frozen": "evaluation mode", "softmax": "the softmax",
}  # fmt: skip
# The values that only a normalisation keeps, by names of more than one letter: s and v are anything.
_KEPT = {"mu", "var", "v", "s", "r", "xhat", "c", "eps"}


def doubt(plan: Plan) -> str | None:
    """Return why nothing may be said against a function whose forward pass is not known; None if it may."""
    words = [word for name in (plan.backward, plan.forward or "") for word in _words(name)]
    other = next((_OTHERS[word] for word in words if word in _OTHERS), None)
    if other is not None:
        return f"its name says {other}, which is known only by a forward pass in the same file"
    unclear = next((slot.name for slot in plan.slots if plain(slot.name) == "invvar"), None)
    if unclear is not None:
        return f"{unclear} may be 1/(var + eps) or the root of that: if it is the root, --let r={unclear}"
    kept = any(slot.nodes[0] in _KEPT and len(slot.name) > 1 for slot in plan.slots)
    if kept or any(word in _OURS or "norm" in word for word in words):
        return None
    return "no name says that it belongs to batch or layer norm: if it does, --layout batchnorm or --layout layernorm"


def _words(name: str) -> list[str]:
    """Return the words of a name, in small letters: spatial_bnBackward2 -> spatial, bn, backward."""
    parts = re.findall(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])", re.sub(r"l([12])", r"l\1_", name))
    return [part.lower() for part in parts] + re.findall(r"l[12]", name.lower())
