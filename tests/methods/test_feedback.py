"""Feedback alignment against its hand formula."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from asyt.errors import AsytError
from asyt.methods import feedback
from asyt.twins import Perceptron


def test_the_threshold_itself_gives_zero():
    e = torch.tensor([0.1, -0.1, 0.1001, -0.1001, 0.0])
    assert feedback.ternarise(e).tolist() == [0, 0, 1, -1, 0]
    assert feedback.ternarise(e.double()[:1] * 0 + 0.1).tolist() == [0]


def test_bad_thresholds_and_errors_are_refused():
    with pytest.raises(AsytError, match="threshold"):
        feedback.ternarise(torch.ones(1), -1)
    with pytest.raises(AsytError, match="finite"):
        feedback.ternarise(torch.tensor([float("inf")]))


@settings(max_examples=25, deadline=None)
@given(layers=st.lists(st.integers(1, 7), min_size=2, max_size=5), bias=st.booleans())
def test_dfa_equals_its_hand_formula(layers, bias):
    twin = Perceptron(tuple(layers), activation="tanh", output="linear", loss="mse", bias=bias)
    weights = twin.initial(0, 1.0, 1.0, torch.float64)
    random = np.random.default_rng(0)
    x, target = (torch.from_numpy(random.normal(size=(4, layers[end]))) for end in (0, -1))
    states = twin.forward(weights, x)
    error = twin.error(states[-1], target)
    b = random.normal(size=(sum(layers[1:-1]), layers[-1]))
    found = feedback.dfa(twin, states, weights, error, error @ torch.from_numpy(b).T)

    h, e, start = x.numpy(), error.numpy(), 0
    for l, layer in enumerate(weights):
        a = h @ layer.weight.numpy().T + (layer.bias.numpy() if bias else 0)
        last, width = l == len(weights) - 1, layers[l + 1]
        delta = e if last else (e @ b[start : start + width].T) * (1 - np.tanh(a) ** 2)
        start += 0 if last else width
        np.testing.assert_allclose(found[l].weight.numpy(), delta.T @ h, rtol=1e-12, atol=1e-12)
        assert (found[l].bias is not None) == bias
        if bias:
            np.testing.assert_allclose(found[l].bias.numpy(), delta.sum(0), rtol=1e-12, atol=1e-12)
        h = np.tanh(a)


def test_fa_through_the_weights_themselves_is_back_propagation():
    twin = Perceptron((3, 5, 4, 2), activation="tanh")
    weights = twin.initial(0, 1.0, 1.0, torch.float64)
    states = twin.forward(weights, torch.eye(3, dtype=torch.float64))
    error = twin.error(states[-1], torch.tensor([[1.0, 0], [0, 1], [1, 0]]).double())
    same = feedback.fa(twin, states, weights, error, [layer.weight for layer in weights])
    assert max(feedback.angles(same, twin.vjp(states, weights, error))) < 1e-5


def test_feedback_matrices_survive_save_and_load(tmp_path):
    kept, other = feedback.RandomFeedback(6, 3, 0), feedback.RandomFeedback(6, 3, 1)
    assert not torch.equal(kept.matrix, other.matrix)
    torch.save(kept.state_dict(), tmp_path / "b.pt")
    other.load_state_dict(torch.load(tmp_path / "b.pt"))
    assert torch.equal(kept.matrix, other.matrix)


def test_a_projection_of_the_wrong_width_is_refused():
    twin = Perceptron((2, 3, 2), activation="tanh")
    weights = twin.initial(0, 1.0, 1.0)
    states = twin.forward(weights, torch.ones(1, 2))
    with pytest.raises(AsytError, match="width 4"):
        feedback.dfa(twin, states, weights, torch.ones(1, 2), torch.ones(1, 4))


def small(layers=(6, 8, 8, 3)):
    """A network with its weights, and its states and error on four samples."""
    twin = Perceptron(layers, activation="tanh")
    weights = feedback.initial(twin, 0)
    states = twin.forward(weights, torch.rand(4, layers[0]))
    return twin, weights, states, twin.error(states[-1], torch.eye(layers[-1])[[0, 1, 2, 0]])


def test_initial_weights_shrink_with_the_inputs_and_biases_are_zero():
    first, *_ = feedback.initial(Perceptron((2500, 40, 3)), 0)
    assert float(first.weight.std()) == pytest.approx(1 / 50, rel=0.02)
    assert not first.bias.any()


def test_the_readout_rule_leaves_hidden_layers_alone():
    twin, weights, states, error = small()
    *hidden, readout = feedback.readout_rule(twin)(states, weights, error)
    assert hidden == [None, None]
    torch.testing.assert_close(readout.weight, error.T @ states[2])


@pytest.mark.parametrize(("threshold", "sent"), [(None, False), (0.1, True)])
def test_the_direct_rule_projects_the_error_or_its_signs(threshold, sent):
    twin, weights, states, error = small()
    projector = feedback.RandomFeedback(16, 3, 0)
    expected = feedback.ternarise(error, 0.1) if sent else error
    found = feedback.direct_rule(twin, projector, threshold)(states, weights, error)
    same = feedback.dfa(twin, states, weights, error, projector(expected))
    assert feedback.angles(found, same) == pytest.approx([0, 0, 0], abs=0.05)
