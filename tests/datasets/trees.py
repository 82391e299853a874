"""Every dataset in files on a small tree in its published layout: made, opened, damaged, read."""

from __future__ import annotations

from functools import partial

import pytest

from selfbench.contracts import Where
from selfbench.datasets.ski_ptz import Trial
from selfbench.errors import DataError
from selfbench.plugins.registry import Registry
from tests.datasets import layouts

TRIALS = {
    "train": (Trial(103, 4, 6),),
    "val": (Trial(302, 4, 6, (1,)),),
    "test": (Trial(412, 4, 8, (1, 2)),),
}
MAKERS = {
    "davis-2017": layouts.davis_2017,
    "ecssd": layouts.ecssd,
    "fbms-59": layouts.fbms_59,
    "fs-singles": partial(layouts.sparse, home="FS-Singles"),
    "handheld190k": partial(layouts.sparse, home="Handheld190k"),
    "human3.6m": layouts.human36m,
    "imagenet-vid": layouts.imagenet_vid,
    "moving-robot": layouts.moving_robot,
    "object-discovery": layouts.object_discovery,
    "pascal-s": layouts.pascal_s,
    "segtrack-v2": layouts.segtrack_v2,
    "ski-pose-ptz": layouts.ski_pose_ptz,
    "ski-ptz": partial(layouts.ski_ptz, trials=TRIALS),
    "youtube-objects": layouts.youtube_objects,
    "youtube-objects-v2.2": layouts.youtube_objects_v22,
    "youtube-objects-v2.3": layouts.youtube_objects_v23,
}


def opened(name, root, **params):
    kind = Registry().entry("datasets", name).load()
    return kind(kind.Params(**params), Where(root, root / ".cache"))


def made(name, root, **params):
    MAKERS[name](root)
    return opened(name, root, **params)


def clip_names(dataset, split):
    return [clip.name for clip in dataset.clips(split)]


def refuses(name, root, damage, words):
    """Make a tree, damage it and read all of it: a `DataError` has to say `words`."""
    MAKERS[name](root)
    damage(root)
    dataset = opened(name, root)
    with pytest.raises(DataError, match=words):
        for split in dataset.splits:
            if dataset.holds(split):
                for clip_truth in dataset.truth(split).values():
                    for frame in clip_truth:
                        clip_truth[frame]


def damages(*cases):
    """Parametrise over (what damages a tree, what the error says), named by the former."""
    return pytest.mark.parametrize(("damage", "words"), cases, ids=[c[0].__name__ for c in cases])
