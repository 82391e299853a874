import numpy as np
import pytest

from selfbench.contracts import Marks, Where
from selfbench.errors import DataError, UsageError
from selfbench.reports.figure_rows import choose_frames, make_rows
from selfbench.reports.predictions import Predictions
from tests.reports.samples import no_marks, open_toy, soft_square, store_run
from tests.toy import Toy, square

RED, BLUE = (255, 40, 40), (30, 90, 255)
BOXES = np.array([[0.0, 0, 10, 10], [5, 5, 9, 9]]), np.array([0.7, 0.2])


@pytest.fixture
def toy(tmp_path):
    return Toy(Toy.Params(), Where(None, tmp_path))


def one_row(run, draw_marks=no_marks, place=("test-0", "00002")):
    dataset = open_toy(run)
    (row,) = make_rows([Predictions(run)], dataset, "test", [place], draw_marks)
    return row, dataset.clips("test")[0].frames[int(place[1])]


def frame_of(pixels):
    rows, columns = np.nonzero(pixels)
    return columns.min(), rows.min(), columns.max(), rows.max()


def test_frames_are_evenly_spaced_over_the_annotated_ones(toy):
    places = choose_frames(toy, "test", 3, ())
    assert places == [("test-0", "00002"), ("test-1", "00000"), ("test-1", "00004")]
    assert len(choose_frames(toy, "test", 50, ())) == 12, "no frame comes twice"


def test_named_frames_in_their_order(toy):
    places = choose_frames(toy, "test", 3, ("test-1/00004", "test-0/00002"))
    assert places == [("test-1", "00004"), ("test-0", "00002")]


@pytest.mark.parametrize("text", ["test-9/00004", "00004", "test-0/00009"])
def test_a_frame_that_is_not_there(toy, text):
    with pytest.raises(UsageError, match=r"is no frame of toy test, expected CLIP/FRAME"):
        choose_frames(toy, "test", 3, (text,))


def test_a_clip_that_is_not_there_gets_the_nearest(toy):
    with pytest.raises(UsageError, match="Did you mean test-0"):
        choose_frames(toy, "test", 3, ("tset-0/00000",))


def test_data_without_truth_wants_frames_by_name(toy, monkeypatch):
    monkeypatch.setattr(toy, "truth", lambda split: {})
    with pytest.raises(DataError, match="no annotated frame to show; name frames with --set"):
        choose_frames(toy, "test", 3, ())
    assert choose_frames(toy, "test", 3, ("test-0/00002",)) == [("test-0", "00002")]


def test_the_best_box_is_drawn_on_the_frame_and_nothing_else(tmp_path):
    row, frame = one_row(store_run(tmp_path, boxes=BOXES))
    red = (row.detection == RED).all(axis=2)
    assert frame_of(red) == (0, 0, 9, 9), "the method's own, the better of two"
    assert (row.detection[~red] == frame[~red]).all()
    assert (row.truth == square(2)).all() and (row.masks[0] == soft_square(2)).all()


def test_a_method_without_boxes_has_that_of_its_mask_at_its_threshold(tmp_path):
    row, _ = one_row(store_run(tmp_path))  # at 0.35 the weak pixels left of the square go
    assert frame_of((row.detection == RED).all(axis=2)) == (6, 6, 15, 15)
    row, _ = one_row(store_run(tmp_path / "low", levels={"best-J": 0.2}))
    assert frame_of((row.detection == RED).all(axis=2)) == (0, 6, 15, 15)


def test_how_a_method_decided_is_drawn(tmp_path):
    asked = []

    def draw_marks(run, clip):
        asked.append((run.method, clip.name))
        return [Marks(dots=np.array([[25.0, 20, i / 5]])) for i in range(len(clip.frames))]

    row, _ = one_row(store_run(tmp_path), draw_marks, ("test-0", "00005"))
    assert (row.detection[20, 25] == BLUE).all() and asked == [("bright", "test-0")]


def test_a_frame_without_truth(tmp_path, monkeypatch):
    monkeypatch.setattr(Toy, "truth", lambda self, split: {})
    assert one_row(store_run(tmp_path))[0].truth is None


def test_a_mask_that_is_gone(tmp_path):
    run = store_run(tmp_path)
    (run.folder / "masks" / "test-0" / "00002.png").unlink()
    with pytest.raises(DataError, match="cannot be read"):
        one_row(run)
