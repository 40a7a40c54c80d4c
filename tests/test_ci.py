"""What others copy: the examples of `symbn explain ci`, and the hooks for pre-commit. They name only what exists."""

from __future__ import annotations

import re
import shlex
import tomllib
from pathlib import Path

import pytest

from symbn.cli import main
from symbn.cli.arguments import build_parser
from symbn.cli.ci import TEXT
from symbn.document.read import KINDS, SUFFIXES
from symbn.plugin import pytest_addoption

ROOT = Path(__file__).resolve().parent.parent
HOOKS = (ROOT / ".pre-commit-hooks.yaml").read_text("utf-8")
VALUE = r"""(?:'[^']*'|"[^"]*"|\[[\w, ]+\]|[^\s'"#&*!|>%@`\[\]{},:-](?:[^:#]|:(?! ))*)"""
LINE = re.compile(rf" *(?:- )?(?:[\w-]+:(?: {VALUE})?|(?<=- ){VALUE})")


def after(heading: str) -> str:
    """Return the last block below a heading that looks like YAML: from its first key to the blank line."""
    body = TEXT.partition(heading)[2].partition("\n\n")[2]
    return body.partition("\n\n")[0]


YAML = {"pre-commit": after("pre-commit: "), "actions": after("GitHub Actions: "), "hooks": HOOKS}


@pytest.mark.parametrize("name", YAML)
def test_every_line_is_a_key_or_an_item_at_an_even_depth(name: str) -> None:
    lines = YAML[name].strip("\n").splitlines()
    assert len(lines) >= 10
    opens = True
    depth = 0
    for line in lines:
        assert LINE.fullmatch(line), line
        indent = len(line) - len(line.lstrip(" "))
        assert indent % 2 == 0
        assert indent <= depth + (2 if opens else 0), line
        depth = indent + 2 * line.lstrip().startswith("- ")
        opens = line.endswith(":")


@pytest.mark.parametrize("line", ["a:b", "\ta: b", "a: 'b", "a: b: c", "- *x", "a: [b", "a: {b}"])
def test_the_shape_is_not_any_shape(line: str) -> None:
    assert not LINE.fullmatch(line)


def commands() -> list[str]:
    text = "\n".join(YAML.values())
    hooks, runs = (re.findall(rf"^ *(?:- )?{key}: (symbn .*)$", text, re.MULTILINE) for key in ("entry", "run"))
    assert (len(hooks), len(runs)) == (3, 1)
    return [*(f"{hook} a.md b.md" for hook in hooks), *runs]


@pytest.mark.parametrize("command", commands())
def test_every_command_is_one_of_the_command_line(command: str) -> None:
    build_parser().parse_args(shlex.split(command)[1:])


def test_a_hook_is_asked_for_what_is_likely_to_hold_a_derivation() -> None:
    documents, modules = (re.compile(found) for found in re.findall(r"files: '(.*)'", HOOKS))
    # Text files are requirements and makefiles more often than derivations.
    suffixes = {suffix for suffixes in KINDS.values() for suffix in suffixes}
    assert {suffix for suffix in suffixes if documents.search(f"docs/a.{suffix}")} == SUFFIXES - {*KINDS["text"]}
    assert {suffix for suffix in suffixes if modules.search(f"src/a.{suffix}")} == {*KINDS["python"]}
    for name in ("a.pdf", "md", "a.md.bak", "a.pyc"):
        assert not documents.search(name)
        assert not modules.search(name)


class Known:
    """Takes down what the plugin adds to pytest's command line and settings."""

    def __init__(self) -> None:
        self.options: set[str] = set()
        self.settings: set[str] = set()

    def getgroup(self, *_: str) -> Known:
        return self

    def addoption(self, name: str, **_: object) -> None:
        self.options.add(name)

    def addini(self, name: str, *_: object, **__: object) -> None:
        self.settings.add(name)


def test_the_example_for_pytest_names_the_plugin_s_options_and_settings() -> None:
    known = Known()
    pytest_addoption(known)  # type: ignore[arg-type]
    assert set(re.findall(r"--symbn[a-z-]*", TEXT)) == known.options
    start = TEXT.index("  [tool.pytest.ini_options]")
    table = tomllib.loads(TEXT[start : TEXT.index("\n\n", start)])["tool"]["pytest"]["ini_options"]
    assert {*table} == {"addopts", *known.settings}
    assert table["symbn_let"] == ["mean=\\mu_B", "batch=N"]


def test_it_is_printed_as_it_is_and_listed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", "ci"]) == 0
    assert capsys.readouterr().out == TEXT.lstrip("\n")
    assert max(map(len, TEXT.splitlines())) <= 80
    main(["explain"])
    assert "\nci  " in capsys.readouterr().out
    assert main(["explain", "wrong-sign", "ci"]) == 0
    assert main(["explain", "cii"]) == 2
    assert "did you mean ci" in capsys.readouterr().err
