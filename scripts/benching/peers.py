"""The systems: how each is found, what it is asked, and how.

A Python library is asked in a process of its own by `scripts.benching.asking`, in the interpreter that has it; an algebra
system gets a program at its standard input.
"""

from __future__ import annotations

import re
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass

from scripts.benching import algebra
from scripts.benching.measuring import Ended, run
from scripts.benching.questions import Question

_PYTHON_COMPLAINS = r"(?m)^[\w.]*(?:Error|Exception|Interrupt)\b.*"
_READS = "sympy; from sympy.parsing.latex import parse_latex; parse_latex('x', backend='{}')"
_START = 60.0  # seconds that a system gets to say that it is there
Takes = Callable[[Question], bool]


@dataclass(frozen=True, slots=True)
class Peer:
    """name: as in the tables; `group` is what --peer calls it. takes: which questions it is asked. command, script: how.
    complaint: a pattern of what its output says when something went wrong. clock: the smallest time that it can tell, in
    seconds. missing: why it cannot be asked, or None. version: what it is."""

    name: str
    group: str
    takes: Takes
    command: Callable[[Question], tuple[str, ...]]
    complaint: str = _PYTHON_COMPLAINS
    clock: float = 1e-6
    script: Callable[[Question], str] = lambda question: ""
    missing: Callable[[], str | None] = lambda: None
    version: Callable[[], str] = lambda: ""


def asked_in(tasks: str) -> Takes:
    return lambda question: question.task in tasks


def sized(tasks: str, up_to: int | None = None) -> Takes:
    """Questions at a chosen size."""
    return lambda q: q.task in tasks and q.size is not None and (up_to is None or q.size <= up_to)


def library(name: str, group: str, needed: str, interpreter: str, takes: Takes, general: bool = False) -> Peer:
    """Return a Python library that `asking` asks. needed: the imports without which it cannot be asked, its own first. general:
    it answers for every size at once where the question is about every size."""

    def command(question: Question) -> tuple[str, ...]:
        size = "all" if question.size is None or (general and question.any_size) else str(question.size)
        return (interpreter, "-m", "scripts.benching.asking", name, question.task, question.key, size)

    def missing() -> str | None:
        done = run([interpreter, "-c", f"import {needed}"], "", _START)
        return None if done.status == 0 else (done.errors.strip().splitlines() or ["?"])[-1][:160]

    def version() -> str:
        code = "import importlib.metadata as m, sys; print(m.version(sys.argv[1]))"
        return run([interpreter, "-c", code, group], "", _START).output.strip()

    return Peer(name, group, takes, command, missing=missing, version=version)


def program(
    name: str,
    arguments: tuple[str, ...],
    script: Callable[[str, int | None], str],
    takes: Takes,
    complaint: str,
    clock: float = 0.01,
    quiet: tuple[str, ...] = (),
) -> Peer:
    """Return an algebra system that reads programs. quiet: what keeps it from saying its version when it starts."""
    executable = arguments[0]
    return Peer(
        name,
        executable.lower(),
        takes,
        lambda question: (*arguments, *quiet),
        complaint,
        clock,
        lambda question: script(question.key, question.size),
        lambda: None if shutil.which(executable) else f"there is no program {executable}",
        lambda: _version(run(arguments, "", _START)),
    )


def _version(started: Ended) -> str:
    """Return the first number with dots in what a system says of itself when it starts."""
    found = re.search(r"\d+\.\d[\d.]*", started.output + started.errors)
    return found.group() if found else "?"


def peers(interpreter: str) -> list[Peer]:
    """Return symbn and every peer. interpreter: the Python that has the libraries of the peers."""

    def own(name: str, takes: Takes, general: bool = False) -> Peer:
        return library(name, "symbn", "symbn.checking", sys.executable, takes, general)

    def other(name: str, group: str, module: str, takes: Takes, general: bool = False) -> Peer:
        return library(name, group, module, interpreter, takes, general)

    return [
        own("symbn", asked_in("abcd"), general=True),
        own("symbn, sums written out", sized("ab")),
        own("symbn with SymPy agreeing", sized("ab", up_to=64)),
        own("symbn code", asked_in("g")),
        own("symbn, reader", asked_in("e")),
        other("SymPy simplify", "sympy", "sympy", asked_in("abcd")),
        other("SymPy equals", "sympy", "sympy", sized("abd")),
        other("SymPy cancel", "sympy", "sympy", sized("abd")),
        other("SymPy ratsimp", "sympy", "sympy", sized("abd")),
        other("SymPy parse_latex, antlr", "sympy", _READS.format("antlr"), asked_in("e")),
        other("SymPy parse_latex, lark", "sympy", _READS.format("lark"), asked_in("e")),
        other("SymEngine expand", "symengine", "symengine", sized("abd")),
        other("SymEngine, staged by hand", "symengine", "symengine", sized("ab")),
        # It has no single entries: what is asked of x_1 is asked of every x_i.
        other("tensorgrad", "tensorgrad", "tensorgrad", lambda q: q.task in "cd" and q.key != "second", general=True),
        other("Math-Verify", "math-verify", "math_verify", sized("ad")),
        other("Math-Verify, reader", "math-verify", "math_verify", asked_in("e")),
        other("torch gradcheck", "torch", "torch", asked_in("ag")),
        other("central differences", "numpy", "numpy", asked_in("g")),
        program(
            "Maxima ratsimp", ("maxima",), algebra.maxima, asked_in("abcd"),
            r"-- an error\.|incorrect syntax|Maxima encountered a Lisp error", quiet=("--very-quiet",),
        ),
        program("Giac simplify", ("giac",), algebra.giac, sized("abd"), r"syntax error +line|Error:|Bad Argument"),
        program(
            "FriCAS", ("fricas", "-nosman"), algebra.fricas, sized("abd"),
            r">> Error|>> System error|Internal Error|Cannot find|is not a|has not been given",
        ),
        program("Singular, staged by hand", ("Singular",), algebra.singular, sized("ab"), r"\? .*", 0.001, ("-q",)),
    ]  # fmt: skip
