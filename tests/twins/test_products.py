"""The products of a population against float64 matmul, on sizes that do and do not take the fast way."""

import pytest
import torch

from asyt.twins import products

SIZES = {"small": (7, 5, 3), "large": (120, 130, 110)}
LEADING = [((), ()), ((), (3,)), ((3,), ()), ((3,), (3,)), ((2, 3), (3,)), ((2, 1), (2, 3)), ((2, 1), (1, 3))]


def close(got, wanted):
    assert got.shape == wanted.shape
    torch.testing.assert_close(got.double(), wanted, rtol=1e-5, atol=1e-4)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize(("left", "right"), LEADING)
def test_products_equal_matmul(left, right, size, dtype):
    batch, n_in, n_out = SIZES[size]
    generator = torch.Generator().manual_seed(0)
    x = torch.randn(*left, batch, n_in, generator=generator, dtype=dtype)
    error = torch.randn(*left, batch, n_out, generator=generator, dtype=dtype)
    weight = torch.randn(*right, n_out, n_in, generator=generator, dtype=dtype)
    states = torch.randn(*right, batch, n_in, generator=generator, dtype=dtype)
    close(products.forward(x, weight), x.double() @ weight.double().mT)
    close(products.backward(error, weight), error.double() @ weight.double())
    close(products.gradient(error, states), error.double().mT @ states.double())


@pytest.mark.parametrize("size", SIZES)
def test_a_strided_input_gives_the_same_product(size):
    batch, n_in, n_out = SIZES[size]
    x = torch.randn(batch, 3, n_in).transpose(0, 1)
    weight = torch.randn(3, n_in, n_out).mT
    close(products.forward(x, weight), x.double() @ weight.double().mT)


def test_large_float32_products_take_the_fast_way_where_there_is_one(monkeypatch):
    called = []
    real = products._product
    monkeypatch.setattr(products, "_product", lambda a, b: called.append(a.shape) or real(a, b))
    big, small = torch.randn(200, 200), torch.randn(4, 4)
    products.forward(small, small)
    products.forward(big.double(), big.double())
    assert called == []
    products.forward(big, big)
    assert len(called) == int(products._ONEDNN)


def test_sums_and_rows_do_not_depend_on_the_layout():
    error = torch.randn(3, 600, 70)
    columns = error.mT.contiguous().mT
    assert torch.equal(products.total(columns), error.sum(-2))
    assert torch.equal(products.rows(columns), error)
    assert products.rows(columns).is_contiguous()
    torch.testing.assert_close(products.total(error).double(), error.double().sum(-2), rtol=1e-5, atol=1e-4)
