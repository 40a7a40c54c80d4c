"""The text of a Python file or of a notebook, and where its lines come from.

A notebook's code cells are put one after the other. Lines for the shell or for the notebook itself (`!pip ..`, `%time ..`)
become empty, and so do whole cells of another language (`%%bash`), so that line numbers stay what they are.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from symbn.code.model import StoppedError

MAX_BYTES = 5_000_000


@dataclass(frozen=True, slots=True)
class Source:
    """text: Python. cells: for each line of it the number of its cell and its line there, both from 1; () for a file."""

    text: str
    cells: tuple[tuple[int, int], ...] = ()

    def place(self, line: int) -> str:
        """Return where a line of the text is, in words."""
        if not 1 <= line <= len(self.cells):
            return f"line {line}"
        cell, inside = self.cells[line - 1]
        return f"cell {cell}, line {inside}"


def read_source(path: Path) -> Source:
    """Return the text of a .py file, or of the code cells of an .ipynb file. Raises: StoppedError."""
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
        text = data.decode("utf-8-sig")
    except OSError as error:
        raise StoppedError("raised", f"{path.name} cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise StoppedError("raised", f"{path.name} is not UTF-8 text") from None
    if len(data) > MAX_BYTES:
        raise StoppedError("limit", f"{path.name} is longer than {MAX_BYTES} bytes")
    return _notebook(text, path.name) if path.suffix == ".ipynb" else Source(text)


def _notebook(text: str, name: str) -> Source:
    lines: list[str] = []
    cells: list[tuple[int, int]] = []
    for number, code in _code_cells(text, name):
        rows = code.splitlines()
        other = bool(rows) and rows[0].startswith("%%") and not rows[0].startswith(("%%time", "%%capture"))
        for place, row in enumerate(rows, 1):
            blank = other or row.lstrip().startswith(("%", "!"))
            # An indented magic line may be all that a block has.
            lines.append(row[: len(row) - len(row.lstrip())] + "pass" if blank and row[:1].isspace() else "" if blank else row)
            cells.append((number, place))
    return Source("\n".join(lines) + "\n", tuple(cells))


def _code_cells(text: str, name: str) -> list[tuple[int, str]]:
    found = []
    try:
        for number, cell in enumerate(json.loads(text)["cells"], 1):
            if cell["cell_type"] == "code":
                code = cell["source"]
                found.append((number, code if isinstance(code, str) else "".join(code)))
    except (ValueError, KeyError, TypeError, RecursionError):
        raise StoppedError("raised", f"{name} is no notebook") from None
    return found
