"""The sweeps of Figs. 5d to 5f on data small enough for a test."""

from dataclasses import replace

import pandas as pd
import pytest
import torch

from asyt.errors import AsytError
from asyt.experiments import mnist as mnist_runs
from asyt.figures import _style as style
from asyt.figures import distortion, structure, sweep_runs, sweeps
from asyt.results import Checkpoint
from asyt.training import Data

TINY = sweep_runs.Config(
    layers=(6, 5, 3),
    epochs=3,
    trained=(("none", (0.0, 1.0, 2.0)), ("10 dB power", (1.0,))),
    tested=(("none", (0.0, 1.0)), ("10 dB mean-square", (0.0, 1.0))),
    population=3,
    seed=2,
)


@pytest.fixture
def tiny(monkeypatch):
    generator = torch.Generator().manual_seed(0)
    x, y = (
        torch.rand(60, 6, generator=generator),
        torch.nn.functional.one_hot(torch.arange(60) % 3, 3).float(),
    )
    monkeypatch.setattr(mnist_runs, "tensors", lambda *_: Data(x[:40], y[:40], x[40:], y[40:]))
    monkeypatch.setattr(sweep_runs.Config, "base", small(sweep_runs.Config.base))
    return TINY


def small(base):
    """The settings of Fig. 5a with batches and a rate that suit 40 samples."""
    return lambda self, noise="none": replace(base(self, noise), batch_size=10, rate=0.01)


def test_at_no_distortion_the_chip_is_the_digital_model_and_elsewhere_it_is_not(tiny):
    table = sweep_runs.run(tiny)
    asyt = table[(table.method == "asyt") & (table.noise == "none")]
    ideal = table[table.method == "ideal-bp"].set_index("epoch").accuracy
    assert asyt[asyt.severity == 0].set_index("epoch").accuracy.to_dict() == ideal.to_dict()
    trainer = sweep_runs.build(tiny)
    trainer.run_epoch()
    controls = trainer.branches["none"].controls[0].weight
    assert torch.equal(controls[0], trainer.digital[0].weight)
    assert not torch.equal(controls[1], controls[2])


def test_every_distortion_is_the_chip_of_the_seed(tiny):
    trainer = sweep_runs.build(tiny)
    ones = [
        type(layer)(torch.ones_like(layer.weight), torch.zeros_like(layer.bias))
        for layer in trainer.digital
    ]
    x = trainer.data.test_x
    whole = mnist_runs.DistortedDevice(trainer.twin, 3, mnist_runs.CHIPS, distortion=1.2)
    assert torch.allclose(trainer.branches["none"].device(ones, x)[2], whole(ones, x)[2])


def test_table_has_every_evaluation_once_and_names_noise_and_severity(tiny):
    table = sweep_runs.run(tiny)
    keys = ["noise", "severity", "epoch", "method", "fleet", "chip", "split"]
    assert not table.duplicated(keys).any()
    counts = table[table.epoch == 3].groupby("method").size().to_dict()
    assert counts == {"ideal-bp": 1, "asyt": 4, "insilico-bp": 12}
    assert set(table[(table.method == "asyt") & (table.noise == "10 dB power")].severity) == {1.0}


def test_resumed_run_gives_the_same_table(tiny, tmp_path):
    whole = sweep_runs.run(tiny)
    part = Checkpoint(tmp_path / "run.pt")
    trainer = sweep_runs.build(tiny)
    trainer.evaluate()
    trainer.run_epoch()
    trainer.evaluate()
    part.save(trainer.state())
    pd.testing.assert_frame_equal(sweep_runs.run(tiny, checkpoint=part), whole)


def test_several_chips_a_run_are_refused():
    with pytest.raises(AsytError, match="give several --seed"):
        structure.jobs("paper", devices=5)


def test_paper_jobs_cover_the_published_ranges_with_five_draws():
    jobs = structure.jobs("paper")
    widths = {32, 64, 128, 256, 512, 1024}
    assert {config.columns["width"] for config in jobs if config.columns["depth"] == 2} == widths
    assert {
        config.layers[1] for config in jobs if len(config.trained) < len(sweep_runs.NOISES)
    } == {1024}
    assert {config.columns["depth"] for config in jobs if config.columns["width"] == 128} == set(
        range(1, 9)
    )
    assert {config.seed for config in jobs} == set(range(5))
    inside = [s for s in distortion.SEVERITIES if s <= 2]
    assert len(inside) == 9 and distortion.SEVERITIES[-1] == 4
    jobs = distortion.jobs("paper")
    assert all(config.epochs == 300 for config in jobs)
    for seed in range(5):
        fleets = [fleet for config in jobs if config.seed == seed for fleet in config.trained]
        quiet, noisy = (
            [s for n, at in fleets if n == noise for s in at]
            for noise in ("none", "10 dB mean-square")
        )
        assert sorted([0.0, *quiet]) == [*inside, 3.0, 4.0]
        assert sorted(noisy) == [0.0, 1.0, 2.0]
        assert sum(bool(config.tested) for config in jobs if config.seed == seed) == 1


def gapped(gap):
    """Ideal BP at 92 % + seed, AsyT below it by `gap(width, depth)` points."""
    rows = []
    for layers, noises in structure.STRUCTURES.items():
        width, depth = layers[1], len(layers) - 2
        for seed in range(5):
            shared = {
                "epoch": 20,
                "width": width,
                "depth": depth,
                "seed": seed,
                "chip": 0,
                "fleet": "one",
            }
            rows.append(
                {**shared, "method": "ideal-bp", "noise": "none", "accuracy": 0.92 + 0.01 * seed}
            )
            for noise in noises:
                low = 0.92 + 0.01 * seed - gap(width, depth) / 100
                rows.append({**shared, "method": "asyt", "noise": noise, "accuracy": low})
    return pd.DataFrame(rows)


