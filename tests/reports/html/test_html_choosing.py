import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from selfbench.reports.html.choosing import Mark, choose_frames, disagreement

CLIPS = [slice(0, 10), slice(10, 20)]


def test_worst_and_median_of_each_method():
    values = np.linspace(0, 1, 20)[[*range(10, 20), *range(10)]][None]
    choice = choose_frames(values, [0], CLIPS, 2)
    assert choice.marks == [Mark(10, "worst", 0), Mark(0, "median", 0)]
    assert choice.frames == {10: {0}, 0: {0}}


def test_disputed_frames_lie_apart():
    a = np.full(20, 0.5)
    b = a.copy()
    b[[4, 5, 15]] = [0.1, 0.0, 0.2]  # 4 and 5 look the same
    marks = choose_frames(np.array([a, b]), [0, 1], CLIPS, 100).marks
    assert [m.frame for m in marks if m.kind == "disputed"] == [5, 15]


def test_seeds_of_one_method_dispute_nothing():
    values = np.random.default_rng(0).random((3, 20))
    assert not disagreement(values, [0, 0, 0]).any()
    assert disagreement(values, [0, 0, 1]).all()


def test_a_frame_that_one_method_lacks_is_not_disputed():
    values = np.array([[0.1, np.nan, 0.2], [0.9, 0.9, np.nan]])
    assert (disagreement(values, [0, 1]) > 0).tolist() == [True, False, False]


def test_methods_come_before_their_other_seeds():
    values = np.random.default_rng(0).random((4, 20))
    choice = choose_frames(values, [0, 0, 1, 1], CLIPS, 20)
    shown = [run for runs in choice.frames.values() for run in runs]
    assert shown.count(0) >= 8 and not shown.count(1)


def test_every_clip_is_covered_evenly():
    values = np.random.default_rng(0).random((2, 200))
    clips = [slice(i, i + 40) for i in range(0, 200, 40)]
    frames = choose_frames(values, [0, 1], clips, 100).frames
    for clip in clips:
        inside = sorted(frame - clip.start for frame in frames if clip.start <= frame < clip.stop)
        assert {0, 39} <= set(inside) and max(np.diff(inside)) <= 12


@given(st.integers(1, 5), st.integers(1, 3), st.integers(0, 60), st.integers(0, 2**31))
def test_the_budget_holds(runs, methods, budget, seed):
    rng = np.random.default_rng(seed)
    values = np.where(rng.random((runs, 20)) < 0.2, np.nan, rng.random((runs, 20)))
    labels = [run % methods for run in range(runs)]
    choice = choose_frames(values, labels, CLIPS, budget)
    shown = sum(map(len, choice.frames.values()))
    assert shown <= max(budget, 2 * len(set(labels)))
    assert all(0 <= frame < 20 and runs_ for frame, runs_ in choice.frames.items())
    for mark in choice.marks:
        assert mark.kind == "disputed" or mark.run in choice.frames[mark.frame]
