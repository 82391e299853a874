import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from selfbench.contracts import ClipValue
from selfbench.store.scores import (
    ScoreInfo,
    Summary,
    read_columns,
    read_info,
    read_infos,
    scored_metrics,
    write_scores,
)
from selfbench.store.series import Row


def info(metric="J", rank=0, **changed):
    summary = Summary("mean", "0.5", "all", "", 0.25, 2, float("nan"), (ClipValue("a", 0.5, 3.0),))
    known = {
        "metric": metric, "key": "k", "rank": rank, "clips": 2, "frames": "all",
        "lower_is_better": ("decay",), "protocol": "as defined", "per_frame": True,
        "levels": {"0.5": 0.5, "best-J": 0.35}, "levels_key": "l", "summaries": (summary,),
    }  # fmt: skip
    return ScoreInfo(**known | changed)


ROWS = [
    Row("a", "0", True, "J", "0.5", 0.5, "", 0.1),
    Row("a", "1", False, "J", "0.5", 0.5, "", 0.2, "1"),
    Row("b", "0", True, "J", "best-J", 0.35, "mask", float("nan")),
]


def test_rows_and_what_a_table_needs_survive_the_disk(tmp_path):
    write_scores(tmp_path, ROWS, info())
    back = read_info(tmp_path, "J")
    assert repr(back) == repr(info())  # NaN is not equal to itself
    columns = read_columns(tmp_path, "J", ("clip", "frame", "threshold", "boxes", "object"))
    assert [columns.names("clip")[i] for i in columns.texts["clip"][0]] == ["a", "a", "b"]
    assert columns.end.tolist() == [True, False, True]
    assert np.array_equal(columns.value, [0.1, 0.2, np.nan], equal_nan=True)


def test_metrics_have_files_of_their_own(tmp_path):
    write_scores(tmp_path, ROWS, info("J", 1))
    write_scores(tmp_path, ROWS[:1], info("F", 0))
    assert scored_metrics(tmp_path) == ["F", "J"]
    assert [one.metric for one in read_infos(tmp_path)] == ["F", "J"]
    assert [one.metric for one in read_infos(tmp_path, ["J"])] == ["J"]
    assert read_info(tmp_path, "MAE") is None
    assert len(read_columns(tmp_path, "J").value) == 3


def test_no_rows_are_no_error(tmp_path):
    write_scores(tmp_path, [], info())
    assert list(read_columns(tmp_path, "J").series()) == []


@given(st.text(st.characters(blacklist_categories=("Cs", "Cc")), min_size=1, max_size=20))
def test_any_name_of_a_metric_makes_a_file(tmp_path_factory, name):
    folder = tmp_path_factory.mktemp("cell")
    write_scores(folder, [], info(name))
    assert scored_metrics(folder) == [name]
    assert read_info(folder, name).metric == name


def test_a_metric_called_like_a_path_stays_in_its_folder(tmp_path):
    write_scores(tmp_path / "cell", [], info("../F"))
    assert [path.name for path in tmp_path.iterdir()] == ["cell"]
    with pytest.raises(FileNotFoundError):
        read_columns(tmp_path / "cell", "F")
