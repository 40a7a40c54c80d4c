"""`python -m symbn`, and the `symbn` command.

The process lives for a blink: the garbage collector would only look through half-imported modules, so it stays off meanwhile.
"""

from __future__ import annotations

import gc


def start() -> int:
    gc.disable()
    from symbn.cli import main

    gc.enable()
    return main()


if __name__ == "__main__":
    raise SystemExit(start())
