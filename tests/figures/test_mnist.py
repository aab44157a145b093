"""Figs. 5a to 5c and what is drawn beside them."""

import pandas as pd
import pytest

from asyt import experiments
from asyt.experiments import mnist, mnist_growth, mnist_mechanism
from asyt.figures import (
    _panels,
    asyt_fig5a,
    asyt_fig5a_distortion,
    asyt_fig5ab_pixels,
    asyt_fig5b,
    asyt_fig5b_long,
    asyt_fig5c,
    mnist_demo,
)
from asyt.figures import _style as style
from asyt.figures import mnist_growth as growth_figure
from asyt.figures import mnist_mechanism as mechanism_figure


@pytest.mark.parametrize("drawing", [asyt_fig5a, asyt_fig5b, asyt_fig5c])
def test_a_family_figure_has_a_panel_a_reading_and_the_trained_fleet(drawing, fig5a, demo5a):
    figure, plotted = drawing.draw(fig5a(), demo5a())
    assert len(figure.axes) == 6
    assert set(plotted.fleet) == {"digital", "0.6"}
    one = fig5a()[lambda table: table.reading == "floor"]
    two, _ = drawing.draw(one, demo5a())
    titles = [ax.get_title().split("\n")[0] for ax in two.axes]
    assert titles == [_panels.READING_TITLES[name] for name in ("authors", "floor")]


def test_reported_values_are_marked_in_the_colour_of_their_method(fig5a, demo5a):
    figure, _ = asyt_fig5a.draw(fig5a(), demo5a())
    marks = [line for line in figure.axes[0].lines if line.get_marker() == "D"]
    reported = {line.get_ydata()[0]: line.get_color() for line in marks}
    looks = {25.7: "insilico-bp", 95.8: "asyt", 97.0: "ideal-bp"}
    assert reported == {value: style.look(method).colour for value, method in looks.items()}


def test_a_stretched_axis_tells_97_from_95_point_8(fig5a, demo5a):
    figure, _ = asyt_fig5a.draw(fig5a(), demo5a())
    ax = figure.axes[0]
    low, high = (ax.transData.transform((0, y))[1] for y in (95.8, 97.0))
    assert (high - low) / ax.bbox.height > 0.03


def test_a_panel_says_how_many_chips_and_seeds_it_has(fig5a, demo5a):
    table = fig5a()
    figure, _ = asyt_fig5a.draw(
        table[(table.reading != "independent") | (table.seed == 0)], demo5a()
    )
    counts = [ax.get_title().split("\n")[1] for ax in figure.axes[:3]]
    assert counts == ["1 chip x 5 orders", "5 chips x 1 seed", "5 chips x 3 seeds"]


def test_tested_chips_are_drawn_by_their_distortion(fig5a):
    figure, plotted = asyt_fig5a_distortion.draw(fig5a())
    titles = [_panels.READING_TITLES[name] for name in mnist.READINGS]
    assert [ax.get_title().split("\n")[0] for ax in figure.axes] == titles
    assert set(plotted.fleet) == {"0.6", "1.2"}
    assert set(plotted.method) == {"insilico-bp"}
    assert set(plotted.epoch) == {300}


def test_growth_has_a_column_a_reading_of_the_device(crossed):
    readings = [config.columns["reading"] for config in mnist_growth.plan("paper")]
    methods, quantities = ["ideal-bp", "asyt"], ["accuracy", "size"]
    rows = crossed(reading=readings, quantity=quantities, method=methods, epoch=(0, 1), seed=[0])
    figure, plotted = growth_figure.draw(rows.assign(chip=0, value=0.5))
    assert len(figure.axes) == 2 * len(readings)
    assert figure.axes[0].lines[0].get_ydata().tolist() == [50, 50]
    assert len(plotted) == len(rows)


