"""`symbn codegen`: forward and backward functions, written from formulas that the kernel has proved."""

from __future__ import annotations

import argparse
import sys

from symbn.report.terminal import printable

EXAMPLES = r"""
examples:
  symbn codegen batchnorm --to numpy
  symbn codegen batchnorm --to numpy -o layers/ && pytest layers
  symbn codegen layernorm --to torch --dtype float32 -o layernorm.py
  symbn codegen spatial-batchnorm --to c -o bn.h && cc -std=c99 -O2 test_bn.c -o test_bn -lm && ./test_bn
  symbn codegen batchnorm --to jax --name bn --no-test -o bn.py
  symbn codegen batchnorm --to latex -o batchnorm.tex && symbn check batchnorm.tex

targets: batchnorm and layernorm for (N, D), spatial-batchnorm for (N, C, H, W), batchnorm-eval and spatial-batchnorm-eval with
running statistics. every language prints the same stages, and the kernel proves each of them for every size before anything
is written: the mean taken twice, so that its rounding does no harm, the variance in a second pass, one root. with -o, a test
goes beside the code: central differences, the framework's own gradients, a large offset; it imports the framework, which
symbn does not. exit status: 0 written, 2 a usage error
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("target", metavar="TARGET", help="batchnorm, batchnorm-eval, layernorm, spatial-batchnorm, ..")
    parser.add_argument("--to", metavar="LANGUAGE", required=True, help="numpy, torch, jax, c or latex")
    parser.add_argument("--dtype", metavar="TYPE", help="float64 (default) or float32")
    parser.add_argument("--name", metavar="NAME", help="what the functions are called (default: after the target)")
    parser.add_argument(
        "-o",
        "--output",
        metavar="PATH",
        help="write a file, or into a folder; the test goes beside it (- or nothing: print it)",
    )
    parser.add_argument("--no-test", action="store_true", help="write no test")


def run(arguments: argparse.Namespace) -> int:
    """Print the code, or write it with its test, and return the exit status. Raises: UsageError, UnprovedProgramError."""
    from symbn.codegen.writing import Request, generate, write

    request = Request(arguments.target, arguments.to, arguments.dtype, arguments.name)
    if arguments.output in (None, "-"):
        sys.stdout.write(generate(request).text)
        return 0
    paths, claims = write(request, arguments.output, not arguments.no_test)
    print(f"{' and '.join(printable(str(path)) for path in paths)}: {len(claims)} stages, each proved for every size")
    return 0
