"""The exceptions of symbn.

    SymbnError                  everything below; catch this one
    ├── UsageError              the caller is at fault: an option, a batch size, a notation that cannot be
    │   └── NotationError       a setting of a notation file or of front matter: carries its name
    ├── UnreadableError         the text is at fault: carries the Diagnostic with its span
    └── NotProvedError          `symbn.testing.assert_proved` failed (also an AssertionError)

A `symbn.kernel.term.KernelError` that reaches a user is our own fault: this is a bug in symbn.
"""

from __future__ import annotations

from symbn.diagnostic import Diagnostic, Span


class SymbnError(Exception):
    """The base of every error that symbn raises on purpose."""


class UsageError(SymbnError, ValueError):
    """An argument that makes no sense, such as a batch size of 0."""


class NotationError(UsageError):
    """A setting that makes no sense. key: its name. table: which of the [[lines]] tables it stands in, from 1; 0: in none."""

    def __init__(self, message: str, key: str, table: int = 0) -> None:
        super().__init__(message)
        self.key, self.table = key, table

    def __reduce__(self) -> tuple[type[NotationError], tuple[str, str, int]]:
        return type(self), (str(self), self.key, self.table)


class UnreadableError(SymbnError):
    """The text cannot be read as mathematics that symbn knows."""

    def __init__(self, diagnostic: Diagnostic) -> None:
        super().__init__(diagnostic.message)
        self.diagnostic = diagnostic

    def __reduce__(self) -> tuple[type[UnreadableError], tuple[Diagnostic]]:
        return type(self), (self.diagnostic,)  # so that it comes back whole from another process


class NotProvedError(SymbnError, AssertionError):
    """An equation that a test asserts was not proved."""


def unreadable(code: str, message: str, span: Span, help: str | None = None) -> UnreadableError:
    return UnreadableError(Diagnostic(code, message, span, help))
