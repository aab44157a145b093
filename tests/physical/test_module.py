"""PhysicalModule with drivers as laboratories have them, and as torch users use modules."""

import copy
import io
import pickle
import threading

import numpy as np
import pytest
import torch
from torch import nn

from asyt.errors import AsytError, DeviceFailedError, DivergenceError
from asyt.physical import PhysicalModule, asyt
from asyt.twins import Layer

METHODS = ("pat", "asyt", "insilico-bp")
START = torch.rand(3, 4, generator=torch.Generator().manual_seed(0))
X = torch.rand(5, 4, generator=torch.Generator().manual_seed(1))


def twin(controls, x):
    return x @ controls.mT


def module(device=twin, method="pat", **options):
    return PhysicalModule(device, twin, START, method, **options)


def loss(network, x, method):
    square = lambda y: y.square().sum()  # noqa: E731
    return asyt(network, x, square) if method == "asyt" else square(network(x))


WRONG = {
    "one row for all": lambda y: y[:1],
    "transposed": lambda y: y.T,
    "one axis more": lambda y: y[..., None],
    "one number a sample": lambda y: y[:, 0],
    "one number": lambda y: y[0, 0],
    "two outputs of three": lambda y: y[:, :2],
    "a field": lambda y: y + 0j,
    "nothing": lambda _: None,
    "a mask": lambda y: np.ma.masked_array(y.numpy(), mask=True),
    "dark frames": lambda y: y * float("nan"),
}


@pytest.mark.parametrize("training", [True, False])
@pytest.mark.parametrize("wrong", WRONG)
def test_an_unusable_readout_is_refused_where_it_is_read(wrong, training):
    lab = module(lambda controls, x: WRONG[wrong](twin(controls, x))).train(training)
    with pytest.raises(DeviceFailedError, match="in pass 1"):
        lab(X)
    assert "DeviceOutputError" in lab.failures[0].exception


@pytest.mark.parametrize("wrong", WRONG)
def test_an_unusable_readout_is_asked_for_again(wrong):
    calls = []

    def device(controls, x):
        calls.append(1)
        y = twin(controls, x)
        return y if len(calls) == 3 else WRONG[wrong](y)

    assert torch.equal(module(device, attempts=3).eval()(X), twin(START, X))


def test_a_reused_buffer_changes_no_earlier_readout():
    buffer = np.zeros((5, 3), np.float32)

    def device(controls, x):
        buffer[:] = np.asarray(x) @ np.asarray(controls).T
        return buffer

    reused, fresh = module(device), module()
    for lab in (reused, fresh):
        (lab(X).square().sum() + lab(2 * X).square().sum()).backward()
    torch.testing.assert_close(reused.controls[0].grad, fresh.controls[0].grad)
    once, twice = reused.eval()(X), reused(2 * X)
    torch.testing.assert_close(2 * once, twice)


def in_torch(controls, x):
    controls[0].clamp_(0, 0.1)
    x.T.zero_()


def in_numpy(controls, x):
    np.asarray(controls).clip(0, 0.1, out=controls.numpy())
    x.numpy()[:] = 0


def in_place_of(controls, x):
    controls.set_(torch.zeros(1))
    x.resize_(0)


@pytest.mark.parametrize("training", [True, False])
@pytest.mark.parametrize("scribble", [in_torch, in_numpy, in_place_of])
def test_a_driver_may_scribble_on_its_arguments(scribble, training):
    seen = []

    def device(controls, x):
        seen.append(controls.clone())
        y = twin(controls, x)
        scribble(controls, x)
        if len(seen) == 1:
            raise OSError("no answer")
        return y

    given, lab = X.clone(), module(device, attempts=2).train(training)
    assert torch.equal(lab(given), twin(START, X))
    assert torch.equal(lab.controls[0], START)
    assert torch.equal(given, X)
    assert torch.equal(*seen)  # another attempt gets other copies


@pytest.mark.parametrize("method", METHODS)
def test_whole_numbers_may_go_in_and_fractions_come_out(method):
    counts = torch.randint(0, 255, (5, 4), dtype=torch.uint8)
    seen = []

    def device(_controls, x):
        seen.append(x.dtype)
        return np.full((5, 3), 0.7)

    lab = module(device, method)
    loss(lab, counts, method).backward()
    assert lab.controls[0].grad.abs().min() > 0
    assert torch.equal(lab.eval()(counts), torch.full((5, 3), 0.7))
    assert set(seen) == {torch.uint8}


