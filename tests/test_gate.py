"""The gate lets any array of real numbers of the promised shape through, as it is, and no other."""

from decimal import Decimal

import numpy as np
import pandas as pd
import pytest
import torch

from asyt import gate
from asyt.errors import DeviceOutputError

Y = torch.rand(5, 3, generator=torch.Generator().manual_seed(0))
N = Y.numpy()


class OnlyArray:
    def __init__(self, array):
        self.array = array

    def __array__(self, dtype=None, copy=None):
        return self.array


class OnlyDLPack:
    def __init__(self, tensor):
        self.tensor = tensor

    def __dlpack__(self, **options):
        return self.tensor.__dlpack__(**options)

    def __dlpack_device__(self):
        return self.tensor.__dlpack_device__()


class ReadOnly(OnlyArray):
    def __dlpack__(self, **_):
        raise BufferError("a read-only array")


class Broken:
    def __array__(self, dtype=None, copy=None):
        raise RuntimeError("the frame is gone")


def fixed(array):
    array = array.copy()
    array.setflags(write=False)
    return array


def received(given, shape=(5, 3), like=Y, **options):
    return gate.received(
        given, shape, like, who="lab in pass 1", promise="return (5, 3).", **options
    )


REAL = {
    "flipped": lambda: N[::-1, ::-1].copy()[::-1, ::-1],
    "big-endian": lambda: N.astype(">f4"),
    "long double": lambda: N.astype(np.longdouble),
    "float64": lambda: N.astype(float),
    "column by column": lambda: np.asfortranarray(N),
    "read-only": lambda: fixed(N),
    "objects": lambda: N.astype(object),
    "decimals": lambda: [[Decimal(float(value)) for value in row] for row in N],
    "nested lists": lambda: N.tolist(),
    "numbers of NumPy": lambda: [list(row) for row in N],
    "list of tensors": lambda: list(Y),
    "tuple of arrays": lambda: tuple(N),
    "memory": lambda: memoryview(N),
    "only __array__": lambda: OnlyArray(N),
    "only DLPack": lambda: OnlyDLPack(Y),
    "DLPack that refuses": lambda: ReadOnly(N),
    "table": lambda: pd.DataFrame(N),
    "table that could have gaps": lambda: pd.DataFrame(N).astype("Float64"),
    "mask without a masked value": lambda: np.ma.masked_array(N, mask=False),
    "transposed in memory": lambda: Y.T.contiguous().T,
    "with a gradient": lambda: Y.clone().requires_grad_(),
}


@pytest.mark.parametrize("kind", REAL)
def test_any_array_of_real_numbers_comes_through_as_it_is(kind):
    found = received(REAL[kind](), finite=True)
    assert torch.equal(found, Y)
    assert type(found) is torch.Tensor and not found.requires_grad


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16])
def test_half_precision_becomes_the_type_that_is_asked_for(dtype):
    assert torch.equal(received(Y.to(dtype)), Y.to(dtype).float())


@pytest.mark.parametrize("dtype", ["u1", "<u2", ">i2", "i8", "?"])
def test_whole_numbers_and_booleans_become_floating(dtype):
    counts = (200 * N).astype(dtype)
    assert torch.equal(received(counts), torch.from_numpy(counts.astype("f4")))
    assert torch.equal(received(counts.tolist()), torch.from_numpy(counts.astype("f4")))


@pytest.mark.parametrize("kind", ["flipped", "read-only", "list of tensors", "with a gradient"])
def test_what_comes_through_is_memory_of_its_own(kind):
    given = REAL[kind]()
    found = received(given)
    found.fill_(-1.0)
    assert torch.equal(received(given), Y)


def test_an_expanded_tensor_is_copied_whole():
    found = received(Y[:1].expand(5, 3))
    found[0] = -1.0
    assert torch.equal(found[1], Y[0])


