"""What the Linux kernel itself refuses to a process that asked for it, and can never grant it again: a filter of system calls
(seccomp) and a fence around files (Landlock). No Python code can get past them. Elsewhere there are none, and the functions
say so.

- The filter: no new process, no program, no socket, no signal to another process, no look into its memory.
- The fence: nothing is written, made or removed outside one folder. Reading stays free, since Python reads its modules.
"""

from __future__ import annotations

import ctypes
import errno
import os
import platform
import struct
import sys
from collections.abc import Iterator, Mapping
from typing import Any

_NO_NEW_PRIVILEGES, _SECCOMP, _FILTER = 38, 22, 2
_LOAD, _EQUAL, _AT_LEAST, _HAS_BITS, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_ALLOW, _KILL, _ERROR = 0x7FFF0000, 0x80000000, 0x00050000
_NUMBER, _MACHINE, _FIRST_ARGUMENT = 0, 4, 16  # where they lie in what the kernel shows to a filter
_THREAD = 0x10000  # the flag of clone for a thread, which is no process of its own
# machine: its number in the kernel; clone and clone3; then execve, execveat, fork, vfork, socket, kill, tkill, ptrace, unshare,
# setns, mount, rt_sigqueueinfo, rt_tgsigqueueinfo, process_vm_readv, process_vm_writev, bpf, keyctl, pidfd_send_signal,
# io_uring_setup, pidfd_getfd.
_CALLS: Mapping[str, tuple[int, int, int, tuple[int, ...]]] = {
    "x86_64": (
        0xC000003E, 56, 435,
        (59, 322, 57, 58, 41, 62, 200, 101, 272, 308, 165, 129, 297, 310, 311, 321, 250, 424, 425, 438),
    ),
    "aarch64": (
        0xC00000B7, 220, 435, (221, 281, 198, 129, 130, 117, 97, 268, 40, 138, 240, 270, 271, 280, 219, 424, 425, 438),
    ),
}  # fmt: skip
_X32 = 0x40000000  # from here on, the same calls once more under other numbers
_CREATE_RULES, _ADD_RULE, _RESTRICT = 444, 445, 446
# Running, writing, removing and making files of every kind; later versions of the kernel know more of it.
_EXECUTE, _CHANGES, _RENAME, _TRUNCATE = 1 << 0, sum(1 << bit for bit in (1, *range(4, 13))), 1 << 13, 1 << 14
_NETWORK, _OTHERS = 0b11, 0b11  # connecting and serving; sockets and signals of processes outside


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("code", ctypes.c_void_p))


def filter_calls() -> bool:
    """Give up the system calls above for good, where the system knows how, and tell whether it did."""
    calls = _CALLS.get(platform.machine())
    if sys.platform != "linux" or calls is None:
        return False
    code = b"".join(_instructions(*calls))
    buffer = ctypes.create_string_buffer(code, len(code))
    program = _Program(len(code) // 8, ctypes.addressof(buffer))
    library: Any = ctypes.CDLL(None)
    steps = (library.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0), library.prctl(_SECCOMP, _FILTER, ctypes.byref(program)))
    return steps == (0, 0)


def _instructions(machine: int, clone: int, clone3: int, refused: tuple[int, ...]) -> Iterator[bytes]:
    def step(code: int, value: int, if_true: int = 0, if_false: int = 0) -> bytes:
        return struct.pack("=HBBI", code, if_true, if_false, value)

    no = step(_RETURN, _ERROR | errno.EPERM)
    yield step(_LOAD, _MACHINE)
    yield step(_EQUAL, machine, 1, 0)
    yield step(_RETURN, _KILL)  # a call of another machine's kind has other numbers
    yield step(_LOAD, _NUMBER)
    yield step(_AT_LEAST, _X32, 0, 1)
    yield no
    for number in refused:
        yield step(_EQUAL, number, 0, 1)
        yield no
    # The flags of clone3 lie where a filter cannot look: without it the C library uses clone.
    yield step(_EQUAL, clone3, 0, 1)
    yield step(_RETURN, _ERROR | errno.ENOSYS)
    yield step(_EQUAL, clone, 0, 3)
    yield step(_LOAD, _FIRST_ARGUMENT)
    yield step(_HAS_BITS, _THREAD, 1, 0)
    yield no
    yield step(_RETURN, _ALLOW)


def fence_files(folder: str) -> bool:
    """Give up changing files outside the folder for good, where the system knows how, and tell whether it did."""
    if sys.platform != "linux":
        return False
    library: Any = ctypes.CDLL(None)
    version = library.syscall(_CREATE_RULES, None, ctypes.c_size_t(0), 1)
    if version < 1:
        return False
    changes = _CHANGES | (_RENAME if version >= 2 else 0) | (_TRUNCATE if version >= 3 else 0)
    parts = [_EXECUTE | changes] + [_NETWORK] * (version >= 4) + [_OTHERS] * (version >= 6)
    asked = struct.pack(f"={len(parts)}Q", *parts)
    rules = library.syscall(_CREATE_RULES, asked, ctypes.c_size_t(len(asked)), 0)
    place = os.open(folder, os.O_PATH | os.O_DIRECTORY)
    try:
        allowed = struct.pack("=Qi", changes, place)
        if rules < 0 or library.syscall(_ADD_RULE, rules, 1, allowed, 0) != 0:
            return False
        steps = (library.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0), library.syscall(_RESTRICT, rules, 0))
        return steps == (0, 0)
    finally:
        os.close(place)
        if rules >= 0:
            os.close(rules)
