r"""LaTeX files: what stands before \begin{document} defines macros and speaks to symbn, the rest is read.

Comments, \verb and verbatim environments are skipped; a file without \begin{document}, as one that is \input, is read whole.
"""

from __future__ import annotations

import re

from symbn.document.delimiters import LATEX, scan_region
from symbn.document.found import Scanned
from symbn.document.frontmatter import front_matter
from symbn.document.landmarks import Landmarks

_BODY = re.compile(r"^[^%\n]*?\\begin[ \t]*\{document\}", re.MULTILINE)
_END = re.compile(r"^[^%\n]*?(\\end[ \t]*\{document\})", re.MULTILINE)


def read_latex(text: str) -> Scanned:
    matter = front_matter(text, 0, len(text), "%")
    landmarks = Landmarks(text, percent=True)
    body = _BODY.search(text, matter.end)
    start = body.end() if body else matter.end
    stop = _END.search(text, start) if body else None
    found = [item for item in scan_region(landmarks, matter.end, start, LATEX) if item.kind in ("definition", "remark")]
    found += scan_region(landmarks, start, stop.start(1) if stop else len(text), LATEX)
    return Scanned(text, tuple(found), matter.settings, matter.problems, percent=True)