@pytest.mark.parametrize("method", METHODS)
def test_inputs_and_controls_may_differ_in_precision(method):
    lab = module(lambda c, x: np.asarray(x) @ np.asarray(c).T, method)
    loss(lab, X.double(), method).backward()
    assert lab.controls[0].grad.dtype == torch.float32
    torch.testing.assert_close(lab.eval()(X.double()), twin(START.double(), X.double()))


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float64])
def test_a_network_may_be_brought_to_another_type(method, dtype):
    network = nn.Sequential(nn.Linear(4, 4), module(method=method)).to(dtype)
    loss(network, X.to(dtype), method).backward()
    assert {parameter.grad.dtype for parameter in network.parameters()} == {dtype}
    assert network.eval()(X.to(dtype)).dtype == dtype


def test_what_does_not_fit_the_type_is_refused():
    lab = module(lambda controls, x: 1e6 * twin(controls, x).double()).half()
    with pytest.raises(DeviceFailedError, match=r"15 of 15 read-outs are not finite as .*float16"):
        lab(X.half())


@pytest.mark.parametrize("method", METHODS)
def test_under_autocast_device_and_twin_keep_full_precision(method):
    seen = []

    def device(controls, x):
        seen.append((np.asarray(x).dtype, (x @ controls.mT).dtype))
        return twin(controls, x)

    network = nn.Sequential(nn.Linear(4, 4), module(device, method), nn.Linear(3, 2))
    with torch.autocast("cpu", dtype=torch.bfloat16):
        loss(network, X, method).backward()
        network.eval()(X)
    assert all(parameter.grad.isfinite().all() for parameter in network.parameters())
    assert set(seen) == {(np.dtype("f4"), torch.float32)}


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("batch", [0, 1])
def test_small_batches_have_gradients(method, batch):
    lab = module(method=method)
    loss(lab, X[:batch], method).backward()
    assert (lab.controls[0].grad != 0).any() == bool(batch)
    assert lab.eval()(X[:batch]).shape == (batch, 3)


def test_an_empty_batch_does_not_ask_the_device():
    def device(*_):
        raise OSError("nothing to do")

    assert module(device).eval()(X[:0]).shape == (0, 3)


def test_gradients_accumulate():
    together, apart = module(), module()
    (together(X).square().sum() + together(2 * X).square().sum()).backward()
    for x in (X, 2 * X):
        apart(x).square().sum().backward()
    torch.testing.assert_close(together.controls[0].grad, apart.controls[0].grad)


@pytest.mark.parametrize("make", [torch.sum, lambda y: y.square().sum()])
def test_second_derivatives_through_a_device_are_refused(make):
    x = X.clone().requires_grad_()
    with pytest.raises(AsytError, match="second derivatives"):
        torch.autograd.grad(make(module()(x)), x, create_graph=True)


def test_second_derivatives_through_a_twin_are_right():
    lab = PhysicalModule(twin, lambda c, x: torch.tanh(twin(c, x)), START, "insilico-bp").double()
    assert torch.autograd.gradgradcheck(lab, X.double().requires_grad_())


def test_the_twin_is_tried_without_touching_the_random_numbers():
    def noisy(controls, x):
        return twin(controls, x) + torch.randn(len(x), 3)

    torch.manual_seed(0)
    PhysicalModule(twin, noisy, START).eval()(X)
    drawn = torch.rand(1)
    torch.manual_seed(0)
    assert torch.equal(drawn, torch.rand(1))


class Driver:
    """Holds what cannot be copied."""

    def __init__(self):
        self.lock = threading.Lock()

    def __call__(self, controls, x):
        return twin(controls, x)

    def measure(self, controls, x):
        return self(controls, x)

    def model(self, controls, x):
        return self(controls, x)


DRIVER = Driver()


@pytest.mark.parametrize(
    ("device", "model"),
    [(DRIVER, twin), (DRIVER.measure, DRIVER.model), (lambda c, x: DRIVER(c, x), DRIVER)],
)
def test_a_copy_has_controls_of_its_own_and_shares_the_instrument(device, model):
    network = nn.Sequential(nn.Linear(4, 4), PhysicalModule(device, model, START, "asyt"))
    other = copy.deepcopy(network)
    assert other[1].device is device
    loss(other, X, "asyt").backward()
    torch.optim.SGD(other.parameters(), 1.0).step()
    assert torch.equal(network[1].controls[0], START)
    assert network[1].digital[0].grad is None
    file = io.BytesIO()
    torch.save(other.state_dict(), file)
    file.seek(0)
    network.load_state_dict(torch.load(file, weights_only=True))
    assert torch.equal(network.eval()(X), other.eval()(X))


