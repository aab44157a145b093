"""The schematics: legible, and with the numbers of the tables they get."""

import itertools

import matplotlib
import numpy as np
import pandas as pd
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.patches import FancyArrowPatch

from asyt import experiments
from asyt.figures import asyt_fig1, drawing
from asyt.figures._style import PAGE, RC

SCHEMATICS = ["asyt-fig1", "asyt-fig2-hardware", "asyt-fig4-tiles", "opu-fig1"]
DEEP = pd.DataFrame(
    {
        "seed": 0,
        "structure": ["encapsulated", "truncated"],
        "reads": [10.0, 1034.0],
        "writes": [0.0, 1024.0],
        "accesses": [10.0, 2058.0],
        "time_steps": [1.0, 4.0],
    }
)


def drawn(figure):
    """The texts of a figure, and their boxes in pixels."""
    FigureCanvasAgg(figure).draw()
    (ax,) = figure.axes
    return [(text, text.get_window_extent()) for text in ax.texts]


@pytest.fixture(params=[*SCHEMATICS, "deep"])
def schematic(request):
    if request.param == "deep":
        return asyt_fig1.draw(DEEP)[0]
    return drawing.draw(request.param, "paper")[0]


def test_every_text_is_large_enough_and_on_the_page(schematic):
    assert schematic.get_figwidth() == pytest.approx(PAGE)
    page = schematic.bbox
    for text, box in drawn(schematic):
        assert text.get_fontsize() >= 6.5, text.get_text()
        across, along = page.x0 < box.x0 < box.x1 < page.x1, page.y0 < box.y0 < box.y1 < page.y1
        assert across and along, f"{text.get_text()!r} leaves the page"


def test_no_text_lies_on_another(schematic):
    for (one, a), (other, b) in itertools.combinations(drawn(schematic), 2):
        assert not a.overlaps(b), f"{one.get_text()!r} overlaps {other.get_text()!r}"


def test_no_arrow_crosses_a_text(schematic):
    texts = drawn(schematic)
    for arrow in schematic.findobj(FancyArrowPatch):
        for outline in arrow.get_path().to_polygons(arrow.get_transform(), closed_only=False):
            steps = np.linspace(outline[:-1], outline[1:], 200).reshape(-1, 2)
            for text, box in texts:
                hit = ((steps > box.min) & (steps < box.max)).all(axis=1).any()
                assert not hit, f"an arrow crosses {text.get_text()!r}"


def test_printed_numbers_are_those_of_the_table():
    figure, _ = asyt_fig1.draw(DEEP)
    texts = {text.get_gid(): text.get_text() for text, _ in drawn(figure)}
    for counted in DEEP.itertuples():
        assert float(texts[f"{counted.structure}-accesses"]) == counted.accesses
        assert float(texts[f"{counted.structure}-time_steps"]) == counted.time_steps


def test_reads_and_writes_are_spelt_out():
    figure, _ = drawing.draw("asyt-fig1", "paper")
    texts = [text.get_text() for text, _ in drawn(figure)]
    assert "7 reads + 4 writes" in texts
    assert "3 reads" in texts


def test_frames_of_the_optical_runs_are_printed():
    table = experiments.table("opu-concept", "paper").assign(frames=0.25, values=1234)
    texts = [text.get_text() for text, _ in drawn(drawing.find("opu-fig1").draw(table)[0])]
    assert {"0.25 frames", "1,234 values returned", "inference: 0 frames"} <= set(texts)


def test_a_schematic_of_the_hardware_plots_sizes_of_the_components():
    _, sizes = drawing.draw("asyt-fig2-hardware", "paper")
    assert sizes.to_dict("records")[0]["levels"] == 100
    assert drawing.find("asyt-fig2-hardware").EXPERIMENT is None


def test_saving_in_the_book_style_leaves_the_page_alone(tmp_path):
    with matplotlib.rc_context(RC):
        figure, _ = drawing.draw("asyt-fig1", "paper")
        figure.savefig(tmp_path / "first.svg", metadata={"Date": None})
        figure.savefig(tmp_path / "second.svg", metadata={"Date": None})
    assert figure.axes[0].get_position().bounds == (0, 0, 1, 1)
    assert (tmp_path / "first.svg").read_bytes() == (tmp_path / "second.svg").read_bytes()
