"""DAVIS 2016: the published lists, subsets, everything that can be missing, and the firewall."""

import pickle
from pathlib import Path

import numpy as np
import pytest
from PIL import Image as Pillow

from selfbench.contracts import Where
from selfbench.datasets.davis2016 import Davis2016, Davis2016Params
from selfbench.errors import DataError, UsageError
from selfbench.params import build

SIZE = (6, 8)


def dataset(root: Path | None, **params: str) -> Davis2016:
    return Davis2016(build(Davis2016Params, params, "davis-2016"), Where(root, Path("cache")))


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Two train sequences and one val sequence of three frames each."""
    davis = tmp_path / "DAVIS"
    lists = davis / "ImageSets/480p"
    lists.mkdir(parents=True)
    rng = np.random.default_rng(0)
    for split, names in {"train": ["bear", "surf"], "val": ["dog"]}.items():
        lines = []
        for name in names:
            for kind in ("JPEGImages", "Annotations"):
                (davis / kind / "480p" / name).mkdir(parents=True)
            for i in range(3):
                frame, mask = (
                    f"JPEGImages/480p/{name}/{i:05d}.jpg",
                    f"Annotations/480p/{name}/{i:05d}.png",
                )
                Pillow.fromarray(rng.integers(0, 256, (*SIZE, 3), dtype=np.uint8)).save(
                    davis / frame
                )
                Pillow.fromarray((rng.random(SIZE) > 0.5) * np.uint8(255)).save(davis / mask)
                lines.append(f"/{frame} /{mask} \n")
        (lists / f"{split}.txt").write_text("".join(lines))
    return tmp_path


def test_clips_and_truth(root: Path) -> None:
    davis = dataset(root)
    assert [clip.name for clip in davis.clips("train")] == ["bear", "surf"]
    assert [clip.name for clip in davis.clips("trainval")] == ["bear", "surf", "dog"]
    (clip,) = davis.clips("val")
    assert list(clip.frames.names) == ["00000", "00001", "00002"]
    assert clip.frames[0].shape == (*SIZE, 3)
    truth = davis.truth("val")
    assert list(truth) == ["dog"]
    assert list(truth["dog"]) == list(clip.frames.names)
    mask = truth["dog"]["00001"].mask
    assert mask is not None
    assert mask.dtype == bool
    assert mask.shape == SIZE
    pickle.loads(pickle.dumps(truth))  # scoring may happen in other processes


def test_the_root_may_be_the_davis_folder_itself(root: Path) -> None:
    assert [clip.name for clip in dataset(root / "DAVIS").clips("val")] == ["dog"]


def test_a_clip_does_not_lead_to_the_truth(root: Path) -> None:
    for clip in dataset(root).clips("trainval"):
        assert b"Annotations" not in pickle.dumps(clip)


def test_ideal_flow_is_the_only_way_from_masks_to_clips_and_says_so(root: Path) -> None:
    plain, ideal = dataset(root), dataset(root, ideal_flow="true")
    assert plain.supervision == () and "truth" in ideal.supervision[0]
    assert all(clip.flow is None for clip in plain.clips("trainval"))
    (clip,) = ideal.clips("val")
    assert clip.flow is not None and set(clip.flow.steps) >= {1, -1}
    mask = ideal.truth("val")["dog"]["00001"].mask
    flows = [clip.flow(1, step) for step in clip.flow.steps]
    for flow in flows:
        assert flow.shape == (*SIZE, 2)
        assert len(np.unique(flow[mask], axis=0)) == len(np.unique(flow[~mask], axis=0)) == 1
        assert not np.array_equal(flow[mask][0], flow[~mask][0])
    assert len({float(flow[0, 0, 0]) for flow in flows}) == len(flows), "independent draws"
    assert np.array_equal(clip.flow(1, 1), flows[0]), "and the same each time"
    before = ideal.frames_fingerprint()
    assert before != plain.frames_fingerprint()
    Pillow.fromarray(np.zeros(SIZE, np.uint8)).save(root / "DAVIS/Annotations/480p/dog/00000.png")
    assert dataset(root, ideal_flow="true").frames_fingerprint() != before


def test_subsets(root: Path) -> None:
    davis = dataset(root, sequences=" dog, bear,")
    assert [clip.name for clip in davis.clips("trainval")] == ["bear", "dog"]
    assert list(davis.truth("train")) == ["bear"]
    with pytest.raises(UsageError, match=r"no sequence 'beer' in .* Did you mean bear\?"):
        dataset(root, sequences="beer").clips("val")
    with pytest.raises(UsageError, match=r"no split 'vall'\. Did you mean trainval or val"):
        davis.clips("vall")


def test_fingerprints_follow_contents(root: Path) -> None:
    frames, truth = dataset(root).frames_fingerprint(), dataset(root).truth_fingerprint()
    assert dataset(root / "DAVIS").frames_fingerprint() == frames
    assert dataset(root, sequences="dog").frames_fingerprint() != frames
    mask = root / "DAVIS/Annotations/480p/dog/00000.png"
    Pillow.fromarray(np.zeros(SIZE, np.uint8)).save(mask)
    assert dataset(root).frames_fingerprint() == frames
    assert dataset(root).truth_fingerprint() != truth


@pytest.mark.parametrize("given", [None, "empty"])
def test_without_data_the_error_says_how_to_get_it(tmp_path: Path, given: str | None) -> None:
    with pytest.raises(DataError) as caught:
        dataset(tmp_path if given else None).clips("val")
    for words in (
        "davischallenge.org",
        "CC BY-NC",
        "--data-root",
        "SELFBENCH_DATA",
        "fs-singles-sim",
    ):
        assert words in str(caught.value)
    assert "\n" not in str(caught.value)


def test_missing_files_are_named_together(root: Path) -> None:
    for i in range(3):
        (root / f"DAVIS/JPEGImages/480p/dog/{i:05d}.jpg").unlink()
    (root / "DAVIS/Annotations/480p/dog/00001.png").unlink()
    with pytest.raises(
        DataError, match=r"4 files that val\.txt lists are missing.*00000\.jpg.*\.\.\."
    ):
        dataset(root).clips("val")
    assert dataset(root).clips("train")


def test_a_list_of_2017_is_refused(root: Path) -> None:
    (root / "DAVIS/ImageSets/480p/val.txt").write_text("dog\n")
    with pytest.raises(DataError, match=r"line 1 of .* is 'dog'"):
        dataset(root).clips("val")
    (root / "DAVIS/ImageSets/480p/val.txt").unlink()
    with pytest.raises(DataError, match=r"val\.txt cannot be read"):
        dataset(root).clips("val")


def test_masks_must_be_binary_and_of_the_frames_size(root: Path) -> None:
    masks = root / "DAVIS/Annotations/480p/dog"
    Pillow.fromarray(np.full((5, 8), 255, np.uint8)).save(masks / "00000.png")
    Pillow.fromarray(np.arange(48, dtype=np.uint8).reshape(SIZE)).save(masks / "00001.png")
    (masks / "00002.png").write_bytes(b"")
    truth = dataset(root).truth("val")["dog"]  # nothing is read before it is asked for
    for name, words in {"00000": "8 x 5 pixels", "00001": "48 values", "00002": "empty"}.items():
        with pytest.raises(DataError, match=words):
            truth[name]


def test_real_davis(real_data: Path) -> None:
    davis = dataset(real_data)
    clips = {clip.name: clip for clip in davis.clips("val")}
    assert next(iter(clips)) == "blackswan"
    assert sum(len(clip.frames) for clip in clips.values()) == 342
    assert clips["dog"].frames[-1].shape == (480, 854, 3)
    surf = davis.truth("train")["surf"]
    last = surf[list(surf)[-1]].mask
    assert last is not None
    assert not last.any()
    assert davis.frames_fingerprint() != davis.truth_fingerprint()
