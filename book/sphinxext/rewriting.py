"""Sphinx extension: all pages are written, side by side, whichever of them were read anew.

A page shows titles and numbers of others, so that an edit of one may change any.
"""

import os

from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment


def every_page(app: Sphinx, env: BuildEnvironment) -> list[str]:
    """The pages to write. Reading is over, which stays with one process."""
    app.parallel = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else 1
    return sorted(env.found_docs)


def setup(app: Sphinx) -> dict[str, bool]:
    """Called by Sphinx."""
    app.connect("env-updated", every_page)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
