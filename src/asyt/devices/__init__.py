"""Photonic devices, simulated or real, behind one contract: a device is a population of chips."""

from asyt.devices.contract import Accesses, Device
from asyt.devices.distorted import DistortedDevice
from asyt.devices.noise import Noise
from asyt.devices.photonic import PhotonicDevice
from asyt.devices.shg import SHGDevice

__all__ = ["Accesses", "Device", "DistortedDevice", "Noise", "PhotonicDevice", "SHGDevice"]
