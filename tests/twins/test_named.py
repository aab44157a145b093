"""Named controls do what layers do, whatever the shapes, and are a tree to torch."""

import pytest
import torch
from torch.utils._pytree import tree_flatten, tree_unflatten

from asyt import PhysicalModule
from asyt.errors import UnknownNameError
from asyt.twins import Named, tensors


def named():
    generator = torch.Generator().manual_seed(0)
    return Named({"gain": torch.tensor(2.0), "kernel": torch.rand(2, 1, 3, generator=generator)})


def test_spread_is_a_view_a_chip():
    one = named()
    each = one.spread(5)
    assert each["gain"].shape == (5,)
    assert each["kernel"].shape == (5, 2, 1, 3)
    assert each["kernel"].data_ptr() == one["kernel"].data_ptr()
    assert (one.leading, each.leading) == ((), (5,))
    trajectories = one.map(lambda t: torch.stack([t, 2 * t]).unsqueeze(1))
    assert trajectories.leading == (2, 1)
    assert trajectories.spread(5)["kernel"].shape == (2, 5, 2, 1, 3)
    assert trajectories.spread(5).leading == (2, 5)
    for before in (one, trajectories):
        again = before.spread(5).shared()
        assert all(map(torch.equal, again.tensors(), before.tensors()))
    own = each.map(torch.clone)
    assert own.shared() is own


def test_map_takes_the_tensor_of_the_same_name():
    one = named()
    other = Named(dict(reversed(list(one.items()))))
    total = one.map(torch.add, other)
    assert list(total) == ["gain", "kernel"]
    assert torch.equal(total["kernel"], 2 * one["kernel"])
    assert len(tensors([one, total])) == 4


def test_numbers_are_drawn_for_every_parameter_of_every_chip():
    drawn = named().spread(3).drawn(lambda shape: torch.arange(3.0 * 7).reshape(3, *shape))
    assert drawn["gain"].tolist() == [0, 7, 14]
    assert drawn["kernel"].shape == (3, 2, 1, 3)
    assert drawn["kernel"][1].flatten().tolist() == list(range(8, 14))


def test_an_unknown_name_is_met_with_the_nearest():
    with pytest.raises(UnknownNameError, match="did you mean 'kernel'"):
        named()["kernels"]
    assert "kernels" not in named()
    assert repr(named()) == "Named(gain (), kernel (2, 1, 3))"


def test_anything_can_stand_in_the_place_of_a_tensor_of_the_tree():
    leaves, form = tree_flatten([named(), 3])
    assert [tuple(leaf.shape) for leaf in leaves[:2]] == [(), (2, 1, 3)]
    (numbered, last) = tree_unflatten(["a", "b", "c"], form)
    assert dict(numbered) == {"gain": "a", "kernel": "b"}
    assert last == "c"


def test_a_physical_module_takes_them():
    seen = []

    def device(controls, x):
        seen.append(controls[0])
        return controls[0]["gain"] * x + controls[0]["kernel"].sum()

    module = PhysicalModule(device, device, [named()])
    module(torch.ones(4, 2)).sum().backward()
    assert [tuple(p.shape) for p in module.parameters()] == [(), (2, 1, 3)]
    assert isinstance(seen[0], Named)
    assert next(module.parameters()).grad == pytest.approx(8)
