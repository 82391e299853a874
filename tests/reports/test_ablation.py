import csv
import io
import re

import pytest

from selfbench.contracts import Ablation, AblationResult, AblationRow, LogPoint, Variant
from selfbench.plugins.registry import Registry
from selfbench.reports import proposal_is_ablations, student_teacher_ablations
from selfbench.reports.ablation import AblationTable
from selfbench.stages.plan import plan_ablation
from tests.reports.test_comparison import record

SHRINK = Ablation(
    name="shrink",
    method="m",
    summary="What shrinks (S9 Table 1).",
    published_on="their data",
    watch=("width", "area"),
    rows=(
        AblationRow("all_of", {}, "stays, as λ ≥ 1", {"J": 0.6}),
        AblationRow("half", {"x": 1}, published={"J": 0.5}),
        AblationRow("none", {"x": 2}),
    ),
)


def result(*records, ablation=SHRINK):
    log = [
        LogPoint(row, "d", seed, name, step, end if step > 50 else 0.9)
        for name in ("area", "width")
        for row, end in (("all_of", 0.4), ("half", 0.2))
        for seed in (0, 1)
        for step in range(0, 101, 5)
    ]
    return AblationResult(ablation, records, log)


@pytest.fixture(scope="module")
def files():
    found = [record("half", mean=0.3), record("all_of", mean=0.7), record("half", "e", mean=0.1)]
    return AblationTable().render(result(*found))


def test_rows_in_order_with_those_that_are_missing(files):
    tex = files["ablation-shrink.tex"]
    assert tex.index(r"all\_of &") < tex.index("half &") < tex.index("none &")
    assert "none & -- & -- & -- & -- & --" in tex
    assert "Without a result, failed or not run: none" in tex
    assert r"'all\_of': stays, as $\lambda$ $\geq$ 1" in tex


def test_columns(files):
    """Per data set its scores and what was watched, then the paper's; only scores have a best."""
    head, *rows = [line for line in files["ablation-shrink.md"].splitlines() if "|" in line]
    assert [cell.strip() for cell in head.split("|")[1:-1]] == ["d", "J ↑", "width", "area"]
    assert re.sub(" +", " ", rows[1]) == r"| all\_of | **0.700** | 0.400 ± 0.000 | 0.400 ± 0.000 |"
    assert (
        "their data" in files["ablation-shrink.md"] and "**0.600**" in files["ablation-shrink.md"]
    )


def test_watched_values_are_those_of_the_end(files):
    rows = list(csv.DictReader(io.StringIO(files["ablation-shrink.csv"])))
    ends = {r["method"]: float(r["mean"]) for r in rows if r["metric"] == "width"}
    assert ends == pytest.approx({"all_of": 0.4, "half": 0.2})


def test_the_figure_is_the_same_every_time(files):
    again = AblationTable().render(result(record("half", mean=0.3), record("all_of", mean=0.7),
                                          record("half", "e", mean=0.1)))  # fmt: skip
    assert again["ablation-shrink.png"] == files["ablation-shrink.png"]
    assert again["ablation-shrink.pdf"] == files["ablation-shrink.pdf"]


def test_an_ablation_with_nothing_to_watch():
    plain = Ablation("p", "m", "Plain.", (AblationRow("a", {}),))
    files = AblationTable().render(AblationResult(plain, [record("a")], []))
    assert "published" not in files["ablation-p.md"] and files["ablation-p.png"]


def test_labels_must_differ():
    with pytest.raises(ValueError, match="same label"):
        Ablation("p", "m", "Plain.", (AblationRow("a", {}), AblationRow("a", {"x": 1})))


BUILT_IN = [
    value
    for module in (proposal_is_ablations, student_teacher_ablations)
    for value in vars(module).values()
    if isinstance(value, Ablation)
]


@pytest.mark.parametrize("ablation", BUILT_IN, ids=lambda a: a.name)
def test_every_row_of_the_paper_is_a_run_of_its_own(toys, ablation, tmp_path):
    from selfbench.contracts import Where

    plans = plan_ablation(toys, ablation, ["toy"], [0], {}, None, Where(None, tmp_path))
    keys = [plan.cell.key for (plan,) in plans.values()]
    assert len(set(keys)) == len(ablation.rows) > 1
    for row, (plan,) in zip(ablation.rows, plans.values()):
        assert set(plan.changed["method"]) <= set(row.overrides)


def test_the_paper_tables_are_whole():
    """S2 Table 4 has 18 rows; its best is b[0.2, 0.8] with lambda 0.001."""
    rows = {a.name: a.rows for a in BUILT_IN}
    assert len(rows["box-range"]) == 18
    best = max(rows["box-range"], key=lambda row: row.published["J"])
    assert best.label == "b[0.2, 0.8], λ 0.001" and best.published == {"J": 0.67, "F": 0.73}
    assert [row.published["J"] for row in rows["mask-prior"]] == [0.51, 0.61, 0.62, 0.67]


def test_the_gumbel_row_is_the_variant(toys, tmp_path):
    (row,) = [r for r in proposal_is_ablations.sampling.rows if r.label == "Gumbel-softmax"]
    variant = Registry().entry("methods", "proposal-gumbel").load()
    assert isinstance(variant, Variant) and variant.overrides == row.overrides
