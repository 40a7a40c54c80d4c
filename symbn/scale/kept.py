"""Records kept between runs: what makes an interrupted run go on where it was.

One SQLite file, `records.sqlite` in the folder of the cache, since a file for each of a hundred thousand short documents would
be a burden to any file system. A record is kept as soon as it is known, under a hash of everything that it depends on, with a
checksum; a process that is killed loses nothing that was kept. Only the one who asks reads and writes it, never a worker.
Where it cannot be read or written, nothing is kept, and nobody is told.
"""

from __future__ import annotations

import hashlib
import sqlite3
from pathlib import Path

from symbn import cache
from symbn.scale.documents import Document
from symbn.scale.records import Rules

MAX_RECORDS = 1_000_000
_NAME = "records.sqlite"
_TABLE = "create table if not exists records (key text primary key, checksum text not null, body text not null)"


class Kept:
    """The records of a folder; of none, if there is none."""

    def __init__(self, folder: Path | None, limit: int = MAX_RECORDS) -> None:
        self._base = None if folder is None else _opened(folder, limit)

    def key(self, document: Document, rules: Rules) -> str:
        """Return the name of a document's record: whatever it depends on is in it, and its own name is not."""
        if self._base is None or document.fault is not None:
            return ""
        suffix = Path(document.file).suffix
        said = (suffix, document.kind or "", document.notation, repr(rules))
        return cache.key(document.text.encode("utf-8", "surrogatepass"), "record", *said)

    def load(self, key: str) -> str | None:
        if self._base is None or not key:
            return None
        try:
            row = self._base.execute("select checksum, body from records where key = ?", (key,)).fetchone()
        except sqlite3.Error:
            return None
        return row[1] if row is not None and row[0] == _checksum(key, row[1]) else None

    def store(self, key: str, body: str) -> None:
        if self._base is None or not key:
            return
        try:
            self._base.execute("insert or replace into records values (?, ?, ?)", (key, _checksum(key, body), body))
        except sqlite3.Error:
            return

    def close(self) -> None:
        if self._base is not None:
            self._base.close()


def _opened(folder: Path, limit: int) -> sqlite3.Connection | None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / _NAME
        path.touch(0o600)
        # A generator may be gone on with in another thread, one at a time.
        base = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    except (OSError, sqlite3.Error):
        return None
    try:
        base.execute("pragma journal_mode = wal")  # every statement is on its own and at once; a killed process loses none
        base.execute("pragma synchronous = off")
        base.execute(_TABLE)
        (count,) = base.execute("select count(*) from records").fetchone()
        if count > limit:
            base.execute("delete from records where rowid in (select rowid from records order by rowid limit ?)", (count // 2,))
    except sqlite3.Error:  # it is damaged, or of another program
        base.close()
        return None
    return base


def _checksum(key: str, body: str) -> str:
    return hashlib.sha256(f"{key}{body}".encode("utf-8", "surrogatepass")).hexdigest()
