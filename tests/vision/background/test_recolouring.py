"""Recolouring changes what the matte marks, and nothing else."""

import pytest
import torch

from selfbench.vision.background.mattes import LOW, differing
from selfbench.vision.background.recolouring import recoloured


def generator(seed=0):
    return torch.Generator().manual_seed(seed)


def scene(count=8, side=40):
    """Images of a red box in front of noise, what is behind it, and where the box is."""
    behind = torch.rand(count, 3, side, side, generator=generator(9)) * 0.2 + 0.4
    box = torch.zeros(side, side, dtype=torch.bool)
    box[10:30, 15:25] = True
    image = torch.where(box, torch.tensor([0.9, 0.1, 0.15]).view(3, 1, 1), behind)
    return image, behind, box


def test_what_differs_from_the_background_gets_other_colours_and_the_rest_stays():
    image, behind, box = scene()
    noisy = behind + 0.9 * LOW  # as stitched backgrounds are
    found = recoloured(image, differing(image, noisy), 1.0, generator())
    assert torch.equal(found[..., ~box], image[..., ~box])
    change = (found - image)[..., box].abs().mean(dim=(1, 2))
    assert (change > 0.04).float().mean() > 0.8
    assert found.min() >= 0 and found.max() <= 1


def test_half_a_matte_changes_half_as_much():
    image, _, _ = scene()
    whole = torch.ones(8, 1, 40, 40)
    full = recoloured(image, whole, 1.0, generator()) - image
    half = recoloured(image, whole / 2, 1.0, generator()) - image
    assert torch.allclose(half, full / 2, atol=1e-6)


def test_images_and_their_parts_get_colours_of_their_own():
    image, behind, box = scene(32)
    found = recoloured(image, differing(image, behind), 1.0, generator())
    colours = [one[:, box].round(decimals=3).unique(dim=1) for one in found]
    assert {colour.shape[1] for colour in colours} == {1, 2}  # one before, one per part now
    assert torch.stack([colour[:, 0] for colour in colours]).unique(dim=0).shape[0] > 25


def test_a_share_of_the_images_changes():
    image, behind, _ = scene(200, 32)
    found = recoloured(image, differing(image, behind), 0.3, generator())
    changed = (found != image).flatten(1).any(dim=1).float().mean()
    assert changed == pytest.approx(0.3, abs=0.1)
    assert torch.equal(recoloured(image, differing(image, behind), 0.0, generator()), image)


def test_the_same_generator_gives_the_same_images():
    image, behind, _ = scene()
    one, same, other = (
        recoloured(image, differing(image, behind), 0.7, generator(s)) for s in (1, 1, 2)
    )
    assert torch.equal(one, same) and not torch.equal(one, other)


def test_shading_survives():
    ramp = torch.linspace(0.2, 0.8, 20)
    image = ramp.view(1, 1, 20, 1).expand(64, 3, 20, 20)
    found = recoloured(image, torch.ones(64, 1, 20, 20), 1.0, generator())
    inside = found.mean(dim=1)[:, :4, 10]  # a part: the cut lies near the middle
    rises = inside[:, 3] - inside[:, 0]
    assert (rises.abs() > 0.01).float().mean() > 0.7 and (rises < 0).any() and (rises > 0).any()
