"""PhysicalModule: gradients against hand formulas, and devices as laboratories have them."""

import importlib.util
import json
import socketserver
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn

import asyt
from asyt.devices import DistortedDevice
from asyt.errors import AsytError, DeviceFailedError, UnknownNameError
from asyt.methods import METHODS
from asyt.methods.gradient import DigitalStep
from asyt.physical import PhysicalModule
from asyt.physical import asyt as two_passes
from asyt.testing import check_device
from asyt.twins import Layer, Perceptron

EXAMPLE = Path(__file__).resolve().parents[1] / "examples" / "instrument.py"
spec = importlib.util.spec_from_file_location("instrument", EXAMPLE)
instrument = importlib.util.module_from_spec(spec)
spec.loader.exec_module(instrument)


def matrix(*shape, seed=0):
    return torch.randn(*shape, dtype=torch.float64, generator=torch.Generator().manual_seed(seed))


def affine(gain, shift):
    return lambda controls, x: x @ (gain * controls).mT + shift


GAINS = [matrix(5, 4, seed=1), matrix(3, 5, seed=2)]
DEVICES = [affine(gain, float(i + 1)) for i, gain in enumerate(GAINS)]
TWIN = affine(1.0, 0.0)
START = [matrix(5, 4, seed=3), matrix(3, 5, seed=4)]
X, TARGET = matrix(7, 4, seed=5), matrix(7, 3, seed=6)


def network(method, **options):
    return nn.Sequential(
        *(
            PhysicalModule(d, TWIN, c, method, **options)
            for d, c in zip(DEVICES, START, strict=True)
        )
    )


def loss(y):
    return 0.5 * (y - TARGET).square().sum()


def gradients(net):
    return [module.controls[0].grad for module in net]


def test_pat_equals_the_hand_formula_on_affine_devices():
    net = network("pat")
    loss(net(X)).backward()
    hidden = X @ (GAINS[0] * START[0]).mT + 1.0  # measured
    error = hidden @ (GAINS[1] * START[1]).mT + 2.0 - TARGET
    hand = [
        (error @ START[1]).mT @ X,
        error.mT @ hidden,
    ]  # back through the twin, at the measured inputs
    for found, wanted in zip(gradients(net), hand, strict=True):
        assert (found - wanted).abs().max() < 1e-8 * wanted.abs().max()


def test_asyt_equals_the_hand_formula_and_never_uses_what_was_measured_inside():
    net = network("asyt", mixing=(0.3, 0.7))
    two_passes(net, X, loss).backward()
    hidden = X @ START[0].mT  # of the digital model
    digital = hidden @ START[1].mT - TARGET
    device = (X @ (GAINS[0] * START[0]).mT + 1.0) @ (GAINS[1] * START[1]).mT + 2.0 - TARGET
    mixed = 0.3 * digital + 0.7 * device
    for module, error, grad in ((net[1], digital, "digital"), (net[1], mixed, "controls")):
        assert torch.allclose(getattr(module, grad)[0].grad, error.mT @ hidden, rtol=1e-10)
    assert torch.allclose(net[0].controls[0].grad, (mixed @ START[1]).mT @ X, rtol=1e-10)
    assert torch.allclose(net[0].digital[0].grad, (digital @ START[1]).mT @ X, rtol=1e-10)


def test_a_module_used_twice_goes_back_at_the_inputs_of_each_use():
    start, squared = matrix(4, 4, seed=3), lambda controls, x: (x @ controls.mT).square()
    module = PhysicalModule(
        squared, squared, start, "asyt"
    )  # a device that is its twin: AsyT is the gradient
    twice = nn.Sequential(module, module)
    criterion = lambda y: y.square().sum()  # noqa: E731
    two_passes(twice, X, criterion).backward()
    exact = start.clone().requires_grad_()
    criterion(squared(exact, squared(exact, X))).backward()
    torch.testing.assert_close(module.controls[0].grad, exact.grad)


