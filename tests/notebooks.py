"""Runs a notebook of ours without Jupyter: its code cells in order, in one fresh namespace, the last expression shown.

python -m tests.notebooks derivations/notebook.ipynb            prints the outputs as JSON, a list for each code cell
python -m tests.notebooks --write derivations/notebook.ipynb    stores them in the notebook
"""

from __future__ import annotations

import ast
import json
import sys
from pathlib import Path
from typing import Any

Bundle = dict[str, str]


def code_cells(notebook: dict[str, Any]) -> list[dict[str, Any]]:
    return [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]


def outputs_of(notebook: dict[str, Any]) -> list[Bundle]:
    """Return what each code cell shows; nothing is an empty dict."""
    namespace: dict[str, Any] = {"__name__": "__main__"}
    return [_run("".join(cell["source"]), namespace) for cell in code_cells(notebook)]


def _run(source: str, namespace: dict[str, Any]) -> Bundle:
    tree = ast.parse(source)
    last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
    exec(compile(tree, "<cell>", "exec"), namespace)
    if last is None:
        return {}
    assert isinstance(last, ast.Expr)
    value = eval(compile(ast.Expression(last.value), "<cell>", "eval"), namespace)
    return {} if value is None else _shown(value)


def _shown(value: object) -> Bundle:
    if hasattr(value, "_repr_mimebundle_"):
        bundle: Bundle = value._repr_mimebundle_()
        return bundle
    latex = getattr(value, "_repr_latex_", lambda: None)()
    return {"text/plain": repr(value), **({"text/latex": latex} if latex else {})}


def _stored(number: int, bundle: Bundle) -> dict[str, Any]:
    data = {kind: text.splitlines(keepends=True) for kind, text in bundle.items()}
    return {"output_type": "execute_result", "execution_count": number, "metadata": {}, "data": data}


def main(arguments: list[str]) -> None:
    path = Path(arguments[-1])
    notebook = json.loads(path.read_text("utf-8"))
    outputs = outputs_of(notebook)
    if "--write" not in arguments:
        print(json.dumps(outputs))
        return
    for number, (cell, bundle) in enumerate(zip(code_cells(notebook), outputs, strict=True), 1):
        cell["execution_count"] = number
        cell["outputs"] = [_stored(number, bundle)] if bundle else []
    path.write_text(json.dumps(notebook, ensure_ascii=False, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
