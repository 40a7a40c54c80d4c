"""symbn: a checker for hand-derived gradients, batch normalisation first.

    >>> import symbn
    >>> symbn.verify(r"\\frac{\\partial L}{\\partial \\beta} = \\sum_j g_j").kind
    'proved'

`verify` answers a formula and `check` a document, which notebooks show typeset; `derive` and `explain` write derivations, every
step proved; `BatchNorm` is the layer as SymPy expressions at a chosen batch size; `symbn.testing` is for test suites. Importing
this package loads next to nothing; a name loads what it needs when it is first used, and SymPy only where it works.
"""

from __future__ import annotations

import sys
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from symbn.answer import Counterexample, DocumentReport, Step
    from symbn.checking import Verdict, verify
    from symbn.errors import NotProvedError, SymbnError, UnreadableError, UsageError
    from symbn.publishing.derivation import Derivation, derive, explain
    from symbn.report.notebook import report_bundle as report_bundle
    from symbn.report.notebook import steps_bundle as steps_bundle
    from symbn.running import check
    from symbn.symbolic import BatchNorm

__version__ = "0.4.0"
__all__ = [
    "BatchNorm",
    "Counterexample",
    "Derivation",
    "DocumentReport",
    "NotProvedError",
    "Step",
    "SymbnError",
    "UnreadableError",
    "UsageError",
    "Verdict",
    "__version__",
    "check",
    "derive",
    "explain",
    "verify",
]

_HOMES = {
    "BatchNorm": "symbolic",
    "Counterexample": "answer",
    "DocumentReport": "answer",
    "check": "running",
    "report_bundle": "report.notebook",
    "steps_bundle": "report.notebook",
    "Step": "answer",
    "Derivation": "publishing.derivation",
    "Verdict": "checking",
    "derive": "publishing.derivation",
    "explain": "publishing.derivation",
    "verify": "checking",
    "NotProvedError": "errors",
    "SymbnError": "errors",
    "UnreadableError": "errors",
    "UsageError": "errors",
}


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module 'symbn' has no attribute {name!r}")
    value = getattr(import_module(f"symbn.{_HOMES[name]}"), name)
    setattr(sys.modules[__name__], name, value)
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
