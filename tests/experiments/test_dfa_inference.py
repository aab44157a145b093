"""Whether a network trained by light needs the light afterwards."""

from dataclasses import replace

from asyt.experiments import dfa_inference


def test_a_loaded_network_gives_the_same_outputs_and_takes_no_frame():
    table = dfa_inference.run(dfa_inference.Config())
    found = table.set_index("quantity").value
    assert found["equal"] == 1 and found["training frames"] > 0
    assert dfa_inference.frames(table) == 0


def test_a_step_without_light_counts_no_frame():
    table = dfa_inference.run(replace(dfa_inference.Config(), threshold=1.0))
    assert table.set_index("quantity").value["training frames"] == 0
