"""What pages show: notices, live checks of stored tables, and numbers for the prose."""

import ast
import importlib
import inspect
import re
from dataclasses import replace

import pandas as pd
import pytest

from asyt import experiments, pages, paths
from asyt.claims.published import reported
from asyt.errors import DataError, ResultError, SettingError, UnknownNameError
from asyt.experiments import check, store
from asyt.experiments.chips import summary
from asyt.figures import drawing

CELL = re.compile(
    r"^```\{code-cell\} ipython3\n(---\n.*?---\n|(?::[^\n]*\n)*)(.*?)^```", re.M | re.S
)
NUMBER = re.compile(r"\{glue:text\}`(\w+):")
KEYS = {"method": "asyt", "fleet": "0.6", "chip": 0, "split": "test"}


class Trainer:
    """A trainer whose rows are known."""

    def __init__(self):
        self.rows, self.epoch = [], 0

    def run_epoch(self):
        self.epoch += 1

    def evaluate(self):
        self.rows.append({"epoch": self.epoch, "accuracy": 0.5 + 0.01 * self.epoch, **KEYS})


def rows(epochs):
    trainer = Trainer()
    for _ in range(epochs):
        trainer.run_epoch()
        trainer.evaluate()
    return pd.DataFrame(trainer.rows)


def medians(value):
    row = {"quantity": "accuracy median", "method": "asyt", "profile": "eq4", "split": "test"}
    return pd.DataFrame([{**row, "headroom": 1.0, "epoch": 3, "value": value}])


@pytest.fixture
def stored(toy, config, monkeypatch):
    """Stores a table for a run of the toy experiment and returns its config."""

    def save(table):
        computes = replace(toy.experiment(), run=lambda *_: table)
        monkeypatch.setitem(store.EXTRA, "toy", computes)
        experiments.compute("toy", config(), force=True)
        return config()

    return save


def prefix(config, epochs=2, noisy=False):
    return pages.prefix("toy", config, lambda _: Trainer(), epochs, noisy=noisy).data


def test_prefix_that_agrees_says_so(stored):
    assert "agree exactly" in prefix(stored(rows(5)))
    assert "over 2 values" in prefix(stored(rows(5)))


def test_prefix_that_differs_fails_the_build(stored):
    table = rows(5)
    config = stored(table.assign(accuracy=table.accuracy + 1e-4))
    with pytest.raises(ResultError, match=r"differs from its stored table by 0\.01 points"):
        prefix(config)
    assert "agree within 0.5 points" in prefix(config, noisy=True)


def test_rows_that_a_page_trained_are_held_against_the_stored_run(stored, monkeypatch):
    config = stored(rows(5))
    monkeypatch.setattr(experiments, "jobs", lambda *_: [config])
    monkeypatch.setattr(pages, "_turned", "")
    assert "agree exactly" in pages.repeated("toy", rows(3)).data
    with pytest.raises(ResultError, match="differs from its stored table"):
        pages.repeated("toy", rows(3).assign(accuracy=0.2), noisy=True)
    monkeypatch.setattr(pages, "get_num_threads", lambda: 63)
    assert "agree within 0.5 points" in pages.repeated("toy", rows(3)).data


def test_rows_of_other_knobs_have_no_stored_run(stored, monkeypatch):
    stored(rows(5))
    monkeypatch.setattr(pages, "_turned", "rate 1.0 (published 0.5)")
    assert "no stored run" in pages.repeated("toy", rows(3).assign(accuracy=0.2)).data


def live(stored, monkeypatch, computed, rounding="another"):
    config = stored(medians(0.9))
    monkeypatch.setenv("ASYT_PROFILE", "paper")
    if rounding:
        monkeypatch.setattr(check, "arithmetic", lambda: rounding)
    monkeypatch.setattr(experiments, "jobs", lambda *_: [config])
    return pages.live("toy", lambda _: computed, "seed 0").data


def test_live_runs_are_held_against_the_stored_ones(stored, monkeypatch):
    said = live(stored, monkeypatch, medians(0.91))
    assert "epochs of 1 stored runs were repeated" in said and "at most 1.0 points" in said


def test_live_runs_that_round_alike_must_equal_the_stored_ones_in_every_row(stored, monkeypatch):
    assert "at most 0.0 points" in live(stored, monkeypatch, medians(0.9), rounding=None)
    lead = medians(0.9).assign(quantity="lead")
    with pytest.raises(ResultError, match="differs from its stored table: repeat it"):
        live(stored, monkeypatch, pd.concat([medians(0.9), lead]), rounding=None)


def test_live_runs_that_lost_a_median_fail_the_build(stored, monkeypatch):
    with pytest.raises(ResultError, match="medians computed"):
        live(stored, monkeypatch, medians(0.9).iloc[1:])


