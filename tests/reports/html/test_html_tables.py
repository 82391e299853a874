from selfbench.reports.html.tables import all_tables
from tests.reports.samples import record


def test_a_table_per_protocol_there_is():
    records = [
        record(name, mean=mean, threshold=rule, frames=frames,
               usual_threshold=rule == "best-J", usual_frames=frames == "all")
        for name, mean in (("a", 0.2), ("b", 0.1))
        for rule in ("best-J", "0.5")
        for frames in ("all", "skip-ends")
    ]  # fmt: skip
    tables = all_tables(records)
    assert set(tables) == {f"{rule}|{frames}" for rule in ("usual", "best-J", "0.5")
                           for frames in ("usual", "all", "skip-ends")}  # fmt: skip
    assert tables["usual|usual"]["places"] == [["a", "d", "J", 1], ["b", "d", "J", 2]]
    notes = tables["usual|usual"]["notes"]
    assert any("Threshold best-J" in note for note in notes) and "Bold: ahead" in notes[-1]


def test_unusual_boxes_are_left_out():
    assert all_tables([record("a", usual_boxes=False)]) == {}
