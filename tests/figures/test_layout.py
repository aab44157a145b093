"""Every figure, drawn from its published tables, against the list of an art editor."""

import layout
import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.colors import same_color

from asyt.figures import _style as style
from asyt.figures import drawing

FIGURES = drawing.figures()
#: Formulas and counters alone: nothing in them is drawn at random.
EXACT = {"asyt-fig1", "asyt-fig6ab", "opu-energy", "opu-fig1", "own-scaling"}


@pytest.mark.parametrize("figure_id", FIGURES)
def test_nothing_is_cut_or_covered_or_too_small_and_draws_are_counted(figure_id):
    figure, _ = drawing.draw(figure_id, "paper")
    schematic = not drawing.sources(FIGURES[figure_id])
    assert layout.faults(figure, schematic=schematic) == []
    if not schematic and figure_id not in EXACT:
        assert layout.counted(figure, FIGURES[figure_id].CAPTION)
    plt.close(figure)


@pytest.fixture
def panel():
    with plt.rc_context():
        style.use()
        figure, ax = style.panels(1, 1, 0.75, unit=style.COLUMN, xlabel="epoch", ylabel="accuracy")
        ax.plot([0, 1], [0, 1], label="a method")
        yield figure, ax
    plt.close(figure)


def test_a_plain_panel_is_in_order(panel):
    figure, ax = panel
    ax.legend(loc="lower right")
    assert layout.faults(figure) == []


@pytest.mark.parametrize(
    ("spoil", "fault"),
    [
        (lambda ax: ax.legend(loc="upper right"), "over data: legend"),
        (lambda ax: ax.legend(loc="lower left"), "over data: legend"),
        (lambda ax: ax.text(0.5, 0.5, "note", ha="center"), "over data: note"),
        (
            lambda ax: ax.text(0.9, 0.1, "far beyond the page", in_layout=False),
            "cut: far beyond the page",
        ),
        (lambda ax: ax.text(0.8, 0.1, "tiny", fontsize=4), "small: tiny"),
        (lambda ax: ax.set_title("long title" * 20), "cut: "),
    ],
)
def test_a_fault_is_found(panel, spoil, fault):
    figure, ax = panel
    spoil(ax)
    assert any(found.startswith(fault) for found in layout.faults(figure))


def test_a_legend_over_the_edge_of_a_band_is_found(panel):
    figure, ax = panel
    style.band(ax, [0, 1], [0.9, 0.9], [0.1, 0.1], [1, 1], "asyt")
    ax.legend(loc="lower right", borderaxespad=0)
    assert layout.faults(figure) == ["over data: legend"]


def test_ticks_that_touch_are_found(panel):
    figure, ax = panel
    ax.set_xticks(np.linspace(0, 1, 30))
    assert any(found.startswith("collide: ") for found in layout.faults(figure))


@pytest.mark.parametrize(
    ("caption", "told"),
    [
        ("Means over 5 draws.", True),
        ("Each of two chips, one seed.", True),
        ("Every bench is a dot.", True),
        ("Medians with 5-95 % ranges.", False),
        ("After 30 epochs.", False),
    ],
)
def test_a_caption_that_does_not_count_is_found(panel, caption, told):
    assert layout.counted(panel[0], caption) == told


def test_variants_of_a_method_have_colours_of_no_method():
    colours = [one.colour for one in style.VARIANTS]
    assert len(set(colours)) == len({one.line for one in style.VARIANTS}) == len(colours)
    for colour in colours:
        assert not any(same_color(colour, other) for other in style.COLOURS.values())
