"""The ratios are those of the times, and the command prints them."""

import json

import pytest
import torch
from threadpoolctl import threadpool_info, threadpool_limits
from typer.testing import CliRunner

from asyt import bench, results
from asyt.bench import timing
from asyt.bench.ratios import PAIRED, flat, interval
from asyt.cli import app
from asyt.experiments import speed

SECONDS = {
    "bp, our products": 2.0,
    "bp, torch's products": 4.0,
    "asyt, C = 16": 2.2,
    "wide dfa": 0.5,
}


def command(*arguments):
    return CliRunner().invoke(app, ["bench", *arguments])


def test_ratios_take_the_smallest_time_and_the_faster_plain_loop(times):
    found = bench.ratios(times(SECONDS))
    assert found["asyt_over_bp"] == {"1": 0.5, "16": 1.1, "64": 0.5}
    assert found["asyt_over_handwritten_bp"]["16"] == pytest.approx(2.2)
    assert found["gemm_fraction"] == pytest.approx(0.8 * 17 / 16 / 2.2)
    assert found["dfa_over_bp"] == 0.5


def test_the_general_twin_is_held_against_the_batched_one_where_it_was_timed(times):
    table = times({**SECONDS, "general twin, C = 1": 3.0, "general twin, C = 16": 5.5})
    found = bench.ratios(table)["general_twin_over_batched"]
    assert found == {"1": 3.0, "16": pytest.approx(2.5)}
    earlier = table[~table.name.str.startswith("general")]
    assert "general_twin_over_batched" not in bench.ratios(earlier)


def test_ratios_of_other_things_than_steps(times):
    found = bench.ratios(times({}))
    assert found["overhead_fraction"] == pytest.approx(0.02)
    assert found["peak_memory_ratio"] == pytest.approx(1.2)
    assert found["import_ratio"] == pytest.approx(1.1)
    assert found["gate_over_step"] == pytest.approx(0.01)
    assert "gate_over_step" not in bench.ratios(times({}).query("quantity != 'gate'"))
    assert "import_ratio" not in bench.ratios(times({}).query("quantity != 'profile'"))


def test_cost_is_held_against_the_operations_that_were_counted(times):
    table = times({**SECONDS, "dat, C = 16": 6.0})
    counted = (table.quantity == "operations a step and chip") & (table.name == "dat, C = 16")
    table.loc[counted, "value"] = 2e9
    found = bench.ratios(table)["cost_over_operations"]
    assert found == {"spsa": 0.5, "dat": 1.5, "forward-only": 0.5}
    assert "cost_over_operations" not in bench.ratios(table[table.value < 1e8])


def test_the_interval_of_a_steady_ratio_is_the_ratio(times):
    assert interval(times(SECONDS), "asyt, C = 16") == pytest.approx((1.1, 1.1))


def test_targets_are_bounds_of_the_flat_ratios(times):
    numbers = flat(bench.ratios(times(SECONDS)))
    assert {*bench.LARGEST, *bench.SMALLEST} <= set(numbers)
    missed = [name for name in numbers if not bench.met(name, numbers)]
    assert missed == ["gemm_fraction"]


def test_the_ratios_are_shown_beside_their_targets(times):
    shown = bench.shown(bench.ratios(times(SECONDS))).set_index("ratio")
    assert tuple(shown.loc["asyt_over_bp 16"]) == ("1.100", "<= 1.1")
    assert shown.target["gemm_fraction"] == ">= 0.8"
    assert shown.target["asyt_over_handwritten_bp 16"] == ""


def test_a_missing_measurement_names_its_remedy(tmp_path, monkeypatch):
    monkeypatch.setenv("ASYT_HOME", str(tmp_path))
    missing = command("--last")
    assert missing.exit_code == 2
    assert "asyt run speed" in missing.output


def test_the_command_prints_the_stored_measurement(tmp_path, monkeypatch, times):
    monkeypatch.setenv("ASYT_HOME", str(tmp_path))
    config = speed.PROFILES["paper"]
    results.save("speed", config, times({}), seeds=0, wall_time_s=1.0, device_name="a test")
    found = json.loads(command("--last", "--format", "json").output)
    assert (found["machine"], found["threads"]) == ("a test", 1)
    assert set(found["asyt_over_bp"]) == {"1", "16", "64"}
    assert "asyt_over_bp 64" in command("--last").output


def test_a_number_of_rounds_that_times_nothing_is_a_wrong_command():
    refused = command("--rounds", "0")
    assert refused.exit_code == 2
    assert "--rounds 0" in refused.output


@pytest.mark.skipif(torch.cuda.is_available(), reason="this machine has a GPU")
def test_a_gpu_that_is_not_there_is_not_timed():
    refused = command("--compute", "cuda")
    assert refused.exit_code == 2
    assert "no CUDA device" in refused.output


def test_every_ratio_of_the_stored_measurement_has_words():
    found = speed.last()
    told = bench.told(found)
    assert not told.ratio.str.contains("_").any()
    assert set(PAIRED) <= found.keys()
    assert len(told) == len(bench.shown(found)) == told.ratio.nunique()


def test_no_thread_of_blas_is_timed_with_others():
    def threads():
        return {found["num_threads"] for found in threadpool_info() if found["user_api"] == "blas"}

    with threadpool_limits(2, user_api="blas"):
        before = threads()
        with timing.on_threads(1):
            assert threads() == {1}
        assert threads() == before
