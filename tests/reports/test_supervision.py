import pytest

from selfbench.reports.supervision import letter, marked


@pytest.mark.parametrize(
    ("given", "mark"),
    [
        (None, ""),
        ((), "s"),
        (("ImageNet weights (resnet18)",), "s"),
        (("known background",), "s"),
        (("ImageNet weights (resnet18)", "RAFT, learnt from the true flow of videos"), "w"),
        (("COCO masks",), "d"),
        (("the truth",), "d"),
    ],
)
def test_marks(given, mark):
    assert letter(given) == mark


def test_the_mark_stands_behind_the_name():
    assert marked("m", ()) == "mˢ" and marked("m", None) == "m"
