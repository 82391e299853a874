"""The stitched difference: panning, still and given scenes, boxes, and what it reads when."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from selfbench.contracts import Clip, Prediction, Run
from selfbench.methods import stitched_difference
from selfbench.methods.stitched_difference import StitchedDifference, scored_boxes
from selfbench.params import build
from selfbench.training.devices import TorchDevices

HEIGHT, WIDTH, SIDE, COUNT = 96, 128, 22, 20


class Panning:
    """A red square that rises and sinks over a textured scene along which the camera pans.

    `scenes` differ; each is a shot of `COUNT` frames.
    """

    def __init__(self, scenes: int = 1, size: tuple[int, int] = (HEIGHT, WIDTH), pan: int = 2):
        self.names = [f"{t:05d}" for t in range(scenes * COUNT)]
        self.size, self.pan, self.decoded = size, pan, [0] * len(self.names)
        self.scenes = [texture(seed, size[0], size[1] + pan * COUNT) for seed in range(scenes)]

    def __len__(self) -> int:
        return len(self.names)

    def __getitem__(self, t: int, /) -> NDArray[np.uint8]:
        if not 0 <= t < len(self):
            raise IndexError(t)
        self.decoded[t] += 1
        scene, shift = self.scenes[t // COUNT], self.pan * (t % COUNT)
        frame = scene[:, shift : shift + self.size[1]].copy()
        frame[square(t, self.size)] = (220, 30, 40)
        return frame

    def __iter__(self) -> Iterator[NDArray[np.uint8]]:
        return (self[t] for t in range(len(self)))


class Listed(Panning):
    """Given frames."""

    def __init__(self, frames: list[NDArray[np.uint8]]) -> None:
        self.frames, self.names = frames, [f"{t:05d}" for t in range(len(frames))]

    def __getitem__(self, t: int, /) -> NDArray[np.uint8]:
        return self.frames[t]


def texture(seed: int, height: int, width: int) -> NDArray[np.uint8]:
    """Greenish, or bluish for odd seeds, so that cuts show."""
    rng = np.random.default_rng(seed)
    small = rng.integers(40, 160, (height // 5 + 2, width // 5 + 2, 3), dtype=np.uint8)
    image = cv2.resize(small, (width, height), interpolation=cv2.INTER_CUBIC)
    image[..., 0] //= 3
    image[..., 1 + seed % 2] //= 2
    return np.ascontiguousarray(image)


def square(t: int, size: tuple[int, int] = (HEIGHT, WIDTH)) -> NDArray[np.bool_]:
    """The truth of frame t: it swings through the picture and clears each place for long."""
    mask = np.zeros(size, bool)
    phase = 2 * np.pi * (t % COUNT) / COUNT
    y = round((size[0] - SIDE) * (0.5 + 0.45 * np.sin(phase)))
    x = round((size[1] - SIDE) * (0.5 + 0.45 * np.cos(phase)))
    mask[y : y + SIDE, x : x + SIDE] = True
    return mask


def predictions(frames, background=None, notices=None, **values):
    method = StitchedDifference(build(StitchedDifference.Params, values, "stitched-difference"))
    said = [] if notices is None else notices
    run = Run(0, Path("unused"), TorchDevices(), progress=said.append)
    return method.predict(Clip("clip", frames, background=background), run)


def masks(frames, background=None, notices=None, **values) -> NDArray[np.float32]:
    return np.stack([p.mask for p in predictions(frames, background, notices, **values)])


def overlap(found: NDArray[np.floating], truth: NDArray[np.bool_]) -> float:
    found = found > 0.5
    return float((found & truth).sum() / (found | truth).sum())


def mean_overlap(found: NDArray[np.floating], size: tuple[int, int] = (HEIGHT, WIDTH)) -> float:
    return float(np.mean([overlap(mask, square(t, size)) for t, mask in enumerate(found)]))


@pytest.fixture(scope="module")
def panned() -> list[Prediction]:
    """What is said of one panning shot, without a notice."""
    notices: list[str] = []
    found = list(predictions(Panning(), notices=notices))
    assert notices == []
    return found


def stacked(found: list[Prediction]) -> NDArray[np.floating]:
    return np.stack([prediction.mask for prediction in found])


def test_a_square_before_a_panning_camera_is_found(panned):
    found = stacked(panned)
    assert found.shape == (COUNT, HEIGHT, WIDTH) and found.dtype == np.float32
    assert found.min() >= 0 and found.max() <= 1
    assert mean_overlap(found) > 0.7


def test_without_crf_it_is_found_too():
    found = masks(Panning(), crf=False)
    assert mean_overlap(found) > 0.7
    assert (found == 0).mean() > 0.8


def test_the_box_is_that_of_the_square(panned):
    for t, prediction in enumerate(panned):
        rows, columns = np.nonzero(square(t))
        truth = [columns.min(), rows.min(), columns.max() + 1, rows.max() + 1]
        assert len(prediction.boxes) == len(prediction.scores) == 1
        assert np.abs(prediction.boxes[0] - truth).max() <= 4, t
        assert 0.5 < prediction.scores[0] <= 1


def test_two_objects_are_two_boxes_the_larger_first():
    mask = np.zeros((40, 60), np.float32)
    mask[5:15, 5:15] = 0.9
    mask[20:38, 30:50] = 0.8
    mask[0, 59] = 1
    boxes, scores = scored_boxes(mask, 2)
    np.testing.assert_array_equal(boxes, [[30, 20, 50, 38], [5, 5, 15, 15]])
    np.testing.assert_allclose(scores, [0.8, 0.9 * 100 / 360], atol=0.002)
    assert len(scored_boxes(mask, 1)[0]) == 1 and len(scored_boxes(mask, 9)[0]) == 3
    boxes, scores = scored_boxes(np.zeros((4, 5), np.float32), 3)
    assert boxes.shape == (0, 4) and scores.shape == (0,)


def test_shots_do_not_mix_and_the_same_numbers_come_each_time(panned):
    two = masks(Panning(scenes=2))
    np.testing.assert_array_equal(two[:COUNT], stacked(panned))
    assert mean_overlap(two) > 0.7


@pytest.mark.parametrize("scene", ["textured", "black"])
def test_a_still_clip_has_nothing(scene):
    still = texture(0, HEIGHT, WIDTH) if scene == "textured" else np.zeros((30, 40, 3), np.uint8)
    notices = []
    found = list(predictions(Listed([still] * 8), notices=notices))
    assert not any((p.mask > 0.5).any() or len(p.boxes) for p in found)
    assert len(notices) == (scene == "black")


def test_without_texture_the_median_of_the_shot_stands_in():
    wall = np.full((HEIGHT, WIDTH, 3), 90, np.uint8)
    frames = [np.where(square(t)[..., None], np.uint8(200), wall) for t in range(COUNT)]
    notices = []
    assert mean_overlap(masks(Listed(frames), notices=notices)) > 0.7
    (notice,) = notices
    assert notice.startswith(f"clip: other frames show too little of what is behind {COUNT} of")


def test_unrelated_frames_give_empty_masks():
    rng = np.random.default_rng(0)
    frames = [rng.integers(0, 256, (40, 50, 3), dtype=np.uint8) for _ in range(6)]
    assert not (masks(Listed(frames)) > 0.5).any()


@pytest.mark.parametrize("count", [1, 2, 3])
def test_too_few_frames_have_nothing(count):
    frames, notices = [texture(0, HEIGHT, WIDTH)] * count, []
    assert not (masks(Listed(frames), notices=notices) > 0.5).any()
    assert len(notices) == 1


@pytest.mark.parametrize("size", [(101, 75), (180, 331)])
def test_odd_and_large_sizes(size):
    found = masks(Panning(size=size), crf=max(size) < 200)  # the CRF takes longest
    assert found.shape == (COUNT, *size)
    assert mean_overlap(found, size) > 0.6


@pytest.mark.parametrize("size", [(1, 1), (3, 200)])
def test_tiny_frames_pass(size):
    frames = [np.full((*size, 3), 50, np.uint8)] * 3
    assert not (masks(Listed(frames)) > 0.5).any()


def test_a_shadow_is_dropped_where_it_is_asked_for():
    scene = texture(0, HEIGHT, WIDTH).astype(np.float32) + 90
    frames = [np.where(square(t)[..., None], scene * 0.7, scene).astype(np.uint8)
              for t in range(COUNT)]  # fmt: skip
    kept, dropped = (masks(Listed(frames), shadow=s, crf=False) > 0.5 for s in (0, 1))
    assert dropped.sum() < 0.1 * kept.sum()


def test_a_known_background_counts_only_when_asked_for_and_is_declared(monkeypatch):
    empty = texture(0, HEIGHT, WIDTH)
    frames = [np.where(square(0)[..., None], np.uint8(250), empty)] * 6  # it never moves
    assert not (masks(Listed(frames), empty) > 0.5).any()
    monkeypatch.setattr(stitched_difference, "stitched", None)  # not needed
    found = masks(Listed(frames), empty, use_background=True)
    assert overlap(found[0], square(0)) > 0.7
    assert StitchedDifference(StitchedDifference.Params()).supervision == ()
    asked = StitchedDifference(StitchedDifference.Params(use_background=True))
    assert asked.supervision == ("known background",)


def test_without_a_known_background_it_stitches(panned):
    np.testing.assert_array_equal(masks(Panning(), use_background=True), stacked(panned))


def test_frames_are_read_when_they_are_needed(monkeypatch):
    """Once each for the cuts, then part by part; nothing is read before the first mask is asked."""
    from selfbench.vision.background import stitching

    monkeypatch.setattr(stitching, "PART", 6)
    monkeypatch.setattr(stitching, "REACH", 8)
    frames = Panning()
    found = predictions(frames)
    assert max(frames.decoded) == 0
    next(found)
    # Beyond the first part and its reach only the pass for the cuts has come
    beyond = frames.decoded[6 + 8 :]
    assert beyond == [1] * len(beyond)
    found.close()
    assert frames.decoded[6 + 8 :] == beyond
