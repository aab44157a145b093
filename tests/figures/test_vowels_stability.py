"""The figure of AsyT's late collapse: one column a trajectory, draws that collapse stand out."""

from itertools import product

import pandas as pd

from asyt.figures import _style as style
from asyt.figures import vowels_stability


def made_up():
    rows = []
    for seed, chip, epoch in product((4, 2), range(3), (100, 150, 200)):
        falls = chip == 1 and epoch == 200
        about = {"softness": 0.0, "method": "asyt", "seed": seed, "chip": chip, "epoch": epoch}
        rows.append({**about, "quantity": "accuracy", "value": 0.1 if falls else 1.0})
        rows.append({**about, "quantity": "growth", "value": 0.5 if chip == 1 else -1e-5})
        rows.append({**about, "quantity": "samples", "value": 20.0})
    return pd.DataFrame(rows)


def test_a_column_a_trajectory_says_how_many_collapse():
    figure, plotted = vowels_stability.draw(made_up())
    assert len(figure.axes) == 4
    titles = [ax.get_title() for ax in figure.axes[:2]]
    assert titles == [
        "trajectory 4, seen first\n1 of 3 collapse",
        "trajectory 2, fresh\n1 of 3 collapse",
    ]
    assert set(plotted.quantity) == {"accuracy", "growth"}
    assert plotted[plotted.collapses].chip.unique().tolist() == [1]


def test_draws_that_collapse_have_the_colour_of_asyt_and_lie_in_front():
    figure, _ = vowels_stability.draw(made_up())
    colours = [line.get_color() for line in figure.axes[0].lines]
    assert colours == ["0.7", "0.7", style.look("asyt").colour]


def test_growths_that_mean_nothing_are_drawn_at_the_floor():
    figure, _ = vowels_stability.draw(made_up())
    lowest = [line.get_ydata().min() for line in figure.axes[2].lines[:2]]
    assert lowest == [vowels_stability.FLOOR] * 2
