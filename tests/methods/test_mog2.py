import numpy as np
import pytest

from selfbench.contracts import Clip, Run
from selfbench.methods.mog2 import Mog2
from selfbench.training.devices import TorchDevices

SIZE, COUNT = (40, 100), 30


class Frames:
    """A bright block that crosses a noisy, static scene."""

    names = tuple(map(str, range(COUNT)))

    def __len__(self):
        return COUNT

    def __getitem__(self, i):
        frame = np.random.default_rng(i).integers(90, 100, (*SIZE, 3)).astype(np.uint8)
        frame[block(i)] = 240
        return frame

    def __iter__(self):
        return (self[i] for i in range(COUNT))


def block(i):
    mask = np.zeros(SIZE, bool)
    mask[10:26, 1 + 3 * i : 8 + 3 * i] = True
    return mask


def masks(background=None, **params):
    clip = Clip("clip", Frames(), background=background)
    return [p.mask for p in Mog2(Mog2.Params(**params)).predict(clip, Run(0, None, TorchDevices()))]


def overlap(mask, i):
    return (block(i) & (mask > 0.5)).sum() / (block(i) | (mask > 0.5)).sum()


def test_it_finds_what_moves():
    soft = masks()
    assert len(soft) == COUNT
    assert all(m.shape == SIZE and m.min() >= 0 and m.max() <= 1 for m in soft)
    assert np.mean([overlap(m, i) for i, m in enumerate(soft)]) > 0.6


def test_a_second_look_gives_the_first_frames_a_background():
    assert overlap(masks(passes=2)[0], 0) > 0.6 > overlap(masks(passes=1)[0], 0)


def test_a_known_background_replaces_it_and_is_declared():
    empty = np.full((*SIZE, 3), 95, np.uint8)
    assert overlap(masks(empty, use_background=True)[0], 0) > 0.6
    assert Mog2(Mog2.Params()).supervision == ()
    assert Mog2(Mog2.Params(use_background=True)).supervision == ("known background",)


@pytest.mark.parametrize(("blur", "values"), [(0, 2), (2, 3)])
def test_the_mask_is_binary_or_soft(blur, values):
    count = len(np.unique(masks(blur=blur)[5]))
    assert count == 2 if values == 2 else count > 2


def test_the_same_numbers_each_time():
    assert all((a == b).all() for a, b in zip(masks(), masks()))
