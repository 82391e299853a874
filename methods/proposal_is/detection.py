"""From images to their objects at test time: the most probable cells, their boxes and masks."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from selfbench.methods.proposal_is import geometry as g
from selfbench.methods.proposal_is.model import Model
from selfbench.methods.proposal_is.sampling import probabilities

# Ours, chosen on validation clips of the procedural twins.
OVERLAP = 0.3  # IoU from which two boxes mean one object
LEAST_SHARE = 0.1  # of the first object's p, that a further one needs


@dataclass(frozen=True)
class Detections:
    """K objects in B images, image by image, each image's most probable first.

    On the CPU, but for what masks are pasted from: that stays where the model is.
    """

    p: Tensor  # (B, 64)
    image_index: Tensor  # (K,), which image
    cells: Tensor  # (K,)
    boxes: Tensor  # (K, 4), centre and size as shares of the image
    views: Tensor  # (K, 4), boxes in which the masks lie
    masks: Tensor  # (K, 1, s, s) in [0, 1]

    def soft_mask(self, index: int, size: tuple[int, int]) -> Tensor:
        """Return the soft mask (H, W) of image `index`, the maximum of its objects'."""
        of_image = self.image_index == index
        pasted = g.paste(self.masks[of_image], self.views[of_image], size)  # (objects, 1, H, W)
        return pasted.amax(dim=(0, 1)).clamp(0, 1).cpu()


@torch.inference_mode()
def detect(model: Model, image: Tensor, objects: int) -> Detections:
    """Return at most `objects` objects, and at least one, in each of images (B, 3, H, W)."""
    boxes, logits = model.propose(image)
    p = probabilities(logits, model.live)
    image_index, cells = choose(p, boxes, objects)
    box = boxes[image_index, cells]  # (K, 4)
    box, view, mask = model.finish(image[image_index], box)
    return Detections(p.cpu(), image_index.cpu(), cells.cpu(), box.cpu(), view, mask)


def choose(p: Tensor, boxes: Tensor, objects: int) -> tuple[Tensor, Tensor]:
    """Return the images (K,) and cells (K,) of objects.

    Katircioglu et al. 2022, 4.5 detect several objects by sampling more than once, which may draw
    one twice. Here the most probable cell is taken, then the most probable of those whose box is
    another object's.

    Args:
        p: (B, 64).
        boxes: (B, 64, 4).
        objects: how many there are at most in an image; the first is always taken.
    """
    remaining, least = p, LEAST_SHARE * p.amax(dim=1)
    cells, accepted = [], []
    for _ in range(objects):
        best, cell = remaining.max(dim=1)  # (B,)
        cells.append(cell)
        accepted.append(best >= least)
        remaining = remaining.masked_fill(_overlapping(boxes, g.pick(boxes, cell[:, None])), 0)
    image_index, turns = torch.stack(accepted, dim=1).nonzero(as_tuple=True)
    return image_index, torch.stack(cells, dim=1)[image_index, turns]


def _overlapping(boxes: Tensor, taken: Tensor) -> Tensor:
    """Return which of boxes (B, 64, 4) overlap, or have their centre in, `taken` (B, 4)."""
    taken = taken[:, None]  # (B, 1, 4)
    distance = (boxes[..., :2] - taken[..., :2]).abs()  # (B, 64, 2), of the centres
    shared_sides = torch.minimum(
        torch.minimum(boxes[..., 2:], taken[..., 2:]),
        (boxes[..., 2:] + taken[..., 2:]) / 2 - distance,
    )
    intersection = shared_sides.clamp(min=0).prod(dim=2)  # (B, 64)
    union = boxes[..., 2:].prod(dim=2) + taken[..., 2:].prod(dim=2) - intersection
    centre_inside = (distance < taken[..., 2:] / 2).all(dim=2)
    return (intersection > OVERLAP * union) | centre_inside
