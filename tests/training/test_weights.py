import numpy as np
import pytest
import torch

from selfbench.errors import DataError
from selfbench.training.weights import as_tensors, fitting


def test_arrays_and_tensors_become_tensors_of_their_own():
    array = np.ones(2, np.float32)
    array.setflags(write=False)  # as safetensors gives them
    tensors = as_tensors({"a": array, "b": torch.zeros(1)})
    assert torch.equal(tensors["a"], torch.ones(2)) and torch.equal(tensors["b"], torch.zeros(1))
    tensors["a"][0] = 5
    assert array[0] == 1


def test_weights_of_another_network_are_one_sentence():
    said = "These weights do not fit cis with its present parameters"
    with pytest.raises(DataError, match=said), fitting("cis"):
        torch.nn.Linear(2, 1).load_state_dict({"weight": torch.zeros(3, 3)})
    with pytest.raises(DataError, match=r"do not fit cis .*'normalise'"), fitting("cis"):
        {}["normalise"]