def test_asyt_of_a_closed_network_is_the_gradient_method_of_the_library():
    twin = Perceptron((4, 5, 3), activation="tanh")
    start, target = (
        twin.initial(0, 0.5, 0.5, torch.float64),
        torch.eye(3, dtype=torch.float64)[[0, 1, 2, 0, 1, 2, 0]],
    )
    chips = DistortedDevice(twin, 1, 0, distortion=0.6, dtype=torch.float64)
    stacked = [Layer(w.unsqueeze(0), b.unsqueeze(0)) for w, b in start]
    states = twin.forward(start, X)
    step = DigitalStep(start, states, twin.error(states[-1], target))
    wanted = METHODS["asyt"].gradient(twin, step, chips, stacked, X, target)
    module = PhysicalModule(
        lambda c, x: chips(c, x)[0], lambda c, x: twin.forward(c, x[None])[-1][0], stacked, "asyt"
    )
    two_passes(module, X, lambda y: twin.loss_value(y, target).sum()).backward()
    leaves = [t for layer in wanted for t in layer]
    for parameter, grad in zip(module.controls, leaves, strict=True):
        assert torch.allclose(parameter.grad, grad, rtol=1e-10, atol=1e-12)


def test_in_silico_trains_on_the_twin_and_evaluates_on_the_device():
    net = network("insilico-bp")
    assert torch.equal(net(X), TWIN(START[1], TWIN(START[0], X)))
    assert torch.equal(net.eval()(X), DEVICES[1](START[1], DEVICES[0](START[0], X)))


@pytest.mark.parametrize("method", ["pat", "asyt", "insilico-bp"])
def test_it_trains_among_conventional_layers_with_any_optimizer(method):
    torch.manual_seed(0)
    lab = PhysicalModule(
        lambda c, x: np.tanh(np.asarray(x) @ (1.2 * np.asarray(c["w"])).T),  # NumPy, no bias
        lambda c, x: torch.tanh(x @ c["w"].mT),
        {"w": 0.1 * START[0].float(), "b": None},
        method,
    )
    net = nn.Sequential(nn.Linear(4, 4), lab, nn.Linear(5, 3))
    optimizer, target = torch.optim.RMSprop(net.parameters(), lr=0.01), torch.arange(7) % 3
    history = []
    for _ in range(60):
        optimizer.zero_grad()
        if method == "asyt":
            value = two_passes(net, X.float(), lambda y: nn.functional.cross_entropy(y, target))
        else:
            value = nn.functional.cross_entropy(net(X.float()), target)
        value.backward()
        optimizer.step()
        history.append(float(value.detach()))
    assert history[-1] < 0.5 * history[0]


def test_state_dict_brings_controls_and_digital_model_back():
    net, other = network("asyt"), network("asyt")
    for parameter in net.parameters():
        parameter.data.add_(1.0)
    other.load_state_dict(net.state_dict())
    assert torch.equal(other.eval()(X), net.eval()(X))
    assert torch.equal(other[0].digital[0], START[0] + 1.0)


def flaky(failures):
    calls = []

    def device(_, x):
        calls.append(1)
        if len(calls) <= failures:
            raise TimeoutError("no answer in 10 s.")
        return x

    return device


def test_a_device_that_fails_now_and_then_is_asked_again():
    start = matrix(4, 4)  # as many outputs as inputs, as the device has
    assert torch.equal(PhysicalModule(flaky(2), TWIN, start, attempts=3)(X), X)
    with pytest.raises(
        DeviceFailedError, match=r"2 of 2 attempts, last with TimeoutError: no answer in 10 s"
    ):
        PhysicalModule(flaky(2), TWIN, start, attempts=2)(X)
    with pytest.raises(DeviceFailedError, match=r"28 of 28 read-outs are not finite"):
        PhysicalModule(lambda _, x: x / 0, TWIN, start)(X)


