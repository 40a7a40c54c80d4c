"""Running a user's Python file, in a process of its own and within limits: on exact arrays, or on plain floats."""

from symbn.code.sandbox.running import Limits, run, run_floats
from symbn.code.sandbox.wire import Floats, Numeric

__all__ = ["Floats", "Limits", "Numeric", "run", "run_floats"]
