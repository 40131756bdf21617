"""Code of another revision, in the process of this one: its modules stand under names of their own.

`load(root)` reads `functions` and `shared` of the folder `root`, and how its own simulation puts its stages together.
They are modules like `before_1.functions.process.handler`. What they import of each other by its plain name is found
there too, whenever they do; anything else they share with this revision: installed packages, the simulated AWS, time.
"""

from __future__ import annotations

import builtins
import importlib
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, SourceFileLoader
from importlib.util import spec_from_file_location
from itertools import count
from pathlib import Path
from types import ModuleType
from typing import Any

import orjson

STAGES, OUTSIDE = "simulation.functions.stages", "simulation.functions.outside"

OWN = ("functions", "shared", STAGES, OUTSIDE)
"""What is the older revision's: these modules, and those in them."""

_numbers = count(1)


@dataclass(frozen=True, slots=True)
class OlderCode:
    """`topology` is what its own stack was: its functions have their variables from it."""

    name: str
    stages: Any
    outside: Any
    clients: Any
    topology: dict[str, Any]

    @contextmanager
    def connected(self, made: dict[str, Any]) -> Iterator[None]:
        """Its adapters call AWS by these clients, by service."""
        self.clients.forget()
        self.clients.use(made)
        try:
            yield
        finally:
            self.clients.forget()


@cache
def load(root: Path) -> OlderCode:
    """Raises ImportError where the folder has no such code, or it was written for a simulation that is no more."""
    if not (root / "simulation" / "functions" / "stages.py").is_file():
        raise ImportError(f"{root} has no simulation: it is from before there was one")
    name = f"before_{next(_numbers)}"
    sys.meta_path.insert(
        0, _Finder(name, root)
    )  # the usual finder would find its files too, and read them as usual
    return OlderCode(
        name,
        importlib.import_module(f"{name}.{STAGES}"),
        importlib.import_module(f"{name}.{OUTSIDE}"),
        importlib.import_module(f"{name}.shared.aws.clients"),
        orjson.loads((root / "simulation" / "topology.json").read_bytes()),
    )


class _Finder(MetaPathFinder):
    """Of the modules whose names begin with `name`, in the folder `root`."""

    def __init__(self, name: str, root: Path) -> None:
        self._name, self._root = name, root
        self._builtins = {**vars(builtins), "__import__": _Imports(name)}

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        del path, target
        first, *parts = fullname.split(".")
        if first != self._name:
            return None
        place = self._root.joinpath(*parts)
        if parts and place.with_suffix(".py").is_file():
            file, folders = place.with_suffix(".py"), None
        elif parts and (place / "__init__.py").is_file() and parts[0] != "simulation":
            file, folders = place / "__init__.py", [str(place)]
        elif place.is_dir():
            spec = ModuleSpec(fullname, None, is_package=True)
            spec.submodule_search_locations = [str(place)]
            return spec
        else:
            return None
        loader = _Loader(fullname, str(file), self._builtins)
        return spec_from_file_location(fullname, file, loader=loader, submodule_search_locations=folders)


class _Loader(SourceFileLoader):
    def __init__(self, fullname: str, path: str, its_builtins: dict[str, Any]) -> None:
        super().__init__(fullname, path)
        self._builtins = its_builtins

    def exec_module(self, module: ModuleType) -> None:
        """An `import` statement asks the built-ins of the module that it is in, also when a function runs it later."""
        vars(module)["__builtins__"] = self._builtins
        super().exec_module(module)


class _Imports:
    """Stands for `__import__` in the older modules."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._importlib = ModuleType("importlib")
        vars(self._importlib).update(vars(importlib), import_module=self._import_module)

    def __call__(
        self,
        name: str,
        globals: Any = None,  # noqa: A002  as the function that it stands for names them
        locals: Any = None,  # noqa: A002
        fromlist: Sequence[str] | None = (),
        level: int = 0,
    ) -> Any:
        if level == 0 and name == "importlib":
            return self._importlib
        if level or not _is_own(name):
            return builtins.__import__(name, globals, locals, fromlist or (), level)
        own = builtins.__import__(f"{self._name}.{name}", globals, locals, fromlist or (), 0)
        return own if fromlist else getattr(own, name.partition(".")[0])

    def _import_module(self, name: str, package: str | None = None) -> ModuleType:
        return importlib.import_module(f"{self._name}.{name}" if _is_own(name) else name, package)


def _is_own(name: str) -> bool:
    return any(name == one or name.startswith(f"{one}.") for one in OWN)
