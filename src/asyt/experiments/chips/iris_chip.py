"""Three species of Iris on chips, [4, 4, 3], the non-linearity digital: runs of AsyT Fig. 3."""

from __future__ import annotations

from dataclasses import replace

from asyt.experiments.chips import runs
from asyt.experiments.chips.fleets import Config, Fleet, Scale, Study, both

BASE = Config("iris-three", (4, 4, 3), optical=False, fleets=(), rate=1.0, gain=8.0, epochs=60)
#: Gain, threshold and rate: best mean training accuracy of ideal BP on a small grid; no chip had a
#: say in the choice.
ENCODINGS = (
    replace(BASE, threshold=6.0),
    replace(BASE, bias=True, threshold=10.0),
    replace(BASE, signed=True, bias=True, gain=4.0),
)
MAIN = (*both(), Fleet("pseudo-ip-bp"))
#: Estimation profiles tried beside Eq. 4.
FURTHER = ("strong-heater", "linear-power", "linear-phase")
OTHERS = both(FURTHER[0]) + both(FURTHER[1]) + both(FURTHER[2])
HEADROOM = both(headroom=0.4) + both(headroom=0.6) + both(headroom=0.8)
PROFILES = {
    "smoke": Scale(4, 3, 2, 2, 4),
    "quick": Scale(100, 100, 3, 2, 60),
    "paper": Scale(100, 100, 8, 2, 60),
}
STUDY = Study(ENCODINGS, {"main": MAIN, "profiles": OTHERS, "headroom": HEADROOM}, PROFILES)
EXPERIMENT = runs.experiment("iris-chip", STUDY)
