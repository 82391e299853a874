import pytest
import torch

from selfbench.errors import StoreError
from selfbench.training import checkpoint


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
