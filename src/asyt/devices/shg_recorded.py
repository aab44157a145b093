"""Second-harmonic generation learnt from recordings of a bench (Wright et al. 2022, Methods)."""

import math

import torch
from torch import Tensor

from asyt.devices.shg import SHGDevice, Spectrum
from asyt.devices.shg_optics import CHANNELS, HARMONIC, WIDTH, channels, nominal
from asyt.twins import neural


def data_sheet() -> tuple[Tensor, Tensor]:
    """The nominal bench as matrices A and M, Fourier transforms: its spectrum is |M (A u)^2|^2."""
    sheet = nominal(torch.float64)
    order = torch.arange(HARMONIC)
    angle = 2j * math.pi / HARMONIC * torch.outer(order, order)
    encode = torch.exp(-angle)[:, :CHANNELS] * sheet.amplitude
    mix = sheet.transfer.unsqueeze(-1) * torch.exp(angle) / HARMONIC
    return encode, mix


def record(device: SHGDevice, samples: int, seed: int) -> tuple[Tensor, Tensor, Tensor]:
    """Record one module of a bench, the only one of its device, at N random settings.

    Returns:
        Parameters and inputs (N, WIDTH), uniform in [-1, 1], and the readings (N, HARMONIC).
    """
    settings = neural.settings(samples, CHANNELS, seed)
    parameters, a = settings.split(WIDTH, -1)
    of_one_bench = device.spectrum(parameters.unsqueeze(0), a.unsqueeze(0))
    return parameters, a, of_one_bench[0]


def fitted(
    device: SHGDevice,
    seed: int,
    samples: int = 10_000,
    epochs: int = 20,
) -> Spectrum:
    """A neural twin of a bench, fitted to `record` from the data sheet on, in so many epochs.

    Differences are taken between square roots of readings, so that bright channels do not drown the
    others.
    """
    parameters, a, readings = record(device, samples, seed)
    u = channels(parameters, a)
    unit = readings.mean()
    network = neural.Quadratic(*data_sheet())
    with torch.no_grad():
        brightness = network(u).mean()
        network.mix.div_(brightness.sqrt())

    def root(reading: Tensor) -> Tensor:
        return (reading.clamp_min(0) + 0.01).sqrt()

    def spectrum(parameters: Tensor, a: Tensor) -> Tensor:
        return unit * network(channels(parameters, a))

    neural.fit(
        network,
        u,
        readings / unit,
        seed=seed,
        epochs=epochs,
        view=root,
    )
    return spectrum
