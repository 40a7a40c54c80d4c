"""The program that runs inside a peer's interpreter: it puts one question to one system, and prints what came out.

    python -m scripts.benching.asking SYSTEM TASK KEY SIZE

prints `ANSWER equal|different|open`, perhaps `NOTE ...`, and `SECONDS` of processor time of this process. Only the question
is timed: the imports are over by then, and a small question has been answered before.
"""

from __future__ import annotations

import sys
from time import process_time

from scripts.benching.answers import Prepare
from scripts.benching.questions import READING, WARM, WARM_GENERAL, WARM_SIZE


def way(peer: str) -> Prepare:
    """Return how the peer is asked. Only its own library is imported: an interpreter need not have the others."""
    match peer.split()[0].rstrip(","):
        case "symbn":
            from scripts.benching import readers, with_symbn

            ways = {
                "symbn": with_symbn.decided,
                "symbn, sums written out": with_symbn.written_out,
                "symbn with SymPy agreeing": with_symbn.verified,
                "symbn code": with_symbn.coded,
                "symbn, reader": readers.symbn,
            }
        case "SymPy" | "Math-Verify":
            from scripts.benching import readers, with_sympy

            ways = {
                "SymPy simplify": with_sympy.simplify,
                "SymPy equals": with_sympy.equals,
                "SymPy cancel": with_sympy.cancel,
                "SymPy ratsimp": with_sympy.ratsimp,
                "SymPy parse_latex, antlr": readers.sympy_antlr,
                "SymPy parse_latex, lark": readers.sympy_lark,
                "Math-Verify": with_sympy.math_verify,
                "Math-Verify, reader": readers.math_verify,
            }
        case "SymEngine":
            from scripts.benching import with_symengine

            ways = {
                "SymEngine expand": with_symengine.expanded,
                "SymEngine, staged by hand": with_symengine.staged,
            }
        case "tensorgrad":
            from scripts.benching import with_tensorgrad

            ways = {"tensorgrad": with_tensorgrad.simplified}
        case _:
            from scripts.benching import with_numbers

            ways = {"torch gradcheck": with_numbers.gradcheck, "central differences": with_numbers.central_differences}
    return ways[peer]()


def main(arguments: list[str]) -> int:
    peer, task, key, number = arguments
    sys.setrecursionlimit(100_000)
    size = None if number == "all" else int(number)
    prepare = way(peer)
    if key != READING:
        warm = (WARM_GENERAL, None) if size is None else (WARM, WARM_SIZE)
        prepare(*((key, None) if task == "g" else warm))()
    run = prepare(key, size)
    start = process_time()
    answer, note = run()
    took = process_time() - start
    print(f"ANSWER {answer}")
    if note:
        print(f"NOTE {note}")
    print(f"SECONDS {took:.9f}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
