"""A worker that the text `poison` kills: `python -m tests.scale.poisoned`."""

from __future__ import annotations

import os
import signal

from symbn.scale import worker
from symbn.scale.documents import Document
from symbn.scale.records import Rules, answered


def deadly(document: Document, rules: Rules) -> str:
    if document.text == "poison":
        os.kill(os.getpid(), signal.SIGKILL)
    return answered(document, rules)


if __name__ == "__main__":
    worker.answered = deadly  # type: ignore[attr-defined]
    worker.main()
