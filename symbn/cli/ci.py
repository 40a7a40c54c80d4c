"""`symbn explain ci`: how a project keeps its equations true, as examples to copy."""

from __future__ import annotations

SUMMARY = "how a project keeps its equations true: pytest, pre-commit, GitHub Actions"
TEXT = r"""
ci: how a project keeps its equations true

A refuted equation fails every check below; so does one that is undecided or
cannot be read, unless its document expects that: `symbn: undecided` in a
comment before it. pytest also refuses a proof that needs a caveat.

pytest: one test for each equation
----------------------------------

  pytest --symbn docs             documents: .md .tex .html .txt .rst .ipynb
  pytest --symbn-docstrings src   docstrings of Python files, not imported

Settings, in pyproject.toml (all may be left out):

  [tool.pytest.ini_options]
  addopts = "--symbn --symbn-docstrings"
  symbn_notation = "docs/notation.toml"  # or a folder, a file for each document
  symbn_let = ['mean=\mu_B', 'batch=N']
  symbn_mode = "eval"
  symbn_batch = "4"
  symbn_allow = "undecided caveat"  # or unreadable: what does not fail

In a test of your own: symbn.testing.assert_proved(formula).

pre-commit: .pre-commit-config.yaml
-----------------------------------

repos:
  - repo: local
    hooks:
      - id: symbn-check
        name: symbn check
        entry: symbn check
        language: python
        additional_dependencies: [symbn]
        files: '\.(md|tex|html|rst|ipynb)$'
        require_serial: true

With the address of symbn's repository as `repo:`, its hooks symbn-check and
symbn-check-docstrings need no more than their id.

GitHub Actions: .github/workflows/equations.yml
-----------------------------------------------

name: equations
on: [push, pull_request]
jobs:
  symbn:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - uses: actions/setup-python@v5
        with:
          python-version: "3.12"
      - run: pip install symbn
      - run: symbn check docs 'src/**/*.py' --jobs auto --format github
"""
