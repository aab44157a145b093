"""Fields of configurations set by text, whatever the experiment."""

from dataclasses import fields

import pytest

from asyt import experiments, results
from asyt.errors import SettingError, UnknownNameError
from asyt.experiments import mnist
from asyt.experiments.settings import change, changed, rebuilt
from asyt.results import plain

CONFIGS = {name: found.jobs("paper")[0] for name, found in experiments.registry().items()}


@pytest.mark.parametrize("experiment", CONFIGS)
def test_every_field_takes_its_own_value_back(experiment):
    config = CONFIGS[experiment]
    texts = {field.name: plain(getattr(config, field.name)) for field in fields(config)}
    settings = [f"{name}={value}" for name, value in texts.items()]
    assert change(config, settings) == config
    assert results.config_hash(change(config, settings)) == results.config_hash(config)


@pytest.mark.parametrize("experiment", CONFIGS)
def test_stored_configuration_is_rebuilt(experiment):
    for config in experiments.jobs(experiment, "smoke"):
        assert rebuilt(CONFIGS[experiment], plain(config)) == config


def test_settings_are_those_of_every_run_and_equal_runs_are_one():
    runs = mnist.EXPERIMENT.jobs("smoke", settings=["distortion=1", "noise_db=5", "seed=4"])
    assert [(run.distortion, run.reading, run.seed) for run in runs] == [
        (1.0, "5 dB mean-square", 4),
        (1.0, "5 dB floor", 4),
        (1.0, "5 dB mean-square common", 4),
        (1.0, "5 dB power", 4),
    ]


def test_a_dot_leads_into_a_field():
    config = CONFIGS["iris-chip"]
    assert change(config, ["spreads.phase=0.1"]).spreads.phase == 0.1
    assert config.spreads.phase != 0.1


@pytest.mark.parametrize(
    ("setting", "error", "hint"),
    [
        ("distorsion=1", UnknownNameError, "unknown field 'distorsion': did you mean 'distortion'"),
        ("=1", UnknownNameError, "unknown field ''"),
        ("by=seed", UnknownNameError, "unknown field 'by'"),
        ("distortion", SettingError, "distortion: write field=value, such as distortion=1."),
        ("epochs=many", SettingError, "epochs=many: epochs takes a whole number."),
        ("seed.x=1", SettingError, "seed.x=1: 'seed' has no fields of its own."),
    ],
)
def test_wrong_setting_is_told(setting, error, hint):
    with pytest.raises(error) as told:
        changed([mnist.Config()], [setting])
    assert hint in str(told.value)


def test_field_that_is_set_twice_is_told():
    with pytest.raises(SettingError, match="'seed' is set 2 times"):
        changed([mnist.Config()], ["seed=1", "seed=2"])
