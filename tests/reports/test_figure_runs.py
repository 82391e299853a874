from pathlib import Path

import pytest

from selfbench.contracts import StoredRun
from selfbench.errors import DataError
from selfbench.reports.figure_runs import choose_runs


def stored(method, seed=0, dataset="d", frames="v1", folder="."):
    manifest = {"seed": seed, "identity": {"frames": frames}}
    return StoredRun(Path(folder), manifest, dataset, method)


RUNS = [stored("b"), stored("a"), stored("a [k=1, x=2]"), stored("a", 1)]


def names(runs, seed=0, order=()):
    return [shown.methods for shown in choose_runs(runs, seed, order)]


def test_methods_as_they_come():
    assert names(RUNS) == [["b", "a", "a [k=1, x=2]"]]


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        (["a [k=1, x=2]"], ["a [k=1, x=2]", "b", "a"]),
        (["a"], ["a", "a [k=1, x=2]", "b"]),
        (["a [k=1, x=2]", "a"], ["a [k=1, x=2]", "a", "b"]),
    ],
)
def test_some_come_first(order, expected):
    assert names(RUNS, order=order) == [expected]


def test_methods_without_the_seed_are_named():
    (shown,) = choose_runs(RUNS, 1, ())
    assert shown.methods == ["a"] and shown.missing == ("b", "a [k=1, x=2]")


def test_a_later_run_of_a_row_replaces_an_earlier_one():
    (shown,) = choose_runs([*RUNS, stored("b", folder="new")], 0, ())
    assert shown.runs[0].stored.folder == Path("new") and len(shown.runs) == 3


def test_datasets_are_kept_apart():
    runs = [*RUNS, stored("a", dataset="e", frames="v2"), stored("a", 7, dataset="f")]
    shown = choose_runs(runs, 0, ())
    assert [(one.dataset, one.methods) for one in shown] == [
        ("d", ["b", "a", "a [k=1, x=2]"]), ("e", ["a"]),
    ]  # fmt: skip


def test_what_is_not_there():
    with pytest.raises(DataError, match=r"no finished run with seed 7 .* seeds: 0, 1\)"):
        choose_runs(RUNS, 7, ())
    with pytest.raises(DataError, match="seeds: none"):
        choose_runs([], 0, ())
    with pytest.raises(DataError, match=r"no finished run of c with seed 0 .*there are: b, a"):
        choose_runs(RUNS, 0, ("c",))


def test_versions_of_a_dataset_are_not_mixed():
    with pytest.raises(DataError, match="b, a are of different versions of d"):
        choose_runs([stored("b", frames="v0"), stored("a")], 0, ())
    assert names([stored("b", 1, frames="v0"), stored("a")]) == [["a"]], "only what is shown counts"
