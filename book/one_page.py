"""A Sphinx extension: whatever can be shown in the site can be shown in its one-page form.

sphinx-exercise has nodes for builder `singlehtml`, from which `make pdf` prints. Sphinx then looks
up nodes of all extensions under that name alone, and misses those that are known for HTML.
"""

from typing import Any

from sphinx.application import Sphinx


def share(app: Sphinx) -> None:
    """Let `singlehtml` show what `html` can."""
    handlers = app.registry.translation_handlers
    handlers["singlehtml"] = {**handlers["html"], **handlers.get("singlehtml", {})}


def setup(app: Sphinx) -> dict[str, Any]:
    """Called by Sphinx."""
    app.connect("builder-inited", share)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
