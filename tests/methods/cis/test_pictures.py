"""Pictures of a training."""

import numpy as np
import torch
from PIL import Image

from selfbench.contracts import Run
from selfbench.methods.cis.images import TrainingImages
from selfbench.methods.cis.pictures import FRAMES, save_picture
from selfbench.methods.cis.settings import CISParams
from selfbench.training.devices import TorchDevices
from tests.methods.scenes import moving_square


def test_columns_of_frame_flow_and_mask(tmp_path):
    run = Run(0, tmp_path, TorchDevices("cpu"))
    images = TrainingImages([moving_square()[0]], CISParams(size=(96, 72), reach=1), run)
    white = lambda image, flow: torch.ones(len(image), 1, 72, 96)  # noqa: E731
    save_picture(white, images, run, tmp_path / "a" / "b.png")
    picture = np.asarray(Image.open(tmp_path / "a" / "b.png"))
    assert picture.shape == (3 * 72, FRAMES * 96, 3)
    assert np.array_equal(picture[:72, :96], images.frames[0])
    assert (picture[144:] == 255).all()
