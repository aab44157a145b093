"""The library on a GPU: the same chips, starts and batches as on a CPU, and numbers that repeat.

`make gpu-check` runs these first. Nothing here is tried without a GPU.
"""

from dataclasses import replace

import pytest
import torch

from asyt import experiments
from asyt.bench import contenders
from asyt.checkpoints import Checkpoint
from asyt.devices import DistortedDevice, Noise, Perturbation, Unsteady
from asyt.experiments.base import Execution
from asyt.methods import method
from asyt.physical import PhysicalModule
from asyt.training import Branch, Data, Schedule, Trainer
from asyt.twins import Perceptron, tensors

pytestmark = pytest.mark.skipif(not torch.cuda.is_available(), reason="this machine has no GPU")
TWIN = Perceptron((20, 16, 16, 4), clip=1.0)
#: Those that draw nothing for themselves while they train.
METHODS = ("asyt", "pseudo-ip-bp", "pat", "pat-readout", "hybrid", "fa", "dfa", "dat")
#: Experiments whose smoke runs are tried, at most eight of each.
RUNS = ("mnist", "authors", "robustness-schedule", "structure-readings", "distortion-readings")


def trainer(compute, name="asyt", noise=None, epochs=4, precision="float32", dtype=torch.float32):
    """A digital model and three chips on a small task."""
    generator = torch.Generator().manual_seed(0)
    x = torch.rand(240, 20, generator=generator).to(dtype)
    y = torch.eye(4, dtype=dtype)[(x[:, :4]).argmax(-1)]
    chips = DistortedDevice(
        TWIN, 3, 0, distortion=0.3, noise=noise, encapsulated=False, dtype=dtype, compute=compute
    )
    moved = Data(*(tensor.to(compute) for tensor in (x[:200], y[:200], x[200:], y[200:])))
    return Trainer(
        TWIN,
        [layer.to(compute) for layer in TWIN.initial(0, 0.3, 0.1, dtype)],
        moved,
        Schedule(epochs, 20, 1e-2, seed=1, precision=precision),
        branches={"chips": Branch(method(name), chips)},
    )


def controls(found):
    return [tensor.cpu() for tensor in tensors(found.branches["chips"].controls)]


@pytest.mark.parametrize("name", METHODS)
def test_without_noise_a_gpu_trains_as_a_cpu(name):
    """In float64: in float32 a ReLU at its kink may fall on either side."""
    ours, theirs = (trainer(where, name, dtype=torch.float64) for where in ("cuda", "cpu"))
    for found in (ours, theirs):
        found.fit()
    assert all(tensor.is_cuda for tensor in tensors(ours.branches["chips"].controls))
    assert controls(ours)[0].dtype == torch.float64
    torch.testing.assert_close(controls(ours), controls(theirs), rtol=1e-9, atol=1e-10)


@pytest.mark.parametrize("noise", [Noise(10.0), Noise(10.0, common=True)])
def test_noise_repeats_and_a_resumed_run_ends_alike(noise, tmp_path):
    whole, again = trainer("cuda", noise=noise), trainer("cuda", noise=noise)
    whole.fit()
    again.fit()
    kept = Checkpoint(tmp_path / "unfinished.pt")
    trainer("cuda", noise=noise, epochs=2).fit(checkpoint=kept, every=1)
    rest = trainer("cuda", noise=noise)
    rest.fit(checkpoint=kept)
    for one, other, third in zip(*map(controls, (whole, again, rest)), strict=True):
        assert torch.equal(one, other)
        assert torch.equal(one, third)


@pytest.mark.parametrize("name", ["spsa", "forward-only"])
def test_methods_that_search_repeat(name):
    one, other = trainer("cuda", name), trainer("cuda", name)
    one.fit()
    other.fit()
    assert all(map(torch.equal, controls(one), controls(other)))


def test_events_are_those_of_a_cpu():
    def felt(compute):
        chips = DistortedDevice(TWIN, 2, 0, distortion=0.3, compute=compute)
        device = Unsteady(chips, Perturbation(1, (0.5, 1.0)), seed=3)
        device.at(0, 2, 0)
        weights = [layer.to(compute) for layer in TWIN.initial(0, 0.3, 0.1)]
        return device(weights, torch.ones(5, 20, device=compute)).cpu()

    torch.testing.assert_close(felt("cuda"), felt("cpu"), rtol=1e-4, atol=1e-5)


def test_bf16_rounds_products_there_too():
    rounded, exact, start = trainer("cuda", precision="bf16"), trainer("cuda"), trainer("cuda")
    rounded.fit()
    exact.fit()
    for one, other, first in zip(*map(controls, (rounded, exact, start)), strict=True):
        assert one.dtype == torch.float32
        assert not torch.equal(one, other)
        assert (one - other).norm() < 0.2 * (other - first).norm()


def test_a_step_is_one_graph_and_does_the_same():
    step = contenders.fleet("asyt", 2, None, compute="cuda")
    plain = [tensor.clone() for tensor in step()]
    replayed = contenders.captured(contenders.fleet("asyt", 2, None, compute="cuda"))()
    assert all(tensor.isfinite().all() for tensor in replayed)
    assert [tensor.shape for tensor in replayed] == [tensor.shape for tensor in plain]


def test_a_physical_module_lives_where_its_inputs_do():
    def device(weights, x):
        return 0.9 * x @ weights[0].T

    module = PhysicalModule(device, lambda w, x: x @ w[0].T, [torch.rand(3, 4)]).cuda()
    x = torch.rand(5, 4, device="cuda", requires_grad=True)
    module(x).sum().backward()
    assert x.grad.is_cuda
    assert next(module.parameters()).grad.is_cuda


@pytest.mark.parametrize("name", RUNS)
def test_smoke_runs_of_experiments_agree_with_a_cpu(name):
    experiment = experiments.registry()[name]
    for job in experiment.jobs("smoke")[:8]:
        short = replace(job, epochs=1)
        on = {where: experiment.run(short, Execution(where)) for where in ("cuda", "cpu")}
        columns = ["epoch", "method", "fleet", "chip"]
        assert on["cuda"][columns].equals(on["cpu"][columns])
        assert (on["cuda"].accuracy - on["cpu"].accuracy).abs().median() < 0.02
