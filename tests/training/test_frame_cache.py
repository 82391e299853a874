import numpy as np

from selfbench.contracts import Clip
from selfbench.training.frame_cache import cached_frames


class Noise(list):
    """Frames that count how often they are decoded."""

    names = ("0", "1", "2")
    decoded = 0

    def __iter__(self):
        for frame in super().__iter__():
            Noise.decoded += 1
            yield frame


def test_frames_are_decoded_once(tmp_path):
    frames = Noise(np.random.default_rng(0).integers(0, 256, (3, 12, 16, 3), np.uint8))
    clips = [Clip("a", frames), Clip("b", frames)]
    made = cached_frames(clips, 8, 6, tmp_path)
    first, owner = made.frames, made.owner
    again = cached_frames(clips, 8, 6, tmp_path).frames
    assert first.shape == (6, 6, 8, 3) and Noise.decoded == 6
    assert isinstance(again, np.memmap) and (again == first).all()
    assert owner.tolist() == [0, 0, 0, 1, 1, 1]
    exact = frames[1].reshape(6, 2, 8, 2, 3).mean(axis=(1, 3))
    assert np.abs(first[1] - exact).max() <= 1
