"""The products of a population against float64 matmul, on both sides of the fast way."""

import pytest
import torch

from asyt.errors import AsytError
from asyt.twins import kernels, products

SIZES = {"small": (7, 5, 3), "large": (120, 130, 110)}
LEADING = [
    ((), ()),
    ((), (3,)),
    ((3,), ()),
    ((3,), (3,)),
    ((2, 3), (3,)),
    ((2, 1), (2, 3)),
    ((2, 1), (1, 3)),
]


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
    real = kernels.product
    monkeypatch.setattr(kernels, "product", lambda a, b: called.append(a.shape) or real(a, b))
    big, small = torch.randn(200, 200), torch.randn(4, 4)
    products.forward(small, small)
    products.forward(big.double(), big.double())
    assert called == []
    products.forward(big, big)
    assert len(called) == int(kernels.LINEAR is not None)


@pytest.fixture(params=["rows", "columns", "chips in columns"])
def errors(request):
    """Errors (C, B, n) as they can lie in memory."""
    error = torch.randn(3, 600, 70, generator=torch.Generator().manual_seed(0))
    if request.param == "columns":
        return error.mT.contiguous().mT
    return (
        error.movedim(-1, 0).contiguous().movedim(0, -1)
        if request.param == "chips in columns"
        else error
    )


def test_nothing_depends_on_the_layout(errors):
    wide = errors.double()
    weight, states = torch.randn(70, 90), torch.randn(600, 90)
    close(products.backward(errors, weight), wide @ weight.double())
    close(products.gradient(errors, states), wide.mT @ states.double())
    close(products.total(errors), wide.sum(-2))
    close(products.softmax(errors), wide.softmax(-1))
    assert torch.equal(products.rows(errors), errors) and products.rows(errors).is_contiguous()
    assert torch.equal(products.join([errors[:1], errors[1:]]), errors)


def test_an_error_that_went_back_through_shared_weights_is_not_copied_for_the_gradient(errors):
    """All chips of a neuron follow each other: both products of the next layer are large ones."""
    back = products.backward(errors, torch.randn(70, 90))
    assert products.in_columns(back)
    assert back.movedim(-1, 0).is_contiguous()


def bf16_or_skip():
    try:
        kernels.check_precision("bf16", torch.device("cpu"))
    except AsytError as error:
        pytest.skip(str(error))


@pytest.mark.parametrize("product", [products.forward, products.backward, products.gradient])
@pytest.mark.parametrize("chips", [(), (3,)])
def test_bf16_products_round_their_factors_only(product, chips):
    bf16_or_skip()
    generator = torch.Generator().manual_seed(0)
    a = torch.randn(*chips, 200, 160, generator=generator)
    shape = (200, 96) if product is products.gradient else (96, 160)
    b = torch.randn(*chips, *shape, generator=generator)
    b = b.mT.contiguous() if product is products.backward else b
    exact = product(a.bfloat16().double(), b.bfloat16().double())
    with kernels.precision("bf16"):
        found = product(a, b)
    assert found.dtype == torch.float32
    # the sum is in float32, the result is rounded once more: 2^-8 of its size
    assert torch.allclose(found.double(), exact, rtol=2**-7, atol=1e-3)
    assert not torch.equal(found, product(a, b))


def test_float32_products_are_as_before_after_bf16():
    a, b = torch.randn(200, 160), torch.randn(96, 160)
    before = products.forward(a, b)
    with kernels.precision("bf16"):
        pass
    assert torch.equal(products.forward(a, b), before)


def test_small_and_double_products_are_not_rounded():
    small, large = torch.randn(4, 3), torch.randn(200, 160, dtype=torch.float64)
    for x in (small, large):
        with kernels.precision("bf16"):
            rounded = products.forward(x, x)
        assert torch.equal(rounded, products.forward(x, x))


def test_precision_that_the_processor_lacks_is_refused(monkeypatch):
    monkeypatch.setattr(torch.cpu, "get_capabilities", dict, raising=False)
    kernels.check_precision("float32", torch.device("cpu"))
    with pytest.raises(AsytError, match="no bfloat16 products"):
        kernels.check_precision("bf16", torch.device("cpu"))
    with pytest.raises(AsytError, match="unknown precision 'bf61'"):
        kernels.check_precision("bf61", torch.device("cpu"))
