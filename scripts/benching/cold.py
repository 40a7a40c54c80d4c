"""Cold starts: whole processes, from nothing to their end, by processor time (files are in the system's cache by then)."""

from __future__ import annotations

import shutil
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from scripts.benching.identities import CLOSED
from scripts.benching.measuring import Ended, Reply, run
from symbn.layers.batchnorm import CLOSED_FORMS, TRAINING

EQUATIONS = 100
REFERENCE = 'python -c "import sympy"'


@dataclass(frozen=True, slots=True)
class Start:
    name: str
    group: str
    command: tuple[str, ...]
    script: str = ""


def starts(interpreter: str, document: Path) -> Iterator[Start]:
    """Yield what is started. document: one of `EQUATIONS` equations."""
    own = sys.executable
    yield Start("python -c pass", "sympy", (own, "-c", "pass"))
    yield Start(REFERENCE, "sympy", (own, "-c", "import sympy"))
    yield Start("symbn verify, one proof", "symbn", (own, "-m", "symbn", "verify", "--quiet", CLOSED))
    wrong = CLOSED.replace(r"- \hat x_1", r"+ \hat x_1")
    yield Start("symbn verify, one refutation", "symbn", (own, "-m", "symbn", "verify", "--quiet", wrong))
    check = (own, "-m", "symbn", "check", "--no-cache", str(document))
    yield Start(f"symbn check, {EQUATIONS} equations", "symbn", check)
    for module, group in (
        ("symengine", "symengine"), ("tensorgrad", "tensorgrad"), ("math_verify", "math-verify"), ("torch", "torch")
    ):  # fmt: skip
        yield Start(f'python -c "import {module}"', group, (interpreter, "-c", f"import {module}"))
    for name, group, command, script in (
        ("maxima", "maxima", ("maxima", "--very-quiet"), "quit()$\n"), ("giac", "giac", ("giac",), "quit\n"),
        ("fricas", "fricas", ("fricas", "-nosman"), ")quit\n"), ("Singular", "singular", ("Singular", "-q"), "quit;\n"),
    ):  # fmt: skip
        if shutil.which(name):
            yield Start(f"{name}, and out again", group, command, script)


def document() -> str:
    """Return a document of that many true equations, the closed forms of the layer in turn."""
    forms = [form.formula for form in CLOSED_FORMS if form.mode == TRAINING]
    lines = [f"Step {n}:\n\n$$\n{forms[n % len(forms)]}\n$$\n" for n in range(EQUATIONS)]
    return "\n".join(["# A derivation\n", *lines])


def measured(interpreter: str, groups: frozenset[str] | None, limit: float, times: int) -> Iterator[tuple[str, list[Reply]]]:
    """Yield the name and the replies of every start. groups: those of the peers that are asked, None for all."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "derivation.md"
        path.write_text(document(), "utf-8")
        for start in starts(interpreter, path):
            if groups is None or start.group in groups:
                run(start.command, start.script, limit)  # so that files are in memory, and compiled
                yield start.name, [_reply(run(start.command, start.script, limit)) for _ in range(times)]


def _reply(ended: Ended) -> Reply:
    # 1 is symbn's status for a refutation, and no other start here ends with it unless it failed, which has no output.
    said = (ended.errors.strip().splitlines() or [""])[-1][:200]
    if ended.late or (ended.status and not ended.output):
        return Reply("time-out" if ended.late else "failed", ended.seconds, ended.memory, said)
    return Reply("open", ended.seconds, ended.memory)
