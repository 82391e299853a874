from selfbench.reports.plotting import line_style, panels, saved
from tests.reports.samples import record


def test_a_panel_per_dataset_and_metric():
    drawn = []
    records = [record("a"), record("b"), record("a", "e", "F")]
    figure = panels(records, 2.0, lambda axes, members: drawn.append(members))
    assert [[(r.method, r.dataset, r.metric) for r in members] for members in drawn] == [
        [("a", "d", "J"), ("b", "d", "J")], [("a", "e", "F")],
    ]  # fmt: skip
    assert len(figure.axes) == 4 and sum(axes.axison for axes in figure.axes) == 2


def test_files_hold_no_date():
    figure = panels([record("a")], 2.0, lambda axes, members: axes.plot([0, 1]))
    files = saved(figure)
    assert files["png"].startswith(b"\x89PNG") and files["pdf"].startswith(b"%PDF")
    assert b"CreationDate" not in files["pdf"] and files == saved(figure)


def test_thirty_lines_differ():
    assert len({tuple(line_style(k).items()) for k in range(30)}) == 30
