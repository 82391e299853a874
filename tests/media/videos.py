"""Videos that the tests of media write, and a plain way to read them."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest

av = pytest.importorskip("av")
NOISE = np.random.default_rng(0).integers(0, 256, (48, 64, 3), dtype=np.uint8)


def write(
    path: Path,
    codec: str = "mpeg4",
    options: Mapping[str, str] | None = None,
    frames: int = 24,
    container_options: Mapping[str, str] | None = None,
) -> Path:
    """Write a video of rolling noise."""
    if codec not in av.codecs_available:
        pytest.skip(f"this PyAV has no {codec}")
    with av.open(str(path), "w", options=dict(container_options or {})) as container:
        stream = container.add_stream(codec, rate=10, options=dict(options or {}))
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
        for i in range(frames):
            image = av.VideoFrame.from_ndarray(np.roll(NOISE, i, axis=1), format="rgb24")
            container.mux(stream.encode(image))
        container.mux(stream.encode())
    return path


def plain(path: Path) -> list[np.ndarray]:
    """Decode with PyAV alone."""
    with av.open(str(path)) as container:
        return [frame.to_ndarray(format="rgb24") for frame in container.decode(video=0)]
