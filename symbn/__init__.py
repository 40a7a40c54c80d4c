"""symbn: a checker for hand-derived gradients, batch normalisation first.

    >>> import symbn
    >>> symbn.verify(r"\\frac{\\partial L}{\\partial \\beta} = \\sum_j g_j").kind
    'proved'

`verify` answers a formula; `BatchNorm` is the layer as SymPy expressions at a chosen batch size; `symbn.testing` is for test
suites. Importing this package loads neither SymPy nor NumPy.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from symbn.answer import Counterexample, Step
from symbn.checking import Verdict, verify
from symbn.errors import NotProvedError, SymbnError, UnreadableError, UsageError

if TYPE_CHECKING:
    from symbn.symbolic import BatchNorm

__version__ = "0.1.0"
__all__ = [
    "BatchNorm",
    "Counterexample",
    "NotProvedError",
    "Step",
    "SymbnError",
    "UnreadableError",
    "UsageError",
    "Verdict",
    "__version__",
    "verify",
]


def __getattr__(name: str) -> object:
    # SymPy takes a second to import and most uses do not want it.
    if name == "BatchNorm":
        from symbn.symbolic import BatchNorm

        return BatchNorm
    raise AttributeError(f"module 'symbn' has no attribute {name!r}")
