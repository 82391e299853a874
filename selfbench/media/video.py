"""Frames of a video file, decoded with PyAV: one after another cheaply, any one exactly."""

from __future__ import annotations

import os
import threading
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from selfbench.contracts import Image
from selfbench.errors import DataError
from selfbench.media.decoding import decode, no_frames, opened, size_of, to_rgb

VIDEO_SUFFIXES = frozenset(
    {".3gp", ".avi", ".flv", ".gif", ".m2ts", ".m4v", ".mkv", ".mov", ".mp4", ".mpeg", ".mpg"}
    | {".mts", ".ogv", ".ts", ".webm", ".wmv"}
)
_RECENT = 4  # frames a cursor keeps: methods ask for t and t + 1, then for t + 1 and t + 2
_CURSORS = 4  # decoders kept open at a time, over all videos of a process


class VideoFrames:
    """Frames of one video file; implements `contracts.Frames`.

    Frames are upright (the file's rotation is applied), RGB, and named 00000, 00001, ... The first
    question about their number decodes the whole file once (some 600 frames a second at 720p),
    because containers may lie. A damaged video has the frames that do decode: what is cut short or
    called corrupt gives no frame, what the decoder patches up is given as players show it. Frames
    from a damaged place on are only reached in order. Pixels are taken as square.
    """

    def __init__(self, path: Path) -> None:
        self._path = Path(path)

    @cached_property
    def _index(self) -> _Index:
        return _scan(self._path)

    @cached_property
    def names(self) -> Sequence[str]:
        """00000, 00001, ..."""
        return tuple(f"{index:05d}" for index in range(len(self)))

    @property
    def size(self) -> tuple[int, int]:
        """(H, W), upright."""
        return self._index.size

    @cached_property
    def fps(self) -> float | None:
        """Frames per second, None where the file does not say.

        Raises:
            DataError: if the file is no video.
        """
        with opened(self._path) as (_, stream):
            rate = stream.average_rate or stream.guessed_rate
            return float(rate) if rate else None

    def __len__(self) -> int:
        return self._index.count

    def __getitem__(self, index: int, /) -> Image:
        """Return one frame. Going forward is cheap; a jump decodes from the keyframe before."""
        number = range(len(self))[index]  # negative ones count from the end; IndexError outside
        return _cursor(self).frame(number)

    def __iter__(self) -> Iterator[Image]:
        size = None
        for frame in decode(self._path):
            if frame is not None:
                size = size or size_of(frame)
                yield to_rgb(frame, size, self._path)
        if size is None:
            raise no_frames(self._path)


@dataclass(frozen=True)
class _Index:
    count: int
    size: tuple[int, int]
    keyframes: NDArray[np.int64]  # (K,) positions at which decoding can start, ascending
    times: NDArray[np.int64] | None  # (N,) time stamps, ascending; None: only in order


class _Cursor:
    """One open decoder and the position (frame number) it will deliver next."""

    def __init__(self, path: Path, index: _Index) -> None:
        self._path, self._index = path, index
        self._lock = threading.Lock()
        self._frames = decode(path)
        self._position = 0
        self._recent: OrderedDict[int, Image] = OrderedDict()

    def frame(self, number: int) -> Image:
        with self._lock:
            if number not in self._recent:
                self._recent[number] = self._read(number)
            if len(self._recent) > _RECENT:
                self._recent.popitem(last=False)
            image: Image = self._recent[number].copy()
            return image

    def _read(self, number: int) -> Image:
        start = 0
        if self._index.times is not None:
            before = np.searchsorted(self._index.keyframes, number, side="right") - 1
            start = int(self._index.keyframes[before]) if before >= 0 else 0
        if not start <= self._position <= number:
            self._start(start)
        frame = self._advance(number)
        if frame is None:  # the container led past the keyframe: count from the beginning
            self._start(0)
            frame = self._advance(number)
        if frame is None:
            raise DataError(f"{self._path} changed while it was being read; start again.")
        return to_rgb(frame, self._index.size, self._path)

    def _start(self, position: int) -> None:
        times = self._index.times
        self._frames.close()
        self._frames = decode(
            self._path, int(times[position]) if times is not None and position else None
        )
        self._position = position

    def _advance(self, number: int) -> Any:
        """Decode up to frame `number` and return it, None if it was missed."""
        for frame in self._frames:
            position = -1 if frame is None else self._place(frame)
            # Frames shown before the keyframe may lean on frames that were not decoded: never used.
            if position < self._position:
                continue
            self._position = position + 1
            if position >= number:
                return frame if position == number else None
        return None

    def _place(self, frame: Any) -> int:
        """Return the number of a frame by its time stamp, -1 if the first pass did not have it."""
        times = self._index.times
        if times is None:
            return self._position
        place = int(np.searchsorted(times, frame.pts))
        return place if place < len(times) and times[place] == frame.pts else -1


def _open_cursor(video: VideoFrames) -> _Cursor:
    return _Cursor(video._path, video._index)


_cursor = lru_cache(maxsize=_CURSORS)(_open_cursor)
_inherited: list[Any] = []


def _forget_cursors() -> None:
    """Start anew in a forked process, whose parent reads on from the same file positions.

    The old decoders are kept, unused: closing one would wait for threads that were not forked.
    """
    global _cursor
    _inherited.append(_cursor)
    _cursor = lru_cache(maxsize=_CURSORS)(_open_cursor)


if hasattr(os, "register_at_fork"):  # not on Windows, which does not fork
    os.register_at_fork(after_in_child=_forget_cursors)


def _scan(path: Path) -> _Index:
    """Decode the whole file once, keeping one frame at a time, to know what is in it."""
    times: list[int] = []
    keyframes: list[int] = []
    size = None
    damaged = False  # then a frame can depend on where decoding began: never search
    for frame in decode(path):
        if frame is None:
            damaged = True
            continue
        if frame.key_frame:
            keyframes.append(len(times))
        size = size or size_of(frame)
        times.append(frame.pts)
    if size is None:
        raise no_frames(path)
    stamps = None if damaged or None in times else np.array(times, np.int64)
    searchable = stamps is not None and bool((np.diff(stamps) > 0).all())
    return _Index(len(times), size, np.array(keyframes, np.int64), stamps if searchable else None)
