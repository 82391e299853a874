"""VideoPCA: its mathematics against direct formulas, and easy and hopeless clips."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from selfbench.contracts import Clip, Run
from selfbench.errors import UsageError
from selfbench.methods.videopca import VideoPCA, pca
from selfbench.methods.videopca.colour import ColourBins, ColourModel, stretch
from selfbench.methods.videopca.method import hysteresis
from selfbench.methods.videopca.shots import parts
from selfbench.params import build
from selfbench.training.devices import TorchDevices
from selfbench.vision.shots import CutFinder


class ListFrames:
    def __init__(self, frames: list[NDArray[np.uint8]]) -> None:
        self.frames = frames
        self.names = [f"{t:05d}" for t in range(len(frames))]

    def __len__(self) -> int:
        return len(self.frames)

    def __getitem__(self, index: int, /) -> NDArray[np.uint8]:
        return self.frames[index]

    def __iter__(self) -> Iterator[NDArray[np.uint8]]:
        return iter(self.frames)


def masks(frames: list[NDArray[np.uint8]], folder: Path, **values: object) -> NDArray[np.floating]:
    videopca = VideoPCA(build(VideoPCA.Params, values, "videopca"))
    predictions = videopca.predict(Clip("clip", ListFrames(frames)), Run(0, folder, TorchDevices()))
    return np.array([prediction.mask for prediction in predictions])


def texture(rng: np.random.Generator, height: int, width: int, low: int, high: int) -> NDArray:
    small = rng.integers(low, high, (height // 6 + 2, width // 6 + 2, 3), dtype=np.uint8)
    return cv2.resize(small, (width, height), interpolation=cv2.INTER_LINEAR)


def moving_square(pan: int, count: int = 40) -> tuple[list[NDArray], NDArray[np.bool_]]:
    """A reddish square that circles the middle of a greenish scene; the truth (n, H, W)."""
    rng = np.random.default_rng(7)
    scene = texture(rng, 120, 160 + pan * count, 40, 160)
    scene[..., 0] //= 3
    square = texture(rng, 26, 26, 120, 250)
    square[..., 1] //= 3
    frames, truth = [], np.zeros((count, 120, 160), bool)
    for t in range(count):
        frame = scene[:, pan * t : pan * t + 160].copy()
        y, x = 47 + int(18 * np.sin(t / 4)), 67 + int(22 * np.cos(t / 4))
        frame[y : y + 26, x : x + 26] = square
        truth[t, y : y + 26, x : x + 26] = True
        frames.append(frame)
    return frames, truth


# Mathematics


def test_error_images_equal_a_direct_svd() -> None:
    frames = np.random.default_rng(0).integers(0, 256, (9, 31, 40, 3), dtype=np.uint8)
    frames[4] //= 5  # a darker frame: the normalisation must undo it
    columns = frames.reshape(9, -1).T.astype(np.float64)  # (P, n)
    columns = (columns - columns.min(axis=0)) / np.ptp(columns, axis=0)
    columns -= columns.mean(axis=0)
    left, values, right = np.linalg.svd(columns, full_matrices=False)
    rebuilt = (left[:, :3] * values[:3]) @ right[:3]
    expected = np.linalg.norm((columns - rebuilt).T.reshape(frames.shape), axis=-1)
    background = pca.fit(frames, 3)
    found = np.array([background.error(t, frame) for t, frame in enumerate(frames)])
    np.testing.assert_allclose(found, expected, atol=2e-6)


def test_gram_matrix_is_exact() -> None:
    flat = np.random.default_rng(1).integers(0, 256, (5, 5000), dtype=np.uint8)
    flat[0] = 0  # with itself the largest products: nothing may be rounded away
    centred = flat.astype(np.int64) - 128
    found = pca.gram(flat, scales=np.ones(5), means=np.full(5, 128.0))
    np.testing.assert_array_equal(found, centred @ centred.T)


def test_colour_tables_equal_the_formula() -> None:
    rng = np.random.default_rng(2)
    frame = rng.integers(0, 256, (200, 200, 3), dtype=np.uint8)
    frame[0, :3] = [[0, 0, 0], [255, 255, 255], [255, 0, 0]]
    hsv = cv2.cvtColor(frame, cv2.COLOR_RGB2HSV).astype(np.float64)
    angle, s, v = hsv[..., 0] * 2 / 180 * np.pi, hsv[..., 1] / 255, hsv[..., 2] / 255
    x = np.rint((s * np.cos(angle) + 1) / 2 * 99)
    y = np.rint((s * np.sin(angle) + 1) / 2 * 24)
    expected = x + 100 * y + 2500 * np.rint(v * 9)
    np.testing.assert_array_equal(ColourBins(100, 25, 10).index(frame), expected)


def test_stretch_reaches_both_ends_and_leaves_flat_frames_black() -> None:
    frame = np.array([[[10, 60, 110]]], np.uint8)
    np.testing.assert_array_equal(stretch(frame), [[[0, 127, 255]]])
    assert not stretch(np.full((2, 2, 3), 77, np.uint8)).any()


def test_colour_model_is_a_ratio_of_two_normalised_histograms() -> None:
    model = ColourModel(4)
    bins = np.array([[0, 0, 1, 1, 2, 2]])
    model.add(bins, np.array([[True, True, True, False, False, False]]))
    # foreground (2, 1, 0) / 3, background (0, 1, 2) / 3; bin 3 was never seen
    np.testing.assert_allclose(model.table(), [1, 0.5, 0, 0])


def test_hysteresis_keeps_only_regions_with_a_strong_pixel() -> None:
    image = np.zeros((8, 8), np.float32)
    image[0, 0] = 0.6  # joined to a strong pixel by a corner only
    image[1, 1] = 0.9
    image[5, 5:7] = 0.7  # never strong
    image[7, 0] = 0.4  # weak
    kept = hysteresis(image, 0.5, 0.8)
    assert kept[0, 0] and kept[1, 1] and kept.sum() == 2


def test_parts_are_even_and_complete() -> None:
    assert parts(10, 710, 600) == [(10, 360), (360, 710)]
    assert parts(0, 600, 600) == [(0, 600)]


def test_cuts_are_found_and_flashes_and_pans_are_not() -> None:
    first, _ = moving_square(pan=3, count=30)
    second = [255 - frame for frame in first]
    finder = CutFinder()
    flash = np.full_like(first[0], 255)
    for frame in [*first[:15], flash, *first[15:], *second, *first[:3]]:
        finder.add(frame)
    # the last cut would leave a shot of three frames
    assert finder.shots(distance=0.3, ratio=4, shortest=10) == [(0, 31), (31, 64)]


# Behaviour


@pytest.mark.parametrize("final", ["gaussian", "hysteresis"])
@pytest.mark.parametrize("pan", [0, 1])
def test_square_is_found(tmp_path: Path, final: str, pan: int) -> None:
    frames, truth = moving_square(pan)
    found = masks(frames, tmp_path, size=100, final=final) > 0.5
    iou = (found & truth).sum((1, 2)) / (found | truth).sum((1, 2))
    assert iou.mean() > 0.7


@pytest.mark.parametrize("final", ["gaussian", "hysteresis"])
@pytest.mark.parametrize("count", [1, 2, 5])
@pytest.mark.parametrize("kind", ["black", "grey", "still", "noise"])
def test_hopeless_clips_give_sound_masks(tmp_path: Path, final: str, count: int, kind: str) -> None:
    rng = np.random.default_rng(3)
    still = rng.integers(0, 256, (33, 47, 3), dtype=np.uint8)
    frames = {
        "black": [np.zeros_like(still)] * count,
        "grey": [np.full_like(still, 128)] * count,
        "still": [still] * count,
        "noise": [rng.permutation(still) for _ in range(count)],
    }[kind]
    found = masks(frames, tmp_path, size=32, final=final)
    assert found.shape == (count, 33, 47)
    assert found.dtype == np.float32
    assert np.isfinite(found).all()
    assert found.min() >= 0 and found.max() <= 1
    if kind != "noise" or count <= 3:  # nothing moves, or PCA explains everything
        assert not found.any()


@pytest.mark.parametrize(("height", "width"), [(1, 1), (5, 400), (480, 854)])
def test_any_frame_size(tmp_path: Path, height: int, width: int) -> None:
    rng = np.random.default_rng(4)
    frames = [rng.integers(0, 256, (height, width, 3), dtype=np.uint8) for _ in range(6)]
    found = masks(frames, tmp_path, size=64)
    assert found.shape == (6, height, width)
    assert found.min() >= 0 and found.max() <= 1


def test_shots_are_treated_as_videos_of_their_own(tmp_path: Path) -> None:
    first, _ = moving_square(pan=1)
    second = [255 - frame for frame in first]
    together = masks(first + second, tmp_path, size=64)
    apart = [masks(shot, tmp_path, size=64) for shot in (first, second)]
    np.testing.assert_array_equal(together, np.concatenate(apart))
    whole = masks(first + second, tmp_path, size=64, split_cuts=False)
    assert not np.array_equal(whole, together)


def test_chunks_hardly_change_a_clip_of_one_scene(tmp_path: Path) -> None:
    frames, truth = moving_square(pan=0)
    found = masks(frames, tmp_path, size=64, chunk=15) > 0.5
    assert (found & truth).sum() / (found | truth).sum() > 0.5


def test_no_file_remains(tmp_path: Path) -> None:
    frames, _ = moving_square(pan=0, count=12)
    videopca = VideoPCA(build(VideoPCA.Params, {"size": 64}, "videopca"))
    predictions = iter(
        videopca.predict(Clip("clip", ListFrames(frames)), Run(0, tmp_path, TorchDevices()))
    )
    next(predictions)
    del predictions  # left in the middle of a clip
    assert not list(tmp_path.iterdir())


def run_alone(command: list[str], threads: str) -> subprocess.CompletedProcess[str]:
    limits = {"OPENBLAS_NUM_THREADS": threads, "OMP_NUM_THREADS": threads}
    return subprocess.run(command, env={**os.environ, **limits}, capture_output=True, text=True)


REPEAT = """
import hashlib, sys
from pathlib import Path
import cv2, numpy as np
sys.path.insert(0, sys.argv[1])
from test_videopca import masks, moving_square
cv2.setNumThreads(int(sys.argv[3]))
frames, _ = moving_square(pan=1)
print(hashlib.sha256(masks(frames, Path(sys.argv[2])).tobytes()).hexdigest())
"""


def test_same_masks_on_any_number_of_threads(tmp_path: Path) -> None:
    digests = set()
    for threads in ("1", "1", "2"):
        command = [sys.executable, "-c", REPEAT, str(Path(__file__).parent), str(tmp_path), threads]
        result = run_alone(command, threads)
        assert result.returncode == 0, result.stderr
        digests.add(result.stdout)
    assert len(digests) == 1


LONG = """
import resource, sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
import numpy as np
from test_videopca import ListFrames, VideoPCA, Clip, Run, TorchDevices, build

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
def test_memory_of_5000_frames_is_bounded(tmp_path: Path) -> None:
    command = [sys.executable, "-c", LONG, str(Path(__file__).parent), str(tmp_path)]
    result = run_alone(command, threads="1")
    assert result.returncode == 0, result.stderr
    size, chunk, components, chunks = 64, 600, 3, 9
    together = chunk * (3 * size**2 + 4096) + 48 * chunk**2
    bound = (together + chunks * 12 * size**2 * components + 360 * size**2) / 2**20  # docstring
    assert bound < 40  # the clip would be 245 MB in float32
    assert float(result.stdout) < bound


# Parameters


def test_every_parameter_is_described_and_bounded() -> None:
    for name, field in VideoPCA.Params.model_fields.items():
        assert field.description, name
        if field.annotation in (int, float):
            assert len(field.metadata) == 2, name


@pytest.mark.parametrize(
    "values",
    [
        {"components": 0},
        {"size": 8},
        {"low": 0.9},
        {"high": 0.4},
        {"final": "softmax"},
        {"cue_threshold": float("nan")},
        {"shots": 3},
    ],
)
def test_wrong_parameters_are_refused(values: dict[str, object]) -> None:
    with pytest.raises(UsageError, match=next(iter(values)) if "low" not in values else "high"):
        build(VideoPCA.Params, values, "videopca")


def test_presets_are_valid() -> None:
    for values in VideoPCA.presets.values():
        build(VideoPCA.Params, values, "videopca")
