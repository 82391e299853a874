import numpy as np
import pytest
import torch

from selfbench.contracts import Clip, Run
from selfbench.errors import SelfbenchError, StoreError
from selfbench.training import checkpoint
from selfbench.training.devices import TorchDevices
from selfbench.training.frame_cache import cached_frames
from selfbench.training.log import read_log
from selfbench.training.loop import Loop


def train(folder, steps, stop_after=None, checkpoint_s=0.0):
    """A little regression; returns the weights."""
    torch.manual_seed(0)
    network = torch.nn.Linear(4, 1)
    optimiser = torch.optim.Adam(network.parameters(), 0.1)
    parts = {"network": network, "optimiser": optimiser}
    loop = Loop(
        Run(3, folder, TorchDevices()), "fit", steps, parts, checkpoint_s=checkpoint_s, log_every=1
    )
    for step in loop:
        x = torch.randn(8, 4, generator=loop.generator(step))
        loss = (network(x) - x.sum(1, keepdim=True)).square().mean()
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        loop.record(step, {"loss": loss.item()})
        if step == stop_after:
            break
    return torch.cat([p.detach().flatten() for p in network.parameters()])


def test_a_resumed_training_ends_in_the_same_numbers(tmp_path):
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    whole = train(tmp_path / "a", 20)
    train(tmp_path / "b", 20, stop_after=11)
    resumed = train(tmp_path / "b", 20)
    assert torch.equal(whole, resumed)
    values = [[row["value"] for row in read_log(tmp_path / f)] for f in "ab"]
    assert values[0] == values[1] and len(values[0]) == 20, "no step is logged twice"


def test_a_finished_stage_does_nothing_more(tmp_path):
    first = train(tmp_path, 5)
    assert torch.equal(train(tmp_path, 5), first)
    assert len(read_log(tmp_path)) == 5


def test_nan_stops_with_step_and_term(tmp_path):
    loop = Loop(Run(0, tmp_path, TorchDevices()), "fit", 3, {})
    with pytest.raises(SelfbenchError, match="'fit' at step 1: foreground became nan"):
        for step in loop:
            loop.record(step, {"background": 1.0, "foreground": float("nan") if step else 1.0})


def test_the_log_reaches_tensorboard(tmp_path):
    train(tmp_path, 3)
    assert list((tmp_path / "tensorboard" / "fit").glob("events*"))


def test_checkpoints_keep_nested_state(tmp_path):
    state = {"a": [1, None, {"b": torch.arange(3)}], 5: {0: torch.ones(2), "x": 1.5}, "t": "text"}
    checkpoint.save(tmp_path / "c", state)
    back = checkpoint.load(tmp_path / "c")
    assert torch.equal(back["a"][2]["b"], torch.arange(3))
    assert torch.equal(back[5][0], torch.ones(2)) and back[5]["x"] == 1.5
    assert back["t"] == "text" and back["a"][:2] == [1, None]
    assert checkpoint.load(tmp_path / "nothing") is None


def test_a_broken_checkpoint_is_named(tmp_path):
    (tmp_path / "c").write_bytes(b"not a checkpoint")
    with pytest.raises(StoreError, match="c is not a checkpoint"):
        checkpoint.load(tmp_path / "c")


class Noise(list):
    """Frames that count how often they are decoded."""

    names = ("0", "1", "2")
    decoded = 0

    def __iter__(self):
        for frame in super().__iter__():
            Noise.decoded += 1
            yield frame


def test_frames_are_decoded_once(tmp_path):
    frames = Noise(np.random.default_rng(0).integers(0, 256, (3, 12, 16, 3), np.uint8))
    clips = [Clip("a", frames), Clip("b", frames)]
    made = cached_frames(clips, 8, 6, tmp_path)
    first, owner = made.frames, made.owner
    again = cached_frames(clips, 8, 6, tmp_path).frames
    assert first.shape == (6, 6, 8, 3) and Noise.decoded == 6
    assert isinstance(again, np.memmap) and (again == first).all()
    assert owner.tolist() == [0, 0, 0, 1, 1, 1]
    exact = frames[1].reshape(6, 2, 8, 2, 3).mean(axis=(1, 3))
    assert np.abs(first[1] - exact).max() <= 1
