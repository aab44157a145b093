"""Photonic devices, simulated or real, behind one contract: a device is a population of chips."""

from asyt.devices.circuit import CircuitDevice
from asyt.devices.contract import Accesses, Device, Transforming
from asyt.devices.distorted import DistortedDevice
from asyt.devices.distorted_network import DistortedNetwork
from asyt.devices.noise import Noise
from asyt.devices.opu import OpticalProcessingUnit
from asyt.devices.oscillators import OscillatorDevice
from asyt.devices.photonic import PhotonicDevice
from asyt.devices.shg import SHGDevice
from asyt.devices.single import SingleChips
from asyt.devices.unsteady import Drift, Perturbation, Quantisation, Unsteady

__all__ = [
    "Accesses",
    "CircuitDevice",
    "Device",
    "DistortedDevice",
    "DistortedNetwork",
    "Drift",
    "Noise",
    "OpticalProcessingUnit",
    "OscillatorDevice",
    "Perturbation",
    "PhotonicDevice",
    "Quantisation",
    "SHGDevice",
    "SingleChips",
    "Transforming",
    "Unsteady",
]
