"""CIS as a method: its networks and losses, training on scenes whose answer is known, odd clips."""

from dataclasses import replace

import cv2
import numpy as np
import pytest
import torch

from selfbench.contracts import Clip, Run, Truth
from selfbench.errors import DataError, UsageError
from selfbench.methods.cis import CIS, method
from selfbench.methods.cis.images import Batch, augmented
from selfbench.methods.cis.inference import border_share, foreground, smoothed
from selfbench.methods.cis.losses import Errors, errors, generator_loss, inpainter_loss
from selfbench.methods.cis.networks import Generator, Inpainter, interpolated
from selfbench.methods.cis.settings import CISParams
from selfbench.methods.cis.training import Player, random_boxes
from selfbench.params import build
from selfbench.training import checkpoint
from selfbench.training.devices import TorchDevices
from selfbench.training.log import read_log
from selfbench.vision.flow.cache import ClipFlows
from selfbench.vision.flow.ideal import IdealFlow, with_ideal_flow

TINY = {
    "size": (96, 72),
    "generator_width": 4,
    "inpainter_width": 2,
    "steps": 8,
    "pretrain_steps": 2,
    "reach": 1,
    "batch": 2,
    "crf_iterations": 1,
    "picture_every": 4,
}


class Frames(list):
    @property
    def names(self):
        return [f"{i:05d}" for i in range(len(self))]


