"""`python -m symbn`, and the `symbn` command.

The process lives for a blink: the garbage collector would only look through half-imported modules, so it stays off meanwhile.
Later it looks rarely: trees and terms hold no cycles, so that hardly anything is left for it to find.
"""

from __future__ import annotations

import gc
import signal
from typing import NoReturn

_NEW_OBJECTS = 50_000  # between two looks


def start() -> int:
    gc.disable()
    from symbn.cli import main

    gc.set_threshold(_NEW_OBJECTS)
    gc.enable()
    signal.signal(signal.SIGTERM, _terminated)
    return main()


def _terminated(*_: object) -> NoReturn:
    """End as after Ctrl-C: no worker, no half-written file is left behind."""
    raise SystemExit(128 + signal.SIGTERM)


if __name__ == "__main__":
    raise SystemExit(start())
