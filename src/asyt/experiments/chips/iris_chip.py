"""Three species of Iris on chips, [4, 4, 3], the non-linearity digital: runs of AsyT Fig. 3."""

from __future__ import annotations

from dataclasses import replace

from asyt.experiments.chips import runs
from asyt.experiments.chips.fleets import Config, Fleet, Scale, Study, both

BASE = Config("iris-three", (4, 4, 3), optical=False, rate=1.0, epochs=60)
#: Gain, threshold and rate: best mean training accuracy of ideal BP on a small grid; no chip had a
#: say in the choice.
ENCODINGS = (
    replace(BASE, threshold=6.0),
    replace(BASE, bias=True, threshold=10.0),
    replace(BASE, signed=True, bias=True, gain=4.0),
)
#: Estimation profiles tried beside Eq. 4.
FURTHER = ("strong-heater", "linear-power", "linear-phase")
PROFILES = {
    "smoke": Scale(devices=4, alone=3, main=2, other=2, epochs=4),
    "quick": Scale(devices=100, alone=100, main=3, other=2, epochs=60),
    "paper": Scale(devices=100, alone=100, main=8, other=2, epochs=60),
}
FLEETS = {
    "main": (*both(), Fleet("pseudo-ip-bp")),
    "profiles": both(FURTHER),
    "headroom": both(headrooms=(0.4, 0.6, 0.8)),
}
STUDY = Study(ENCODINGS, FLEETS, PROFILES)
EXPERIMENT = runs.experiment("iris-chip", STUDY)
