"""Metrics of soft masks, of curves and of whole clips, through the score stage and the command."""

import json
import re

import numpy as np
import pytest

from selfbench.contracts import LABELS, ClipMetric, CurveMetric, SoftMetric, Truth
from selfbench.media.masks import read_labels
from selfbench.metrics.region import RegionSimilarity
from selfbench.stages.score.clips import CHUNK, ScoredClip
from selfbench.stages.score.frames import score_clips
from tests.files import write_mask


class Brightness(SoftMetric):
    name = "brightness"
    average = "frames"

    def frame(self, truth, soft, void=None):
        return float(soft.max())


class Histogram(CurveMetric):
    name = "histogram"

    def curve(self, truth, soft, void=None):
        return np.array([soft.mean(), 1.0])

    def value(self, mean):
        assert mean[1] == 1, "the mean over all frames"
        return float(mean[0])


class Places(ClipMetric):
    name = "places"

    def clip(self, frames):
        seen = [(f.place, int(f.objects.max()), f.truth.mask.any()) for f in frames]
        return {"": np.array([np.nan if i == 4 else i for i, _, _ in seen]),
                "top": np.array([float(top) for _, top, _ in seen])}  # fmt: skip


class OfObjects(Places):
    name = "of-objects"
    of_objects = True


@pytest.fixture
def clip(tmp_path):
    """75 frames, every second one annotated; brightness grows with the frame."""
    truth, names = {}, [f"{i:05d}" for i in range(75)]
    for i, name in enumerate(names):
        mask = np.zeros((8, 10), bool)
        mask[2:6, 2:6] = True
        write_mask(tmp_path / "m" / f"{name}.png", (mask * (100 + i)).astype(np.uint8))
        write_mask(tmp_path / "o" / f"{name}.png", (mask * 7).astype(np.uint8))
        if i % 2 == 0:
            truth[name] = Truth(mask)
    return ScoredClip("a", names, truth, tmp_path / "m", objects=tmp_path / "none")


def test_soft_metrics_see_the_values_and_no_threshold(clip):
    rows = score_clips([clip], [Brightness()], {"0.5": 0.5, "best-J": 0.1}, 1)
    assert [r.value for r in rows] == [100 + i for i in range(0, 75, 2)]
    assert {(r.threshold, r.boxes) for r in rows} == {("", "")}


def test_labels_are_certain(clip):
    labelled = ScoredClip("a", clip.frames, clip.truth, clip.masks, read=read_labels)
    assert {r.value for r in score_clips([labelled], [Brightness()], {LABELS: 0.0}, 1)} == {255}


@pytest.mark.parametrize("workers", [1, 2])
def test_a_curve_is_averaged_over_all_chunks(clip, workers):
    metrics = [Histogram(), RegionSimilarity()] if workers == 1 else [_Module.curve()]
    assert len(clip.truth) > CHUNK
    (row,) = [r for r in score_clips([clip], metrics, {"0.5": 0.5}, workers) if not r.clip]
    expected = np.mean([(100 + i) * 16 / 80 for i in range(0, 75, 2)])
    if workers == 1:
        assert row.value == pytest.approx(expected) and (row.frame, row.threshold) == ("", "")
    else:
        from selfbench.metrics.saliency import MaxFBeta

        assert row == score_clips([clip], [MaxFBeta()], {"0.5": 0.5}, 1)[0]


class _Module:
    """What worker processes can import."""

    @staticmethod
    def curve():
        from selfbench.metrics.saliency import MaxFBeta

        return MaxFBeta()


def test_clip_metrics_get_every_annotated_frame_in_order(clip):
    rows = score_clips([clip], [Places()], {"0.5": 0.5}, 1)
    series = [r for r in rows if r.object == ""]
    assert [r.value for r in series] == [i for i in range(0, 75, 2) if i != 4]  # NaN: no row
    assert [r.frame for r in series if r.end] == ["00000", "00074"]
    # Brighter than 127 from frame 28 on; a thresholded mask is object 1.
    tops = {r.frame: r.value for r in rows if r.object == "top"}
    assert tops["00026"] == 0 and tops["00028"] == 1


def test_own_objects_replace_the_mask_where_there_are_any(clip, tmp_path):
    metrics = [Places(), OfObjects()]
    rules = {"0.5": 0.5, "best-J": 0.05}
    without = score_clips([clip], metrics, rules, 1)
    assert {(r.metric, r.threshold) for r in without} == {
        (m, rule) for m in ("places", "of-objects") for rule in rules
    }
    own = ScoredClip("a", clip.frames, clip.truth, clip.masks, objects=tmp_path / "o")
    rows = score_clips([own], metrics, rules, 1)
    assert {r.threshold for r in rows if r.metric == "of-objects"} == {""}
    assert {r.threshold for r in rows if r.metric == "places"} == set(rules)
    assert {r.value for r in rows if r.metric == "of-objects" and r.object == "top"} == {7}


