"""A folder as a registry: whatever module lies in it and holds the wanted name is found.

Those that begin with an underscore only help others, and are not imported.
"""

import importlib
import pkgutil
from types import ModuleType


def modules(package: str, holding: str) -> dict[str, ModuleType]:
    """Modules of a package and its subpackages that define `holding`, by file name, sorted."""
    folder = importlib.import_module(package)
    found = {}
    for entry in pkgutil.walk_packages(folder.__path__, f"{package}."):
        name = entry.name.rpartition(".")[2]
        if name.startswith("_"):
            continue
        module = importlib.import_module(entry.name)
        if hasattr(module, holding):
            found[name] = module
    return dict(sorted(found.items()))
