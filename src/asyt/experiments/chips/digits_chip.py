"""Digits 0 to 3 on chips, [8, 4, 4], an 8 x 4 layer of two 4 x 4 modules: runs of AsyT Fig. 4."""

from dataclasses import replace

from asyt.experiments.chips import runs
from asyt.experiments.chips.fleets import Config, Scale, Study, both

BASE = Config(
    "digits",
    (8, 4, 4),
    optical=False,
    gain=4.0,
    rate=0.6,
    batch_size=20,
    epochs=30,
)
#: Gain, threshold and rate: best mean training accuracy of ideal BP on a small grid; no chip had a
#: say in the choice.
ENCODINGS = (
    replace(BASE, threshold=8.0, rate=1.2),
    replace(BASE, bias=True, threshold=10.0),
    replace(BASE, signed=True, bias=True, gain=2.0),
)
PROFILES = {
    "smoke": Scale(epochs=2, alone=3, devices=4),
    "quick": Scale(epochs=30),
    "paper": Scale(epochs=30, main=20, other=20),
}
FLEETS = {
    "main": both(),
    "headroom": both(headrooms=(0.4, 0.7)),
}
STUDY = Study(ENCODINGS, FLEETS, PROFILES)
EXPERIMENT = runs.experiment("digits-chip", STUDY)
