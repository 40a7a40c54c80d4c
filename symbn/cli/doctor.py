"""`symbn doctor`: what a numeric gradient test could not have seen."""

from __future__ import annotations

import argparse
import re
import sys
from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING

from symbn.cli.output import style_for
from symbn.cli.statuses import OK, SOME_OPEN, SOME_REFUTED
from symbn.errors import UsageError
from symbn.report.terminal import printable

if TYPE_CHECKING:
    from symbn.doctor.setting import Setting

EXAMPLES = r"""
examples:
  symbn doctor tests/test_batchnorm.py
  symbn doctor tests/test_batchnorm.py:test_backward --eps 1e-5
  symbn doctor assignment.ipynb --rtol 1e-7
  symbn doctor --loss 'sum(y)' --gamma 1 --shape 2,3 --eps 0 --rtol 1e-3 --atol 1e-8

a test is read, never run: eval_numerical_gradient_array, gradcheck, numeric gradients of your own, .backward(); how x, gamma,
beta and dout are drawn, the loss, eps, and allclose, assert_allclose, rel_error, assert_close. options come before what is
read, and stand for what is not; what neither says is assumed, and shown so. thirty usual mistakes of a backward pass are put
in place of the gradient: each is seen; or exactly hidden, which the kernel proves; or below the tolerance in random draws.
exit status: 0 nothing is hidden, 1 something is, 2 a usage error, 3 a test was not understood (1 wins over 3)
"""
_LOSSES = ("sum(y)", "mean(y)", "sum(y**2)", "mean(y**2)", "sum(y*dout)", "each")


def add_arguments(doctor: argparse.ArgumentParser) -> None:
    doctor.add_argument("test", metavar="FILE[:FUNCTION]", nargs="?", help="a Python file or notebook, and a test in it")
    doctor.add_argument("--shape", metavar="N,D", help="examples and features of x")
    doctor.add_argument("--loss", metavar="LOSS", help=f"what is differentiated: {', '.join(_LOSSES)} (each output, gradcheck)")
    doctor.add_argument("--x", metavar="DRAW", help="randn, rand, 5*randn+12 or a number (default: randn)")
    doctor.add_argument("--gamma", metavar="DRAW", help="the same for gamma (default: randn)")
    doctor.add_argument("--beta", metavar="DRAW", help="the same for beta (default: randn)")
    doctor.add_argument("--eps", metavar="E", help="of the layer (default: 1e-5)")
    doctor.add_argument("--rtol", metavar="R", help="of the comparison (default: 1e-5)")
    doctor.add_argument("--atol", metavar="A", help="of the comparison (default: 1e-8)")
    doctor.add_argument("--step", metavar="H", help="of the differences (default: 1e-5); 0: the reference is exact")
    doctor.add_argument("--compared", metavar="NAMES", help="which gradients are compared (default: dx,dgamma,dbeta)")
    doctor.add_argument("--json", action="store_true", help="print one JSON object a line for each test")


def run(arguments: argparse.Namespace) -> int:
    """Print what each test hides and return the exit status. Raises: UsageError."""
    import json

    from symbn.doctor.examining import examine
    from symbn.doctor.words import after, record, text

    from symbn.doctor.reading import NotUnderstoodError

    given = _given(arguments)
    try:
        tests = _tests(arguments, given)
    except NotUnderstoodError as error:
        print(f"symbn: {printable(str(error))}", file=sys.stderr)
        return SOME_OPEN
    style = style_for(sys.stdout, arguments.color)
    hidden = open_ones = False
    for name, known, remarks, missing in tests:
        if missing:
            open_ones = True
            if arguments.json:
                print(json.dumps({"schema": 1, "test": name, "not_understood": missing, "remarks": list(remarks)}))
            else:
                print(printable(f"{name}: not understood: {'; '.join(missing)}"))
                print("\n".join(printable(f"  note: {remark}") for remark in remarks))
            continue
        found = examine(_setting(known, given))
        hidden = hidden or bool(found.hidden)
        print(json.dumps(record(name, found, remarks)) if arguments.json else text(name, found, remarks, style) + "\n")
    if hidden and not arguments.json:
        print(after(style))
    return SOME_REFUTED if hidden else SOME_OPEN if open_ones else OK


