"""What to cite: the BibTeX of the method, the device and the data set that a user ran, and of what it ran on."""

from __future__ import annotations

import re

from asyt import paths
from asyt.errors import DataError, lookup

#: Keys of book/references.bib.
METHODS = {
    "ideal-bp": (),
    "insilico-bp": (),
    "asyt": ("wang2025",),
    "pseudo-ip-bp": ("wang2025",),
    "pat": ("wright2022",),
    "pat-readout": ("wright2022",),
    "hybrid": ("spall2022",),
    "dat": ("zheng2023",),
    "fa": ("lillicrap2016",),
    "dfa": ("nokland2016",),
    "spsa": ("spall1992",),
    "forward-only": ("momeni2023",),
}
DEVICES = {
    "own": (),  # yours
    "distorted": ("wang2025", "wang2025code"),
    "unsteady": ("wang2025", "wang2025code"),
    "photonic": ("wang2025", "harris2014", "lu2017", "alemany2021"),
    "optical-unit": ("launay2020",),
    "shg": ("wright2022", "weiner2000", "imeshev2000"),
    "oscillator": ("wright2022",),
    "circuit": ("wright2022", "gilbert1968", "pelgrom1989"),
}
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
ALWAYS = ("paszke2019",)


def cite(method: str, device: str = "own", dataset: str = "own") -> str:
    """BibTeX entries for what was run, in the order method, device, data set, software; each once.

    Args:
        method: name of a method.
        device: a name in `DEVICES`, or own.
        dataset: name of a data set, or own.

    Raises:
        UnknownNameError: a name that is not in its table.
        DataError: if the bibliography of the checkout cannot be found.
    """
    keys = (
        *METHODS[lookup(method, METHODS, "method")],
        *DEVICES[lookup(device, DEVICES, "device")],
        *DATASETS[lookup(dataset, DATASETS, "data set")],
        *ALWAYS,
    )
    known = bibliography()
    return "\n\n".join(known[key] for key in dict.fromkeys(keys))


def bibliography() -> dict[str, str]:
    """The entries of book/references.bib, key -> BibTeX.

    Raises:
        DataError: if the file is not there, as in a package installed without its checkout.
    """
    path = paths.published() / "book" / "references.bib"
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise DataError(
            f"no bibliography at {path}: set ASYT_HOME to a checkout of the project."
        ) from error
    return {
        match[1]: match[0] for match in re.finditer(r"^@\w+\{([^,]+),.*?^\}", text, re.M | re.S)
    }
