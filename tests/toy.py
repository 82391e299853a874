"""A dataset and methods small enough for every test; loaded with `--plugin tests/toy.py`."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator, Mapping, Sequence

import numpy as np
from pydantic import Field

from selfbench import (
    Ablation,
    AblationRow,
    Clip,
    Dataset,
    Marks,
    Method,
    Params,
    Prediction,
    Truth,
    Variant,
)

HEIGHT, WIDTH, FRAMES = 24, 32, 6


class SquareFrames:
    """A bright square that moves to the right over noise."""

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self.names = [f"{i:05d}" for i in range(FRAMES)]

    def __len__(self) -> int:
        return FRAMES

    def __getitem__(self, index: int) -> np.ndarray:
        if not -FRAMES <= index < FRAMES:
            raise IndexError(index)
        frame = np.random.default_rng(self.seed).integers(0, 90, (HEIGHT, WIDTH, 3), np.uint8)
        frame[square(index % FRAMES)] = 250
        return frame

    def __iter__(self) -> Iterator[np.ndarray]:
        return (self[i] for i in range(FRAMES))


def square(index: int) -> np.ndarray:
    mask = np.zeros((HEIGHT, WIDTH), bool)
    mask[6:16, 3 * index : 3 * index + 10] = True
    return mask


class Toy(Dataset):
    """A bright square on noise, three splits of two clips."""

    name = "toy"
    validation_split = "val"
    metrics = ("J", "F", "CorLoc", "AP50")

    class Params(Params):
        """How many clips."""

        clips: int = Field(2, ge=1, le=5, description="Clips per split.")

    def clips(self, split: str) -> Sequence[Clip]:
        names = [f"{split}-{i}" for i in range(self.params.clips)]
        return [Clip(name, SquareFrames(i), fps=25) for i, name in enumerate(names)]

    def truth(self, split: str) -> Mapping[str, Mapping[str, Truth]]:
        frames = {f"{i:05d}": Truth(square(i)) for i in range(FRAMES)}
        return {f"{split}-{i}": frames for i in range(self.params.clips)}

    def frames_fingerprint(self) -> str:
        return f"toy-{self.params.clips}"

    def truth_fingerprint(self) -> str:
        return os.environ.get("TOY_TRUTH", "1")


class Bright(Method):
    """Bright pixels are foreground."""

    name = "bright"

    class Params(Params):
        """How bright."""

        gain: float = Field(1.0, gt=0, le=10, description="Factor on the brightness.")

    presets = {"strong": {"gain": 2.0}}

    def predict(self, clip, run):
        for name, frame in zip(clip.frames.names, clip.frames):
            if os.environ.get("TOY_DIE") == f"{clip.name}/{name}":
                os.kill(os.getpid(), signal.SIGKILL)
            if os.environ.get("TOY_LOG"):
                with open(os.environ["TOY_LOG"], "a") as log:
                    print(f"{clip.name}/{name}", file=log)
            noise = run.rng(clip.name, name).uniform(0, 0.05)
            yield Prediction(np.clip(frame.mean(axis=2) / 255 * self.params.gain - noise, 0, 1))


class Learner(Bright):
    """Learns the brightest value of the training clips."""

    name = "learner"
    top = None

    def fit(self, clips, run):
        if os.environ.get("TOY_LOG"):
            with open(os.environ["TOY_LOG"], "a") as log:
                print("fit", file=log)
        self.top = np.array([max(clip.frames[0].max() for clip in clips)], np.float32)

    def weights(self):
        return {"top": self.top}

    def load_weights(self, weights):
        self.top = weights["top"]

    def predict(self, clip, run):
        for frame in clip.frames:
            mask = frame.max(axis=2) / self.top[0]
            yield Prediction(np.clip(mask, 0, 1), np.array([[0.0, 0, 10, 10]]), np.array([0.7]))

    def marks(self, clip, run):
        for _ in clip.frames:
            yield Marks(dots=np.array([[40.0, 28, float(self.top[0] > 0)]]))


class Pair(Bright):
    """Two boxes in every frame."""

    name = "pair"

    def predict(self, clip, run):
        for prediction in super().predict(clip, run):
            boxes = np.array([[0.0, 0, 20, 30], [20, 0, 60, 30]])
            yield Prediction(prediction.mask, boxes, np.array([0.6, 0.4]))


class Faulty(Method):
    """Does what its parameter says, always wrong."""

    name = "faulty"

    class Params(Params):
        """Which fault."""

        fault: str = Field("raise", description="raise, nan, shape, short, boxes.")

    def predict(self, clip, run):
        for frame in clip.frames[0], *list(clip.frames)[1:]:
            mask = np.zeros(frame.shape[:2])
            fault = self.params.fault
            if fault == "raise":
                raise ZeroDivisionError("by design")
            if fault == "nan":
                mask[0, 0] = np.nan
            if fault == "shape":
                mask = mask[1:]
            if fault == "boxes":
                yield Prediction(mask, np.zeros((1, 4)), np.zeros(2))
                continue
            yield Prediction(mask)
            if fault == "short":
                return


gains = Ablation(
    name="gains",
    method="bright",
    summary="How bright is bright (nobody's Table 1).",
    published_on="nobody's data",
    rows=(
        AblationRow("twice", {"gain": 2.0}, "too bright", {"J": 0.25}),
        AblationRow("as it is", {}, published={"J": 0.75}),
    ),
)
bright_x2 = Variant("bright-x2", "bright", {"gain": 2.0}, summary="bright with twice the gain.")
