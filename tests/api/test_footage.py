import numpy as np
import pytest

import selfbench
from selfbench.errors import DataError, UsageError
from tests.files import write_frames


@pytest.fixture
def video(tmp_path):
    frames = [np.full((24, 32, 3), 40, np.uint8) for _ in range(3)]
    for i, frame in enumerate(frames):
        frame[6:16, 4 * i : 4 * i + 8] = 250
    return write_frames(tmp_path / "clip", frames)


def test_apply_segments_ones_own_video(video, toy, tmp_path):
    applied = selfbench.apply(
        video, "bright", output=tmp_path / "out", plugin=toy["plugin"], quiet=True
    )
    assert applied.clips == {"clip": 3}
    masks = applied.masks()
    assert masks.shape == (3, 24, 32) and (masks[0, 6:16, :8] > 200).all()
    assert {path.name for path in applied.written} == {"masks", "boxes.json", "clip.mp4"}
    assert all(path.exists() for path in applied.written)


def test_apply_takes_the_weights_of_a_finished_run(video, toy, tmp_path, monkeypatch):
    done = selfbench.run("learner", "toy", quiet=True, **toy)
    monkeypatch.setenv("TOY_LOG", str(tmp_path / "log"))
    selfbench.apply(
        video, trained=done.runs[0].folder, output=tmp_path / "out", plugin=toy["plugin"],
        quiet=True,
    )  # fmt: skip
    assert not (tmp_path / "log").exists(), "it was not fitted again"
    with pytest.raises(UsageError, match="is a run of learner, not of bright"):
        selfbench.apply(video, "bright", trained=done.runs[0].folder, plugin=toy["plugin"])
    with pytest.raises(DataError, match="is not a finished run"):
        selfbench.apply(video, trained=tmp_path)
    with pytest.raises(UsageError, match="needs --method NAME"):
        selfbench.apply(video)


def test_evaluate_scores_masks_from_elsewhere(toy, tmp_path):
    done = selfbench.run("bright", "toy", quiet=True, **toy)
    masks = done.runs[0].folder / "masks"
    hard = selfbench.evaluate(masks, "toy", sequences="test-0", **toy)
    soft = selfbench.evaluate(
        masks, "toy", sequences=["test-0"], soft=True, **toy | {"results": None}
    )
    assert hard.clips == soft.clips == ("test-0",)
    assert {r.threshold for r in hard.records()} == {"labels"}
    assert {r.threshold for r in soft.records()} >= {"best-J", "0.5"}
    assert "masks" in set(selfbench.stored(**toy).table().method)
    with pytest.raises(UsageError, match="no sequence 'test-9'"):
        selfbench.evaluate(masks, "toy", sequences="test-9", **toy)
