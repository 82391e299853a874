"""What a user takes away: masks, boxes and RLE as COCO JSON, and a video that players show."""

import json

import numpy as np
import pytest
from faster_coco_eval.core import mask as rle

from selfbench.contracts import Clip, Marks, no_scored_boxes
from selfbench.media.export import Video, export
from selfbench.media.masks import encode_mask, read_labels, read_soft_mask
from selfbench.media.video import VideoFrames
from selfbench.store.cell_folder import CellStore, StoredFrame

BOXES = np.array([[2.0, 2, 8, 10], [8, 2, 14, 10]]), np.array([0.9, 0.4])


class Frames(list):
    @property
    def names(self):
        return [str(i) for i in range(len(self))]


def clip(count=3, size=(21, 33)):
    return Clip("mine", Frames([np.full((*size, 3), 40 * i, np.uint8) for i in range(count)]), 10.0)


def soft(value=200):
    mask = np.zeros((21, 33), np.uint8)
    mask[4:9, 3:13] = value
    return mask


def store(folder, boxes=None, objects=False):
    """A finished run on `clip()`."""
    cell = CellStore(folder)
    labels = encode_mask((soft() > 0) * np.uint8(7)) if objects else None
    scored = no_scored_boxes() if boxes is None else boxes
    cell.write_clip(
        "mine", [StoredFrame(str(i), encode_mask(soft()), scored, labels) for i in range(3)]
    )
    return cell


def run(cell, output, level=0.5):
    steps = []
    written = export(
        cell, [clip()], output, level, lambda c: [Marks()] * 3, lambda *s: steps.append(s)
    )
    return written, steps, json.loads((output / "boxes.json").read_text())


def test_everything_is_written_once_and_progress_is_shown(tmp_path):
    output = tmp_path / "out"
    written, steps, coco = run(store(tmp_path / "cell", BOXES), output)
    assert written == [output / "masks", output / "boxes.json", output / "overlay/mine.mp4"]
    assert steps == [(1, 3), (2, 3), (3, 3)]
    assert np.array_equal(read_soft_mask(output / "masks/mine/2.png"), soft())
    assert [i["file_name"] for i in coco["images"]] == ["mine/0", "mine/1", "mine/2"]
    assert {(i["width"], i["height"]) for i in coco["images"]} == {(33, 21)}
    assert len(VideoFrames(output / "overlay/mine.mp4")) == 3


def test_each_of_several_boxes_gets_its_part_of_the_mask(tmp_path):
    _, _, coco = run(store(tmp_path / "cell", BOXES), tmp_path / "out")
    left, right = coco["annotations"][:2]
    assert left["bbox"] == [2, 2, 6, 8] and left["score"] == 0.9
    assert (left["area"], right["area"]) == (5 * 5, 5 * 5)
    decoded = rle.decode(left["segmentation"])
    assert decoded.sum() == left["area"] and decoded[4:9, 3:8].all()


@pytest.mark.parametrize(("level", "count"), [(0.5, 3), (0.95, 0)])
def test_without_boxes_of_its_own_the_largest_component_is_the_box(tmp_path, level, count):
    _, _, coco = run(store(tmp_path / "cell"), tmp_path / "out", level)
    assert len(coco["annotations"]) == count


def test_labels_of_objects_are_copied_where_a_method_has_some(tmp_path):
    written, _, _ = run(store(tmp_path / "cell", objects=True), tmp_path / "out")
    assert tmp_path / "out/objects" in written
    assert read_labels(tmp_path / "out/objects/mine/0.png").max() == 7


def test_the_overlay_shows_the_mask(tmp_path):
    run(store(tmp_path / "cell"), tmp_path / "out")
    frame = VideoFrames(tmp_path / "out/overlay/mine.mp4")[1].astype(int)
    assert frame.shape == (22, 34, 3), "H.264 wants even sides"
    assert frame[6, 8, 0] > frame[6, 8, 1] + 30
    assert frame[15, 25] == pytest.approx([40] * 3, abs=12)


def test_a_video_without_frames_is_closed(tmp_path):
    with Video(tmp_path / "empty.mp4", clip(0)) as video:
        assert video.rate == 10
    with Video(tmp_path / "other.mp4", Clip("a", Frames())) as video:
        assert video.rate == 25, "where the clip does not say"
