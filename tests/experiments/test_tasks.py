"""Data sets made ready for small chips."""

import numpy as np
import pytest
import torch

from asyt.experiments import tasks
from asyt.training import Data


def test_two_species_are_split_by_class():
    data = tasks.iris_two(3)
    assert data.train_x.shape == (66, 2) and data.test_x.shape == (34, 2)
    assert data.train_y.sum(0).tolist() == [33, 33]
    assert data.test_y.sum(0).tolist() == [17, 17]


@pytest.mark.parametrize("task", [tasks.iris_two, tasks.iris_three, tasks.few_digits])
def test_inputs_are_powers_by_the_range_of_the_training_inputs(task):
    data = task(1)
    assert data.train_x.dtype == torch.float32
    assert data.train_x.amin(0).tolist() == [0] * data.train_x.shape[1]
    assert data.train_x.amax(0).tolist() == [1] * data.train_x.shape[1]
    assert float(data.test_x.min()) >= 0 and float(data.test_x.max()) <= 1


def test_few_digits_are_other_samples_a_seed():
    one, other = tasks.few_digits(0), tasks.few_digits(1)
    assert one.train_x.shape == (600, 8) and one.test_y.shape == (300, 4)
    assert not torch.equal(one.train_y, other.train_y)


def test_powers_cut_off_what_lies_beyond_the_training_inputs():
    train, test = tasks.powers(np.array([[1.0], [3.0]]), np.array([[0.0], [2.0], [9.0]]))
    assert train.ravel().tolist() == [0, 1]
    assert test.ravel().tolist() == [0, 0.5, 1]


def test_components_are_those_of_the_training_data_alone():
    rng = np.random.default_rng(0)
    train, test = rng.normal(size=(50, 6)) * np.arange(1, 7), rng.normal(size=(20, 6))
    axes = np.linalg.svd(train - train.mean(0))[2][:2]
    for found, data in zip(tasks.principal(train, test, 2), (train, test), strict=True):
        expected = (data - train.mean(0)) @ axes.T
        np.testing.assert_allclose(np.abs(found), np.abs(expected), rtol=1e-8, atol=1e-8)


def test_data_of_trajectories_must_be_equally_long():
    one = tasks.iris_two(0)
    other = Data(one.train_x[:-1], one.train_y[:-1], one.test_x, one.test_y)
    with pytest.raises(RuntimeError, match="equal size"):
        Data.stack([one, other])
