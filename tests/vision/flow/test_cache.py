"""Flow of clips: never across a cut, computed once, and from wherever the provider says."""

import cv2
import numpy as np
import pytest

from selfbench.contracts import Clip, Run
from selfbench.errors import DataError
from selfbench.store.places import cache_folder
from selfbench.training.devices import TorchDevices
from selfbench.training.frame_cache import cached_frames
from selfbench.vision.flow import estimators
from selfbench.vision.flow.cache import (
    Provider,
    fitted,
    flow_of_frames,
    partner,
    speeds,
    steps_between,
)
from selfbench.vision.shots import every_shot
from tests.vision.scenes import Frames, moving


def flow_of(clips, width, height, run, reach=1, **of):
    frames = cached_frames(clips, width, height, run.folder)
    return flow_of_frames(frames, Provider("dis", **of), reach, run)


@pytest.mark.parametrize("stabilise", [False, True])
def test_flow_never_crosses_a_cut_or_a_clip(tmp_path, stabilise):
    cut = Clip(
        "cut", Frames(moving(5, seed=0) + [image // 3 for image in moving(4, seed=7, step=-3)])
    )
    one = Clip("one", Frames(moving(1, seed=3)))
    assert every_shot(cut.frames) == [(0, 5), (5, 9)]
    flows = flow_of([cut, one], 80, 60, Run(0, tmp_path, TorchDevices()), stabilise=stabilise)
    flow = flows.pick(np.arange(10), np.ones(10, int))
    assert len(flows) == 10 and flow.shape == (10, 60, 80, 2)
    # Half the size, half the pixels: 1.5 to the right, then to the left, in every frame.
    middle = []
    for t in range(9):
        x = (60 + (3 * t if t < 5 else -3 * (t - 5)) - 20) // 2
        middle.append(np.median(flow[t, 24:36, x + 4 : x + 16, 0].astype(float)))
    assert middle == pytest.approx([1.5] * 5 + [-1.5] * 4, abs=0.2)
    assert (flow[9] == 0).all()
    speed = speeds(flows)
    assert speed[0] == pytest.approx(1.5, abs=0.3) and speed[9] == pytest.approx(0.8)


def test_pairs_further_apart_move_further_and_back(tmp_path):
    flows = flow_of(
        [Clip("a", Frames(moving(7, seed=1)))], 80, 60, Run(0, tmp_path, TorchDevices()), reach=2
    )
    assert flows.steps == (1, -1, 2, -2)
    flow = flows.pick(np.full(4, 3), np.array(flows.steps))
    x = (60 + 9 - 20) // 2
    motion = np.median(flow[:, 24:36, x + 4 : x + 16, 0].reshape(4, -1), axis=1)
    assert motion == pytest.approx([1.5, -1.5, 3, -3], abs=0.3)


def test_a_missing_partner_is_replaced_by_what_the_shot_has():
    assert partner(3, 2, 0, 9) == (2, 1)
    assert partner(8, 2, 0, 9) == (-2, -1), "minus the flow to the other side"
    assert partner(1, 5, 0, 3) == (1, 1), "or a shorter one"
    assert partner(0, -2, 0, 2) == (1, -1)
    assert partner(4, 1, 4, 5) == (0, 0), "alone in its shot"
    assert partner(8, 2, 0, 9, among=(1, 2)) == (0, 0), "only what the files have"


def test_flow_is_computed_once_for_all_runs_and_per_provider(tmp_path, monkeypatch):
    calls, real = [], estimators.dis

    def counting(source, target):
        calls.append(1)
        return real(source, target)

    monkeypatch.setattr(estimators, "dis", counting)
    clips = [Clip("a", Frames(moving(3, seed=11)))]
    first = flow_of(clips, 32, 24, Run(0, tmp_path / "one", TorchDevices()))
    assert len(calls) == 6, "three frames, both ways"
    again = flow_of(clips, 32, 24, Run(1, tmp_path / "two", TorchDevices()))
    assert len(calls) == 6 and again.clips == first.clips
    flow_of(clips, 32, 24, Run(0, tmp_path / "one", TorchDevices()), reach=2)
    assert len(calls) == 12, "only the new pairs"
    flow_of(clips, 32, 24, Run(0, tmp_path / "one", TorchDevices()), longest=64)
    assert len(calls) == 18, "another size of computing is another provider"


def test_a_kill_loses_one_clip_at_most(tmp_path, monkeypatch):
    clips = [Clip(name, Frames(moving(3, seed + 20))) for seed, name in enumerate("abc")]
    calls, real = [], estimators.dis

    def dying(source, target):
        calls.append(1)
        if len(calls) == 8:
            raise KeyboardInterrupt
        return real(source, target)

    monkeypatch.setattr(estimators, "dis", dying)
    with pytest.raises(KeyboardInterrupt):
        flow_of(clips, 32, 24, Run(0, tmp_path, TorchDevices()))
    calls[:] = [1] * 8
    flows = flow_of(clips, 32, 24, Run(0, tmp_path, TorchDevices()))
    assert len(calls) == 8 + 12, "the first clip was kept"
    assert not list(cache_folder().rglob("*.tmp")) and len(flows) == 9


def test_flow_files(tmp_path):
    """Both formats, at another size than the frames', forwards only."""
    clip = Clip("a", Frames([np.full((48, 64, 3), 9 * t, np.uint8) for t in range(3)]))
    folder = tmp_path / "flow/a/+1"
    folder.mkdir(parents=True)
    right = np.tile(np.float32([2.5, -1]), (24, 32, 1))
    cv2.writeOpticalFlow(str(folder / "00000.flo"), right)
    png = np.full((24, 32, 3), 2**15 + 64 * 3, np.uint16)  # 3 to the right and down
    png[..., 0] = 1
    png[:12, :, 0] = 0  # not valid
    cv2.imwrite(str(folder / "00001.png"), png)
    provider = Provider("files", str(tmp_path / "flow"))
    flows = flow_of_frames(
        cached_frames([clip], 16, 12, tmp_path), provider, 5, Run(0, tmp_path, TorchDevices())
    )
    assert flows.steps == (1,)
    flow = flows.pick(np.arange(3), np.ones(3, int))
    assert np.allclose(flow[0], [1.25, -0.5]), "half the size, half the pixels"
    assert np.allclose(flow[1, 7:], 1.5) and (flow[1, :5] == 0).all()
    assert (flow[2] == 0).all(), "the last frame has no partner"


def test_flow_files_that_are_missing_or_broken(tmp_path):
    clip = Clip("a", Frames([np.full((48, 64, 3), 9 * t, np.uint8) for t in range(3)]))

    def read():
        provider = Provider("files", str(tmp_path / "flow"))
        return flow_of_frames(
            cached_frames([clip], 16, 12, tmp_path), provider, 1, Run(0, tmp_path, TorchDevices())
        )

    with pytest.raises(DataError, match=r"no folder .*flow/a"):
        read()
    folder = tmp_path / "flow/a/+1"
    folder.mkdir(parents=True)
    with pytest.raises(DataError, match=r"no flow file .*00000\.flo"):
        read()
    for name in ("00000.flo", "00001.flo"):
        (folder / name).write_bytes(b"PIEH")
    with pytest.raises(DataError, match=r"00000\.flo is no whole \.flo file"):
        read()
    (folder / "00000.flo").unlink()
    cv2.imwrite(str(folder / "00000.png"), np.zeros((4, 4, 3), np.uint8))
    with pytest.raises(DataError, match="uint8 of shape"):
        read()


def test_a_clip_without_flow_of_its_own_says_so(tmp_path):
    clip = Clip("a", Frames(moving(2, seed=0)))
    with pytest.raises(DataError, match="comes without flow"):
        flow_of_frames(
            cached_frames([clip], 16, 12, tmp_path),
            Provider("clip"),
            1,
            Run(0, tmp_path, TorchDevices()),
        )


def test_flow_at_another_size_is_in_pixels_of_that_size():
    flow = np.full((8, 16, 2), 4.0, np.float32)
    half = fitted(flow, 8, 8)
    assert half.shape == (8, 8, 2)
    assert np.allclose(half, [2, 4])


class Given:
    """Flow that a clip brings."""

    def __init__(self, *steps):
        self.key, self.steps = "given", steps

    def __call__(self, frame, step):
        return np.full((4, 4, 2), step, np.float32)


def test_steps_are_those_that_all_clips_have():
    clips = [
        Clip("a", Frames(), flow=Given(1, -1, 2, 5)),
        Clip("b", Frames(), flow=Given(-1, 1, 5)),
    ]
    assert steps_between(Provider("clip"), clips, 3) == (1, -1)
    assert steps_between(Provider("dis"), clips, 2) == (1, -1, 2, -2)
    with pytest.raises(DataError, match="no flow in common over 1 to 3 frames"):
        steps_between(Provider("clip"), [*clips, Clip("c", Frames(), flow=Given(2))], 3)


def test_flow_that_clips_bring_is_stored_under_its_own_key(tmp_path):
    clip = Clip("a", Frames(moving(2, seed=4)), flow=Given(1))
    assert Provider("clip").label(clip) == "clip-given"
    assert Provider("dis", longest=64, stabilise=True).label(clip) == "dis-64-stabilised"
    run = Run(0, tmp_path, TorchDevices())
    flow = flow_of_frames(cached_frames([clip], 8, 4, tmp_path), Provider("clip"), 1, run)
    assert np.allclose(flow.pick(np.arange(2), np.ones(2, int))[0], [2, 1]), "in stored pixels"
