"""Module C from generation 2 on: EvalSeg-Net learns how close masks are to Multi-Net's (Eq. 2)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray

from selfbench.contracts import Run
from selfbench.methods.student_teacher.data import Masks, resize
from selfbench.methods.student_teacher.ensembles import evaluate, multi_net, similarity
from selfbench.methods.student_teacher.networks import EvalSegNet
from selfbench.methods.student_teacher.settings import StudentTeacherParams
from selfbench.methods.student_teacher.students import schedule
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
    rate = schedule(optimiser, params.evalseg_steps, params)
    parts: dict[str, Stateful] = {"network": network, "optimiser": optimiser}
    loop = Loop(run, stage, params.evalseg_steps, parts, [rate])
    for step in loop:
        generator = loop.generator(step)
        rows = np.sort(torch.randint(len(frames), (params.batch,), generator=generator).numpy())
        who = torch.randint(len(masks), (params.batch,), generator=generator)
        image = resize(devices.images(frames[rows]), params.low_size)
        stacked = np.stack([mask[rows] for mask in masks])  # (students, B, M, M)
        soft = devices.put(torch.from_numpy(stacked)).float().unsqueeze(2) / 255
        one = soft[who.to(soft.device), torch.arange(params.batch, device=soft.device)]
        wanted = params.score_scale * similarity(one, multi_net(soft))
        with devices.autocast():
            found = network(image, resize(one, params.low_size))
        loss = (found.float() - wanted).square().mean()
        loop.update(loss, network, optimiser)
        loop.record(step, {"loss": loss.item(), "similarity": wanted.mean().item()})
    return network.eval()


def score_all(
    network: EvalSegNet,
    frames: NDArray[np.uint8],
    masks: Sequence[Masks],
    params: StudentTeacherParams,
    run: Run,
) -> NDArray[np.float64]:
    """Return the score (students, N) of every mask; -inf of an empty one."""
    found = []
    for start in range(0, len(frames), BLOCK):
        rows = slice(start, start + BLOCK)
        soft = np.stack([mask[rows] for mask in masks])  # (students, B, M, M)
        tensor = run.devices.put(torch.from_numpy(soft)).float().unsqueeze(2) / 255
        image = run.devices.images(np.array(frames[rows]))
        found.append(evaluate(network, image, tensor, params).double().cpu().numpy())
    return np.concatenate(found, axis=1)
