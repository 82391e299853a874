"""Every dataset of which there are real files runs from end to end."""

import json

import pytest

from tests.datasets.samples import LAYOUTS


@pytest.mark.slow
@pytest.mark.parametrize("name", [*LAYOUTS, "davis-2016"])
def test_videopca_runs_on(name, real_data, tmp_path, cli, monkeypatch):
    if name == "davis-2016":
        root, settings = real_data, ["--set", "davis-2016.sequences=car-shadow"]
    else:
        LAYOUTS[name](real_data, tmp_path)
        root, settings = tmp_path, []
    words = ("--dataset", name, "--data-root", root, "--results", tmp_path / "r", "--workers", "1")
    if name == "moving-robot":  # has no truth, so that there is no table
        done = cli("run", "--method", "videopca", *words)
        assert "Traceback" not in done.err
        assert "failed" not in done.err
    else:
        done = cli("run", "--method", "videopca", *words, *settings)
        assert done.code == 0, done.err
        assert (tmp_path / "r/comparison.md").read_text().count("videopca")
    assert any((tmp_path / "r" / name).rglob("masks/*/*.png"))


@pytest.mark.slow
def test_videopca_runs_on_a_tracking_sequence(real_data, tmp_path, cli):
    skiing = real_data / "OTB-Skiing"
    done = cli("run", "--method", "videopca", "--dataset", "folder", "--workers", "1",
               "--set", f"folder.path={skiing / 'img'}", "--results", tmp_path / "r",
               "--set", f"folder.boxes={skiing / 'groundtruth_rect.txt'}")  # fmt: skip
    assert done.code == 0, done.err
    assert "CorLoc" in (tmp_path / "r/comparison.md").read_text()


def test_the_doctor_on_real_files(real_data, tmp_path, cli):
    for layout in (LAYOUTS["segtrack-v2"], LAYOUTS["object-discovery"]):
        layout(real_data, tmp_path)
    done = cli("data", "check", "segtrack-v2,object-discovery", "--data-root", tmp_path,
               "--format", "json", "--workers", "1")  # fmt: skip
    track, cows = json.loads(done.out)
    assert track["counts"]["all"] == {"clips": 1, "frames": 36, "annotated": 36}
    kinds = {finding["kind"] for finding in [*track["findings"], *cows["findings"]]}
    assert kinds == {"differs from the published count"}
    assert done.code == 1
