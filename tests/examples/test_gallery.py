"""Each simulator of the gallery as the device of its example, at tiny scale."""

import importlib.metadata
import math
import re
from itertools import product

import pandas as pd
import pytest
import torch

from asyt import experiments, paths
from asyt.experiments import gallery
from asyt.experiments.gallery import MissingPackageError

X = torch.tensor([[0.1, 0.6, 0.3, 0.9], [0.8, 0.2, 0.5, 0.0]])


def build(simulator):
    """Its `network`; without its package the test is skipped, by the package's name."""
    if gallery.version(simulator) is None:
        pytest.skip(f"the package {gallery.SIMULATORS[simulator]} is not installed")
    return gallery.example(simulator).network


def read(network, x=X):
    with torch.no_grad(), torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        return network(x)


@pytest.mark.parametrize("simulator", gallery.SIMULATORS)
def test_it_is_trained_and_tested_by_every_method(simulator):
    build(simulator)
    table = gallery.run(gallery.Config(simulator, devices=2, errors=(0.5,), steps=1))
    assert table.groupby("method").size().to_dict() == {
        "ideal-bp": 1,
        "insilico-bp": 2,
        "pat": 2,
        "asyt": 2,
    }
    assert table.accuracy.between(0, 1).all()
    assert set(table.version) == {gallery.version(simulator)}


@pytest.mark.parametrize("simulator", gallery.SIMULATORS)
def test_chips_differ_and_errors_take_them_away_from_the_twin(simulator):
    network = build(simulator)
    twin = read(network("insilico-bp", 0, 0).train())
    readings = [
        read(network("pat", chip, 0, errors).eval())
        for chip, errors in [(0, 0.05), (0, 1.0), (1, 1.0)]
    ]
    away = [float((reading - twin).norm()) for reading in readings]
    assert 0 < away[0] < away[1]
    assert float((readings[1] - readings[2]).norm()) > 0.01 * float(twin.norm())
    again = read(network("pat", 0, 0, 1.0).eval())
    torch.testing.assert_close(again, readings[1], rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize(
    ("simulator", "apart"), [("torchoptics", 1e-4), ("sax", 1e-4), ("pendula", 0.1)]
)
def test_without_errors_the_device_is_its_twin(simulator, apart):
    """Relative; the twin of the pendula takes few steps."""
    network = build(simulator)
    twin = read(network("insilico-bp", 0, 0).train())
    device = read(network("pat", 3, 0, 0.0).eval())
    assert float((device - twin).norm()) < apart * float(twin.norm())


@pytest.mark.parametrize("simulator", gallery.SIMULATORS)
def test_a_step_of_each_method_reaches_every_control(simulator):
    network = build(simulator)
    config = gallery.Config(simulator, steps=1)
    data = gallery.tasks.load("iris", scale=gallery.tasks.powers)
    for method in ("insilico-bp", "pat", "asyt"):
        before = [p.clone() for p in network(method, 0, 0).parameters()]
        trained = gallery.trained(network(method, 0, 0), data, config)
        for old, new in zip(before, trained.parameters(), strict=True):
            assert (old != new).any(), method
            assert new.isfinite().all(), method


@pytest.mark.parametrize("simulator", gallery.SIMULATORS)
def test_an_example_is_short_and_says_how_to_get_its_package(simulator):
    text = gallery.source(simulator).read_text()
    assert len(text.splitlines()) < 60
    assert "PhysicalModule(" in text
    package = gallery.SIMULATORS[simulator]
    declared = [need for need in importlib.metadata.requires("asyt") if "extra ==" not in need]
    own = {re.match(r"[\w-]+", need)[0] for need in declared}
    assert package in own or f"pip install {package}" in text


@pytest.mark.parametrize("simulator", gallery.SIMULATORS)
def test_the_page_names_it_and_shows_its_file(simulator):
    page = (paths.home() / "book" / "gallery.md").read_text(encoding="utf-8")
    assert f"\n| {gallery.TITLES[simulator]} |" in page
    assert f'code("{simulator}")' in page


@pytest.mark.parametrize("simulator", gallery.SIMULATORS)
def test_stored_tables_are_of_the_examples_that_are_here(simulator):
    for config in experiments.jobs("gallery", "paper"):
        if config.simulator == simulator:
            kept = experiments.kept("gallery", config)
            command = f'asyt run gallery --profile paper --only "simulator {simulator}"'
            assert kept is not None, f"no table yet: {command}"
            assert set(kept.table.source) == {gallery.fingerprint(simulator)}, (
                f"file changed: {command}"
            )


def test_a_missing_package_is_named(monkeypatch):
    monkeypatch.setitem(gallery.SIMULATORS, "sax", "no-such-package-anywhere")
    assert gallery.version("sax") is None
    with pytest.raises(MissingPackageError, match=r"no-such-package-anywhere.*asyt\[gallery\]"):
        gallery.run(gallery.Config("sax"))


def test_outside_of_a_checkout_it_is_said_what_is_missing(monkeypatch, tmp_path):
    monkeypatch.setattr(paths, "home", lambda: tmp_path)
    with pytest.raises(gallery.AsytError, match="runs in a checkout"):
        gallery.example("pendula")


def test_noise_of_a_simulator_does_not_touch_the_generator_of_the_caller():
    torch.manual_seed(3)
    wanted = torch.rand(1)
    torch.manual_seed(3)
    gallery.run(gallery.Config("pendula", devices=1, errors=(1.0,), steps=1))
    assert math.isclose(float(torch.rand(1)), float(wanted))


def drawn_table():
    rows = []
    for method, accuracies in {
        "ideal-bp": [0.9],
        "insilico-bp": [0.4, 0.6],
        "pat": [0.8, 0.9],
    }.items():
        for seed, (chip, accuracy) in product(range(4), enumerate(accuracies)):
            rows.append(("sax", seed, 1.0, method, chip, accuracy, "0.1"))
    columns = ["simulator", "seed", "errors", "method", "chip", "accuracy", "version"]
    return pd.DataFrame(rows, columns=columns)


def test_a_row_of_the_page_has_package_version_and_ranges():
    [row] = gallery.shown(drawn_table(), 1.0).to_dict("records")
    assert (row["device"], row["package"], row["version"]) == ("interferometer mesh", "sax", "0.1")
    assert row["pat"] == "85 (80 to 90)"
    assert (row["ideal-bp"], row["n"]) == ("90 (90 to 90)", 8)
