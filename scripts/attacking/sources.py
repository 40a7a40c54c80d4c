"""True claims to start from: the closed forms of `symbn table`, those equations of derivations/ that are in the plain language,
and a few of every constructor."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from scripts.attacking.formula import Claim
from scripts.attacking.label import label
from scripts.attacking.reading import claims_in
from symbn.document.read import read_document
from symbn.document.source import Formula
from symbn.layers.batchnorm import CLOSED_FORMS

_ROOT = Path(__file__).resolve().parent.parent.parent
_MORE = (
    r"\frac{\partial^2 \sigma^2}{\partial x_i \partial x_k} = \frac2m \left(\delta_{ik} - \frac1m\right)",
    r"\frac{\partial s}{\partial x_i} = \frac{x_i - \mu}{m s}",
    r"\frac{\partial}{\partial x_k} (x_i - \mu)^2 = 2 (x_i - \mu) (\delta_{ik} - \frac1m)",
    r"\frac{\partial \hat x_i}{\partial \sigma^2} = -\frac12 (x_i - \mu) (\sigma^2+\epsilon)^{-3/2}",
    r"\frac{\partial \hat x_i}{\partial \mu} = -\frac{1}{s}",
    r"\frac{\partial y_i}{\partial \gamma} = \hat x_i",
    r"\sigma^2 = \frac{1}{2m^2} \sum_i \sum_j (x_i - x_j)^2",
    r"\sum_{j \neq i} (x_j - \mu) = \mu - x_i",
    r"\sum_i \sum_{j \neq i} x_i x_j = m^2 \mu^2 - \sum_i x_i^2",
    r"(\sum_i x_i)(\sum_i g_i) = \sum_i \sum_j x_i g_j",
    r"(\sqrt{\sigma^2+\epsilon})^{-3/2} = (\sigma^2+\epsilon)^{-3/4}",
    r"\sum_i (g_i - \frac1m \sum_j g_j) \hat x_i = \sum_j g_j \hat x_j",
)


@cache
def sources() -> tuple[Claim, ...]:
    """Return the true claims. What is not in the plain language, or false (there are mistakes in derivations/), is left out."""
    texts = [(form.formula, form.mode) for form in CLOSED_FORMS]
    for file in sorted((_ROOT / "derivations").glob("*.md")):
        document = read_document(str(file), file.read_bytes())
        texts += [(item.text.text, "train") for item in document.items if isinstance(item, Formula)]
    texts += [(text, "train") for text in _MORE]
    found = [claim for text, mode in texts for claim in claims_in(text, mode)]
    return tuple(claim for claim in dict.fromkeys(found) if claim.left != claim.right and label(claim) is True)
