"""Binary masks packed eight pixels to a byte, so that comparing two masks costs microseconds."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class BitMask:
    """A binary mask (H, W), one bit per pixel, each row padded with zeros to whole bytes."""

    rows: NDArray[np.uint8]  # (H, ceil(W / 8)), most significant bit first
    shape: tuple[int, int]  # (H, W)

    @classmethod
    def pack(cls, mask: NDArray[np.generic]) -> BitMask:
        """Pack a mask (H, W) of any dtype; what is not zero is foreground."""
        if mask.ndim != 2:
            raise ValueError(f"a mask has two dimensions, got shape {mask.shape}")
        return cls(np.packbits(np.asarray(mask, dtype=np.bool_), axis=1), mask.shape)

    def unpack(self) -> NDArray[np.bool_]:
        """Return the mask as booleans (H, W)."""
        return np.unpackbits(self.rows, axis=1, count=self.shape[1]).astype(bool)

    @property
    def area(self) -> int:
        """Number of foreground pixels."""
        return int(np.bitwise_count(self.rows).sum())
