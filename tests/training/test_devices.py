import numpy as np
import pytest
import torch

from selfbench.errors import UsageError
from selfbench.training.devices import TorchDevices


def test_unknown_kinds_and_counts_are_refused(monkeypatch):
    with pytest.raises(UsageError, match="--device got 'tpu', expected one of auto, cpu, cuda"):
        TorchDevices("tpu")
    with pytest.raises(UsageError, match="at least 1"):
        TorchDevices("cpu", 0)
    monkeypatch.setenv("SELFBENCH_DEVICES", "many")
    with pytest.raises(UsageError, match="SELFBENCH_DEVICES is 'many'"):
        TorchDevices("cpu")


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is a GPU")
def test_a_missing_gpu_is_named():
    with pytest.raises(UsageError, match="torch finds no GPUs here; use --device cpu"):
        _ = TorchDevices("cuda").device
    assert TorchDevices("auto").device.type == "cpu"


def test_images_become_channels_first_in_0_to_1():
    frames = np.random.default_rng(0).integers(0, 256, (2, 4, 6, 3), np.uint8)
    images = TorchDevices("cpu").images(frames)
    assert images.shape == (2, 3, 4, 6) and images.is_contiguous(memory_format=torch.channels_last)
    assert torch.equal((images * 255).round().byte().permute(0, 2, 3, 1), torch.from_numpy(frames))


def test_one_device_takes_the_whole_batch_and_says_what_it_is():
    devices = TorchDevices("cpu")
    assert devices.share(7) == 7 and devices.rank == 0
    assert devices.describe() == "cpu"
    assert devices.device.type == "cpu" and TorchDevices("cpu", 3).alone().count == 1
    assert TorchDevices("cpu", 3).alone(2).gpu == 2
