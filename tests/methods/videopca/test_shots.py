"""Frames in a file, and parts of a shot."""

import numpy as np
import pytest

from selfbench.errors import StoreError
from selfbench.methods.videopca.shots import Spool, parts


def test_parts_are_even_and_complete():
    assert parts(10, 710, 600) == [(10, 360), (360, 710)]
    assert parts(0, 600, 600) == [(0, 600)]


def test_frames_come_back_as_they_were_written(tmp_path):
    frames = np.random.default_rng(0).integers(0, 256, (5, 6, 6, 3), np.uint8)
    with Spool(tmp_path / "new", 6) as spool:
        for frame in frames:
            spool.append(frame)
        assert len(spool) == 5
        assert np.array_equal(spool.read(1, 4), frames[1:4])
        assert list((tmp_path / "new").iterdir()) == [], "the file has no name"


def test_a_full_disk_is_one_sentence(tmp_path, monkeypatch):
    with Spool(tmp_path, 6) as spool:

        class Full:
            def seek(self, place): ...

            def close(self): ...

            def write(self, data):
                raise OSError(28, "No space left on device")

        monkeypatch.setattr(spool, "_file", Full())
        with pytest.raises(StoreError, match=r"frame 0 .*No space left.*needs 108 bytes per frame"):
            spool.append(np.zeros((6, 6, 3), np.uint8))
