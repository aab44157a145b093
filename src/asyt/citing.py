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
TITLE = "{AsyT} companion: training photonic neural networks, reproduced"
#: DOI of the archived release, as in CITATION.cff; empty until there is one.
DOI = ""
#: Beginning of a figure's id -> the key of the work it is after or about.
SOURCES = {"asyt": "wang2025", "opu": "launay2020", "pnn": "wright2022"}
_NUMBER = re.compile(r"^[a-z]+-fig(\d)([a-z]*)")
_FIGURE = """@misc{{{figure_id},
  author  = {{{{The AsyT companion contributors}}}},
  title   = {{Figure {figure_id} of the {title}}},
  year    = {{2026}},
  url     = {{{anchor}}},
{doi}  note    = {{{note}}}
}}"""


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
    entries = [known[key] for key in dict.fromkeys(keys)]
    return "\n\n".join([*entries, COMPANION])


def anchor(figure_id: str) -> str:
    """Address of a figure within the book; it stays when the figure moves to another page."""
    return f"figures.html#{figure_id}"


def original(figure_id: str) -> tuple[str, str] | None:
    """Key of the work that a figure is after, and the figure's number there: "5a", "6a, b" or "".

    None for figures of no work alone.
    """
    source = SOURCES.get(figure_id.partition("-")[0])
    if source is None:
        return None
    found = _NUMBER.match(figure_id)
    if found is None:
        return source, ""
    number, letters = found.groups()
    return source, number + ", ".join(letters)


def figure(figure_id: str) -> str:
    """BibTeX of a figure of this companion, then of the work whose figure it is after.

    Raises:
        DataError: the bibliography cannot be found.
    """
    notes = ["Version 0.1.0", "CC BY 4.0"]
    entries = []
    if found := original(figure_id):
        key, number = found
        work = f"doi:{dois()[key]}"
        notes.append(f"after Fig. {number} of {work}" if number else f"about {work}")
        entries.append(bibliography()[key])
    doi = f"  doi     = {{{DOI}}},\n" if DOI else ""
    about = {
        "title": TITLE,
        "anchor": anchor(figure_id),
        "doi": doi,
        "note": "; ".join(notes),
    }
    return "\n\n".join([_FIGURE.format(figure_id=figure_id, **about), *entries])


def dois() -> dict[str, str]:
    """The DOIs of the bibliography, key -> DOI."""
    found = {}
    for key, entry in bibliography().items():
        if match := re.search(r"^\s*doi\s*=\s*[{\"](.+?)[}\"]", entry, re.M):
            found[key] = match[1]
    return found


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
