"""`symbn explain TOPIC`: the answers to questions that people ask, with an example in the user's numbers."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from symbn.cli.derive import add_output_options, check_layout, deliver
from symbn.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from fractions import Fraction

TOPICS: Mapping[str, str] = {
    "triangle": "why the Jacobian's rows sum to zero, and the gradient is alive all the same",
    "moments": "training against evaluation, detached mean or variance: four gradients of one example",
    "invariance": "what does not change the output, and what that means for the gradient",
}
EXAMPLES = r"""
examples:
  symbn explain
  symbn explain wrong-sign
  symbn explain triangle
  symbn explain moments --x 0,2 --g 1,0 --eps 3
  symbn explain invariance -o invariance.html
  symbn explain ci
"""
_NUMBERS = {"x": "0,2", "g": "1,0", "gamma": "1", "beta": "0", "eps": "3"}
_HELP = {
    "x": "the batch of the example, such as 1/2,-3,4; with a minus first, --x=-1,2",
    "g": "its upstream gradients",
    "gamma": "the scale",
    "beta": "the shift",
    "eps": "epsilon",
}


def add_arguments(explain: argparse.ArgumentParser) -> None:
    explain.add_argument(
        "codes", metavar="CODE | TOPIC", nargs="*", help=f"a code, as in error[wrong-sign], or one of {', '.join(TOPICS)}, ci"
    )
    for name, value in _NUMBERS.items():
        explain.add_argument(f"--{name}", metavar="NUMBERS" if name in "xg" else "N", help=f"{_HELP[name]} (default: {value})")
    add_output_options(explain)


def is_about(arguments: argparse.Namespace) -> bool:
    """Tell whether a topic is asked for. Raises: UsageError for options that only a topic has."""
    if any(name in TOPICS for name in arguments.codes):
        if len(arguments.codes) > 1:
            raise UsageError("one topic at a time, and no codes beside it")
        return True
    others = {"style": arguments.style, "format": arguments.format, "output": arguments.output, "width": arguments.width}
    given = [f"--{name}" for name, value in (_numbers(arguments) | others).items() if value is not None]
    given += ["--let"] * bool(arguments.let) + ["--fragment"] * arguments.fragment
    if given:
        raise UsageError(f"{given[0]} is for a topic: {', '.join(TOPICS)}")
    return False


def _numbers(arguments: argparse.Namespace) -> dict[str, str | None]:
    return {"x": arguments.x, "g": arguments.g, "gamma": arguments.gamma, "beta": arguments.beta, "eps": arguments.eps}


def run(arguments: argparse.Namespace) -> int:
    """Print the answer and return the exit status. Raises: UsageError, UnprovedError, PdfError."""
    from symbn.deriving.answers import ANSWERS
    from symbn.deriving.example import Example, numbers

    def given(name: str) -> tuple[Fraction, ...]:
        text = _numbers(arguments)[name]
        return numbers(_NUMBERS[name] if text is None else text, f"--{name}")

    def scalar(name: str) -> Fraction:
        values = given(name)
        if len(values) != 1:
            raise UsageError(f"--{name} is one number")
        return values[0]

    check_layout(arguments)
    article, _ = ANSWERS[arguments.codes[0]]
    deliver(article(Example(given("x"), given("g"), scalar("gamma"), scalar("beta"), scalar("eps"))), arguments)
    return 0
