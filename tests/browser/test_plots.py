"""Plots that a reader can ask: hover, keys, curves, readings, single draws; no request leaves."""

import importlib.util
import shutil
from pathlib import Path

import pandas as pd
import pytest

from asyt import paths
from asyt.methods import LABELS

BOOK = Path(__file__).resolve().parents[2] / "book"

spec = importlib.util.spec_from_file_location("book_plots", BOOK / "plots.py")
plots = importlib.util.module_from_spec(spec)
spec.loader.exec_module(plots)


PAGE = """<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>t</title>
<link rel="stylesheet" href="_static/plots.css">
<script src="_static/plots.js"></script><script src="_static/plots-index.js"></script></head>
<article><figure id="fig-x"><img alt="static FIGURE"></figure>
<p><a href="figures/FIGURE/FIGURE.csv">CSV</a></p></article></html>"""


def page_of(figure_id):
    """A figure and the line with its files, as the book has them."""
    return PAGE.replace("FIGURE", figure_id)


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    site = tmp_path_factory.mktemp("plots")
    (site / "_static").mkdir()
    for file in BOOK.glob("_static/plots*"):
        shutil.copy(file, site / "_static")
    plots.write(site / "_static", site)
    for figure_id in [*plots.PLOTS, "without-a-plot"]:
        (site / f"{figure_id}.html").write_text(page_of(figure_id), encoding="utf-8")
    return site


@pytest.fixture
def visit(browser, site):
    """Opens the page of a figure; whatever it asked for came from its folder."""
    page = browser.new_page(viewport={"width": 900, "height": 900})
    asked, failed = [], []
    page.on("request", lambda request: asked.append(request.url))
    page.on("pageerror", lambda error: failed.append(str(error)))

    def opened(figure_id):
        page.goto((site / f"{figure_id}.html").as_uri())
        page.get_by_text("Ask this figure").click()
        page.wait_for_selector(".plot svg")
        return page

    yield opened
    page.close()
    assert failed == []
    assert all(url.startswith(site.as_uri()) for url in asked)
    assert any("/plots/" in url for url in asked)


@pytest.mark.parametrize("figure_id", plots.PLOTS)
def test_every_panel_of_a_plot_draws_its_curves(visit, figure_id):
    page = visit(figure_id)
    data = plots.plot(figure_id)
    assert page.get_by_role("img", name=f"static {figure_id}").count() == 1
    for panel, title in data["panels"].items():
        if len(data["panels"]) > 1:
            page.get_by_label("reading").select_option(title)
        expected = {row["curve"] for row in data["curves"] if row["panel"] == panel}
        drawn = page.eval_on_selector_all("[data-curve]", "all => all.map(g => g.dataset.curve)")
        assert set(drawn) == expected != set()
        assert "NaN" not in page.locator(".plot-picture").inner_html()


def test_hover_says_the_published_numbers(visit):
    page = visit("asyt-fig5d")
    page.locator(".plot svg").scroll_into_view_if_needed()
    box = page.locator(".plot svg").bounding_box()
    page.mouse.move(box["x"] + 60, box["y"] + 100)  # beside the axis: no distortion
    said = page.locator(".plot-said").inner_text()
    numbers = pd.read_csv(paths.home() / "figures/asyt-fig5d/asyt-fig5d.csv")
    row = numbers[(numbers.method == "ideal-bp") & (numbers.severity == 0)].iloc[0]
    assert said.startswith("distortion (sigma_phy) 0: ")
    assert (
        f"{LABELS['ideal-bp']} {row.centre:.3g} ({row.low:.3g} to {row.high:.3g}, n = {row.n})"
        in said
    )


def test_arrow_keys_read_place_by_place(visit):
    page = visit("asyt-fig5g")
    page.locator(".plot svg").focus()
    said = []
    for key in ("ArrowRight", "ArrowRight", "ArrowLeft"):
        page.keyboard.press(key)
        said.append(page.locator(".plot-said").inner_text())
    assert [text.split(":")[0] for text in said] == ["epoch 0", "epoch 1", "epoch 0"]
    assert said[0] == said[2] != said[1]


def test_methods_readings_and_single_draws_are_toggled(visit):
    page = visit("asyt-fig5d")
    page.get_by_label("AsyT").uncheck()
    assert page.locator('[data-curve="asyt"]').count() == 0
    page.get_by_label("AsyT").check()
    assert page.locator('[data-curve="asyt"]').count() == 1
    assert page.locator(".plot-draw").count() == 0
    page.get_by_label("single draws").check()
    data = plots.plot("asyt-fig5d")
    for panel, title in data["panels"].items():
        page.get_by_label("reading").select_option(title)
        expected = [len(row["x"]) for row in data["draws"] if row["panel"] == panel]
        assert page.locator(".plot-draw").count() == sum(expected) > 0
    assert "seed" in page.locator(".plot-draw title").first.text_content()


def test_medians_of_the_draws_are_the_curves():
    """The dots belong to the curves: those of in-silico BP have their published medians."""
    data = plots.plot("asyt-fig5d")
    draws = pd.DataFrame(data["draws"]).explode(["x", "y"]).astype({"x": float, "y": float})
    middle = draws[draws.curve == "insilico-bp"].groupby(["panel", "x"]).y.median()
    curves = pd.DataFrame(data["curves"])
    published = curves[curves.curve == "insilico-bp"].set_index(["panel", "x"]).centre
    pd.testing.assert_series_equal(
        middle.sort_index(), published.astype(float).sort_index(), check_names=False, atol=2e-3
    )


def test_a_figure_without_a_plot_gets_none(browser, site):
    page = browser.new_page()
    page.goto((site / "without-a-plot.html").as_uri())
    assert page.locator("details").count() == 0
    page.close()
