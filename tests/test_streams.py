"""Random streams: reproducible, separate, and the same numbers on every machine."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from asyt import streams
from asyt.errors import AsytError, UnknownNameError

ADDRESS = st.tuples(*[st.integers(0, 2**32 - 1)] * 3)
many = settings(max_examples=100, deadline=None, derandomize=True)


def state(stream, *address):
    return streams.sequence(stream, *address).generate_state(4).tolist()


def test_numbers_are_pinned():
    assert state("noise", 1, 2, 3, 0)[:2] == [
        int(n) for n in np.array([146202388401896148], np.uint64).view(np.uint32)
    ]
    wanted = [0.187710337221081, -1.0603386003736461, 0.23413694174480834]
    np.testing.assert_allclose(
        streams.normal((3,), "fabrication", 7, 3, 1, 0).numpy(), wanted, rtol=1e-14
    )
    assert streams.permutation(8, "batches", 0, 5).tolist() == [7, 1, 6, 2, 4, 3, 0, 5]
    drawn = torch.randn(
        3, generator=streams.torch_generator("cpu", "noise", 1, 2, 3, 0), dtype=torch.float64
    )
    np.testing.assert_allclose(
        drawn.numpy(), [-0.9038308082697535, 0.605768350174305, -0.3718371486801553], rtol=1e-12
    )


def test_order_of_the_streams_is_fixed():
    """A stream's place is part of its address: a new one goes to the end."""
    assert list(streams.STREAMS)[:9] == [
        "fabrication",
        "drift",
        "perturbation",
        "noise",
        "common-gain",
        "initial",
        "batches",
        "subset",
        "update",
    ]


@given(address=ADDRESS, stream=st.sampled_from(list(streams.STREAMS)))
@many
def test_address_is_reproducible(address, stream):
    first = streams.normal((4, 2), stream, *address)
    streams.normal((9,), stream, *address[::-1])  # other draws in between change nothing
    assert torch.equal(first, streams.normal((4, 2), stream, *address))
    assert first.dtype == torch.float64
    one, two = (
        torch.randn(3, generator=streams.torch_generator("cpu", stream, *address)) for _ in range(2)
    )
    assert torch.equal(one, two)


@given(a=ADDRESS, b=ADDRESS)
@many
def test_names_and_addresses_are_separate(a, b):
    seen = [state(name, *address) for name in streams.STREAMS for address in {a, b}]
    assert len({tuple(s) for s in seen}) == len(seen)


def test_neighbouring_addresses_are_uncorrelated():
    n = 20000
    drawn = [
        streams.normal((n,), "fabrication", seed, chip).numpy()
        for seed in range(2)
        for chip in range(3)
    ]
    drawn += [streams.normal((n,), "initial", 0, 0).numpy()]
    correlation = np.corrcoef(drawn) - np.eye(len(drawn))
    assert np.abs(correlation).max() < 5 / np.sqrt(n)
    assert all(
        abs(d.mean()) < 5 / np.sqrt(n) and abs(d.std() - 1) < 5 / np.sqrt(2 * n) for d in drawn
    )


def test_permutation_is_an_order_of_all_samples():
    first, second = (streams.permutation(100, "batches", 0, epoch) for epoch in (0, 1))
    assert sorted(first.tolist()) == sorted(second.tolist()) == list(range(100))
    assert not torch.equal(first, second)


def test_unknown_stream_is_refused():
    with pytest.raises(
        UnknownNameError, match="unknown random stream 'noize': did you mean 'noise'"
    ):
        streams.generator("noize", 0)


@pytest.mark.parametrize("number", [-1, 2**32])
def test_number_that_would_share_a_stream_is_refused(number):
    with pytest.raises(AsytError, match=rf"address \(0, {number}\) of random stream 'noise'"):
        streams.generator("noise", 0, number)
