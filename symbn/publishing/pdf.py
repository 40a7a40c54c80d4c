"""LaTeX -> PDF by latexmk, in a temporary folder, with a time limit, without a shell, and reading nothing outside the folder.

What is typeset is what symbn wrote, never a user's own text. Where it cannot be done, the .tex stays, so that nothing is lost.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path

from symbn.errors import SymbnError
from symbn.publishing.files import write_whole

SECONDS = 120.0
NO_TEX = (
    "no TeX is installed: latexmk was not found (`apt-get install latexmk texlive-latex-recommended`, or MacTeX, or MiKTeX)"
)
# -norc: the settings of the folder or of the user may hold any Perl program.
_OPTIONS = ("-norc", "-pdf", "-interaction=nonstopmode", "-halt-on-error", "-no-shell-escape", "-quiet")


class PdfError(SymbnError):
    """There is no TeX, or it does not typeset the document; the message says where the .tex is."""


def compile_pdf(tex: str, path: str | Path, seconds: float = SECONDS) -> None:
    """Write the PDF of a standalone document. Raises: PdfError, once the .tex is kept beside it; UsageError."""
    program = shutil.which("latexmk")
    if program is None or shutil.which("pdflatex") is None:
        raise PdfError(f"{NO_TEX}; {_kept(tex, Path(path))}")
    with tempfile.TemporaryDirectory(prefix="symbn-pdf-") as folder:
        problem = _run(program, tex, Path(folder), seconds)
        if problem:
            raise PdfError(f"latexmk: {problem}; {_kept(tex, Path(path))}")
        write_whole(path, (Path(folder) / "article.pdf").read_bytes())


def _run(program: str, tex: str, folder: Path, seconds: float) -> str:
    """Typeset in the folder; return what went wrong, or nothing."""
    (folder / "article.tex").write_text(tex, "utf-8")
    environment = {key: value for key, value in os.environ.items() if not key.startswith("TEX")}
    environment |= {"openin_any": "p", "openout_any": "p", "max_print_line": "1000"}
    with subprocess.Popen(
        [program, *_OPTIONS, "article.tex"], cwd=folder, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL, env=environment, start_new_session=True,
    ) as process:  # fmt: skip
        try:
            process.wait(seconds)
        except subprocess.TimeoutExpired:
            _end(process)
            return f"not done after {seconds:g} seconds"
        except BaseException:  # Ctrl-C does not reach a session of its own
            _end(process)
            raise
    if process.returncode == 0 and (folder / "article.pdf").is_file():
        return ""
    log = folder / "article.log"
    said = log.read_text("utf-8", "replace").splitlines() if log.is_file() else []
    return next((line for line in said if line.startswith("!")), f"ended with status {process.returncode}")


def _end(process: subprocess.Popen[bytes]) -> None:
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _kept(tex: str, path: Path) -> str:
    """Keep the .tex beside the PDF that is not made, and say so; a file of the user's is not overwritten."""
    place = path.with_suffix(".tex")
    if place.exists() and place.read_bytes() != tex.encode():
        place = path.with_name(f"{path.name}.tex")
    write_whole(place, tex)
    return f"the LaTeX is kept in {place}"
