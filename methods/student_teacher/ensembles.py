"""Masks of trained students, and the two ensembles made of them (S4 4.1.1)."""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor, nn

from selfbench.methods.student_teacher.data import resize
from selfbench.methods.student_teacher.networks import EvalSegNet
from selfbench.methods.student_teacher.settings import StudentTeacherParams
from selfbench.methods.student_teacher.students import input_side


@torch.no_grad()
def student_masks(
    students: Mapping[str, nn.Module], image: Tensor, params: StudentTeacherParams
) -> Tensor:
    """Return each student's soft masks (students, N, 1, S, S) in [0, 1] of images (N, 3, S, S)."""
    found = []
    for name, network in students.items():
        seen = network(resize(image, input_side(name, params))).float()
        found.append(resize((seen / params.label_scale).clamp(max=1), params.size))
    return torch.stack(found)


def multi_net(masks: Tensor) -> Tensor:
    """Return the pixel-wise product (N, 1, S, S) of masks (students, N, 1, S, S) in [0, 1]."""
    return masks.prod(dim=0)


def as_mask(product: Tensor, students: int) -> Tensor:
    """Return the product's geometric mean: the same level sets, on a scale that 8 bits can hold.

    A half of each of five students multiplies to 0.03.
    """
    return product.pow(1 / students)


def similarity(mask: Tensor, ensemble: Tensor) -> Tensor:
    """Return the cosine (N,) between masks (N, ...) and the ensemble's (S4 Eq. 2); 0 if empty."""
    found: Tensor = nn.functional.cosine_similarity(mask.flatten(1), ensemble.flatten(1))
    return found


@torch.no_grad()
def evaluate(
    network: EvalSegNet, image: Tensor, masks: Tensor, params: StudentTeacherParams
) -> Tensor:
    """Return EvalSeg-Net's score (students, N) of masks (students, N, 1, S, S); -inf if empty."""
    small = resize(image, params.low_size)
    scores = [network(small, resize(mask, params.low_size)).float() for mask in masks]
    empty = masks.flatten(2).amax(dim=2) == 0  # (students, N)
    return (torch.stack(scores) / params.score_scale).masked_fill(empty, -torch.inf)


def multi_select(masks: Tensor, scores: Tensor) -> Tensor:
    """Return of masks (students, N, 1, S, S) the best scored (N, 1, S, S)."""
    best = scores.argmax(dim=0)  # (N,)
    return masks[best, torch.arange(masks.shape[1], device=masks.device)]
