from selfbench.contracts import Ablation, AblationRow
from selfbench.reports.ablation_figure import draw
from selfbench.reports.watched import LogPoint
from tests.reports.samples import record

ROWS = (AblationRow("a", {}, published={"J": 0.5}), AblationRow("b", {"x": 1}))
POINTS = [LogPoint(row, "d", seed, "width", step, step / 100)
          for row in "ab" for seed in (0, 1) for step in range(0, 100, 5)]  # fmt: skip


def test_the_figure_is_the_same_every_time():
    ablation = Ablation("n", "m", "Summary.", ROWS, watch=("width",))
    records = [record("a", std=0.1), record("b"), record("b", "e")]
    files = draw(ablation, records, POINTS)
    assert files["png"].startswith(b"\x89PNG") and files["pdf"].startswith(b"%PDF")
    assert files == draw(ablation, records, POINTS)


def test_nothing_to_watch_and_nothing_published():
    ablation = Ablation("n", "m", "Summary.", (AblationRow("a", {}),))
    assert set(draw(ablation, [record("a"), record("a", metric="F")], [])) == {"pdf", "png"}
