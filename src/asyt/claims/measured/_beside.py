"""Measurements of one claim in one reading by two kinds of run: both are judged."""

from dataclasses import replace

from asyt.claims.criteria import Measurement
from asyt.claims.reading import AND


def beside(nearer: list[Measurement], others: list[Measurement], name: str) -> list[Measurement]:
    """Both, `nearer` by runs that are nearer to the source's; `name` is a reading.

    Where both judge a claim in a reading, that of the others is called "reading + name".
    """
    taken = {(one.claim, one.reading) for one in nearer}
    found = list(nearer)
    for one in others:
        if (one.claim, one.reading) in taken:
            one = replace(one, reading=f"{one.reading}{AND}{name}")
        found.append(one)
    return found
