"""The MNIST experiment on data small enough for a test."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import torch

from asyt import claims, experiments, results
from asyt.experiments import fashion, kmnist, mnist
from asyt.experiments import mnist as mnist_runs
from asyt.figures import _style as style
from asyt.results import Checkpoint
from asyt.training import Data

TINY = mnist.Config(
    layers=(6, 5, 3),
    epochs=3,
    batch_size=10,
    rate=0.01,
    devices=2,
    population=4,
    population_epochs=(1,),
    scan=(0.6, 1.2),
)


@pytest.fixture
def tiny(monkeypatch):
    generator = torch.Generator().manual_seed(0)
    x, labels = torch.rand(60, 6, generator=generator), torch.arange(60) % 3
    y = torch.nn.functional.one_hot(labels, 3).float()
    monkeypatch.setattr(
        mnist_runs, "tensors", lambda name, samples, device: Data(x[:40], y[:40], x[40:], y[40:])
    )
    return TINY


def test_table_has_every_evaluation_once(tiny):
    table = mnist.run(tiny)
    assert not table.duplicated(["epoch", "method", "fleet", "chip", "split"]).any()
    counts = table.groupby(["method", "fleet", "epoch"]).size()
    assert counts.loc[("asyt", "0.6")].to_dict() == {0: 2, 1: 2, 2: 2, 3: 2}
    assert counts.loc[("ideal-bp", "digital")].to_dict() == {0: 1, 1: 1, 2: 1, 3: 1}
    assert counts.loc[("insilico-bp", "0.6")].to_dict() == {1: 4, 3: 4}
    assert counts.loc[("insilico-bp", "1.2")].to_dict() == {3: 4}


def test_noise_readings_share_the_digital_trajectory_and_the_chips(tiny):
    tables = [mnist.run(replace(tiny, **variant)) for variant in mnist.VARIANTS]
    ideal = [t[t.method == "ideal-bp"].accuracy.tolist() for t in tables]
    assert ideal[0] == ideal[1] == ideal[2]
    controls = []
    for variant in mnist.VARIANTS:
        trainer = mnist.build(replace(tiny, **variant))
        trainer.run_epoch()
        controls.append(trainer.branches["0.6"].controls[0].weight)
    assert not torch.equal(controls[0], controls[1])
    assert not torch.equal(controls[1], controls[2])


def test_seed_changes_the_start_but_not_the_chips(tiny):
    a, b = (mnist.build(replace(tiny, seed=seed)) for seed in (0, 1))
    assert not torch.equal(a.digital[0].weight, b.digital[0].weight)
    ones = [
        type(layer)(torch.ones_like(layer.weight), torch.zeros_like(layer.bias))
        for layer in a.digital
    ]
    x = a.data.test_x
    assert torch.equal(a.branches["0.6"].device(ones, x), b.branches["0.6"].device(ones, x))


def test_resumed_run_gives_the_same_table(tiny, tmp_path):
    config = replace(tiny, noise_db=10.0)
    whole = mnist.run(config)
    checkpoint = Checkpoint(tmp_path / "half.pt")
    half = mnist.build(config)
    for _ in range(2):
        half.run_epoch()
    checkpoint.save(
        {**half.state(), "rows": [r for r in whole.to_dict("records") if r["epoch"] < 3]}
    )
    pd.testing.assert_frame_equal(mnist.run(config, checkpoint=checkpoint), whole, check_exact=True)


def test_jobs_are_every_noise_reading_with_every_seed():
    configs = mnist.jobs("paper")
    assert len(configs) == len(mnist.VARIANTS) * len(mnist.SEEDS) == len({c.label for c in configs})
    assert {(c.devices, c.population, c.epochs) for c in configs} == {(5, 100, 300)}
    assert [c.seed for c in mnist.jobs("paper", seeds=(7,), devices=3)] == [7, 7, 7]
    assert {c.devices for c in mnist.jobs("paper", seeds=(7,), devices=3)} == {3}


def published(asyt=0.957, ideal=0.969, insilico=0.25):
    """A table as the paper profile stores it, with chosen final accuracies."""
    rows = []
    for noise in mnist.NOISE_TITLES:
        for seed in range(3):
            for epoch in (0, 300):
                shared = {"noise": noise, "seed": seed, "epoch": epoch, "split": "test"}
                rows.append(
                    {
                        **shared,
                        "method": "ideal-bp",
                        "fleet": "digital",
                        "chip": 0,
                        "accuracy": ideal,
                    }
                )
                for chip in range(5):
                    value = asyt + 1e-4 * chip
                    rows.append(
                        {
                            **shared,
                            "method": "asyt",
                            "fleet": "0.6",
                            "chip": chip,
                            "accuracy": value,
                        }
                    )
                for chip in range(100):
                    value = insilico + 1e-3 * chip
                    for fleet in ("0.6", "1.2"):
                        row = {
                            "method": "insilico-bp",
                            "fleet": fleet,
                            "chip": chip,
                            "accuracy": value,
                        }
                        rows.append(shared | row)
    return pd.DataFrame(rows)


def test_summary_takes_means_of_simulations_and_medians_of_draws():
    shown = mnist.summary(published()).set_index(["noise", "method", "fleet", "epoch"])
    asyt = shown.loc[("none", "asyt", "0.6", 300)]
    assert asyt.middle == pytest.approx(95.72) and asyt.n == 15
    assert asyt.low < asyt.middle < asyt.high
    chips = shown.loc[("none", "insilico-bp", "0.6", 300)]
    assert chips.middle == pytest.approx(29.95) and chips.n == 300
    assert chips.low == pytest.approx(
        25.0 + 100 * np.quantile(np.repeat(np.arange(100), 3) * 1e-3, 0.05)
    )


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({}, ("reproduced", "reproduced", "reproduced")),
        ({"asyt": 0.90, "insilico": 0.40}, ("not-reproduced", "reproduced", "not-reproduced")),
        ({"ideal": 0.985}, ("reproduced", "not-reproduced", "reproduced")),
    ],
)
def test_verdicts_follow_the_table(monkeypatch, values, expected):
    monkeypatch.setattr(experiments, "table", lambda *a, **k: published(**values))
    rows = {row["id"]: row for row in claims.rows(mnist.measurements())}
    assert (
        tuple(rows[i]["verdict"] for i in ("asyt-5a-asyt", "asyt-5a-bp", "asyt-5a-insilico"))
        == expected
    )
    assert {rows[i]["verdict"] for i in mnist.CLAIMS if "-s-" in i} == {"used"}
    assert all(
        rows[i]["page"] == "mnist.html" for i in mnist.CLAIMS if i[:7] in ("asyt-5a", "asyt-s-")
    )
    assert "with other noise: none" in rows["asyt-5a-asyt"]["reading"]


def test_a_setting_that_is_not_carried_is_not_used(monkeypatch):
    monkeypatch.setattr(experiments, "table", lambda *a, **k: published())
    changed = replace(mnist.Config(), mixing=(0.0, 1.0), batch_size=100)
    monkeypatch.setitem(mnist.PROFILES, "paper", changed)
    rows = {row["id"]: row["verdict"] for row in claims.rows(mnist.measurements())}
    assert rows["asyt-s-mixing"] == rows["asyt-s-training"] == "not-reproduced"


def test_figures_show_the_numbers_and_the_reported_values():
    style.use()
    figure, plotted = mnist.draw(published())
    assert len(figure.axes) == 6
    assert set(plotted.fleet) == {"digital", "0.6"}
    assert [mnist.reported(name) for name in ("asyt", "ideal-bp", "insilico-bp")] == [
        95.8,
        97.0,
        25.7,
    ]
    figure, plotted = mnist.draw_distortion(published())
    assert len(figure.axes) == 3
    assert set(plotted.fleet) == {"0.6", "1.2"} and set(plotted.method) == {"insilico-bp"}


def test_every_reading_is_judged_by_the_same_criteria():
    table = published()
    table.loc[(table.noise == "none") & (table.method == "asyt"), "accuracy"] = 0.90
    judged = mnist.readings(table).set_index("noise")
    assert list(judged.index) == list(mnist.NOISE_TITLES)
    asyt, ideal = judged["AsyT (reported 95.8)"], judged["Ideal BP (reported 97)"]
    assert asyt["none"] == "90.0 (90.0 to 90.0), n = 15: not-reproduced"
    assert asyt["10 dB power"].endswith(": reproduced")
    assert ideal["none"].endswith(": reproduced")


@pytest.mark.parametrize(
    ("module", "dataset"), [(fashion, "fashion-mnist"), (kmnist, "kmnist-substitute")]
)
def test_the_family_differs_from_mnist_in_the_data_set_alone(module, dataset):
    runs, same = (
        module.jobs("paper"),
        [replace(config, dataset=dataset) for config in mnist.jobs("paper")],
    )
    assert len(set(runs)) == len(runs) and set(runs) <= set(same)
    decides = [config.seed for config in runs if config.reading == mnist.PRIMARY]
    assert decides == list(mnist.SEEDS)
    assert {config.seed for config in module.jobs("paper", seeds=(7, 8))} == {7, 8}
    style.use()
    figure, _ = module.draw(published())
    assert len(figure.axes) == 6


def test_a_panel_says_how_many_chips_and_seeds_it_has():
    table = published()
    figure, _ = mnist.draw(table[(table.noise != "none") | (table.seed == 0)])
    assert [ax.get_title().split("\n")[1] for ax in figure.axes[:3]] == ["5 chips x 1 seed"] + [
        "5 chips x 3 seeds"
    ] * 2


def test_kmnist_earns_verdicts_from_the_standard_set_alone_once_all_its_runs_are_stored(
    monkeypatch, tmp_path
):
    assert {config.dataset for config in kmnist.jobs("standard")} == {"kmnist"}
    monkeypatch.setenv("ASYT_CACHE_DIR", str(tmp_path))
    judged = {row["id"]: row["verdict"] for row in claims.rows(kmnist.measurements())}
    assert {judged[i] for i in kmnist.CLAIMS} == {"not-testable"}
    table = published(asyt=0.856, ideal=0.876, insilico=0.30)
    for i, config in enumerate(runs := kmnist.jobs("standard")):
        assert kmnist.measurements() == [], f"after {i} of {len(runs)} runs"
        part = table[(table.noise == config.reading) & (table.seed == config.seed)]
        results.save(
            "kmnist",
            config,
            part.drop(columns=["noise", "seed"]),
            seeds=config.seed,
            wall_time_s=1.0,
            root=experiments.place("kmnist", config),
        )
    judged = {row["id"]: row["verdict"] for row in claims.rows(kmnist.measurements())}
    assert [judged[i] for i in kmnist.CLAIMS] == ["reproduced", "reproduced", "not-reproduced"]


def test_fashion_is_judged_in_the_reading_that_decides(monkeypatch):
    table = published(asyt=0.875, ideal=0.886)
    monkeypatch.setattr(experiments, "table", lambda *a, **k: table[table.noise == mnist.PRIMARY])
    rows = {row["id"]: row["verdict"] for row in claims.rows(fashion.measurements())}
    assert rows["asyt-5b-asyt"] == rows["asyt-5b-bp"] == "reproduced"
