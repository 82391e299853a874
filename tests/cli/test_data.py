"""`selfbench data list|check|where`."""

import json

import numpy as np
from PIL import Image as Pillow


def dataset(root, broken=False):
    for seed, split in enumerate(("train", "val", "test")):
        folder = root / "FS-Singles" / split / f"{split}-a"
        folder.mkdir(parents=True)
        for i in range(2):
            pixels = np.random.default_rng([seed, i]).integers(0, 256, (24, 32, 3), np.uint8)
            Pillow.fromarray(pixels).save(folder / f"{i}.png")
    if broken:
        (root / "FS-Singles/test/test-a/1.png").write_bytes(b"")


def test_list_says_what_is_there(cli, tmp_path):
    dataset(tmp_path)
    done = cli("data", "list", "--data-root", tmp_path)
    lines = dict(line.split(maxsplit=1) for line in done.out.splitlines() if line)
    assert done.code == 0
    assert lines["fs-singles"] == str(tmp_path / "FS-Singles")
    assert lines["ski-ptz"] == "missing"
    assert lines["h36m-sim"] == lines["toy"] == "made on the spot"
    records = json.loads(cli("data", "list", "--data-root", tmp_path, "--format", "json").out)
    assert {record["name"] for record in records} >= {"fs-singles", "davis-2017", "toy"}


def test_where(cli, tmp_path):
    dataset(tmp_path)
    done = cli("data", "where", "fs-singles", "--data-root", tmp_path)
    assert done.code == 0
    assert str(tmp_path / "FS-Singles") in done.out
    assert "layout: {train,val,test}/<sequence>" in done.out
    done = cli("data", "where", "fs-singles,pascal-s", "--data-root", tmp_path)
    assert done.code == 1
    assert "download salObj.zip" in done.out
    assert cli("data", "where", "fs-single").code == 2


def test_check_of_a_part_finds_nothing(cli, tmp_path):
    dataset(tmp_path)
    done = cli("data", "check", "fs-singles", "--data-root", tmp_path, "--workers", 1,
               "--set", "fs-singles.sequences=*-a")  # fmt: skip
    assert done.code == 0, done.err
    assert "test: 1 clips, 2 frames, 0 annotated" in done.out
    assert "nothing is wrong" in done.out
    assert "fingerprint of the frames: " in done.out


def test_check_exits_with_1_on_errors(cli, tmp_path):
    dataset(tmp_path, broken=True)
    words = ("data", "check", "fs-singles", "--data-root", tmp_path, "--workers", 1,
             "--set", "fs-singles.sequences=*-a")  # fmt: skip
    done = cli(*words)
    assert done.code == 1
    assert "error: 1 x cannot be read; copy or unpack it again" in done.out
    assert "test-a/1: " in done.out
    (checkup,) = json.loads(cli(*words, "--format", "json").out)
    assert checkup["errors"] == 1
    assert checkup["findings"][0]["severity"] == "error"


def test_check_of_what_is_missing_is_one_sentence(cli, tmp_path):
    done = cli("data", "check", "fs-singles", "--data-root", tmp_path)
    assert done.code == 1
    assert done.err.startswith("error: fs-singles: there is no folder FS-Singles")


def test_check_of_what_is_made_on_the_spot(cli):
    done = cli("data", "check", "toy", "--workers", 1)
    assert done.code == 1  # its clips are the same pictures in train and test
    assert "is the same image in train and test" in done.out