BAD = {
    "nothing": (lambda: None, "NoneType that cannot be read"),
    "a dictionary": (lambda: {"y": Y}, "dict that cannot be read"),
    "more than the read-out": (lambda: (Y, {"time": 1.0}), "tuple that cannot be read"),
    "a generator": (lambda: (row for row in N), "generator that cannot be read"),
    "text": (lambda: N.astype(str), "<U.*no numbers"),
    "text in lists": (lambda: [["0.1"] * 3] * 5, "<U.*no numbers"),
    "text as objects": (lambda: N.astype(str).astype(object), "<U.*no numbers"),
    "bytes": (lambda: b"0.1 0.2", "S7.*no numbers"),
    "dates": (lambda: N.astype("M8[s]"), "datetime64.*no numbers"),
    "records": (lambda: np.zeros(5, "f4,f4,f4"), "no numbers"),
    "a gap": (lambda: [[None] * 3] * 5, "cannot be read"),
    "a gap in a table": (
        lambda: pd.DataFrame(N).astype("Float64").where(N > 0.5),
        "cannot be read",
    ),
    "a ragged list": (lambda: [[0.1, 0.2, 0.3], [0.1]], "cannot be read.*equal size"),
    "a number too large": (lambda: [[10**400] * 3] * 5, "cannot be read"),
    "an array that fails": (Broken, "Broken that cannot be read.*the frame is gone"),
    "a masked array": (lambda: np.ma.masked_array(N, mask=N > 0.5), "masked values: return"),
    "a masked array inside": (
        lambda: OnlyArray(np.ma.masked_array(N, mask=N > 0.5)),
        "masked values: return",
    ),
    "masked rows": (lambda: list(np.ma.masked_array(N, mask=N > 0.5)), "masked values: return"),
    "masked constants": (lambda: [[np.ma.masked] * 3] * 5, "masked values: return"),
    "a complex array": (lambda: N + 1j, r"complex.*abs\(y\) \*\* 2"),
    "a complex tensor, all real": (lambda: Y + 0j, r"complex.*y\.real"),
    "complex numbers": (lambda: [[1j] * 3] * 5, "complex"),
    "complex objects": (lambda: (N + 1j).astype(object), "complex"),
    "a sparse tensor": (lambda: Y.to_sparse(), "to_dense"),
    "a tensor without numbers": (lambda: Y.to("meta"), "no data"),
}


@pytest.mark.parametrize("kind", BAD)
def test_what_is_no_array_of_real_numbers_is_named(kind):
    make, said = BAD[kind]
    with pytest.raises(
        DeviceOutputError, match=rf"(?s)^lab in pass 1 returned .*{said}.*Return \(5"
    ):
        received(make())


@pytest.mark.filterwarnings("ignore:The PyTorch API of MaskedTensors")
def test_a_masked_tensor_is_named():
    with pytest.raises(DeviceOutputError, match="masked values"):
        received(torch.masked.masked_tensor(Y.clone(), Y > 0.5))


SHAPES = [
    (3, 5),
    (1, 3),
    (5, 1),
    (1, 5, 3),
    (5, 3, 1),
    (15,),
    (3,),
    (1,),
    (),
    (0, 3),
    (5, 2),
    (4, 3),
]


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("made", [torch.zeros, np.zeros, lambda shape: np.zeros(shape).tolist()])
def test_no_other_shape_is_broadcast(made, shape):
    with pytest.raises(DeviceOutputError, match=r"returned shape .*; return \(5, 3\)"):
        received(made(shape))


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf, 1e300])
def test_a_value_that_is_not_finite_is_refused_or_marked(value):
    given = N.astype(float)
    given[2, 1] = value
    with pytest.raises(DeviceOutputError, match=r"1 of 15 read-outs are not finite.* at \[2, 1\]"):
        received(given, finite=True)
    marked = received(given)
    assert marked[2, 1].isnan()
    assert int(marked.isnan().sum()) == 1


def test_marking_looks_at_no_number():
    nowhere = torch.empty(5, 3, device="meta")
    assert received(nowhere, like=nowhere).device.type == "meta"


@pytest.mark.parametrize(
    ("dtypes", "wanted"),
    [
        ((torch.float32, torch.float32), torch.float32),
        ((torch.float64, torch.float32), torch.float64),
        ((torch.bfloat16, torch.float32), torch.float32),
        ((torch.uint8, torch.float32), torch.float32),
        ((torch.uint8, torch.int64), torch.float32),
        ((torch.float32, torch.complex128), torch.float64),
    ],
)
def test_the_type_is_the_real_one_to_which_inputs_and_controls_promote(dtypes, wanted):
    assert gate.floating(*(torch.ones(2, dtype=dtype) for dtype in dtypes)) == wanted


def test_what_is_lent_may_be_written_into():
    controls = torch.rand(3, 4, requires_grad=True)
    before = controls.detach().clone()
    copy = gate.lent(controls)
    copy[0].clamp_(0, 0.1)
    copy.numpy()[1:] = 7.0
    assert torch.equal(controls, before)
    one_for_all = gate.lent(controls.detach().expand(2, 3, 4))
    one_for_all[0] = 0.0
    assert torch.equal(one_for_all[1], before)
