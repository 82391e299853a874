"""The whole method on the toy data: what it learns, keeps and resumes, and how it fails."""

import json

import numpy as np
import pytest
import torch

from selfbench.contracts import Run
from selfbench.errors import DataError, SelfbenchError, UsageError
from selfbench.methods.student_teacher import students
from selfbench.methods.student_teacher.data import Labels
from selfbench.methods.student_teacher.settings import StudentTeacherParams
from selfbench.stages.plan import data_places, plan_cells
from selfbench.stages.run import run_cell
from selfbench.store.cell_folder import CellStore
from selfbench.training.devices import TorchDevices
from selfbench.training.log import read_log

TINY = {
    "teacher": "bright", "size": "32", "low_size": "16", "conv_width": "4", "unet_width": "2",
    "dense_growth": "2", "steps": "3", "later_steps": "5", "evalseg_steps": "4", "batch": "4",
    "keep": "1",
}  # fmt: skip


@pytest.fixture(autouse=True)
def _one_process(monkeypatch):
    """One thread too, so that several processes add in the same order."""
    monkeypatch.setattr(students, "processors", lambda: 1)
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


@pytest.fixture
def make(toys):
    def plan(seed=0, **settings):
        texts = TINY | {key: str(value) for key, value in settings.items()}
        where = data_places(None)
        return plan_cells(toys, ["student-teacher"], ["toy"], [seed], texts, None, where)[0]

    return plan


def masks(plan, results):
    folder = plan.cell.folder(results) / "masks"
    return {p.relative_to(folder): p.read_bytes() for p in sorted(folder.glob("*/*.png"))}


@pytest.mark.parametrize("name", ["fconv-net", "basicu-net"])
def test_students_learn_what_the_teacher_shows(make, tmp_path, name):
    """The square is bright; a student must find it."""
    learning = {"steps": 100, "rate": 0.003, "batch": 8, "conv_width": 8, "unet_width": 4}
    plan = make(students=name, output=name, generations=1, **learning)
    run_cell(plan, tmp_path)
    clip = plan.dataset.clips("test")[0]
    run = Run(0, tmp_path, TorchDevices())
    soft = np.stack([p.mask for p in plan.method.predict(clip, run)])
    truth = np.stack([plan.dataset.truth("test")["test-0"][n].mask for n in clip.frames.names])
    assert soft[truth].mean() > soft[~truth].mean() + 0.4


def test_every_output_of_every_generation_comes_from_one_training(make, tmp_path, monkeypatch):
    first = make(students="lowres-net,fconv-net")
    run_cell(first, tmp_path)
    log = read_log(first.cell.folder(tmp_path))
    last = {row["stage"]: int(row["step"]) + 1 for row in log}  # in the order of steps
    assert last == {
        f"generation-{k}-{name}": steps
        for k, each in ((1, 3), (2, 5))
        for name, steps in (("lowres-net", each), ("fconv-net", each), ("evalseg-net", 4))
    }
    monkeypatch.setattr(students, "train", lambda lesson: pytest.fail("trained again"))
    seen = [masks(first, tmp_path)]
    for change in ({"output": "multi-select"}, {"output": "lowres-net"}, {"generation": 1}):
        other = make(students="lowres-net,fconv-net", **change)
        run_cell(other, tmp_path)
        assert masks(other, tmp_path) not in seen
        seen.append(masks(other, tmp_path))


def test_an_interrupted_training_ends_in_the_same_numbers(make, tmp_path, monkeypatch):
    whole = make(students="lowres-net,denseu-net")
    run_cell(whole, tmp_path / "whole")
    done, trained = [], students.train

    def stop_at_third(lesson):
        if len(done) == 2:
            raise KeyboardInterrupt
        trained(lesson)
        done.append(lesson.stage)

    monkeypatch.setattr(students, "train", stop_at_third)
    part = make(students="lowres-net,denseu-net")
    with pytest.raises(KeyboardInterrupt):
        run_cell(part, tmp_path / "part")
    monkeypatch.setattr(students, "train", trained)
    run_cell(make(students="lowres-net,denseu-net"), tmp_path / "part")
    assert done == ["generation-1-lowres-net", "generation-1-denseu-net"]
    assert masks(part, tmp_path / "part") == masks(whole, tmp_path / "whole")


@pytest.mark.slow
def test_several_processes_train_what_one_does(make, tmp_path, monkeypatch):
    run_cell(make(students="lowres-net,denseu-net", generations=1), tmp_path / "one")
    monkeypatch.setattr(students, "processors", lambda: 2)
    two = make(students="lowres-net,denseu-net", generations=1)
    run_cell(two, tmp_path / "two")
    assert masks(two, tmp_path / "two") == masks(two, tmp_path / "one")


