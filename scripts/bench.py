"""symbn beside SymPy on the same tasks, in one run on one machine: medians, and ratios against a named peer.

Seconds are wall clock inside the process, after parsing, but for the cold starts, which are whole processes. Figures of
different runs or machines do not compare; the ratios do, roughly.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from time import perf_counter

import sympy

from symbn.decision.decide import decide
from symbn.elaboration.elaborate import Equation, readings
from symbn.elaboration.notation import Notation
from symbn.kernel.normal import Normalizer
from symbn.kernel.verdict import Proved, prove
from symbn.symbolic import BatchNorm
from symbn.syntax.parser import parse

CLOSED = r"\frac{\partial L}{\partial x_i} = \frac{\gamma}{m s}\left(m g_i - \sum_j g_j - \hat x_i \sum_j g_j \hat x_j\right)"
JACOBIAN = r"\frac{\partial \hat x_i}{\partial x_k} = \frac{1}{m s}\left(m \delta_{ik} - 1 - \hat x_i \hat x_k\right)"
TWIN = {CLOSED: CLOSED.replace(r"- \hat x_i", r"+ \hat x_i"), JACOBIAN: JACOBIAN.replace("- 1", "+ 1")}


@dataclass(frozen=True)
class Row:
    task: str
    system: str
    seconds: float
    spread: float
    ratio: str = ""


def timed(run: Callable[[], object], repeat: int = 15) -> tuple[float, float]:
    """Return the median and the spread (largest less smallest) of several runs, after one to warm up."""
    run()
    times = []
    for _ in range(repeat):
        start = perf_counter()
        run()
        times.append(perf_counter() - start)
    return statistics.median(times), max(times) - min(times)


def first_reading(text: str, batch: int | None = None) -> Equation:
    (statement,) = parse(text)
    left, right = statement.sides
    return next(readings(left, right, statement.conditions, Notation(), batch))


def decide_text(text: str) -> object:
    (statement,) = parse(text)
    left, right = statement.sides
    return decide(readings(left, right, statement.conditions, Notation()))


def every_entry(batch: int) -> int:
    """Write both sides of every entry of the Jacobian of xhat at this size, and count those that agree."""
    goal = first_reading(JACOBIAN, batch).goal()
    normalizer = Normalizer(goal.positive, batch, explicit=True)
    normalizer.difference(goal.left, goal.right)
    sides = normalizer.ratio(goal.left).top, normalizer.ratio(goal.right).top
    i, k = sorted((index for index in goal.indices), key=lambda index: str(index.name))
    agree = 0
    for row in range(1, batch + 1):
        rows = [normalizer.rename(side, i, type(i)(row)) for side in sides]
        for column in range(1, batch + 1):
            left, right = (normalizer.rename(side, k, type(k)(column)) for side in rows)
            agree += left == right
    return agree


def kernel_rows() -> list[Row]:
    found = []
    for name, text in (("closed form of dL/dx_i", CLOSED), ("Jacobian of xhat", JACOBIAN)):
        for kind, formula in (("true", text), ("false", TWIN[text])):
            goal = first_reading(formula).goal()
            median, spread = timed(lambda goal=goal: prove(goal))  # type: ignore[misc]
            assert isinstance(prove(goal), Proved) == (kind == "true")
            found.append(Row(f"{name}, {kind}, every m", "kernel, normal forms", median, spread))
        proving, _ = timed(lambda text=text: decide_text(text))  # type: ignore[misc]
        refuting, spread = timed(lambda text=text: decide_text(TWIN[text]))  # type: ignore[misc]
        found.append(Row(f"{name}, every m", "text to proof", proving, 0.0))
        ratio = f"{refuting / proving:.1f} x proving"
        found.append(Row(f"{name}, false", "text to smallest counterexample", refuting, spread, ratio))
    return found


def chosen_rows() -> list[Row]:
    found = []
    for batch in (8, 32, 128):
        goal = first_reading(CLOSED.replace("_i", "_1"), batch).goal()

        def written_out(goal: object = goal, batch: int = batch) -> None:
            normalizer = Normalizer(frozenset({"eps"}), batch, explicit=True)
            value = normalizer.difference(goal.left, goal.right)  # type: ignore[attr-defined]
            assert not normalizer.without_last(value.top)

        median, spread = timed(written_out, 5)
        found.append(Row(f"closed form of dL/dx_1, m = {batch}", "kernel, sums written out", median, spread))
    for batch in (16, 64):
        assert every_entry(batch) == batch * batch
        median, spread = timed(lambda batch=batch: every_entry(batch), 3)  # type: ignore[misc]
        found.append(Row(f"Jacobian of xhat, all entries, m = {batch}", "kernel, entry by entry", median, spread))
    return found


def sympy_rows(full: bool) -> list[Row]:
    found = []
    for batch in (4, 6, 8, 16, 32):

        def ours(batch: int = batch) -> None:
            layer = BatchNorm(batch)
            assert layer.compare(layer.derivative("L", "x", None, 1), layer.closed_form("dx")[0]) == "equal"

        def false_twin(batch: int = batch) -> None:
            layer = BatchNorm(batch)
            assert layer.compare(layer.derivative("L", "x", None, 1), -layer.closed_form("dx")[0]) == "different"

        median, spread = timed(ours, 3)
        found.append(Row(f"SymPy's derivative is the closed form, m = {batch}", "symbn, canonical form", median, spread))
        wrong, wrong_spread = timed(false_twin, 3)
        if batch <= (8 if full else 4):
            layer = BatchNorm(batch)
            for kind, sign, mine in (("", 1, median), (", false", -1, wrong)):
                difference = sympy.diff(layer.L, layer.x[0]) - sign * layer.closed_form("dx")[0]
                start = perf_counter()
                sympy.simplify(difference)
                took = perf_counter() - start
                name = f"SymPy's derivative is the closed form, m = {batch}{kind}"
                found.append(Row(name, "SymPy, simplify", took, 0.0, f"{took / mine:.0f} x symbn"))
        found.append(Row(f"SymPy's derivative is not its negative, m = {batch}", "symbn, canonical form", wrong, wrong_spread))
    return found


def cold_rows() -> list[Row]:
    def process(*arguments: str) -> Callable[[], object]:
        return lambda: subprocess.run([sys.executable, *arguments], check=True, capture_output=True)

    peer, peer_spread = timed(process("-c", "import sympy"), 11)
    ours, spread = timed(process("-m", "symbn", "verify", "--quiet", CLOSED), 11)
    return [
        Row("cold start", 'python -c "import sympy"', peer, peer_spread),
        Row("cold start", "symbn verify, one proof", ours, spread, f"{ours / peer:.2f} of import sympy"),
    ]


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter, epilog="example: scripts/bench --json"
    )
    parser.add_argument("--json", action="store_true", help="one JSON object a line instead of a Markdown table")
    parser.add_argument("--full", action="store_true", help="let simplify try m = 6 and 8 as well (minutes)")
    options = parser.parse_args()
    groups: list[Callable[[], list[Row]]] = [kernel_rows, chosen_rows, lambda: sympy_rows(options.full), cold_rows]
    if not options.json:
        print("| task | system | median | spread | ratio |\n|---|---|---:|---:|---|")
    for group in groups:
        for row in group():
            if options.json:
                print(json.dumps(row.__dict__))
            else:
                print(
                    f"| {row.task} | {row.system} | {1e3 * row.seconds:.2f} ms | {1e3 * row.spread:.2f} ms | {row.ratio} |",
                    flush=True,
                )
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
