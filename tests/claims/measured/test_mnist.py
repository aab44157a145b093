"""Verdicts on Figs. 5a to 5c follow the tables."""

from dataclasses import replace

import pytest

from asyt import experiments, results
from asyt.claims import collect, rows
from asyt.claims.measured import fashion, kmnist, mnist
from asyt.experiments.mnist import PRIMARY, PROFILES


def judged(measurements):
    return {row["id"]: row for row in rows(measurements)}


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({}, ["reproduced", "reproduced", "reproduced"]),
        ({"asyt": 0.90, "insilico": 0.40}, ["not-reproduced", "reproduced", "not-reproduced"]),
        ({"ideal": 0.985}, ["reproduced", "not-reproduced", "reproduced"]),
    ],
)
def test_accuracies_are_judged_in_the_reading_that_decides(fig5a, values, expected):
    found = judged(mnist.measure(fig5a(**values)))
    accuracies = [found[claim] for claim in mnist.ACCURACIES.values()]
    assert [row["verdict"] for row in accuracies] == expected
    assert {row["page"] for row in accuracies} == {"mnist.html"}
    assert "with other noise: none" in accuracies[0]["reading"]


def test_settings_that_are_carried_are_used():
    found = judged(mnist.settings(PROFILES["paper"]))
    assert {found[claim]["verdict"] for claim in mnist.SETTINGS} == {"used"}


def test_a_setting_that_is_not_carried_is_not_used():
    changed = replace(PROFILES["paper"], mixing=(0.0, 1.0), batch_size=100)
    found = judged(mnist.settings(changed))
    assert found["asyt-s-mixing"]["verdict"] == "not-reproduced"
    assert found["asyt-s-training"]["verdict"] == "not-reproduced"


def test_every_reading_is_judged_by_the_same_criteria(fig5a):
    table = fig5a()
    lower = (table.noise == "none") & (table.method == "asyt")
    readings = mnist.readings(table.assign(accuracy=table.accuracy.mask(lower, 0.90)))
    assert list(readings.noise) == ["none", "10 dB mean-square", "10 dB power"]
    asyt, ideal = readings["AsyT (reported 95.8)"], readings["Ideal BP (reported 97)"]
    assert asyt[0] == "90.0 (90.0 to 90.0), n = 15: not-reproduced"
    assert asyt[2].endswith(": reproduced")
    assert ideal[0].endswith(": reproduced")


def test_fashion_is_judged_by_the_noise_that_decides_alone(fig5a):
    table = fig5a(asyt=0.875, ideal=0.886)
    found = judged(fashion.measure(table[table.noise == PRIMARY]))
    assert found["asyt-5b-asyt"]["verdict"] == "reproduced"
    assert found["asyt-5b-bp"]["verdict"] == "reproduced"
    assert "other noise" not in found["asyt-5b-asyt"]["reading"]


def test_kmnist_is_judged_by_its_own_reported_values(fig5a):
    found = judged(kmnist.measure(fig5a(asyt=0.856, ideal=0.876, insilico=0.30)))
    verdicts = [found[claim]["verdict"] for claim in kmnist.CLAIMS]
    assert verdicts == ["reproduced", "reproduced", "not-reproduced"]


def test_kmnist_earns_verdicts_once_all_runs_of_the_standard_set_are_stored(
    fig5a, monkeypatch, tmp_path
):
    monkeypatch.setenv("ASYT_CACHE_DIR", str(tmp_path))
    table, runs = fig5a(asyt=0.856), experiments.jobs("kmnist", "standard")
    for config in runs:
        found = judged(collect("asyt-5c"))
        assert {found[claim]["verdict"] for claim in kmnist.CLAIMS} == {"not-testable"}
        part = table[(table.noise == config.reading) & (table.seed == config.seed)]
        results.save(
            "kmnist",
            config,
            part.drop(columns=["noise", "seed"]),
            seeds=config.seed,
            wall_time_s=1.0,
            root=experiments.place("kmnist", config),
        )
    assert judged(collect("asyt-5c"))["asyt-5c-asyt"]["verdict"] == "reproduced"
