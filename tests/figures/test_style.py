import itertools

import matplotlib
import numpy as np
import pytest
from matplotlib.colors import same_color, to_rgb
from matplotlib.figure import Figure

from asyt.errors import UnknownNameError
from asyt.figures import _style as style

MAIN = ("ideal-bp", "insilico-bp", "asyt", "pat")
METHODS = {
    "ideal-bp",
    "insilico-bp",
    "pseudo-ip-bp",
    "asyt",
    "pat",
    "pat-readout",
    "dfa",
    "fa",
    "hybrid",
    "dat",
    "spsa",
    "forward-only",
    "reported",
    "dfa-ternary",
    "dfa-optical",
    "readout-only",
}

# Linear RGB as a dichromat sees it: Machado, Oliveira and Fernandes, "A physiologically-based model
# for simulation of color vision deficiency", IEEE TVCG 15(6), 2009, table for severity 1.0.
SIGHT = {
    "normal": np.eye(3),
    "protanopia": np.array(
        [
            [0.152286, 1.052583, -0.204868],
            [0.114503, 0.786281, 0.099216],
            [-0.003882, -0.048116, 1.051998],
        ]
    ),
    "deuteranopia": np.array(
        [
            [0.367322, 0.860646, -0.227968],
            [0.280085, 0.672501, 0.047413],
            [-0.011820, 0.042940, 0.968881],
        ]
    ),
}
# sRGB (IEC 61966-2-1) to CIE XYZ, D65
XYZ = np.array(
    [
        [0.4124564, 0.3575761, 0.1804375],
        [0.2126729, 0.7151522, 0.0721750],
        [0.0193339, 0.1191920, 0.9503041],
    ]
)


def lab(colour, sight="normal"):
    """CIE L*a*b* of a colour as seen with the given sight."""
    rgb = np.array(to_rgb(colour))
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    t = XYZ @ np.clip(SIGHT[sight] @ linear, 0, 1) / (XYZ @ np.ones(3))
    f = np.where(t > (6 / 29) ** 3, np.cbrt(t), t / (3 * (6 / 29) ** 2) + 4 / 29)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


@pytest.fixture
def ax():
    return Figure().add_subplot()


def test_lab_against_known_values():
    np.testing.assert_allclose(lab("white"), [100, 0, 0], atol=1e-2)
    np.testing.assert_allclose(lab("red"), [53.24, 80.09, 67.20], atol=2e-2)


def test_every_method_has_a_look_of_its_own():
    assert (
        set(style.COLOURS) == set(style.LINES) == set(style.MARKERS) == set(style.LABELS) == METHODS
    )
    assert len(set(style.COLOURS.values())) == len(METHODS)
    assert len(set(style.MARKERS.values())) == len(METHODS)
    assert len(set(style.LABELS.values())) == len(METHODS)


@pytest.mark.parametrize("sight", SIGHT)
@pytest.mark.parametrize(
    "pair", list(itertools.combinations([*MAIN, "pseudo-ip-bp"], 2)), ids="-".join
)
def test_main_methods_differ_in_colour(pair, sight):
    one, other = (lab(style.COLOURS[key], sight) for key in pair)
    assert np.linalg.norm(one - other) > 15


@pytest.mark.parametrize("pair", list(itertools.combinations(MAIN, 2)), ids="-".join)
def test_main_methods_differ_in_grey(pair):
    one, other = (lab(style.COLOURS[key])[0] for key in pair)
    assert abs(one - other) > 15


def test_lines_differ_where_colours_are_close_to_some_eye():
    for one, other in itertools.combinations(style.LOOKS, 2):
        a, b = style.COLOURS[one], style.COLOURS[other]
        nearest = min(np.linalg.norm(lab(a, sight) - lab(b, sight)) for sight in SIGHT)
        assert nearest > 15 or style.LINES[one] != style.LINES[other], (one, other)


@pytest.mark.parametrize("key", style.COLOURS)
def test_colours_stand_out_from_white_paper(key):
    assert lab(style.COLOURS[key])[0] < 75


