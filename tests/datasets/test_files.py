"""What all datasets in files share: clips, truth, fingerprints, firewall; on a tree of each."""

import pickle

import numpy as np
import pytest

from selfbench.datasets.files import folders_in
from selfbench.errors import DataError, UsageError
from selfbench.media import frames, masks
from selfbench.plugins.registry import Registry
from tests.datasets import layouts
from tests.datasets.layouts import H, W
from tests.datasets.trees import MAKERS, clip_names, made, opened

pytestmark = pytest.mark.usefixtures("short_trials")


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
    annotated, clip_count = 0, 0
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
            clip_truth = truth.get(clip.name, {})
            pickle.loads(pickle.dumps(clip_truth))  # scoring happens in other processes
            assert set(clip_truth) <= set(clip.frames.names)
            for frame in clip_truth:
                truth_of_frame = clip_truth[frame]
                assert truth_of_frame.mask is not None or truth_of_frame.boxes is not None
                if truth_of_frame.mask is not None:
                    assert truth_of_frame.mask.shape == first.shape[:2]
                annotated += 1
            clip_count += 1
    assert annotated and clip_count
    again = opened(name, tmp_path)
    assert again.frames_fingerprint() == dataset.frames_fingerprint()
    assert again.truth_fingerprint() == dataset.truth_fingerprint()


@pytest.mark.parametrize("name", MAKERS)
def test_without_data_the_error_says_what_to_do(name, tmp_path):
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
    assert clip_names(dataset, "all") == ["penguin"]
    assert dataset.expected("all").clips is None
    with pytest.raises(UsageError, match="no clip of all is named pengin"):
        opened("segtrack-v2", tmp_path, sequences="pengin").clips("all")


def test_memory_needs_no_decoding(tmp_path, monkeypatch):
    """Opening decodes nothing, so that it costs what listing costs."""
    dataset = made("handheld190k", tmp_path)

    def refuse(path):
        raise AssertionError(f"decoded {path}")

    for module in (frames, masks):
        monkeypatch.setattr(module, "load_image", refuse)
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


def test_folders_come_in_natural_order(tmp_path):
    for name in ("a10", "a9", ".hidden"):
        (tmp_path / name).mkdir()
    (tmp_path / "file").touch()
    assert [folder.name for folder in folders_in(tmp_path)] == ["a9", "a10"]
    assert folders_in(tmp_path / "nowhere") == []


def test_the_folder_may_be_the_data_root_itself(tmp_path):
    made("ecssd", tmp_path)
    assert opened("ecssd", tmp_path / "ECSSD").location() == tmp_path / "ECSSD"
