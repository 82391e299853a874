"""The flow of clips, computed once per clip and pair of frames and kept in memory-mapped files.

They lie in the harness's cache, so that seeds, variants and methods share them:
`flow/<frames>/<provider>/<step>.npy`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from selfbench.contracts import Clip, GivenFlow, Run
from selfbench.errors import DataError
from selfbench.media.clips import ResizedFrames, clip_digest
from selfbench.store.arrays import mapped, write_header
from selfbench.store.atomic import replacing, storing
from selfbench.store.places import cache_folder
from selfbench.store.processors import threads
from selfbench.vision.flow.estimators import (
    LONGEST,
    Flow,
    Kind,
    estimator,
    shrunk,
    stabilised,
)
from selfbench.vision.flow.files import flow_files
from selfbench.vision.homographies import describe
from selfbench.vision.shots import every_shot

PART = 32  # frames in memory at once, besides those that they are paired with

FlowFile = NDArray[np.float16]  # (n, H, W, 2), pixels of the size it is stored at
Pair = Callable[[int, int], Flow]  # (frame, step) -> its flow, both frames being in one shot


@dataclass(frozen=True)
class Provider:
    """Where flow comes from; all of it is in the name of the files that keep it."""

    kind: Kind
    folder: str = ""  # of the kind `files`
    longest: int = LONGEST  # pixels of the longer side at which flow is computed
    stabilise: bool = False  # take out the camera's motion (Katircioglu et al. 2022, 3.5)

    def given(self, clip: Clip) -> GivenFlow | None:
        """Return the flow that exists already, by frame and step; None if it is computed.

        Raises:
            DataError: if there is none.
        """
        if self.kind == "files":
            return flow_files(clip, self.folder)
        if self.kind == "clip" and clip.flow is None:
            raise DataError(
                f"Clip '{clip.name}' comes without flow; choose a dataset that gives some, or "
                "--set flow=dis."
            )
        return clip.flow if self.kind == "clip" else None

    def label(self, clip: Clip) -> str:
        """Return the name of the folder of its flow of one clip."""
        if (given := self.given(clip)) is not None:
            return f"{self.kind}-{given.key}"
        return f"{self.kind}-{self.longest}" + ("-stabilised" if self.stabilise else "")


@dataclass(frozen=True)
class ClipFlows:
    """The stored flow of one clip."""

    folder: Path
    steps: tuple[int, ...]  # how many frames away the partners are, negative: earlier ones
    shots: tuple[tuple[int, int], ...]  # (start, stop) of each

    def of(self, step: int) -> FlowFile:
        """Return the flow (n, H, W, 2) of all frames to the ones `step` later.

        Where the partner is in no or another shot, it is what the same shot has instead: minus the
        flow to the opposite side, then shorter steps; 0 in a shot of one frame.
        """
        return mapped(self.folder / f"{step:+d}.npy")


def steps_between(provider: Provider, clips: Sequence[Clip], reach: int) -> tuple[int, ...]:
    """Return the steps of at most `reach` frames, both ways, for which all clips have flow.

    Raises:
        DataError: if there is none.
    """
    steps = {step for size in range(1, reach + 1) for step in (size, -size)}
    for clip in clips:
        if (given := provider.given(clip)) is not None:
            steps &= set(given.steps)
    if not steps:
        raise DataError(
            f"The clips have no flow in common over 1 to {reach} frames; expected at least the "
            "folder +1 of each."
        )
    return tuple(sorted(steps, key=lambda step: (abs(step), -step)))


def clip_flows(
    clip: Clip, small: NDArray[np.uint8], provider: Provider, steps: Sequence[int], run: Run
) -> ClipFlows:
    """Return the flow of one clip, computing what is not stored yet.

    Args:
        clip: whose frames are read if anything has to be computed.
        small: its frames (n, H, W, 3) at the size at which flow is stored; they are the key.
        provider: where flow comes from.
        steps: how many frames away the partners are.
        run: shows progress; its device is where a network computes.
    """
    shots = every_shot(small)
    folder = cache_folder() / "flow" / clip_digest(clip, small) / provider.label(clip)
    missing = [step for step in steps if not (folder / f"{step:+d}.npy").exists()]
    if missing:
        with storing(folder, "SELFBENCH_CACHE"):
            _compute(clip, small.shape, provider, missing, shots, folder, run)
    return ClipFlows(folder, tuple(steps), tuple(shots))


def _compute(
    clip: Clip,
    shape: tuple[int, ...],
    provider: Provider,
    steps: Sequence[int],
    shots: Sequence[tuple[int, int]],
    folder: Path,
    run: Run,
) -> None:
    """Write one file per step; all of them appear in the end, so a kill loses one clip."""
    count, height, width = shape[:3]
    with ExitStack() as stack:
        files = {}
        for step in steps:
            part = stack.enter_context(replacing(folder / f"{step:+d}.npy"))
            files[step] = stack.enter_context(part.open("wb"))
            write_header(files[step], (count, height, width, 2), "<f2")
        # Threads: OpenCV works without Python's lock, and alone leaves most cores idle.
        with threads() as pool:
            flows = _in_order(clip, provider, steps, shots, (width, height), run, pool)
            for done, (step, flow) in enumerate(flows, 1):
                files[step].write(flow.tobytes())
                if done % (PART * len(steps)) == 0 or done == count * len(steps):
                    run.progress(f"optical flow of {clip.name} {done // len(steps)}/{count}")


def _in_order(
    clip: Clip,
    provider: Provider,
    steps: Sequence[int],
    shots: Sequence[tuple[int, int]],
    size: tuple[int, int],
    run: Run,
    pool: Executor,
) -> Iterator[tuple[int, FlowFile]]:
    """Yield (step, flow) frame after frame, at the size (width, height) it is stored at."""
    given = provider.given(clip)
    reach = max(abs(step) for step in steps)
    for start, stop in shots:
        for low in range(start, stop, PART):
            high = min(low + PART, stop)
            pair: Pair
            if given is None:
                first, last = max(low - reach, start), min(high + reach, stop)
                pair = _computing(clip, provider, run, first, last, pool)
            else:
                pair = given
            jobs = [
                (step, t, *partner(t, step, start, stop, given.steps if given else None))
                for t in range(low, high)
                for step in steps
            ]
            flows = pool.map(lambda job, pair=pair: _stored(pair, size, *job[1:]), jobs)
            yield from zip((job[0] for job in jobs), flows, strict=True)


def _computing(
    clip: Clip, provider: Provider, run: Run, first: int, last: int, pool: Executor
) -> Pair:
    """Return what computes flow between the frames from `first` to before `last`."""
    estimate = estimator(provider.kind, run.devices)
    images = [shrunk(clip.frames[t], provider.longest) for t in range(first, last)]
    if not provider.stabilise:
        return lambda t, step: estimate(images[t - first], images[t - first + step])
    described = list(pool.map(describe, images))
    return lambda t, step: stabilised(described[t - first], described[t - first + step], estimate)


def _stored(pair: Pair, size: tuple[int, int], t: int, step: int, sign: int) -> FlowFile:
    """Return the flow of a pair as it is stored; 0 where there is no partner."""
    width, height = size
    flow = sign * fitted(pair(t, step), width, height) if sign else np.zeros((height, width, 2))
    return flow.astype("<f2")


def partner(
    t: int, step: int, start: int, stop: int, among: Sequence[int] | None = None
) -> tuple[int, int]:
    """Return (step, sign) that stand for `step` from frame t in a shot, (0, 0) if none does.

    Flow to the opposite side is taken with a minus. `among`: the steps there are, if not all.
    """
    direction = 1 if step > 0 else -1
    for size in range(abs(step), 0, -1):
        for sign in (1, -1):
            candidate = sign * direction * size
            if start <= t + candidate < stop and (among is None or candidate in among):
                return candidate, sign
    return 0, 0


def fitted(flow: Flow, width: int, height: int) -> Flow:
    """Return flow at another size, in pixels of that size."""
    import cv2

    scale = np.array([width / flow.shape[1], height / flow.shape[0]], np.float32)
    shrunk_flow = cv2.resize(flow, (width, height), interpolation=cv2.INTER_AREA)
    return np.asarray(shrunk_flow * scale, np.float32)


class FlowOfFrames:
    """The flow of the frames of many clips, by their number among all of them."""

    def __init__(self, clips: Sequence[ClipFlows], owner: NDArray[np.int64]) -> None:
        self.clips, self.owner = clips, owner
        self.first = np.searchsorted(owner, np.arange(len(clips)))
        self.steps = clips[0].steps if clips else ()

    def __len__(self) -> int:
        return len(self.owner)

    def pick(self, frames: NDArray[np.int64], steps: NDArray[np.int64]) -> NDArray[np.float32]:
        """Return the flow (B, H, W, 2) of `frames` (B,) to those `steps` (B,) later."""
        flows = []
        for frame, step in zip(frames, steps, strict=True):
            clip = self.owner[frame]
            flows.append(self.clips[clip].of(int(step))[frame - self.first[clip]])
        return np.array(flows, np.float32)


def flow_of_frames(
    resized: ResizedFrames, provider: Provider, reach: int, run: Run
) -> FlowOfFrames:
    """Return the flow of all frames, at their size, to those at most `reach` frames away."""
    steps = steps_between(provider, resized.clips, reach)
    flows = [clip_flows(clip, small, provider, steps, run) for clip, small in resized.by_clip()]
    return FlowOfFrames(flows, resized.owner)


def speeds(flow: FlowOfFrames) -> NDArray[np.float32]:
    """Return the speed (N,) of each frame's clip, in pixels per frame.

    It is the 99th percentile of its flow's lengths, at least 1 % of the image's width.
    """
    per_clip = [_speed(clip.of(1)) for clip in flow.clips]
    return np.array(per_clip, np.float32)[flow.owner]


def _speed(flow: FlowFile) -> float:
    """Return the speed of a clip, of very long ones from an even sample."""
    length = np.linalg.norm(flow[:: max(1, len(flow) // 500)].astype(np.float32), axis=-1)
    return float(max(np.percentile(length, 99), flow.shape[2] / 100)) if len(length) else 1.0
