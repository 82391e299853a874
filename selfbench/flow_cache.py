"""The flow of all clips, computed once, resized and kept in one memory-mapped file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from selfbench.atomic import storing
from selfbench.contracts import Clip, Frames, Run
from selfbench.cuts import every_shot
from selfbench.flow import Described, Estimator, Flow, Kind, describe, estimator, stabilised
from selfbench.frame_cache import cached_frames
from selfbench.parallel import default_workers

PART = 32  # frames in memory at once

FlowFile = NDArray[np.float16]  # (N, H, W, 2), pixels of the size it is stored at


def cached_flow(
    clips: Sequence[Clip], width: int, height: int, run: Run, kind: Kind
) -> tuple[FlowFile, NDArray[np.float32]]:
    """Return the flow of all frames of `clips`, memory-mapped, and the speed (N,) of their clips.

    Flow leads to the next frame of the same shot; the last one's is that from the frame before, and
    that of a shot of one frame is 0. A clip's speed is the 99th percentile of its flow's lengths,
    at least 1 % of the image's width. Clip by clip the file grows, so a kill loses one clip.
    """
    frames, owner = cached_frames(clips, width, height, run.folder)
    path = run.folder / f"flow-{kind}-{width}x{height}.npy"
    if not path.exists():
        shape = (len(owner), height, width, 2)
        part = path.with_suffix(".part")
        with storing(run.folder):
            _compute(clips, frames, owner, shape, part, run, estimator(kind, run.devices))
            part.rename(path)
    flow = np.load(path, mmap_mode="r")
    starts = np.searchsorted(owner, np.arange(len(clips) + 1))
    speeds = np.array([_speed(flow[a:b]) for a, b in pairwise(starts)], np.float32)
    return flow, speeds[owner]


def _compute(
    clips: Sequence[Clip],
    small: NDArray[np.uint8],
    owner: NDArray[np.int64],
    shape: tuple[int, int, int, int],
    part: Path,
    run: Run,
    estimate: Estimator,
) -> None:
    """Write the file at `part`, going on behind the last whole clip that is there."""
    of_frame = 2 * shape[1] * shape[2] * shape[3]  # bytes
    # Threads: OpenCV works without Python's lock, and alone leaves most cores idle.
    with part.open("ab") as file, ThreadPoolExecutor(default_workers()) as pool:
        if not file.tell():
            header = {"descr": "<f2", "fortran_order": False, "shape": shape}
            np.lib.format.write_array_header_1_0(file, header)
            file.flush()
        start = _header_bytes(part)
        done = (file.tell() - start) // of_frame
        for index, clip in enumerate(clips):
            first, last = (int(n) for n in np.searchsorted(owner, [index, index + 1]))
            if done >= last:
                continue
            file.truncate(start + first * of_frame)
            file.seek(0, 2)
            flows = clip_flow(clip.frames, every_shot(small[first:last]), estimate, pool)
            for count, flow in enumerate(flows, first + 1):
                file.write(_fitted(flow, shape[2], shape[1]).tobytes())
                if count % PART == 0:
                    run.progress(f"optical flow {count}/{shape[0]}")


def _header_bytes(path: Path) -> int:
    with path.open("rb") as file:
        np.lib.format.read_magic(file)
        np.lib.format.read_array_header_1_0(file)
        return file.tell()


def clip_flow(
    frames: Frames,
    shots: Sequence[tuple[int, int]],
    estimate: Estimator,
    pool: ThreadPoolExecutor,
) -> Iterator[Flow]:
    """Yield the flow of each frame at the size it is computed at, never across a cut."""
    for start, stop in shots:
        for low in range(start, stop, PART):
            high = min(low + PART, stop)
            first = max(low - 1, start)
            # One frame more on either side, where the shot has one, as partners.
            near = [frames[t] for t in range(first, min(high + 1, stop))]
            known = list(pool.map(describe, near))
            yield from pool.map(
                lambda t, known=known, first=first: _to_partner(known, t - first, estimate),
                range(low, high),
            )


def _to_partner(known: Sequence[Described], index: int, estimate: Estimator) -> Flow:
    if index + 1 < len(known):
        return stabilised(known[index], known[index + 1], estimate)
    if index > 0:
        return -stabilised(known[index], known[index - 1], estimate)
    return np.zeros((*known[index].image.shape[:2], 2), np.float32)


def _fitted(flow: Flow, width: int, height: int) -> NDArray[np.float16]:
    """Return flow at another size, in pixels of that size."""
    import cv2

    scale = np.array([width / flow.shape[1], height / flow.shape[0]], np.float32)
    resized = cv2.resize(flow, (width, height), interpolation=cv2.INTER_AREA)
    return np.asarray(resized * scale, np.dtype("<f2"))


def _speed(flow: FlowFile) -> float:
    """Return the speed of a clip, of very long ones from an even sample."""
    length = np.linalg.norm(flow[:: max(1, len(flow) // 500)].astype(np.float32), axis=-1)
    return float(max(np.percentile(length, 99), flow.shape[2] / 100))
