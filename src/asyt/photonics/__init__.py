"""Optical components: profiles, MZI cells, modules, amplifiers, power budgets.

Example:
    >>> from asyt.photonics import PROFILES
    >>> list(PROFILES)
    ['eq4', 'strong-heater', 'linear-power', 'linear-phase']
"""

from asyt.photonics.amplifiers import EDFA, Filter
from asyt.photonics.budget import Element, PowerBudget
from asyt.photonics.control import Control, Encoding
from asyt.photonics.modules import Module, Tiling
from asyt.photonics.mzi import Cells, Spreads
from asyt.photonics.profiles import PROFILES, Profile, profile

__all__ = [
    "EDFA",
    "PROFILES",
    "Cells",
    "Control",
    "Element",
    "Encoding",
    "Filter",
    "Module",
    "PowerBudget",
    "Profile",
    "Spreads",
    "Tiling",
    "profile",
]
