"""Every loader on a small tree in its published layout: clips, truth, fingerprints, firewall."""

import importlib
import pickle
from functools import partial

import numpy as np
import pytest

from selfbench.contracts import Where
from selfbench.datasets import ski_ptz
from selfbench.datasets.ski_ptz import Trial
from selfbench.plugins.registry import Registry
from tests.datasets import layouts
from tests.datasets.layouts import H, W, square

TRIALS = {
    "train": (Trial(103, 4, 6),),
    "val": (Trial(302, 4, 6, (1,)),),
    "test": (Trial(412, 4, 8, (1, 2)),),
}
MAKERS = {
    "davis-2017": layouts.davis_2017,
    "ecssd": layouts.ecssd,
    "fbms-59": layouts.fbms_59,
    "fs-singles": partial(layouts.sparse, home="FS-Singles"),
    "handheld190k": partial(layouts.sparse, home="Handheld190k"),
    "human3.6m": layouts.human36m,
    "imagenet-vid": layouts.imagenet_vid,
    "moving-robot": layouts.moving_robot,
    "object-discovery": layouts.object_discovery,
    "pascal-s": layouts.pascal_s,
    "segtrack-v2": layouts.segtrack_v2,
    "ski-pose-ptz": layouts.ski_pose_ptz,
    "ski-ptz": partial(layouts.ski_ptz, trials=TRIALS),
    "youtube-objects": layouts.youtube_objects,
    "youtube-objects-v2.2": layouts.youtube_objects_v22,
    "youtube-objects-v2.3": layouts.youtube_objects_v23,
}


@pytest.fixture(autouse=True)
def _short_trials(monkeypatch):
    monkeypatch.setattr(ski_ptz, "TRIALS", TRIALS)
    monkeypatch.setattr(ski_ptz, "WIDTH", 1280)


def opened(name, root, **params):
    kind = Registry().entry("datasets", name).load()
    return kind(kind.Params(**params), Where(root, root / ".cache"))


def made(name, root, **params):
    MAKERS[name](root)
    return opened(name, root, **params)


def names(dataset, split):
    return [clip.name for clip in dataset.clips(split)]


def box(truth):
    return truth.boxes.tolist()


def test_every_dataset_in_files_is_tested_here():
    built_in = {
        entry.name
        for entry in Registry().of("datasets")
        if entry.origin == "selfbench" and not entry.name.endswith("-sim")
    }
    assert built_in - {"folder", "davis-2016"} == MAKERS.keys()


@pytest.mark.parametrize("name", MAKERS)
def test_clips_truth_and_firewall(name, tmp_path):
    dataset = made(name, tmp_path)
    assert dataset.location().parent in (tmp_path, tmp_path / "YTOdevkit")
    assert dataset.test_split in dataset.counts
    annotated = 0
    seen = set()
    for split in dataset.counts:
        if not dataset.holds(split):
            continue
        truth = dataset.truth(split)
        clips = dataset.clips(split)
        assert len({clip.name for clip in clips}) == len(clips)
        for clip in clips:
            assert "/" not in clip.name
            first = clip.frames[0]
            assert first.dtype == np.uint8
            assert len(clip.frames) == len(clip.frames.names)
            sent = pickle.dumps(clip)
            for path in dataset.files():
                if path.suffix in (".mat", ".xml", ".h5", ".txt", ".ppm"):
                    assert path.name.encode() not in sent
            of_clip = truth.get(clip.name, {})
            pickle.loads(pickle.dumps(of_clip))  # scoring happens in other processes
            assert set(of_clip) <= set(clip.frames.names)
            for frame in of_clip:
                one = of_clip[frame]
                assert one.mask is not None or one.boxes is not None
                if one.mask is not None:
                    assert one.mask.shape == first.shape[:2]
                annotated += 1
            seen.add(clip.name)
    assert annotated
    assert seen
    again = opened(name, tmp_path)
    assert again.frames_fingerprint() == dataset.frames_fingerprint()
    assert again.truth_fingerprint() == dataset.truth_fingerprint()


@pytest.mark.parametrize("name", MAKERS)
def test_without_data_the_error_says_what_to_do(name, tmp_path):
    from selfbench.errors import DataError, UsageError

    dataset = opened(name, tmp_path)
    with pytest.raises(DataError) as caught:
        dataset.clips(dataset.test_split)
    for words in (dataset.obtain, dataset.layout, "--data-root", "SELFBENCH_DATA", "-sim"):
        assert words in str(caught.value)
    with pytest.raises(UsageError, match="no split 'nonsense'"):
        dataset.clips("nonsense")


