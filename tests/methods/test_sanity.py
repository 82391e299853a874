"""The trivial methods: their masks and boxes."""

import numpy as np
import pytest

from selfbench.contracts import Clip, Run, Truth
from selfbench.errors import DataError
from selfbench.media.frames import ImageFrames
from selfbench.methods.sanity import CenterBox, Empty, Oracle, Random, WholeFrame
from selfbench.training.devices import TorchDevices
from tests.files import write_mask


@pytest.fixture
def clip(tmp_path):
    for name in "ab":
        write_mask(tmp_path / f"{name}.png", np.zeros((20, 30), np.uint8))
    return Clip("clip", ImageFrames([tmp_path / "a.png", tmp_path / "b.png"]))


def predict(kind, clip, truth=None, seed=0, **params):
    run = Run(seed, None, TorchDevices(), truth=truth or {})
    return list(kind(kind.Params(**params)).predict(clip, run))


def test_boxes_are_where_they_should_be(clip):
    centre, again = predict(CenterBox, clip)
    assert centre.boxes.tolist() == [[7.5, 5, 22.5, 15]] and centre.scores.tolist() == [1]
    assert centre.mask[5:15, 8:22].all() and centre.mask.sum() in range(140, 161)
    assert again.mask is centre.mask
    (small, _) = predict(CenterBox, clip, share=0.1)
    assert small.mask.sum() == 4
    whole, _ = predict(WholeFrame, clip)
    assert whole.mask.all() and whole.boxes.tolist() == [[0, 0, 30, 20]]
    nothing, _ = predict(Empty, clip)
    assert not nothing.mask.any() and nothing.boxes.shape == (0, 4)


def test_random_boxes_differ_by_frame_and_seed_only(clip):
    first, second = predict(Random, clip)
    assert predict(Random, clip)[0].boxes.tolist() == first.boxes.tolist()
    assert predict(Random, clip, seed=1)[0].boxes.tolist() != first.boxes.tolist()
    assert second.boxes.tolist() != first.boxes.tolist()
    for p in (first, second):
        x0, y0, x1, y1 = p.boxes[0]
        assert 0 <= x0 <= x1 <= 30 and 0 <= y0 <= y1 <= 20
        assert set(np.unique(p.mask)) <= {0.0, p.scores[0]}


def test_the_oracle_gives_masks_boxes_and_objects_back(clip):
    objects = np.zeros((20, 30), np.uint8)
    objects[2:5, 2:5], objects[8:12, 8:12] = 1, 2
    shown, blank = predict(Oracle, clip, {"clip": {"a": Truth(objects > 0, objects=objects)}})
    assert (shown.mask == (objects > 0)).all() and (shown.objects == objects).all()
    assert not blank.mask.any() and not blank.objects.any()
    boxes = np.array([[3.0, 4, 10, 9]])
    _, boxed = predict(Oracle, clip, {"clip": {"b": Truth(boxes=boxes)}})
    assert boxed.mask.sum() == 35 and boxed.boxes.tolist() == boxes.tolist()
    assert boxed.objects is None


def test_the_oracle_needs_a_truth(clip):
    with pytest.raises(DataError, match="this dataset has none"):
        predict(Oracle, clip, {"clip": {}})
