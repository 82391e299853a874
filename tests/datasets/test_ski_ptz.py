"""Ski-PTZ: boxes of projected joints where the skier is in view, some masks."""

import numpy as np
import pytest

from tests.datasets.layouts import mask, square
from tests.datasets.trees import damages, made, opened, refuses

pytestmark = pytest.mark.usefixtures("short_trials")


def test_ski_ptz(tmp_path):
    ski = made("ski-ptz", tmp_path, margin=0)
    assert len(ski.clips("test")) == 6
    clip = ski.clips("test")[0]
    assert list(clip.frames.names) == [f"frame_{n:06d}" for n in range(4, 9)]
    truth = ski.truth("test")["trial_412_cam1"]
    assert (truth["frame_000005"].mask == (square(36, 64) > 0)).all()
    assert truth["frame_000006"].mask is None
    wide = opened("ski-ptz", tmp_path).truth("test")["trial_412_cam1"]["frame_000006"].boxes[0]
    x0, _, x1, _ = truth["frame_000006"].boxes[0]
    assert (wide[2] - wide[0]) == pytest.approx((x1 - x0) * 1.6, rel=0.02)
    assert (x0 + x1) / 2 == pytest.approx((wide[0] + wide[2]) / 2, abs=0.1)
    # Frame 6 is row 5; row 4 of 9, that is frame 5, has no camera.
    assert truth["frame_000005"].boxes is None


def a_missing_frame(root):
    (root / "Ski-PTZ/Videos_Small/trial_412_cam3/frame_000007.jpg").unlink()


def too_few_markers(root):
    path = root / "Ski-PTZ/Data/3D_Position_Data/Trial_412_AllMarker_Raumkoor.mat.csv"
    path.write_text("header\n1,2,3\n")


def a_mask_of_another_size(root):
    mask(
        root / "Ski-PTZ/Segmentation_masks/trial_412_cam1/frame_000005.jpg",
        np.zeros((360, 360), np.uint8),
    )


@damages(
    (a_missing_frame, "1 of the frames frame_000004.jpg to frame_000008.jpg are missing"),
    (too_few_markers, "23 points x, y, z in millimetres"),
    (a_mask_of_another_size, "expected 64 x 36 pixels"),
)
def test_damage_is_named(damage, words, tmp_path):
    refuses("ski-ptz", tmp_path, damage, words)
