"""One's own frames and videos, in every shape a folder can have."""

import pickle
from pathlib import Path

import numpy as np
import pytest
from PIL import Image as Pillow

from selfbench.contracts import Where
from selfbench.datasets.folder import Folder, FolderParams
from selfbench.errors import DataError, UsageError
from selfbench.params import build

SIZE = (48, 64)


def dataset(path: Path, **params: object) -> Folder:
    values = {key: str(value) for key, value in {"path": path, **params}.items()}
    return Folder(build(FolderParams, values, "folder"), Where(None, Path("cache")))


def frames(folder: Path, *names: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for i, name in enumerate(names):
        Pillow.fromarray(np.full((*SIZE, 3), i, np.uint8)).save(folder / name)
    return folder


def masks(folder: Path, *names: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for name in names:
        Pillow.fromarray(np.eye(*SIZE, dtype=np.uint8) * 255).save(folder / name)
    return folder


def video(path: Path) -> Path:
    av = pytest.importorskip("av")
    path.parent.mkdir(parents=True, exist_ok=True)
    with av.open(str(path), "w") as container:
        stream = container.add_stream("mpeg4", rate=12)
        stream.width, stream.height, stream.pix_fmt = SIZE[1], SIZE[0], "yuv420p"
        for i in range(5):
            grey = np.full((*SIZE, 3), 40 * i, np.uint8)
            container.mux(stream.encode(av.VideoFrame.from_ndarray(grey, format="rgb24")))
        container.mux(stream.encode())
    return path


def names(folder: Folder) -> list[str]:
    return [clip.name for clip in folder.clips("all")]


# What becomes a clip


def test_a_folder_of_frames_is_one_clip_in_natural_order(tmp_path: Path) -> None:
    path = frames(tmp_path / "walk", "frame1.jpg", "frame2.JPG", "frame10.png", ".hidden.png")
    (path / "notes.txt").write_text("a walk")
    (clip,) = dataset(path, fps=25).clips("all")
    assert (clip.name, clip.fps) == ("walk", 25)
    assert list(clip.frames.names) == ["frame1", "frame2", "frame10"]
    assert [int(frame[0, 0, 0]) for frame in clip.frames] == [0, 1, 2]


def test_subfolders_and_videos_are_clips_each(tmp_path: Path) -> None:
    frames(tmp_path / "b10", "0.png")
    frames(tmp_path / "b9", "0.png")
    frames(tmp_path / ".cache", "0.png")
    (tmp_path / "empty").mkdir()
    video(tmp_path / "a.mp4")
    video(tmp_path / "b9.mp4")  # of the same name as a folder
    own = dataset(tmp_path)
    assert names(own) == ["a", "b9", "b9.mp4", "b10"]
    clip = own.clips("all")[0]
    assert (len(clip.frames), clip.fps) == (5, 12)
    assert clip.frames[4].shape == (*SIZE, 3)
    assert own.truth("all") == {}


def test_a_video_file_is_a_clip_whatever_its_suffix(tmp_path: Path) -> None:
    path = video(tmp_path / "holiday.mp4").rename(tmp_path / "holiday.dat")
    (clip,) = dataset(path).clips("all")
    assert (clip.name, len(clip.frames), clip.fps) == ("holiday", 5, 12)


def test_frames_beside_subfolders_are_a_clip_too(tmp_path: Path) -> None:
    root = frames(tmp_path / "all", "0.png")
    frames(root / "more", "0.png")
    assert names(dataset(root)) == ["all", "more"]


# What is refused


def test_a_path_is_needed() -> None:
    with pytest.raises(UsageError, match="path"):
        build(FolderParams, {}, "folder")
    with pytest.raises(UsageError, match="path=''"):
        build(FolderParams, {"path": ""}, "folder")


def test_what_holds_no_frames_is_described(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"holds no frames and no videos \(found: nothing\)"):
        dataset(tmp_path).clips("all")
    (tmp_path / "a.txt").touch()
    (tmp_path / "b.txt").touch()
    with pytest.raises(DataError, match=r"found: 2 x \.txt\); expected a folder of frames"):
        dataset(tmp_path).clips("all")
    with pytest.raises(DataError, match="does not exist"):
        dataset(tmp_path / "nowhere").clips("all")
    image = frames(tmp_path / "c", "one.png") / "one.png"
    with pytest.raises(DataError, match="is a single image"):
        dataset(image).clips("all")
    with pytest.raises(UsageError, match=r"no split 'train'\. Known: all"):
        dataset(tmp_path).clips("train")


def test_broken_files_are_named(tmp_path: Path) -> None:
    (tmp_path / "text.mp4").write_text("not a video")
    with pytest.raises(DataError, match=r"text\.mp4 is not a video"):
        dataset(tmp_path).clips("all")
    path = frames(tmp_path / "sizes", "0.png", "1.png")
    Pillow.fromarray(np.zeros((9, 9), np.uint8)).save(path / "2.png")
    (clip,) = dataset(path).clips("all")
    with pytest.raises(DataError, match=r"2\.png has 9 x 9 pixels"):
        list(clip.frames)


def test_two_images_of_one_name_are_no_frames(tmp_path: Path) -> None:
    path = frames(tmp_path / "pairs", "0.jpg", "0.png", "1.jpg")
    with pytest.raises(DataError, match=r"2 images named '0'.*--set folder.masks=FOLDER"):
        dataset(path).clips("all")


# Masks


def test_masks_of_one_clip(tmp_path: Path) -> None:
    path = frames(tmp_path / "walk", "0.png", "1.png", "2.png")
    for folder in (masks(tmp_path / "m", "1.png"), masks(tmp_path / "n" / "walk", "1.png").parent):
        own = dataset(path, masks=folder)
        truth = own.truth("all")
        assert {clip: list(of) for clip, of in truth.items()} == {"walk": ["1"]}
        mask = truth["walk"]["1"].mask
        assert mask is not None
        assert mask.sum() == SIZE[0]


def test_annotations_inside_the_folder_are_no_clip(tmp_path: Path) -> None:
    path = frames(tmp_path / "walk", "0.png")
    own = dataset(path, masks=masks(path / "masks", "0.png"))
    assert names(own) == ["walk"]
    assert list(own.truth("all")["walk"]) == ["0"]
    (clip,) = own.clips("all")
    assert b"masks" not in pickle.dumps(clip)


def test_masks_of_several_clips_and_of_a_video(tmp_path: Path) -> None:
    root = tmp_path / "clips"
    frames(root / "a", "0.png")
    video(root / "b.mp4")
    frames(root / "c", "0.png")
    of = tmp_path / "masks"
    masks(of / "a", "0.png")
    masks(of / "b", "00004.png")
    truth = dataset(root, masks=of).truth("all")
    assert {clip: list(masks) for clip, masks in truth.items()} == {"a": ["0"], "b": ["00004"]}
    assert truth["b"]["00004"].mask is not None


def test_masks_that_belong_to_nothing_are_named(tmp_path: Path) -> None:
    root = frames(tmp_path / "clips" / "dog", "frame1.png").parent
    with pytest.raises(DataError, match=r"frame2\.png belongs to no frame.* Did you mean frame1"):
        dataset(root, masks=masks(tmp_path / "m" / "dog", "frame2.png").parent).truth("all")
    with pytest.raises(DataError, match=r"dogs belongs to no clip .* Did you mean dog"):
        dataset(root, masks=masks(tmp_path / "n" / "dogs", "frame1.png").parent).truth("all")
    frames(root / "cat", "frame1.png")
    with pytest.raises(DataError, match="there are 2 clips"):
        dataset(root, masks=masks(tmp_path / "o", "frame1.png")).truth("all")
    (tmp_path / "p").mkdir()
    with pytest.raises(DataError, match="holds no mask"):
        dataset(root, masks=tmp_path / "p").truth("all")
    with pytest.raises(DataError, match="is not a folder"):
        dataset(root, masks=tmp_path / "q").truth("all")


def test_fingerprints(tmp_path: Path) -> None:
    root = frames(tmp_path / "walk", "0.png", "1.png")
    of = masks(tmp_path / "m", "1.png")
    frames_print, true = (
        dataset(root).frames_fingerprint(),
        dataset(root, masks=of).truth_fingerprint(),
    )
    assert dataset(root, masks=of).frames_fingerprint() == frames_print  # masks do not count
    assert dataset(root, fps=3).frames_fingerprint() != frames_print
    assert dataset(root).truth_fingerprint() != true
    frames(root, "1.png")
    assert dataset(root).frames_fingerprint() != frames_print
    assert dataset(root, masks=of).truth_fingerprint() == true


def boxes_of(root: Path, text: str) -> Path:
    path = root / "groundtruth_rect.txt"
    path.write_text(text)
    return path


def test_boxes_without_masks(tmp_path: Path) -> None:
    frames(tmp_path / "img", "0.png", "1.png", "2.png")
    path = boxes_of(tmp_path, "1,2,3,4\n1\t2\t3\t4\nNaN NaN NaN NaN\n\n")
    one = dataset(tmp_path / "img", boxes=str(path))
    truth = one.truth("all")["img"]
    assert list(truth) == ["0", "1"]
    assert truth["1"].boxes.tolist() == [[1, 2, 4, 6]]
    assert truth["1"].mask is None
    assert one.metrics == ("CorLoc", "mAP0.5")
    before = one.truth_fingerprint()
    boxes_of(tmp_path, "1,2,3,5\n1,2,3,4\n1,2,3,4\n")
    assert dataset(tmp_path / "img", boxes=str(path)).truth_fingerprint() != before


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("1,2,3,4\n", "has 1 lines for 3 frames"),
        ("1,2,3,4\n1,2,3\n1,2,3,4\n", "line 2 of .* is '1,2,3'; expected x,y,width,height"),
        ("a b c d\n" * 3, "line 1 of"),
    ],
)
def test_broken_lists_of_boxes(tmp_path: Path, text: str, words: str) -> None:
    frames(tmp_path / "img", "0.png", "1.png", "2.png")
    with pytest.raises(DataError, match=words):
        dataset(tmp_path / "img", boxes=str(boxes_of(tmp_path, text))).truth("all")


def test_lists_of_boxes_that_belong_to_nothing(tmp_path: Path) -> None:
    for name in "ab":
        frames(tmp_path / f"clips/{name}", "0.png")
    path = boxes_of(tmp_path, "1,2,3,4\n")
    with pytest.raises(DataError, match="belongs to no clip"):
        dataset(tmp_path / "clips", boxes=str(path)).truth("all")
    with pytest.raises(DataError, match="holds no list of boxes"):
        dataset(tmp_path / "clips", boxes=str(tmp_path / "nowhere")).truth("all")
    (tmp_path / "lists").mkdir()
    path.rename(tmp_path / "lists/a.txt")
    assert list(dataset(tmp_path / "clips", boxes=str(tmp_path / "lists")).truth("all")) == ["a"]
