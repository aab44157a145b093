"""The figures of the chips, drawn from the stored tables."""

import pytest

from asyt import experiments
from asyt.claims.published import reported
from asyt.experiments.chips import iris_chip, mzi_cells, summary
from asyt.figures import drawing


@pytest.mark.parametrize("figure_id", ["asyt-fig2", "asyt-fig3", "asyt-fig4"])
def test_panels_begin_with_training_and_mark_reported_values(figure_id):
    figure, plotted = drawing.draw(figure_id, "paper")
    lines = plotted[plotted.quantity == "accuracy (%)"]
    assert (lines.low <= lines.centre).all() and (lines.centre <= lines.high).all()
    finals = plotted[plotted.quantity == "final accuracy (%)"]
    assert finals.population.iloc[:3].tolist() == ["BP train", "AsyT train", "AsyT test"]
    assert (finals.n >= 100).all() and finals.reported.notna().sum() >= 4
    assert len(figure.axes) == (6 if figure_id == "asyt-fig3" else 3)


def test_fig2_needs_two_tables_and_shows_the_stored_cells():
    names = [source.name for source in drawing.sources(drawing.find("asyt-fig2"))]
    assert names == ["iris-optical", "mzi-cells"]
    _, plotted = drawing.draw("asyt-fig2", "paper")
    profile = plotted[plotted.quantity == "profile"]
    stored = mzi_cells.estimate(experiments.table(mzi_cells.EXPERIMENT, "paper"), "eq4")
    assert profile.centre.tolist() == stored.value.tolist()


def test_fig3_shows_the_confusion_that_is_judged():
    _, plotted = drawing.draw("asyt-fig3", "paper")
    cells = plotted[plotted.quantity == "confusion (%)"]
    table = experiments.table(iris_chip.EXPERIMENT, "paper")
    matrix = summary.confusion(summary.main(table, reported("asyt-3a-bp")[0]))
    assert cells.centre.tolist() == matrix.ravel().tolist()


@pytest.mark.parametrize("number", [2, 3, 4])
def test_headroom_has_every_share_in_every_encoding(number):
    _, plotted = drawing.draw(f"asyt-fig{number}-headroom", "paper")
    assert set(plotted.method) == {"asyt", "insilico-bp"}
    shares = plotted.groupby(["encoding", "method"]).headroom.apply(list)
    assert shares.iloc[0][-1] == 1.0
    assert all(found == shares.iloc[0] for found in shares)


def test_profiles_stand_over_the_cells():
    _, plotted = drawing.draw("asyt-fig2-profiles", "paper")
    assert plotted.profile.unique()[0] == "cells" and plotted.profile.nunique() == 5


def test_pseudo_has_a_strip_a_reading_and_a_row_an_encoding():
    figure, plotted = drawing.draw("asyt-fig3-pseudo", "paper")
    assert len(figure.axes) == plotted.encoding.nunique() == 3
    assert plotted.groupby("encoding").population.nunique().tolist() == [6, 6, 6]
