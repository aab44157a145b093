"""What stands in for an internal operator of torch gives the same numbers."""

import math

import pytest
import torch

from asyt.twins import Perceptron, kernels, products


@pytest.fixture(params=["internal", "public"])
def operators(request, monkeypatch):
    if request.param == "public":
        monkeypatch.setattr(kernels, "LINEAR", None)
        monkeypatch.setattr(kernels, "INSIDE", None)


def test_an_operator_that_torch_lacks_is_none():
    assert kernels.internal("aten.no_such_operator.default") is None
    assert kernels.internal("no_such_library.operator") is None
    assert kernels.internal("aten.relu.default") is not None


@pytest.mark.usefixtures("operators")
@pytest.mark.parametrize("high", [2.0, math.inf])
def test_errors_pass_inside_the_limits_only(high):
    a = torch.tensor([-1.0, 0.0, 1.0, 2.0, 3.0, math.nan])
    error = torch.tensor([-1.0, -2.0, -3.0, -4.0, -5.0, -6.0])
    upper = [0.0, 0.0] if high == 2.0 else [-4.0, -5.0]
    wanted = torch.tensor([0.0, 0.0, -3.0, *upper, -6.0])
    found = kernels.inside(error, a, high)
    assert found is error
    assert torch.equal(found, wanted)
    assert not found[:2].signbit().any()


@pytest.mark.usefixtures("operators")
@pytest.mark.parametrize(("left", "right"), [((), ()), ((3,), ()), ((), (3,)), ((3,), (3,))])
def test_products_of_whole_numbers_are_exact(left, right):
    generator = torch.Generator().manual_seed(0)
    x = torch.randint(-3, 4, (*left, 120, 130), generator=generator).float()
    weight = torch.randint(-3, 4, (*right, 110, 130), generator=generator).float()
    wanted = (x.double() @ weight.double().mT).float()
    assert torch.equal(products.forward(x, weight), wanted)


def test_training_without_internal_operators_has_the_same_gradients(monkeypatch):
    twin = Perceptron((5, 7, 3), clip=0.5)
    weights = twin.initial(0, 0.5, 0.5, torch.float64)
    x = torch.rand(9, 5, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    states = twin.forward(weights, x)
    error = torch.ones_like(states[-1])
    first = twin.vjp(states, weights, error.clone())
    monkeypatch.setattr(kernels, "INSIDE", None)
    again = twin.vjp(states, weights, error.clone())
    for one, other in zip(first, again, strict=True):
        assert torch.equal(one.weight, other.weight)
        assert torch.equal(one.bias, other.bias)
