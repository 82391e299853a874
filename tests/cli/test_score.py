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


def test_parameters_of_the_dataset_are_remembered(cli, tmp_path):
    cli("run", "-m", "bright", "-d", "toy", "--set", "toy.clips=3", "--results", tmp_path)
    done = cli("score", "--metric", "J", "--results", tmp_path)
    assert done.code == 0 and "toy [clips=3]" in done.out


def test_nothing_to_score(cli, tmp_path):
    done = cli("score", "--results", tmp_path)
    assert done.code == 1 and "no finished runs" in done.err