def test_gap_is_paired_by_draw_and_the_largest_decides(monkeypatch):
    table = gapped(lambda width, depth: 3.0 if depth == 8 else 1.0 + min(width, 512) / 512)
    monkeypatch.setattr(structure.experiments, "table", lambda *_: table)
    width, depth = structure.measurements()
    assert width.measured == pytest.approx(2.0) and depth.measured == pytest.approx(3.0)
    assert width.low == pytest.approx(width.high)  # seeds differ, the gap does not
    assert not depth.holds
    assert "at depth 8" in depth.reading
    style.use()
    for draw in (structure.draw_width, structure.draw_depth):
        figure, _ = draw(table)
        assert len(figure.axes) == 6


def test_runs_of_one_draw_count_ideal_bp_once(tiny):
    table = sweep_runs.run(tiny).assign(seed=2)
    shown = sweeps.final(pd.concat([table, table[table.method == "ideal-bp"]]), ["severity"])
    assert shown[shown.method == "ideal-bp"].n.tolist() == [1]


@pytest.fixture
def swept(tiny):
    """Two draws of Fig. 5d at three distortions without noise, and at two with it."""
    trained = (("none", (0.0, 1.0, 3.0)), ("10 dB mean-square", (0.0, 1.0)))
    part = replace(tiny, trained=trained, tested=tuple((n, (0.0, 1.0)) for n in sweep_runs.NOISES))
    return pd.concat(
        [sweep_runs.run(replace(part, seed=seed)).assign(seed=seed) for seed in (0, 1)],
        ignore_index=True,
    )


def at_one(asyt):
    """Fig. 5a: two chips x two seeds at one sigma_phy, AsyT at `asyt` in every reading of the noise."""
    grid = [
        (noise, seed, chip) for noise in sweep_runs.NOISES for seed in (0, 1) for chip in (0, 1)
    ]
    table = pd.DataFrame(grid, columns=["noise", "seed", "chip"])
    return table.assign(epoch=1, fleet="0.6", method="asyt", accuracy=asyt)


def test_fall_of_insilico_is_paired_by_chip(swept, monkeypatch):
    monkeypatch.setattr(
        distortion.experiments, "table", lambda name, *_: at_one(0.6) if name == "mnist" else swept
    )
    _, found = distortion.measurements()
    last = swept[(swept.method == "insilico-bp") & (swept.noise == "10 dB mean-square")]
    means = last.groupby("severity").accuracy.mean()
    assert found.measured == pytest.approx(100 * (means[0.0] - means[1.0]))
    assert found.holds == (found.low >= 40)
    style.use()
    figure, _ = distortion.draw(swept)
    assert len(figure.axes) == 3


def test_a_bound_for_every_distortion_breaks_at_the_lowest_and_is_left_open_where_none_breaks(
    swept, monkeypatch
):
    noisy = (swept.method == "asyt") & (swept.noise == "10 dB mean-square")
    broken = noisy & (swept.severity == 1)
    swept = swept.assign(accuracy=swept.accuracy.mask(noisy, 0.958).mask(broken, 0.6))
    tables = {"mnist-distortion": swept, "mnist": at_one(0.912)}
    monkeypatch.setattr(distortion.experiments, "table", lambda name, *_: tables[name])
    (found, _) = distortion.measurements()
    assert found.claim == "asyt-5d-asyt" and found.holds is False
    assert (found.measured, found.n) == (pytest.approx(60), 2)
    assert "the lowest mean, at 1 sigma_phy" in found.reading
    quiet = swept[
        (swept.method == "asyt")
        & (swept.noise == "none")
        & (swept.epoch == 3)
        & (swept.severity <= 2)
    ]
    lowest = 100 * quiet.groupby("severity").accuracy.mean().min()
    assert f"without noise the lowest mean up to 2 is {lowest:.1f} (" in found.reading
    assert found.reading.endswith("with other noise, at 1: 10 dB power 91.2")
    tables["mnist-distortion"] = swept.assign(accuracy=swept.accuracy.mask(noisy, 0.958))
    (found, _) = distortion.measurements()
    assert (found.measured, found.holds) == (None, None)


def test_asyt_shows_its_worst_draw(swept):
    found = distortion.asyt(swept)
    last = swept[(swept.method == "asyt") & (swept.epoch == 3) & (swept.noise == "none")]
    assert found.index.tolist() == [0.0, 1.0, 3.0] and set(found.n) == {2}
    assert found.worst[3.0] == 100 * last[last.severity == 3].accuracy.min()
    assert distortion.asyt(swept, "10 dB mean-square").index.tolist() == [0.0, 1.0]


def test_another_draw_is_held_against_the_published_ones():
    published = pd.DataFrame(
        {"epoch": 2, "method": "asyt", "noise": "none", "accuracy": [0.88, 0.90, 0.92]}
    )
    drawn = pd.DataFrame(
        {"epoch": [1, 2], "method": "asyt", "noise": "none", "accuracy": [0.1, 0.91]}
    )
    (row,) = sweeps.another_draw(published, drawn).to_dict("records")
    reach = 4.30265 * 2 * (4 / 3) ** 0.5  # Student's t with two degrees of freedom
    assert (row["low"], row["high"]) == pytest.approx((90 - reach, 90 + reach), rel=1e-4)
    assert row["inside"] and row["this draw"] == pytest.approx(91)
    assert not sweeps.another_draw(published, drawn.assign(accuracy=0.7)).inside.item()
