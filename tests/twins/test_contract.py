"""Layers: what is done to one is done to weight and bias, and a spread layer is a view a chip."""

import pytest
import torch

from asyt.twins import Layer, tensors


def layer(*lead, bias=True):
    weight = torch.rand(*lead, 3, 4, generator=torch.Generator().manual_seed(0))
    return Layer(weight, weight[..., 0].clone() if bias else None)


@pytest.mark.parametrize("bias", [True, False])
def test_map_changes_weight_and_bias_with_those_of_others(bias):
    one = layer(bias=bias)
    total = one.map(lambda a, b, c: a + b + c, one, one)
    assert torch.allclose(total.weight, 3 * one.weight)
    assert (total.bias is None) != bias
    assert len(total.tensors()) == len(tensors([one])) == 1 + bias


@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize(("lead", "spread"), [((), (5,)), ((2, 1), (2, 5))])
def test_spread_is_a_view_a_chip_and_shared_undoes_it(lead, spread, bias):
    one = layer(*lead, bias=bias)
    each = one.spread(5)
    assert each.weight.shape == (*spread, 3, 4)
    assert each.weight.data_ptr() == one.weight.data_ptr()
    assert not bias or each.bias.shape == (*spread, 3)
    again = each.shared()
    assert all(map(torch.equal, again.tensors(), one.tensors()))


def test_what_belongs_to_each_chip_is_not_shared():
    each = layer(5)
    assert each.shared() is each
