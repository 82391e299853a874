"""The whole method: what it learns, keeps and resumes, and how it fails."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from selfbench.contracts import Clip
from selfbench.errors import DataError
from selfbench.methods.student_teacher import StudentTeacher, training
from selfbench.training.log import read_log
from tests.methods.scenes import Frames


def masks(method, clip, run):
    return np.stack([p.mask for p in method.predict(clip, run)])


@pytest.mark.slow
@pytest.mark.parametrize("name", ["fconv-net", "basicu-net"])
def test_students_learn_what_the_teacher_shows(fit, run, clips, name):
    """The square is bright; a student must find it."""
    learning = {"steps": 100, "rate": 0.003, "batch": 8, "conv_width": 8, "unet_width": 4}
    method = fit(clips[:1], students=name, output=name, generations=1, **learning)
    soft = masks(method, clips[1], run)
    truth = np.stack([frame.mean(axis=2) > 128 for frame in clips[1].frames])
    assert soft[truth].mean() > soft[~truth].mean() + 0.4


def test_every_output_of_every_generation_comes_from_one_training(fit, run, clips):
    method = fit(clips, students="lowres-net,fconv-net")
    last = {row["stage"]: int(row["step"]) + 1 for row in read_log(run.folder)}
    assert last == {
        f"generation-{k}-{name}": steps
        for k, each in ((1, 3), (2, 5))
        for name, steps in (("lowres-net", each), ("fconv-net", each), ("evalseg-net", 4))
    }
    different = [masks(method, clips[0], run)]
    for change in ({"output": "multi-select"}, {"output": "lowres-net"}, {"generation": 1}):
        assert set(change) <= set(StudentTeacher.predict_only)
        other = StudentTeacher(method.params.model_copy(update=change))
        other.load_weights(method.weights())
        soft = masks(other, clips[0], run)
        assert not any(np.array_equal(soft, one) for one in different)
        different.append(soft)


def test_an_interrupted_training_ends_in_the_same_numbers(fit, run, clips, tmp_path, monkeypatch):
    whole = fit(clips, students="lowres-net,denseu-net")
    part = replace(run, folder=tmp_path / "part")
    done, trained = [], training.train

    def stop_at_third(student):
        if len(done) == 2:
            raise KeyboardInterrupt
        trained(student)
        done.append(student.stage)

    monkeypatch.setattr(training, "train", stop_at_third)
    with pytest.raises(KeyboardInterrupt):
        fit(clips, part, students="lowres-net,denseu-net")
    assert done == ["generation-1-lowres-net", "generation-1-denseu-net"]
    monkeypatch.setattr(training, "train", trained)
    resumed = fit(clips, part, students="lowres-net,denseu-net")
    again = resumed.weights()
    assert all(torch.equal(value, again[name]) for name, value in whole.weights().items())


@pytest.mark.slow
def test_several_processes_train_what_one_does(fit, run, clips, tmp_path, monkeypatch):
    one = fit(clips, students="lowres-net,denseu-net", generations=1)
    monkeypatch.setattr(training, "processors", lambda: 2)
    parallel = replace(run, folder=tmp_path / "two")
    two = fit(clips, parallel, students="lowres-net,denseu-net", generations=1).weights()
    assert all(torch.equal(value, two[name]) for name, value in one.weights().items())


def test_weights_come_back(fit, run, clips):
    method = fit(clips, students="lowres-net", generations=1)
    stored = {name: value.numpy() for name, value in method.weights().items()}
    again = StudentTeacher(method.params)
    again.load_weights(stored)
    assert np.array_equal(masks(method, clips[0], run), masks(again, clips[0], run))
    wrong = StudentTeacher(method.params.model_copy(update={"conv_width": 8}))
    wrong.load_weights(stored)
    with pytest.raises(DataError, match="weights do not fit student-teacher"):
        masks(wrong, clips[0], run)


def test_an_extended_set_joins_in_generation_2(fit, run, clips):
    fit(clips, replace(run, extended=clips), students="lowres-net", extended="more")
    first = np.load(run.folder / "teacher.npy", mmap_mode="r")
    second = np.load(run.folder / "generation-2" / "masks-lowres-net.npy", mmap_mode="r")
    assert (len(first), len(second)) == (12, 24)


def test_an_empty_teacher_is_noticed(fit, run, clips):
    blind = replace(run, teacher=lambda clip: (np.zeros((4, 4), np.uint8) for _ in clip.frames))
    with pytest.raises(DataError, match="The teacher videopca found nothing in any of 12 training"):
        fit(clips, blind)


def test_a_selection_of_nothing_is_noticed(fit, clips):
    with pytest.raises(DataError, match=r"No mask of generation 1 reaches the score 1 .*--set"):
        fit(clips, students="lowres-net", later_threshold=1, evalseg_rate=1e-9)


def test_clips_without_frames_are_refused(fit):
    with pytest.raises(DataError, match="student-teacher has no frames to learn from"):
        fit([Clip("empty", Frames())])
