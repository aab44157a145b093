import itertools
import math

import matplotlib
import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.patches import FancyArrowPatch

from asyt.figures._style import PAGE, RC, FigureError
from asyt.figures.schematics import concept

IRIS = {
    "encapsulated": {"reads": 3.0, "writes": 0.0, "accesses": 3.0, "time_steps": 1.0},
    "truncated": {"reads": 7.0, "writes": 4.0, "accesses": 11.0, "time_steps": 2.0},
}
DEEP = {
    "encapsulated": {"reads": 10, "writes": 0, "time_steps": 1, "passes": 1},
    "truncated": {"reads": 1034, "writes": 1024, "time_steps": 4, "passes": 1},
}


def words(figure):
    """The texts that are drawn, and their boxes in pixels."""
    FigureCanvasAgg(figure).draw()
    (ax,) = figure.axes
    shown = [(text, text.get_window_extent()) for text in ax.texts]
    assert len(shown) > 25
    return shown


@pytest.mark.parametrize("counters", [None, IRIS, DEEP], ids=["symbols", "iris", "deep"])
def test_the_page_is_legible(counters):
    figure = concept(counters)
    assert figure.get_figwidth() == pytest.approx(PAGE)
    shown = words(figure)
    page = figure.bbox
    for text, box in shown:
        assert text.get_fontsize() >= 6.5, text.get_text()
        inside = page.x0 < box.x0 and box.x1 < page.x1 and page.y0 < box.y0 and box.y1 < page.y1
        assert inside, f"{text.get_text()!r} leaves the page"
    for (one, a), (other, b) in itertools.combinations(shown, 2):
        assert not a.overlaps(b), f"{one.get_text()!r} overlaps {other.get_text()!r}"


@pytest.mark.parametrize("counters", [None, IRIS, DEEP], ids=["symbols", "iris", "deep"])
def test_no_arrow_crosses_a_text(counters):
    figure = concept(counters)
    shown = words(figure)
    arrows = figure.findobj(FancyArrowPatch)
    assert len(arrows) > 20
    for arrow in arrows:
        for outline in arrow.get_path().to_polygons(arrow.get_transform(), closed_only=False):
            steps = np.linspace(outline[:-1], outline[1:], 200).reshape(-1, 2)
            for text, box in shown:
                hit = ((steps > box.min) & (steps < box.max)).all(axis=1).any()
                assert not hit, f"an arrow crosses {text.get_text()!r}"


@pytest.mark.parametrize("counters", [IRIS, DEEP], ids=["iris", "deep"])
def test_printed_numbers_are_the_counters(counters):
    printed = {
        text.get_gid(): text.get_text() for text, _ in words(concept(counters)) if text.get_gid()
    }
    wanted = {}
    for kind, given in counters.items():
        wanted[f"{kind}-accesses"] = given["reads"] + given["writes"]
        wanted |= {
            f"{kind}-{name}": given[name] for name in ("time_steps", "passes") if name in given
        }
    assert {name: float(text) for name, text in printed.items()} == wanted


def test_reads_and_writes_are_spelt_out():
    texts = [text.get_text() for text, _ in words(concept(IRIS))]
    assert "7 reads + 4 writes" in texts
    assert "3 reads" in texts


def test_symbols_without_counters():
    printed = {text.get_gid(): text.get_text() for text, _ in words(concept()) if text.get_gid()}
    assert printed["truncated-accesses"] == "$2M - P$"
    assert printed["encapsulated-accesses"] == "$P$"


@pytest.mark.parametrize("value", [None, -1, math.nan], ids=["missing", "negative", "nan"])
def test_bad_counter_is_named(value):
    broken = {kind: dict(given) for kind, given in IRIS.items()}
    if value is None:
        del broken["truncated"]["writes"]
    else:
        broken["truncated"]["writes"] = value
    with pytest.raises(FigureError, match=r"counters\['truncated'\]\['writes'\]"):
        concept(broken)


def test_missing_kind_is_named():
    with pytest.raises(FigureError, match="encapsulated"):
        concept({"truncated": IRIS["truncated"]})


def test_saving_in_the_book_style_leaves_the_page_alone(tmp_path):
    with matplotlib.rc_context(RC):
        figure = concept()
        figure.savefig(tmp_path / "first.svg", metadata={"Date": None})
        figure.savefig(tmp_path / "second.svg", metadata={"Date": None})
    assert figure.axes[0].get_position().bounds == (0, 0, 1, 1)
    assert (tmp_path / "first.svg").read_bytes() == (tmp_path / "second.svg").read_bytes()