PLUGIN = """
import numpy as np
from selfbench import Clip, Dataset, Method, Prediction, Truth

def labels(i):
    picture = np.zeros((24, 32), np.uint8)
    picture[2:10, 2 + i : 10 + i] = 1
    picture[14:22, 20 - i : 28 - i] = 2
    return picture

class Frames:
    names = [f"{i:05d}" for i in range(5)]
    def __len__(self):
        return 5
    def __getitem__(self, i):
        if not 0 <= i < 5:
            raise IndexError(i)
        return np.repeat(labels(i)[..., None] * np.uint8(100), 3, axis=2)

class Couple(Dataset):
    "Two squares."
    name = "couple"
    licence = "none"
    metrics = ("J&F", "J-objects", "J")
    def clips(self, split):
        return [Clip(f"{split}-0", Frames())]
    def truth(self, split):
        return {f"{split}-0": {n: Truth(labels(i) > 0, objects=labels(i))
                               for i, n in enumerate(Frames.names)}}
    def frames_fingerprint(self):
        return "1"
    def truth_fingerprint(self):
        return "1"

class Together(Method):
    "One mask of both."
    name = "together"
    def predict(self, clip, run):
        for frame in clip.frames:
            yield Prediction((frame[..., 0] > 0) * 1.0)

class Apart(Method):
    "Both squares under numbers of its own."
    name = "apart"
    def predict(self, clip, run):
        for frame in clip.frames:
            objects = np.where(frame[..., 0] == 100, 9, frame[..., 0] // 50).astype(np.uint8)
            yield Prediction((frame[..., 0] > 0) * 1.0, objects=objects)

class Sometimes(Method):
    "Objects in the first frame only."
    name = "sometimes"
    def predict(self, clip, run):
        for i, frame in enumerate(clip.frames):
            mask = np.zeros(frame.shape[:2])
            yield Prediction(mask, objects=mask.astype(np.uint8) if i == 0 else None)
"""


@pytest.fixture
def couple(cli, tmp_path):
    file = tmp_path / "couple.py"
    file.write_text(PLUGIN)
    return lambda *words: cli(*words, "--plugin", file)


def test_several_objects_from_a_method_to_the_table(couple, tmp_path):
    results = tmp_path / "results"
    done = couple("run", "-m", "together,apart,oracle", "-d", "couple", "--results", results)
    assert done.code == 0, done.err
    lines = {line.split("|")[1].strip(): line for line in done.out.splitlines() if "|" in line}
    numbers = {
        k: [re.sub(r"<.*?>|[ *]", "", c) for c in v.split("|")[2:-1]] for k, v in lines.items()
    }
    assert numbers["apart"] == ["1.000", "1.000", "1.000"]
    assert numbers["oracle [sees the truth]"] == ["1.000", "1.000", "1.000"]
    # Both squares have the same size: one object gets J 1/2, the other one nothing.
    assert numbers["together"][1:] == ["0.250", "1.000"]
    files = {p.parent.name for p in results.glob("couple/*/*/seed-0/objects/*/*.png")}
    assert files == {"test-0"}
    report = couple("report", "--results", results, "--format", "json", "--metric", "J-objects")
    shown = [r for r in json.loads(report.out) if r["statistic"] == "mean"]
    assert {(r["method"], r["threshold"]) for r in shown} >= {("apart", ""), ("together", "0.5")}
    assert {r["clips"] for r in shown} == {1}  # objects are no clips


def test_labels_that_somebody_else_made(couple, tmp_path):
    results = tmp_path / "results"
    couple("run", "-m", "apart", "-d", "couple", "--results", results)
    (folder,) = results.glob("couple/apart/*/seed-0/objects")
    done = couple("evaluate", "--predictions", folder, "-d", "couple", "--metric", "J&F,MAE")
    assert done.code == 0, done.err
    assert done.out.splitlines()[1].split() == ["test-0", "1.000000", "0.000000"]
    assert "Threshold" not in done.out


def test_objects_in_some_frames_only_are_refused(couple, tmp_path):
    done = couple("run", "-m", "sometimes", "-d", "couple", "--results", tmp_path / "r")
    assert done.code == 1 and "objects in the frames before only for frame 00001" in done.err
