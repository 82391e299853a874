"""Module A: training the students of one generation, side by side where there is room."""

from __future__ import annotations

import multiprocessing
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.optim import Adam
from torch.optim.lr_scheduler import LambdaLR

from selfbench.contracts import Run
from selfbench.errors import SelfbenchError
from selfbench.methods.student_teacher.data import Labels, resize
from selfbench.methods.student_teacher.networks import FConvNet, LowResNet
from selfbench.methods.student_teacher.settings import StudentTeacherParams
from selfbench.methods.student_teacher.unets import basic_unet, dense_unet
from selfbench.plugins.workers import spread
from selfbench.store.processors import processors
from selfbench.training import checkpoint
from selfbench.training.loop import Loop, Stateful
from selfbench.training.schedules import constant, cosine

WARM_UP = 100  # steps until the rate has risen to its value; at most a quarter of all
PATIENCE = 50  # steps of nothing but zeros after which a network is called dead


def build(name: str, params: StudentTeacherParams) -> nn.Module:
    """Return the student `name` with random weights."""
    if name == "lowres-net":
        return LowResNet(params.conv_width, params.low_size)
    if name == "fconv-net":
        return FConvNet(params.conv_width)
    if name == "denseu-net":
        return dense_unet(params.dense_growth)
    dilate = name == "dilateu-net"
    return basic_unet(params.unet_width, dilate, params.train_dilated)


def input_side(name: str, params: StudentTeacherParams) -> int:
    """Return the side of the images that the student `name` sees."""
    return params.low_size if name == "lowres-net" else params.size


@dataclass
class Lesson:
    """All that the training of one student needs; it can travel to another process."""

    name: str
    generation: int
    labels: Labels
    params: StudentTeacherParams
    run: Run  # in a folder of its own

    @property
    def stage(self) -> str:
        """The name of this training, in logs and files."""
        return f"generation-{self.generation}-{self.name}"

    @property
    def steps(self) -> int:
        """How long it takes."""
        return self.params.steps if self.generation == 1 else self.params.later_steps

    @property
    def checkpoint(self) -> Path:
        """Where its weights are."""
        return self.run.folder / f"checkpoint-{self.stage}.safetensors"


def train_all(lessons: Sequence[Lesson], run: Run) -> list[dict[str, Tensor]]:
    """Train the students of all lessons; return their weights, on the CPU.

    Each GPU trains one at a time, and each processor core where there is no GPU; the slowest begin.
    """
    gpus = run.devices.device.type == "cuda"
    room = min(len(lessons), run.devices.count if gpus else processors())
    if room == 1:
        for lesson in lessons:
            train(replace(lesson, run=replace(lesson.run, progress=run.progress)))
    else:
        generation = lessons[0].generation
        run.progress(f"generation {generation}: {len(lessons)} students, {room} at a time")
        jobs = [_Job([lesson], processors() // room) for lesson in reversed(lessons)]
        if gpus:  # a process keeps to its GPU
            jobs = [_Job([_at(of, i) for of in lessons[i::room]], 1) for i in range(room)]
        for _ in spread(_train_group, jobs, room):
            pass
    return [_trained(lesson) for lesson in lessons]


@dataclass
class _Job:
    lessons: list[Lesson]
    threads: int


def _at(lesson: Lesson, gpu: int) -> Lesson:
    devices = lesson.run.devices.alone(gpu)
    return replace(lesson, run=replace(lesson.run, devices=devices))


def _train_group(job: _Job) -> None:
    torch.set_num_threads(job.threads)
    for lesson in job.lessons:
        train(replace(lesson, run=replace(lesson.run, progress=_end_if_orphaned)))


def _end_if_orphaned(text: str) -> None:
    """Stop with the run that asked: started again, it will train this student itself."""
    parent = multiprocessing.parent_process()
    if parent is not None and not parent.is_alive():
        raise SystemExit(1)


def _trained(lesson: Lesson) -> dict[str, Tensor]:
    saved = checkpoint.load(lesson.checkpoint)
    assert saved is not None, "the last step of a loop writes it"
    return dict(saved["network"])


def train(lesson: Lesson) -> None:
    """Train one student; its last checkpoint holds the weights.

    Raises:
        SelfbenchError: if its output is zero everywhere for `PATIENCE` steps on end.
    """
    params, run = lesson.params, lesson.run
    devices = run.devices
    torch.manual_seed(int(run.rng(lesson.stage).integers(2**63)))
    network = build(lesson.name, params)
    devices.place(network)
    learning = [p for p in network.parameters() if p.requires_grad]
    optimiser = Adam(learning, params.rate)
    rate = schedule(optimiser, lesson.steps, params)
    parts: dict[str, Stateful] = {"network": network, "optimiser": optimiser}
    loop = Loop(run, lesson.stage, lesson.steps, parts, [rate])
    network.train()
    silent = 0
    for step in loop:
        image, label = lesson.labels.batch(params, loop.generator(step), devices)
        with devices.autocast():
            found = network(resize(image, input_side(lesson.name, params)))
        found = found.float()
        wanted = params.label_scale * resize(label, found.shape[-1])
        loss = (found - wanted).square().mean()  # S4 Eq. 1, per pixel
        loop.update(loss, network, optimiser)
        logged = torch.stack([loss.detach(), found.mean(), found.amax()]).tolist()
        loop.record(step, dict(zip(("loss", "mean_mask", "highest"), logged, strict=True)))
        silent = silent + 1 if logged[2] == 0 else 0
        if silent >= min(PATIENCE, lesson.steps):
            raise SelfbenchError(
                f"{lesson.name} of generation {lesson.generation} is dead: since step "
                f"{step + 1 - silent} its output is zero everywhere and it learns no more; use "
                f"another --seed, or a lower rate: --set rate={params.rate / 3:.1g}."
            )


def schedule(optimiser: Adam, steps: int, params: StudentTeacherParams) -> LambdaLR:
    """Return the learning rate over a training: constant, or a cosine to zero after a rise.

    Most of a label is 0, and first steps at the full rate push a network below 0 for good.
    """
    if params.schedule == "constant":
        return constant(optimiser)
    return cosine(optimiser, steps, min(WARM_UP, 1 + steps // 4))
