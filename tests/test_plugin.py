"""The pytest plugin, from outside: what is collected, what passes, and what a failure looks like."""

from __future__ import annotations

import os
import subprocess
import sys
import tomllib
from pathlib import Path
from xml.etree import ElementTree

import pytest

# Loaded here, so that the runs inside this process do not each load them anew.
import symbn.plugin.collecting
from symbn.answer import ASSUMED
from symbn.running import check

pytest_plugins = ["pytester"]

ROOT = Path(__file__).resolve().parent.parent
TRUE = r"$\sum_i \hat x_i = 0$"
FALSE = r"$$\frac{\partial L}{\partial \gamma} = - \sum_j g_j \hat x_j$$"
OPEN = r"$\frac{\partial^2 L}{\partial x_i \partial x_k} = 0$"
GARBLED = r"$\frac{\partial\mu}{x_i} = \frac1m$"
CAVEAT = r"$\frac{\partial \hat x_i}{\partial x_i} = \frac1s$"


@pytest.fixture(autouse=True)
def alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Load this working copy's plugin only, installed or not, and no other ones."""
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.delenv("CI", raising=False)


def write(pytester: pytest.Pytester, name: str, *lines: str) -> Path:
    path = pytester.path / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(lines) + "\n", "utf-8")
    return path


def run(pytester: pytest.Pytester, *arguments: str | Path) -> pytest.RunResult:
    # In this process the plugin is imported already, which pytest has a warning for.
    return pytester.runpytest_inprocess("-W", "ignore", "-p", "symbn.plugin", *arguments)


def names(pytester: pytest.Pytester, *arguments: str | Path) -> list[str]:
    lines = run(pytester, "--collect-only", "-q", *arguments).outlines
    return lines[: lines.index("")]


def test_a_document_is_a_test_for_each_of_its_equations(pytester: pytest.Pytester) -> None:
    write(pytester, "docs/notes.md", f"Here {TRUE},", "and a name $x$.", "", FALSE, f"Again {TRUE} and {TRUE}")
    assert names(pytester, "--symbn", "docs/notes.md") == [
        r"docs/notes.md::L1: \sum_i \hat x_i = 0",
        r"docs/notes.md::L4: \frac{\partial L}{\parti.. = - \sum_j g_j \hat x_j",
        r"docs/notes.md::L5: \sum_i \hat x_i = 0",
        r"docs/notes.md::L5: \sum_i \hat x_i = 0 #2",
    ]
    run(pytester, "--symbn", "docs/notes.md").assert_outcomes(passed=3, failed=1)


def test_every_kind_of_document_is_collected_and_no_other_file(pytester: pytest.Pytester) -> None:
    for suffix in ("md", "tex", "html", "txt", "rst"):
        text = TRUE if suffix != "rst" else r":math:`\sum_i \hat x_i = 0`"
        write(pytester, f"a.{suffix}", text if suffix != "html" else text.replace("$", "$$"))
    write(pytester, "b.json", TRUE)
    write(pytester, "b.py", f'r"""{TRUE}"""')
    write(pytester, "c.ipynb", '{"nbformat": 4, "cells": [{"cell_type": "markdown", "source": "$\\\\sum_i x_i = m \\\\mu$"}]}')
    found = names(pytester, "--symbn")
    assert sorted({name.partition("::")[0] for name in found}) == ["a.html", "a.md", "a.rst", "a.tex", "a.txt", "c.ipynb"]
    assert len(found) == 6


def test_a_failure_is_the_diagnostic_and_no_traceback(pytester: pytest.Pytester) -> None:
    write(pytester, "docs/notes.md", "Wrong is", "", FALSE)
    result = run(pytester, "--symbn", "docs")
    lines = result.outlines
    start = next(n for n, line in enumerate(lines) if line.startswith("error[wrong-sign]"))
    assert lines[start - 1].strip("_ ") == r"notes.md, L3: \frac{\partial L}{\parti.. = - \sum_j g_j \hat x_j"
    block = lines[start : next(n for n, line in enumerate(lines) if "short test summary" in line)]
    assert block == [
        r"error[wrong-sign]: the minus sign before `\sum_j g_j \hat x_j` is too much",
        " --> docs/notes.md:3:40",
        "  |",
        r"3 | $$\frac{\partial L}{\partial \gamma} = - \sum_j g_j \hat x_j$$",
        "  |                                        ^^",
        "  = refuted at m = 2 (true for m <= 1): x = (0, 2), g = (1, 0), eps = 3; left =",
        "    -1/2, right = 1/2",
        r"  = repair: \frac{\partial L}{\partial \gamma} = \sum_j g_j \hat x_j",
        "                                                 ^",
        "  = read as: for all m >= 1, eps > 0: dL/dgamma = -(sum_j (g_j*xhat_j))",
    ]
    assert max(map(len, block)) <= 80
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    assert "Traceback" not in result.stdout.str()
    assert "collecting.py" not in result.stdout.str()


