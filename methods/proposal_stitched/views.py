"""The mask of a box as the mean over shifted views of it."""

from __future__ import annotations

from itertools import product

import torch
from torch import Tensor

from selfbench.methods.proposal_is import geometry as g
from selfbench.methods.proposal_is.model import Model

# Chosen on validation clips of the procedural twins.
# Further views of a box: how far they are shifted, shares of its sides, and how large they are.
SHIFT, SCALES = 0.12, (0.85, 1.15)
CANVAS = 2 * SHIFT + max(SCALES)  # what holds all of them, in sides of the box ...
FINER = 2  # ... at finer pixels, not to blur the masks


def averaged(model: Model, image: Tensor, view: Tensor, count: int) -> tuple[Tensor, Tensor]:
    """Return views (N, 4) and their masks (N, 1, s, s), the mean over shifted ones.

    S decides each pixel from its surroundings in the view; pixels of which it is uncertain change
    with the view.

    Args:
        model: that segments.
        image: (N, 3, H, W).
        view: (N, 4), the boxes that S is shown.
        count: of views, 1 or 9.
    """
    if count == 1:
        return view, model.segment(image, view)[1]
    views = [view]
    for x, y, scale in product((-SHIFT, SHIFT), (-SHIFT, SHIFT), SCALES):
        centre = view[:, :2] + view.new_tensor([x, y]) * view[:, 2:]
        views.append(torch.cat([centre, view[:, 2:] * scale], dim=1))
    canvas = torch.cat([view[:, :2], view[:, 2:] * CANVAS], dim=1)
    side = round(FINER * CANVAS * model.params.crop)
    total = view.new_zeros(len(view), 1, side, side)
    for one in views:
        mask = model.segment(image, one)[1]
        total += g.paste(mask, _relative(one, canvas), (side, side))
    return canvas, total / len(views)


def _relative(box: Tensor, frame: Tensor) -> Tensor:
    """Return boxes (N, 4) as shares of other boxes `frame` (N, 4)."""
    corner = frame[:, :2] - frame[:, 2:] / 2
    return torch.cat([(box[:, :2] - corner) / frame[:, 2:], box[:, 2:] / frame[:, 2:]], dim=1)