@pytest.mark.parametrize("computed", [medians(0.8), medians(float("nan"))])
def test_live_runs_that_differ_fail_the_build(stored, monkeypatch, computed):
    with pytest.raises(ResultError, match=r"differs from its stored|are in the stored table"):
        live(stored, monkeypatch, computed)


def test_beginning_of_a_run_of_medians_is_repeated(stored):
    table = rows(5).assign(quantity="median", value=0.5).drop(columns="accuracy")
    said = pages.beginning("toy", stored(table), lambda _: table[table.epoch <= 2]).data
    assert "The first 2 epochs of *seed 0* were repeated" in said and "2 medians" in said


def test_missing_data_is_a_visible_notice(stored):
    def build(_):
        raise DataError("train-images is missing\nput it there")

    said = pages.prefix("toy", stored(rows(5)), build, 1, noisy=False).data
    assert "Not checked here" in said
    assert all(line.startswith(">") for line in said.splitlines())


@pytest.mark.usefixtures("toy")
def test_figure_is_shown_and_not_written(monkeypatch):
    class Line:
        EXPERIMENT, CAPTION, ALT = None, "c", "a"
        draw = staticmethod(lambda _: (pages.plt.figure(), None))

    shown = []
    monkeypatch.setitem(drawing.figures(), "line", Line)
    monkeypatch.setattr(pages, "display", shown.append)
    monkeypatch.setattr(pages, "set_matplotlib_formats", lambda _: None)
    monkeypatch.setenv("ASYT_PROFILE", "paper")
    pages.figure("line")
    assert len(shown) == 1
    assert not (paths.home() / "figures").exists()


def test_files_name_the_command_of_a_figure():
    said = pages.files("asyt-fig5a").data
    runs = "asyt run mnist --profile paper &amp;&amp; asyt run authors --profile paper"
    assert f"{runs} &amp;&amp; asyt figure asyt-fig5a" in said
    assert "figures/asyt-fig5a/asyt-fig5a.csv" in said
    assert "Fig. 5a" in said and "10.1038/s41467-025-57459-5" in said
    assert "@misc{asyt-fig5a," in said


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_number_in_prose_is_finite(value):
    with pytest.raises(ResultError, match="the number 'gap' of this page is"):
        pages.number(gap=value)


def test_smaller_profiles_are_announced(monkeypatch):
    monkeypatch.setenv("ASYT_PROFILE", "smoke")
    assert "smoke" in pages.scale().data
    monkeypatch.setenv("ASYT_PROFILE", "paper")
    assert pages.scale() is None  # an empty output would show as its type


class Shell:
    """What IPython knows: the cells that ran, and what they assigned."""

    def __init__(self, *cells):
        self.user_ns = {"In": ["", *cells]}
        for cell in cells:
            exec(cell, self.user_ns)


@pytest.fixture
def turn(monkeypatch):
    """(value that papermill puts in) -> what a page with the knobs chips and rate then says."""
    monkeypatch.setitem(pages.plt.rcParams, "figure.hooks", [])
    monkeypatch.setattr(pages, "_turned", "")
    monkeypatch.setenv("ASYT_PROFILE", "paper")

    def notice(*injected):
        shell = Shell("chips = 20\nrate = 0.5", *(f"# Parameters\n{line}" for line in injected))
        monkeypatch.setattr(pages, "get_ipython", lambda: shell)
        return pages.knobs(chips=20, rate=0.5), shell.user_ns

    return notice


def test_published_knobs_say_nothing(turn):
    assert turn()[0] is None
    assert turn("chips = 20")[0] is None
    assert pages.plt.figure().texts == []


def test_other_knobs_are_said_on_the_page_and_below_its_figures(turn):
    said, page = turn("rate = 1")
    assert "other knobs than the published ones:** rate 1.0 (published 0.5)." in said.data
    assert page["rate"] == 1.0 and type(page["rate"]) is float
    figure, _ = pages.plt.subplots()
    assert [text.get_text() for text in figure.texts] == [
        "Not as published: rate 1.0 (published 0.5)"
    ]


def test_knob_set_by_hand_is_said_too(turn, monkeypatch):
    turn()
    shell = Shell("chips = 3\nrate = 0.5")
    monkeypatch.setattr(pages, "get_ipython", lambda: shell)
    assert "chips 3 (published 20)" in pages.knobs(chips=20, rate=0.5).data


@pytest.mark.parametrize(
    ("injected", "error", "hint"),
    [
        ("chip = 5", UnknownNameError, "unknown knob 'chip': did you mean 'chips'"),
        ("chips = 2.5", SettingError, "chips=2.5: chips takes a whole number"),
        ("chips = '5'", SettingError, "chips='5': chips takes a whole number"),
        ("profile = 'smok'", UnknownNameError, "unknown profile 'smok': did you mean 'smoke'"),
    ],
)
def test_wrong_knobs_stop_the_page(turn, injected, error, hint):
    with pytest.raises(error, match=hint):
        turn(injected)


