"""Photonic devices, simulated or real, behind one contract: a device is a population of chips."""

from asyt.devices.contract import Accesses, Device
from asyt.devices.distorted import DistortedDevice
from asyt.devices.noise import Noise

__all__ = ["Accesses", "Device", "DistortedDevice", "Noise"]