def test_a_test_passes_if_its_document_expects_the_verdict(pytester: pytest.Pytester) -> None:
    expected = [
        ("refuted", FALSE), ("refuted wrong-sign", FALSE), ("undecided", OPEN), ("unreadable", GARBLED), ("caveat", CAVEAT),
        ("proved", TRUE),
    ]  # fmt: skip
    write(pytester, "good.md", *(f"<!-- symbn: {verdict} -->\n{text}\n" for verdict, text in expected))
    other = [("refuted wrong-factor", FALSE), ("refuted", TRUE), ("proved", FALSE), ("proved", OPEN), ("caveat", TRUE)]
    write(pytester, "bad.md", *(f"<!-- symbn: {verdict} -->\n{text}\n" for verdict, text in other))
    run(pytester, "--symbn", "good.md").assert_outcomes(passed=len(expected))
    result = run(pytester, "--symbn", "bad.md", "-o", "symbn_allow=undecided unreadable caveat")
    result.assert_outcomes(failed=len(other))
    result.stdout.fnmatch_lines(["error[[]unexpected]: expected refuted*"])


def test_what_is_open_fails_unless_it_is_allowed(pytester: pytest.Pytester) -> None:
    write(pytester, "a.md", OPEN, "", GARBLED, "", CAVEAT, "", TRUE)
    result = run(pytester, "--symbn", "a.md")
    result.assert_outcomes(failed=3, passed=1)
    for kind in ("undecided", "unreadable", "caveat"):
        result.stdout.fnmatch_lines([f"* = help: `symbn_allow = {kind}` in pytest's settings lets it pass"])
    allowed = run(pytester, "--symbn", "a.md", "-rs", "-o", "symbn_allow=undecided caveat")
    allowed.assert_outcomes(failed=1, passed=2, skipped=1)
    allowed.stdout.fnmatch_lines(["SKIPPED [[]1] a.md: L1, undecided: the second derivative of the loss*"])
    run(pytester, "--symbn", "a.md", "-o", "symbn_allow=unreadable").assert_outcomes(failed=2, passed=1, skipped=1)


def test_a_refuted_equation_is_never_allowed(pytester: pytest.Pytester) -> None:
    write(pytester, "a.md", FALSE)
    run(pytester, "--symbn", "a.md", "-o", "symbn_allow=undecided unreadable caveat").assert_outcomes(failed=1)
    assert run(pytester, "--symbn", "a.md", "-o", "symbn_allow=refuted").ret == pytest.ExitCode.USAGE_ERROR


def test_what_is_taken_as_given_is_no_test(pytester: pytest.Pytester) -> None:
    text = r"Let $q = 3 \mu$. Then $q - \mu = 2 \mu$."
    assert [step.verdict for step in check(text=text).steps] == [ASSUMED, "proved"]
    write(pytester, "a.md", text)
    assert names(pytester, "--symbn", "a.md") == [r"a.md::L1: q - \mu = 2 \mu"]
    write(pytester, "a.md", "<!-- symbn: assumed -->", text)
    run(pytester, "--symbn", "a.md").assert_outcomes(passed=1)
    write(pytester, "a.md", "<!-- symbn: refuted -->", text)
    result = run(pytester, "--symbn", "a.md")
    result.assert_outcomes(failed=1, passed=1)
    result.stdout.fnmatch_lines(["error[[]unexpected]: expected refuted, got assumed"])


def test_a_fault_of_the_document_fails_beside_its_equations(pytester: pytest.Pytester) -> None:
    write(pytester, "a.md", TRUE, "", "<!-- symbn: prooved -->", TRUE)
    result = run(pytester, "--symbn", "a.md", "-o", "symbn_allow=unreadable")
    result.assert_outcomes(failed=1, passed=2)
    result.stdout.fnmatch_lines(["* a.md, L3: bad-remark *", "error[[]bad-remark]: cannot read 'prooved'*", " --> a.md:3:13"])


