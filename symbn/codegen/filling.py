"""The words that differ from layer to layer in the test files. In their texts they stand between at signs.

A test states the layer once more, in the plainest way, and differentiates that: it knows nothing of the stages.
"""

from __future__ import annotations

from collections.abc import Mapping

from symbn.codegen.program import Program
from symbn.codegen.wording import MARK

_FLAT = "[(1, 1), (1, 4), (5, 1), (4, 4), (7, 3)]"
_IMAGES = "[(1, 1, 1, 1), (2, 3, 1, 1), (1, 2, 3, 2), (2, 2, 2, 2)]"


def words(program: Program, name: str, dtype: str, module: str) -> Mapping[str, str]:
    """Return what the texts leave open."""
    layout, is_flat = program.layout, len(program.layout.axes) == 2
    over = layout.outside(layout.group)
    axes = str(over[0]) if len(over) == 1 else str(over)
    given = ", ".join(program.arguments)
    layer_norm = layout.group != layout.parameter
    return {
        "MARK": f"{MARK} {program.target}`",
        "NAME": name,
        "MODULE": module,
        "DTYPE": dtype,
        "TOLERANCE": "1e-5" if dtype == "float32" else "1e-12",
        "SHAPES": _FLAT if is_flat else _IMAGES,
        "OVER": axes,
        "SPREAD": f"({', '.join(['-1', *['1'] * (len(layout.axes) - 2)])}{',' if is_flat else ''})",
        "GIVEN": given,
        "TYPED": ", ".join(f"{argument}: Array" for argument in program.arguments),
        "ARRAYS": ", ".join(["Array"] * len(program.arguments)),
        "LAYOUT": "layernorm" if layer_norm else "batchnorm" if is_flat else "spatial",
        "FREE": str(len(program.parameters)),
    }


def filled(text: str, found: Mapping[str, str]) -> str:
    for word, value in found.items():
        text = text.replace(f"@{word}@", value)
    return text