def test_a_module_of_plain_functions_can_be_pickled():
    lab = PhysicalModule(twin_of_layers, twin_of_layers, [Layer(START), {"unused": None}])
    other = pickle.loads(pickle.dumps(lab))
    assert torch.equal(other(X), lab(X))


def twin_of_layers(controls, x):
    return twin(controls[0].weight, x)


def test_a_device_may_be_replaced():
    lab = module(lambda *_: None)
    lab.device = DRIVER
    assert torch.equal(lab(X), twin(START, X))


def test_nothing_is_sent_to_a_device_once_training_has_diverged():
    calls = []
    lab = module(lambda *given: calls.append(given))
    with pytest.raises(DivergenceError, match=r"controls or inputs of .* are not finite"):
        lab(X / 0)
    lab.controls[0].data.fill_(float("nan"))
    with pytest.raises(DivergenceError, match=r"controls or inputs of .* are not finite"):
        lab(X)
    assert calls == []


def test_a_twin_that_gives_a_field_is_named():
    def field(controls, x):
        return torch.complex(twin(controls, x), twin(controls, x))

    lab = PhysicalModule(twin, field, START)
    with pytest.raises(AsytError, match=r"the twin of twin returned torch\.complex64"):
        lab(X)


def test_complex_controls_and_a_real_readout_train():
    def detected(controls, x):
        return twin(controls, x.to(controls.dtype)).abs().square()

    lab = PhysicalModule(detected, detected, torch.complex(START, 1 - START))
    lab(X).sum().backward()
    assert lab(X).dtype == torch.float32
    assert lab.controls[0].grad.abs().min() > 0


@pytest.mark.parametrize(
    "options",
    [
        {"mixing": (0.5,)},
        {"mixing": (0.2, 0.3, 0.5)},
        {"mixing": (float("nan"), 0.5)},
        {"mixing": (0.5, float("inf"))},
        {"mixing": (True, False)},
        {"mixing": ("0.5", "0.5")},
        {"mixing": "12"},
        {"mixing": 0.5},
        {"mixing": {0.2, 0.8}},
        {"method": None},
        {"method": 3},
        {"attempts": 2.5},
        {"pause_s": -1.0},
        {"deadline_s": 0.0},
        {"retry": KeyboardInterrupt},
        {"controls": {}},
        {"controls": [0.1, 0.2]},
        {"controls": "0.1"},
        {"controls": torch.ones(3, 4, dtype=torch.int64)},
        {"controls": torch.ones(3, 4) > 0},
        {"controls": START * float("nan")},
        {"controls": START.to_sparse()},
        {"controls": np.ones((3, 4), int)},
        {"controls": np.ones((3, 4), np.longdouble)},
        {"device": None},
        {"twin": "a model"},
    ],
    ids=str,
)
def test_an_option_that_cannot_work_is_refused_when_the_module_is_made(options):
    given = {"device": twin, "twin": twin, "controls": START, "method": "asyt", **options}
    with pytest.raises(AsytError):
        PhysicalModule(**given)


@pytest.mark.parametrize("dtype", ["<f4", ">f4", "f8", "c8"])
def test_controls_may_be_arrays_of_numpy(dtype):
    lab = PhysicalModule(twin, twin, {"w": START.numpy().astype(dtype)[::-1]})
    assert np.array_equal(lab.controls[0].detach().numpy(), START.numpy().astype(dtype)[::-1])


class Line(nn.Module):
    """A straight line with a constant of its own."""

    def __init__(self):
        super().__init__()
        self.slope = nn.Parameter(torch.tensor(2.0))

    def forward(self, controls, x):
        return self.slope * x @ controls


@pytest.mark.parametrize("method", METHODS)
def test_an_optimizer_trains_the_controls_and_no_constant_of_device_or_twin(method):
    device, model = Line(), Line()
    lab = PhysicalModule(device, model, torch.ones(3, 2), method)
    assert {name.partition(".")[0] for name, _ in lab.named_parameters()} <= {"controls", "digital"}
    assert not any("slope" in name for name in lab.state_dict())
    optimizer = torch.optim.SGD(lab.parameters(), lr=0.1)
    x = torch.ones(4, 3)
    loss = asyt(lab, x, torch.sum) if method == "asyt" else lab(x).sum()
    loss.backward()
    optimizer.step()
    assert (device.slope, model.slope) == (2.0, 2.0)
    assert not torch.equal(lab.controls[0], torch.ones(3, 2))


def test_a_twin_that_is_a_module_follows_precision_and_mode():
    model = Line()
    lab = PhysicalModule(Line(), model, torch.ones(3, 2)).double().eval()
    assert model.slope.dtype == torch.float64
    assert not model.training
    assert lab.train().twin.training
