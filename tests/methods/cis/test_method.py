"""CIS as a method: what it leaves, which flow it uses, odd clips."""

from dataclasses import replace

import numpy as np
import pytest

from selfbench.contracts import Clip, Run, Truth
from selfbench.errors import DataError
from selfbench.methods.cis import CIS, method
from selfbench.methods.cis.settings import CISParams
from selfbench.params import build
from selfbench.training.devices import TorchDevices
from selfbench.training.log import read_log
from selfbench.vision.flow.ideal import IdealFlow
from tests.methods.scenes import Frames, moving_square, still


def test_training_and_prediction_leave_what_they_should(trained, tmp_path):
    clip, _ = moving_square()
    method, masks = trained([clip])
    assert masks.shape == (5, 48, 96) and masks.min() >= 0 and masks.max() <= 1
    log = read_log(tmp_path)
    assert {row["stage"] for row in log} == {"inpainter", "adversaries"}
    names = {row["name"] for row in log if row["stage"] == "adversaries"}
    assert {"generator", "inpainter", "mask", "region", "kicks"} <= names
    assert len(list((tmp_path / "pictures").glob("*.png"))) == 2
    again = CIS(method.params)
    again.load_weights(method.weights())
    (tmp_path / "other").mkdir()
    same = [p.mask for p in again.predict(clip, Run(1, tmp_path / "other", TorchDevices()))]
    assert np.array_equal(np.array(same), masks)
    with pytest.raises(DataError, match="do not fit cis"):
        CIS(CISParams(generator_width=6)).load_weights(method.weights())


@pytest.mark.parametrize(
    ("there", "asked", "used"),
    [((1, -1, 2, -2), 1, (1, -1)), ((1, -1, 2, -2), 2, (1, -1, 2, -2)), ((2, -2), 1, (2, -2))],
)
def test_masks_come_from_the_nearest_flow_that_there_is(trained, monkeypatch, there, asked, used):
    clip, masks = moving_square()
    truth = {n: Truth(mask=m) for n, m in zip(clip.frames.names, masks, strict=True)}
    flow = IdealFlow(clip.name, clip.frames.names, truth, steps=there)
    steps = []
    inner = method.masks_of_clip

    def spy(generator, frames, flows, *rest):
        steps.append(flows.steps)
        return inner(generator, frames, flows, *rest)

    monkeypatch.setattr(method, "masks_of_clip", spy)
    trained([replace(clip, flow=flow)], flow="clip", reach=2, test_reach=asked)
    assert steps == [used]


def test_odd_clips(trained, tmp_path):
    """Nothing moves, two frames, one frame, a cut, another size: every frame gets a sound mask."""
    clip, _ = moving_square()
    method, _ = trained([clip, moving_square(4, (60, 80), 3, "b")[0], still(3)])
    cut = Clip("cut", Frames([*clip.frames, *(frame // 3 for frame in clip.frames)]))
    two, one = Clip("two", Frames(clip.frames[:2])), Clip("one", Frames(clip.frames[:1]))
    for odd in (still(3), two, one, cut):
        masks = [p.mask for p in method.predict(odd, Run(0, tmp_path, TorchDevices()))]
        assert len(masks) == len(odd.frames)
        assert all(np.isfinite(mask).all() and mask.shape == (48, 96) for mask in masks)
    (alone,) = method.predict(one, Run(0, tmp_path, TorchDevices()))
    assert alone.mask.max() < 1e-3, "a single image tells nothing of motion"


def test_no_clips_are_refused(tmp_path):
    with pytest.raises(DataError, match="no clips"):
        CIS(CISParams()).fit([], Run(0, tmp_path, TorchDevices()))


def test_flow_by_a_network_is_supervision():
    assert CIS(CISParams()).supervision == ()
    assert "RAFT" in CIS(build(CISParams, CIS.presets["paper"], "cis")).supervision[0]
