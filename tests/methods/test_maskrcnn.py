"""Real weights are never fetched: the network is saved with random ones and read back."""

import urllib.error

import numpy as np
import pytest

from selfbench.contracts import Clip, Run
from selfbench.errors import DataError, UsageError
from selfbench.methods.maskrcnn import MaskRCNN
from selfbench.training.devices import TorchDevices

SIZE = (48, 64)


class Frames:
    names = ("0", "1")

    def __len__(self):
        return 2

    def __getitem__(self, i):
        return np.random.default_rng(i).integers(0, 256, (*SIZE, 3)).astype(np.uint8)

    def __iter__(self):
        return (self[i] for i in range(2))


CLIP = Clip("clip", Frames())


def predict(**params):
    params = {"network": "maskrcnn_resnet50_fpn", "size": 64, "score": 0.0} | params
    return list(MaskRCNN(MaskRCNN.Params(**params)).predict(CLIP, Run(0, None, TorchDevices())))


@pytest.fixture(scope="module")
def weights(tmp_path_factory):
    import torch
    from torchvision.models import get_model

    torch.manual_seed(0)
    network = get_model("maskrcnn_resnet50_fpn", weights=None, weights_backbone=None)
    path = (
        tmp_path_factory.mktemp("hub") / "checkpoints" / "maskrcnn_resnet50_fpn_coco-bf2d0c1e.pth"
    )
    path.parent.mkdir()
    torch.save(network.state_dict(), path)
    return path


@pytest.fixture(scope="module")
def predicted(weights):
    return predict(weights=str(weights), categories="any")


def test_masks_and_boxes_of_a_file_of_weights(predicted):
    first, second = predicted
    assert first.mask.shape == SIZE and 0 < first.mask.max() <= 1 and first.mask.min() >= 0
    assert first.boxes.shape == (len(first.scores), 4) and len(first.boxes)
    assert (np.diff(first.scores) <= 0).all()
    assert (first.boxes[:, 2:] >= first.boxes[:, :2]).all()
    assert not np.array_equal(first.mask, second.mask)


@pytest.mark.slow
def test_torchs_cache_is_used_and_only_the_chosen_categories_count(weights, predicted, monkeypatch):
    import torch

    monkeypatch.setattr(torch.hub, "get_dir", lambda: str(weights.parents[1]))
    for some, every in zip(predict(categories="person, dog"), predicted):
        assert len(some.boxes) < len(every.boxes)
        assert (some.mask <= every.mask).all()


def test_weights_that_cannot_be_had(tmp_path, monkeypatch):
    import torch

    def refuse(*args, **kwargs):
        raise urllib.error.URLError("no route to host")

    monkeypatch.setattr(torch.hub, "get_dir", lambda: str(tmp_path))
    monkeypatch.setattr(torch.hub, "download_url_to_file", refuse)
    with pytest.raises(
        DataError, match=r"could not be downloaded .*no route.*maskrcnn.weights=FILE"
    ):
        predict()


def test_a_file_that_holds_something_else(tmp_path):
    file = tmp_path / "x.pth"
    file.write_text("no weights")
    with pytest.raises(DataError, match=r"x\.pth is not a file of weights of maskrcnn_resnet50"):
        predict(weights=str(file))


def test_an_unknown_category():
    with pytest.raises(UsageError, match=r"no category 'persn'\. Did you mean person"):
        predict(categories="persn")


def test_it_is_marked_as_supervised():
    assert "label" in MaskRCNN.supervision[0]
