"""student-teacher as the harness runs it: its teacher's masks, and one training per fit."""

import json

import pytest

from selfbench.methods.student_teacher import training
from selfbench.stages.plan import data_places, plan_cells
from selfbench.stages.run import run_cell
from tests.methods.student_teacher.conftest import TINY


@pytest.fixture
def make(toys):
    def plan(**settings):
        values = TINY | {"teacher": "bright", "students": "lowres-net", "generations": 1} | settings
        texts = {key: str(value) for key, value in values.items()}
        return plan_cells(toys, ["student-teacher"], ["toy"], [0], texts, None, data_places(None))[
            0
        ]

    return plan


def test_another_output_is_not_another_training(make, tmp_path, monkeypatch):
    run_cell(make(), tmp_path)
    monkeypatch.setattr(training, "train", lambda student: pytest.fail("trained again"))
    other = make(output="lowres-net")
    run_cell(other, tmp_path)
    assert list((other.cell.folder(tmp_path) / "masks").glob("*/*.png"))


def test_the_manifest_tells_the_teachers_supervision_too(make, tmp_path):
    plan = make()
    plan.teacher.method.supervision = ("a flow network",)
    run_cell(plan, tmp_path)
    manifest = json.loads((plan.cell.folder(tmp_path) / "manifest.json").read_text())
    assert manifest["supervision"] == ["a flow network"]