def moving_square(count=5, size=(48, 96), seed=0, name="a"):
    """A clip of a textured square that moves over a still texture, and its masks."""
    rng = np.random.default_rng(seed)
    height, width = size
    small = rng.integers(0, 256, (height // 4, width // 4, 3), np.uint8)
    scene = cv2.resize(small, (width, height), interpolation=cv2.INTER_CUBIC)
    frames, masks = [], []
    for t in range(count):
        frame, mask = scene.copy(), np.zeros(size, bool)
        place = (slice(10, 30), slice(20 + 3 * t, 45 + 3 * t))
        frame[place] = scene[20:40, 50:75]
        mask[place] = True
        frames.append(frame)
        masks.append(mask)
    return Clip(name, Frames(frames)), np.array(masks)


def found(clips, folder, test=None, **values):
    method = CIS(CISParams(**(TINY | values)))
    run = Run(0, folder, TorchDevices())
    method.fit(clips, run)
    predictions = list(method.predict(test or clips[0], run))
    return method, np.array([p.mask for p in predictions])


def test_the_networks_have_the_papers_size():
    """S3 gives both counts, swapped; these follow from the published code's layers."""
    count = [sum(p.numel() for p in n.parameters()) for n in (Generator(32), Inpainter(16, False))]
    assert count == [pytest.approx(1.45e6, rel=0.005), pytest.approx(3.39e6, rel=0.005)]


@pytest.mark.parametrize("correct", [False, True])
def test_hidden_flow_cannot_be_seen(correct):
    torch.manual_seed(0)
    network = Inpainter(4, correct)
    image, flow = torch.rand(1, 3, 48, 64), torch.rand(1, 2, 48, 64)
    hidden = torch.zeros(1, 1, 48, 64)
    hidden[..., 20:40, 20:40] = 1
    other = flow + 5 * hidden
    assert torch.equal(network(image, flow, hidden), network(image, other, hidden))
    assert not torch.equal(network(image, flow, 0 * hidden), network(image, other, 0 * hidden))


def test_interpolation_continues_a_constant_and_knows_nothing_of_nothing():
    flow = torch.full((1, 2, 33, 50), 0.3)
    hidden = torch.zeros(1, 1, 33, 50)
    hidden[..., :, :40] = 1
    assert interpolated(flow, 1 - hidden) == pytest.approx(0.3, abs=0.02)
    assert interpolated(flow, 0 * hidden).abs().max() < 1e-6


def test_the_right_mask_tells_nothing_of_the_other_side():
    """With independent constant motions the true mask reaches the optimum of Eq. 7, others not."""
    torch.manual_seed(0)
    inpainter = Inpainter(4, correct=True)
    true = torch.zeros(4, 1, 48, 64)
    true[..., 10:30, 12:40] = 1
    inside, outside = torch.randn(2, 4, 2, 1, 1)
    flow = inside * true + outside * (1 - true)
    image = torch.zeros(4, 3, 48, 64)

    def loss(mask):
        return generator_loss(errors(inpainter, image, flow, mask), 75, 48 * 64).item()

    shifted = true.roll(10, dims=3)
    assert loss(true) < min(loss(shifted), loss(true * 0), loss(true * 0 + 1), loss(true * 0 + 0.5))
    assert loss(true * 0) == pytest.approx(1, abs=0.02), "mask-none explains nothing of nothing"


def test_epsilon_follows_the_resolution():
    """The same image twice as large has the same loss."""
    torch.manual_seed(0)
    small = Errors(*(torch.rand(4, 3) * 100))
    large = Errors(*(4 * part for part in small))
    assert generator_loss(small, 75, 1000).item() == pytest.approx(
        generator_loss(large, 75, 4000).item()
    )
    assert inpainter_loss(small, 1000).item() == pytest.approx(inpainter_loss(large, 4000).item())


def test_a_collapsed_generator_is_kicked_and_gradients_are_clipped(tmp_path):
    layer = torch.nn.Linear(3, 1)
    player = Player(layer, torch.optim.Adam(layer.parameters(), 0.1))
    run = Run(0, tmp_path, TorchDevices())
    assert player.step((0 * layer.weight).sum(), 0.2, run, kick=1e-5) == 0
    assert (layer.weight.grad > 0).all() and (layer.weight.grad <= 0.2).all()
    assert player.step((100 * layer.weight).sum(), 0.2, run, kick=1e-5) > 1
    assert layer.weight.grad.abs().max() == pytest.approx(0.2)


def test_flow_follows_mirror_and_crop():
    image = torch.rand(64, 3, 8, 16)
    flow = torch.ones(64, 2, 8, 16) * torch.tensor([1.0, 2.0]).view(1, 2, 1, 1)
    generator = torch.Generator().manual_seed(0)
    plain = augmented(Batch(image, flow), 1.0, False, generator)
    assert torch.allclose(plain.image, image, atol=1e-5) and torch.allclose(plain.flow, flow)
    turned = augmented(Batch(image, flow), 1.0, True, generator)
    for i in range(64):
        x, y = turned.flow[i, :, 0, 0].sign().tolist()
        sides = [dim for dim, sign in ((2, x), (1, y)) if sign < 0]
        assert torch.allclose(turned.image[i], image[i].flip(sides), atol=1e-5)
    assert len({tuple(f[:, 0, 0].tolist()) for f in turned.flow}) == 4
    cropped = augmented(Batch(image, flow), 0.5, False, generator).flow
    assert (cropped[:, 0] >= 1).all() and (cropped[:, 0] <= 2.001).all()
    assert cropped[:, 0].max() > 1.5


def test_random_boxes_hide_something_and_not_all():
    boxes = random_boxes(50, (40, 20), torch.Generator().manual_seed(0))
    assert boxes.shape == (50, 1, 20, 40) and set(boxes.unique().tolist()) == {0, 1}
    assert 0.03 < boxes.mean() < 0.4


def test_what_fills_the_border_is_background():
    params = CISParams()
    mask = np.zeros((3, 20, 30), np.float32)
    mask[0, 5:12, 8:20] = 0.9
    mask[1] = 1 - mask[0]
    mask[2] = 0.5  # both regions fill the border
    assert border_share(mask, 0.1).tolist() == [0, 1, 1]
    chosen, sure = foreground(mask, params)
    assert chosen[1] == pytest.approx(mask[0], abs=1e-6) and sure.tolist() == [1, 1, 0]
    binary, _ = foreground(mask, CISParams(binary=True))
    assert set(np.unique(binary[:2])) == {0, 1}


def test_smoothing_follows_the_flow_and_stops_at_a_cut(tmp_path):
    masks = np.zeros((6, 20, 40), np.float32)
    for t in range(4):
        masks[t, 5:10, 4 * t : 4 * t + 6] = 1
    masks[2] = 0  # missed
    for step in (1, -1):
        flow = np.zeros((6, 20, 40, 2), np.float16)
        flow[..., 0] = 4 * step
        np.save(tmp_path / f"{step:+d}.npy", flow)
    flows = ClipFlows(tmp_path, (1, -1), ((0, 4), (4, 6)))
    soft = smoothed(masks, flows, keep=0.5, own=0.5)
    assert soft[2, 7, 11] > 0.4 and soft[2, 7, 25] == 0
    assert (soft[4:] == 0).all()
    assert np.array_equal(smoothed(masks, flows, keep=0.5, own=1.0), masks)


@pytest.mark.slow
def test_ideal_flow_is_learnt_from_the_flow_alone(tmp_path):
    """A few hundred steps on two clips with perfect flow find the object of a third."""
    made = [moving_square(8, seed=s, name=str(s)) for s in range(3)]
    clips = with_ideal_flow(
        [clip for clip, _ in made],
        {
            clip.name: {n: Truth(mask=m) for n, m in zip(clip.frames.names, masks)}
            for clip, masks in made
        },
        "test",
    )
    values = {"flow": "clip", "steps": 400, "batch": 4, "generator_width": 8, "smooth": 0}
    _, masks = found(clips[:2], tmp_path, clips[2], crf=False, picture_every=0, **values)
    truth = made[2][1]
    overlap = [(m & t).sum() / (m | t).sum() for m, t in zip(masks > 0.5, truth)]
    assert np.mean(overlap) > 0.6


def test_training_and_prediction_leave_what_they_should(tmp_path):
    clip, _ = moving_square()
    method, masks = found([clip], tmp_path)
    assert masks.shape == (5, 48, 96) and masks.min() >= 0 and masks.max() <= 1
    log = read_log(tmp_path)
    assert {row["stage"] for row in log} == {"inpainter", "adversaries"}
    names = {row["name"] for row in log if row["stage"] == "adversaries"}
    assert {"generator", "inpainter", "mask", "region", "kicks"} <= names
    assert len(list((tmp_path / "pictures").glob("*.png"))) == 2
    again = CIS(method.params)
    again.load_weights(method.weights())
    (tmp_path / "other").mkdir()
    same = [p.mask for p in again.predict(clip, Run(1, tmp_path / "other", TorchDevices()))]
    assert np.array_equal(np.array(same), masks)
    with pytest.raises(DataError, match="do not fit cis"):
        CIS(CISParams(generator_width=6)).load_weights(method.weights())


@pytest.mark.parametrize(
    ("there", "asked", "used"),
    [((1, -1, 2, -2), 1, (1, -1)), ((1, -1, 2, -2), 2, (1, -1, 2, -2)), ((2, -2), 1, (2, -2))],
)
def test_masks_come_from_the_nearest_flow_that_there_is(tmp_path, monkeypatch, there, asked, used):
    clip, masks = moving_square()
    truth = {n: Truth(mask=m) for n, m in zip(clip.frames.names, masks, strict=True)}
    flow = IdealFlow(clip.name, clip.frames.names, truth, steps=there)
    seen = []
    inner = method.masks_of_clip

    def spy(generator, frames, flows, *rest):
        seen.append(flows.steps)
        return inner(generator, frames, flows, *rest)

    monkeypatch.setattr(method, "masks_of_clip", spy)
    found([replace(clip, flow=flow)], tmp_path, flow="clip", reach=2, test_reach=asked)
    assert seen == [used]


def test_a_training_that_was_killed_ends_in_the_same_weights(tmp_path):
    clip, _ = moving_square()
    method, _ = found([clip], tmp_path)
    (tmp_path / "checkpoint-adversaries.safetensors").unlink()
    again, _ = found([clip], tmp_path)
    assert all(torch.equal(value, again.weights()[n]) for n, value in method.weights().items())


@pytest.mark.parametrize(("average", "last"), [(0, True), (0.99, False)])
def test_the_result_is_an_average_of_the_generators_weights(tmp_path, average, last):
    clip, _ = moving_square()
    method, _ = found([clip], tmp_path, average=average, fall=0.5)
    saved = checkpoint.load(tmp_path / "checkpoint-adversaries.safetensors")
    assert saved is not None
    same = [torch.equal(value, saved["generator"][n]) for n, value in method.weights().items()]
    assert all(same) if last else not any(same)
    rates = [group["lr"] for group in saved["generator-adam"]["param_groups"]]
    assert 0 < max(rates) < CISParams().rate * CISParams().generator_rate * 0.3


def still(count, size=(48, 96)):
    return Clip("still", Frames([np.full((*size, 3), 90, np.uint8)] * count))


def test_odd_clips(tmp_path):
    """Nothing moves, two frames, one frame, a cut, another size: every frame gets a sound mask."""
    clip, _ = moving_square()
    method, _ = found([clip, moving_square(4, (60, 80), 3, "b")[0], still(3)], tmp_path)
    cut = Clip("cut", Frames([*clip.frames, *(frame // 3 for frame in clip.frames)]))
    two, one = Clip("two", Frames(clip.frames[:2])), Clip("one", Frames(clip.frames[:1]))
    for odd in (still(3), two, one, cut):
        masks = [p.mask for p in method.predict(odd, Run(0, tmp_path, TorchDevices()))]
        assert len(masks) == len(odd.frames)
        assert all(np.isfinite(mask).all() and mask.shape == (48, 96) for mask in masks)
    (alone,) = method.predict(one, Run(0, tmp_path, TorchDevices()))
    assert alone.mask.max() < 1e-3, "a single image tells nothing of motion"


def test_clips_that_teach_nothing_are_refused(tmp_path):
    with pytest.raises(DataError, match="no clips"):
        CIS(CISParams()).fit([], Run(0, tmp_path, TorchDevices()))
    with pytest.raises(DataError, match="none of the 2 training clips has two frames"):
        CIS(CISParams()).fit([still(1), still(1)], Run(0, tmp_path, TorchDevices()))


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"size": "100x50"}, "multiple of 8"),
        ({"flow": "files"}, "flow_files"),
        ({"flow": "clip", "stabilise": "true"}, "exists already"),
        ({"crops": "0.9,2"}, "less than or equal to 1"),
    ],
)
def test_parameters_that_do_not_fit(given, words):
    with pytest.raises(UsageError, match=words):
        build(CISParams, given, "cis")


def test_presets_and_supervision():
    for name, values in CIS.presets.items():
        assert build(CISParams, values, name)
    assert CIS(CISParams()).supervision == ()
    assert "RAFT" in CIS(build(CISParams, CIS.presets["paper"], "cis")).supervision[0]
    assert build(CISParams, {"crops": "0.85,1"}, "cis").crops == (0.85, 1.0)
