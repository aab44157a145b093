"""Any controllable system as a layer of an ordinary torch network: bring your own device."""

from asyt.physical.line import BUGS, FAILURES, Failure
from asyt.physical.module import TRAINED_BY, PhysicalModule
from asyt.physical.two_passes import asyt

__all__ = [
    "BUGS",
    "FAILURES",
    "TRAINED_BY",
    "Failure",
    "PhysicalModule",
    "asyt",
]
