import json
import re
import shutil
from dataclasses import replace

import pytest

from selfbench.contracts import LABELS, StoredRun
from selfbench.errors import DataError
from selfbench.reports.html import HtmlReport
from selfbench.stages.statistics import interval
from tests.reports.samples import GOOD, clips_record, material, record, soft_square, store_run

BLOCK = re.compile(r'<script type="application/json" id="([^"]+)">(.*?)</script>', re.S)
RECORDS = [clips_record("bright", GOOD, "toy"), record("learner", "toy", "F", 0.25)]


def blocks(runs, records=RECORDS, **more):
    """The data blocks of the page that is made of these runs."""
    files = HtmlReport().render(material(records, runs=runs, **more))
    assert list(files) == ["report.html"]
    return {name: json.loads(text) for name, text in BLOCK.findall(files["report.html"])}


@pytest.fixture
def runs(tmp_path):
    return [store_run(tmp_path, method, seed) for method in ("bright", "learner")
            for seed in (0, 1)]  # fmt: skip


def test_everything_is_in_one_file(runs):
    page = blocks(runs)
    index = page["index"]
    assert len(index["runs"]) == 4 and index["datasets"][0]["problem"] == ""
    assert {"run-0", "run-3", "clip-0-0", "clip-0-1"} <= page.keys()
    pictures = page["clip-0-0"]
    assert [p["place"] for p in pictures] == index["datasets"][0]["clips"][0]["pictures"]
    assert all(p["truth"] and set(p["masks"]) == set("0123") for p in pictures), "a small set: all"
    assert {mark["kind"] for mark in index["datasets"][0]["marks"]} >= {"worst", "median"}
    assert index["datasets"][0]["clips"][1] == {
        "name": "test-1", "start": 6, "frames": [f"{i:05d}" for i in range(6)], "ends": [0, 5],
        "pictures": list(range(6)),
    }  # fmt: skip


def test_numbers_are_those_of_the_records(runs):
    index = blocks(runs)["index"]
    fields = index["records"]["fields"]
    assert fields[-1] == "interval"
    for row, expected in zip(index["records"]["rows"], RECORDS, strict=True):
        shown = dict(zip(fields, row))
        assert (shown["method"], shown["mean"]) == (expected.method, expected.mean)
        assert shown["interval"] == (list(interval(expected)) if expected.per_clip else None)


def test_metrics_and_runs(runs):
    page = blocks(runs)
    assert list(page["index"]["metrics"]) == ["J", "F"]
    assert page["index"]["metrics"]["J"] == {
        "lower_is_better": ["decay"], "protocol": "what J means", "per_frame": True,
    }  # fmt: skip
    first = page["index"]["runs"][0]
    assert (first["method"], first["dataset"], first["seed"]) == ("bright", "toy", 0)
    assert first["protocol"] == ["J", "best-J", ""]
    assert first["levels"] == {"0.5": 0.5, "best-J": 0.35, "val": 0.45}
    assert [c["metric"] for c in page["run-0"]["curves"]] == ["J"] * 3 + ["F"] * 3
    assert page["run-0"]["manifest"]["key"] == first["key"]


def test_runs_that_did_not_finish_are_named(runs, tmp_path):
    failed = StoredRun(tmp_path, {"method": "faulty", "status": "running"}, "toy", "faulty")
    unscored = StoredRun(tmp_path, {"method": "bright", "status": "done"}, "toy", "bright")
    index = blocks(runs, unfinished=[failed, unscored])["index"]
    assert [(m["method"], m["status"]) for m in index["unfinished"]] == [("faulty", "running")]


def test_finished_runs_without_scores_are_left_out(runs, tmp_path):
    unscored = store_run(tmp_path, "unscored", metrics=())
    assert [run["method"] for run in blocks([unscored, *runs])["index"]["runs"]] == [
        "bright", "bright", "learner", "learner",
    ]  # fmt: skip


def test_frames_that_changed_since_leave_a_page_without_pictures(runs):
    def changed(run):
        raise DataError("The frames of toy have changed")

    page = blocks(runs, open_dataset=changed)
    assert "frames of toy have changed" in page["index"]["datasets"][0]["problem"]
    assert page["clip-0-0"] == [] and page["run-0"]["curves"]


def test_masks_that_were_deleted(runs):
    for run in runs:
        shutil.rmtree(run.folder / "masks")
    page = blocks(runs)
    assert all(p["masks"] == {} and p["truth"] for p in page["clip-0-0"])


def test_masks_of_somebody_else(tmp_path):
    own = store_run(tmp_path / "own")
    shutil.copytree(own.folder / "masks", tmp_path / "mine")
    shutil.rmtree(own.folder / "masks")
    elsewhere = replace(own, manifest={**own.manifest, "predictions": str(tmp_path / "mine")})
    assert all(len(p["masks"]) == 1 for p in blocks([elsewhere])["clip-0-0"])


def test_labels_are_foreground_wherever_they_are_above_zero(tmp_path):
    def labels(frame):
        return (soft_square(frame) > 0).astype("uint8")

    weak = blocks([store_run(tmp_path / "soft", mask=labels)])["clip-0-0"]
    full = blocks([store_run(tmp_path / "labels", mask=labels, levels={LABELS: 0.0})])["clip-0-0"]
    assert weak[3]["masks"] != full[3]["masks"]


def test_datasets_are_shown_apart(runs, tmp_path):
    other = store_run(tmp_path / "other", clips=1, dataset="toy [clips=1]")
    index = blocks([*runs, other])["index"]
    assert [d["name"] for d in index["datasets"]] == ["toy", "toy [clips=1]"]
    assert len(index["datasets"][1]["clips"]) == 1


def test_no_records():
    with pytest.raises(DataError, match="no scores to show"):
        HtmlReport().render(material())
