"""Flow files of a user: both formats, read whole or refused."""

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from selfbench.contracts import Clip
from selfbench.errors import DataError
from selfbench.vision.flow.files import FlowFiles, flow_files, read_flow
from tests.vision.scenes import Frames

FLOW = arrays(
    np.float32,
    st.tuples(st.integers(1, 6), st.integers(1, 6), st.just(2)),
    elements=st.floats(-500, 500, width=32),
)


def clip(count=3):
    return Clip("a", Frames([np.zeros((48, 64, 3), np.uint8)] * count))


@given(FLOW)
@settings(deadline=None)
def test_flo_files_are_read_as_opencv_writes_them(tmp_path_factory, flow):
    path = tmp_path_factory.getbasetemp() / "round-trip.flo"
    cv2.writeOpticalFlow(str(path), flow)
    assert np.array_equal(read_flow(path), flow)


@given(FLOW)
@settings(deadline=None)
def test_pngs_hold_sixty_fourths_of_a_pixel(tmp_path_factory, flow):
    path = tmp_path_factory.getbasetemp() / "round-trip.png"
    stored = np.rint(flow * 64) + 2**15
    valid = np.ones((*flow.shape[:2], 1))
    valid[0, 0] = 0
    cv2.imwrite(str(path), np.dstack([valid, stored[..., ::-1]]).astype(np.uint16))  # B, G, R
    expected = (stored - 2**15) / 64
    expected[0, 0] = 0
    assert np.array_equal(read_flow(path), expected.astype(np.float32))


@given(st.binary(max_size=40))
def test_no_bytes_make_a_broken_flo_file_pass(tmp_path_factory, content):
    path = tmp_path_factory.getbasetemp() / "any.flo"
    path.write_bytes(b"PIEH" + content)
    try:
        flow = read_flow(path)
    except DataError as error:
        assert "is no whole .flo file" in str(error)
    else:
        assert 8 + flow.nbytes == len(content)


def test_sides_whose_product_overflows_are_refused(tmp_path):
    path = tmp_path / "a.flo"
    path.write_bytes(b"PIEH" + np.array([2**16, 2**13], "<i4").tobytes())  # 2^32 bytes of flow
    with pytest.raises(DataError, match="is no whole"):
        read_flow(path)


def test_what_is_no_number_counts_as_standing_still(tmp_path):
    flow = np.full((2, 3, 2), np.nan, np.float32)
    cv2.writeOpticalFlow(str(tmp_path / "a.flo"), flow)
    assert (read_flow(tmp_path / "a.flo") == 0).all()


@pytest.mark.parametrize(
    ("image", "words"),
    [(np.zeros((4, 4, 3), np.uint8), "uint8 of shape"),
     (np.zeros((4, 4), np.uint16), r"uint16 of shape \(4, 4\)")],
)  # fmt: skip
def test_other_pngs_are_refused(tmp_path, image, words):
    cv2.imwrite(str(tmp_path / "a.png"), image)
    with pytest.raises(DataError, match=words):
        read_flow(tmp_path / "a.png")
    (tmp_path / "b.png").write_bytes(b"no image")
    with pytest.raises(DataError, match="is unreadable"):
        read_flow(tmp_path / "b.png")


def test_steps_are_the_names_of_the_folders(tmp_path):
    for name in ("+1", "-2", "3", "0", "notes", "+1x"):
        (tmp_path / name).mkdir()
    assert FlowFiles(tmp_path, ("00000",)).steps == (-2, 1, 3)
    with pytest.raises(DataError, match="holds no folder of flow"):
        _ = FlowFiles(tmp_path / "notes", ("00000",)).steps
    with pytest.raises(DataError, match="There is no folder"):
        _ = FlowFiles(tmp_path / "nowhere", ("00000",)).steps


def test_a_frame_finds_its_file_under_either_name_of_the_step(tmp_path):
    for folder, value in (("+1", 1), ("2", 2), ("-1", 3)):
        (tmp_path / "a" / folder).mkdir(parents=True)
        flow = np.full((2, 3, 2), value, np.float32)
        cv2.writeOpticalFlow(str(tmp_path / "a" / folder / "00001.flo"), flow)
    files = flow_files(clip(), str(tmp_path))
    assert [files(1, step)[0, 0, 0] for step in (1, 2, -1)] == [1, 2, 3]
    with pytest.raises(DataError, match=r"no flow file .*\+1/00000\.flo or \.png"):
        files(0, 1)


def test_a_folder_must_be_named():
    with pytest.raises(DataError, match="needs --set flow_files=FOLDER"):
        flow_files(clip(), "")


def test_the_key_follows_the_files(tmp_path):
    (tmp_path / "a/+1").mkdir(parents=True)
    path = tmp_path / "a/+1/00000.flo"
    cv2.writeOpticalFlow(str(path), np.zeros((2, 3, 2), np.float32))
    key = flow_files(clip(), str(tmp_path)).key
    assert key == flow_files(clip(), str(tmp_path)).key
    (tmp_path / "a/notes.txt").write_text("not flow")
    assert key == flow_files(clip(), str(tmp_path)).key
    cv2.writeOpticalFlow(str(path), np.zeros((4, 3, 2), np.float32))
    assert key != flow_files(clip(), str(tmp_path)).key
