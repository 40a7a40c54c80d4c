"""The pytest plugin: `pytest --symbn docs` and `pytest --symbn-docstrings src`, one test for each equation.

pytest loads this module whenever symbn is installed, in every project: it imports nothing, and does nothing unless one of its
two options is given. What is collected then is for collecting.py.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pytest

_NOTATION = "symbn: a TOML file with the roles of names, or a folder with one for each document (relative to this file)"
_ALLOW = "symbn: what does not fail: undecided, unreadable (both are skipped then), caveat"


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("symbn", "equations as tests (symbn)")
    group.addoption(
        "--symbn", action="store_true", help="prove every equation of the documents (.md .tex .html .txt .rst .ipynb)"
    )
    group.addoption(
        "--symbn-docstrings", action="store_true", help="prove every equation in the docstrings of Python files, not imported"
    )
    parser.addini("symbn_notation", _NOTATION, type="string", default="")
    parser.addini("symbn_let", "symbn: what a name means, e.g. mean=\\mu_B; one a line", type="linelist", default=[])
    parser.addini("symbn_mode", "symbn: train (default), or eval: mean and variance are constants", type="string", default="")
    parser.addini("symbn_batch", "symbn: decide at this batch size, with the kernel and with SymPy", type="string", default="")
    parser.addini("symbn_allow", _ALLOW, type="args", default=[])


def pytest_configure(config: pytest.Config) -> None:
    if config.option.symbn or config.option.symbn_docstrings:
        from symbn.plugin.collecting import collecting

        config.pluginmanager.register(collecting(config), "symbn-collecting")