def test_profile_is_a_knob_of_every_page(turn):
    said, _ = turn("profile = 'smoke'")
    assert "profile `smoke`" in said.data
    assert experiments.profile() == "smoke"


def test_page_without_knobs_refuses_them(monkeypatch):
    monkeypatch.setattr(pages, "get_ipython", lambda: Shell("# Parameters\ndistortion = 1.0"))
    with pytest.raises(UnknownNameError, match="unknown knob 'distortion'"):
        pages.scale()


def test_verdict_table_has_the_chosen_rows():
    text = pages.verdicts("opu-s").data
    assert "`opu-s-network`" in text and "asyt" not in text


def glued(call):
    """Patterns of the names that a call of `pages.number` makes; f"{x}_low" is a word and _low."""
    for keyword in call.keywords:
        if keyword.arg:
            yield keyword.arg
            continue
        if isinstance(keyword.value, ast.Call):
            yield from named(ast.unparse(keyword.value.func))
            continue
        keys = getattr(keyword.value, "keys", None) or [keyword.value.key]
        yield from map(pattern, keys)


def pattern(key):
    """Of a name that is a word, or a word with parts that vary."""
    parts = getattr(key, "values", [key])
    return "".join(part.value if isinstance(part, ast.Constant) else r"\w+" for part in parts)


def named(function):
    """Patterns of the words in the module of an experiment's function that gives names."""
    module = importlib.import_module(f"asyt.experiments.{function.partition('.')[0]}")
    for node in ast.walk(ast.parse(inspect.getsource(module))):
        word = isinstance(node, ast.Constant) and isinstance(node.value, str)
        if word or isinstance(node, ast.JoinedStr):
            found = pattern(node)
            if re.fullmatch(r"[\w\\+]+", found) and found != r"\w+":
                yield found


def numbers(code):
    """Patterns of all names that code glues."""
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "pages.number":
            yield from glued(node)


@pytest.mark.parametrize("page", sorted(p.name for p in (paths.home() / "book").glob("*.md")))
def test_each_number_in_prose_is_glued_by_a_call_on_the_same_page(page):
    text = (paths.home() / "book" / page).read_text()
    patterns = [pattern for _, code in CELL.findall(text) for pattern in numbers(code)]
    used = set(NUMBER.findall(text))
    assert {name for name in used if not re.fullmatch("|".join(patterns) or "!", name)} == set()


def test_a_number_that_no_call_glues_is_noticed():
    (low, other) = numbers('pages.number(**{f"{name}_low": 1.0}, best=2.0)')
    assert re.fullmatch(low, "asyt_low") and not re.fullmatch(low, "asyt_high")
    assert other == "best"


def test_names_that_a_function_gives_are_those_of_its_module():
    patterns = list(numbers("pages.number(**demo_effects.short(config))"))
    for name in ("base_asyt", "pixels_model", "reach"):
        assert any(re.fullmatch(one, name) for one in patterns)
    assert not any(re.fullmatch(one, "unheard") for one in patterns)


def test_table_has_a_line_a_row():
    text = pages.table(pd.DataFrame({"a": [1.25, 96.66], "b": ["x", "y"]})).data
    assert "nan" not in pages.table(pd.DataFrame({"epochs": [float("nan")]})).data
    assert text.splitlines() == ["| a | b |", "| --- | --- |", "| 1.25 | x |", "| 96.7 | y |"]


def test_a_page_without_its_data_shows_the_stored_tables_and_says_so(monkeypatch):
    shown = []

    def missing(name):
        raise DataError(f"{name} could not be had")

    monkeypatch.setenv("ASYT_PROFILE", "smoke")
    monkeypatch.setattr(pages.datasets, "load", lambda _: None)
    assert pages.profile("vowels") == "smoke"
    monkeypatch.setattr(pages.datasets, "load", missing)
    monkeypatch.setattr(pages, "display", shown.append)
    assert pages.profile("vowels") == "paper"
    assert "vowels could not be had" in shown[0].data


def test_a_notice_stands_for_a_cell_only_where_its_data_are_missing(monkeypatch):
    monkeypatch.setattr(pages.datasets, "load", lambda _: None)
    with pytest.raises(ResultError, match="data set 'vowels' is here"):
        pages.missing("vowels")

    def absent(name):
        raise DataError(f"{name} could not be had")

    monkeypatch.setattr(pages.datasets, "load", absent)
    assert "Not run here: the data could not be had.**" in pages.missing("vowels").data


@pytest.mark.parametrize(
    ("experiment", "claim", "encoding"),
    [
        ("iris-chip", "asyt-3a-bp", "signed, bias light"),
        ("digits-chip", "asyt-4b-bp", "non-negative, no bias"),
    ],
)
def test_pages_of_chips_train_in_the_encoding_that_their_figures_show(experiment, claim, encoding):
    table = experiments.table(experiment, "paper", "ideal BP only")
    assert summary.primary(table, reported(claim)[0]) == encoding
