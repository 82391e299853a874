import numpy as np
import pytest

from selfbench.errors import DataError
from selfbench.reports.figure import FrameFigure, draw
from selfbench.reports.parameters import ParameterPlot, varied
from selfbench.reports.spread import SpreadPlot
from selfbench.stages.figures import FigureRow
from tests.reports.test_table_layouts import GOOD, POOR, of

PNG = b"\x89PNG"


def setting(k, values, **more):
    changed = tuple((more | ({"k": k} if k != 3 else {})).items())
    name = "m [" + ", ".join(f"{a}={b}" for a, b in changed) + "]" if changed else "m"
    return of(name, values, changed=changed, params=(("k", k), ("kind", "a"), *more.items()))


def test_spread_is_the_same_every_time():
    records = [of("a_b", GOOD, seeds=(0, 1)), of("b", [0.4]), of("b", POOR, "e", "F")]
    files = SpreadPlot().render(records)
    assert sorted(files) == ["spread.pdf", "spread.png"] and files["spread.png"].startswith(PNG)
    assert files == SpreadPlot().render(records)


def test_parameters_that_were_varied():
    records = [setting(3, GOOD), setting(5, POOR), setting(5, GOOD, x=2), of("n", POOR)]
    assert varied(records) == [("m", "k")]
    files = ParameterPlot().render(records)
    assert sorted(files) == ["parameter-m-k.pdf", "parameter-m-k.png"]
    assert files["parameter-m-k.png"].startswith(PNG)


def test_nothing_varied():
    with pytest.raises(DataError, match="No numeric parameter has two values"):
        ParameterPlot().render([setting(5, GOOD), of("n", POOR)])


def row(truth=True):
    mask = np.zeros((20, 30), np.uint8)
    mask[5:10, 5:20] = 200
    frame = np.full((20, 30, 3), 90, np.uint8)
    return FigureRow("c_1", "00001", frame, (mask, mask // 2), mask > 0 if truth else None)


def test_the_figure_has_a_column_per_mask_and_one_of_truth():
    assert len(draw([row(), row(truth=False)]).axes) == 2 * 4
    assert len(draw([row(truth=False)]).axes) == 3


def test_the_caption_names_every_column_and_frame():
    files = FrameFigure().render([row()], ["a_b", "c"], "d")
    assert sorted(files) == ["figure-d.pdf", "figure-d.png", "figure-d.tex"]
    tex = files["figure-d.tex"]
    assert r"(b) Soft mask of a\_b. (c) Soft mask of c. (d) Truth. Frames: c\_1/00001." in tex
    assert "Truth" not in FrameFigure().render([row(truth=False)], ["a", "c"], "d")["figure-d.tex"]
