"""Training photonic neural networks: methods, devices, digital twins, and verdicts on published numbers."""

from asyt.citing import cite

__all__ = ["cite"]
