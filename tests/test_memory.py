"""Memory kept for the next step."""

import subprocess
import sys

import pytest

# In a process of its own: in one with a long past, the heap may have no room yet. 16 MB tensors, larger than what glibc
# keeps by itself at first, smaller than LARGEST.
MEASURE = """
import resource, torch
from asyt import memory
size = 2**22
assert memory.keep()
torch.ones(size)
before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
for _ in range(10):
    torch.ones(size)
print((resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before) * resource.getpagesize() / (4 * size))
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="a call of glibc")
def test_a_dropped_tensor_is_had_again_without_new_pages():
    done = subprocess.run([sys.executable, "-c", MEASURE], capture_output=True, text=True, check=True)
    assert float(done.stdout) < 2  # tensors' worth of new pages: the first of the ten may be new