def _tests(
    arguments: argparse.Namespace, given: dict[str, object]
) -> list[tuple[str, dict[str, object], tuple[str, ...], list[str]]]:
    """Return each test: its name, what is known, remarks, and what is missing before it can be examined."""
    if arguments.test is None:
        if not given:
            raise UsageError("nothing to examine: give a test file, or say its setting (see `symbn doctor --help`)")
        missing = [f"--{name}" for name in ("shape", "loss") if name not in given]
        if missing:
            raise UsageError(f"without a file {' and '.join(missing)} must be given")
        return [("the setting", {}, (), [])]
    from symbn.doctor.reading import read_tests
    from symbn.doctor.understanding import ESSENTIAL
    from symbn.running import document_bytes

    path, _, function = arguments.test.rpartition(":") if re.search(r".:\w+$", arguments.test) else (arguments.test, "", "")
    source = document_bytes(path).decode("utf-8", "replace")
    found = read_tests(path, source, function or None)
    tests = []
    for test in found:
        still = [gap for gap in test.open if gap.about not in given]
        missing = [gap.words for gap in still if gap.about in ESSENTIAL]
        remarks = tuple(f"line {gap.line}: {gap.words}" for gap in still if gap.about not in ESSENTIAL)
        tests.append((f"{path}:{test.line} {test.name}", test.known, (*test.notes, *remarks), missing))
    return tests


def _setting(known: dict[str, object], given: dict[str, object]) -> Setting:
    """Return the setting: what options say, else what was read, else what is assumed."""
    from symbn.doctor.setting import Setting, Tolerance

    said = {**known, **{name: value for name, value in given.items() if name not in ("rtol", "atol")}}
    if "rtol" in given or "atol" in given:
        own = known.get("tolerance")
        base = own if isinstance(own, Tolerance) else Tolerance()
        limits = {name: given[name] for name in ("rtol", "atol") if name in given}
        said["tolerance"] = replace(base, **limits)  # type: ignore[arg-type]
    names = ("x", "gamma", "beta", "eps", "tolerance", "step", "compared", "double")
    return Setting(**said, assumed=tuple(name for name in names if name not in said))  # type: ignore[arg-type]


def _given(arguments: argparse.Namespace) -> dict[str, object]:
    """Return the options that are given, by the field of the setting. Raises: UsageError."""
    from symbn.doctor.setting import GRADIENTS

    found: dict[str, object] = {}
    if arguments.shape is not None:
        sizes = arguments.shape.split(",")
        if len(sizes) != 2 or not all(size.strip().isascii() and size.strip().isdigit() and len(size) < 8 for size in sizes):
            raise UsageError(f"--shape wants two numbers, such as 4,5; got {arguments.shape[:40]!r}")
        found["shape"] = (int(sizes[0]), int(sizes[1]))
    for name, asked in (("x", arguments.x), ("gamma", arguments.gamma), ("beta", arguments.beta)):
        if asked is not None:
            found[name] = _draw(asked, name)
    numbers = {"eps": arguments.eps, "rtol": arguments.rtol, "atol": arguments.atol, "step": arguments.step}
    for name, asked in numbers.items():
        if asked is not None:
            found[name] = _number(asked, name)
    if found.get("step") == 0:
        found["step"] = None
    if arguments.loss is not None:
        found["loss"] = _loss(arguments.loss, found.get("shape"))
    if arguments.compared is not None:
        names = tuple(name.strip() for name in arguments.compared.split(","))
        if not set(names) <= set(GRADIENTS):
            raise UsageError(f"--compared wants some of {', '.join(GRADIENTS)}; got {arguments.compared[:40]!r}")
        found["compared"] = names
    return found


def _number(text: str, name: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0 <= value < 1e9:
        raise UsageError(f"--{name} wants a number from 0 on; got {text[:40]!r}")
    return value


def _draw(text: str, name: str) -> object:
    from symbn.doctor.setting import Draw

    number = r"[+-]?\s*(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?"
    if re.fullmatch(number, text.strip()):
        return Draw("constant", shift=float(text))
    match = re.fullmatch(rf"(?:({number})\s*\*\s*)?(randn|rand)\s*({number})?", text.strip())
    if match is None or len(text) > 60:
        raise UsageError(f"--{name} wants randn, rand, 5*randn+12 or a number; got {text[:40]!r}")
    scale, shift = (None if part is None else float(part.replace(" ", "")) for part in (match[1], match[3]))
    return Draw("normal" if match[2] == "randn" else "uniform", 1.0 if scale is None else scale, shift or 0.0)


def _loss(text: str, shape: object) -> object:
    from symbn.doctor.setting import Loss

    asked = text.replace(" ", "").replace("y^2", "y**2").replace("dout*y", "y*dout")
    mean = Fraction(1)
    if asked.startswith("mean"):
        if not isinstance(shape, tuple):
            raise UsageError("a mean needs --shape")
        mean = Fraction(1, shape[0] * shape[1] or 1)
    losses = {
        "sum(y)": Loss("constant"), "mean(y)": Loss("constant", mean), "sum(y**2)": Loss("output", Fraction(2)),
        "mean(y**2)": Loss("output", 2 * mean), "sum(y*dout)": Loss("random"), "each": Loss("each"),
    }  # fmt: skip
    if asked not in losses:
        raise UsageError(f"--loss wants one of {', '.join(_LOSSES)}; got {text[:40]!r}")
    return losses[asked]
