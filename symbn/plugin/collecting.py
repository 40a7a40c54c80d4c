"""Documents as pytest sees them: a file is collected, each of its equations is a test.

A document is followed once without repairs, which is enough to know its equations and which of them are proved. Repairs take
longer: they are looked for when a test of another equation is run, since they tell its mistake, and a document may expect a
certain one. Both reports are kept in pytest's own cache.

A test passes if its equation is proved, or has the verdict that the document states. What is taken as given is no test.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from shutil import get_terminal_size

import pytest

from symbn.answer import ASSUMED, CAVEAT, PROVED, UNDECIDED, UNREADABLE, DocumentReport, Step
from symbn.document.read import KINDS, SUFFIXES
from symbn.elaboration.notation import Notation
from symbn.errors import NotProvedError, UsageError
from symbn.judging import DOCUMENT_SECONDS, Options
from symbn.layers.batchnorm import MODES, TRAINING
from symbn.report.listing import render_step
from symbn.report.outcome import faults, message
from symbn.report.places import primary
from symbn.report.terminal import Style, cells, printable, remark
from symbn.running import Settings, check_notation, check_path, shown_at

ALLOWABLE = (UNDECIDED, UNREADABLE, CAVEAT)
_WHOLE = frozenset(["bad-document", "bad-notation"])  # faults without which nothing of the document is known
_SIDE = 24  # cells of each side of an equation in the name of its test


@dataclass(frozen=True, slots=True)
class Rules:
    """How documents are checked, and what else than a proof a test may get."""

    settings: Settings
    allowed: frozenset[str]

    def accept(self, step: Step) -> bool:
        if step.expected is not None:
            return not step.surprising
        if step.caveat is not None:
            return CAVEAT in self.allowed
        return step.verdict in (PROVED, ASSUMED)

    def forgive(self, step: Step) -> bool:
        """Tell whether an open question is let pass; a fault of the document itself, which has the number 0, is none."""
        return step.step > 0 and step.expected is None and step.verdict in self.allowed


RULES = pytest.StashKey[Rules]()


class Collecting:
    """The hooks that are at work once an option of the plugin is given."""

    def __init__(self, suffixes: frozenset[str]) -> None:
        self.suffixes = suffixes

    def pytest_collect_file(self, file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
        if file_path.suffix[1:].lower() not in self.suffixes:
            return None
        return DocumentFile.from_parent(parent, path=file_path)


def collecting(config: pytest.Config) -> Collecting:
    """Return the hooks for the options and settings of this run. Raises: pytest.UsageError."""
    try:
        config.stash[RULES] = _rules(config)
    except UsageError as error:
        raise pytest.UsageError(f"symbn: {error}") from None
    suffixes = SUFFIXES if config.option.symbn else frozenset[str]()
    return Collecting(suffixes.union(KINDS["python"]) if config.option.symbn_docstrings else suffixes)


def _rules(config: pytest.Config) -> Rules:
    mode, batch = config.getini("symbn_mode") or TRAINING, config.getini("symbn_batch")
    allowed = frozenset(word.strip(",") for word in config.getini("symbn_allow"))
    if mode not in MODES:
        raise UsageError(f"symbn_mode is one of {', '.join(MODES)}; got {mode!r}")
    if batch and not (batch.isascii() and batch.isdigit() and len(batch) < 6):
        raise UsageError(f"symbn_batch is a whole number; got {batch[:40]!r}")
    if unknown := sorted(allowed - {*ALLOWABLE}):
        raise UsageError(f"symbn_allow takes {', '.join(ALLOWABLE)}; got {unknown[0]!r}")
    options = Options(
        Notation(mode=mode).with_lets(config.getini("symbn_let")), int(batch) if batch else None, seconds=DOCUMENT_SECONDS
    )
    cache = getattr(config, "cache", None)  # there is none with `-p no:cacheprovider`
    kept = None if cache is None else str(cache.mkdir("symbn"))
    return Rules(Settings(options, _notation(config), kept), allowed)


def _notation(config: pytest.Config) -> str | None:
    name = config.getini("symbn_notation")
    if not name:
        return None
    path = (config.rootpath if config.inipath is None else config.inipath.parent) / name
    if not path.exists():
        raise UsageError(f"symbn_notation: there is no file or folder {path}")
    if path.is_file():
        check_notation(path)
    return str(path)


class DocumentFile(pytest.File):
    """A document. Its path is absolute where it is read, since a test may change the folder, and short where it is shown."""

    def collect(self) -> Iterator[Equation]:
        report = self._report(repair=False)
        if any(fault.code in _WHOLE for fault in report.problems):
            raise self.CollectError("\n".join(_shown(report, step) for step in faults(report)))
        names: dict[str, int] = {}
        for number, step in enumerate((*faults(report), *report.steps)):
            if step.verdict == ASSUMED and not step.surprising:
                continue
            name = _name(step)
            names[name] = names.get(name, 0) + 1
            yield Equation.of(self, name if names[name] == 1 else f"{name} #{names[name]}", number, step)

    @cached_property
    def repaired(self) -> DocumentReport:
        return self._report(repair=True)

    def _report(self, repair: bool) -> DocumentReport:
        settings = self.config.stash[RULES].settings
        settings = replace(settings, options=replace(settings.options, repair=repair))
        here = self.config.invocation_params.dir
        shown = self.path.relative_to(here) if self.path.is_relative_to(here) else self.path
        return shown_at(check_path(str(self.path), settings), str(shown))


class Equation(pytest.Item):
    """One equation step, or a fault of the document itself. number: its place among the answers of the document."""

    document: DocumentFile
    number: int
    step: Step

    @classmethod
    def of(cls, document: DocumentFile, name: str, number: int, step: Step) -> Equation:
        item: Equation = cls.from_parent(document, name=name)
        item.document, item.number, item.step = document, number, step
        item.extra_keyword_matches.update((step.lhs, step.rhs))  # `-k gamma` finds it, although its name is cut
        if item.config.stash[RULES].forgive(step):
            item.add_marker(pytest.mark.skip(reason=f"L{step.line}, {step.verdict}: {printable(message(step))}"))
        return item

    def runtest(self) -> None:
        rules = self.config.stash[RULES]
        if self.step.verdict in (PROVED, ASSUMED) and rules.accept(self.step):
            return
        report = self.document.repaired
        step = (*faults(report), *report.steps)[self.number]
        if not rules.accept(step):
            raise NotProvedError(_shown(report, step))

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: object = None) -> object:  # type: ignore[override]
        """Return the diagnostic alone: a traceback would lead into symbn."""
        return str(excinfo.value) if isinstance(excinfo.value, NotProvedError) else super().repr_failure(excinfo)

    def reportinfo(self) -> tuple[Path, int, str]:
        # pytest prints the dots of a title as `::` where the title is the end of the test's name.
        return self.path, self.step.line - 1, f"{self.document.name}, {self.name}"


def _shown(report: DocumentReport, step: Step) -> str:
    style = Style(get_terminal_size().columns)
    kind = CAVEAT if step.caveat is not None else step.verdict
    if step.step == 0 or step.expected is not None or kind not in ALLOWABLE:
        return render_step(report, step, style, explain=False)
    help = remark(step, primary(step), "help: ", f"`symbn_allow = {kind}` in pytest's settings lets it pass", style)
    return "\n".join([render_step(report, step, style, explain=False), *help])


def _name(step: Step) -> str:
    """Return `L6: a = b`. `::` has a meaning in the name of a test, and lines move less than columns do."""
    sides = [_cut(side) for side in (step.lhs, step.rhs) if side]
    said = " = ".join(sides) if step.step else step.codes[0]
    return f"L{step.line}: {said}".replace("::", ":")


def _cut(side: str) -> str:
    text = " ".join(printable(side).split())
    kept = min(len(text), _SIDE)
    while cells(text[:kept]) > _SIDE:
        kept -= 1
    return text if kept == len(text) else f"{text[:kept].rstrip()}.."
