"""From regions to masks: the border rule, and averages over flows, crops and time."""

import numpy as np
import pytest
import torch

from selfbench.methods.cis.inference import border_share, foreground, masks_of_clip, smoothed
from selfbench.methods.cis.settings import CISParams
from selfbench.training.devices import TorchDevices
from selfbench.vision.flow.cache import ClipFlows


def test_what_fills_the_border_is_background():
    params = CISParams()
    mask = np.zeros((3, 20, 30), np.float32)
    mask[0, 5:12, 8:20] = 0.9
    mask[1] = 1 - mask[0]
    mask[2] = 0.5  # both regions fill the border
    assert border_share(mask, 0.1).tolist() == [0, 1, 1]
    regions, valid = foreground(mask, params)
    assert regions[1] == pytest.approx(mask[0], abs=1e-6) and valid.tolist() == [1, 1, 0]
    binary, _ = foreground(mask, CISParams(binary=True))
    assert set(np.unique(binary[:2])) == {0, 1}


def test_the_released_complement_is_what_is_not_in_the_mask():
    """Both regions are above the level in between: there the mask decides, as in that code."""
    mask = np.full((1, 20, 30), 0.9, np.float32)
    mask[0, 5:12, 8:20] = 0.5
    regions, _ = foreground(mask, CISParams(binary=True))
    assert not regions.any()
    mask[0, 5:12, 8:20] = 0.05
    regions, _ = foreground(mask, CISParams(binary=True))
    assert regions.sum() == 7 * 12


def test_smoothing_follows_the_flow_and_stops_at_a_cut(tmp_path):
    masks = np.zeros((6, 20, 40), np.float32)
    for t in range(4):
        masks[t, 5:10, 4 * t : 4 * t + 6] = 1
    masks[2] = 0  # missed
    for step in (1, -1):
        flow = np.zeros((6, 20, 40, 2), np.float16)
        flow[..., 0] = 4 * step
        np.save(tmp_path / f"{step:+d}.npy", flow)
    flows = ClipFlows(tmp_path, (1, -1), ((0, 4), (4, 6)))
    soft = smoothed(masks, flows, keep=0.5)
    assert soft[2, 7, 11] > 0.8 and soft[2, 7, 25] == 0
    assert (soft[4:] == 0).all()


def test_a_mask_is_the_mean_over_flows_that_the_border_rule_accepts(tmp_path):
    """Of two flows one gives a region in the middle, the other one that fills both borders."""
    size = (20, 40)
    for step in (1, -1):
        np.save(tmp_path / f"{step:+d}.npy", np.full((3, *size, 2), step, np.float16))
    flows = ClipFlows(tmp_path, (1, -1), ((0, 2), (2, 3)))

    def generator(image, flow):
        mask = torch.full((len(image), 1, *size), 0.5)
        middle = torch.zeros(1, 1, *size)
        middle[..., 5:15, 10:30] = 0.8
        return torch.where(flow[:, :1] > 0, middle, mask)

    frames = np.zeros((3, *size, 3), np.uint8)
    masks = masks_of_clip(generator, frames, flows, CISParams(), TorchDevices("cpu"))
    assert masks[:2, 10, 20] == pytest.approx([0.8, 0.8]) and masks[:2, 0].max() == 0
    assert masks[2].max() == 0, "alone in its shot"


def test_crops_count_where_they_lie(tmp_path):
    """What only the central crop shows as foreground is half of the mean of two crops."""
    size = (20, 40)
    np.save(tmp_path / "+1.npy", np.ones((2, *size, 2), np.float16))
    flows = ClipFlows(tmp_path, (1,), ((0, 2),))
    calls = []

    def generator(image, flow):
        calls.append(image.shape)
        mask = torch.zeros(len(image), 1, *size)
        if len(calls) == 2:
            mask[..., 8:12, 18:22] = 1.0
        return mask

    frames = np.zeros((2, *size, 3), np.uint8)
    params = CISParams(crops=(1.0, 0.5))
    masks = masks_of_clip(generator, frames, flows, params, TorchDevices("cpu"))
    assert calls == [(2, 3, *size)] * 2, "a crop is brought to the size of the whole"
    assert masks.max() == pytest.approx(0.5) and masks[0, 10, 20] == pytest.approx(0.5)
    assert masks[0, 2].max() == 0
