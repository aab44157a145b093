"""An optical processing unit: SLM, scattering medium, camera and holography."""

from asyt.devices.opu.camera import Camera
from asyt.devices.opu.unit import OpticalProcessingUnit

__all__ = ["Camera", "OpticalProcessingUnit"]