@pytest.mark.parametrize("name", MAKERS)
def test_a_changed_file_changes_one_fingerprint(name, tmp_path):
    dataset = made(name, tmp_path)
    before = dataset.frames_fingerprint(), dataset.truth_fingerprint()
    footage = next(f for f in dataset.footage(dataset.test_split) if f.truth)
    with footage.annotations[0].open("ab") as file:
        file.write(b" ")
    again = opened(name, tmp_path)
    assert again.frames_fingerprint() == before[0]
    assert again.truth_fingerprint() != before[1]
    with footage.files[0].open("ab") as file:
        file.write(b" ")
    assert opened(name, tmp_path).frames_fingerprint() != before[0]


def test_a_part_by_wildcard(tmp_path):
    dataset = made("segtrack-v2", tmp_path, sequences="pen*")
    assert names(dataset, "all") == ["penguin"]
    assert dataset.expected("all").clips is None
    from selfbench.errors import UsageError

    with pytest.raises(UsageError, match="no clip of all is named pengin"):
        opened("segtrack-v2", tmp_path, sequences="pengin").clips("all")


def test_davis_2017_objects_and_void(tmp_path):
    truth = made("davis-2017", tmp_path).truth("val")["dog"]["00001"]
    assert truth.void.sum() == 1
    assert sorted(np.unique(truth.objects)) == [0, 1, 2]
    assert (truth.mask == (square() > 0)).all()


def test_fbms_numbers_and_formats(tmp_path):
    fbms = made("fbms-59", tmp_path)
    bear = fbms.truth("train")["bear01"]
    assert list(bear) == ["bear01_0001", "bear01_0005"]  # 7 is beyond the last frame
    assert (bear["bear01_0001"].mask == (square() > 0)).all()  # the pgm beside it is no label
    assert len(np.unique(bear["bear01_0001"].objects)) == 3
    test = fbms.truth("test")
    assert (test["marple2"]["marple2_02"].mask == (square() > 0)).all()  # 60 is dark there
    assert test["tennis"]["tennis002"].mask.all()  # and is not here


def test_segtrack_union_of_objects(tmp_path):
    truth = made("segtrack-v2", tmp_path).truth("all")
    assert (truth["penguin"]["penguin_00000"].mask == (square() > 0)).all()
    assert (truth["girl"]["girl_00001"].mask == (square() > 0)).all()


def test_youtube_objects_v1(tmp_path):
    yto = made("youtube-objects", tmp_path)
    assert names(yto, "train") == ["horse-0001-001", "horse-0001-002"]
    assert names(yto, "train-boxed") == ["horse-0001-002"]
    assert names(yto, "test") == ["horse-0002-002"]
    truth = yto.truth("test")["horse-0002-002"]
    assert list(truth) == ["frame0002"]
    assert box(truth["frame0002"]) == [[8, 4, 20, 16], [-3.5, 0, 5, 6]]  # x0 > x1 in the file


def test_youtube_objects_v22(tmp_path):
    yto = made("youtube-objects-v2.2", tmp_path)
    shots = {clip.name: list(clip.frames.names) for clip in yto.clips("train")}
    assert [len(frames) for frames in shots.values()] == [4, 3]
    assert list(shots.values())[1][0] == "00000005"  # frame 4 stays in the first shot
    assert names(yto, "test") == ["horse-0002-00002"]
    (truth,) = yto.truth("test").values()
    assert len(truth["00000009"].boxes) == 2


def test_youtube_objects_v23(tmp_path):
    yto = made("youtube-objects-v2.3", tmp_path)
    assert names(yto, "test") == ["cat_00000003"]
    assert names(yto, "train") == ["cat_00000001", "cat_00000002"]


def test_imagenet_vid(tmp_path):
    vid = made("imagenet-vid", tmp_path)
    assert names(vid, "train") == ["t0"]
    truth = vid.truth("val")["v0"]
    assert truth["000000"].boxes.shape == (0, 4)
    assert box(truth["000001"]) == [[8, 4, 40, 16]]


def test_object_discovery(tmp_path):
    cars = made("object-discovery", tmp_path)
    assert names(cars, "all") == ["Car100-0001", "Car100-0002"]
    assert not cars.truth("all")["Car100-0002"]["0002"].mask.any()
    every = opened("object-discovery", tmp_path, subset="all")
    assert len(every.clips("all")) == 4
    assert "Car-0002" not in every.truth("all")


