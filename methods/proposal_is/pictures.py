"""What a training looks like: a few fixed frames, what is found in them, and their masks."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from PIL import Image as Pillow

from selfbench.contracts import Devices, Marks
from selfbench.media.drawing import overlay
from selfbench.media.frames import resized
from selfbench.methods.proposal_is import geometry as g
from selfbench.methods.proposal_is.detection import Found, find
from selfbench.methods.proposal_is.images import TrainingImages
from selfbench.methods.proposal_is.model import Model
from selfbench.store.atomic import replacing, storing

FRAMES = 8
TILE = 192  # pixels


def save_picture(model: Model, images: TrainingImages, devices: Devices, path: Path) -> None:
    """Draw `FRAMES` training frames as columns: the frame, cells, box and mask in it, the mask."""
    chosen = np.linspace(0, len(images.frames) - 1, FRAMES).astype(np.int64)
    frames = np.array(images.frames[chosen])
    model.eval()  # batch norm must not learn from looking
    found = find(model, images.normalise(frames, devices), 1)
    model.train()
    corners = g.to_corners(found.boxes, TILE, TILE).numpy()
    columns = []
    for i, frame in enumerate(frames):
        tile = resized(frame, TILE, TILE)
        soft = found.soft(i, (TILE, TILE)).numpy()
        mask = soft > soft.max() / 2  # early masks are faint
        drawn = overlay(tile, mask, corners[i : i + 1], marks(found, i, TILE, TILE))
        grey = np.rint(soft * 255).astype(np.uint8)
        columns.append(np.vstack([tile, drawn, np.stack([grey] * 3, axis=2)]))
    with storing(path.parent), replacing(path) as part:
        Pillow.fromarray(np.hstack(columns)).save(part, format="PNG")


def marks(found: Found, row: int, width: int, height: int) -> Marks:
    """Return S2's drawing of image `row`: p at cell centres, a line from cell to box centre."""
    size = torch.tensor([width, height])
    live = found.p[row].nonzero().flatten()
    dots = torch.cat([_centres(live) * size, found.p[row][live, None]], dim=1)
    mine = found.rows == row
    lines = torch.cat([_centres(found.cells[mine]) * size, found.boxes[mine, :2] * size], dim=1)
    return Marks(dots.double().numpy(), lines.double().numpy())


def _centres(cells: torch.Tensor) -> torch.Tensor:
    """Return the centres (N, 2) of cells (N,), x and y as shares of the image."""
    return (torch.stack([cells % g.GRID, cells // g.GRID], dim=1) + 0.5) / g.GRID
