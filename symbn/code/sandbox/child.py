"""The process that runs a user's file: one request in on its standard input, one answer out on a pipe of its own.

It is started as a script, with the number of the process that waits, the pipe and the folders of modules as its
arguments, and ends without any goodbye: what the code left to be done at the end is not done.
"""

from __future__ import annotations

import json
import os
import random
import signal
import sys
from typing import Any


def main(parent: int, answer: int, paths: list[str]) -> None:
    # What the process that waits finds its modules in: NumPy may lie in a folder of the user's own.
    sys.path[:] = paths
    from symbn.code.sandbox import filters, walls
    from symbn.code.sandbox.answering import answer_to

    walls.die_with_parent(parent)
    # Ctrl-C is for the process that waits: it ends this one.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    request: dict[str, Any] = json.load(sys.stdin.buffer)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    walls.leave_network()
    filters.fence_files(os.getcwd())
    filtered = filters.filter_calls()
    # The limit of processes is one of threads, too, so that it is set only where the filter does not refuse processes.
    walls.limit(request["cpu"], request["memory"], request["file_size"], None if filtered else 0)
    random.seed(0)
    sys.addaudithook(walls.guard(os.getcwd()))
    _send(answer, json.dumps(answer_to(request)).encode())


def _send(pipe: int, data: bytes) -> None:
    while data:
        data = data[os.write(pipe, data) :]


if __name__ == "__main__":
    status = 1
    try:
        main(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3:])
        status = 0
    finally:
        os._exit(status)
