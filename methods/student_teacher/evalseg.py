"""EvalSeg-Net learns how close masks are to Multi-Net's: module C from generation 2 on.

Croitoru et al. 2019, 4.2.1.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from selfbench.contracts import Devices, Run
from selfbench.methods.student_teacher.ensembles import evaluate, multi_net, similarity
from selfbench.methods.student_teacher.masks import Masks, resize
from selfbench.methods.student_teacher.networks import EvalSegNet
from selfbench.methods.student_teacher.settings import StudentTeacherParams
from selfbench.methods.student_teacher.training import rate_schedule
from selfbench.training.loop import Loop, Stateful

BLOCK = 64  # frames scored at once


def train_evalseg(
    frames: NDArray[np.uint8],
    masks: Sequence[Masks],
    generation: int,
    params: StudentTeacherParams,
    run: Run,
) -> EvalSegNet:
    """Return EvalSeg-Net, trained on the masks of all students, in eval mode.

    Args:
        frames: (N, M, M, 3).
        masks: of each student, (N, M, M).
        generation: whose masks they are.
        params: size, steps and rate.
        run: whose folder keeps log and checkpoint.
    """
    stage, devices = f"generation-{generation}-evalseg-net", run.devices
    torch.manual_seed(int(run.rng(stage).integers(2**63)))
    network = EvalSegNet(params.conv_width, params.low_size)
    devices.place(network)
    optimiser = torch.optim.Adam(network.parameters(), params.evalseg_rate)
    schedule = rate_schedule(optimiser, params.evalseg_steps, params)
    state: dict[str, Stateful] = {"network": network, "optimiser": optimiser}
    loop = Loop(run, stage, params.evalseg_steps, state, [schedule])
    for step in loop:
        generator = loop.generator(step)
        rows = np.sort(torch.randint(len(frames), (params.batch,), generator=generator).numpy())
        student = torch.randint(len(masks), (params.batch,), generator=generator)
        image = resize(devices.images(frames[rows]), params.low_size)
        soft = _stacked([mask[rows] for mask in masks], devices)
        # One student's mask of each frame, (B, 1, M, M).
        mask = soft[student.to(soft.device), torch.arange(params.batch, device=soft.device)]
        target = params.score_scale * similarity(mask, multi_net(soft))
        with devices.autocast():
            score = network(image, resize(mask, params.low_size))
        loss = (score.float() - target).square().mean()
        loop.update(loss, network, optimiser)
        loop.record(step, {"loss": loss.item(), "similarity": target.mean().item()})
    return network.eval()


def score_all(
    network: EvalSegNet,
    frames: NDArray[np.uint8],
    masks: Sequence[Masks],
    params: StudentTeacherParams,
    run: Run,
) -> NDArray[np.float64]:
    """Return the score (students, N) of every mask; -inf of an empty one.

    Args:
        network: in eval mode, on the device.
        frames: (N, M, M, 3).
        masks: of each student, (N, M, M).
        params: the size that the network works at, and the value of a perfect mask in its output.
        run: whose devices compute.
    """
    scores = []
    for start in range(0, len(frames), BLOCK):
        rows = slice(start, start + BLOCK)
        soft = _stacked([mask[rows] for mask in masks], run.devices)
        image = run.devices.images(np.array(frames[rows]))
        scores.append(evaluate(network, image, soft, params).double().cpu().numpy())
    return np.concatenate(scores, axis=1)


def _stacked(masks: Sequence[NDArray[np.uint8]], devices: Devices) -> Tensor:
    """Return each student's masks (B, M, M) as (students, B, 1, M, M) in [0, 1]."""
    stacked = np.stack(masks)  # (students, B, M, M)
    return devices.put(torch.from_numpy(stacked)).float().unsqueeze(2) / 255
