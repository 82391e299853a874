"""CIS: a mask generator against a flow inpainter (Yang, Loquercio et al., CVPR 2019)."""

from selfbench.methods.cis.method import CIS

__all__ = ["CIS"]
