import json
from dataclasses import replace

import pytest

from selfbench.contracts import ClipValue, Record
from selfbench.errors import DataError
from selfbench.stages.protocol import Asked, to_json

USUAL = Record(
    method="m", dataset="d", metric="J", statistic="mean", threshold="best-J", frames="all",
    boxes="", mean=0.5, std=None, seeds=(0,), clips=1, keys=("k",), levels=(0.5,),
    usual_threshold=True, usual_frames=True, usual_boxes=True, lower_is_better=False, protocol="p",
)  # fmt: skip
OTHERS = [
    USUAL,
    replace(USUAL, statistic="recall"),
    replace(USUAL, threshold="0.5", usual_threshold=False),
    replace(USUAL, frames="skip-ends", usual_frames=False),
    replace(USUAL, boxes="mask", usual_boxes=False),
    replace(USUAL, metric="MAE", threshold=""),
]


def test_the_papers_protocol_is_the_default():
    assert Asked().choose(OTHERS) == [USUAL, OTHERS[5]]


@pytest.mark.parametrize(
    ("asked", "chosen"),
    [
        (Asked("*"), [0, 1, 5]),
        (Asked("rec*"), [1]),
        (Asked(threshold="0.5"), [2, 5]),  # what has no threshold fits each
        (Asked(threshold="*"), [0, 2, 5]),
        (Asked(frames="skip-ends"), [3]),
        (Asked(frames="*"), [0, 3, 5]),
    ],
)
def test_other_protocols(asked, chosen):
    assert asked.choose(OTHERS) == [OTHERS[i] for i in chosen]


def test_what_there_is_is_said_where_nothing_fits():
    with pytest.raises(DataError, match=r"there are statistic mean, recall; threshold 0.5, best-J"):
        Asked("decay").choose(OTHERS)


def test_json_has_no_nan():
    record = replace(USUAL, mean=float("nan"), per_clip=(ClipValue("a", float("nan"), 1.0),))
    (plain,) = json.loads(to_json([record]), parse_constant=pytest.fail)
    assert plain["mean"] is None and plain["per_clip"] == [["a", None, 1.0]]
    assert plain["seeds"] == [0] and plain["method"] == "m"
