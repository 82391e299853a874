"""Video files: any frame equals the one a plain decode gives, and bad files end in a sentence."""

import pickle
import random
import subprocess
import sys
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from selfbench.errors import DataError
from selfbench.media.video import VideoFrames
from tests.media.videos import plain, write

av = pytest.importorskip("av")
CODECS: dict[str, tuple[str, Mapping[str, str]]] = {
    "bframes.mp4": ("libx264", {"bf": "3", "x264-params": "open-gop=1:keyint=10:scenecut=0"}),
    "raw.h264": ("libx264", {"bf": "2", "g": "10"}),  # without time stamps
    "stream.ts": ("libx264", {"bf": "3", "g": "10"}),
    "old.avi": ("mpeg4", {"bf": "2", "g": "8"}),
    "old.mpg": ("mpeg2video", {"bf": "2", "g": "8"}),
    "web.webm": ("libvpx-vp9", {"g": "10"}),
}


def check(path: Path, jumps: int = 12) -> VideoFrames:
    """Compare all ways to read with a plain decode."""
    expected = plain(path)
    frames = VideoFrames(path)
    assert len(frames) == len(expected) == len(frames.names)
    assert frames.size == expected[0].shape[:2]
    for got, frame in zip(frames, expected, strict=True):
        assert np.array_equal(got, frame)
    rng = random.Random(0)
    order = [rng.randrange(-len(expected), len(expected)) for _ in range(jumps)]
    for i in [*order, *range(min(20, len(expected))), len(expected) - 1, 0]:
        assert np.array_equal(frames[i], expected[i]), i
    return frames


@pytest.mark.parametrize("name", CODECS)
def test_any_frame_is_exact(tmp_path: Path, name: str) -> None:
    frames = check(write(tmp_path / name, *CODECS[name]), jumps=40)
    assert len(frames) == 24
    with pytest.raises(IndexError):
        frames[24]


def test_names_fps_and_copies(tmp_path: Path) -> None:
    frames = VideoFrames(write(tmp_path / "a video: 50 %.mp4"))
    assert frames.fps == 10
    assert frames.names[:2] == ("00000", "00001")
    first = frames[0]
    first[:] = 0  # a caller may write into what it got
    assert frames[0].any()
    copy = pickle.loads(pickle.dumps(frames))  # in the middle of reading
    assert np.array_equal(copy[7], frames[7])
    assert len(pickle.dumps(frames)) < 4000


def test_one_frame_is_a_video(tmp_path: Path) -> None:
    assert len(check(write(tmp_path / "one.mp4", frames=1))) == 1


def test_phone_videos_stand_upright(tmp_path: Path) -> None:
    path = write(tmp_path / "phone.mp4")
    upright = plain(path)
    turn = b"".join(n.to_bytes(4, "big", signed=True) for n in (0, 65536, 0, -65536, 0, 0))
    content = path.read_bytes()
    matrix = content.index(b"tkhd") + 44  # of the track header: how to turn the frames
    path.write_bytes(content[:matrix] + turn + content[matrix + 24 :])
    frames = VideoFrames(path)
    if frames.size == (48, 64):
        pytest.skip("this PyAV knows no rotation")
    assert frames.size == (64, 48)
    assert np.array_equal(frames[3], np.rot90(upright[3], -1))  # clockwise, as players do
    assert np.array_equal(next(iter(frames)), np.rot90(upright[0], -1))


def test_threads_do_not_disturb_each_other(tmp_path: Path) -> None:
    frames = VideoFrames(write(tmp_path / "a.mp4"))
    expected = list(frames)
    rng = random.Random(1)
    order = [rng.randrange(24) for _ in range(60)]
    with ThreadPoolExecutor(4) as pool:
        for i, got in zip(order, pool.map(frames.__getitem__, order), strict=True):
            assert np.array_equal(got, expected[i])


def test_forks_do_not_disturb_each_other(tmp_path: Path) -> None:
    path = write(tmp_path / "a.mp4")
    # In a process of its own, because this one may have threads. More videos than decoders are kept
    # open: a child that closed an inherited one would hang.
    code = f"""
import os
from pathlib import Path
from selfbench.media.video import VideoFrames
videos = [VideoFrames(Path({str(path)!r})) for _ in range(6)]
expected = list(videos[0])
for video in videos:
    video[3]
child = os.fork()
for video in videos:
    for i in range(4, 24):
        assert (video[i] == expected[i]).all(), i
if child:
    assert os.waitpid(child, 0)[1] == 0
else:
    os._exit(0)
"""
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)


# Bad files


