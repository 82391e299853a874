import csv
import io
import re

import pytest

from selfbench.contracts import Ablation, AblationRow, StoredRun
from selfbench.errors import DataError
from selfbench.reports.ablation import AblationTable
from selfbench.training.log import COLUMNS, LOG
from tests.reports.samples import GOOD, clips_record, material, record

SHRINK = Ablation(
    name="shrink",
    method="m",
    summary="What shrinks (nobody 2026, Table 1).",
    published_on="their data",
    watch=("width", "area"),
    rows=(
        AblationRow("all_of", {}, "stays, as λ ≥ 1", {"J": 0.6}),
        AblationRow("half", {"x": 1}, published={"J": 0.5}),
        AblationRow("none", {"x": 2}),
    ),
)


def stored_run(folder, row, seed, last, dataset="d"):
    """A run that logged 0.9 in the first half of its training and `last` in the second."""
    folder.mkdir(parents=True)
    lines = [
        ("fit", step, 0.0, name, last if step > 50 else 0.9)
        for name in ("area", "width")
        for step in range(0, 101, 5)
    ]
    with (folder / LOG).open("w", newline="") as file:
        csv.writer(file).writerows([COLUMNS, *lines])
    return StoredRun(folder, {"seed": seed}, dataset, row)


def render(records, runs=(), ablation=SHRINK):
    return AblationTable().render(material(records, runs=runs, ablation=ablation))


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    folder = tmp_path_factory.mktemp("results")
    runs = [
        stored_run(folder / row / str(seed), row, seed, last)
        for row, last in (("all_of", 0.4), ("half", 0.2))
        for seed in (0, 1)
    ]
    records = [record("half", mean=0.3), record("all_of", mean=0.7), record("half", "e", mean=0.1)]
    return render(records, runs)


def test_the_files(files):
    assert sorted(files) == [f"ablation-shrink.{kind}" for kind in ("csv", "md", "pdf", "png",
                                                                    "tex")]  # fmt: skip


def test_rows_in_order_with_those_that_are_missing(files):
    tex = files["ablation-shrink.tex"]
    assert tex.index(r"all\_of &") < tex.index("half &") < tex.index("none &")
    assert "none & -- & -- & -- & -- & --" in tex
    assert "Without a result, failed or not run: none" in tex
    assert r"'all\_of': stays, as $\lambda$ $\geq$ 1" in tex


def test_columns(files):
    """Per dataset its scores and what was watched, then the paper's; only scores have a best."""
    head, *rows = [line for line in files["ablation-shrink.md"].splitlines() if "|" in line]
    assert [cell.strip() for cell in head.split("|")[1:-1]] == ["d", "J ↑", "width", "area"]
    assert re.sub(" +", " ", rows[1]) == r"| all\_of | **0.700** | 0.400 ± 0.000 | 0.400 ± 0.000 |"
    assert (
        "their data" in files["ablation-shrink.md"] and "**0.600**" in files["ablation-shrink.md"]
    )


def test_watched_values_are_those_of_the_end(files):
    rows = list(csv.DictReader(io.StringIO(files["ablation-shrink.csv"])))
    last = {r["method"]: float(r["mean"]) for r in rows if r["metric"] == "width"}
    assert last == pytest.approx({"all_of": 0.4, "half": 0.2})


def test_nothing_to_watch_and_nothing_published():
    plain = Ablation("p", "m", "Plain.", (AblationRow("a", {}),))
    files = render([record("a")], ablation=plain)
    assert "published" not in files["ablation-p.md"] and files["ablation-p.png"]


def test_rows_that_set_something_of_the_dataset_stand_in_its_column(tmp_path):
    """Else each row would be alone in a column of its own, compared with nothing."""
    ideal = Ablation("i", "m", "Ideal.", (AblationRow("ideal", {}, data={"ideal": True}),
                                          AblationRow("real", {})), watch=("width",))  # fmt: skip
    runs = [stored_run(tmp_path / "1", "ideal", 0, 0.2, "d [ideal=True, k=1]"),
            stored_run(tmp_path / "2", "real", 0, 0.3, "d [k=1]")]  # fmt: skip
    md = render([record("ideal", "d [ideal=True, k=1]"), record("real", "d [k=1]")], runs,
                ideal)["ablation-i.md"]  # fmt: skip
    assert md.count("J ↑") == 1 and "d [k=1]" in md and "–" not in md


def test_its_cells_can_be_verified():
    scored = clips_record("half", GOOD)
    tex = render([scored])["ablation-shrink.tex"]
    (cell,) = AblationTable().verify(tex, lambda runs, protocol: scored)
    assert cell.equal and cell.row == "half", "logged and published numbers have no runs"


def test_material_of_no_ablation_or_without_scores():
    with pytest.raises(DataError, match="`selfbench ablate NAME --dataset D --no-run`"):
        render([record("half")], ablation=None)
    with pytest.raises(DataError, match="No row of the ablation 'shrink' has scores"):
        render([])


def test_labels_must_differ():
    with pytest.raises(ValueError, match="same label"):
        Ablation("p", "m", "Plain.", (AblationRow("a", {}), AblationRow("a", {"x": 1})))
