"""A method that names a teacher or a second data set, and cells that share a training."""

import numpy as np
import pytest
from pydantic import Field

from selfbench import Method, Params, Prediction
from selfbench.errors import UsageError
from selfbench.plugins.registry import Entry
from selfbench.stages.plan import data_places, plan_cells
from selfbench.stages.run import run_cell
from selfbench.store.cell_folder import CellStore


class Pupil(Method):
    """Learns the mean of its teacher's masks."""

    name = "pupil"
    supervision = ("patience",)
    predict_only = ("gain",)

    class Params(Params):
        """Who teaches."""

        teacher: str = Field("bright", description="Who.")
        teacher_post: str = Field("", description="What is done to its masks.")
        extended: str = Field("", description="What else to see.")
        gain: float = Field(1.0, gt=0, description="Factor on what was learnt.")

    def __init__(self, params):
        super().__init__(params)
        self.teacher, self.extended = params.teacher, params.extended
        self.teacher_post = params.teacher_post
        self.mean = None

    def fit(self, clips, run):
        masks = [mask for clip in clips for mask in run.teacher(clip)]
        assert len(masks) == sum(len(clip.frames) for clip in clips)
        self.mean = np.array([np.mean(masks) / 255, len(run.extended)])

    def weights(self):
        return {"mean": self.mean}

    def load_weights(self, weights):
        self.mean = weights["mean"]

    def predict(self, clip, run):
        for frame in clip.frames:
            value = min(1.0, self.mean[0] * self.params.gain)
            yield Prediction(np.full(frame.shape[:2], value))


@pytest.fixture
def registry(toys):
    toys.entries.append(Entry("methods", "pupil", __name__, "Pupil", "test", None))
    return toys


@pytest.fixture
def make(registry):
    def plan(seed=0, method="pupil", **settings):
        texts = {key.replace("__", "."): str(value) for key, value in settings.items()}
        return plan_cells(registry, [method], ["toy"], [seed], texts, None, data_places(None))[0]

    return plan


def test_a_teachers_masks_are_made_once_and_kept_in_its_own_cell(make, tmp_path, monkeypatch):
    log = tmp_path / "log"
    monkeypatch.setenv("TOY_LOG", str(log))
    run_cell(make(), tmp_path)
    assert log.read_text().count("train-") == 12, "two clips of six frames"
    teacher = make(method="bright")
    store = CellStore(teacher.cell.folder(tmp_path))
    assert sorted(p.name for p in store.masks.iterdir()) == ["train-0", "train-1"]
    assert store.manifest()["status"] == "running"
    run_cell(make(extended="toy"), tmp_path)
    assert log.read_text().count("train-") == 12, "another training reads them"
    assert run_cell(teacher, tmp_path), "the teacher's own run goes on from there"
    assert log.read_text().count("train-") == 12
    assert store.manifest()["status"] == "done"


def test_a_teachers_masks_go_through_the_steps_that_are_named_for_them(make, tmp_path):
    """As behind --post of a run of the teacher, whose cell it is."""
    plain, refined = make(), make(teacher_post="crf")
    assert plain.cell.key != refined.cell.key
    assert [str(step) for step in refined.teacher.post] == ["crf"] and not plain.teacher.post
    assert refined.post == (), "the pupil's own masks stay as they are"
    run_cell(plain, tmp_path)
    run_cell(refined, tmp_path)
    means = [
        plan.method.mean[0] if plan.method.mean is not None else None for plan in (plain, refined)
    ]
    assert means[0] != means[1]
    with pytest.raises(UsageError, match="there is no step 'sharp'"):
        make(teacher_post="sharp")


def test_a_finished_teacher_stays_finished_when_asked_for_more(make, tmp_path):
    teacher = make(method="learner")
    run_cell(teacher, tmp_path)
    store = CellStore(teacher.cell.folder(tmp_path))
    before = store.manifest()
    run_cell(make(teacher="learner"), tmp_path)
    assert sorted(p.name for p in store.masks.glob("train-*")) == ["train-0", "train-1"]
    after = store.manifest()
    assert after["status"] == "done" and after["started"] == before["started"]
    assert "fit_s" in after["timings"]


def test_the_teacher_is_in_the_key_and_hears_what_is_said_to_it(make):
    assert make().cell.key != make(bright__gain=2).cell.key
    assert make(bright__gain=2).teacher.method.params.gain == 2.0
    assert make(gain=3).teacher.method.params.gain == 1.0, "gain=3 is the pupil's"
    assert make().cell.key != make(teacher="learner").cell.key
    assert make().cell.key != make(extended="toy").cell.key
    with pytest.raises(UsageError, match="'videopca' is not a selected method"):
        make(videopca__size=100)
    with pytest.raises(UsageError, match="no method 'nobody'"):
        make(teacher="nobody")
    with pytest.raises(UsageError, match="cannot be its own teacher"):
        make(teacher="pupil")


def test_cells_that_differ_in_how_they_predict_share_a_training(make, tmp_path, monkeypatch):
    run_cell(make(), tmp_path)
    monkeypatch.setattr(Pupil, "fit", lambda self, clips, run: pytest.fail("trained again"))
    other = make(gain=2)
    assert other.cell.key != make().cell.key
    run_cell(other, tmp_path)
    manifest = CellStore(other.cell.folder(tmp_path)).manifest()
    assert "fit_s" not in manifest["timings"]
    assert manifest["supervision"] == ["patience"]


@pytest.mark.parametrize("change", [{"seed": 1}, {"teacher": "bright-x2"}, {"bright__gain": 2}])
def test_cells_that_differ_in_what_they_learn_do_not(make, tmp_path, change):
    run_cell(make(), tmp_path)
    run_cell(make(**change), tmp_path)
    manifest = CellStore(make(**change).cell.folder(tmp_path)).manifest()
    assert "fit_s" in manifest["timings"]


def test_a_second_data_set_is_given_to_fit(make, tmp_path):
    plan = make(extended="toy", toy__clips=3)
    run_cell(plan, tmp_path)
    weights = CellStore(plan.cell.folder(tmp_path)).read_weights()
    assert weights["mean"][1] == 3
