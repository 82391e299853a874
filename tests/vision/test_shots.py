"""Hard cuts: found by colour, unlike flashes and fast motion."""

import numpy as np
import pytest

from selfbench.vision.shots import CutFinder, every_shot


def images(count, colour, seed=0):
    """Noisy frames of one colour."""
    rng = np.random.default_rng(seed)
    noise = rng.integers(-6, 7, (count, 24, 32, 3))
    return list(np.clip(np.array(colour) + noise, 0, 255).astype(np.uint8))


RED, BLUE = (200, 60, 50), (40, 60, 200)


def test_no_frames_have_no_shot():
    assert every_shot([]) == []


def test_one_shot_is_whole():
    assert every_shot(images(9, RED)) == [(0, 9)]
    assert every_shot(images(1, RED)) == [(0, 1)]


def test_cuts_are_found_and_shots_cover_all_frames():
    frames = [*images(7, RED), *images(5, BLUE), *images(6, RED, seed=1)]
    assert every_shot(frames) == [(0, 7), (7, 12), (12, 18)]


def test_a_shot_may_be_a_last_single_frame():
    assert every_shot([*images(7, RED), *images(1, BLUE)]) == [(0, 7), (7, 8)]


def test_a_flash_is_no_cut():
    frames = images(12, RED)
    frames[6] = np.full_like(frames[6], 255)
    assert every_shot(frames) == [(0, 12)]


def test_a_fade_is_no_cut():
    shares = np.linspace(0, 1, 24)[:, None, None, None]
    red, blue = np.array(images(24, RED), float), np.array(images(24, BLUE), float)
    faded = ((1 - shares) * red + shares * blue).astype(np.uint8)
    finder = CutFinder()
    for frame in faded:
        finder.add(frame)
    assert finder.shots(distance=0.3, ratio=4.0, shortest=1) == [(0, 24)]


@pytest.mark.parametrize(("shortest", "shots"), [(3, [(0, 6), (6, 9)]), (4, [(0, 9)])])
def test_short_shots_can_be_refused(shortest, shots):
    finder = CutFinder()
    for frame in [*images(6, RED), *images(3, BLUE)]:
        finder.add(frame)
    assert finder.shots(distance=0.3, ratio=4.0, shortest=shortest) == shots