def test_a_document_that_cannot_be_read_is_a_collection_error(pytester: pytest.Pytester) -> None:
    write(pytester, "good.md", TRUE)
    (pytester.path / "bad.md").write_bytes(b"\0")
    write(pytester, "worse.ipynb", "{")
    result = run(pytester, "--symbn", "--continue-on-collection-errors", ".")
    result.assert_outcomes(passed=1, errors=2)
    result.stdout.fnmatch_lines(
        ["*ERROR collecting bad.md*", "error[[]bad-document]: this is a binary file*", " --> bad.md:1:1"]
    )
    result.stdout.fnmatch_lines(["error[[]bad-document]: not a notebook: it is not JSON*"])
    assert "Traceback" not in result.stdout.str()
    assert "collecting.py" not in result.stdout.str()


def test_without_its_options_it_does_nothing(pytester: pytest.Pytester) -> None:
    write(pytester, "a.md", FALSE)
    write(pytester, "src/a.py", f'r"""{FALSE}"""')
    assert run(pytester, ".").ret == pytest.ExitCode.NO_TESTS_COLLECTED
    assert run(pytester, ".", "-o", "symbn_mode=nonsense").ret == pytest.ExitCode.NO_TESTS_COLLECTED


def test_pytest_s_start_loads_nothing_but_the_hooks() -> None:
    program = "import sys; before = {*sys.modules}; import symbn.plugin; print(*sorted({*sys.modules} - before))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=ROOT)
    own = {"symbn", "symbn.plugin", "importlib", "importlib._bootstrap", "importlib._bootstrap_external", "typing"}
    loaded = {name for name in done.stdout.split() if name.split(".")[0] in ("symbn", "pytest", "_pytest", "rich", "sympy")}
    assert loaded <= own
    assert "symbn.plugin" in loaded


def installed(folder: Path) -> None:
    """Write what an installation says of the plugin, from the project's own table."""
    table = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["entry-points"]
    (where := folder / "symbn-0.0.dist-info").mkdir()
    (where / "METADATA").write_text("Metadata-Version: 2.1\nName: symbn\nVersion: 0.0\n", "utf-8")
    groups = (f"[{group}]\n" + "".join(f"{name} = {value}\n" for name, value in own.items()) for group, own in table.items())
    (where / "entry_points.txt").write_text("".join(groups), "utf-8")


def test_an_installation_has_the_plugin_under_a_name_that_can_be_refused(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD")
    (site := pytester.path / "site").mkdir()
    installed(site)
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(site), str(ROOT)]))
    write(pytester, "a.md", TRUE)
    with_it = pytester.runpytest_subprocess("--symbn", "a.md")
    with_it.assert_outcomes(passed=1)
    without = pytester.runpytest_subprocess("-p", "no:symbn", "--symbn", "a.md")
    assert without.ret == pytest.ExitCode.USAGE_ERROR
    without.stderr.fnmatch_lines(["*unrecognized arguments: --symbn*"])


def test_tests_are_chosen_stopped_and_named_as_others_are(pytester: pytest.Pytester) -> None:
    write(pytester, "a.md", FALSE, "", FALSE, "", TRUE)
    run(pytester, "--symbn", "a.md", "-k", "L5").assert_outcomes(passed=1, deselected=2)
    run(pytester, "--symbn", "a.md", "-x").assert_outcomes(failed=1)
    ids = names(pytester, "--symbn", "a.md")
    for name, outcome in zip(ids, ("failed", "failed", "passed"), strict=True):
        run(pytester, "--symbn", name).assert_outcomes(**{outcome: 1})
    verbose = run(pytester, "--symbn", "a.md", "-v").stdout
    for name in ids:
        verbose.fnmatch_lines([name.replace("[", "[[]") + " *ED*"])


def test_k_finds_what_the_name_of_a_test_leaves_out(pytester: pytest.Pytester) -> None:
    write(pytester, "a.md", r"$\frac{\partial L}{\partial \gamma} = \sum_j g_j \hat x_j$", "", TRUE)
    assert names(pytester, "--symbn", "-k", "gamma") == [r"a.md::L1: \frac{\partial L}{\parti.. = \sum_j g_j \hat x_j"]
    assert names(pytester, "--symbn", "-k", "not gamma") == [r"a.md::L3: \sum_i \hat x_i = 0"]


