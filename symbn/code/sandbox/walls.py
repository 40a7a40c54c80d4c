"""What keeps checked code in: limits of the system, no network, and a hook that says no.

The limits (time, memory, files, processes) and the empty network are the system's own, as is what `filters` refuses on Linux.
The audit hook is a seat belt and not a wall: it turns an accident, and what people usually try, into a clear message; whoever
sets out to defeat it from inside the same process can. What nothing keeps from the code is to read files, and to lie about its
own results. So the code of strangers is still run only when a person says so.
"""

from __future__ import annotations

import ctypes
import os
import resource
import signal
import sys
from collections.abc import Callable, Mapping
from typing import Any

from symbn.code.model import StoppedError

_NEW_USER, _NEW_NETWORK = 0x10000000, 0x40000000
_PARENT_DEATH = 1
_REFUSED = (
    "os.system", "os.exec", "os.posix_spawn", "os.spawn", "os.fork", "os.forkpty", "os.kill", "os.killpg", "os.startfile",
    "pty.spawn", "subprocess.", "socket.", "ctypes.", "signal.pthread_kill", "resource.", "urllib.", "ftplib.", "smtplib.",
    "poplib.", "imaplib.", "telnetlib.", "nntplib.", "webbrowser.", "syslog.",
)  # fmt: skip
# The arguments of these that are paths of what is changed.
_CHANGING: Mapping[str, int] = {
    "os.remove": 1, "os.rename": 2, "os.rmdir": 1, "os.mkdir": 1, "os.link": 2, "os.symlink": 2, "os.truncate": 1,
    "os.chmod": 1, "os.chown": 1, "os.utime": 1, "os.setxattr": 1, "os.removexattr": 1, "os.chflags": 1, "shutil.rmtree": 1,
}  # fmt: skip
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND


def die_with_parent(parent: int) -> None:
    """Ask the system to end this process when the one that started it ends, however that happens, or has ended already."""
    _system_call("prctl", _PARENT_DEATH, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)


def leave_network() -> bool:
    """Move into an empty network, where the system allows it, and tell whether it did."""
    return _system_call("unshare", _NEW_NETWORK) or _system_call("unshare", _NEW_USER | _NEW_NETWORK)


def limit(cpu: int, memory: int, file_size: int, processes: int | None) -> None:
    """Set the limits of the system for this process. processes: how many more there may be; None for no limit."""
    for what, most in (
        (resource.RLIMIT_CPU, cpu), (resource.RLIMIT_AS, memory), (resource.RLIMIT_FSIZE, file_size),
        (resource.RLIMIT_NOFILE, 64), (resource.RLIMIT_CORE, 0), (resource.RLIMIT_NPROC, processes),
    ):  # fmt: skip
        if most is None:
            continue
        hard = resource.getrlimit(what)[1]
        allowed = most if hard == resource.RLIM_INFINITY else min(most, hard)
        # The system warns at the first limit of time, and kills at the second.
        resource.setrlimit(what, (allowed, allowed + 1 if what == resource.RLIMIT_CPU and allowed == most else allowed))


def guard(folder: str) -> Callable[[str, tuple[Any, ...]], None]:
    """Return the audit hook. folder: the only one in which files may be written."""
    inside = os.path.realpath(folder) + os.sep

    def check(event: str, arguments: tuple[Any, ...]) -> None:
        if event.startswith(_REFUSED):
            raise StoppedError("raised", f"PermissionError: checked code may not do {event}")
        if (event == "open" and _writes(arguments)) or event in _CHANGING:
            for path in arguments[: _CHANGING.get(event, 1)]:
                if isinstance(path, int) or not (os.path.realpath(os.fsdecode(path)) + os.sep).startswith(inside):
                    raise StoppedError("raised", f"PermissionError: checked code may not change {str(path)[:200]}")

    return check


def _writes(arguments: tuple[Any, ...]) -> bool:
    mode, flags = arguments[1], arguments[2]
    return (isinstance(mode, str) and any(letter in mode for letter in "wax+")) or bool(flags and flags & _WRITING)


def _system_call(name: str, *arguments: int) -> bool:
    try:
        library: Any = ctypes.CDLL(None, use_errno=True)
        functions = {"prctl": library.prctl, "unshare": library.unshare} if sys.platform == "linux" else {}
        return name in functions and functions[name](*arguments) == 0
    except (OSError, AttributeError):
        return False
