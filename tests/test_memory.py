"""Memory kept for the next step."""

import resource
import sys

import pytest
import torch

from asyt import memory

SIZE = (
    2**22
)  # numbers: 16 MB, larger than what glibc keeps by itself at first, smaller than LARGEST


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="a call of glibc")
def test_a_dropped_tensor_is_had_again_without_new_pages():
    assert memory.keep()
    for _ in range(20):  # until the heap has room for one, wherever the first ones came to lie
        torch.ones(SIZE)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    for _ in range(10):
        torch.ones(SIZE)
    pages = 4 * SIZE / resource.getpagesize()
    assert (
        resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before < 2 * pages
    )  # the first of the ten may be new