def test_use_sets_the_style():
    with matplotlib.rc_context():
        style.use()
        assert matplotlib.rcParams["pdf.fonttype"] == 42
        assert matplotlib.rcParams["svg.fonttype"] == "path"
        assert matplotlib.rcParams["font.size"] >= 8
        assert Figure().get_layout_engine() is not None


def test_sizes_are_the_journal_widths():
    assert [25.4 * width for width in (style.COLUMN, style.PAGE)] == pytest.approx([89, 183])


def test_band_draws_line_and_limits(ax):
    line = style.band(ax, [0, 1], [0.5, 0.6], [0.4, 0.5], [0.6, 0.7], "asyt", n=15)
    np.testing.assert_array_equal(line.get_ydata(), [0.5, 0.6])
    assert same_color(line.get_color(), style.COLOURS["asyt"])
    assert line.get_label() == "AsyT (n = 15)"
    (extent,) = [path.get_extents() for path in ax.collections[0].get_paths()]
    assert (extent.y0, extent.y1) == (0.4, 0.7)


def test_label_can_be_given(ax):
    assert style.band(ax, [0], [1], [1], [1], "pat", "PAT, 10 dB").get_label() == "PAT, 10 dB"


@pytest.mark.parametrize("mark", [style.band, style.interval])
@pytest.mark.parametrize(
    ("mean", "low", "high", "message"),
    [
        ([1, 2], [1], [1], "shapes"),
        ([np.nan], [0], [1], "not finite"),
        ([1], [2], [0], "low 2 above high 0"),
        ([], [], [], "non-empty"),
    ],
)
def test_numbers_that_cannot_be_drawn(ax, mark, mean, low, high, message):
    with pytest.raises(style.FigureError, match=message):
        mark(ax, np.arange(len(mean)), mean, low, high, "asyt")


def test_unknown_method_suggests_the_nearest(ax):
    with pytest.raises(UnknownNameError, match="'asyt'"):
        style.band(ax, [0], [0], [0], [0], "asyd")


def test_interval_spans_low_to_high(ax):
    style.interval(ax, 3, 0.5, 0.4, 0.7, "dfa")
    np.testing.assert_array_equal(ax.collections[0].get_segments()[0], [[3, 0.4], [3, 0.7]])
    assert ax.lines[0].get_marker() == style.MARKERS["dfa"]
    assert ax.lines[0].get_label() == "DFA"


def test_population_shows_every_draw_once(ax):
    values = np.random.default_rng(0).normal(size=200)
    style.population(ax, 2.0, values, "insilico-bp", width=0.5)
    dots = ax.lines[0]
    np.testing.assert_array_equal(np.sort(dots.get_ydata()), np.sort(values))
    assert np.abs(dots.get_xdata() - 2).max() <= 0.25
    spread, median = (part.get_segments()[0] for part in ax.collections)
    np.testing.assert_allclose(spread[:, 1], np.quantile(values, [0.05, 0.95]))
    assert median[0, 1] == np.median(values)


def test_population_of_equal_values(ax):
    style.population(ax, 0, [0.5, 0.5], "asyt")
    np.testing.assert_array_equal(ax.lines[0].get_ydata(), [0.5, 0.5])


def test_population_needs_draws(ax):
    with pytest.raises(style.FigureError, match="non-empty"):
        style.population(ax, 0, [], "asyt")


def test_reported_is_a_dashed_line_with_a_diamond(ax):
    style.reported(ax, 0.958, "reported 95.8 %")
    line, diamond = ax.lines
    assert list(line.get_ydata()) == [0.958, 0.958]
    assert line.is_dashed()
    assert diamond.get_marker() == "D"
    assert ax.texts[0].get_text() == "reported 95.8 %"


def test_reported_at_a_point_is_a_diamond_alone(ax):
    style.reported(ax, 0.25, "", x=4)
    (diamond,) = ax.lines
    assert (*diamond.get_xdata(), *diamond.get_ydata()) == (4, 0.25)


def test_panel_letters():
    axes = Figure().subplots(2, 2)
    style.panel_letters(axes)
    assert [ax.texts[0].get_text() for ax in axes.flat] == ["a", "b", "c", "d"]
