"""The trivial methods, and that the truth reaches none but the one that declares it."""

import json

import numpy as np
import pytest

from selfbench.contracts import Clip, Run, Truth
from selfbench.errors import DataError
from selfbench.media.frames import ImageFrames
from selfbench.methods.sanity import CenterBox, Empty, Oracle, Random, WholeFrame
from tests.files import write_mask

NAMES = ["center-box", "empty", "oracle", "random", "whole-frame"]


@pytest.fixture
def clip(tmp_path):
    for name in "ab":
        write_mask(tmp_path / f"{name}.png", np.zeros((20, 30), np.uint8))
    return Clip("clip", ImageFrames([tmp_path / "a.png", tmp_path / "b.png"]))


def predict(kind, clip, truth=None, seed=0, **params):
    run = Run(seed, None, truth=truth or {})
    return list(kind(kind.Params(**params)).predict(clip, run))


def test_boxes_are_where_they_should_be(clip):
    centre, again = predict(CenterBox, clip)
    assert centre.boxes.tolist() == [[7.5, 5, 22.5, 15]] and centre.scores.tolist() == [1]
    assert centre.mask[5:15, 8:22].all() and centre.mask.sum() in range(140, 161)
    assert again.mask is centre.mask
    (small, _) = predict(CenterBox, clip, share=0.1)
    assert small.mask.sum() == 4
    whole, _ = predict(WholeFrame, clip)
    assert whole.mask.all() and whole.boxes.tolist() == [[0, 0, 30, 20]]
    nothing, _ = predict(Empty, clip)
    assert not nothing.mask.any() and nothing.boxes.shape == (0, 4)


def test_random_boxes_differ_by_frame_and_seed_only(clip):
    first, second = predict(Random, clip)
    assert predict(Random, clip)[0].boxes.tolist() == first.boxes.tolist()
    assert predict(Random, clip, seed=1)[0].boxes.tolist() != first.boxes.tolist()
    assert second.boxes.tolist() != first.boxes.tolist()
    for p in (first, second):
        x0, y0, x1, y1 = p.boxes[0]
        assert 0 <= x0 <= x1 <= 30 and 0 <= y0 <= y1 <= 20
        assert set(np.unique(p.mask)) <= {0.0, p.scores[0]}


def test_the_oracle_gives_masks_boxes_and_objects_back(clip):
    objects = np.zeros((20, 30), np.uint8)
    objects[2:5, 2:5], objects[8:12, 8:12] = 1, 2
    shown, blank = predict(Oracle, clip, {"clip": {"a": Truth(objects > 0, objects=objects)}})
    assert (shown.mask == (objects > 0)).all() and (shown.objects == objects).all()
    assert not blank.mask.any() and not blank.objects.any()
    boxes = np.array([[3.0, 4, 10, 9]])
    _, boxed = predict(Oracle, clip, {"clip": {"b": Truth(boxes=boxes)}})
    assert boxed.mask.sum() == 35 and boxed.boxes.tolist() == boxes.tolist()
    assert boxed.objects is None


def test_the_oracle_needs_a_truth(clip):
    with pytest.raises(DataError, match="this dataset has none"):
        predict(Oracle, clip, {"clip": {}})


def test_all_of_them_in_a_table(cli, tmp_path):
    done = cli("run", "--method", ",".join([*NAMES, "bright"]), "--dataset", "toy",
               "--results", tmp_path)  # fmt: skip
    assert done.code == 0, done.err
    (bound,) = (line for line in done.out.splitlines() if line.startswith("| oracle "))
    assert [cell.strip() for cell in bound.split("|")[2:-1]] == ["1.000"] * 4
    assert "oracle [sees the truth] is a bound" in done.out
    assert "never ranked" in done.out
    report = cli("report", "--results", tmp_path, "--format", "json", "--method", "oracle")
    records = json.loads(report.out)
    assert records and all(r["sees_truth"] for r in records)
    table = (tmp_path / "comparison.tex").read_text()
    oracle, bright = (next(x for x in table.splitlines() if x.startswith(n))
                      for n in ("oracle", "bright"))  # fmt: skip
    # Two clips are too few for bold: the best is underlined.
    assert "underline" not in oracle and "underline" in bright


SPY = """
from selfbench import Method, Prediction
import numpy as np

class Spy(Method):
    "Looks for the truth wherever it could be."
    name = "spy"
    needs_truth = False
    def fit(self, clips, run):
        assert not run.truth, "fit saw it"
    def predict(self, clip, run):
        assert not run.truth, "predict saw it"
        for frame in clip.frames:
            yield Prediction(np.zeros(frame.shape[:2]))

class Peeker(Spy):
    "Declares that it looks, and says nothing of it itself."
    name = "peeker"
    needs_truth = True
    supervision = ("nothing at all",)
    def predict(self, clip, run):
        assert set(run.truth) == {"test-0", "test-1", "val-0", "val-1"}
        for frame in clip.frames:
            yield Prediction(np.zeros(frame.shape[:2]))
"""


def manifest(results, method):
    return json.loads(next(results.glob(f"toy/{method}/*/seed-0/manifest.json")).read_text())


def test_only_a_method_that_declares_it_sees_the_truth(cli, tmp_path):
    (tmp_path / "spies.py").write_text(SPY)
    done = cli("run", "--method", "spy,peeker", "--dataset", "toy", "--results", tmp_path / "r",
               "--plugin", tmp_path / "spies.py")  # fmt: skip
    assert done.code == 0, done.err
    assert manifest(tmp_path / "r", "peeker")["supervision"] == ["the truth", "nothing at all"]
    assert manifest(tmp_path / "r", "spy")["supervision"] == []
    assert "peeker [sees the truth]" in done.out and "spy [" not in done.out


def test_another_truth_is_another_cell_for_the_oracle_alone(cli, tmp_path, monkeypatch):
    for version in "12":
        monkeypatch.setenv("TOY_TRUTH", version)
        cli("run", "--method", "oracle,empty", "--dataset", "toy", "--results", tmp_path)
    assert len(list(tmp_path.glob("toy/oracle/*"))) == 2
    assert len(list(tmp_path.glob("toy/empty/*"))) == 1