def test_a_bug_in_the_device_is_not_retried():
    def broken(*_):
        raise ValueError("a bug")

    with pytest.raises(ValueError, match="a bug"):
        PhysicalModule(broken, TWIN, START[0], attempts=9)(X)


def test_what_cannot_work_is_refused():
    with pytest.raises(UnknownNameError, match="did you mean 'asyt'"):
        PhysicalModule(TWIN, TWIN, START[0], "asit")
    with pytest.raises(AsytError, match="two passes"):
        network("asyt")(X)
    with pytest.raises(AsytError, match="method 'asyt'"):
        two_passes(network("pat"), X, loss)
    with pytest.raises(AsytError, match="no tensor"):
        PhysicalModule(TWIN, TWIN, None)
    with pytest.raises(AsytError, match="at least once"):
        PhysicalModule(TWIN, TWIN, START[0], attempts=0)


@pytest.fixture
def lab():
    process, port = instrument.start(seed=1, drops=3)
    yield port
    process.terminate()
    process.wait()
    process.stdout.close()


def test_an_instrument_in_another_process_is_a_layer_although_its_line_drops(lab):
    module = PhysicalModule(
        instrument.Instrument(lab), instrument.twin, 0.1 * START[0][:3], attempts=2
    )
    for _ in range(4):
        module(X).square().sum().backward()
    assert module.controls[0].grad.abs().min() > 0
    assert not torch.allclose(module(X), instrument.twin(module.controls[0], X), atol=0.01)


class Garbled(socketserver.StreamRequestHandler):
    """Sends what the instrument would, but on every other call something else."""

    def handle(self):
        request = json.loads(self.rfile.readline())
        right = np.tanh(np.array(request["x"]) @ np.array(request["controls"]).T)
        self.server.calls += 1
        wrong = self.server.calls % 2
        self.wfile.write(self.server.garble(right) if wrong else line_of(right))


def line_of(reading):
    return json.dumps(reading.tolist()).encode() + b"\n"


@pytest.mark.parametrize(
    "garble",
    [
        lambda y: line_of(y)[:40],
        lambda _: b"ERR 42\n",
        lambda y: b"\xff" + line_of(y),
        lambda y: line_of(y[:1]),
        lambda y: line_of(y.T),
        lambda y: b"[" + line_of(y)[:-1] + b"]\n",
        lambda y: line_of(y * np.nan),
        lambda _: b'"off"\n',
        lambda _: b"null\n",
        lambda _: b"",
    ],
)
def test_a_garbled_answer_is_asked_for_again(garble):
    with socketserver.TCPServer(("127.0.0.1", 0), Garbled) as server:
        server.calls, server.garble = 0, garble
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        device = instrument.Instrument(server.server_address[1])
        module = PhysicalModule(device, instrument.twin, START[0][:3], attempts=2).eval()
        assert torch.allclose(module(X), instrument.twin(START[0][:3], X))
        assert len(module.failures) == 1
        server.shutdown()


def test_the_example_outside_the_package_keeps_the_contract():
    process, port = instrument.start()
    try:
        assert "hears_weights" in check_device(lambda: instrument.Lab(port), bias=False)
    finally:
        process.terminate()
        process.wait()
        process.stdout.close()


def test_importing_the_package_stays_light():
    code = (
        "import sys, asyt; assert 'torch' not in sys.modules; asyt.PhysicalModule; "
        "print('torch' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "True"
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = asyt.nothing


@pytest.mark.parametrize("shape", [(3, 4), (2, 3, 4), (1, 4, 3)])
def test_the_instrument_refuses_controls_that_are_not_one_chip_s(shape):
    lab = instrument.Lab(port=0)
    with pytest.raises(AsytError, match=r"a population of one chip, give \(1, 3, 4\)"):
        lab([Layer(torch.zeros(shape), None)], torch.zeros(5, 4))
