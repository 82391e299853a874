"""What a training looks like: a few fixed frames, the objects detected in them, and their masks."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from PIL import Image as Pillow

from selfbench.contracts import Devices, Marks
from selfbench.media.drawing import overlay
from selfbench.media.frames import resized
from selfbench.methods.proposal_is import geometry as g
from selfbench.methods.proposal_is.detection import Detections, detect
from selfbench.methods.proposal_is.images import TrainingImages
from selfbench.methods.proposal_is.model import Model
from selfbench.store.atomic import replacing, storing

FRAMES = 8  # columns of a picture
TILE = 192  # side of each tile in pixels


def save_picture(model: Model, images: TrainingImages, devices: Devices, path: Path) -> None:
    """Draw `FRAMES` training frames as columns: the frame, cells, box and mask in it, the mask.

    Args:
        model: in training mode, in which it is left.
        images: those it is trained on.
        devices: on what to compute.
        path: of the PNG, replaced if it exists.
    """
    indices = np.linspace(0, len(images.frames) - 1, FRAMES).astype(np.int64)
    frames = np.array(images.frames[indices])
    model.eval()  # batch norm must not learn from looking
    detections = detect(model, images.normalise(frames, devices), 1)
    model.train()
    corners = g.to_corners(detections.boxes, TILE, TILE).numpy()
    columns = []
    for i, frame in enumerate(frames):
        tile = resized(frame, TILE, TILE)
        soft = detections.soft_mask(i, (TILE, TILE)).numpy()
        mask = soft > soft.max() / 2  # early masks are faint
        drawn = overlay(tile, mask, corners[i : i + 1], marks(detections, i, TILE, TILE))
        grey = np.rint(soft * 255).astype(np.uint8)
        columns.append(np.vstack([tile, drawn, np.stack([grey] * 3, axis=2)]))
    with storing(path.parent), replacing(path) as part:
        Pillow.fromarray(np.hstack(columns)).save(part, format="PNG")


def marks(detections: Detections, index: int, width: int, height: int) -> Marks:
    """Return p at cell centres and a line from cell to box centre, in pixels.

    Katircioglu et al. 2022 draw them so (Fig. 7).

    Args:
        detections: in a batch of images.
        index: of one image.
        width: of that image in pixels.
        height: likewise.
    """
    size = torch.tensor([width, height])
    p = detections.p[index]  # (64,)
    live = p.nonzero().flatten()
    dots = torch.cat([_centres(live) * size, p[live, None]], dim=1)
    of_image = detections.image_index == index
    cells, boxes = detections.cells[of_image], detections.boxes[of_image]
    lines = torch.cat([_centres(cells) * size, boxes[:, :2] * size], dim=1)
    return Marks(dots.double().numpy(), lines.double().numpy())


def _centres(cells: torch.Tensor) -> torch.Tensor:
    """Return the centres (N, 2) of cells (N,), x and y as shares of the image."""
    return (torch.stack([cells % g.GRID, cells // g.GRID], dim=1) + 0.5) / g.GRID
