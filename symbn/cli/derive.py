"""`symbn derive`, and the options with which articles are printed. Nothing heavy is imported until the command runs."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

from symbn.cli.output import batch_size, style_for
from symbn.errors import UsageError
from symbn.layers.batchnorm import MODES, TRAINING

if TYPE_CHECKING:
    from symbn.deriving.article import Article

_WIDTHS = (30, 1000)
EXAMPLES = r"""
examples:
  symbn derive dx
  symbn derive dx --route staged --format latex -o backward.tex
  symbn derive all -o backward.pdf
  symbn derive jacobian --of xhat --by x --batch 3
  symbn derive dxhat/dvar --mode eval
  symbn derive dgamma --style cs231n
  symbn derive dx --let mean='\mu_B' --let batch=N -o dx.html
  symbn derive graph --format dot | dot -Tsvg > graph.svg

targets: dx dgamma dbeta dmu dvar dxhat (of the loss), dA/dB and jacobian (of any node by any other), centring, graph, all.
routes: closed, pen and paper (the default); staged, by the computation graph; quotient, with the variance expanded.
every step names its rule and is proved by the kernel before it is printed. exit status: 0 printed, 2 a usage error
"""


def add_arguments(derive: argparse.ArgumentParser) -> None:
    derive.add_argument("target", metavar="TARGET", help="what to derive: dx, dgamma, jacobian, dA/dB, graph, all, ..")
    derive.add_argument("--route", metavar="ROUTE", help="closed, staged or quotient (default: closed)")
    derive.add_argument("--batch", metavar="M", help="write everything out at this batch size, with SymPy")
    derive.add_argument("--of", metavar="NODE", help="with jacobian: of what (default: xhat)")
    derive.add_argument("--by", metavar="NODE", help="with jacobian: by what (default: x)")
    derive.add_argument("--mode", choices=MODES, default=TRAINING, help="eval: mean and variance are constants")
    add_output_options(derive)


def add_output_options(parser: argparse.ArgumentParser) -> None:
    """Add the options of everything that prints an article."""
    parser.add_argument("--style", metavar="STYLE", help="letters: default, paper, cs231n or features")
    parser.add_argument("--let", metavar="ROLE=NAME", action="append", default=[], help="what to call something; repeatable")
    parser.add_argument(
        "--format",
        metavar="FORMAT",
        help="text, latex, pdf, html, markdown, json, dot (default: by the ending of FILE)",
    )
    parser.add_argument("-o", "--output", metavar="FILE", help="write a file, whole or not at all")
    parser.add_argument("--fragment", action="store_true", help="LaTeX or HTML to put into a document of your own")
    parser.add_argument("--width", metavar="N", help="columns of text (default: those of the terminal; 80 in a file)")


def run(arguments: argparse.Namespace) -> int:
    """Print the derivation and return the exit status. Raises: UsageError, UnprovedError, PdfError."""
    from symbn.deriving.making import derive

    if arguments.target != "jacobian" and (arguments.of is not None or arguments.by is not None):
        raise UsageError("--of and --by say what `symbn derive jacobian` is about: write jacobian, or dA/dB")
    check_layout(arguments)
    batch = batch_size(arguments.batch)
    article = derive(
        arguments.target, arguments.route, arguments.mode, batch, arguments.of or "xhat", arguments.by or "x"
    )  # fmt: skip
    deliver(article, arguments)
    return 0


def check_layout(arguments: argparse.Namespace) -> None:
    """Refuse a wrong format, style or width before any work is done. Raises: UsageError."""
    from symbn.publishing.formats import format_of
    from symbn.publishing.layout import layout_of

    found = format_of(arguments.format, arguments.output)
    layout_of(arguments.style or "default", arguments.let)
    _width(arguments)
    if arguments.fragment and found not in ("latex", "html"):
        raise UsageError(f"--fragment is for latex and html; {found} has none")


def deliver(article: Article, arguments: argparse.Namespace) -> None:
    """Print the article as the options say. Raises: UsageError, PdfError."""
    from dataclasses import replace

    from symbn.publishing import formats
    from symbn.publishing.layout import layout_of

    layout = layout_of(arguments.style or "default", arguments.let, _width(arguments))
    colour = arguments.output is None and style_for(sys.stdout, arguments.color).colour
    found = formats.format_of(arguments.format, arguments.output)
    formats.deliver(article, found, replace(layout, colour=colour, fragment=arguments.fragment), arguments.output)


def _width(arguments: argparse.Namespace) -> int:
    if arguments.width is None:
        return style_for(sys.stdout, "never").width if arguments.output is None else 80
    text, (least, most) = arguments.width.strip(), _WIDTHS
    if not (text.isascii() and text.isdigit() and len(text) < 6 and least <= int(text) <= most):
        raise UsageError(f"--width wants a number of columns from {least} to {most}; got {arguments.width[:40]!r}")
    return int(text)
