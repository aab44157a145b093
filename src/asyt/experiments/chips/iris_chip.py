"""Three species of Iris on chips, [4, 4, 3], the non-linearity digital: runs of AsyT Fig. 3."""

from dataclasses import replace

from asyt.experiments.chips import runs
from asyt.experiments.chips.fleets import Config, Fleet, Scale, Study, both

BASE = Config(
    "iris-three",
    (4, 4, 3),
    optical=False,
    rate=1.0,
    epochs=60,
)
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
    "smoke": Scale(epochs=4, alone=3, devices=4),
    "quick": Scale(epochs=60, main=3),
    "paper": Scale(epochs=60, main=20, other=20),
}
FLEETS = {
    "main": (*both(), Fleet("pseudo-ip-bp")),
    "profiles": both(FURTHER),
    "headroom": both(headrooms=(0.4, 0.6, 0.8)),
}
STUDY = Study(ENCODINGS, FLEETS, PROFILES)
EXPERIMENT = runs.experiment("iris-chip", STUDY)