def test_a_failed_assertion_shows_the_users_line_and_none_of_ours(pytester: pytest.Pytester) -> None:
    write(pytester, "test_a.py", "from symbn.testing import assert_proved", "def test_it(): assert_proved('sum_i x_i = 0')")
    result = run(pytester, "test_a.py")
    result.stdout.fnmatch_lines(["*def test_it(): assert_proved*", "*refuted at m = 1*", "*test_a.py:2: NotProvedError"])
    result.stdout.no_fnmatch_line("*symbn/testing.py*")


def test_every_run_collects_the_same_in_the_same_order(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    # pytest-xdist's workers each collect for themselves, and must agree.
    write(pytester, "a.md", FALSE, OPEN, GARBLED, CAVEAT, TRUE, TRUE, "", "```math", r"a &= b \\ &= c \\ &= d::e[0]", "```")
    write(pytester, "src/a.py", f'r"""{TRUE}"""', "def f():", f'    r"""{TRUE} {FALSE}"""')
    found = []
    for seed in ("1", "2"):
        monkeypatch.setenv("PYTHONHASHSEED", seed)
        arguments = ("-p", "symbn.plugin", "--symbn", "--symbn-docstrings", "--collect-only", "-q", "-p", "no:cacheprovider")
        found.append([line for line in pytester.runpytest_subprocess(*arguments).outlines if "::" in line])
    assert found[0] == found[1]
    assert len(found[0]) == len({*found[0]}) == 11
    assert all(line.count("::") == 1 for line in found[0])


def test_a_report_for_a_build_server_has_a_case_for_each_equation(pytester: pytest.Pytester) -> None:
    write(pytester, "docs/a.md", TRUE, "", FALSE, "", OPEN)
    run(pytester, "--symbn", "docs", "--junitxml=out.xml", "-o", "symbn_allow=undecided")
    cases = ElementTree.parse(pytester.path / "out.xml").findall(".//testcase")
    assert [case.get("name", "").partition(":")[0] for case in cases] == ["L1", "L3", "L5"]
    assert {case.get("classname") for case in cases} == {"docs.a.md"}
    assert [[child.tag for child in case] for case in cases] == [[], ["failure"], ["skipped"]]
    failure = cases[1].find("failure")
    assert failure is not None
    assert "refuted at m = 2" in (failure.text or "")
    assert "[wrong-sign]" in failure.get("message", "")


def test_an_item_knows_its_file_and_line(pytester: pytest.Pytester) -> None:
    path = write(pytester, "docs/a.md", "One", "", TRUE)
    (item,) = pytester.inline_genitems("-p", "symbn.plugin", "--symbn", str(path))[0]
    assert item.location[:2] == (os.path.join("docs", "a.md"), 2)
    assert item.reportinfo()[:2] == (path, 2)


def test_the_settings_are_those_of_the_command_line(pytester: pytest.Pytester) -> None:
    write(pytester, "a.md", r"$\sum_i (x_i - u) = 0$")
    write(pytester, "settings/u.toml", 'mean = "u"')
    run(pytester, "--symbn", "a.md").assert_outcomes(failed=1)
    write(pytester, "settings/pytest.ini", "[pytest]", "symbn_notation = u.toml")
    run(pytester, "--symbn", "a.md", "-c", "settings/pytest.ini").assert_outcomes(passed=1)
    write(pytester, "settings/a.toml", 'mean = "u"')
    run(pytester, "--symbn", "a.md", "-c", "settings/pytest.ini", "-o", "symbn_notation=.").assert_outcomes(passed=1)
    run(pytester, "--symbn", "a.md", "-o", "symbn_let=mean=u").assert_outcomes(passed=1)
    write(pytester, "b.md", r"$\mu_B = \frac1N \sum_i x_i$")
    write(pytester, "pyproject.toml", "[tool.pytest.ini_options]", r"symbn_let = ['mean=\mu_B', 'batch=N']")
    run(pytester, "--symbn", "b.md").assert_outcomes(passed=1)


def test_mode_and_batch_size_change_what_is_asked(pytester: pytest.Pytester) -> None:
    write(pytester, "a.md", r"$\frac{\partial L}{\partial x_i} = \frac{\gamma g_i}{s}$")
    run(pytester, "--symbn", "a.md").assert_outcomes(failed=1)
    run(pytester, "--symbn", "a.md", "-o", "symbn_mode=eval").assert_outcomes(passed=1)
    write(pytester, "b.md", r"$\sum_j (x_j - \mu)^3 = 0$")
    run(pytester, "--symbn", "b.md").assert_outcomes(failed=1)
    run(pytester, "--symbn", "b.md", "-o", "symbn_batch=2").assert_outcomes(passed=1)


@pytest.mark.parametrize(
    ("setting", "said"),
    [
        ("symbn_mode=test", "one of train, eval"),
        ("symbn_batch=many", "whole number"),
        ("symbn_batch=0", "from 1 to"),
        ("symbn_let=meen=u", "meen"),
        ("symbn_notation=nowhere.toml", "no file or folder"),
        ("symbn_notation=a.md", "not TOML"),
        ("symbn_allow=proved", "takes undecided, unreadable, caveat"),
    ],
)
def test_a_setting_that_cannot_be_stops_the_run(pytester: pytest.Pytester, setting: str, said: str) -> None:
    write(pytester, "a.md", FALSE)
    result = run(pytester, "--symbn", "a.md", "-o", setting)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines([f"ERROR: symbn: *{said}*"])


def test_docstrings_are_tests_and_their_module_is_not_imported(pytester: pytest.Pytester) -> None:
    source = f'r"""{TRUE}"""', "raise SystemExit(3)", "def f():", f'    r"""Wrong: {FALSE}', f'    {TRUE}"""'
    write(pytester, "src/layers.py", *source)
    assert [name.partition(":")[2][:4] for name in names(pytester, "--symbn-docstrings", "src")] == [":L1:", ":L4:", ":L5:"]
    result = run(pytester, "--symbn-docstrings", "src")
    result.assert_outcomes(passed=2, failed=1)
    result.stdout.fnmatch_lines(["error[[]wrong-sign]*", " --> src/layers.py:4:55", "*= repair: *"])
    write(pytester, "src/broken.py", "def f(:")
    broken = run(pytester, "--symbn-docstrings", "src/", "--continue-on-collection-errors")
    broken.assert_outcomes(passed=2, failed=1, errors=1)
    broken.stdout.fnmatch_lines(["error[[]bad-document]: not Python: line 1*"])


def test_a_test_that_changes_the_folder_does_no_harm(pytester: pytest.Pytester) -> None:
    write(pytester, "a_test.py", "import os", "def test_it(tmp_path):", "    os.chdir(tmp_path)")
    write(pytester, "b.md", FALSE)
    result = run(pytester, "--symbn", "a_test.py", "b.md")
    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(["error[[]wrong-sign]*", " --> b.md:1:40"])


def test_answers_are_kept_in_pytest_s_cache_where_there_is_one(pytester: pytest.Pytester) -> None:
    write(pytester, "a.md", TRUE)
    run(pytester, "--symbn", "a.md", "-p", "no:cacheprovider").assert_outcomes(passed=1)
    assert not (pytester.path / ".pytest_cache").exists()
    run(pytester, "--symbn", "a.md").assert_outcomes(passed=1)
    assert len([*(pytester.path / ".pytest_cache" / "d" / "symbn").rglob("*")]) >= 1
    write(pytester, "a.md", FALSE)
    run(pytester, "--symbn", "a.md").assert_outcomes(failed=1)


def test_names_hold_nothing_that_drives_a_terminal_and_are_short(pytester: pytest.Pytester) -> None:
    write(
        pytester,
        "a.md",
        "$x_i\x1b[31m = \u202e\\mu$",
        "",
        f"$x_i = {'x_i + ' * 5000} x_i$",
        "",
        "$é字字字字字字字字字字字字字字字 = 1$",
    )
    found = names(pytester, "--symbn", "a.md")
    assert len(found) == 3
    assert all(name.isprintable() and len(name) < 70 for name in found)


def test_the_derivations_pass_as_tests(pytester: pytest.Pytester) -> None:
    paths = [ROOT / "derivations" / name for name in ("closed_form.md", "notebook.ipynb", "centring.md")]
    steps = [step for path in paths for step in check(path).steps if step.verdict != ASSUMED]
    run(pytester, "--symbn", *paths).assert_outcomes(passed=len(steps))


def test_what_is_tested_is_this_working_copy() -> None:
    assert Path(symbn.plugin.collecting.__file__).is_relative_to(ROOT)
