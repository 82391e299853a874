import numpy as np

from selfbench.contracts import Clip
from selfbench.media.clips import ResizedFrames, clip_digest


class Frames(list):
    names = ()


def clip(name, count, size=(6, 8)):
    return Clip(name, Frames([np.zeros((*size, 3), np.uint8)] * count))


def test_each_clip_gets_its_own_frames_back():
    clips = [clip("a", 2), clip("empty", 0), clip("b", 3)]
    owner = np.array([0, 0, 2, 2, 2])
    frames = np.arange(5, dtype=np.uint8)[:, None, None, None] * np.ones((5, 3, 4, 3), np.uint8)
    resized = ResizedFrames(clips, frames, owner)
    assert (resized.width, resized.height) == (4, 3)
    parts = {c.name: part[:, 0, 0, 0].tolist() for c, part in resized.by_clip()}
    assert parts == {"a": [0, 1], "empty": [], "b": [2, 3, 4]}


def test_the_digest_follows_pixels_and_the_size_of_the_frames():
    small = np.zeros((2, 3, 4, 3), np.uint8)
    digest = clip_digest(clip("a", 2), small)
    assert digest == clip_digest(clip("another name", 2), small.copy())
    assert digest != clip_digest(clip("a", 2, size=(12, 16)), small)
    assert digest != clip_digest(clip("a", 2), small + 1)
    assert clip_digest(clip("a", 0), small[:0]) == clip_digest(clip("b", 0), small[:0])
