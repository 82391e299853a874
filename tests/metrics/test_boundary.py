import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from selfbench.contracts.bitmask import BitMask
from selfbench.metrics.boundary import (
    ContourAccuracy,
    _dilate,
    boundary_counts,
    contour_accuracy,
    match_radius,
)
from tests.metrics import reference

SIDES = st.one_of(
    st.integers(1, 20), st.sampled_from([23, 24, 25, 47, 48, 49, 55, 56, 57, 63, 64, 65, 127, 128])
)
TOLERANCES = st.sampled_from([0.008, 0.008, 0.03, 0.1, 0.5, 1, 2, 7, 8, 9, 64, 70])


def pack(mask):
    return None if mask is None else BitMask.pack(mask)


def assert_official(truth, prediction, void=None, bound_th=0.008):
    f, counts = reference.f_measure(truth, prediction, void, bound_th)
    packed = pack(truth), pack(prediction), pack(void), bound_th
    assert boundary_counts(*packed) == counts
    assert contour_accuracy(*packed) == f


@pytest.mark.slow
@settings(max_examples=700, deadline=None)
@given(
    SIDES,
    SIDES,
    st.sampled_from(reference.KINDS),
    st.sampled_from(reference.KINDS),
    st.sampled_from([None, None, *reference.KINDS]),
    TOLERANCES,
    st.integers(0, 2**32),
)
def test_equals_the_official_function(height, width, true_kind, kind, void_kind, bound_th, seed):
    rng = np.random.default_rng(seed)
    truth = reference.made_mask(true_kind, height, width, rng)
    prediction = reference.made_mask(kind, height, width, rng)
    void = None if void_kind is None else reference.made_mask(void_kind, height, width, rng)
    assert_official(truth, prediction, void, bound_th)


@pytest.mark.parametrize("shape", [(480, 854), (1080, 1920), (1, 854), (480, 1)])
@pytest.mark.parametrize("kind", ["border", "noise", "box", "columns"])
def test_equals_the_official_function_at_the_sizes_of_videos(shape, kind):
    rng = np.random.default_rng(1)
    truth = reference.made_mask(kind, *shape, rng)
    assert_official(truth, reference.made_mask("box", *shape, rng))


@pytest.mark.parametrize("radius", [*range(20), 35, 64, 70])
def test_one_pixel_dilates_to_the_disk(radius):
    words = (2 * radius + 64) // 64
    pixels = np.zeros((2 * radius + 1, 64 * words), bool)
    pixels[radius, radius] = True
    stream = np.packbits(pixels, axis=1).view(">u8").astype(np.uint64)
    near = np.unpackbits(_dilate(stream, radius).astype(">u8").view(np.uint8), axis=1)
    assert np.array_equal(near[:, : 2 * radius + 1], reference.disk(radius))
    assert near.sum() == reference.disk(radius).sum()


def test_a_tolerance_of_thousands_of_pixels():
    stream = np.zeros((1, 200), np.uint64)
    stream[0, 0] = 1 << 63
    assert np.bitwise_count(_dilate(stream, 6000)).sum() == 6001


def test_the_tolerance_of_known_sizes():
    sizes = {(480, 854): 8, (360, 640): 6, (500, 500): 6, (480, 910): 9, (1080, 1920): 18}
    assert {shape: match_radius(shape) for shape in sizes} == sizes
    assert match_radius((600, 800)) == 8  # 0.008 of the diagonal is a whole number here
    assert match_radius((480, 854), 3) == 3


def test_edge_cases_of_the_rule():
    empty, full = np.zeros((9, 9), bool), np.ones((9, 9), bool)
    dot = empty.copy()
    dot[4, 4] = True
    assert contour_accuracy(pack(empty), pack(empty)) == 1
    assert contour_accuracy(pack(dot), pack(empty)) == 0
    assert contour_accuracy(pack(empty), pack(dot)) == 0
    # A mask that fills the frame has no boundary: wrong everywhere in J, perfect in F.
    assert contour_accuracy(pack(empty), pack(full)) == 1
    assert contour_accuracy(pack(full), pack(empty)) == 1
    assert boundary_counts(pack(dot), pack(empty), pack(full)) == (0, 0, 0, 0)


@pytest.mark.parametrize(("y", "x", "pixels"), [(0, 0, 1), (8, 8, 3), (4, 4, 4)])
def test_the_boundary_lies_half_a_pixel_up_and_left(y, x, pixels):
    mask = np.zeros((9, 9), bool)
    mask[y, x] = True
    assert boundary_counts(pack(mask), pack(mask)) == (pixels, pixels, pixels, pixels)


def test_the_edge_of_a_void_region_is_a_boundary():
    full, void = np.ones((9, 9), bool), np.zeros((9, 9), bool)
    void[:, 5:] = True
    assert boundary_counts(pack(full), pack(full), pack(void))[0] == 9


def test_rows_that_are_a_view_are_read_correctly():
    rng = np.random.default_rng(3)
    truth, prediction = (reference.made_mask("noise", 30, 50, rng) for _ in range(2))
    view = BitMask(np.asfortranarray(BitMask.pack(truth).rows), truth.shape)
    assert boundary_counts(view, pack(prediction)) == boundary_counts(pack(truth), pack(prediction))


def test_masks_of_different_shapes_are_refused():
    with pytest.raises(ValueError, match="different shapes"):
        contour_accuracy(pack(np.ones((4, 850), bool)), pack(np.ones((4, 854), bool)))


@pytest.mark.slow
def test_bit_equal_to_the_official_toolkit_on_real_masks():
    metric = ContourAccuracy()
    for row in reference.table("per_frame.csv"):
        truth = reference.truth_masks(row["sequence"])[row["frame"]]
        prediction = reference.predicted_masks(row["method"], row["sequence"])[row["frame"]]
        expected = [int(row[k]) for k in ("bnd_gt", "bnd_pred", "match_gt", "match_pred")]
        assert list(boundary_counts(truth, prediction)) == expected, row
        assert repr(metric.frame(truth, prediction)) == row["F"], row
