"""Two species of Iris on the fully optical chain of chips, [2, 2, 2]: runs of AsyT Fig. 2."""

from dataclasses import replace

from asyt.experiments.chips import runs
from asyt.experiments.chips.fleets import Config, Fleet, Scale, Study, both

BASE = Config(
    "iris-two",
    (2, 2, 2),
    optical=True,
    activation="tanh",
    gain=4.0,
    rate=1.0,
    epochs=30,
)
#: Gain and rate: best mean training accuracy of ideal BP on a small grid; no chip had a say in the
#: choice.
ENCODINGS = (BASE, replace(BASE, bias=True, gain=1.0, rate=0.5))
PROFILES = {
    "smoke": Scale(epochs=4, alone=3, devices=4),
    "quick": Scale(epochs=30, main=3),
    "paper": Scale(epochs=30, main=20, other=20),
}
FLEETS = {
    "main": (*both(), Fleet("pseudo-ip-bp")),
    "headroom": both(headrooms=(0.4, 0.6, 0.8)),
}
STUDY = Study(ENCODINGS, FLEETS, PROFILES)
EXPERIMENT = runs.experiment("iris-optical", STUDY)
