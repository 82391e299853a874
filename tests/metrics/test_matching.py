import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from selfbench.contracts import ClipFrame, Truth
from selfbench.errors import DataError
from selfbench.metrics.matching import match_objects
from tests.metrics import reference


def clip(truths, predictions, voids=None):
    voids = voids or [None] * len(truths)
    return [
        ClipFrame(i, Truth(t > 0, v, objects=t), p)
        for i, (t, p, v) in enumerate(zip(truths, predictions, voids))
    ]


def labels(rng, count, shape=(12, 15)):
    """Rectangles of the numbers 1 to `count`, the later ones on top."""
    picture = np.zeros(shape, np.uint8)
    for number in range(1, count + 1):
        y, x = rng.integers(0, shape[0] - 2), rng.integers(0, shape[1] - 2)
        picture[y : y + rng.integers(1, 9), x : x + rng.integers(1, 9)] = number
    return picture


def best_by_trying_all(frames):
    """The largest mean of J and F that any assignment reaches, by the official functions."""
    true = [int(n) for n in np.unique(frames[0].truth.objects) if n]
    got = sorted({int(n) for f in frames for n in np.unique(f.objects) if n})
    got += [99] * (len(true) - len(got))  # a number that no pixel has

    def quality(t, p):
        pairs = [(f.truth.objects == t, f.objects == p, f.truth.void) for f in frames]
        both = [reference.iou(*pair) + reference.f_measure(*pair)[0] for pair in pairs]
        return np.mean(both) / 2

    table = {(t, p): quality(t, p) for t in true for p in set(got)}
    return max(
        np.mean([table[pair] for pair in zip(true, chosen)])
        for chosen in itertools.permutations(got, len(true))
    )


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 3), st.integers(0, 4), st.booleans(), st.integers(0, 2**32))
def test_the_best_of_all_assignments(true, predicted, has_void, seed):
    rng = np.random.default_rng(seed)
    truths = [labels(rng, true) for _ in range(3)]
    voids = [(rng.random(t.shape) < 0.1) & (t == 0) if has_void else None for t in truths]
    frames = clip(truths, [labels(rng, predicted) for _ in truths], voids)
    if not truths[0].any():
        return
    matched = match_objects(frames)
    assert np.mean((matched.J + matched.F) / 2) == pytest.approx(best_by_trying_all(frames))
    assert matched.J.shape == matched.F.shape == (len(matched.objects), 3)


def test_names_do_not_matter_but_must_stay_the_same_through_the_clip():
    rng = np.random.default_rng(3)
    truths = [labels(rng, 2) for _ in range(4)]
    renamed = [np.array([0, 9, 4], np.uint8)[t] for t in truths]
    assert match_objects(clip(truths, renamed)).J.min() == 1
    flickering = [r if i % 2 else np.array([0, 2, 1], np.uint8)[t]
                  for i, (r, t) in enumerate(zip(renamed, truths))]  # fmt: skip
    assert match_objects(clip(truths, flickering)).J.mean() < 0.8


def test_more_objects_than_the_protocol_allows():
    many = np.arange(25, dtype=np.uint8).reshape(5, 5)
    with pytest.raises(DataError, match="24 predicted objects, expected at most 20"):
        match_objects(clip([many], [many]))
