from selfbench.contracts import Metric
from selfbench.stages.score import load_metrics, score_cell
from selfbench.store.scores import read_columns, read_info, read_infos, scored_metrics

PLUGIN = """
from selfbench import MaskMetric

class Area(MaskMetric):
    name = "area"
    def frame(self, truth, prediction, void=None):
        return prediction.area / SIZE
"""


def test_every_threshold_rule_is_scored(scored, tmp_path):
    (plan,) = scored()
    folder = plan.cell.folder(tmp_path)
    assert scored_metrics(folder) == ["AP50", "CorLoc", "F", "J"]
    assert [info.metric for info in read_infos(folder)] == ["J", "F", "CorLoc", "AP50"]
    assert set(read_columns(folder, "J").names("threshold")) == {"0.5", "best-J", "val"}
    info = read_info(folder, "J")
    assert info.frames == "all" and info.clips == 2 and set(info.levels) == {"0.5", "best-J", "val"}


def test_scores_are_made_again_when_the_truth_changes(scored, toys, tmp_path, monkeypatch):
    (plan,) = scored()
    folder, metrics = plan.cell.folder(tmp_path), load_metrics(toys, [], plan.dataset)
    assert not score_cell(folder, plan.dataset, metrics, 1)
    monkeypatch.setenv("TOY_TRUTH", "2")
    assert score_cell(folder, plan.dataset, load_metrics(toys, [], plan.dataset), 1)


def test_one_more_metric_leaves_the_others_alone(scored, toys, tmp_path):
    (plan,) = scored()
    folder = plan.cell.folder(tmp_path)
    before = {path.name: path.read_bytes() for path in (folder / "scores").iterdir()}
    assert score_cell(folder, plan.dataset, load_metrics(toys, ["MAE"], plan.dataset), 1)
    after = {path.name: path.read_bytes() for path in (folder / "scores").iterdir()}
    assert after.keys() - before.keys() == {"MAE.parquet"}
    assert {name: after[name] for name in before} == before
    assert not score_cell(folder, plan.dataset, load_metrics(toys, [], plan.dataset), 1)
    assert "MAE" in scored_metrics(folder), "scoring the papers' metrics deletes no other"


def test_a_changed_metric_is_scored_again_alone(scored, tmp_path):
    from selfbench.plugins.registry import Registry
    from tests.conftest import TOY

    (plan,) = scored()
    folder, file = plan.cell.folder(tmp_path), tmp_path / "area.py"

    def score(size):
        file.write_text(PLUGIN.replace("SIZE", size))
        metrics = load_metrics(Registry([TOY, file]), ["J", "area"], plan.dataset)
        return score_cell(folder, plan.dataset, metrics, 1)

    assert score("1.0")
    before = read_info(folder, "area"), (folder / "scores" / "J.parquet").stat().st_mtime_ns
    assert not score("1.0")
    assert score("2.0")
    after = read_info(folder, "area"), (folder / "scores" / "J.parquet").stat().st_mtime_ns
    assert after[1] == before[1]
    assert [s.value for s in after[0].summaries] == [s.value / 2 for s in before[0].summaries]


def test_thresholds_are_chosen_once_for_all_metrics(scored, toys, tmp_path, monkeypatch):
    (plan,) = scored()

    def never(*_):
        raise AssertionError("thresholds were chosen already")

    monkeypatch.setattr("selfbench.stages.score.cell.choose_level", never)
    folder = plan.cell.folder(tmp_path)
    assert score_cell(folder, plan.dataset, load_metrics(toys, ["precision"], plan.dataset), 1)
    assert read_info(folder, "precision").levels == read_info(folder, "J").levels


def test_the_chooser_is_the_first_metric_of_the_dataset_with_a_curve(toys):
    from tests.toy import Toy

    metrics = load_metrics(toys, ["MAE", "J"], Toy)
    assert [type(m).name for m in metrics.metrics] == ["MAE", "J"]
    assert isinstance(metrics.selector, Metric) and metrics.selector.name == "J"
    assert metrics.rank("F") == 1 and metrics.rank("MAE") == len(Toy.metrics)
