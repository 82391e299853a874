import json
import re
import shutil

import pytest

from selfbench.reports.html.page import script_safe

BLOCK = re.compile(r'<script type="application/json" id="([^"]+)">(.*?)</script>', re.S)
NAME = "</script><b> & \"%_$#' ü"


def blocks(page: str) -> dict:
    return {name: json.loads(text) for name, text in BLOCK.findall(page)}


@pytest.fixture
def report(cli, tmp_path):
    """Make the report of the cells that `words` run; return its blocks."""

    def make(*words):
        cli("run", *words, "--results", tmp_path)
        done = cli("report", "--report", "html", "--results", tmp_path)
        assert done.code == 0, done.err
        assert "Written" in done.out
        return blocks((tmp_path / "report.html").read_text("utf-8"))

    return make


def test_everything_is_in_one_file_and_nothing_comes_from_elsewhere(report, tmp_path):
    found = report("-m", "bright,learner", "-d", "toy", "--seed", "0-1")
    index = found["index"]
    assert len(index["runs"]) == 4 and index["datasets"][0]["problem"] == ""
    assert {"run-0", "run-3", "clip-0-0", "clip-0-1"} <= found.keys()
    pictures = found["clip-0-0"]
    assert [p["place"] for p in pictures] == index["datasets"][0]["clips"][0]["pictures"]
    assert all(p["truth"] and set(p["masks"]) == set("0123") for p in pictures), "a small set: all"
    assert {mark["kind"] for mark in index["datasets"][0]["marks"]} >= {"worst", "median"}
    page = (tmp_path / "report.html").read_text("utf-8")
    outside = re.findall(r"(?:src|href|url|import)\W{1,3}(?:https?:)?//\S*", page)
    assert not outside and "default-src 'none'" in page


def test_the_numbers_are_those_of_the_table(report, cli, tmp_path):
    index = report("-m", "bright", "-d", "toy", "--seed", "0-1")["index"]
    fields = index["records"]["fields"]
    assert fields.pop() == "interval"
    shown = [dict(zip(fields, row)) for row in index["records"]["rows"]]
    told = json.loads(cli("report", "--results", tmp_path, "--format", "json").out)
    assert len(shown) == len(told)
    for a, b in zip(shown, told):
        assert a == {name: b[name] for name in fields}


def test_a_run_that_failed_is_named(report):
    index = report("-m", "bright,faulty", "-d", "toy")["index"]
    assert [(m["method"], m["status"]) for m in index["unfinished"]] == [("faulty", "running")]
    assert [run["method"] for run in index["runs"]] == ["bright"]


def test_only_failed_runs(cli, tmp_path):
    cli("run", "-m", "faulty", "-d", "toy", "--results", tmp_path)
    done = cli("report", "--report", "html", "--results", tmp_path)
    assert done.code == 1 and "There are no scores below" in done.err


def test_frames_that_changed_since_leave_a_page_without_pictures(cli, tmp_path):
    cli("run", "-m", "bright", "-d", "toy", "--results", tmp_path)
    (path,) = tmp_path.glob("*/*/*/*/manifest.json")
    manifest = json.loads(path.read_text())
    manifest["identity"]["frames"] = "those of yesterday"
    path.write_text(json.dumps(manifest))
    assert cli("report", "--report", "html", "--results", tmp_path).code == 0
    found = blocks((tmp_path / "report.html").read_text("utf-8"))
    assert "frames of toy have changed" in found["index"]["datasets"][0]["problem"]
    assert found["clip-0-0"] == [] and found["run-0"]["curves"]


def test_masks_that_were_deleted(report, cli, tmp_path):
    report("-m", "bright", "-d", "toy")
    for folder in tmp_path.glob("*/*/*/*/masks"):
        shutil.rmtree(folder)
    assert cli("report", "--report", "html", "--results", tmp_path).code == 0
    found = blocks((tmp_path / "report.html").read_text("utf-8"))
    assert all(p["masks"] == {} and p["truth"] for p in found["clip-0-0"])


def test_scores_of_the_whole_dataset_alone(report, cli, tmp_path):
    report("-m", "learner", "-d", "toy")
    cli("score", "--metric", "AP50", "--results", tmp_path)
    assert cli("report", "--report", "html", "--results", tmp_path).code == 0
    index = blocks((tmp_path / "report.html").read_text("utf-8"))["index"]
    assert index["datasets"][0]["clips"] == [] and "No frame" in index["datasets"][0]["problem"]


def test_masks_of_somebody_else(cli, tmp_path, toys):
    cli("run", "-m", "bright", "-d", "toy", "--results", tmp_path)
    (masks,) = tmp_path.glob("toy/bright/*/*/masks")
    mine = tmp_path / "mine"
    for clip in ("test-0", "test-1"):
        shutil.copytree(masks / clip, mine / clip)
    assert cli("evaluate", "--predictions", mine, "--dataset", "toy", "--name", "a<b>&_é",
               "--results", tmp_path).code == 0  # fmt: skip
    assert cli("report", "--report", "html", "--results", tmp_path).code == 0
    found = blocks((tmp_path / "report.html").read_text("utf-8"))
    assert {run["method"] for run in found["index"]["runs"]} == {"bright", "a<b>&_é"}
    assert all(len(p["masks"]) == 2 for p in found["clip-0-0"])


def test_the_reader_chooses_the_protocol(cli, tmp_path):
    cli("run", "-m", "bright", "-d", "toy", "--results", tmp_path)
    done = cli("report", "--report", "html", "--threshold", "0.5", "--results", tmp_path)
    assert done.code == 2 and "lets its reader choose" in done.err


def test_filters(report, cli, tmp_path):
    report("-m", "bright,learner", "-d", "toy")
    cli("report", "--report", "html", "-m", "learner", "--metric", "J", "--results", tmp_path)
    index = blocks((tmp_path / "report.html").read_text("utf-8"))["index"]
    assert [run["method"] for run in index["runs"]] == ["learner"]
    assert {row[2] for row in index["records"]["rows"]} == {"J"}


def test_no_text_can_end_its_script():
    text = script_safe({NAME: [NAME, float("nan"), (1, 2.5)]})
    assert "<" not in text and json.loads(text) == {NAME: [NAME, None, [1, 2.5]]}


def test_marks_and_notes_are_those_of_the_printed_table(report, cli, tmp_path):
    tables = report("-m", "bright,learner", "-d", "toy")["index"]["tables"]
    usual = tables["usual|usual"]
    markdown = cli("report", "--results", tmp_path).out
    marked = set(re.findall(r"\| (\w+) +\|.*(?:<u>|\*\*)", markdown))
    assert marked == {method for method, *_ in usual["places"]}
    assert any("Threshold best-J" in note for note in usual["notes"])
    assert "0.5|skip-ends" in tables and "val|all" in tables
