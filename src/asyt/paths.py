"""Where files are: what is published, what is written, and the user's cache."""

import os
from pathlib import Path

import platformdirs

from asyt.errors import DataError

#: What a wheel carries of data/ and book/; a checkout has no such folder (see setup.py).
PACKAGED = Path(__file__).resolve().parent / "_published"


def home() -> Path:
    """Where figures/ and data/ are written: $ASYT_HOME, else this checkout, else here."""
    return _project() or Path.cwd()


def published() -> Path:
    """Where data/ and book/references.bib are read, never written: as `home`, or else the wheel's.

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
    return checkout if (checkout / "data" / "claims.yml").is_file() else None
