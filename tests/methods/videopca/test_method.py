"""VideoPCA as a method: easy and hopeless clips, shots, threads and memory."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from selfbench.contracts import Clip, Run
from selfbench.methods.videopca import VideoPCA
from selfbench.methods.videopca.method import hysteresis, min_max
from selfbench.params import build
from selfbench.training.devices import TorchDevices
from selfbench.vision.shots import CutFinder
from tests.methods.videopca.scenes import ListFrames, masks, moving_square

ROOT = Path(__file__).parents[3]


def test_hysteresis_keeps_only_regions_with_a_strong_pixel():
    image = np.zeros((8, 8), np.float32)
    image[0, 0] = 0.6  # joined to a strong pixel by a corner only
    image[1, 1] = 0.9
    image[5, 5:7] = 0.7  # never strong
    image[7, 0] = 0.4  # weak
    kept = hysteresis(image, 0.5, 0.8)
    assert kept[0, 0] and kept[1, 1] and kept.sum() == 2


def test_cuts_are_found_and_flashes_and_pans_are_not():
    first, _ = moving_square(pan=3, count=30)
    second = [255 - frame for frame in first]
    finder = CutFinder()
    flash = np.full_like(first[0], 255)
    for frame in [*first[:15], flash, *first[15:], *second, *first[:3]]:
        finder.add(frame)
    # the last cut would leave a shot of three frames
    assert finder.shots(distance=0.3, ratio=4, shortest=10) == [(0, 31), (31, 64)]


@pytest.mark.parametrize("final", ["gaussian", "hysteresis"])
@pytest.mark.parametrize("pan", [0, 1])
def test_square_is_found(tmp_path, final, pan):
    frames, truth = moving_square(pan)
    soft = masks(frames, tmp_path, size=100, final=final) > 0.5
    iou = (soft & truth).sum((1, 2)) / (soft | truth).sum((1, 2))
    assert iou.mean() > 0.7


@pytest.mark.parametrize("final", ["gaussian", "hysteresis"])
@pytest.mark.parametrize("count", [1, 2, 5])
@pytest.mark.parametrize("kind", ["black", "grey", "still", "noise"])
def test_hopeless_clips_give_sound_masks(tmp_path, final, count, kind):
    rng = np.random.default_rng(3)
    still = rng.integers(0, 256, (33, 47, 3), dtype=np.uint8)
    frames = {
        "black": [np.zeros_like(still)] * count,
        "grey": [np.full_like(still, 128)] * count,
        "still": [still] * count,
        "noise": [rng.permutation(still) for _ in range(count)],
    }[kind]
    soft = masks(frames, tmp_path, size=32, final=final)
    assert soft.shape == (count, 33, 47)
    assert soft.dtype == np.float32
    assert np.isfinite(soft).all()
    assert soft.min() >= 0 and soft.max() <= 1
    if kind != "noise" or count <= 3:  # nothing moves, or PCA explains everything
        assert not soft.any()


@pytest.mark.parametrize(("height", "width"), [(1, 1), (5, 400), (480, 854)])
def test_any_frame_size(tmp_path, height, width):
    rng = np.random.default_rng(4)
    frames = [rng.integers(0, 256, (height, width, 3), dtype=np.uint8) for _ in range(6)]
    soft = masks(frames, tmp_path, size=64)
    assert soft.shape == (6, height, width)
    assert soft.min() >= 0 and soft.max() <= 1


def test_shots_are_treated_as_videos_of_their_own(tmp_path):
    first, _ = moving_square(pan=1)
    second = [255 - frame for frame in first]
    together = masks(first + second, tmp_path, size=64)
    separately = [masks(shot, tmp_path, size=64) for shot in (first, second)]
    np.testing.assert_array_equal(together, np.concatenate(separately))
    whole = masks(first + second, tmp_path, size=64, split_cuts=False)
    assert not np.array_equal(whole, together)


def test_chunks_hardly_change_a_clip_of_one_scene(tmp_path):
    frames, truth = moving_square(pan=0)
    soft = masks(frames, tmp_path, size=64, chunk=15) > 0.5
    assert (soft & truth).sum() / (soft | truth).sum() > 0.5


def test_no_file_remains(tmp_path):
    frames, _ = moving_square(pan=0, count=12)
    videopca = VideoPCA(build(VideoPCA.Params, {"size": 64}, "videopca"))
    predictions = iter(
        videopca.predict(Clip("clip", ListFrames(frames)), Run(0, tmp_path, TorchDevices()))
    )
    next(predictions)
    del predictions  # left in the middle of a clip
    assert not list(tmp_path.iterdir())


def run_alone(command, threads):
    limits = {"OPENBLAS_NUM_THREADS": threads, "OMP_NUM_THREADS": threads}
    return subprocess.run(command, env={**os.environ, **limits}, capture_output=True, text=True)


REPEAT = """
import hashlib, sys
from pathlib import Path
import cv2, numpy as np
sys.path.insert(0, sys.argv[1])
from tests.methods.videopca.scenes import masks, moving_square
cv2.setNumThreads(int(sys.argv[3]))
frames, _ = moving_square(pan=1)
print(hashlib.sha256(masks(frames, Path(sys.argv[2])).tobytes()).hexdigest())
"""


@pytest.mark.slow
def test_same_masks_on_any_number_of_threads(tmp_path):
    digests = set()
    for threads in ("1", "1", "2"):
        command = [sys.executable, "-c", REPEAT, str(ROOT), str(tmp_path), threads]
        result = run_alone(command, threads)
        assert result.returncode == 0, result.stderr
        digests.add(result.stdout)
    assert len(digests) == 1


LONG = """
import resource, sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
import numpy as np
from tests.methods.videopca.scenes import ListFrames, VideoPCA, Clip, Run, TorchDevices, build

class Lazy(ListFrames):
    def __init__(self, count):
        self.names = range(count)
        self.scene = np.random.default_rng(0).integers(0, 256, (40, 6000, 3), dtype=np.uint8)
    def __len__(self):
        return len(self.names)
    def __getitem__(self, t):
        return self.scene[:, t : t + 60]
    def __iter__(self):
        return (self[t] for t in self.names)

def peak(count):
    videopca = VideoPCA(build(VideoPCA.Params, {"size": 64}, "videopca"))
    run = Run(0, Path(sys.argv[2]), TorchDevices())
    done = sum(1 for _ in videopca.predict(Clip("long", Lazy(count)), run))
    assert done == count
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024

before = peak(4)
print(peak(5000) - before)
"""


@pytest.mark.slow
def test_memory_of_5000_frames_is_bounded(tmp_path):
    command = [sys.executable, "-c", LONG, str(ROOT), str(tmp_path)]
    result = run_alone(command, threads="1")
    assert result.returncode == 0, result.stderr
    size, chunk, components, chunks = 64, 600, 3, 9
    together = chunk * (3 * size**2 + 4096) + 48 * chunk**2
    bound = (together + chunks * 12 * size**2 * components + 360 * size**2) / 2**20  # docstring
    assert bound < 40  # the clip would be 245 MB in float32
    assert float(result.stdout) < bound


def test_flat_images_have_nothing_to_stretch():
    assert not min_max(np.full((3, 3), 0.4, np.float32)).any()
    assert min_max(np.array([[1.0, 2.0, 3.0]])).tolist() == [[0, 0.5, 1]]
