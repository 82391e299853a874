"""The presets are valid, and hold the paper's numbers."""

from selfbench.methods.student_teacher import StudentTeacher
from selfbench.methods.student_teacher.presets import PAPER
from selfbench.methods.student_teacher.settings import StudentTeacherParams
from selfbench.params import build


def test_presets_are_valid():
    for name, values in StudentTeacher.presets.items():
        assert build(StudentTeacherParams, values, name)


def test_the_paper_selects_a_tenth_then_by_a_score_of_0_8():
    params = StudentTeacherParams(**PAPER)
    assert (params.keep, params.later_threshold, params.later_keep) == (0.1, 0.8, 1)
