"""Where the project keeps its files: the checkout (or ASYT_HOME) and the user's cache."""

from __future__ import annotations

import os
from pathlib import Path

import platformdirs


def home() -> Path:
    """The folder that holds data/, figures/ and book/.

    `$ASYT_HOME` if set, else the checkout this module lies in, else the current directory.
    """
    if "ASYT_HOME" in os.environ:
        return Path(os.environ["ASYT_HOME"])
    checkout = Path(__file__).resolve().parents[2]
    return checkout if (checkout / "data" / "claims.yml").is_file() else Path.cwd()


def cache() -> Path:
    """Downloaded data, checkpoints and unpublished tables: `$ASYT_CACHE_DIR` or the user's cache folder."""
    return Path(os.environ.get("ASYT_CACHE_DIR") or platformdirs.user_cache_dir("asyt"))
