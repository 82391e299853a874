import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from selfbench.contracts.bitmask import BitMask


@given(
    arrays(np.uint8, array_shapes(min_dims=2, max_dims=2, max_side=70), elements=st.integers(0, 2))
)
def test_pack_and_unpack(mask):
    packed = BitMask.pack(mask)
    assert (packed.unpack() == (mask > 0)).all()
    assert packed.area == np.count_nonzero(mask)
    assert packed.shape == mask.shape


def test_only_two_dimensions():
    with pytest.raises(ValueError, match="two dimensions"):
        BitMask.pack(np.zeros((2, 2, 2), bool))
