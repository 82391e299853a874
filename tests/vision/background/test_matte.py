"""What differs from the background, and what may be a shadow."""

import pytest
import torch

from selfbench.vision.background.matte import (
    DARKEST,
    HIGH,
    LOW,
    background_difference,
    shadow_likelihood,
)


def test_the_matte_grows_with_the_difference_of_any_channel():
    background = torch.full((1, 3, 1, 4), 0.5)
    image = background.clone()
    image[0, 1, 0] -= torch.tensor([0, LOW, (LOW + HIGH) / 2, HIGH + 0.01])
    assert background_difference(image, background).flatten().tolist() == pytest.approx(
        [0, 0, 0.5, 1], abs=1e-4
    )


def test_what_counts_as_wholly_different_can_be_chosen():
    background = torch.full((1, 3, 1, 2), 0.5)
    image = background.clone()
    image[0, 0, 0] += torch.tensor([0.2, 0.4])
    values = background_difference(image, background, high=LOW + 0.3).flatten().tolist()
    assert values == pytest.approx([0.5, 1], abs=1e-4)


def grass(*shares):
    """Grass in shares of its light, and the grass."""
    colour = torch.tensor([0.3, 0.6, 0.2]).view(1, 3, 1, 1)
    background = colour.expand(1, 3, 1, len(shares))
    return background * torch.tensor(shares), background


def test_a_shadow_is_the_background_with_less_light():
    values = shadow_likelihood(*grass(0.6, 0.8, DARKEST - 0.1, 1.2)).flatten().tolist()
    assert values == pytest.approx([1, 1, 0, 0], abs=0.02)


def test_another_hue_is_no_shadow():
    image, background = grass(0.7, 0.7)
    image = image.clone()
    image[0, 2, 0, 0] += 0.15
    assert shadow_likelihood(image, background).flatten().tolist() == pytest.approx(
        [0, 1], abs=0.02
    )


def test_before_black_nothing_is_a_shadow_of_a_colour():
    image = torch.tensor([0.5, 0.1, 0.1]).view(1, 3, 1, 1)
    assert shadow_likelihood(image, torch.zeros(1, 3, 1, 1)).item() == 0
