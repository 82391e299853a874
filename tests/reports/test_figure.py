import pytest

from selfbench.errors import DataError, UsageError
from selfbench.params import build
from selfbench.reports.figure import FrameFigure, file_stems
from tests.reports.samples import material, store_run


def figure(runs, **options):
    report = FrameFigure(build(FrameFigure.Params, options, "figure"))
    return report.render(material(runs=runs))


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    folder = tmp_path_factory.mktemp("results")
    return [store_run(folder, "learner"), store_run(folder, "bright"),
            store_run(folder, "bright", seed=1)]  # fmt: skip


def test_the_files(runs):
    files = figure(runs, rows="3")
    assert sorted(files) == ["figure-toy.pdf", "figure-toy.png", "figure-toy.tex"]
    assert files["figure-toy.png"].startswith(b"\x89PNG")
    tex = files["figure-toy.tex"]
    assert "Detection of learner" in tex
    assert "(b) Soft mask of learner. (c) Soft mask of bright. (d) Truth." in tex
    assert "test-0/00002, test-1/00000, test-1/00004" in tex, "evenly over 2 clips of 6 frames"


def test_chosen_frames_in_their_order(runs):
    tex = figure(runs, frames="test-1/00004, test-0/00002")["figure-toy.tex"]
    assert "Frames: test-1/00004, test-0/00002" in tex


def test_the_order_of_methods(runs):
    assert "Detection of bright" in figure(runs, order="bright")["figure-toy.tex"]


def test_another_seed_and_methods_that_lack_it(runs):
    tex = figure(runs, seed=1)["figure-toy.tex"]
    assert "Detection of bright" in tex and "No run with seed 1: learner." in tex
    assert "No run" not in figure(runs)["figure-toy.tex"]


def test_a_figure_per_dataset(runs, tmp_path):
    other = store_run(tmp_path, "bright", clips=3, dataset="toy [clips=3]")
    files = figure([*runs, other], rows=1)
    assert {name.rpartition(".")[0] for name in files} == {"figure-toy", "figure-toy-clips=3"}
    assert r"Results on toy {[}clips=3]" in files["figure-toy-clips=3.tex"]
    assert file_stems(["a [k=1/2]", "b"]) == ["figure-a", "figure-b"]


@pytest.mark.parametrize(
    ("options", "error", "text"),
    [
        ({"frames": "test-9/00004"}, UsageError, "no frame of toy test, expected CLIP/FRAME"),
        ({"seed": 7}, DataError, r"no finished run with seed 7 to show \(there are seeds: 0, 1\)"),
        ({"order": "pair"}, DataError, "no finished run of pair with seed 0"),
        ({"rows": 0}, UsageError, "rows=0 is refused"),
    ],
)
def test_what_is_not_there(runs, options, error, text):
    with pytest.raises(error, match=text):
        figure(runs, **options)
    with pytest.raises(DataError, match="no finished run"):
        figure([])
