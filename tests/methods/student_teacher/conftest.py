"""Trainings of a few steps, taught by brightness."""

import numpy as np
import pytest
import torch

from selfbench.contracts import Clip, Run
from selfbench.methods.student_teacher import StudentTeacher, training
from selfbench.methods.student_teacher.settings import StudentTeacherParams
from selfbench.training.devices import TorchDevices
from tests.methods.scenes import Frames

TINY = {
    "size": 32, "low_size": 16, "conv_width": 4, "unet_width": 2, "dense_growth": 2, "steps": 3,
    "later_steps": 5, "evalseg_steps": 4, "batch": 4,
}  # fmt: skip


@pytest.fixture(autouse=True)
def _one_process(monkeypatch):
    """One thread too, so that several processes add in the same order."""
    monkeypatch.setattr(training, "processors", lambda: 1)
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


@pytest.fixture
def run(tmp_path):
    return Run(0, tmp_path / "run", TorchDevices("cpu"), teacher=brightness)


def brightness(clip):
    """A teacher: what is bright is foreground."""
    for frame in clip.frames:
        yield np.where(frame.mean(axis=2) > 128, np.uint8(255), np.uint8(0))


@pytest.fixture
def fit(run):
    """Train on clips in the folder of `run` and return the method."""

    def trained(clips, run=run, **settings):
        run.folder.mkdir(exist_ok=True)
        method = StudentTeacher(StudentTeacherParams(**(TINY | settings)))
        method.fit(clips, run)
        return method

    return trained


@pytest.fixture
def clips():
    """Two clips of six frames of a bright square that wanders over dark noise."""
    rng = np.random.default_rng(0)
    made = []
    for name in "ab":
        frames = rng.integers(0, 60, (6, 40, 48, 3), np.uint8)
        for t, frame in enumerate(frames):
            x, y = rng.integers(4, 24, 2)
            frame[y : y + 14, x : x + 14] = 230 - 5 * t
        made.append(Clip(name, Frames(frames)))
    return made
