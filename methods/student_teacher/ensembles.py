"""Masks of trained students, and the two ensembles made of them (Croitoru et al. 2019, 4.1.1)."""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor, nn

from selfbench.methods.student_teacher.masks import resize
from selfbench.methods.student_teacher.networks import EvalSegNet
from selfbench.methods.student_teacher.settings import StudentTeacherParams
from selfbench.methods.student_teacher.students import input_side


@torch.no_grad()
def student_masks(
    students: Mapping[str, nn.Module], image: Tensor, params: StudentTeacherParams
) -> Tensor:
    """Return each student's soft masks (students, N, 1, S, S) in [0, 1].

    Args:
        students: trained networks by name, in eval mode.
        image: (N, 3, S, S) in [0, 1].
        params: the size S, and the value of certain foreground in the students' output.
    """
    masks = []
    for name, network in students.items():
        output = network(resize(image, input_side(name, params))).float()  # (N, 1, h, h)
        masks.append(resize((output / params.label_scale).clamp(max=1), params.size))
    return torch.stack(masks)


def multi_net(masks: Tensor) -> Tensor:
    """Return the pixel-wise product (N, 1, S, S) of masks (students, N, 1, S, S) in [0, 1]."""
    return masks.prod(dim=0)


def as_mask(product: Tensor, students: int) -> Tensor:
    """Return the product's geometric mean: the same level sets, on a scale that 8 bits can hold.

    A half of each of five students multiplies to 0.03.
    """
    return product.pow(1 / students)


def similarity(mask: Tensor, ensemble: Tensor) -> Tensor:
    """Return the cosine (N,) between masks (N, ...) and the ensemble's; 0 if one is empty."""
    # Croitoru et al. 2019, Eq. 2
    cosine: Tensor = nn.functional.cosine_similarity(mask.flatten(1), ensemble.flatten(1))
    return cosine


@torch.no_grad()
def evaluate(
    network: EvalSegNet, image: Tensor, masks: Tensor, params: StudentTeacherParams
) -> Tensor:
    """Return EvalSeg-Net's scores (students, N); -inf of an empty mask.

    Args:
        network: in eval mode.
        image: (N, 3, S, S) in [0, 1].
        masks: (students, N, 1, S, S) in [0, 1].
        params: the size that it works at, and the value of a perfect mask in its output.
    """
    small = resize(image, params.low_size)
    scores = [network(small, resize(mask, params.low_size)).float() for mask in masks]
    empty = masks.flatten(2).amax(dim=2) == 0  # (students, N)
    return (torch.stack(scores) / params.score_scale).masked_fill(empty, -torch.inf)


def multi_select(masks: Tensor, scores: Tensor) -> Tensor:
    """Return of masks (students, N, 1, S, S) those of the highest `scores` (students, N)."""
    best = scores.argmax(dim=0)  # (N,)
    return masks[best, torch.arange(masks.shape[1], device=masks.device)]  # (N, 1, S, S)
