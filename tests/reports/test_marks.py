import pytest

from selfbench.reports.marks import in_words, letter, marked, rules
from tests.reports.samples import record


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
    assert marked(record("m", supervision=())) == "mˢ" and marked(record("m")) == "m"
    assert marked(record("m", supervision=(), sees="image")) == "mˢⁱ"
    assert marked(record("m", supervision=("COCO",), sees="video", ours=True)) == "m†ᵈᵛ"


def test_only_marks_that_are_there_are_explained():
    assert rules([record("m")]) == []
    assert len(rules([record("m"), record("n", supervision=())])) == 1
    said = rules([record("m", sees="flow", ours=True)])
    assert "f flow" in said[0] and "ours" in said[1]


def test_the_same_in_words():
    records = [record("a", sees="image"), record("b", sees="video", ours=True), record("c")]
    assert in_words(records) == [
        "To mask a frame at test time the frame alone is seen: a",
        "To mask a frame at test time the whole video is seen: b",
        "Ours, in no paper: b",
    ]
