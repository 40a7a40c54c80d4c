"""What tests of Ctrl-C need."""

from __future__ import annotations

import signal


def hear_ctrl_c() -> None:
    """A shell starts what runs in the background deaf to Ctrl-C, and its children with it: for `preexec_fn`."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
