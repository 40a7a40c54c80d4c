"""The process that runs a user's file: one request in on its standard input, one answer out on a pipe of its own.

It is started as a script, with the pipe and the folder of this package as its arguments, and ends without any goodbye: what
the code left to be done at the end is not done.
"""

from __future__ import annotations

import json
import os
import random
import signal
import sys
from typing import Any


def main(answer: int, root: str) -> None:
    if root not in sys.path:
        sys.path.insert(0, root)
    from symbn.code.sandbox import walls
    from symbn.code.sandbox.answering import answer_to

    walls.die_with_parent()
    # Ctrl-C is for the process that waits: it ends this one.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    request: dict[str, Any] = json.load(sys.stdin.buffer)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    walls.leave_network()
    walls.limit(request["cpu"], request["memory"], request["file_size"])
    random.seed(0)
    sys.addaudithook(walls.guard(os.getcwd()))
    _send(answer, json.dumps(answer_to(request)).encode())


def _send(pipe: int, data: bytes) -> None:
    while data:
        data = data[os.write(pipe, data) :]


if __name__ == "__main__":
    status = 1
    try:
        main(int(sys.argv[1]), sys.argv[2])
        status = 0
    finally:
        os._exit(status)
