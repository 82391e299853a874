import json


def test_more_metrics_without_running_again(cli, tmp_path):
    cli("run", "-m", "bright", "-d", "toy", "--results", tmp_path)
    done = cli("score", "--metric", "*", "--results", tmp_path)
    assert done.code == 0 and ": scored" in done.err
    metrics = {
        r["metric"]
        for r in json.loads(cli("report", "--results", tmp_path, "--format", "json").out)
    }
    assert {"J", "F", "CorLoc", "mAP0.5", "AP50"} <= metrics
    again = cli("score", "--metric", "*", "--results", tmp_path)
    assert "up to date" in again.err


def test_asking_for_one_more_metric_never_removes_another(cli, tmp_path):
    def metrics():
        out = cli("report", "--results", tmp_path, "--format", "json").out
        return {record["metric"] for record in json.loads(out)}

    cli("run", "-m", "bright", "-d", "toy", "--results", tmp_path)
    before = metrics()
    assert cli("score", "--metric", "MAE", "--results", tmp_path).code == 0
    assert metrics() == before | {"MAE"}
    assert cli("run", "-m", "bright", "-d", "toy", "--results", tmp_path).code == 0
    assert metrics() == before | {"MAE"}


def test_scores_of_a_metric_that_is_not_loaded_any_more_still_show(cli, tmp_path):
    plugin = tmp_path / "mine.py"
    plugin.write_text(
        "from selfbench import MaskMetric\n\n"
        "class Mine(MaskMetric):\n    'Share of the frame.'\n    name = 'mine'\n"
        "    def frame(self, truth, prediction, void=None):\n        return 0.5\n"
    )
    results = tmp_path / "results"
    cli("run", "-m", "bright", "-d", "toy", "--results", results)
    done = cli("score", "--metric", "mine", "--results", results, "--plugin", plugin)
    assert done.code == 0, done.err
    for words in (("report",), ("run", "-m", "bright", "-d", "toy")):
        done = cli(*words, "--results", results)
        assert done.code == 0, done.err
        assert "mine ↑" in done.out


def test_parameters_of_the_dataset_are_remembered(cli, tmp_path):
    cli("run", "-m", "bright", "-d", "toy", "--set", "toy.clips=3", "--results", tmp_path)
    done = cli("score", "--metric", "J", "--results", tmp_path)
    assert done.code == 0 and "toy [clips=3]" in done.out


def test_nothing_to_score(cli, tmp_path):
    done = cli("score", "--results", tmp_path)
    assert done.code == 1 and "no finished runs" in done.err