def test_demo_draws_two_curves_a_method_without_the_other_update_error(crossed):
    runs = crossed(epoch=(0, 1), seed=(0, 1), update_error=(0.6, 0.0)).assign(accuracy=0.9)
    asyt = [
        runs.assign(method="asyt", fleet="tied", variant=name) for name in ("shipped", "written")
    ]
    tested = runs.assign(method="insilico-bp", variant="insilico")
    insilico = [tested.assign(fleet=fleet) for fleet in ("tied", "independent")]
    figure, plotted = mnist_demo.draw(pd.concat([*asyt, *insilico]))
    assert set(plotted.update_error) == {0.6}
    legends = [text.get_text() for ax in figure.axes for text in ax.get_legend().get_texts()]
    assert legends[0] == "AsyT, as shipped (n = 2)"
    assert len(legends) == 4


def test_mechanism_has_the_reference_in_every_panel_and_every_variant_in_one(crossed):
    quantities = ["accuracy", "excess"]
    shown = {name for variants in mechanism_figure.PANELS.values() for name in variants}
    variants = sorted({"mean-square", *shown} - {"larger batches"})
    draws = {"seed": (0, 1), "replica": (0, 1), "epoch": (0, 5), "quantity": quantities}
    rows = crossed(variant=variants, **draws).assign(part="main")
    large = crossed(variant=["mean-square"], **draws).assign(part="batches")
    table = pd.concat([rows, large]).assign(value=lambda t: 0.2 + 0.1 * t.seed + 0.1 * t.replica)
    figure, plotted = mechanism_figure.draw(table)
    above = figure.axes[: len(mechanism_figure.PANELS)]
    texts = [[text.get_text() for text in ax.get_legend().get_texts()] for ax in above]
    assert all(first == "reference" for first, *_ in texts)
    assert sum(len(others) for _, *others in texts) == len(shown) == 10
    assert above[0].lines[0].get_ydata().tolist() == pytest.approx([30, 30])
    assert set(plotted.variant) == {*variants, "larger batches"}
    assert {*mnist_mechanism.branches(mnist_mechanism.Config(samples=10))} <= set(plotted.variant)


def test_a_long_run_says_its_numbers_of_draws_and_marks_what_is_reported():
    table = experiments.table("fashion-long", "paper")
    figure, plotted = asyt_fig5b_long.draw(table)
    labels = figure.axes[0].get_legend_handles_labels()[1]
    assert sorted(labels) == ["AsyT (n = 1)", "Ideal BP (n = 1)", "In-silico BP (n = 20)"]
    marks = [[line for line in ax.lines if line.get_marker() == "D"] for ax in figure.axes]
    values = [{line.get_ydata()[0] for line in panel} for panel in marks]
    assert values == [{88.6, 87.5, 16.6}, {88.6, 87.5}]
    low, high = figure.axes[1].get_ylim()
    late = plotted[(plotted.epoch > 300) & (plotted.method != "insilico-bp")]
    assert low < late.centre.min() and late.centre.max() < high


def test_pixels_have_a_panel_a_data_set_and_reading(demo5a, fig5a):
    chip = pd.concat([demo5a().assign(dataset=name) for name in asyt_fig5ab_pixels.PANELS])
    figure, plotted = asyt_fig5ab_pixels.draw(chip)
    assert [ax.get_title().split("\n")[:2] for ax in figure.axes] == [
        ["MNIST", "authors' chip, no noise"],
        ["Fashion-MNIST", "authors' chip, no noise"],
    ]
    assert set(plotted.reading) == {"authors + pixels"}
    floor = fig5a(asyt=0.4).query("reading == 'floor'")
    pixels = floor.assign(dataset="fashion-mnist", rate=1e-4)
    figure, plotted = asyt_fig5ab_pixels.draw(chip, pixels)
    titles = [ax.get_title().replace("\n", ", ") for ax in figure.axes]
    assert titles[2] == "Fashion-MNIST, noise floor, 10 dB at the start, 5 chips x 3 seeds"
    marks = [
        {line.get_ydata()[0] for line in ax.lines if line.get_marker() == "D"} for ax in figure.axes
    ]
    assert marks == [{97.0, 95.8, 25.7}, {88.6, 87.5, 16.6}, {88.6, 87.5, 16.6}]
