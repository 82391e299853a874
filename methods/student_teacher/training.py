"""Training the students of one generation, side by side where there is room.

Module A of Croitoru et al. 2019 (4.1.2).
"""

from __future__ import annotations

import multiprocessing
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import torch
from torch import Tensor
from torch.optim import Adam
from torch.optim.lr_scheduler import LambdaLR

from selfbench.contracts import Run
from selfbench.errors import SelfbenchError
from selfbench.methods.student_teacher.labels import Labels
from selfbench.methods.student_teacher.masks import resize
from selfbench.methods.student_teacher.settings import StudentTeacherParams
from selfbench.methods.student_teacher.students import build, input_side
from selfbench.plugins.workers import spread
from selfbench.store.processors import processors
from selfbench.training import checkpoint
from selfbench.training.loop import Loop, Stateful
from selfbench.training.schedules import constant, cosine

WARM_UP = 100  # steps until the rate has risen to its value; at most a quarter of all (ours)
PATIENCE = 50  # steps of nothing but zeros after which a network counts as dead (ours)


@dataclass
class StudentTraining:
    """All that the training of one student needs; it can travel to another process."""

    name: str
    generation: int
    labels: Labels
    params: StudentTeacherParams
    run: Run  # in a folder of its own

    @property
    def stage(self) -> str:
        """The name of this training, in logs and files."""
        return f"generation-{self.generation}-{file_stem(self.name)}"

    @property
    def steps(self) -> int:
        """How long it takes."""
        return self.params.steps if self.generation == 1 else self.params.later_steps

    @property
    def checkpoint(self) -> Path:
        """Where its weights are."""
        return self.run.folder / f"checkpoint-{self.stage}.safetensors"


def file_stem(name: str) -> str:
    """Return the name of a student as files may have it on every system."""
    return name.replace(":", "_")


def train_all(trainings: Sequence[StudentTraining], run: Run) -> list[dict[str, Tensor]]:
    """Train all students; return their weights, on the CPU.

    Each GPU trains one at a time, and each processor core where there is no GPU; the slowest begin.
    """
    gpus = run.devices.device.type == "cuda"
    workers = min(len(trainings), run.devices.count if gpus else processors())
    if workers == 1:
        for training in trainings:
            train(replace(training, run=replace(training.run, progress=run.progress)))
    else:
        generation = trainings[0].generation
        run.progress(f"generation {generation}: {len(trainings)} students, {workers} at a time")
        jobs = [_Job([training], processors() // workers) for training in reversed(trainings)]
        if gpus:  # a process keeps to its GPU
            jobs = [
                _Job([_on_gpu(training, i) for training in trainings[i::workers]], 1)
                for i in range(workers)
            ]
        for _ in spread(_train_group, jobs, workers):
            pass
    return [_trained_weights(training) for training in trainings]


@dataclass
class _Job:
    """What one process trains, one after the other."""

    trainings: list[StudentTraining]
    threads: int


def _on_gpu(training: StudentTraining, gpu: int) -> StudentTraining:
    devices = training.run.devices.alone(gpu)
    return replace(training, run=replace(training.run, devices=devices))


def _train_group(job: _Job) -> None:
    torch.set_num_threads(job.threads)
    for training in job.trainings:
        train(replace(training, run=replace(training.run, progress=_end_if_orphaned)))


def _end_if_orphaned(text: str) -> None:
    """Stop with the run that asked: started again, it will train this student itself."""
    parent = multiprocessing.parent_process()
    if parent is not None and not parent.is_alive():
        raise SystemExit(1)


def _trained_weights(training: StudentTraining) -> dict[str, Tensor]:
    saved = checkpoint.load(training.checkpoint)
    assert saved is not None, "the last step of a loop writes it"
    return dict(saved["network"])


def train(training: StudentTraining) -> None:
    """Train one student; its last checkpoint holds the weights.

    Raises:
        SelfbenchError: if its output is zero everywhere for `PATIENCE` steps on end.
    """
    params, run = training.params, training.run
    devices = run.devices
    torch.manual_seed(int(run.rng(training.stage).integers(2**63)))
    network = build(training.name, params)
    devices.place(network)
    learning = [p for p in network.parameters() if p.requires_grad]
    optimiser = Adam(learning, params.rate)
    schedule = rate_schedule(optimiser, training.steps, params)
    state: dict[str, Stateful] = {"network": network, "optimiser": optimiser}
    loop = Loop(run, training.stage, training.steps, state, [schedule])
    network.train()
    silent = 0  # steps on end whose output was zero everywhere
    for step in loop:
        image, label = training.labels.batch(params, loop.generator(step), devices)
        with devices.autocast():
            output = network(resize(image, input_side(training.name, params)))
        output = output.float()  # (B, 1, h, h)
        target = params.label_scale * resize(label, output.shape[-1])
        loss = (output - target).square().mean()  # Croitoru et al. 2019, Eq. 1, per pixel
        loop.update(loss, network, optimiser)
        logged = torch.stack([loss.detach(), output.mean(), output.amax()]).tolist()
        loop.record(step, dict(zip(("loss", "mean_mask", "highest"), logged, strict=True)))
        silent = silent + 1 if logged[2] == 0 else 0
        if silent >= min(PATIENCE, training.steps):
            raise SelfbenchError(
                f"{training.name} of generation {training.generation} is dead: since step "
                f"{step + 1 - silent} its output is zero everywhere and it learns no more; use "
                f"another --seed, or a lower rate: --set rate={params.rate / 3:.1g}."
            )


def rate_schedule(optimiser: Adam, steps: int, params: StudentTeacherParams) -> LambdaLR:
    """Return the learning rate over a training: constant, or a cosine to zero after a rise.

    Most of a label is 0, and first steps at the full rate push a network below 0 for good.
    """
    if params.schedule == "constant":
        return constant(optimiser)
    return cosine(optimiser, steps, min(WARM_UP, 1 + steps // 4))
