"""Rendered frames: the person, the mask, and the same scene at any size."""

from __future__ import annotations

import numpy as np
import pytest

from selfbench.datasets.twins.render import empty, render
from selfbench.datasets.twins.twin import Params, Twin
from selfbench.media.boxes import tight_box
from selfbench.params import build
from tests.datasets.twins.twins import SMALL, every_twin, take


@every_twin
def test_other_seeds_show_other_things(kind: type[Twin]) -> None:
    frames = [
        render(kind.take(build(Params, {**SMALL, "seed": seed}, kind.name), "test", 0), 0)[0]
        for seed in (0, 1)
    ]
    assert not np.array_equal(*frames)


@every_twin
def test_the_person_is_in_the_picture(kind: type[Twin]) -> None:
    params = build(Params, {"width": 96, "height": 96, "frames": 240}, kind.name)
    heights, centres, areas = [], [], []
    for index in range(2):
        filmed = kind.take(params, "train", index)
        for i in range(0, 240, 6):
            picture, mask = render(filmed, i)
            assert picture.shape == (96, 96, 3) and picture.dtype == np.uint8
            assert mask.shape == (96, 96) and mask.dtype == bool
            areas.append(mask.mean())
            if mask.any():
                x0, y0, x1, y1 = tight_box(mask)[0].astype(int)
                heights.append((y1 - y0) / 96)
                centres.append((x0 + x1) / 2 / 96)
    assert len(heights) >= 0.97 * len(areas)
    assert 0.25 < np.median(heights) < 0.65
    assert np.percentile(heights, 98) < 0.9
    assert 0.008 < np.median(areas) < 0.2
    assert np.std(centres) > 0.05  # moves across the frame


@every_twin
def test_the_mask_is_where_the_picture_differs_from_the_venue(kind: type[Twin]) -> None:
    filmed = take(kind, "val", width=128, height=128, frames=40)
    inside, outside = [], []
    for i in range(0, 40, 8):
        picture, mask = render(filmed, i)
        change = np.abs(picture - empty(filmed, i) * filmed.vignette).mean(2)
        x0, y0, x1, y1 = tight_box(mask)[0].astype(int)
        assert mask[y0:y1, x0:x1].sum() == mask.sum()
        inside.append(change[mask].mean())
        outside.append(change[~mask].mean())
    assert np.mean(inside) > 4 * np.mean(outside)
    assert np.mean(inside) > 25


@every_twin
@pytest.mark.parametrize("size", [(96, 64), (64, 96), (320, 180)])
def test_any_size_shows_the_same_scene(kind: type[Twin], size: tuple[int, int]) -> None:
    params = build(Params, {"width": size[0], "height": size[1], "frames": 3}, kind.name)
    picture, mask = render(kind.take(params, "train", 0), 1)
    assert picture.shape == (size[1], size[0], 3) and mask.any()
    assert picture.std() > 15


@every_twin
def test_more_pixels_only_add_detail(kind: type[Twin]) -> None:
    small, large = (
        render(
            kind.take(build(Params, {"width": n, "height": n, "frames": 3}, kind.name), "val", 0), 1
        )
        for n in (64, 192)
    )
    shrunk = large[0].reshape(64, 3, 64, 3, 3).mean((1, 3))
    correlation = np.corrcoef(shrunk.ravel(), small[0].ravel())[0, 1]
    assert correlation > 0.9
    coarse = large[1].reshape(64, 3, 64, 3).mean((1, 3)) > 0.5
    assert (coarse & small[1]).sum() / (coarse | small[1]).sum() > 0.75


@every_twin
def test_frames_depend_on_their_number_alone(kind: type[Twin]) -> None:
    filmed = take(kind)
    one, mask = render(filmed, 3)
    render(filmed, 0)
    again, mask_again = render(take(kind), 3)
    assert np.array_equal(one, again) and np.array_equal(mask, mask_again)


@every_twin
def test_the_empty_venue_has_no_noise_and_nobody(kind: type[Twin]) -> None:
    filmed = take(kind)
    scene = empty(filmed, 2)
    assert scene.shape == (64, 64, 3) and scene.dtype == np.float32
    assert np.array_equal(scene, empty(filmed, 2))
    assert (np.abs(render(filmed, 2)[0] - scene).max(axis=2) > 20).any()
