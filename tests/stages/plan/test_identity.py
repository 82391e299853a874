"""What a key says of parameters that name files."""

import os
import shutil

import numpy as np
import pytest
from PIL import Image

from selfbench.stages.plan import Plan, data_places, plan_cells


@pytest.fixture
def plan(toys):
    def one(method: str, settings: dict[str, str], dataset: str = "toy") -> Plan:
        return plan_cells(toys, [method], [dataset], [0], settings, None, data_places(None))[0]

    return one


def flow_of(network: bytes, folder):
    (folder / "clip" / "+1").mkdir(parents=True, exist_ok=True)
    (folder / "clip" / "+1" / "00000.flo").write_bytes(network)
    return {"flow": "files", "flow_files": str(folder)}


def test_what_a_folder_holds_counts_not_where_it_lies(plan, tmp_path):
    first = plan("cis", flow_of(b"one network's", tmp_path / "flow"))
    assert set(first.cell.identity["params"]["flow_files"]) == {"contents"}
    assert first.method.params.flow_files == str(tmp_path / "flow"), "a manifest keeps the place"
    shutil.move(tmp_path / "flow", tmp_path / "moved")
    moved = plan("cis", flow_of(b"one network's", tmp_path / "moved"))
    assert (moved.cell.key, moved.fit_key) == (first.cell.key, first.fit_key)
    other = plan("cis", flow_of(b"another's", tmp_path / "moved"))
    assert not {other.cell.key, other.fit_key} & {first.cell.key, first.fit_key}


def test_what_a_file_holds_counts_not_its_name(plan, tmp_path):
    def key(name: str, content: bytes) -> str:
        (tmp_path / name).write_bytes(content)
        return plan("maskrcnn", {"weights": str(tmp_path / name)}).cell.key

    assert key("a.pth", b"one") == key("b.pth", b"one")
    assert key("a.pth", b"one") != key("a.pth", b"two")


def test_a_file_is_read_anew_though_it_looks_the_same(plan, tmp_path):
    def key(folder: str, content: bytes) -> str:
        file = tmp_path / folder / "weights.pth"
        file.parent.mkdir()
        file.write_bytes(content)
        os.utime(file, (0, 0))  # as unpacked from some archives
        return plan("maskrcnn", {"weights": str(file)}).cell.key

    assert key("a", b"one") != key("b", b"two")


def test_what_is_missing_is_named(plan):
    missing = plan("maskrcnn", {"weights": "no.pth"}).cell.identity
    assert missing["params"]["weights"] == "no.pth"


def test_a_word_is_not_taken_for_a_folder_of_that_name(plan, tmp_path, monkeypatch):
    before = plan("maskrcnn", {}).cell.key
    (tmp_path / "coco").mkdir()
    monkeypatch.chdir(tmp_path)
    assert plan("maskrcnn", {}).cell.key == before
    assert plan("maskrcnn", {}).cell.identity["params"]["weights"] == "coco"


def test_ones_own_video_counts_by_its_frames(plan, tmp_path):
    for name in ("0.png", "1.png"):
        (tmp_path / "here" / "dog").mkdir(parents=True, exist_ok=True)
        Image.fromarray(np.zeros((8, 8, 3), np.uint8)).save(tmp_path / "here" / "dog" / name)
    shutil.copytree(tmp_path / "here", tmp_path / "there")
    masks = tmp_path / "masks"
    masks.mkdir()
    Image.fromarray(np.zeros((8, 8), np.uint8)).save(masks / "0.png")

    def key(folder: str, **more: str) -> str:
        path = {"folder.path": str(tmp_path / folder / "dog")}
        one = plan("mog2", path | {f"folder.{k}": v for k, v in more.items()}, "folder")
        assert one.dataset.params.path == path["folder.path"]
        return one.cell.key

    assert key("here") == key("there") == key("there", masks=str(masks))
    assert key("here") != key("here", fps="5")
    Image.fromarray(np.ones((8, 8, 3), np.uint8)).save(tmp_path / "there" / "dog" / "1.png")
    assert key("here") != key("there")
