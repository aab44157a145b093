"""Handwritten digits 0 to 3 on simulated chips, [8, 4, 4], an 8 x 4 layer built of two 4 x 4 modules: AsyT Fig. 4."""

from __future__ import annotations

from dataclasses import replace

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from asyt import experiments
from asyt.claims import Measurement
from asyt.figures import Drawing, chip_results, chip_runs
from asyt.figures import _style as style
from asyt.figures.chip_results import PLAIN, draws
from asyt.figures.chip_runs import Config, Fleet, Scale

EXPERIMENT = "digits-chip"
PAGE = "digits-chip.html"
CLAIMS = ("asyt-4b-insilico", "asyt-4b-train", "asyt-4b-test", "asyt-4b-bp", "asyt-4c-confusion")
FIGURES = {
    "asyt-fig4": Drawing(
        "digits-chip",
        "draw",
        "Digits 0 to 3 on simulated chips, [8, 4, 4], the first layer of two or three 4 x 4 "
        "modules. (a) Training "
        "accuracy against epoch: medians and 5-95 % bands over chips, samples and initial values. "
        "(b) Where every draw "
        "ends; diamonds are the values the paper reports. (c) Mean confusion matrix of AsyT on "
        "test data.",
        "Three panels: accuracy of AsyT, in-silico BP and ideal BP against epoch; dot clouds of "
        "final accuracies; a "
        "confusion matrix of four digits.",
    ),
    "asyt-fig4-headroom": Drawing(
        "digits-chip",
        "draw_headroom",
        "Headroom on digits, [8, 4, 4]: the share of the chips' range that the digital model uses, "
        "against the "
        "training accuracy that chips reach. Medians and 5-95 % ranges over chips, samples and "
        "initial values.",
        "Accuracy of AsyT and in-silico BP against headroom from 0.4 to 1.",
    ),
}

REPORTED = {"insilico-bp": 29, "asyt": (84, 82), "ideal-bp": (85, 83)}
HEADROOMS = (0.4, 0.7)
BASE = Config(
    "digits", (8, 4, 4), optical=False, fleets=(), gain=4.0, rate=0.6, batch_size=20, epochs=30
)
#: Gain, threshold and rate: best mean training accuracy of ideal BP on a small grid; no chip had a
#: say in the choice.
ENCODINGS = (
    replace(BASE, threshold=8.0, rate=1.2),
    replace(BASE, bias=True, threshold=10.0),
    replace(BASE, signed=True, bias=True, gain=2.0),
)
MAIN = tuple(Fleet(method) for method in ("insilico-bp", "asyt"))
ROOMS = tuple(
    Fleet(method, headroom=share) for share in HEADROOMS for method in ("insilico-bp", "asyt")
)
SCALES = {
    "smoke": Scale(4, 3, 2, 2, 2),
    "quick": Scale(100, 100, 2, 2, 30),
    "paper": Scale(100, 100, 4, 2, 30),
}
PROFILES = {
    name: replace(BASE, devices=scale.devices, epochs=scale.epochs)
    for name, scale in SCALES.items()
}
FLEETS = {"main": MAIN, "headroom": ROOMS}


def jobs(
    profile: str, seeds: tuple[int, ...] | None = None, devices: int | None = None
) -> list[Config]:
    """Every encoding: ideal BP alone, the main fleets, headrooms."""
    return chip_runs.parts(ENCODINGS, FLEETS, SCALES[profile], devices, seeds)


run = chip_runs.run


def draw(table: pd.DataFrame) -> tuple[Figure, pd.DataFrame]:
    """AsyT Fig. 4b and c in the encoding that decides."""
    encoding = chip_results.primary(table, REPORTED["ideal-bp"][0])
    main = {"encoding": encoding, "runs": "chips", "part": "main", **PLAIN}
    figure, axes = plt.subplots(1, 3, figsize=(style.PAGE, 0.37 * style.PAGE))
    numbers = [
        chip_results.curve(axes[0], table, method, "train", **main)
        for method in ("ideal-bp", "asyt", "insilico-bp")
    ]
    axes[0].set(xlabel="epoch", ylabel="training accuracy (%)", ylim=(0, 103), xlim=(0, None))
    axes[0].legend(loc="lower right", fontsize=6)
    numbers.append(
        chip_results.strips(
            axes[1],
            [
                (
                    "BP\ntrain",
                    "ideal-bp",
                    chip_results.ideal(table, "train", encoding),
                    REPORTED["ideal-bp"][0],
                ),
                ("AsyT\ntrain", "asyt", draws(table, "asyt", "train", **main), REPORTED["asyt"][0]),
                ("AsyT\ntest", "asyt", draws(table, "asyt", "test", **main), REPORTED["asyt"][1]),
                (
                    "in-\nsilico",
                    "insilico-bp",
                    draws(table, "insilico-bp", "train", **main),
                    REPORTED["insilico-bp"],
                ),
            ],
        )
    )
    axes[1].set_ylabel("final accuracy (%)")
    axes[1].tick_params(axis="x", labelsize=6)
    numbers.append(chip_results.confusion(axes[2], table, ["0", "1", "2", "3"], **main))
    style.panel_letters(axes)
    return figure, pd.concat(numbers, ignore_index=True)


def draw_headroom(table: pd.DataFrame) -> tuple[Figure, pd.DataFrame]:
    """Training accuracy of chips against headroom, one panel an encoding."""
    return chip_results.headrooms(table, (*HEADROOMS, 1.0))


def measurements() -> list[Measurement]:
    """The rows of AsyT Fig. 4, from the stored tables."""
    table = experiments.table(EXPERIMENT, "paper")
    encoding = chip_results.primary(table, REPORTED["ideal-bp"][0])
    main = {"encoding": encoding, "runs": "chips", "part": "main", **PLAIN}
    best = {split: chip_results.ideal(table, split, encoding) for split in ("train", "test")}
    text = f"{encoding}; this encoding's ideal BP comes nearest to the reported 85, the others are on the page"
    page = f"{PAGE}#fig-asyt-fig4"

    def row(claim: str, *values: np.ndarray) -> Measurement:
        return chip_results.measured(claim, list(values), best["train"], 25.0, text, page)

    return [
        row("asyt-4b-insilico", draws(table, "insilico-bp", "train", **main)),
        row("asyt-4b-train", draws(table, "asyt", "train", **main)),
        row("asyt-4b-test", draws(table, "asyt", "test", **main)),
        row("asyt-4b-bp", best["train"], best["test"]),
        chip_results.diagonal_row(
            "asyt-4c-confusion", table, 4, REPORTED["asyt"][1], text, page, **main
        ),
    ]
