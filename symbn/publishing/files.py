"""A file is written whole or not at all: beside its place first, then put there."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from symbn.errors import UsageError


def write_whole(path: str | Path, content: str | bytes) -> None:
    """Write a file; text is UTF-8. What was there stays as it is until the new one is complete. Raises: UsageError."""
    place = Path(os.path.realpath(path))  # what a link points at is replaced, not the link
    data = content.encode("utf-8", "replace") if isinstance(content, str) else content
    try:
        if place.exists() and not place.is_file():
            _into(place, data)
        else:
            _replace(place, data)
    except OSError as error:
        raise UsageError(f"cannot write {path}: {error.strerror or error}") from None


def _into(place: Path, data: bytes) -> None:
    """Write to what cannot be replaced: a device, or a pipe."""
    with open(place, "wb") as stream:
        stream.write(data)


def _replace(place: Path, data: bytes) -> None:
    mode = place.stat().st_mode & 0o777 if place.exists() else 0o666 & ~_umask()
    if place.exists() and not os.access(place, os.W_OK):
        raise PermissionError(13, "Permission denied")  # a rename would not ask
    handle, name = tempfile.mkstemp(prefix=f".{place.name[:40]}-", suffix=".part", dir=place.parent)
    try:
        with open(handle, "wb") as stream:
            stream.write(data)
        os.chmod(name, mode)
        os.replace(name, place)
    except BaseException:  # Ctrl-C too leaves nothing behind
        os.unlink(name)
        raise


def _umask() -> int:
    mask = os.umask(0o022)
    os.umask(mask)
    return mask
