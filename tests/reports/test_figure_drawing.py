import numpy as np

from selfbench.reports.figure_drawing import caption, draw
from selfbench.reports.figure_rows import FigureRow


def row(truth=True):
    mask = np.zeros((20, 30), np.uint8)
    mask[5:10, 5:20] = 200
    frame = np.full((20, 30, 3), 90, np.uint8)
    return FigureRow("c_1", "00001", frame, (mask, mask // 2), mask > 0 if truth else None)


def test_a_column_per_mask_and_one_of_truth():
    assert len(draw([row(), row(truth=False)]).axes) == 2 * 4
    assert len(draw([row(truth=False)]).axes) == 3


def test_the_caption_names_every_column_and_frame():
    tex = caption([row()], ["a_b", "c"], "d [k=1]", "figure-d")
    assert r"(a) Detection of a\_b: box dashed in red" in tex
    assert r"(b) Soft mask of a\_b. (c) Soft mask of c. (d) Truth. Frames: c\_1/00001." in tex
    assert "{figure-d.pdf}" in tex and "Results on d {[}k=1]" in tex and "{fig:d}" in tex
    assert "Truth" not in caption([row(truth=False)], ["a", "c"], "d", "figure-d")
