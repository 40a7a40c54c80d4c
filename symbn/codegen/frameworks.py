"""The modules in Python: the two functions of `symbn.codegen.python` with what each library wants around them.

NumPy has nothing to register them with. PyTorch gets an `autograd.Function`, JAX a `custom_vjp`; both call the same two
functions.
"""

from __future__ import annotations

from collections.abc import Iterable

from symbn.codegen.program import Program
from symbn.codegen.proving import Claim
from symbn.codegen.python import WIDTH, Dialect, docstring, functions, signature_of
from symbn.codegen.wording import about, paragraph

_NUMPY = Dialect("Array", "np.sqrt", "axis")
_TORCH = Dialect("Array", "torch.sqrt", "dim")
_JAX = Dialect("Array", "jnp.sqrt", "axis")


def numpy_module(program: Program, name: str, dtype: str, proved: Iterable[Claim]) -> str:
    head = [
        "from __future__ import annotations",
        "",
        "from typing import TypeAlias",
        "",
        "import numpy as np",
        "import numpy.typing as npt",
        "",
        f"Array: TypeAlias = npt.NDArray[np.{dtype}]",
        "Cache: TypeAlias = tuple[Array, ...]",
    ]
    return _module(program, "numpy", dtype, head, functions(program, _NUMPY, name, proved))


def torch_module(program: Program, name: str, dtype: str, proved: Iterable[Claim]) -> str:
    head = [
        "from __future__ import annotations",
        "",
        "from collections.abc import Callable",
        "from typing import Protocol, TypeAlias",
        "",
        "import torch",
        "from torch.autograd.function import once_differentiable",
        "",
        "Array: TypeAlias = torch.Tensor",
        "Cache: TypeAlias = tuple[Array, ...]",
    ]
    return _module(program, "torch", dtype, head, functions(program, _TORCH, name, proved), _torch_function(program, name))


def _torch_function(program: Program, name: str) -> str:
    title = "".join(word.capitalize() for word in name.split("_")) + "Function"
    arguments = [*(f"{given}: Array" for given in program.arguments), "eps: float"]
    passed = ", ".join((*program.arguments, "eps"))
    # autograd wants one answer for each argument of forward: None for what is a constant.
    nothing = ["None"] * (len(program.constants) + 1)
    answers = ", ".join(["Array"] * len(program.gradients) + nothing)
    gradients = "dx, dgamma, dbeta"
    defaults = [*arguments[:-1], "eps: float = 1e-5"]
    words = _wrapped(
        "The backward pass is the one above, in place of autograd's own. It is not differentiated itself: a second derivative "
        "raises an error instead of leaving terms out.",
        program,
    )
    return "\n".join(
        [
            "class _Context(Protocol):",
            "    saved_tensors: Cache",
            "",
            "    def save_for_backward(self, *tensors: Array) -> None: ...",
            "",
            "",
            f"class {title}(torch.autograd.Function):",
            '    """The layer with its own backward pass, for autograd."""',
            "",
            "    @staticmethod",
            signature_of("forward", ["ctx: _Context", *arguments], "Array", "    "),
            f"        y, cache = {name}_forward({passed})",
            "        ctx.save_for_backward(*cache)",
            "        return y",
            "",
            "    @staticmethod",
            "    @once_differentiable",
            signature_of("backward", ["ctx: _Context", "dout: Array"], f"tuple[{answers}]", "    "),
            f"        {gradients} = {name}_backward(dout, ctx.saved_tensors)",
            f"        return {', '.join([gradients, *nothing])}",
            "",
            "",
            f"_apply: Callable[..., Array] = {title}.apply",
            "",
            "",
            signature_of(name, defaults, "Array"),
            *docstring("Return y, differentiable by autograd.", words),
            f"    return _apply({passed})",
        ]
    )


def jax_module(program: Program, name: str, dtype: str, proved: Iterable[Claim]) -> str:
    head = [
        "from __future__ import annotations",
        "",
        "from functools import partial",
        "from typing import TypeAlias",
        "",
        "import jax",
        "import jax.numpy as jnp",
        "",
        "Array: TypeAlias = jax.Array",
        "Cache: TypeAlias = tuple[Array, ...]",
    ]
    return _module(program, "jax", dtype, head, functions(program, _JAX, name, proved), _jax_function(program, name))


def _jax_function(program: Program, name: str) -> str:
    arguments = [*(f"{given}: Array" for given in program.arguments), "eps: float = 1e-5"]
    passed = ", ".join((*program.arguments, "eps"))
    place = len(program.arguments)
    nothing = ["None"] * len(program.constants)
    answers = ", ".join(["Array"] * len(program.gradients) + nothing)
    words = _wrapped(
        "The backward pass is the one above, in place of JAX's own. eps is a number, and no array. Forward mode (jax.jvp) is "
        "not defined; jax.grad of jax.grad is.",
        program,
    )
    given = "dx, dgamma, dbeta"
    ending = (
        [f"    return {name}_backward(dout, cache)"]
        if not nothing
        else [f"    {given} = {name}_backward(dout, cache)", f"    return {', '.join([given, *nothing])}"]
    )
    return "\n".join(
        [
            f"@partial(jax.custom_vjp, nondiff_argnums=({place},))",
            signature_of(name, arguments, "Array"),
            *docstring("Return y, differentiable by JAX.", words),
            f"    y, _ = {name}_forward({passed})",
            "    return y",
            "",
            "",
            signature_of("_vjp", ["eps: float", "cache: Cache", "dout: Array"], f"tuple[{answers}]"),
            "    del eps  # its part is in the cache",
            *ending,
            "",
            "",
            f"{name}.defvjp({name}_forward, _vjp)",
        ]
    )


def _wrapped(words: str, program: Program) -> list[str]:
    """Return the words as lines of a docstring, with what is to be said of the constants."""
    constants = f" {' and '.join(program.constants)} are constants: no gradient goes to them." if program.constants else ""
    return paragraph(words + constants, WIDTH - 4)


def _module(program: Program, to: str, dtype: str, head: list[str], *parts: str) -> str:
    summary, lines = about(program, to, dtype, WIDTH)
    opening = "\n".join([*docstring(summary, lines, ""), "", *head])
    return "\n\n\n".join([opening, *(part.rstrip("\n") for part in parts)]) + "\n"
