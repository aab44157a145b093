"""Verdicts on Figs. 5a to 5c follow the tables."""

from dataclasses import replace

import pandas as pd
import pytest

from asyt import experiments, results
from asyt.claims import collect, rows
from asyt.claims.measured import fashion, kmnist, kmnist_substitute, mnist
from asyt.experiments.mnist import PROFILES, READINGS


def judged(measurements):
    return {row["id"]: row for row in rows(measurements)}


def verdicts(row):
    return {one["reading"]: one["verdict"] for one in row["readings"]}


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({}, ["reproduced", "reproduced", "reproduced"]),
        (
            {"asyt": 0.90, "insilico": 0.40},
            ["depends-on-the-reading", "reproduced", "depends-on-the-reading"],
        ),
        ({"ideal": 0.985}, ["reproduced", "depends-on-the-reading", "reproduced"]),
    ],
)
def test_accuracies_are_judged_in_every_reading(fig5a, demo5a, values, expected):
    found = judged(mnist.measure(fig5a(**values), demo5a()))
    accuracies = [found[claim] for claim in mnist.ACCURACIES.values()]
    assert [row["verdict"] for row in accuracies] == expected
    assert [one["reading"] for one in accuracies[0]["readings"]] == ["authors", *READINGS]
    assert {row["reading"] for row in accuracies} == {"authors"}


def test_one_reading_that_holds_is_named(fig5a, demo5a):
    table = fig5a(asyt=0.5)
    held = (table.reading == "floor") & (table.method == "asyt")
    table = table.assign(accuracy=table.accuracy.mask(held, 0.958))
    row = judged(mnist.measure(table, demo5a(asyt=0.4)))["asyt-5a-asyt"]
    assert row["verdict"] == "depends-on-the-reading"
    holding = [name for name, verdict in verdicts(row).items() if verdict == "reproduced"]
    assert holding == ["floor"]
    assert (row["measured"], row["n"]) == (40.0, 5)  # of the reading nearest to the sources


def test_in_reading_authors_five_orders_of_the_one_chip_are_enough(fig5a, demo5a):
    row = judged(mnist.measure(fig5a(), demo5a(insilico=0.25)))["asyt-5a-insilico"]
    first = row["readings"][0]
    assert (first["reading"], first["n"], first["measured"]) == ("authors", 5, 25.0)
    assert (first["verdict"], first["place"]) == ("reproduced", "possible")


def test_settings_that_are_carried_are_used():
    found = judged(mnist.settings(PROFILES["paper"]))
    assert {found[claim]["verdict"] for claim in mnist.SETTINGS} == {"used"}


def test_a_setting_that_is_not_carried_is_not_used():
    changed = replace(PROFILES["paper"], mixing=(0.0, 1.0), batch_size=100)
    found = judged(mnist.settings(changed))
    assert found["asyt-s-mixing"]["verdict"] == "not-reproduced"
    assert found["asyt-s-training"]["verdict"] == "not-reproduced"


def test_fashion_is_judged_by_its_own_reported_values(fig5a, demo5a):
    table = fig5a(asyt=0.875, ideal=0.886)
    low = (table.reading == "power") & (table.method == "asyt")
    table = table.assign(accuracy=table.accuracy.mask(low, 0.8))
    found = judged(fashion.measure(table, demo5a(asyt=0.875, ideal=0.886)))
    assert found["asyt-5b-asyt"]["verdict"] == "depends-on-the-reading"
    assert verdicts(found["asyt-5b-asyt"])["power"] == "not-reproduced"
    assert list(verdicts(found["asyt-5b-bp"])) == ["authors", *READINGS]
    assert set(verdicts(found["asyt-5b-bp"]).values()) == {"reproduced"}


def test_kmnist_is_judged_by_its_own_reported_values(fig5a):
    found = judged(kmnist.measure(fig5a(asyt=0.856, ideal=0.876, insilico=0.30)))
    assert [found[claim]["verdict"] for claim in kmnist.CLAIMS] == [
        "reproduced",
        "reproduced",
        "not-reproduced",
    ]


def test_a_substitute_is_measured_and_earns_no_verdict(fig5a, demo5a):
    found = judged(kmnist_substitute.measure(fig5a(asyt=0.856), demo5a(asyt=0.856)))
    row = found["asyt-5c-asyt"]
    assert (row["verdict"], row["measured"]) == ("not-testable", 85.6)
    assert set(verdicts(row).values()) == {"not-testable"}


def test_kmnist_earns_verdicts_once_all_runs_of_the_standard_set_are_stored(
    fig5a, monkeypatch, tmp_path
):
    monkeypatch.setenv("ASYT_CACHE_DIR", str(tmp_path))
    table, runs = fig5a(asyt=0.856), experiments.jobs("kmnist", "standard")
    for config in runs:
        found = judged(collect("asyt-5c"))
        assert {found[claim]["verdict"] for claim in kmnist.CLAIMS} == {"not-testable"}
        part = table[(table.reading == config.reading) & (table.seed == config.seed)]
        results.save(
            "kmnist",
            config,
            part.drop(columns=["reading", "seed"]),
            seeds=config.seed,
            wall_time_s=1.0,
            root=experiments.place("kmnist", config),
        )
    assert judged(collect("asyt-5c"))["asyt-5c-asyt"]["verdict"] == "reproduced"


@pytest.mark.parametrize(("judge", "dataset"), [(mnist, "mnist"), (fashion, "fashion-mnist")])
def test_pixels_from_0_to_1_are_judged_beside_the_readings(fig5a, demo5a, judge, dataset):
    chip = demo5a(asyt=0.1)
    chips = pd.concat([chip.assign(dataset=dataset), demo5a().assign(dataset="another")])
    pixels = fig5a(asyt=0.2).query("reading in ['independent', 'floor']")
    slow = pixels.assign(rate=3e-5, accuracy=0.0)
    scaled = pd.concat([pixels.assign(rate=1e-4), slow]).assign(dataset=dataset)
    row = judged(judge.measure(fig5a(), demo5a(), chips, scaled))[judge.ACCURACIES["asyt"]]
    ours = {one["reading"]: one["measured"] for one in row["readings"] if "+" in one["reading"]}
    assert ours == {
        "authors + pixels": 10.0,
        "independent + pixels": 20.02,
        "floor + pixels": 20.02,
    }
    assert row["reading"] == "authors"


def test_the_demo_s_chip_with_pixels_has_orders_of_the_samples(fig5a, demo5a):
    chip = demo5a().assign(dataset="mnist")
    row = judged(mnist.measure(fig5a(), demo5a(), chip))["asyt-5a-bp"]
    (scaled,) = [one for one in row["readings"] if one["reading"] == "authors + pixels"]
    assert (scaled["n"], scaled["verdict"]) == (5, "reproduced")
    assert "orders of the samples" in scaled["note"]
