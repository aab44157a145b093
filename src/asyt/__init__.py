"""Training photonic neural networks: methods, devices, twins, verdicts on published numbers."""

import importlib

#: Name -> module that has it, imported when first asked for.
_LAZY = {"PhysicalModule": "asyt.physical", "cite": "asyt.citing"}
__all__ = ["PhysicalModule", "cite"]


def __getattr__(name: str) -> object:
    if name not in _LAZY:
        raise AttributeError(f"module 'asyt' has no attribute '{name}'")
    return getattr(importlib.import_module(_LAZY[name]), name)
