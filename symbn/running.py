"""Documents: which files are meant, and how one of them is read and checked.

A path is a file, a folder (every document below it, but no Python module), a pattern with * or ?, or - for standard input.
"""

from __future__ import annotations

import glob
import os
import stat
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from symbn import cache
from symbn.answer import DocumentReport
from symbn.diagnostic import Diagnostic, Span, Value, position
from symbn.document.read import MAX_BYTES, SUFFIXES, read_document
from symbn.elaboration.notation import Notation
from symbn.errors import NotationError, UsageError
from symbn.following.conventions import conventions, place_of
from symbn.following.follow import check_document
from symbn.judging import Options
from symbn.layers.batchnorm import TRAINING

STDIN = "-"
_TEXT = "<text>"
MAX_NOTATION = 256 * 1024
_SKIPPED = frozenset(["node_modules", "__pycache__", "site-packages"])


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Settings(Value):
    """How to check documents. notation: a TOML file for all of them, or a folder with one of the same name for each.
    cache: where answers are kept, or None. kind: what kind of document standard input is."""

    options: Options
    notation: str | None = None
    cache: str | None = None
    kind: str | None = None


def find_documents(paths: Iterable[str]) -> list[str]:
    """Return the files that are meant, each once, in order. Raises: UsageError if a path leads to none."""
    found: dict[str, None] = {}
    for path in paths:
        if path == STDIN or os.path.isfile(path):
            found[path] = None
        elif os.path.isdir(path):
            inside = list(_below(path))
            if not inside:
                raise UsageError(f"{path}: there is no document in this folder (looked for .{', .'.join(sorted(SUFFIXES))})")
            found.update(dict.fromkeys(inside))
        elif os.path.exists(path):
            raise UsageError(f"{path}: this is no file and no folder")
        elif matched := sorted(p for p in glob.glob(path, recursive=True) if os.path.isfile(p)):
            found.update(dict.fromkeys(matched))
        else:
            raise UsageError(f"{path}: there is no such file, folder or pattern")
    return list(found)


def _below(folder: str) -> Iterator[str]:
    """Yield the documents below a folder; links to folders, hidden folders and installed packages are not entered."""
    for here, folders, files in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith(".") and name not in _SKIPPED)
        for name in sorted(files):
            if name.rpartition(".")[2].lower() in SUFFIXES and "." in name[1:]:
                yield os.path.join(here, name)


@dataclass(frozen=True, slots=True)
class Given:
    """What a notation file says: its name, for messages, its table, and its text."""

    file: Path = Path()
    table: Mapping[str, object] = field(default_factory=dict)
    text: str = ""


def check_path(
    path: str, settings: Settings, progress: Callable[[int, int], None] = lambda done, total: None
) -> DocumentReport:
    """Return the report on one document, from the cache if it is there. A file that cannot be read is a report that says so.

    progress: told how many of its items are done, and of how many.
    """
    shown = "<stdin>" if path == STDIN else path
    try:
        data = document_bytes(path)
        try:
            given = notation_for(path, settings.notation)
        except UsageError as error:
            return faulty(shown, Diagnostic("bad-notation", str(error), Span(0, 0)))
        options = settings.options
        where = None if settings.cache is None else Path(settings.cache)
        name = "" if where is None else _key(data, shown, given.text, settings)
        kept = None if where is None else cache.load(where, name)
        if kept is not None:
            return shown_at(kept, shown)
        kind = settings.kind if path == STDIN else None
        report = check_data(shown, data, kind, options, given, progress)
    except UsageError as error:
        return faulty(shown, Diagnostic("bad-document", str(error), Span(0, 0)))
    if where is not None and not is_faulty(report):
        cache.store(where, name, report)
    return report


