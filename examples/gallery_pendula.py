"""Coupled pendula, as in the public code of Wright et al. (2022), solved by SciPy outside torch.

    q_i'' = -w_i sin q_i + k_i (q_(i+1) - q_i) + k_(i-1) (q_(i-1) - q_i) - damping q_i'

The angles at which they are let go are the input, those some time later the read-out. Controls are
w, the squared frequencies, and k, the couplings on a ring. The twin is the data sheet, solved by
thirty steps of leapfrog in torch. Of the real pendula every constant is off.
"""

import numpy as np
import torch
from scipy.integrate import solve_ivp

from asyt import PhysicalModule, streams

N, TIME, DAMPING, GAIN = 6, 3.0, 0.2, 15.0  # pendula; seconds; 1 / s; scores of a radian
SPREAD = 0.2  # standard deviation of a constant (relative)


def acceleration(controls, q, v):
    """Of angles q (B, N) with velocities v; NumPy or torch."""
    w, k = controls
    right, left = q[:, [*range(1, N), 0]] - q, q[:, [N - 1, *range(N - 1)]] - q
    sine = torch.sin(q) if isinstance(q, torch.Tensor) else np.sin(q)
    return k * right + k[[N - 1, *range(N - 1)]] * left - w * sine - DAMPING * v


def pendula(chip, errors):
    """The callable (controls (2, N), x (B, 4)) -> scores from three angles (B, 3)."""
    gain = 1 + errors * SPREAD * streams.normal((2, N), "fabrication", chip).numpy()

    def read(controls, x):
        let_go = np.pad(2 * np.asarray(x, float) - 1, ((0, 0), (0, N - 4)), constant_values=1.0)
        start, real = np.stack([let_go, np.zeros_like(let_go)]), gain * np.asarray(controls)

        def motion(_, state):
            q, v = state.reshape(start.shape)
            return np.stack([v, acceleration(real, q, v)]).ravel()

        end = solve_ivp(motion, (0, TIME), start.ravel(), rtol=1e-4).y[:, -1]
        return GAIN * end.reshape(start.shape)[0, :, :3]

    return read


def twin(controls, x, steps=30):
    """The data sheet, by leapfrog: velocities are half a step ahead of angles."""
    q, h = torch.nn.functional.pad(2 * x - 1, (0, N - 4), value=1.0), TIME / steps
    v = h / 2 * acceleration(controls, q, torch.zeros_like(q))
    for _ in range(steps):
        q = q + h * v
        v = v + h * acceleration(controls, q, v)
    return GAIN * q[:, :3]


def network(method, chip, seed, errors=1.0):
    """Flowers (B, 4) in [0, 1] to scores (B, 3), on one set of pendula, from a start."""
    start = torch.tensor([[2.0], [1.0]]) + 0.3 * streams.normal((2, N), "initial", seed).float()
    return PhysicalModule(pendula(chip, errors), twin, start, method)
