"""A whole run: who is there, every question to everyone who takes it, and what came of it."""

from __future__ import annotations

import os
import platform
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from scripts.benching import cold
from scripts.benching.measuring import TIME_OUT, Reply, repeated
from scripts.benching.peers import Peer
from scripts.benching.questions import COLD, TASKS, Question, questions
from scripts.benching.results import Report, Result, result


@dataclass(frozen=True, slots=True)
class Settings:
    """groups: the peers that are asked, by group or by name in small letters; None for all. python: the interpreter that has
    their libraries. limit: processor time for a question, in seconds. repeat: runs of each question."""

    tasks: tuple[str, ...] = tuple(TASKS)
    groups: frozenset[str] | None = None
    python: str = sys.executable
    quick: bool = False
    limit: float = 60.0
    repeat: int = 5


def measured(systems: Sequence[Peer], settings: Settings) -> Report:
    """Ask every system that is there every question that it takes."""
    asked = [question for task in settings.tasks for question in questions(task, settings.quick)]
    wanted = [peer for peer in systems if settings.groups is None or settings.groups & {peer.group, peer.name.lower()}]
    needed = [peer for peer in wanted if any(map(peer.takes, asked))]
    reasons = {peer.name: peer.missing() for peer in needed}
    skipped = {name: reason for name, reason in reasons.items() if reason is not None}
    for name, reason in skipped.items():
        _say(f"skipped: {name}: {reason}")
    there = [peer for peer in needed if peer.name not in skipped]
    results: list[Result] = []
    about: dict[str, str] = {}
    try:
        for task in settings.tasks:
            for found in _task(task, there, settings):  # one by one: those before an interrupt are kept
                results.append(found)
    except KeyboardInterrupt:
        about["interrupted"] = "the rest was not asked"
    about |= {
        "machine": f"{platform.machine()}, {os.cpu_count()} cores, {sys.platform}, Python {platform.python_version()}",
        "load at the end": " ".join(f"{load:.1f}" for load in os.getloadavg()),
        "time-out": f"{settings.limit:g} s of the processor",
        "runs": f"up to {settings.repeat}, fewer of what is slow",
    }
    return Report(about, {peer.group: peer.version() for peer in there}, skipped, tuple(results))


def _task(task: str, systems: Sequence[Peer], settings: Settings) -> Iterator[Result]:
    if task == "f":
        question = Question(task, COLD, TASKS[task], None)
        for name, replies in cold.measured(settings.python, settings.groups, settings.limit, settings.repeat):
            yield _said(result(question, name, replies))
        return
    for peer in systems:
        late: set[str] = set()
        for question in filter(peer.takes, questions(task, settings.quick)):
            if question.key in late:
                replies = [Reply(TIME_OUT, 0.0, 0, "not asked: a smaller size was too much")]
            else:
                script = peer.script(question)
                replies = repeated(peer.command(question), script, settings.limit, peer.complaint, settings.repeat)
            if replies[-1].answer == TIME_OUT:
                late.add(question.key)
            yield _said(result(question, peer.name, replies, peer.clock))


def _said(found: Result) -> Result:
    size = "" if found.size is None else f", m = {found.size}"
    _say(f"({found.task}) {found.peer}: {found.key}{size}: {found.outcome or found.answer}, {found.median:.4f} s {found.note}")
    return found


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)
