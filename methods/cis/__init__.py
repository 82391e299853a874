"""CIS: a mask generator against a flow inpainter (Yang et al. 2019)."""

from selfbench.methods.cis.method import CIS

__all__ = ["CIS"]
