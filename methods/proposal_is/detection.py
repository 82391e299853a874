"""From images to their objects at test time: the most probable cells, their boxes and masks."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

import torch
from torch import Tensor

from selfbench.methods.proposal_is import geometry as g
from selfbench.methods.proposal_is.model import Model
from selfbench.methods.proposal_is.sampling import probabilities
from selfbench.methods.proposal_is.silhouette import FAINT, levelled, silhouette, tight

OVERLAP = 0.3  # IoU from which two boxes mean one object
FAINTEST = 0.1  # share of the first object's p that a further one needs
# Further views of a box: how far they are shifted, shares of its sides, and how large they are.
SHIFT, SCALES = 0.12, (0.85, 1.15)
CANVAS = 2 * SHIFT + max(SCALES)  # what holds all of them ...
FINER = 2  # ... at finer pixels, not to blur the masks


@dataclass(frozen=True)
class Found:
    """K objects in B images, image by image, each image's most probable first.

    On the CPU, but for what masks are pasted from: that stays where the model is.
    """

    p: Tensor  # (B, 64)
    rows: Tensor  # (K,) which image
    cells: Tensor  # (K,)
    boxes: Tensor  # (K, 4)
    view: Tensor  # (K, 4), where the masks lie
    mask: Tensor  # (K, 1, s, s)

    def soft(self, row: int, size: tuple[int, int]) -> Tensor:
        """Return the mask (H, W) of image `row`, the maximum of its objects'."""
        mine = self.rows == row
        pasted = g.paste(self.mask[mine], self.view[mine], size)  # (objects, 1, H, W)
        return pasted.amax(dim=(0, 1)).clamp(0, 1).cpu()


@torch.inference_mode()
def find(model: Model, image: Tensor, objects: int) -> Found:
    """Return at most `objects` objects, and at least one, in each of images (B, 3, H, W)."""
    boxes, logits = model.propose(image)
    p = probabilities(logits, model.live)
    rows, cells = choose(p, boxes, objects)
    box = boxes[rows, cells]
    view = model.view(box)
    if model.params.refine:
        _, mask = model.segment(image[rows], view)
        middle, sides, peak = silhouette(mask, view)
        sides = sides.clamp(min=model.params.size_min)
        found = torch.cat([middle, sides], dim=1)
        box = torch.where((peak > FAINT)[:, None], found, box)
        view = model.view(box)
    view, mask = averaged(model, image[rows], view)
    if model.params.refine:
        found, peak = tight(mask, view)
        box = torch.where((peak > FAINT)[:, None], found, box)
        mask = levelled(mask)
    return Found(p.cpu(), rows.cpu(), cells.cpu(), box.cpu(), view, mask)


def averaged(model: Model, image: Tensor, view: Tensor) -> tuple[Tensor, Tensor]:
    """Return views (N, 4) and their masks (N, 1, s, s), the mean over `views` shifted ones.

    S decides each pixel from what it sees around it; what it is unsure of changes with the view.
    """
    if model.params.views == 1:
        return view, model.segment(image, view)[1]
    others = [view]
    for x, y, scale in product((-SHIFT, SHIFT), (-SHIFT, SHIFT), SCALES):
        centre = view[:, :2] + view.new_tensor([x, y]) * view[:, 2:]
        others.append(torch.cat([centre, view[:, 2:] * scale], dim=1))
    canvas = torch.cat([view[:, :2], view[:, 2:] * CANVAS], dim=1)
    side = round(FINER * CANVAS * model.params.crop)
    total = view.new_zeros(len(view), 1, side, side)
    for other in others:
        mask = model.segment(image, other)[1]
        total += g.paste(mask, _inside(other, canvas), (side, side))
    return canvas, total / len(others)


def _inside(box: Tensor, frame: Tensor) -> Tensor:
    """Return boxes (N, 4) as shares of other boxes `frame` (N, 4)."""
    corner = frame[:, :2] - frame[:, 2:] / 2
    return torch.cat([(box[:, :2] - corner) / frame[:, 2:], box[:, 2:] / frame[:, 2:]], dim=1)


def choose(p: Tensor, boxes: Tensor, objects: int) -> tuple[Tensor, Tensor]:
    """Return the images (K,) and cells (K,) of objects, given p (B, 64) and boxes (B, 64, 4).

    S2 4.5 finds several objects by sampling more than once, which may draw one twice. Here the
    most probable cell is taken, then the most probable of those whose box is another object's.
    """
    left, least = p, FAINTEST * p.amax(dim=1)
    cells, real = [], []
    for _ in range(objects):
        best, cell = left.max(dim=1)  # (B,)
        cells.append(cell)
        real.append(best >= least)
        left = left.masked_fill(_same(boxes, g.pick(boxes, cell[:, None])), 0)
    rows, turns = torch.stack(real, dim=1).nonzero(as_tuple=True)
    return rows, torch.stack(cells, dim=1)[rows, turns]


def _same(boxes: Tensor, chosen: Tensor) -> Tensor:
    """Return which of boxes (B, 64, 4) overlap, or have their centre in, `chosen` (B, 4)."""
    chosen = chosen[:, None]
    apart = (boxes[..., :2] - chosen[..., :2]).abs()
    sides = torch.minimum(
        torch.minimum(boxes[..., 2:], chosen[..., 2:]),
        (boxes[..., 2:] + chosen[..., 2:]) / 2 - apart,
    )
    shared = sides.clamp(min=0).prod(dim=2)
    union = boxes[..., 2:].prod(dim=2) + chosen[..., 2:].prod(dim=2) - shared
    return (shared > OVERLAP * union) | (apart < chosen[..., 2:] / 2).all(dim=2)
