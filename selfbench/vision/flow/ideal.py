"""Flow under ideal conditions, made from the truth: what a method reaches if its flow is perfect.

This is the only place where masks reach what methods see. A dataset offers it as an option, its
clips carry it as `Clip.flow`, and the option is in the manifest and in every table.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from selfbench.contracts import Clip, Truth
from selfbench.errors import DataError

MARK = "ideal flow, made from the truth"  # stands in the manifest as supervision
OPTION = (
    "give clips ideal flow made from the true masks: one constant motion on the object, another"
    " around it (Yang et al. 2019, Table 1)"
)

FASTEST = 0.05  # of the image's width, per axis; ours, the paper's text gives none
STEPS = (1, -1, 2, -2)  # one random pair of motions each


@dataclass(frozen=True)
class IdealFlow:
    """A random constant motion in the mask and another outside, per frame and step.

    Yang et al. 2019, 4.2.
    """

    clip: str
    names: Sequence[str]
    truth: Mapping[str, Truth]
    steps: tuple[int, ...] = STEPS
    key: str = "ideal"

    def __call__(self, frame: int, step: int) -> NDArray[np.float32]:
        """Return the flow (H, W, 2) in pixels."""
        mask = self.truth[self.names[frame]].mask
        assert mask is not None, "with_ideal_flow() saw to it"
        words = f"{self.clip} {self.names[frame]} {step}".encode()
        rng = np.random.default_rng(int.from_bytes(words, "little"))
        inside, outside = rng.uniform(-FASTEST, FASTEST, (2, 2)) * mask.shape[1]
        return np.asarray(np.where(mask[..., None], inside, outside), np.float32)


def with_ideal_flow(
    clips: Sequence[Clip], truth: Mapping[str, Mapping[str, Truth]], digest: str
) -> list[Clip]:
    """Return `clips` with ideal flow.

    Args:
        clips: of one split.
        truth: of the same split; every frame must have a mask.
        digest: tells this truth from another.

    Raises:
        DataError: if a frame has no mask.
    """
    clips_with_flow = []
    for clip in clips:
        clip_truth = truth.get(clip.name, {})
        names = list(clip.frames.names)
        annotated = set(clip_truth)
        missing = [name for name in names if name not in annotated]
        if missing or (names and clip_truth[names[0]].mask is None):
            raise DataError(
                f"Clip '{clip.name}' has no mask for frame {(missing or names)[0]}; ideal flow is"
                " made from the masks of all frames, expected e.g. davis-2016."
            )
        flow = IdealFlow(clip.name, names, clip_truth, key=f"ideal-{digest}")
        clips_with_flow.append(replace(clip, flow=flow))
    return clips_with_flow
