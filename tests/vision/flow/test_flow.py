"""Flow of a known motion: a textured square that moves over a background a homography moves."""

from urllib.error import URLError

import cv2
import numpy as np
import pytest
import torch

from selfbench.contracts import Clip, Run
from selfbench.errors import DataError
from selfbench.store.places import cache_folder
from selfbench.training.devices import TorchDevices
from selfbench.training.frame_cache import cached_frames
from selfbench.vision.flow import estimators as f
from selfbench.vision.flow.cache import Provider, flow_of_frames, partner, speeds
from selfbench.vision.flow.colours import colours
from selfbench.vision.shots import every_shot

H, W = 120, 160


def texture(seed, height=H + 80, width=W + 80):
    small = np.random.default_rng(seed).integers(0, 256, (height // 4, width // 4, 3), np.uint8)
    return cv2.resize(small, (width, height), interpolation=cv2.INTER_CUBIC)


def scene(camera=None, move=(0, 0), seed=0):
    """A frame: the background seen through `camera` (3, 3), the square shifted by `move`."""
    matrix = np.eye(3) if camera is None else camera
    away = np.array([[1, 0, 40], [0, 1, 40], [0, 0, 1.0]])  # nothing black enters the picture
    frame = cv2.warpPerspective(
        texture(seed), matrix @ np.linalg.inv(away), (W, H), flags=cv2.INTER_LINEAR
    )
    x, y = 60 + move[0], 40 + move[1]
    frame[y : y + 40, x : x + 40] = texture(seed + 100)[:40, :40]
    return frame


CAMERA = np.array([[1.02, 0.01, 6.0], [-0.01, 1.01, -4.0], [5e-5, 2e-5, 1.0]])


def test_the_cameras_motion_is_taken_out():
    source, target = f.describe(scene()), f.describe(scene(CAMERA, (11, -7)))
    flow = f.stabilised(source, target, f.dis)
    # Where the square goes, seen from the first frame: its place in the second, brought back.
    centre = np.linalg.inv(CAMERA) @ [60 + 11 + 20, 40 - 7 + 20, 1]
    wanted = centre[:2] / centre[2] - [80, 60]
    inside = flow[50:70, 70:90].reshape(-1, 2)
    assert np.median(inside, axis=0) == pytest.approx(wanted, abs=0.5)
    apart = np.ones((H, W), bool)
    apart[20:100, 40:125] = False
    assert np.linalg.norm(flow[apart], axis=1).mean() < 0.25
    plain = f.dis(source.image, target.image)
    assert np.linalg.norm(plain[apart], axis=1).mean() > 3, "the camera did move"


def test_without_texture_the_camera_stands_still():
    blank = np.full((H, W, 3), 90, np.uint8)
    assert f.homography(f.describe(blank), f.describe(scene())) is None
    assert np.abs(f.stabilised(f.describe(blank), f.describe(blank), f.dis)).max() < 0.1


@pytest.mark.parametrize("size", [(7, 9), (40, 1), (31, 200)])
def test_dis_takes_small_images(size):
    image = np.random.default_rng(0).integers(0, 256, (*size, 3), np.uint8)
    assert f.dis(image, image).shape == (*size, 2)
    f.describe(image)


def test_white_stands_still_and_hue_is_direction():
    flow = np.array([[0, 0], [3, 0], [-3, 0], [9, 0], [1.5, 0]], np.float32)
    still, right, left, fast, slow = colours(flow, 3.0).astype(int)
    assert (still == 255).all()
    assert right[0] > right[2] + 100 and left[2] > left[0] + 100, "red to the right, blue left"
    assert (fast == right).all(), "full from the scale on"
    assert slow.min() > right.min() + 80


class Frames(list):
    @property
    def names(self):
        return [f"{i:05d}" for i in range(len(self))]


def moving(count, seed, step=3):
    return [scene(move=(step * t - 20, 0), seed=seed) for t in range(count)]


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
    found = flow_of([cut, one], 80, 60, Run(0, tmp_path, TorchDevices()), stabilise=stabilise)
    flow = found.pick(np.arange(10), np.ones(10, int))
    assert len(found) == 10 and flow.shape == (10, 60, 80, 2)
    # Half the size, half the pixels: 1.5 to the right, then to the left, in every frame.
    middle = []
    for t in range(9):
        x = (60 + (3 * t if t < 5 else -3 * (t - 5)) - 20) // 2
        middle.append(np.median(flow[t, 24:36, x + 4 : x + 16, 0].astype(float)))
    assert middle == pytest.approx([1.5] * 5 + [-1.5] * 4, abs=0.2)
    assert (flow[9] == 0).all()
    speed = speeds(found)
    assert speed[0] == pytest.approx(1.5, abs=0.3) and speed[9] == pytest.approx(0.8)


def test_pairs_further_apart_move_further_and_back(tmp_path):
    found = flow_of(
        [Clip("a", Frames(moving(7, seed=1)))], 80, 60, Run(0, tmp_path, TorchDevices()), reach=2
    )
    assert found.steps == (1, -1, 2, -2)
    flow = found.pick(np.full(4, 3), np.array(found.steps))
    x = (60 + 9 - 20) // 2
    seen = np.median(flow[:, 24:36, x + 4 : x + 16, 0].reshape(4, -1), axis=1)
    assert seen == pytest.approx([1.5, -1.5, 3, -3], abs=0.3)


def test_a_missing_partner_is_replaced_by_what_the_shot_has():
    assert partner(3, 2, 0, 9) == (2, 1)
    assert partner(8, 2, 0, 9) == (-2, -1), "minus the flow to the other side"
    assert partner(1, 5, 0, 3) == (1, 1), "or a shorter one"
    assert partner(0, -2, 0, 2) == (1, -1)
    assert partner(4, 1, 4, 5) == (0, 0), "alone in its shot"
    assert partner(8, 2, 0, 9, among=(1, 2)) == (0, 0), "only what the files have"


def test_flow_is_computed_once_for_all_runs_and_per_provider(tmp_path, monkeypatch):
    calls, real = [], f.dis

    def counting(source, target):
        calls.append(1)
        return real(source, target)

    monkeypatch.setattr(f, "dis", counting)
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
    calls, real = [], f.dis

    def dying(source, target):
        calls.append(1)
        if len(calls) == 8:
            raise KeyboardInterrupt
        return real(source, target)

    monkeypatch.setattr(f, "dis", dying)
    with pytest.raises(KeyboardInterrupt):
        flow_of(clips, 32, 24, Run(0, tmp_path, TorchDevices()))
    calls[:] = [1] * 8
    found = flow_of(clips, 32, 24, Run(0, tmp_path, TorchDevices()))
    assert len(calls) == 8 + 12, "the first clip was kept"
    assert not list(cache_folder().rglob("*.tmp")) and len(found) == 9


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
    found = flow_of_frames(
        cached_frames([clip], 16, 12, tmp_path), provider, 5, Run(0, tmp_path, TorchDevices())
    )
    assert found.steps == (1,)
    flow = found.pick(np.arange(3), np.ones(3, int))
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


def test_raft_without_weights_says_what_to_do(monkeypatch):
    from torchvision.models import optical_flow

    def unreachable(**_):
        raise URLError("no network")

    f._raft.cache_clear()
    monkeypatch.setattr(optical_flow, "raft_large", unreachable)
    with pytest.raises(DataError, match=r"raft_large_C_T_V2\S+\.pth .*--set flow=dis"):
        f.raft(scene(), scene(), torch.device("cpu"))


def test_raft_gives_flow_of_the_frames_size(monkeypatch):
    from torchvision.models.optical_flow import raft_small

    torch.manual_seed(0)
    network = raft_small(weights=None).eval()
    monkeypatch.setattr(f, "_raft", lambda device: network)
    flow = f.raft(scene()[:50], scene()[:50], torch.device("cpu"))
    assert flow.shape == (50, W, 2) and flow.dtype == np.float32 and np.isfinite(flow).all()