def test_weights_come_back(make, tmp_path):
    plan = make(students="lowres-net", generations=1)
    run_cell(plan, tmp_path)
    again = make(students="lowres-net", generations=1)
    stored = CellStore(plan.cell.folder(tmp_path)).read_weights()
    again.method.load_weights(stored)
    clip, run = plan.dataset.clips("test")[0], Run(0, tmp_path, TorchDevices())
    for one, other in zip(plan.method.predict(clip, run), again.method.predict(clip, run)):
        assert np.array_equal(one.mask, other.mask)
    wrong = make(students="lowres-net", generations=1, conv_width=8)
    wrong.method.load_weights(stored)
    with pytest.raises(DataError, match="weights do not fit student-teacher"):
        next(iter(wrong.method.predict(clip, run)))


def test_an_extended_set_joins_in_generation_2(make, tmp_path):
    plan = make(students="lowres-net", extended="toy")
    run_cell(plan, tmp_path)
    folder = plan.cell.folder(tmp_path)
    first = np.load(folder / "teacher.npy", mmap_mode="r")
    second = np.load(folder / "generation-2" / "masks-lowres-net.npy", mmap_mode="r")
    assert (len(first), len(second)) == (12, 24)


def test_an_empty_teacher_is_noticed(make, tmp_path):
    # The toy's clips have six frames, which six components rebuild without any error.
    plan = make(teacher="videopca", **{"videopca.components": 6})
    with pytest.raises(DataError, match="The teacher videopca found nothing in any of 12 training"):
        run_cell(plan, tmp_path)


def test_a_selection_of_nothing_is_noticed(make, tmp_path):
    with pytest.raises(DataError, match=r"No mask of generation 1 reaches the score 1 .*--set"):
        run_cell(make(students="lowres-net", later_threshold=1, evalseg_rate=1e-9), tmp_path)


def test_a_dead_network_is_noticed(tmp_path, monkeypatch):
    def dead(name, params):
        network = torch.nn.Conv2d(3, 1, 1)
        torch.nn.init.constant_(network.bias, -9)
        return torch.nn.Sequential(network, torch.nn.ReLU())

    monkeypatch.setattr(students, "build", dead)
    np.save(tmp_path / "masks.npy", np.full((2, 40, 40), 255, np.uint8))
    labels = Labels(
        np.zeros((2, 40, 40, 3), np.uint8), [tmp_path / "masks.npy"], np.zeros((1, 2), np.int64)
    )
    params = StudentTeacherParams(size=32, later_steps=60, batch=2)
    lesson = students.Lesson("basicu-net", 2, labels, params, Run(0, tmp_path, TorchDevices()))
    with pytest.raises(
        SelfbenchError, match=r"basicu-net of generation 2 is dead: since step 0 .*rate=0.0007"
    ):
        students.train(lesson)


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"students": "lowres-net,resnet"}, "students must be different names among lowres-net"),
        ({"students": "lowres-net,lowres-net"}, "students must be different names"),
        ({"students": "lowres-net", "output": "denseu-net"}, "output=denseu-net is not among"),
        ({"generation": 3}, "generation=3 is not among the 2 that are trained"),
        ({"size": 50}, "size='50' is refused"),
    ],
)
def test_what_cannot_be_is_refused_before_anything_runs(make, settings, said):
    with pytest.raises(UsageError, match=said):
        make(**settings)


def test_crops_are_cut_from_image_and_mask_alike(tmp_path):
    """The mask is the image's own red channel, so every crop must agree with itself."""
    frames = np.random.default_rng(0).integers(0, 256, (3, 40, 40, 3), np.uint8)
    np.save(tmp_path / "masks.npy", frames[..., 0])
    chosen = np.array([[0, 0], [0, 2]])
    labels = Labels(frames, [tmp_path / "masks.npy"], chosen)
    params = StudentTeacherParams(size=32, batch=64)
    image, label = labels.batch(
        params, torch.Generator().manual_seed(0), Run(0, tmp_path, TorchDevices()).devices
    )
    assert image.shape == (64, 3, 32, 32) and label.shape == (64, 1, 32, 32)
    assert torch.equal(image[:, :1], label)
    assert len({tuple(one.flatten().tolist()[:40]) for one in label}) > 30, "crops differ"


def test_the_manifest_tells_the_teachers_supervision_too(make, tmp_path):
    plan = make(students="lowres-net", generations=1)
    plan.teacher.method.supervision = ("a flow network",)
    run_cell(plan, tmp_path)
    manifest = json.loads((plan.cell.folder(tmp_path) / "manifest.json").read_text())
    assert manifest["supervision"] == ["a flow network"]
