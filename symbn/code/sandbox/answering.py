"""From a request to an answer, inside the sandbox: the calls one after the other, in exact elements or in plain floats."""

from __future__ import annotations

import errno
from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path
from traceback import walk_tb
from typing import Any

from symbn.code.arithmetic import from_float, number
from symbn.code.arrays import from_tensor, to_tensor
from symbn.code.exact import Exact
from symbn.code.model import Result, StoppedError, Tensor
from symbn.code.sandbox.helping import Record
from symbn.code.sandbox.loading import Loader, PlainLoader, read_source
from symbn.code.sandbox.wire import DEPTH, Floats, Numeric, TermTable, WireError, read, read_terms, write
from symbn.code.source import Source
from symbn.kernel.term import Num

Answer = dict[str, Any]


def answer_to(request: Mapping[str, Any]) -> Answer:
    """Return the results of the calls, or what stopped them, as JSON."""
    path = Path(request["path"])
    source: Source | None = None
    try:
        source = read_source(path)
        return _results(request, path, source)
    except StoppedError as error:
        kind, reason, line = error.kind, error.reason, error.line or _line(error, path)
    except WireError as error:
        kind, reason, line = "limit", str(error), None
    except MemoryError:
        kind, reason, line = "limit", f"it needs more memory than {request['memory'] // 2**20} MB", None
    except SystemExit as error:
        kind, reason, line = "exit", f"the code left the process: sys.exit({error.code!r:.50})", _line(error, path)
    except BaseException as error:  # whatever the code raises is its answer
        full = isinstance(error, OSError) and error.errno == errno.EFBIG
        kind, reason, line = "limit" if full else "raised", f"{type(error).__name__}: {_message(error)}", _line(error, path)
    if source is not None and source.cells and line is not None:
        reason += f" ({source.place(line)})"
    return {"stopped": [kind, reason, line]}


def _results(request: Mapping[str, Any], path: Path, source: Source) -> Answer:
    plain, calls, record = request["plain"], request["calls"], Record()
    terms = read_terms(request["terms"], None)
    module = PlainLoader(path).load(path, source) if plain else Loader(path, calls[-1][0], record).load(path, source)
    live: list[Any] = []
    table = TermTable()
    results = []
    for place, (name, arguments, keywords) in enumerate(calls):
        function = module.__dict__.get(name)
        if function is None:
            raise StoppedError("raised", f"there is no function {name} in {path.name}")
        given = [_alive(read(argument, terms), live, plain) for argument in arguments]
        named = {key: _alive(read(argument, terms), live, plain) for key, argument in keywords}
        record.recording = place == len(calls) - 1
        live.append(function(*given, **named))
        if record.stopped is not None:
            raise record.stopped
        # Written down at once: a later call may change the arrays of an earlier one in place.
        results.append(write(_told(live[-1], plain), table))
    bindings = [[b.name, b.line, write(b.value, table)] for b in record.bindings.values() if isinstance(b.value, Tensor)]
    return {"results": results, "bindings": bindings, "readings": list(record.readings), "terms": table.rows}


def _alive(value: Any, live: list[Any], plain: bool) -> Any:
    """Return an argument as Python has it. live: what the calls before returned."""
    match value:
        case Tensor():
            return _floating(value) if plain else from_tensor(value)
        case Fraction():
            return float(value) if plain else Exact(number(value))
        case Result(call=call, path=path):
            return _at(live[call], call, path)
        case tuple() | list():
            return type(value)(_alive(part, live, plain) for part in value)
        case dict():
            return {key: _alive(part, live, plain) for key, part in value.items()}
        case _:
            return value


def _floating(tensor: Tensor) -> Any:
    import numpy as np

    numbers = [float(entry.value) for entry in tensor.entries if isinstance(entry, Num)]
    return np.array(numbers, dtype=np.float64).reshape(tensor.shape)


def _at(value: Any, call: int, path: tuple[int | str, ...]) -> Any:
    for key in path:
        try:
            value = value[key]
        except (LookupError, TypeError):
            raise StoppedError("raised", f"what call {call + 1} returned has no entry {key!r}") from None
    return value


def _told(value: Any, plain: bool, depth: int = DEPTH) -> Numeric:
    """Return a result as a value of the model; of anything else only what it is called."""
    import numpy as np

    if depth == 0:
        raise StoppedError("limit", "the result contains itself, or lists too deep in each other")
    match value:
        case None | bool() | int() | str():
            return value
        case Exact():
            return to_tensor(value) if value.value is None else value.value
        case np.ndarray() if plain:
            floats = value.astype(np.float64)
            return Floats(floats.shape, tuple(floats.ravel().tolist()))
        case np.ndarray():
            return to_tensor(value)
        case np.bool_():
            return bool(value)
        case np.integer():
            return int(value)
        case float() | np.floating():
            return float(value) if plain else from_float(float(value))
        case tuple():
            return tuple(_told(part, plain, depth - 1) for part in value)
        case list():
            return [_told(part, plain, depth - 1) for part in value]
        case dict():
            return {str(key): _told(part, plain, depth - 1) for key, part in value.items()}
        case _:
            return f"<{type(value).__name__}>"


def _line(error: BaseException, path: Path) -> int | None:
    """Return the last line of the file that was at work."""
    lines = [line for frame, line in walk_tb(error.__traceback__) if frame.f_code.co_filename == str(path)]
    return lines[-1] if lines else None


def _message(error: BaseException) -> str:
    try:
        return " ".join(str(error).split())[:500]
    except Exception:  # an exception of the user's own, that cannot say what it is
        return ""
