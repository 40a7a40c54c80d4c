"""Loading a user's module, rewritten, and the modules beside it that it imports.

A user's module has builtins of its own, whose `__import__` gives it the exact numpy and math, rewrites what lies in its own
folder, passes on the standard library, and knows nothing else. Every other module of the process imports as ever.
"""

from __future__ import annotations

import builtins
import sys
from collections.abc import Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

from symbn.code.model import StoppedError
from symbn.code.sandbox.facade import facades
from symbn.code.sandbox.helping import Helpers, Record
from symbn.code.sandbox.rewriting import HELPER, definitions, rewrite
from symbn.code.source import Source, load
from symbn.errors import UsageError


def read_source(path: Path) -> Source:
    """Return the text of a file, or of the code cells of a notebook. Raises: StoppedError."""
    try:
        return load(str(path))
    except UsageError as error:
        raise StoppedError("raised", str(error)) from None


class Loader:
    """The modules of one run. path: the file that was asked for. recorded: the function in it whose assignments are told."""

    def __init__(self, path: Path, recorded: str | None, record: Record) -> None:
        self.path, self.recorded, self.record = path, recorded, record
        self.facades = facades()
        self.modules: dict[Path, ModuleType] = {}
        self.roots = [path.parent]
        while (self.roots[-1] / "__init__.py").is_file() and len(self.roots) < 10:
            self.roots.append(self.roots[-1].parent)  # of a package, the folder that it lies in
        self.builtins = {**builtins.__dict__, "__import__": self.imported}

    def load(self, path: Path, source: Source | None = None) -> ModuleType:
        """Return the module of a file, run if it is new. Raises: whatever it raises."""
        if path in self.modules:
            return self.modules[path]
        main = path == self.path
        source = read_source(path) if source is None else source
        tree = rewrite(source.module, source.text, self.recorded if main else None, bool(source.cells))
        name = path.stem if path.stem not in sys.modules else f"{path.stem}_of_the_user"
        module = ModuleType(name)
        contents = module.__dict__
        contents["__file__"] = str(path)
        contents["__builtins__"] = self.builtins
        contents[HELPER] = Helpers(source, self.record, "" if main else path.name)
        # A module that imports this one in turn, or a dataclass in it, looks it up before it is finished.
        self.modules[path] = sys.modules[name] = module
        exec(compile(tree, str(path), "exec", dont_inherit=True), contents)
        return module

    def imported(
        self, name: str, scope: Mapping[str, Any] | None = None, names: Any = None, fromlist: Any = (), level: int = 0
    ) -> Any:
        """Do what `__import__` does: return the module itself for `from a.b import ..`, and a for `import a.b`."""
        parts = name.split(".") if name else []
        if level == 0 and parts[0] in self.facades:
            return self._inside(self.facades[parts[0]], parts, fromlist)
        here = Path((scope or {}).get("__file__") or self.path).parent
        for root in [here.parents[level - 2] if level > 1 else here] if level else self.roots:
            found = self._local(root, parts, fromlist or ())
            if found is not None:
                return found if fromlist else self._top(root, parts, found)
        if level == 0 and parts[0] in sys.stdlib_module_names:
            return builtins.__import__(name, scope, names, fromlist or (), 0)
        raise ImportError(
            f"No module named {'.' * level + name!r} (numpy, the standard library and the file's folder are there)"
        )

    def _inside(self, module: Any, parts: list[str], fromlist: Any) -> Any:
        if fromlist:
            for part in parts[1:]:
                module = module.__getattr__(part)
        return module

    def _local(self, root: Path, parts: list[str], wanted: Any) -> ModuleType | None:
        place = root.joinpath(*parts)
        file = place.with_name(place.name + ".py")
        if parts and file.is_file():
            return self.load(file.resolve())
        if not place.is_dir() or (parts and not any(place.glob("*.py"))):
            return None
        start = place / "__init__.py"
        package = self.load(start.resolve()) if parts and start.is_file() else ModuleType(place.name)
        for name in wanted:
            if name != "*" and name not in package.__dict__ and (inner := self._local(place, [name], ())) is not None:
                package.__dict__[name] = inner
        return package

    def _top(self, root: Path, parts: list[str], found: ModuleType) -> ModuleType:
        """Return the first of the modules in a dotted name, with the others inside."""
        for depth in range(len(parts) - 1, 0, -1):
            outer = self._local(root, parts[:depth], ()) or ModuleType(parts[depth - 1])
            outer.__dict__[parts[depth]] = found
            found = outer
        return found


class PlainLoader:
    """The file as it is, with everything that Python finds; its folder comes first, as it does for a script."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def load(self, path: Path, source: Source) -> ModuleType:
        sys.path.insert(0, str(path.parent))
        tree = definitions(source.module) if source.cells else source.module
        module = ModuleType(path.stem)
        module.__dict__["__file__"] = str(path)
        sys.modules.setdefault(path.stem, module)
        exec(compile(tree, str(path), "exec", dont_inherit=True), module.__dict__)
        return module
