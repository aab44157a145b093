"""Training photonic neural networks: methods, devices, digital twins, and verdicts on published numbers."""
