"""Decoding of video files with PyAV: opening, frames in order, what is damaged, and RGB."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from selfbench.contracts import Image
from selfbench.errors import DataError
from selfbench.media.frames import pixels


@contextmanager
def opened(path: Path) -> Iterator[tuple[Any, Any]]:
    """Open a file and yield (container, video stream)."""
    import av

    av.logging.set_level(None)  # FFmpeg's own words on damaged files would garble the progress bar
    try:
        if not path.is_file():
            raise DataError(f"{path} is not a file; expected a video file.")
        container = av.open(f"file:{path}")  # `file:`, or a colon in the name would mean a protocol
    except av.error.FFmpegError as error:
        reason = error.strerror or "unknown format"
        raise DataError(
            f"{path} is not a video that can be read ({reason}); expected MP4, AVI, MKV or such."
        ) from error
    with container:
        stream = container.streams.best("video")
        if stream is None or stream.codec_context is None:
            what = "no video stream" if stream is None else "a codec that FFmpeg cannot decode"
            raise DataError(f"{path} holds {what}; expected a video, e.g. an MP4 file with H.264.")
        yield container, stream


def decode(path: Path, time: int | None = None) -> Generator[Any, None, None]:
    """Yield the frames in order, from the beginning or from the keyframe at `time` or before it.

    None stands for something damaged: a packet, or a frame that the decoder calls corrupt.
    """
    import av

    with opened(path) as (container, stream):
        # One thread: the frames of a damaged file then never differ between two passes.
        stream.codec_context.thread_count = 1
        try:
            if time is not None:
                container.seek(time, stream=stream)
        except av.error.FFmpegError:
            return
        packets = container.demux(stream)
        packet = object()
        while packet is not None:
            try:
                packet = next(packets, None)
            except av.error.FFmpegError:  # cut in the middle: what the decoder still holds is good
                packet = None
                yield None
            if packet is not None and packet.is_corrupt:
                yield None
                continue
            try:
                frames = stream.decode(packet)
            except av.error.FFmpegError:
                frames = [None] if packet is not None else []  # flushing twice is no damage
            yield from (None if frame is None or frame.is_corrupt else frame for frame in frames)


def _turns(frame: Any) -> int:
    """Quarter turns counter-clockwise that make a frame upright (older PyAV knows none)."""
    return round(getattr(frame, "rotation", 0) / 90) % 4


def size_of(frame: Any) -> tuple[int, int]:
    """Return (H, W) of a decoded frame, upright."""
    upright = (frame.height, frame.width)
    return upright[::-1] if _turns(frame) % 2 else upright


def to_rgb(frame: Any, size: tuple[int, int], path: Path) -> Image:
    """Return a decoded frame as RGB, upright.

    Raises:
        DataError: if it has not `size` (H, W).
    """
    image: Image = np.ascontiguousarray(np.rot90(frame.to_ndarray(format="rgb24"), _turns(frame)))
    if image.shape[:2] != size:
        raise DataError(
            f"{path} changes its frame size from {pixels(size)} to {pixels(image.shape)};"
            " all frames of a clip must have one size: cut the video there."
        )
    return image


def no_frames(path: Path) -> DataError:
    """Return the error for a video without a single good frame."""
    return DataError(
        f"{path} holds no frame that can be decoded; expected a video with at least one."
    )
