"""AsyT Fig. 6 and the figure of the ten minutes: what is plotted is what the tables say."""

import pytest

from asyt import experiments
from asyt.experiments import iris, speed
from asyt.figures import asyt_fig6ab, asyt_fig6c, drawing, iris_ten_minutes


def test_counted_points_lie_on_the_formulas():
    table = experiments.table("access", "paper")
    figure, plotted = asyt_fig6ab.draw(table)
    assert plotted.equals(table)
    for ax in figure.axes[:2]:
        for line, points in zip(ax.lines[::2], ax.lines[1::2], strict=True):
            assert line.get_xydata().tolist() == points.get_xydata().tolist()


def test_the_legend_names_both_ways_and_both_numbers_of_converters():
    figure, _ = drawing.draw("asyt-fig6ab", "paper")
    names = [text.get_text() for text in figure.legends[0].get_texts()]
    assert names == [*asyt_fig6ab.LABELS.values(), "1 in parallel (c)", "64 in parallel (c)"]


def test_the_cost_of_a_device_is_the_summary_of_its_experiment():
    table = experiments.table("speed", "paper")
    figure, plotted = asyt_fig6c.draw(table)
    assert plotted.equals(speed.costs(table))
    simulated, _, measured, _ = figure.axes[0].lines
    assert measured.get_ydata().tolist() == plotted.measured.tolist()
    assert simulated.get_ydata()[0] == 2


@pytest.mark.parametrize("panel", range(3))
def test_each_method_is_drawn_beside_ideal_bp(panel):
    table = experiments.table("iris", "paper")
    figure, plotted = iris_ten_minutes.draw(table)
    assert plotted.equals(iris.summary(table))
    accuracy = plotted[plotted.quantity == "accuracy"]
    line, ideal = figure.axes[panel].lines
    shown = accuracy[accuracy.method == iris_ten_minutes.SHOWN[panel]]
    assert line.get_ydata().tolist() == shown.centre.tolist()
    assert ideal.get_ydata().tolist() == accuracy[accuracy.method == "ideal-bp"].centre.tolist()
