"""S with skips for the mask."""

import torch

from selfbench.methods.proposal_stitched.networks import SkipSynthesis


def test_skips_reach_the_mask_and_never_the_colours():
    torch.manual_seed(0)
    network = SkipSynthesis(32, (4, 8), 6).eval()
    crops = torch.randn(2, 3, 32, 32)
    with torch.inference_mode():
        colour, mask = network(crops)
        torch.nn.init.normal_(network.masks.head.weight)
        same, other = network(crops)
    assert colour.shape == (2, 3, 32, 32) and mask.shape == (2, 1, 32, 32)
    assert torch.equal(colour, same) and not torch.equal(mask, other)
