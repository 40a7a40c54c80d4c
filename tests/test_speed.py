"""What keeps symbn fast, without a clock: the modules that a command loads, and how the numbers of calls grow."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import symbn
from symbn.decision.decide import decide
from symbn.elaboration.elaborate import Equation, readings
from symbn.elaboration.notation import Notation
from symbn.kernel.goal import Goal
from symbn.kernel.normal import Normalizer
from symbn.kernel.term import Index
from symbn.kernel.verdict import Proved, Refuted, Undecided, prove
from symbn.syntax.parser import parse

CLOSED = r"\frac{\partial L}{\partial x_1} = \frac{\gamma}{m s}\left(m g_1 - \sum_j g_j - \hat x_1 \sum_j g_j \hat x_j\right)"
WRONG = CLOSED.replace(r"- \hat x_1", r"+ \hat x_1")
JACOBIAN = r"\frac{\partial \hat x_i}{\partial x_k} = \frac{1}{m s}\left(m \delta_{ik} - 1 - \hat x_i \hat x_k\right)"
SHORT = (
    r"\sum_{i} \hat x_{i} = 0",
    r"\frac{\partial \mu}{\partial x_{i}} = \frac{1}{m}",
    r"\frac{\partial \sigma^2}{\partial x_{i}} = \frac{2(x_{i}-\mu)}{m}",
    r"\frac{\partial L}{\partial \gamma} = \sum_{i} g_{i} \hat x_{i}",
    r"7 \sum_{i} x_{i} = 7 m \mu",
    r"y_{i} = \gamma \hat x_{i} + \beta",
    r"\frac{\partial (x_{i}-\mu)}{\partial x_{k}} = \delta_{ik} - \frac1m",
    r"\frac{\partial L}{\partial \mu} = -\frac{\gamma}{s}\sum_{i} g_{i}",
)
# What only other documents need: those with mistakes, of other kinds, or reported in another format.
ASIDE = (
    *("sympy", "numpy", "rich", "tomllib", "subprocess", "tempfile", "html", "xml", "random"),
    *("symbn.symbolic", "symbn.typesetting", "symbn.publishing", "symbn.decision.repair", "symbn.decision.refute"),
    *("symbn.certificates", "symbn.deriving", "symbn.elaboration.matrices", "symbn.elaboration.granting"),
    *("symbn.document.webpage", "symbn.document.notebook", "symbn.document.rst", "symbn.document.tex"),
    *("symbn.report.webpage", "symbn.report.latex", "symbn.report.sarif", "symbn.report.marks"),
)


def calls(run: Callable[[], object]) -> int:
    """Return how many calls of Python functions a run makes, after one that fills what is kept between runs."""
    count = 0

    def see(frame: object, event: str, argument: object) -> None:
        nonlocal count
        count += event == "call"

    run()
    before = sys.getprofile()
    sys.setprofile(see)
    try:
        run()
    finally:
        sys.setprofile(before)
    return count


def document(count: int) -> str:
    return "\n\n".join(f"The identity number {n} is\n$$ {SHORT[n % len(SHORT)]} $$" for n in range(count))


def equation(text: str, batch: int | None = None) -> Equation:
    (statement,) = parse(text)
    left, right = statement.sides
    return next(readings(left, right, statement.conditions, Notation(), batch))


def decided(text: str, batch: int | None) -> object:
    return decide(iter([equation(text, batch)])).verdict


@pytest.mark.parametrize("format", ["text", "json"])
def test_check_loads_only_what_its_documents_need(format: str, tmp_path: Path) -> None:
    (tmp_path / "notes.md").write_text(document(8))
    arguments = ["check", "--no-cache", "--format", format, str(tmp_path / "notes.md")]
    program = (
        f"import sys, json\nfrom symbn.cli import main\nassert main({arguments!r}) == 0\nprint(json.dumps(list(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    loaded = json.loads(done.stdout.splitlines()[-1])
    assert "symbn.following.follow" in loaded
    assert [name for name in loaded if name in ASIDE or name.startswith(tuple(f"{name}." for name in ASIDE))] == []


def test_verify_loads_nothing_that_another_command_needs() -> None:
    program = "import sys, symbn.cli\nassert symbn.cli.main(['verify', '--quiet', 'sum_i xhat_i = 0']) == 0\n"
    loaded = subprocess.run(
        [sys.executable, "-c", f"{program}print(*sys.modules)"], capture_output=True, text=True, check=True
    ).stdout.split()
    assert "symbn.kernel.verdict" in loaded
    others = {"json", "hashlib", "pathlib", "symbn.following.follow", "symbn.cache", "symbn.running"}
    assert [name for name in loaded if name in others or name in ASIDE] == []


def test_a_short_equation_of_a_document_costs_few_calls() -> None:
    costs = [calls(lambda count=count: symbn.check(text=document(count))) for count in (16, 32, 64)]  # type: ignore[misc]
    assert (costs[1] - costs[0]) / 16 < 5000
    # .. and the others are not looked at again for it.
    assert (costs[2] - costs[1]) / 32 < 1.1 * (costs[1] - costs[0]) / 16


def test_proving_takes_the_same_at_every_batch_size() -> None:
    costs = [calls(lambda batch=batch: decided(CLOSED, batch)) for batch in (None, 8, 64, 512)]  # type: ignore[misc]
    assert isinstance(decided(CLOSED, 512), Proved)
    assert max(costs) < 1.2 * min(costs)


@pytest.mark.parametrize("text", [WRONG, WRONG.replace("_1", "_i"), JACOBIAN.replace("- 1", "+ 1")])
def test_refuting_grows_as_the_batch_does(text: str) -> None:
    costs = [calls(lambda batch=batch: decided(text, batch)) for batch in (32, 64, 128)]  # type: ignore[misc]
    assert isinstance(decided(text, 128), Refuted)
    assert costs[1] < 2.5 * costs[0]
    assert costs[2] < 2.5 * costs[1]


def test_refuting_with_the_smallest_point_costs_about_three_proofs() -> None:
    proving, refuting = (calls(lambda text=text: decided(text, None)) for text in (CLOSED, WRONG))  # type: ignore[misc]
    assert refuting < 3.3 * proving


def test_the_sums_of_a_true_equation_written_out_grow_as_the_batch_does() -> None:
    def written_out(batch: int) -> None:
        goal = equation(CLOSED, batch).goal()
        normalizer = Normalizer(goal.positive, batch, explicit=True)
        value = normalizer.difference(goal.left, goal.right)
        assert not normalizer.without_last(value.top)

    costs = [calls(lambda batch=batch: written_out(batch)) for batch in (32, 64, 128)]  # type: ignore[misc]
    assert costs[1] < 2.2 * costs[0]
    assert costs[2] < 2.2 * costs[1]


def test_all_entries_of_the_jacobian_grow_as_the_square_of_the_batch() -> None:
    def every_entry(batch: int) -> None:
        goal = equation(JACOBIAN, batch).goal()
        normalizer = Normalizer(goal.positive, batch, explicit=True)
        normalizer.difference(goal.left, goal.right)
        sides = normalizer.ratio(goal.left).top, normalizer.ratio(goal.right).top
        for i in range(1, batch + 1):
            rows = [normalizer.rename(side, Index("i"), Index(i)) for side in sides]
            for k in range(1, batch + 1):
                left, right = (normalizer.rename(row, Index("k"), Index(k)) for row in rows)
                assert left == right

    costs = [calls(lambda batch=batch: every_entry(batch)) for batch in (8, 16, 32)]  # type: ignore[misc]
    assert costs[1] < 4.2 * costs[0]
    assert costs[2] < 4.2 * costs[1]


def test_a_refuted_goal_at_a_chosen_batch_is_not_written_out(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[bool] = []

    def watched(goal: Goal, written_out: bool = True) -> Proved | Undecided:
        asked.append(written_out)
        return prove(goal, written_out=written_out)

    monkeypatch.setattr("symbn.decision.decide.prove", watched)
    assert isinstance(decided(WRONG, 64), Refuted)
    assert asked == [False]
    assert isinstance(decided("sum_j (x_j - mu)^3 = 0", 2), Proved)
    assert asked == [False, False, True]
