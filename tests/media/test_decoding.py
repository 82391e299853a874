"""Decoding: frames in order from any keyframe, damage in between, and RGB that stands upright."""

from types import SimpleNamespace

import numpy as np
import pytest

from selfbench.errors import DataError
from selfbench.media.decoding import decode, no_frames, opened, size_of, to_rgb
from tests.media.videos import NOISE, plain, write


def pixels(frames):
    return [frame.to_ndarray(format="rgb24") for frame in frames]


def test_a_sound_video_gives_its_frames_in_order(tmp_path):
    path = write(tmp_path / "a.mp4")
    frames = list(decode(path))
    assert None not in frames and len(frames) == 24
    assert all(np.array_equal(a, b) for a, b in zip(pixels(frames), plain(path)))


def test_decoding_starts_at_a_keyframe_at_or_before_a_time(tmp_path):
    path = write(tmp_path / "a.mp4", options={"g": "6"})
    times = [frame.pts for frame in decode(path)]
    keyframes = [frame.pts for frame in decode(path) if frame.key_frame]
    assert len(keyframes) > 2
    for time in (times[0], times[8], times[-1]):
        first = next(decode(path, time))
        assert first.key_frame and first.pts <= time
        assert first.pts == max(t for t in keyframes if t <= time)


def test_what_is_cut_short_gives_the_frames_before_the_cut(tmp_path):
    path = write(tmp_path / "a.ts", options={"g": "3"})
    whole = plain(path)
    path.write_bytes(path.read_bytes()[: path.stat().st_size * 8 // 10])
    frames = pixels(frame for frame in decode(path) if frame is not None)
    assert 3 < len(frames) < 24
    assert all(np.array_equal(a, b) for a, b in zip(frames[:-1], whole))


@pytest.mark.parametrize(
    ("content", "words"),
    [(None, "is not a file; expected a video file"), (b"", "is not a video that can be read"),
     (b"text\n" * 99, "expected MP4, AVI, MKV or such")],
)  # fmt: skip
def test_what_is_no_video_is_said(tmp_path, content, words):
    path = tmp_path / "text.mp4"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(DataError, match=words), opened(path):
        pass


def test_streams_are_opened_with_their_container(tmp_path):
    with opened(write(tmp_path / "a: b.mp4")) as (container, stream):
        assert container.streams.video[0] is stream and stream.codec_context is not None


class Decoded(SimpleNamespace):
    """A frame as PyAV gives it, of NOISE."""

    height, width = NOISE.shape[:2]

    def to_ndarray(self, **_):
        return NOISE


@pytest.mark.parametrize(("rotation", "turns"), [(0, 0), (90, 1), (-90, 3), (180, 2), (270, 3)])
def test_frames_are_turned_upright(tmp_path, rotation, turns):
    frame, upright = Decoded(rotation=rotation), np.rot90(NOISE, turns)
    assert size_of(frame) == upright.shape[:2]
    assert np.array_equal(to_rgb(frame, size_of(frame), tmp_path), upright)


def test_an_older_reader_knows_no_rotation(tmp_path):
    assert size_of(Decoded()) == NOISE.shape[:2]


def test_a_size_that_changes_is_refused(tmp_path):
    with pytest.raises(DataError, match="changes its frame size from 10 x 10 pixels to 64 x 48"):
        to_rgb(Decoded(), (10, 10), tmp_path)


def test_no_frames_is_a_sentence(tmp_path):
    assert "no frame that can be decoded" in str(no_frames(tmp_path / "a.mp4"))
