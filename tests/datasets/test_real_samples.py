"""Every dataset of which there are real files: loads, is examined, and runs from end to end."""

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image as Pillow

from selfbench.contracts import Where
from selfbench.datasets.davis2017 import Davis2017, object_truth
from selfbench.datasets.fbms59 import FBMS59, fbms_truth
from selfbench.datasets.human36m import Human36M
from selfbench.datasets.matlab import count_cells, read_cell
from selfbench.datasets.object_discovery import ObjectDiscovery
from selfbench.datasets.pascal_s import PascalS
from selfbench.datasets.segtrack_v2 import SegTrackV2
from selfbench.errors import DataError
from selfbench.media.frames import ImageFrames
from selfbench.media.video import VideoFrames
from tests.datasets.layouts import cells_v73
from tests.datasets.samples import LAYOUTS, link


class Sized:
    """Frames of which only the size matters."""

    def __init__(self, width: int, height: int = 480) -> None:
        self.names, self.size = (), (height, width)


def opened(kind, data: Path, root: Path):
    LAYOUTS[kind.name](data, root)
    return kind(kind.Params(), Where(root, root / "cache"))


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


def test_davis_2017_reads_indices_and_keeps_objects_apart(real_data, tmp_path):
    davis = opened(Davis2017, real_data, tmp_path)
    assert [clip.name for clip in davis.clips("val")] == ["bike", "bmx-trees"]
    truth = davis.truth("val")
    bike = truth["bike"]["00000"]
    assert sorted(np.unique(bike.objects)) == [0, 1, 2]
    assert (bike.mask == (bike.objects > 0)).all()
    # Each file of judo holds another object, and some lack the last column of their frame.
    masks = sorted((real_data / "DAVIS-2017-samples/cutie/masks/judo").glob("*.png"))
    sizes = [Sized(*Pillow.open(path).size) for path in masks]
    seen = [set(np.unique(object_truth(p, s).objects)) for p, s in zip(masks, sizes)]
    assert set().union(*seen) == {0, 1, 2, 3, 4}
    frames = Sized(854)
    with pytest.raises(DataError, match="853 x 480 pixels, expected 854 x 480"):
        object_truth(masks[1], frames)


def test_fbms_colours(real_data, tmp_path):
    fbms = opened(FBMS59, real_data, tmp_path)
    (clip,) = fbms.clips("test")
    truth = fbms.truth("test")["bear01"]
    numbers = ("0001", "0020", "0040", "0060", "0080", "0100")
    assert list(truth) == [f"bear01_{n}" for n in numbers]
    assert len(clip.frames) == 100
    path = real_data / "FBMS/bear01-video/bear01_0020_gt.ppm"
    bear = (np.array(Pillow.open(path)) == (0, 255, 255)).all(axis=2)
    assert (truth["bear01_0020"].mask == bear).all()
    ducks = real_data / "FBMS/ducks01-gt/ducks01_0001_gt.ppm"
    colours = np.array(Pillow.open(ducks))
    found = fbms_truth(ducks, Sized(*colours.shape[1::-1]), "ducks01")
    assert len(np.unique(found.objects)) == 6  # five ducks and the background
    assert (found.mask == (colours != 255).any(axis=2)).all()


def test_segtrack_masks_are_cut_at_half(real_data, tmp_path):
    segtrack = opened(SegTrackV2, real_data, tmp_path)
    truth = segtrack.truth("all")["bmx"]
    assert len(truth) == 36
    path = real_data / "SegTrackV2-bmx/masks_bike_only/bmx_06668.png"
    grey = np.array(Pillow.open(path).convert("L"))
    assert len(np.unique(grey)) > 2
    assert (truth["bmx_06668"].mask == (grey >= 128)).all()


def test_single_images_are_clips_in_natural_order(real_data, tmp_path):
    pascal = opened(PascalS, real_data, tmp_path)
    names = [clip.name for clip in pascal.clips("test")]
    assert names == [str(n) for n in range(1, 13)]
    assert {len(clip.frames) for clip in pascal.clips("test")} == {1}
    sizes = {clip.frames[0].shape for clip in pascal.clips("test")}
    assert len(sizes) > 1
    assert all(truth[name].mask.any() for name, truth in pascal.truth("test").items())


def test_object_discovery_reads_bmp(real_data, tmp_path):
    cows = opened(ObjectDiscovery, real_data, tmp_path)
    assert len(cows.clips("all")) == 10
    assert cows.clips("all")[0].name.startswith("cow-")
    assert all(t.mask.any() for of in cows.truth("all").values() for t in of.values())


def test_matlab_73_cells_are_turned_upright(real_data):
    (path,) = (real_data / "SegTrack-v1/mat_v73").glob("*.mat")
    assert count_cells(path, "groundTruth") == 21
    for index, mask in enumerate(sorted((real_data / "SegTrack-v1/girl/gt").glob("*.png"))[:3]):
        grey = np.array(Pillow.open(mask).convert("L"))
        cell = read_cell(path, "groundTruth", index)
        assert cell.shape == grey.shape
        assert ((cell > 0) == (grey >= 128)).mean() > 0.99


def test_human36m_from_videos(real_data, tmp_path):
    video = real_data / "videos/v2v_child-riding.mp4"
    take = "Walking.54138969"
    for subject in ("S1", "S9"):
        link(tmp_path / f"Human3.6M/{subject}/Videos/{take}.mp4", video)
    frames = VideoFrames(video)
    mask = np.zeros(frames.size, np.uint8)
    mask[10:20, 30:50] = 1
    cells_v73(tmp_path / f"Human3.6M/S9/MySegmentsMat/ground_truth_bs/{take}.mat", [mask] * 2)
    h36m = Human36M(Human36M.Params(), Where(tmp_path, tmp_path / "cache"))
    (train,), (test,) = h36m.clips("train"), h36m.clips("test")
    assert train.background.shape == frames[0].shape
    assert len(test.frames) == len(frames)
    truth = h36m.truth("test")[test.name]
    assert list(truth) == list(frames.names[:2])
    assert (truth[frames.names[1]].mask == (mask > 0)).all()
    assert truth[frames.names[1]].boxes is None  # then it is the tight one around the mask


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


def test_frames_of_real_layouts_decode(real_data, tmp_path):
    davis = opened(Davis2017, real_data, tmp_path)
    for clip in davis.clips("val"):
        assert isinstance(clip.frames, ImageFrames)
        assert clip.frames[0].shape[:2] == clip.frames.size
