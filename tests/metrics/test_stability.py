import csv

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from selfbench.contracts import ClipFrame, Truth
from selfbench.metrics.stability import (
    SCALE,
    TemporalStability,
    chi2,
    contour_distance,
    longest_contour,
    shape_contexts,
    warp,
)
from tests.metrics import reference


def disk(radius, x=40, y=40, size=90):
    yy, xx = np.mgrid[:size, :size]
    return (xx - x) ** 2 + (yy - y) ** 2 <= radius**2


def clip(masks, indices=None):
    indices = indices or range(len(masks))
    return [ClipFrame(i, Truth(), m.astype(np.uint8)) for i, m in zip(indices, masks)]


def stability(*masks, indices=None):
    return TemporalStability().clip(clip(masks, indices))[""]


@pytest.mark.slow
@pytest.mark.parametrize("sequence", ["car-shadow", "libby"])
def test_close_to_the_published_stability_of_the_truth(sequence):
    with (
        reference.figures(reference.data_folder()) / "temporal_stability_of_truth.csv"
    ).open() as f:
        published = {row["sequence"]: float(row["T_mean"]) for row in csv.DictReader(f)}
    masks = [mask.unpack() for mask in reference.truth_masks(sequence).values()]
    # Their contours come from another library: the worst of seven sequences is 16 % off.
    assert np.nanmean(stability(*masks)[:-1]) == pytest.approx(published[sequence], rel=0.1)


def test_a_shape_that_only_moves_or_grows_is_stable_and_one_that_changes_is_not():
    moved = stability(disk(20), disk(20, 45, 38))
    assert np.isnan(moved[0]) and moved[1] == pytest.approx(0, abs=1e-12)
    grown, square = stability(disk(20), disk(30))[1], np.zeros((90, 90), bool)
    square[20:60, 20:60] = True
    comb = square.copy()
    comb[20:50, 24:60:8] = False
    assert 0 <= grown < 0.5 < stability(square, comb)[1] <= SCALE


def test_frames_that_have_no_value():
    blank = np.zeros((90, 90), bool)
    assert np.isnan(stability(disk(9), blank, disk(9))).all()
    assert np.isnan(stability(disk(9), disk(9), indices=[0, 2])).all()  # no neighbours
    pixel = np.ones((1, 1), bool)
    assert stability(pixel, pixel)[1] == 0
    assert stability(np.ones((5, 7), bool), np.ones((5, 7), bool))[1] == pytest.approx(0, abs=1e-12)


def test_pixels_that_touch_at_a_corner_are_two_contours():
    mask = np.zeros((60, 60), bool)
    mask[0:20, 0:20] = mask[20:40, 20:40] = True
    assert len(longest_contour(mask)) < 40  # both together would have about 52
    gaps = np.diff(longest_contour(disk(30)), axis=0)
    assert np.linalg.norm(gaps, axis=1).max() <= 3


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 7), st.integers(1, 7), st.integers(0, 2**32))
def test_the_path_is_the_cheapest(rows, columns, seed):
    cost = np.random.default_rng(seed).random((rows, columns))
    best = np.full(cost.shape, np.inf)
    for i in range(rows):
        for j in range(columns):
            steps = [best[a, b] for a, b in ((i - 1, j - 1), (i - 1, j), (i, j - 1))
                     if a >= 0 and b >= 0]  # fmt: skip
            best[i, j] = cost[i, j] + (min(steps) if steps else 0)
    path = warp(cost)
    assert cost[path[:, 0], path[:, 1]].sum() == pytest.approx(best[-1, -1])
    assert path[0].tolist() == [rows - 1, columns - 1] and path[-1].tolist() == [0, 0]
    assert (np.abs(np.diff(path, axis=0)).max(axis=1) == 1).all() and (
        np.diff(path, axis=0) <= 0
    ).all()


@settings(max_examples=30, deadline=None)
@given(st.integers(2, 9), st.integers(0, 2**32))
def test_shape_contexts_point_by_point(count, seed):
    points = np.random.default_rng(seed).random((count, 2)) * 50
    distances = np.array([[np.hypot(*(b - a)) for b in points] for a in points])
    mean = distances.mean()
    edges = [mean / 8 * 2**k for k in range(5)]
    expected = np.zeros((count, 5, 12))
    for a, b in np.ndindex(count, count):
        ring = sum(distances[a, b] >= edge for edge in edges)
        dx, dy = points[b] - points[a]
        sector = int(np.degrees(np.arctan2(dy, dx)) % 360 // 30)
        if ring < 5:
            expected[a, ring, sector] += 1
    expected /= expected.sum(axis=(1, 2), keepdims=True)
    assert shape_contexts(points) == pytest.approx(expected.reshape(count, 60))


def test_chi2_is_the_textbook_sum():
    a, b = (np.random.default_rng(s).dirichlet(np.ones(6), 4) for s in (1, 2))
    expected = [[0.5 * ((x - y) ** 2 / (x + y)).sum() for y in b] for x in a]
    assert chi2(a, b) == pytest.approx(np.array(expected))


def test_the_first_point_of_a_contour_does_not_matter():
    points = longest_contour(disk(20) & ~disk(12, 55, 40))
    turned = np.roll(points, 11, axis=0)
    assert contour_distance(shape_contexts(points), shape_contexts(turned)) == pytest.approx(
        0, abs=1e-12
    )
