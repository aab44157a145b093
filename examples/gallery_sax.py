"""A mesh of Mach-Zehnder interferometers as a SAX circuit: JAX, outside torch (pip install sax).

Five waveguides: four as bright as a flower's features, one always lit. Ten interferometers, each a
heater and a coupler, twice, mix them; three photodiodes read. The twin is the mesh as designed. On
the chip couplers do not split evenly, and every heater turns the phase by an offset of its own.
"""

import jax
import numpy as np
import sax
import torch

from asyt import PhysicalModule, streams

TOPS = np.repeat([0, 2, 1, 3, 0, 2, 1, 3, 0, 2], 2).tolist()  # upper waveguide of each coupler
OFFSET, SPLIT, GAIN = 0.6, 0.05, 10.0  # standard deviations: rad, of a split; of the diodes

parts, links, ends = {}, {}, {arm: f"in{arm}" for arm in range(5)}
for k, top in enumerate(TOPS):  # the netlist, part after part along each waveguide
    parts |= {f"heater{k}": "heater", f"coupler{k}": "coupler"}
    for arm, part, port in [(top, "heater", 0), (top, "coupler", 0), (top + 1, "coupler", 1)]:
        links[ends[arm]] = f"{part}{k},in{port}"
        ends[arm] = f"{part}{k},out{port}"
ports = {f"in{arm}": links.pop(f"in{arm}") for arm in ends}
ports |= {f"out{arm}": end for arm, end in ends.items()}
heater = lambda phase=0.0: sax.reciprocal({("in0", "out0"): jax.numpy.exp(1j * phase)})  # noqa: E731
models = {"heater": heater, "coupler": sax.models.coupler_ideal}
MESH, _ = sax.circuit({"instances": parts, "connections": links, "ports": ports}, models)


@jax.jit
def transfer(phases, couplings):
    """What the mesh does to amplitudes, (in, out)."""
    heaters = {f"heater{k}": {"phase": phase} for k, phase in enumerate(phases)}
    couplers = {f"coupler{k}": {"coupling": split} for k, split in enumerate(couplings)}
    return sax.sdense(MESH(**heaters, **couplers))[0][:5, 5:]


def twin(phases, x):
    """The mesh as designed, in torch: phases (20,) in radians, x (B, 4) -> light (B, 3)."""
    arms = [*x.unbind(1), torch.ones_like(x[:, 0])]
    for top, turn in zip(TOPS, torch.exp(1j * phases), strict=True):
        upper, lower = 0.5**0.5 * turn * arms[top], 0.5**0.5 * arms[top + 1]
        arms[top : top + 2] = upper + 1j * lower, lower + 1j * upper
    return GAIN * torch.stack(arms[:3], 1).abs().square()


def network(method, chip, seed, errors=1.0):
    """Flowers (B, 4) in [0, 1] to scores (B, 3), on a chip, from a start."""
    offset, split = errors * streams.normal((2, len(TOPS)), "fabrication", chip).numpy()

    def device(phases, x):
        lit = np.pad(np.asarray(x), ((0, 0), (0, 1)), constant_values=1.0)
        mixed = lit @ transfer(np.asarray(phases) + OFFSET * offset, 0.5 + SPLIT * split)
        return GAIN * np.abs(np.asarray(mixed)[:, :3]) ** 2

    phases = 3 * streams.normal((len(TOPS),), "initial", seed).float()
    return PhysicalModule(device, twin, phases, method)
