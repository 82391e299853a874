from selfbench.contracts import LABELS
from selfbench.reports.notes import data_notes, protocol_notes
from tests.reports.samples import record


def test_the_protocol():
    notes = " ".join(protocol_notes([record("a", boxes="mask", threshold="val")]))
    assert "what J means" in notes and "validation split" in notes and "largest component" in notes
    assert "2 clips" in notes and "frames all" in notes


def test_every_threshold_rule():
    rules = ["best-J", "0.5", "val", LABELS, "0.3", ""]
    notes = protocol_notes([record("a", threshold=rule) for rule in rules])
    assert [note for note in notes if "Threshold" in note][:1] == ["Threshold 0.3: fixed"]
    assert any("it sees the truth" in note for note in notes)
    assert any("any label above zero" in note for note in notes)
    assert sum("Threshold" in note for note in notes) == 5


def test_a_bound_is_named():
    notes = protocol_notes([record("oracle [sees the truth]", sees_truth=True)])
    assert "oracle [sees the truth] is a bound, no result: it is never ranked" in notes


def test_datasets_that_are_alike_share_a_note():
    notes = data_notes([record("a", "d"), record("a", "e"), record("a", "f", clips=3)])
    assert notes[:2] == ["d, e: 2 clips, frames all", "f: 3 clips, frames all"]


def test_versions():
    notes = data_notes([record("a", version="1"), record("b", version="2")])
    assert notes[0] == "d (version 1 or 2): 2 clips, frames all"
    assert notes[1] == "The rows of d are of different versions of its frames"


def test_seeds():
    assert data_notes([record("a")])[-1] == "One seed per row (0)"
    several = data_notes([record("a", seeds=(0, 1, 2)), record("b", seeds=(0,))])
    assert several[-1] == "Mean ± sample standard deviation over 1 or 3 seeds (0, 1, 2)"
    assert len(data_notes([record("a", seeds=())])) == 1
