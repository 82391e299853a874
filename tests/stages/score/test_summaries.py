import numpy as np
import pytest

from selfbench.contracts import ClipValue
from selfbench.metrics.localisation import CorLoc
from selfbench.metrics.objects import ObjectJ
from selfbench.metrics.region import RegionSimilarity
from selfbench.stages.score.summaries import clip_mean, summarise
from selfbench.store.series import Row


def rows(metric, **clips):
    return [
        Row(clip, str(i), i in (0, len(values) - 1), metric, "0.5", 0.5, "", value)
        for clip, values in clips.items()
        for i, value in enumerate(values)
    ]


def by_frames(metric, rows, clips):
    return {s.frames: s for s in summarise(metric, rows, clips) if s.statistic == "mean"}


def test_clips_weigh_the_same_for_j_and_frames_for_corloc():
    values = {"a": [1.0, 1.0, 1.0], "b": [0.0]}
    assert by_frames(RegionSimilarity(), rows("J", **values), 2)["all"].value == 0.5
    assert by_frames(CorLoc(), rows("CorLoc", **values), 2)["all"].value == 0.75


def test_skip_ends_drops_the_first_and_last_frame():
    values = by_frames(RegionSimilarity(), rows("J", a=[0.0, 0.4, 0.6, 0.0], b=[0.0, 0.0]), 2)
    assert values["skip-ends"].value == pytest.approx(0.5)
    assert values["skip-ends"].clips == 1, "a clip of two frames has none left"
    assert values["all"].clips == 2


def test_every_object_weighs_like_a_clip():
    values = [("a", "1", 0.0), ("a", "2", 0.0), ("b", "1", 1.0), ("b", "2", 0.0)]
    of_objects = [
        Row(clip, "0", True, "J-objects", "", np.nan, "", value, thing)
        for clip, thing, value in values
    ]
    summary = by_frames(ObjectJ(), of_objects, 2)["all"]
    assert summary.value == 0.25 and summary.clips == 2
    assert summary.per_clip == (ClipValue("a", 0.0, 2.0), ClipValue("b", 0.5, 2.0))


def test_a_value_of_the_whole_dataset_has_no_clips():
    whole = [Row("", "", False, "AP50", "0.5", 0.5, "mask", 0.7)]
    (mean,) = [s for s in summarise(CorLoc(), whole, 3) if s.statistic == "mean"]
    assert (mean.value, mean.clips, mean.frames, mean.per_clip) == (0.7, 3, "all", ())


def test_the_weighted_mean_of_clips():
    clips = [ClipValue("a", 1.0, 3.0), ClipValue("b", 0.0, 1.0), ClipValue("c", np.nan, 0.0)]
    assert clip_mean(clips) == 0.75
    assert np.isnan(clip_mean(clips[2:]))