def check_data(
    shown: str,
    data: bytes,
    kind: str | None,
    options: Options,
    given: Given,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> DocumentReport:
    """Return the report on the bytes of a document. Raises: UsageError for bytes that are none."""
    document = read_document(shown, data, kind)
    try:
        said = conventions({**given.table, **document.settings})
    except NotationError as error:
        if error.key in document.settings or (error.table and "lines" in document.settings):
            fault = Diagnostic("bad-notation", str(error), place_of(error, document.text))
        else:
            fault = Diagnostic("bad-notation", _in_file(error, given.file, given.text), Span(0, 0))
        return replace(faulty(shown, fault), text=document.text)
    total = len(document.items)
    return check_document(document, options, said, lambda done: progress(done, total))


def shown_at(report: DocumentReport, path: str) -> DocumentReport:
    """Return the report with another path to its document."""
    return replace(report, path=path, steps=tuple(replace(step, file=path) for step in report.steps))


def _key(data: bytes, shown: str, table: str, settings: Settings) -> str:
    """Return the name of the answers in the cache: whatever they depend on is in it."""
    options = settings.options
    batch = "" if options.batch is None else str(options.batch)
    said = (batch, options.notation.mode, str(options.repair), str(options.seconds), *options.notation.said)
    return cache.key(data, Path(shown).suffix, settings.kind or "", table, *said)


def faulty(path: str, diagnostic: Diagnostic) -> DocumentReport:
    """Return the report on a document that is not checked, since something about it is wrong as a whole."""
    message = diagnostic.message.removeprefix(f"{path}: ")
    return DocumentReport(path, (), (), (replace(diagnostic, message=message),))


def is_faulty(report: DocumentReport) -> bool:
    """Tell whether a document was not checked at all."""
    return not report.steps and any(problem.code in ("bad-document", "bad-notation") for problem in report.problems)


def check(
    path: str | os.PathLike[str] | None = None,
    *,
    text: str | None = None,
    kind: str = "markdown",
    let: Iterable[str] = (),
    mode: str = TRAINING,
    batch: int | None = None,
    repair: bool = True,
) -> DocumentReport:
    """Return the report on a document: a file, or a text that is given. A notebook shows it with its formulas typeset.

    kind: of the text: markdown, latex, html, text, rst, notebook or python. The other options are those of `symbn.verify`.
    Raises: UsageError for options that make no sense. A file that cannot be read is a report that says so.

    >>> check(text="So $\\sum_i \\hat x_i = 0$.").count("proved")
    1
    """
    options = Options(Notation(mode=mode).with_lets(let), batch, repair)
    if (path is None) == (text is None):
        raise UsageError("give either the path of a document or its text")
    if text is None:
        return check_path(os.fspath(path or ""), Settings(options))
    document = read_document(_TEXT, text.encode("utf-8", "replace"), kind)
    return check_document(document, options, conventions(document.settings))


def document_bytes(path: str) -> bytes:
    """Return the bytes of a document. Raises: UsageError."""
    if path == STDIN:
        return sys.stdin.buffer.read(MAX_BYTES + 1)
    return _regular(path, MAX_BYTES + 1)


def _regular(path: str, limit: int) -> bytes:
    """Return the first bytes of a regular file. Raises: UsageError.

    It is opened without waiting: a FIFO called notes.md, which nobody writes to, would keep the run for ever.
    """
    try:
        with open(path, "rb", opener=lambda name, flags: os.open(name, flags | getattr(os, "O_NONBLOCK", 0))) as stream:
            if not stat.S_ISREG(os.fstat(stream.fileno()).st_mode):
                raise UsageError(f"{path}: this is no regular file")
            return stream.read(limit)
    except OSError as error:
        raise UsageError(f"{path}: cannot be read: {error.strerror}") from None


def notation_for(path: str, given: str | None) -> Given:
    """Return what the notation file says that goes with a document. Raises: UsageError."""
    if given is None:
        return Given()
    file = Path(given)
    if file.is_dir():
        file = file / f"{Path(path).stem}.toml"
        if not file.is_file():
            return Given(file)
    return Given(file, *read_notation(file))


def _in_file(error: NotationError, file: Path, text: str) -> str:
    return f"{file}:{position(text, place_of(error, text).start)[0]}: {error}"


def check_notation(file: Path) -> None:
    """Refuse a notation file with a setting that cannot be. Raises: UsageError that names the line."""
    table, text = read_notation(file)
    try:
        conventions(table)
    except NotationError as error:
        raise UsageError(_in_file(error, file, text)) from None


def read_notation(file: Path) -> tuple[dict[str, object], str]:
    """Return the table that a notation file holds, and its text. Raises: UsageError."""
    data = _regular(str(file), MAX_NOTATION + 1)
    if len(data) > MAX_NOTATION:
        raise UsageError(f"{file}: larger than {MAX_NOTATION // 1024} KiB, which is no notation file")
    try:
        text = data.decode("utf-8")
    except ValueError as error:
        raise UsageError(f"{file}: this is not TOML: {error}") from None
    return parse_notation(text, file), text


def parse_notation(text: str, file: Path) -> dict[str, object]:
    """Return the table that the text of a notation file holds. Raises: UsageError."""
    import tomllib  # few runs have such a file

    try:
        return tomllib.loads(text.replace("\r\n", "\n"))
    except RecursionError:
        raise UsageError(f"{file}: this is not TOML: it nests too deeply") from None
    except ValueError as error:  # also a number of thousands of digits, which tomllib does not expect
        raise UsageError(f"{file}: this is not TOML: {error}") from None