@pytest.mark.parametrize(
    ("content", "words"),
    [(b"Dear diary\n" * 50, "not a video"), (b"", "not a video"), (None, "not a file")],
)
def test_what_is_no_video_is_said(tmp_path: Path, content: bytes | None, words: str) -> None:
    path = tmp_path / "text.mp4"
    if content is not None:
        path.write_bytes(content)
    for ask in (len, next, lambda f: f[0], lambda f: f.fps):
        with pytest.raises(DataError, match=words) as caught:
            ask(iter(VideoFrames(path)) if ask is next else VideoFrames(path))
        assert str(path) in str(caught.value)


def test_sound_alone_is_no_video(tmp_path: Path) -> None:
    path = tmp_path / "sound.wav"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("pcm_s16le", rate=8000, layout="mono")
        silence = av.AudioFrame.from_ndarray(np.zeros((1, 800), np.int16), "s16", "mono")
        silence.rate = 8000
        container.mux(stream.encode(silence))
    with pytest.raises(DataError, match="no video stream"):
        len(VideoFrames(path))


def test_a_video_without_frames_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path / "a.avi", "mpeg4")
    content = path.read_bytes()
    path.write_bytes(content[: content.index(b"movi") + 4])
    with pytest.raises(DataError, match=r"no frame that can be decoded|not a video"):
        len(VideoFrames(path))


@pytest.mark.parametrize("name", ["cut.mp4", "cut.avi", "cut.ts"])
def test_a_cut_video_has_the_frames_before_the_cut(tmp_path: Path, name: str) -> None:
    whole = write(tmp_path / name, "mpeg4", {"g": "3"}, container_options={"movflags": "faststart"})
    expected = plain(whole)
    cut = tmp_path / f"half-{name}"
    cut.write_bytes(whole.read_bytes()[: whole.stat().st_size * 8 // 10])
    frames = VideoFrames(cut)
    assert 3 < len(frames) < 24
    got = list(frames)
    assert len(got) == len(frames)
    assert all(np.array_equal(a, b) for a, b in zip(got[:-1], expected, strict=False))
    assert all(np.array_equal(frames[i], got[i]) for i in (len(frames) - 1, 0, 2))


@pytest.mark.parametrize("name", ["bframes.mp4", "stream.ts", "old.mpg"])
def test_a_damaged_video_reads_the_same_twice(tmp_path: Path, name: str) -> None:
    path = write(tmp_path / name, *CODECS[name])
    content = bytearray(path.read_bytes())
    rng = random.Random(3)
    for _ in range(6):
        content[rng.randrange(len(content) // 4, len(content) * 3 // 4)] ^= rng.randrange(1, 256)
    path.write_bytes(content)
    frames = VideoFrames(path)
    expected = list(frames)
    assert len(frames) == len(expected) > 0
    order = [rng.randrange(len(frames)) for _ in range(20)]
    assert all(np.array_equal(frames[i], expected[i]) for i in order)


# Real files


@pytest.mark.parametrize("name", ["bgs_video.avi", "tav_man-skiing.mp4", "v2v_child-riding.mp4"])
def test_real_videos(real_data: Path, name: str) -> None:
    frames = check(real_data / "videos" / name, jumps=4)
    assert len(frames) == {"b": 374, "t": 91, "v": 8}[name[0]]


def test_a_large_video_is_never_whole_in_memory(real_data: Path) -> None:
    path = real_data / "videos/sam2_05_juggle.mp4"  # 247 frames of 720p: 680 MB as RGB
    code = f"""
import resource
from pathlib import Path
from selfbench.media.video import VideoFrames
import av
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
frames = VideoFrames(Path({str(path)!r}))
assert len(frames) == sum(1 for frame in frames) == 247
frames[246]
assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 200_000, "too much memory"
"""
    subprocess.run([sys.executable, "-c", code], check=True, timeout=120)


def test_the_video_that_kills_opencv(real_data: Path) -> None:
    # In a process of its own: OpenCV 5's reader aborts on it, and an abort would end the tests.
    code = f"""
from pathlib import Path
from selfbench.media.video import VideoFrames
frames = VideoFrames(Path({str(real_data / "videos/bgs_demo.avi")!r}))
assert (len(frames), frames.size, frames.fps) == (51, (48, 48), 15.0)
assert (frames[50] == list(frames)[50]).all()
"""
    done = subprocess.run(
        [sys.executable, "-c", code], timeout=60, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_damage_makes_no_noise(real_data: Path, tmp_path: Path) -> None:
    content = (real_data / "videos/tav_man-skiing.mp4").read_bytes()
    broken = tmp_path / "broken.mp4"
    broken.write_bytes(content[:100_000] + content[:9000] + content[109_000:])
    code = f"""
from pathlib import Path
from selfbench.media.video import VideoFrames
print(len(VideoFrames(Path({str(broken)!r}))))
"""
    done = subprocess.run(
        [sys.executable, "-c", code], timeout=60, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert 0 < int(done.stdout) <= 91
