"""What pages show: the live check of a stored table, its notice, and where numbers in prose come from."""

import re
from dataclasses import dataclass

import pandas as pd
import pytest

from asyt import experiments, pages, paths, results
from asyt.errors import DataError, ResultError

NUMBER = re.compile(r"\{glue:text\}`(\w+):")


class Stub:
    """A trainer whose rows are known."""

    def __init__(self):
        self.rows, self.epoch = [], 0

    def run_epoch(self):
        self.epoch += 1

    def evaluate(self):
        self.rows += [row(self.epoch, chip, 0.5 + 0.01 * self.epoch) for chip in range(2)]


def row(epoch, chip, accuracy):
    return {
        "epoch": epoch,
        "method": "asyt",
        "fleet": "0.6",
        "chip": chip,
        "split": "test",
        "accuracy": accuracy,
    }


@dataclass(frozen=True)
class Config:
    seed: int = 0
    label: str = "stub"


@pytest.fixture
def stored(tmp_path, monkeypatch):
    monkeypatch.setattr(experiments, "store", lambda experiment, config: tmp_path)

    def save(change=0.0):
        rows = [
            row(epoch, chip, 0.5 + 0.01 * epoch + change)
            for epoch in range(1, 6)
            for chip in range(2)
        ]
        results.save("mnist", Config(), pd.DataFrame(rows), seeds=0, wall_time_s=1.0, root=tmp_path)

    return save


def test_prefix_that_agrees_says_so(stored):
    stored()
    said = pages.prefix("mnist", Config(), lambda config: Stub(), 2, noisy=False).data
    assert "agree exactly" in said and "4 values" in said


def test_prefix_without_an_evaluated_epoch_is_no_check(stored, monkeypatch):
    stored()
    monkeypatch.setattr(Stub, "run_epoch", lambda self: setattr(self, "epoch", self.epoch - 1))
    with pytest.raises(ResultError, match="not evaluated in its first 2 epochs"):
        pages.prefix("mnist", Config(), lambda config: Stub(), 2, noisy=False)


def test_prefix_that_differs_fails_the_build(stored):
    stored(change=1e-4)
    with pytest.raises(ResultError, match=r"differ from the stored table by 0\.0001"):
        pages.prefix("mnist", Config(), lambda config: Stub(), 2, noisy=False)
    assert (
        "within 0.5 points"
        in pages.prefix("mnist", Config(), lambda config: Stub(), 2, noisy=True).data
    )


def test_a_processor_that_rounds_otherwise_is_asked_for_less(stored, monkeypatch):
    stored(change=1e-4)
    monkeypatch.setattr(pages, "arithmetic", lambda: "another")
    assert (
        "within 0.5 points"
        in pages.prefix("mnist", Config(), lambda config: Stub(), 2, noisy=False).data
    )


def test_noisy_prefix_has_a_limit_too(stored):
    stored(change=0.006)
    with pytest.raises(ResultError, match="differ"):
        pages.prefix("mnist", Config(), lambda config: Stub(), 2, noisy=True)


def test_prefix_of_another_configuration_is_missing(stored):
    stored()
    with pytest.raises(ResultError, match="no result"):
        pages.prefix("mnist", Config(seed=1), lambda config: Stub(), 1, noisy=False)


def accuracy_rows(value):
    row = {
        "quantity": "accuracy median",
        "method": "asyt",
        "profile": "eq4",
        "headroom": 1.0,
        "split": "test",
    }
    return pd.DataFrame([{**row, "epoch": 3, "value": value}])


@pytest.mark.parametrize(
    ("computed", "said"),
    [
        (accuracy_rows(0.9).iloc[:0], "0 medians computed and 1 stored"),
        (accuracy_rows(float("nan")), "1 not a number"),
    ],
)
def test_tables_that_cannot_be_compared_fail_the_build(tmp_path, monkeypatch, computed, said):
    monkeypatch.setenv("ASYT_PROFILE", "paper")
    monkeypatch.setattr(experiments, "store", lambda experiment, config: tmp_path)
    monkeypatch.setattr(pages, "arithmetic", lambda: "another")
    results.save("stub", Config(), accuracy_rows(0.9), seeds=0, wall_time_s=1.0, root=tmp_path)
    monkeypatch.setattr(experiments, "recompute", lambda *_: [(Config(), computed)])
    with pytest.raises(ResultError, match=said):
        pages.live("stub")


@pytest.mark.parametrize(
    ("computed", "fingerprint", "outcome"),
    [
        (0.9, None, "1 equal the stored"),
        (0.91, None, "differs from its stored table"),
        (0.91, "another", "at most 1.0 points"),
        (0.80, "another", "differs by 10.0 points"),
    ],
)
def test_live_runs_are_held_against_the_stored_ones(
    tmp_path, monkeypatch, computed, fingerprint, outcome
):
    monkeypatch.setenv("ASYT_PROFILE", "paper")
    monkeypatch.setattr(experiments, "store", lambda experiment, config: tmp_path)
    results.save("stub", Config(), accuracy_rows(0.9), seeds=0, wall_time_s=1.0, root=tmp_path)
    monkeypatch.setattr(experiments, "recompute", lambda *_: [(Config(), accuracy_rows(computed))])
    if fingerprint:
        monkeypatch.setattr(pages, "arithmetic", lambda: fingerprint)
    if "differs" in outcome:
        with pytest.raises(ResultError, match=outcome):
            pages.live("stub")
    else:
        assert outcome in pages.live("stub").data


def test_missing_data_is_a_visible_notice(stored):
    stored()

    def build(config):
        raise DataError("train-images is missing\nput it there")

    said = pages.prefix("mnist", Config(), build, 1, noisy=False).data
    assert "Not checked here" in said
    assert all(line.startswith(">") for line in said.splitlines())


def test_smaller_profiles_are_announced(monkeypatch):
    monkeypatch.setenv("ASYT_PROFILE", "smoke")
    assert "smoke" in pages.scale().data
    monkeypatch.setenv("ASYT_PROFILE", "paper")
    assert pages.scale() is None  # an empty output would show as its type


def test_verdict_table_has_the_chosen_rows():
    text = pages.verdicts("opu-s").data
    assert "`opu-s-network`" in text and "asyt" not in text


@pytest.mark.parametrize("page", sorted(p.name for p in (paths.home() / "book").glob("*.md")))
def test_numbers_in_prose_are_glued_by_code_of_the_same_page(page):
    text = (paths.home() / "book" / page).read_text()
    used = set(NUMBER.findall(text))
    assert not used or "pages.number(" in text


def test_table_has_a_line_a_row():
    text = pages.table(pd.DataFrame({"a": [1.25, 96.66], "b": ["x", "y"]})).data
    assert text.splitlines() == ["| a | b |", "| --- | --- |", "| 1.25 | x |", "| 96.7 | y |"]


def test_a_page_without_its_data_shows_the_stored_tables_and_says_so(monkeypatch):
    shown = []

    def missing(name):
        raise DataError(f"{name} could not be had")

    monkeypatch.setenv("ASYT_PROFILE", "smoke")
    monkeypatch.setattr(pages.datasets, "load", lambda name: None)
    assert pages.profile("vowels") == "smoke"
    monkeypatch.setattr(pages.datasets, "load", missing)
    monkeypatch.setattr(pages, "display", shown.append)
    assert pages.profile("vowels") == "paper"
    assert "vowels could not be had" in shown[0].data
