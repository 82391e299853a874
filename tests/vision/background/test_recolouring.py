"""Recolouring changes what the matte marks, and nothing else."""

import pytest
import torch

from selfbench.vision.background.matte import LOW, background_difference
from selfbench.vision.background.recolouring import recoloured


def generator(seed=0):
    return torch.Generator().manual_seed(seed)


def scene(count=8, side=40):
    """Images of a red box in front of noise, the background, and where the box is."""
    background = torch.rand(count, 3, side, side, generator=generator(9)) * 0.2 + 0.4
    box = torch.zeros(side, side, dtype=torch.bool)
    box[10:30, 15:25] = True
    image = torch.where(box, torch.tensor([0.9, 0.1, 0.15]).view(3, 1, 1), background)
    return image, background, box


def test_what_differs_from_the_background_gets_other_colours_and_the_rest_stays():
    image, background, box = scene()
    noisy = background + 0.9 * LOW  # as stitched backgrounds are
    changed = recoloured(image, background_difference(image, noisy), 1.0, generator())
    assert torch.equal(changed[..., ~box], image[..., ~box])
    change = (changed - image)[..., box].abs().mean(dim=(1, 2))
    assert (change > 0.04).float().mean() > 0.8
    assert changed.min() >= 0 and changed.max() <= 1


def test_half_a_matte_changes_half_as_much():
    image, _, _ = scene()
    whole = torch.ones(8, 1, 40, 40)
    full = recoloured(image, whole, 1.0, generator()) - image
    half = recoloured(image, whole / 2, 1.0, generator()) - image
    assert torch.allclose(half, full / 2, atol=1e-6)


def test_images_and_their_parts_get_colours_of_their_own():
    image, background, box = scene(32)
    changed = recoloured(image, background_difference(image, background), 1.0, generator())
    colours = [one[:, box].round(decimals=3).unique(dim=1) for one in changed]
    assert {colour.shape[1] for colour in colours} == {1, 2}  # one before, one per part now
    assert torch.stack([colour[:, 0] for colour in colours]).unique(dim=0).shape[0] > 25


def test_a_share_of_the_images_changes():
    image, background, _ = scene(200, 32)
    changed = recoloured(image, background_difference(image, background), 0.3, generator())
    changed = (changed != image).flatten(1).any(dim=1).float().mean()
    assert changed == pytest.approx(0.3, abs=0.1)
    assert torch.equal(
        recoloured(image, background_difference(image, background), 0.0, generator()), image
    )


def test_the_same_generator_gives_the_same_images():
    image, background, _ = scene()
    one, same, other = (
        recoloured(image, background_difference(image, background), 0.7, generator(s))
        for s in (1, 1, 2)
    )
    assert torch.equal(one, same) and not torch.equal(one, other)


def test_shading_survives():
    ramp = torch.linspace(0.2, 0.8, 20)
    image = ramp.view(1, 1, 20, 1).expand(64, 3, 20, 20)
    changed = recoloured(image, torch.ones(64, 1, 20, 20), 1.0, generator())
    inside = changed.mean(dim=1)[:, :4, 10]  # a part: the cut lies near the middle
    rises = inside[:, 3] - inside[:, 0]
    assert (rises.abs() > 0.01).float().mean() > 0.7 and (rises < 0).any() and (rises > 0).any()
