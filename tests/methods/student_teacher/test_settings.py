"""Students and outputs by name, and what cannot be."""

import subprocess
import sys

import pytest

from selfbench.errors import UsageError
from selfbench.methods.student_teacher.names import STUDENTS
from selfbench.methods.student_teacher.settings import StudentTeacherParams
from selfbench.params import build


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"students": "lowres-net,resnet"}, "there is no student 'resnet'. Did you mean"),
        ({"students": "lowresnet"}, "no student 'lowresnet'. Did you mean .*lowres-net"),
        ({"students": "lowres-net,lowres-net"}, "a student is named twice"),
        ({"students": "lowres-net", "output": "denseu-net"}, "output=denseu-net is neither"),
        ({"output": "multinet"}, r"among students=.*\. Did you mean multi-net"),
        ({"generation": 3}, "generation=3 is not among the 2 that are trained"),
        ({"size": 50}, "size=50 is refused"),
    ],
)
def test_what_cannot_be_is_refused(values, message):
    with pytest.raises(UsageError, match=message):
        build(StudentTeacherParams, values, "student-teacher")


def test_students_are_a_comma_list_in_the_order_given():
    params = build(StudentTeacherParams, {"students": "denseu-net, lowres-net"}, "student-teacher")
    assert params.names == ("denseu-net", "lowres-net")
    assert StudentTeacherParams().names == STUDENTS


@pytest.mark.parametrize("output", ["multi-net", "multi-select", "fconv-net"])
def test_ensembles_and_students_are_outputs(output):
    assert StudentTeacherParams(output=output).output == output


def test_frames_are_kept_a_little_larger_than_crops():
    assert StudentTeacherParams(size=64, crop=0.8).cached == 80


@pytest.mark.slow
def test_the_library_is_not_loaded_unless_a_network_of_it_is_named():
    """It takes seconds, and a list of methods must come at once."""
    code = (
        "import sys; from selfbench.methods.student_teacher.settings import StudentTeacherParams;"
        "StudentTeacherParams(); print('segmentation_models_pytorch' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.stdout.split() == ["False"], done.stderr
