"""The optical processing unit: SLM, scattering medium, camera and holography in one light path."""

import math
from typing import Any

import numpy as np
import torch
from torch import Tensor

from asyt import streams
from asyt.devices.opu import medium
from asyt.devices.opu.camera import Camera
from asyt.devices.opu.holography import HOLOGRAPHY, Holography
from asyt.errors import AsytError, lookup

FRAME_RATE = 1500.0
"""Camera frames a second: "the optical system runs at 1.5 kHz" (Light-in-the-loop, III)."""
LARGEST = 2**28
"""Complex numbers a call may hold for its frames."""
PATTERNS = {"amplitude": 2, "phase": 1}
"""Modulator -> patterns it must show for a vector with signs."""


class OpticalProcessingUnit:
    """Random projections Re(T e) by light (Light-in-the-loop, II.B). T is never stored.

    Args:
        inputs, outputs: width of the vectors (SLM pixels), and of a projection (speckle grains).
        seed: of the medium (stream `fabrication`) and of the noise.
        holography: off-axis, phase-shifting (4 frames), phase-shifting-3, or ideal (reads the
            field, no camera).
        ternary: accept only -1, 0 and 1; else a vector is scaled to its peak.
        slm: "amplitude" shows positive and negative entries one after the other (twice the
            exposures); "phase" shows signs at once.
        slm_bits: of the magnitude of general vectors.
        show_dark: expose patterns without a lit pixel too, whose field is known to be zero.
        full_norm: norm of the pattern at which the speckle has mean intensity one; default
            sqrt(inputs).

    Raises:
        AsytError: a size below one.
        UnknownNameError: a holography or SLM that does not exist.

    Attributes:
        saturated: fraction of pixels above full scale, over all exposures so far.
        exposures: camera frames taken so far.

    Example:
        >>> import torch
        >>> from asyt.devices import OpticalProcessingUnit
        >>> unit = OpticalProcessingUnit(inputs=10, outputs=100, seed=0)
        >>> unit.project(torch.eye(10)[:3]).shape, unit.frames
        (torch.Size([3, 100]), 2)
    """

    kind = "optical-unit"
    cites = ("launay2020",)

    def __init__(
        self,
        inputs: int,
        outputs: int,
        seed: int,
        holography: str = "off-axis",
        ternary: bool = True,
        slm: str = "amplitude",
        slm_bits: int = 8,
        camera: Camera | None = None,
        show_dark: bool = False,
        full_norm: float | None = None,
        dtype: torch.dtype = torch.float32,
    ):
        if inputs < 1 or outputs < 1:
            raise AsytError(f"{outputs} outputs of {inputs} inputs: both must be at least 1.")
        self.scheme = HOLOGRAPHY[lookup(holography, HOLOGRAPHY, "holography")]
        self.patterns = PATTERNS[lookup(slm, PATTERNS, "SLM")]
        self.inputs = inputs
        self.outputs = outputs
        self.seed = seed
        self.dtype = dtype
        self.ternary = ternary
        self.slm_bits = slm_bits
        self.show_dark = show_dark
        self.sensor = camera or Camera()
        norm = math.sqrt(inputs) if full_norm is None else full_norm
        self.scale = 1 / (math.sqrt(2) * norm)
        self.random = streams.torch_generator("cpu", "noise", seed)
        self.saturated = 0.0
        self.exposures = 0

    @property
    def frames(self) -> int:
        """Exposures a projection: those of the holography, for each pattern the SLM must show."""
        if self.scheme is None:
            return 0
        return self.patterns * self.scheme.frames

    @property
    def rate(self) -> float:
        """Projections a second at `FRAME_RATE`."""
        return FRAME_RATE / self.frames if self.frames else math.inf

    @property
    def pixels(self) -> int:
        """Camera pixels a projection."""
        if self.scheme is None:
            return 0
        return self.scheme.pixels * self.outputs

    def state(self) -> dict[str, Any]:
        """What has changed since the unit was built, for a checkpoint: its noise and counters."""
        return {
            "random": self.random.get_state(),
            "saturated": self.saturated,
            "exposures": self.exposures,
        }

    def load_state(self, state: dict[str, Any]) -> None:
        """Continue from `state`: the same noise follows."""
        self.random.set_state(state["random"])
        self.saturated = state["saturated"]
        self.exposures = state["exposures"]

    def matrix(self) -> Tensor:
        """Re T (outputs, inputs) of a small unit, to compare with; made anew at each call."""
        vectors = np.eye(self.inputs, dtype=np.float32)
        self._check(torch.from_numpy(vectors))
        made = medium.product(vectors, self.seed, range(self.outputs), 0)
        matrix = torch.from_numpy(made.T.copy())
        return matrix.to(self.dtype)

    def field(self, e: Tensor) -> Tensor:
        """The noiseless complex field T e, (B, inputs) to (B, outputs)."""
        # repeated vectors are propagated once
        unique, which = e.unique(dim=0, return_inverse=True)
        precision = torch.float64 if self.dtype == torch.float64 else torch.float32
        vectors = unique.to(precision).numpy()
        parts = []
        for part in (0, 1):
            product = medium.product(vectors, self.seed, range(self.outputs), part)
            parts.append(torch.from_numpy(product))
        real, imaginary = parts
        return torch.complex(real, imaginary)[which]

    def camera(self, e: Tensor) -> Tensor:
        """The raw frames of a projection, in units of mean speckle intensity at full signal.

        Returns:
            (B, patterns, frames, camera pixels): patterns are [positive, negative] for an
            amplitude-only SLM. Frames that were not taken (see `show_dark`) are zero.

        Raises:
            AsytError: an ideal unit, which has no camera; and as `project`.
        """
        if self.scheme is None:
            raise AsytError(
                "an ideal unit has no camera: choose holography 'off-axis' or 'phase-shifting'."
            )
        patterns, _ = self._encode(self._check(e))
        lit, taken = self._expose(patterns, self.scheme)
        batch = len(e)
        frames = taken.new_zeros((batch * self.patterns, *taken.shape[1:]))
        frames[lit] = taken
        return frames.unflatten(0, (batch, self.patterns))

    def project(self, e: Tensor) -> Tensor:
        """Re(T e) as measured, (B, inputs) to (B, outputs).

        The variance of an output is the squared norm of e, plus the noise.

        Raises:
            AsytError: the wrong width, an empty batch, numbers that are not finite or not ternary,
                or a request too large for memory.
        """
        e = self._check(e)
        if self.scheme is None:
            real = self.field(e).real
            return real.to(self.dtype)
        patterns, peak = self._encode(e)
        lit, frames = self._expose(patterns, self.scheme)
        # Demodulation is linear: the signs of the patterns may be put in before it.
        signs = 1 - 2 * (lit % self.patterns)
        signed = frames * signs.to(frames)[:, None, None]
        total = frames.new_zeros((len(e), *frames.shape[1:]))
        total.index_add_(0, lit // self.patterns, signed)
        return self.scheme.demodulate(total).real * (peak / self.scale)

    def noise(self) -> float:
        """Standard deviation of an entry from white pixel noise, full signal, largest entry one."""
        if self.scheme is None:
            return 0.0
        intensity = 1 / self.patterns + self.scheme.reference**2
        of_field = self.scheme.noise(self.sensor.variance(intensity))
        return of_field * math.sqrt(self.patterns) / self.scale

    def _check(self, e: Tensor) -> Tensor:
        if e.ndim != 2 or e.shape[1] != self.inputs or len(e) == 0:
            raise AsytError(
                f"vectors of shape {tuple(e.shape)}: give (batch, {self.inputs}), batch at least 1."
            )
        wrong = int((~torch.isfinite(e)).sum())
        if wrong:
            raise AsytError(f"{wrong} entries are not finite: an SLM cannot show them.")
        if self.ternary and not ((e == 0) | (e.abs() == 1)).all():
            raise AsytError(
                "entries other than -1, 0, 1 on a ternary unit: quantise, or use ternary=False."
            )
        need = len(e) * max(self.outputs, self.pixels * self.frames)
        if need > LARGEST:
            gib = need * 8 / 2**30
            at_most = max(1, LARGEST * len(e) // need)
            raise AsytError(
                f"{len(e)} projections of {self.outputs} outputs need {gib:.1f} GiB of frames: "
                f"project at most {at_most} at a time, or use asyt.devices.opu.large."
            )
        return e.to(self.dtype)

    def _encode(self, e: Tensor) -> tuple[Tensor, Tensor]:
        """What the SLM shows, (B, patterns, inputs) in [-1, 1], and the factor (B, 1) taken out."""
        peak = torch.ones_like(e[:, :1])
        if not self.ternary:
            largest = e.abs().amax(1, keepdim=True)
            peak = torch.where(largest > 0, largest, peak)
            levels = 2**self.slm_bits - 1
            e = (e / peak * levels).round() / levels
        if self.patterns == 1:
            return e.unsqueeze(1), peak
        positive = e.clamp_min(0)
        negative = (-e).clamp_min(0)
        return torch.stack([positive, negative], 1), peak

    def _expose(self, patterns: Tensor, scheme: Holography) -> tuple[Tensor, Tensor]:
        """Indices of the flattened patterns shown, and (shown, frames, camera pixels)."""
        flat = patterns.flatten(0, 1)
        lit = torch.arange(len(flat))
        if not self.show_dark:
            lit = flat.any(1).nonzero().flatten()
        if not len(lit):
            return lit, torch.zeros(0, scheme.frames, self.pixels, dtype=self.dtype)
        # Equal patterns share light, not noise.
        unique, which = flat[lit].unique(dim=0, return_inverse=True)
        light = scheme.intensities(self.scale * self.field(unique))[which]
        frames, share = self.sensor.expose(light, self.random)
        exposures = len(lit) * scheme.frames
        saturated = self.saturated * self.exposures + share * exposures
        self.exposures += exposures
        self.saturated = saturated / self.exposures
        return lit, frames
