"""The presets are valid, and hold the paper's numbers."""

import numpy as np
import pytest

from selfbench.methods.student_teacher import StudentTeacher
from selfbench.methods.student_teacher.presets import PAPER
from selfbench.methods.student_teacher.settings import StudentTeacherParams
from selfbench.params import build
from tests.methods.student_teacher.conftest import TINY


def test_presets_are_valid():
    for name, values in StudentTeacher.presets.items():
        assert build(StudentTeacherParams, values, name)


def test_the_paper_selects_a_tenth_then_by_a_score_of_0_8():
    params = StudentTeacherParams(**PAPER)
    assert (params.keep, params.later_threshold, params.later_keep) == (0.1, 0.8, 1)


def test_the_default_learns_from_the_papers_labels():
    """The teacher's own masks, the best tenth of them."""
    params = StudentTeacherParams()
    assert (params.teacher, params.teacher_post, params.keep) == ("videopca", "", 0.1)


@pytest.mark.slow
@pytest.mark.parametrize("preset", StudentTeacher.presets)
def test_every_preset_trains(fit, clips, run, preset):
    """Its labels, losses and schedule, on slim networks; few masks are as good as 0.8 so soon."""
    small = dict(StudentTeacher.presets[preset]) | TINY | {"later_threshold": -1.0, "keep": 0.5}
    method = fit(clips, **small)
    masks = [prediction.mask for prediction in method.predict(clips[0], run)]
    assert np.isfinite(masks).all()
