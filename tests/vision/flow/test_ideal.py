"""Flow made from the truth: constant in the mask and around it, and of nothing but its labels."""

import numpy as np
import pytest

from selfbench.contracts import Clip, Truth
from selfbench.errors import DataError
from selfbench.vision.flow.ideal import FASTEST, STEPS, with_ideal_flow
from tests.vision.scenes import Frames

MASK = np.zeros((20, 40), bool)
MASK[5:15, 10:20] = True


def clip(name="dog", count=3):
    return Clip(name, Frames([np.zeros((20, 40, 3), np.uint8)] * count))


def truth(count=3, **values):
    return {f"{t:05d}": Truth(**(values or {"mask": MASK})) for t in range(count)}


def test_flow_is_one_constant_in_the_mask_and_another_around_it():
    (made,) = with_ideal_flow([clip()], {"dog": truth()}, "digest")
    assert (made.flow.key, made.flow.steps) == ("ideal-digest", STEPS)
    flow = made.flow(1, -1)
    assert flow.shape == (20, 40, 2) and flow.dtype == np.float32
    inside, outside = np.unique(flow[MASK], axis=0), np.unique(flow[~MASK], axis=0)
    assert len(inside) == len(outside) == 1 and not np.array_equal(inside, outside)
    assert np.abs(flow).max() <= FASTEST * 40


def test_flow_depends_on_clip_frame_and_step_alone():
    (one,) = with_ideal_flow([clip()], {"dog": truth()}, "a")
    (again,) = with_ideal_flow([clip()], {"dog": truth()}, "b")
    assert np.array_equal(one.flow(1, 2), again.flow(1, 2))
    (other,) = with_ideal_flow([clip("cat")], {"cat": truth()}, "a")
    flows = [one.flow(1, 2), one.flow(0, 2), one.flow(1, 1), other.flow(1, 2)]
    assert len({tuple(flow[0, 0]) for flow in flows}) == len(flows)


def test_the_numbers_never_change():
    """Stored runs were made with them."""
    (made,) = with_ideal_flow([clip()], {"dog": truth()}, "digest")
    assert made.flow(0, 1)[0, 0] == pytest.approx([-1.2658795, 0.0879274])
    assert made.flow(0, 1)[10, 15] == pytest.approx([1.1202750, 0.3136770])


@pytest.mark.parametrize(
    ("known", "frame"),
    [
        ({}, "00000"),
        ({"dog": truth(2)}, "00002"),
        ({"dog": truth(boxes=np.zeros((0, 4)))}, "00000"),
    ],
)
def test_every_frame_must_have_a_mask(known, frame):
    with pytest.raises(DataError, match=f"Clip 'dog' has no mask for frame {frame}"):
        with_ideal_flow([clip()], known, "digest")
