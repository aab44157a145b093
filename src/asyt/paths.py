"""Where files are: what is published, what is written, and the user's cache."""

from __future__ import annotations

import os
from pathlib import Path

import platformdirs

from asyt.errors import DataError

#: What a wheel carries of data/ and book/; a checkout has no such folder (see setup.py).
PACKAGED = Path(__file__).resolve().parent / "_published"


def home() -> Path:
    """The folder below which figures/ and data/ are written.

    `$ASYT_HOME` if set, else the checkout this module lies in, else the current directory.
    """
    return _project() or Path.cwd()


def published() -> Path:
    """The folder below which data/ and book/references.bib are read; never write there.

    `$ASYT_HOME` if set, else the checkout this module lies in, else what the wheel carries.

    Raises:
        DataError: there is none of them.
    """
    folder = _project() or PACKAGED
    if not folder.is_dir():
        raise DataError(
            f"no published tables and claims: {folder} is not there. Install asyt from a wheel, or "
            "set ASYT_HOME to a checkout of the project."
        )
    return folder


def cache() -> Path:
    """Downloaded data, checkpoints and own tables: `$ASYT_CACHE_DIR` or the user's cache folder."""
    return Path(os.environ.get("ASYT_CACHE_DIR") or platformdirs.user_cache_dir("asyt"))


def _project() -> Path | None:
    if "ASYT_HOME" in os.environ:
        return Path(os.environ["ASYT_HOME"])
    checkout = Path(__file__).resolve().parents[2]
    is_checkout = (checkout / "data" / "claims.yml").is_file()
    return checkout if is_checkout else None
