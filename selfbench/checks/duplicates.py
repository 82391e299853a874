"""Which images are the same, or nearly: exact digests and difference hashes of 128 bits."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from hashlib import blake2b
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from selfbench.contracts import Image

NEAR = 4  # ours: bits of 128 that may differ; another quality or size of JPEG changes fewer
_SIDE = 8  # cells of the hash
_BLOCK = 1 << 22  # pairs compared at once: 64 MB


class Fingerprints(NamedTuple):
    """Two digests of one image."""

    exact: bytes  # of all pixels
    near: tuple[int, int]  # 64 bits each: is a cell brighter than the one right of it, below it?


def fingerprint(image: Image) -> Fingerprints:
    """Return the digests of an image (H, W, 3)."""
    import cv2

    exact = blake2b(np.ascontiguousarray(image).tobytes(), digest_size=16).digest()
    size = (_SIDE + 1, _SIDE + 1)
    small = np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA)).astype(np.int32)
    grey = small.sum(axis=2)  # (9, 9)
    right = grey[:-1, :-1] > grey[:-1, 1:]
    below = grey[:-1, :-1] > grey[1:, :-1]
    return Fingerprints(exact, (_word(right), _word(below)))


def near_pairs(
    first: Sequence[Fingerprints], second: Sequence[Fingerprints]
) -> Iterator[tuple[int, int, bool]]:
    """Yield, for each of `second` that is in `first`, (place in first, place in second, exactly?).

    An exact copy comes before a near one, else the first that is near. Images without any contrast
    have no near copies: all of them look the same.
    """
    exact = {prints.exact: place for place, prints in reversed(list(enumerate(first)))}
    first_hashes = np.array([p.near for p in first], np.uint64).reshape(-1, 2)  # (N, 2)
    rows = max(1, _BLOCK // max(1, len(first_hashes)))
    for start in range(0, len(second), rows):
        block = second[start : start + rows]
        second_hashes = np.array([prints.near for prints in block], np.uint64)  # (M, 2)
        # (M, N): how many bits differ
        differences = second_hashes[:, None] ^ first_hashes[None]
        bits = np.bitwise_count(differences).sum(axis=2, dtype=np.int64)
        for place, prints in enumerate(block):
            if prints.exact in exact:
                yield exact[prints.exact], start + place, True
            elif any(prints.near) and len(first_hashes) and bits[place].min() <= NEAR:
                yield int(bits[place].argmin()), start + place, False


def _word(bits: NDArray[np.bool_]) -> int:
    return int.from_bytes(np.packbits(bits).tobytes(), "big")
