"""Two species of Iris on the fully optical chain of chips, [2, 2, 2]: runs of AsyT Fig. 2."""

from __future__ import annotations

from dataclasses import replace

from asyt.experiments.chips import runs
from asyt.experiments.chips.fleets import Config, Fleet, Scale, Study, both

BASE = Config(
    "iris-two", (2, 2, 2), optical=True, fleets=(), activation="tanh", gain=4.0, rate=1.0, epochs=30
)
#: Gain and rate: best mean training accuracy of ideal BP on a small grid; no chip had a say in the
#: choice.
ENCODINGS = (BASE, replace(BASE, bias=True, gain=1.0, rate=0.5))
MAIN = (*both(), Fleet("pseudo-ip-bp"))
HEADROOM = both(headroom=0.4) + both(headroom=0.6) + both(headroom=0.8)
PROFILES = {
    "smoke": Scale(4, 3, 2, 2, 4),
    "quick": Scale(100, 100, 3, 2, 30),
    "paper": Scale(100, 100, 10, 10, 30),
}
STUDY = Study(ENCODINGS, {"main": MAIN, "headroom": HEADROOM}, PROFILES)
EXPERIMENT = runs.experiment("iris-optical", STUDY)
