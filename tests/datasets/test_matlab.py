"""MATLAB files of both kinds: cells in order, upright, and refused in words."""

import h5py
import numpy as np
import pytest
from PIL import Image as Pillow
from scipy.io import savemat

from selfbench.datasets.matlab import count_cells, read_cell, read_variable
from selfbench.errors import DataError
from tests.datasets.layouts import cells_v73


def test_cells_are_read_one_by_one_and_upright(tmp_path):
    masks = [np.arange(6).reshape(2, 3) + i for i in range(3)]
    cells_v73(tmp_path / "a.mat", masks)
    assert count_cells(tmp_path / "a.mat", "Masks") == 3
    for i, values in enumerate(masks):
        assert (read_cell(tmp_path / "a.mat", "Masks", i) == values).all()


def test_older_files_hold_variables(tmp_path):
    savemat(tmp_path / "a.mat", {"ranges": np.arange(6).reshape(2, 3)})
    assert read_variable(tmp_path / "a.mat", "ranges").tolist() == [[0, 1, 2], [3, 4, 5]]
    with pytest.raises(DataError, match="holds no variable 'boxes'"):
        read_variable(tmp_path / "a.mat", "boxes")
    with pytest.raises(DataError, match=r"is not a MATLAB 7\.3 file"):
        count_cells(tmp_path / "a.mat", "ranges")


def test_newer_files_hold_cells(tmp_path):
    cells_v73(tmp_path / "a.mat", [np.zeros((2, 2))])
    with pytest.raises(DataError, match="holds no variable 'boxes', only Masks"):
        read_cell(tmp_path / "a.mat", "boxes", 0)
    with h5py.File(tmp_path / "b.mat", "w") as file:
        file["Masks"] = np.zeros((3, 4))
    with pytest.raises(DataError, match=r"'Masks' in .* is no cell array"):
        count_cells(tmp_path / "b.mat", "Masks")


def test_a_newer_file_where_an_older_one_is_due(tmp_path):
    header = b"MATLAB 7.3 MAT-file".ljust(124) + (0x0200).to_bytes(2, "little") + b"IM"
    (tmp_path / "a.mat").write_bytes(header + bytes(512))
    with pytest.raises(DataError, match=r"is a MATLAB 7\.3 file, expected an older one"):
        read_variable(tmp_path / "a.mat", "ranges")


@pytest.mark.parametrize("content", [b"", b"no matrix", bytes(300)])
def test_other_files_are_refused(tmp_path, content):
    path = tmp_path / "a.mat"
    path.write_bytes(content)
    with pytest.raises(DataError, match="is not a MATLAB file that can be read"):
        read_variable(path, "ranges")
    with pytest.raises(DataError, match=r"is not a MATLAB 7\.3 file that can be read"):
        count_cells(path, "Masks")


def test_matlab_73_cells_are_turned_upright(real_data):
    (path,) = (real_data / "SegTrack-v1/mat_v73").glob("*.mat")
    assert count_cells(path, "groundTruth") == 21
    for index, mask in enumerate(sorted((real_data / "SegTrack-v1/girl/gt").glob("*.png"))[:3]):
        grey = np.array(Pillow.open(mask).convert("L"))
        cell = read_cell(path, "groundTruth", index)
        assert cell.shape == grey.shape
        assert ((cell > 0) == (grey >= 128)).mean() > 0.99