def test_pascal_s_half_is_not_reached_by_a_third(tmp_path):
    pascal = made("pascal-s", tmp_path)
    assert names(pascal, "test") == ["1", "2", "10"]
    assert (pascal.truth("test")["10"]["10"].mask == (square() > 0)).all()


def test_human36m(tmp_path):
    h36m = made("human3.6m", tmp_path)
    (train,), (test,) = h36m.clips("train"), h36m.clips("test")
    assert (train.name, test.name) == ("S1-Walking_1-54138969", "S9-Walking_1-54138969")
    assert test.background is None
    stack = np.stack([train.frames[i] for i in range(4)])
    places = np.linspace(0, 3, 50).astype(int)
    assert (train.background == np.median(stack[places], axis=0).astype(np.uint8)).all()
    assert any((tmp_path / ".cache/human3.6m").iterdir())
    truth = h36m.truth("test")[test.name]
    assert list(truth) == ["00000", "00001", "00002", "00003"]
    assert (truth["00002"].mask == (square() > 0)).all()
    assert box(truth["00002"]) == [[6, 2, 22, 18]]
    assert truth["00003"].mask is None  # masks end before the boxes do


def test_ski_ptz(tmp_path):
    ski = made("ski-ptz", tmp_path, margin=0)
    assert len(ski.clips("test")) == 6
    clip = ski.clips("test")[0]
    assert list(clip.frames.names) == [f"frame_{n:06d}" for n in range(4, 9)]
    truth = ski.truth("test")["trial_412_cam1"]
    assert (truth["frame_000005"].mask == (square(36, 64) > 0)).all()
    assert truth["frame_000006"].mask is None
    wide = opened("ski-ptz", tmp_path).truth("test")["trial_412_cam1"]["frame_000006"].boxes[0]
    x0, _, x1, _ = truth["frame_000006"].boxes[0]
    assert (wide[2] - wide[0]) == pytest.approx((x1 - x0) * 1.6, rel=0.02)
    assert (x0 + x1) / 2 == pytest.approx((wide[0] + wide[2]) / 2, abs=0.1)
    # Frame 6 is row 5; row 4 of 9, that is frame 5, has no camera.
    assert truth["frame_000005"].boxes is None


def test_ski_pose_ptz(tmp_path):
    crops = made("ski-pose-ptz", tmp_path)
    assert names(crops, "test") == ["test-seq000-cam00", "test-seq000-cam01"]
    first = crops.clips("test")[0]
    assert list(first.frames.names) == ["image_000000", "image_000001"]
    truth = crops.truth("test")[first.name]["image_000000"]
    assert box(truth) == [[64, 128, 192, 256]]


def test_moving_robot_from_a_video(tmp_path, real_data):
    (tmp_path / "Moving-Robot").mkdir()
    (tmp_path / "Moving-Robot/clip.mp4").symlink_to(real_data / "videos/v2v_child-riding.mp4")
    (clip,) = opened("moving-robot", tmp_path).clips("all")
    assert len(clip.frames) > 1
    assert clip.fps


def test_memory_needs_no_decoding(tmp_path, monkeypatch):
    """Opening decodes nothing, so that it costs what listing costs."""
    dataset = made("handheld190k", tmp_path)
    images = importlib.import_module("selfbench.media.frames")

    def refuse(path):
        raise AssertionError(f"decoded {path}")

    monkeypatch.setattr(images, "_load", refuse)
    assert len(dataset.clips("train")[0].frames) == 3
    assert list(dataset.truth("test")) == ["test0"]
    assert (H, W) == (24, 32)


def test_boxes_without_masks_run_to_a_table(tmp_path, cli):
    layouts.imagenet_vid(tmp_path)
    done = cli("run", "--method", "bright", "--dataset", "imagenet-vid", "--data-root", tmp_path,
               "--results", tmp_path / "r", "--workers", "1")  # fmt: skip
    assert done.code == 0, done.err
    assert "CorLoc" in (tmp_path / "r/comparison.md").read_text()


def test_one_image_per_clip_runs_to_a_table(tmp_path, cli):
    layouts.object_discovery(tmp_path)
    done = cli("run", "--method", "bright", "--dataset", "object-discovery", "--data-root",
               tmp_path, "--results", tmp_path / "r", "--workers", "1")  # fmt: skip
    assert done.code == 0, done.err
    assert "CorLoc" in (tmp_path / "r/comparison.md").read_text()
