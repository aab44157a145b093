"""A folder as a registry: whatever module lies in it and holds the wanted name is found."""

from __future__ import annotations

import importlib
import pkgutil
from types import ModuleType


def modules(package: str, holding: str) -> dict[str, ModuleType]:
    """Modules of a package and of its subpackages, by file name, in alphabetical order.

    Args:
        package: dotted name of the folder.
        holding: name that a module must define to belong to the registry.
    """
    folder = importlib.import_module(package)
    found = {}
    for entry in pkgutil.walk_packages(folder.__path__, f"{package}."):
        module = importlib.import_module(entry.name)
        if hasattr(module, holding):
            found[entry.name.rpartition(".")[2]] = module
    return dict(sorted(found.items()))
