"""What to cite: the BibTeX of the method, the device and the data set of a run, and of its tools.

What a method or a device cites stands beside it: `cites` of its row or class.
"""

import re

from asyt import devices, paths
from asyt.errors import DataError, lookup
from asyt.methods.table import ROWS

METHODS = {name: row.cites for name, row in ROWS.items()}
_KINDS = [vars(devices)[name] for name in devices.__all__]
DEVICES = {kind.kind: kind.cites for kind in _KINDS if hasattr(kind, "cites")}
DATASETS = {
    "own": (),
    "mnist": ("lecun1998",),
    "fashion-mnist": ("xiao2017",),
    "kmnist": ("clanuwat2018",),
    "kmnist-substitute": ("clanuwat2018",),
    "iris": ("fisher1936", "pedregosa2011"),
    "digits": ("pedregosa2011",),
    "vowels": ("hillenbrand1995", "wright2022"),
}
#: Beside this companion: what it runs on.
ALWAYS = ("paszke2019",)
#: As in CITATION.cff.
COMPANION = """@misc{asyt-companion,
  author  = {{The AsyT companion contributors}},
  title   = {{AsyT} companion: training photonic neural networks, reproduced},
  note    = {Version 0.1.0}
}"""


def cite(method: str, device: str = "own", dataset: str = "own") -> str:
    """BibTeX entries: method, device, data set, software, each once, and the companion.

    Raises:
        UnknownNameError: a name that is not in `METHODS`, `DEVICES` or `DATASETS`.
        DataError: the bibliography cannot be found.

    Example:
        >>> from asyt import cite
        >>> "wang2025" in cite("asyt", device="photonic", dataset="iris")
        True
    """
    keys = (
        *METHODS[lookup(method, METHODS, "method")],
        *DEVICES[lookup(device, DEVICES, "device")],
        *DATASETS[lookup(dataset, DATASETS, "data set")],
        *ALWAYS,
    )
    known = bibliography()
    return "\n\n".join([*(known[key] for key in dict.fromkeys(keys)), COMPANION])


def bibliography() -> dict[str, str]:
    """The entries of book/references.bib, key -> BibTeX; DataError where it cannot be read."""
    path = paths.published() / "book" / "references.bib"
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        remedy = "set ASYT_HOME to a checkout of the project."
        raise DataError(f"no bibliography at {path}: {remedy}") from error
    entries = re.finditer(r"^@\w+\{([^,]+),.*?^\}", text, re.M | re.S)
    return {entry[1]: entry[0] for entry in entries}
