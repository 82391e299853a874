"""Mask files: labels and soft masks of every mode, refused where they are none; and the disk."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from PIL import Image as Pillow

from selfbench.errors import DataError
from selfbench.media.frames import list_images
from selfbench.media.masks import (
    check_size,
    encode_mask,
    read_binary_mask,
    read_grey,
    read_labels,
    read_soft_mask,
)
from tests.files import write_mask
from tests.media.images import COLOURS, palette, save

GREY = COLOURS[..., 0]
BINARY = (GREY > 127) * np.uint8(255)


def test_labels_are_indices_never_colours(tmp_path: Path) -> None:
    indices = np.array([[0, 1, 2], [2, 1, 0]], np.uint8)
    assert np.array_equal(read_labels(save(tmp_path / "p.png", palette(indices))), indices)
    # few entries are stored in fewer bits
    small = palette(indices)
    assert np.array_equal(read_labels(save(tmp_path / "p2.png", small, bits=2)), indices)


@pytest.mark.parametrize("mode", ["L", "LA", "RGB", "RGBA", "1"])
def test_binary_masks_of_every_mode(tmp_path: Path, mode: str) -> None:
    path = save(tmp_path / "m.png", Pillow.fromarray(BINARY).convert(mode))
    assert np.array_equal(read_binary_mask(path, (6, 8)), BINARY > 0)
    assert np.array_equal(read_soft_mask(path), BINARY)


@pytest.mark.parametrize("value", [0, 1, 7, 255])
def test_binary_masks_of_one_value(tmp_path: Path, value: int) -> None:
    path = save(tmp_path / "m.png", np.full((3, 4), value, np.uint8))
    assert (read_binary_mask(path) == (value > 0)).all()


def test_palette_masks_are_certain_where_an_object_is(tmp_path: Path) -> None:
    indices = np.array([[0, 1, 2]], np.uint8)
    assert read_soft_mask(save(tmp_path / "p.png", palette(indices))).tolist() == [[0, 255, 255]]


def test_masks_that_are_none_are_refused(tmp_path: Path) -> None:
    path = save(tmp_path / "colour.png", COLOURS)
    with pytest.raises(DataError, match=r"colour image \(RGB\); expected one channel of labels"):
        read_labels(path)
    path = save(tmp_path / "three.png", np.array([[0, 5, 9]], np.uint8))
    with pytest.raises(DataError, match=r"holds 3 values \(0, 5, 9\); expected a binary mask"):
        read_binary_mask(path)
    path = save(tmp_path / "small.png", BINARY)
    with pytest.raises(DataError, match="has 8 x 6 pixels, expected 9 x 7 pixels"):
        read_binary_mask(path, (7, 9))


@given(arrays(np.uint8, st.tuples(st.integers(1, 40), st.integers(1, 40))))
@settings(max_examples=60, deadline=None)
def test_masks_survive_the_disk(tmp_path_factory: pytest.TempPathFactory, mask: np.ndarray) -> None:
    path = tmp_path_factory.getbasetemp() / "round-trip.png"
    write_mask(path, mask)
    assert np.array_equal(read_soft_mask(path), mask)
    with Pillow.open(path) as image:  # another reader, and nothing special about the file
        assert image.mode == "L"
        assert np.array_equal(np.asarray(image), mask)


def test_only_8_bit_masks_are_encoded() -> None:
    with pytest.raises(ValueError, match="expected uint8"):
        encode_mask(BINARY / 255.0)


def test_grey_reads_colour_and_palette(tmp_path):
    colours = np.zeros((4, 5, 3), np.uint8)
    colours[1] = (255, 255, 255)
    Pillow.fromarray(colours).save(tmp_path / "a.jpg", quality=95)
    grey = read_grey(tmp_path / "a.jpg")
    assert grey.shape == (4, 5)
    assert (grey[1] > 200).all()


def test_sixteen_bit_labels_are_refused(tmp_path: Path) -> None:
    path = save(tmp_path / "a.png", np.array([[0, 300]], np.uint16))
    for read in (read_labels, read_binary_mask, read_soft_mask):
        with pytest.raises(DataError, match="more than 8 bits per pixel; expected 8-bit labels"):
            read(path)


@pytest.mark.parametrize(
    ("content", "words"),
    [(b"", "is empty"), (b"hello\n", "not an image"), (None, "No such file")],
)
def test_what_is_no_image_is_said(tmp_path: Path, content: bytes | None, words: str) -> None:
    path = tmp_path / "00000.png"
    if content is not None:
        path.write_bytes(content)
    for read in (read_labels, read_grey, read_binary_mask, read_soft_mask):
        with pytest.raises(DataError, match=words) as caught:
            read(path)
        assert str(path) in str(caught.value)


def test_sizes_are_compared() -> None:
    check_size(Path("a.png"), (4, 5), (4, 5))
    with pytest.raises(DataError, match=r"a\.png has 5 x 4 pixels, expected 4 x 5 pixels"):
        check_size(Path("a.png"), (4, 5), (5, 4))


# Real files


def test_real_masks(real_data: Path) -> None:
    bear = real_data / "DAVIS-LA/Annotations/480p/bear"
    with Pillow.open(bear / "00077.png") as image:
        assert image.mode == "LA"  # the only such file of DAVIS 2016
    assert read_binary_mask(bear / "00077.png", (480, 854)).any()
    surf = list_images(real_data / "DAVIS/Annotations/480p/surf")
    assert not read_binary_mask(surf[-1], (480, 854)).any()
    samples = real_data / "DAVIS-2017-samples"
    assert np.unique(read_labels(samples / "cutie/masks/bike/00000.png")).tolist() == [0, 1, 2]
    assert np.unique(read_labels(samples / "deva/Annotations/bmx-trees/00000.png")).max() == 2
    with pytest.raises(DataError, match="values"):
        read_binary_mask(samples / "cutie/masks/bike/00000.png")
    with pytest.raises(DataError, match="colour image"):
        read_labels(real_data / "FBMS/ducks01-gt/ducks01_0001_gt.ppm")
