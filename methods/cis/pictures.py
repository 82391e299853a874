"""What a training looks like: a few fixed frames, their flow and their masks."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from PIL import Image as Pillow
from torch import nn

from selfbench.contracts import Run
from selfbench.methods.cis.images import TrainingImages, to_batch
from selfbench.store.atomic import replacing, storing
from selfbench.vision.flow.colours import colours

FRAMES = 8  # columns of a picture


def save_picture(generator: nn.Module, images: TrainingImages, run: Run, path: Path) -> None:
    """Draw `FRAMES` training frames as columns: the frame, its flow, its mask.

    Args:
        generator: of the masks, on the device.
        images: those it is trained on.
        run: whose devices compute.
        path: of the PNG, replaced if it exists.
    """
    indices = images.with_flow[np.linspace(0, len(images.with_flow) - 1, FRAMES).astype(np.int64)]
    frames = np.array(images.frames[indices])
    flow = images.flow.pick(indices, np.full(FRAMES, images.flow.steps[0]))
    with torch.inference_mode(), run.devices.autocast():
        masks = (
            generator(*to_batch(frames, flow, images.params.flow_scale, run.devices))
            .float()
            .cpu()
            .numpy()[:, 0]
        )
    columns = []
    for frame, motion, mask in zip(frames, flow, masks, strict=True):
        fastest = max(float(np.linalg.norm(motion, axis=-1).max()), 1e-6)
        grey = np.rint(mask * 255).astype(np.uint8)
        columns.append(np.vstack([frame, colours(motion, fastest), np.stack([grey] * 3, axis=2)]))
    with storing(path.parent), replacing(path) as part:
        Pillow.fromarray(np.hstack(columns)).save(part, format="PNG")
