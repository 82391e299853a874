import numpy as np
import pytest
from PIL import Image

import selfbench
from selfbench.errors import DataError
from tests.conftest import TOY


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    folder = tmp_path_factory.mktemp("results")
    return selfbench.run(
        "bright,pair", "toy", seed=[0, 1], plugin=TOY, results=folder, quiet=True, workers=1
    )


def test_a_table_has_a_row_per_method_dataset_metric_and_protocol(results):
    table = results.table()
    assert list(table.columns[:4]) == ["method", "dataset", "metric", "statistic"]
    assert not table.duplicated(["method", "dataset", "metric", "statistic"]).any()
    j = table[(table.method == "bright") & (table.metric == "J")].iloc[0]
    assert j.threshold == "best-J" and j.seeds == (0, 1) and j.low <= j["mean"] <= j.high
    assert len(j["keys"]) == 2 and j["std"] >= 0
    every = results.table(statistic="*", threshold="*", frames="*")
    assert set(every.threshold) >= {"best-J", "val", "0.5"} and len(every) > len(table)
    with pytest.raises(DataError, match="No score has this protocol"):
        results.table(threshold="never", frames="never")


def test_masks_and_boxes_of_a_clip(results):
    masks = results.masks("test-0", method="pair", seed=1)
    assert masks.shape == (6, 24, 32) and masks.dtype == np.uint8
    boxes = results.boxes("test-0", method="pair", seed=0)
    assert [len(b) for b, _ in boxes] == [2] * 6
    assert results.boxes("test-1", method="bright", seed=0)[0][0].shape == (0, 4)


def test_one_run_must_be_meant(results):
    with pytest.raises(DataError, match="4 of 4 runs fit; name one with method="):
        results.masks("test-0")
    with pytest.raises(DataError, match="0 of 4 runs fit"):
        results.log(method="learner")
    with pytest.raises(DataError, match=r"no masks of a clip 'test-7'.* Did you mean test-"):
        results.masks("test-7", method="pair", seed=0)


def test_a_log_is_a_table(results):
    log = results.log(method="bright", seed=0)
    assert list(log.columns) == ["stage", "step", "seconds", "name", "value"] and log.empty
    folder = results.run(method="bright", seed=0).folder
    (folder / "log.csv").write_text("stage,step,seconds,name,value\nfit,0,0.1,loss,0.5\n")
    assert results.log(method="bright", seed=0).value.tolist() == [0.5]


def test_it_shows_itself_in_a_notebook(results):
    html = results._repr_html_()
    assert "<table" in html and "bright" in html and "AP50" in html
    assert repr(results).startswith("Results(4 runs, 2 rows, ")


def test_a_figure_is_an_image(results):
    image = results.figure(rows=2)
    assert isinstance(image, Image.Image) and image.width > 400


def test_reports_about_these_runs_alone(results, tmp_path):
    selfbench.run("learner", "toy", plugin=TOY, results=results.source.results, quiet=True)
    written = results.report(output=tmp_path / "out", standalone=True)
    assert "learner" not in written.markdown and "bright" in written.markdown
    assert (tmp_path / "out" / "comparison.tex").exists()
