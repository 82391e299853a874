"""Image files: every mode, every way to be broken, and masks that survive the disk."""

import io
import os
import pickle
import re
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from PIL import Image as Pillow

from selfbench.errors import DataError
from selfbench.media.frames import ImageFrames, images_in, list_images, natural_key, read_frame
from selfbench.media.masks import (
    encode_mask,
    read_binary_mask,
    read_grey,
    read_labels,
    read_soft_mask,
)
from selfbench.store.digest import digest_files, digest_text
from tests.files import write_mask

COLOURS = np.random.default_rng(0).integers(0, 256, (6, 8, 3), dtype=np.uint8)
GREY = COLOURS[..., 0]
BINARY = (GREY > 127) * np.uint8(255)


@pytest.fixture
def data() -> Path:
    if "SELFBENCH_DATA" not in os.environ:
        pytest.skip("SELFBENCH_DATA is not set: no real images")
    return Path(os.environ["SELFBENCH_DATA"])


def save(path: Path, image: Pillow.Image | np.ndarray, **options: object) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    (image if isinstance(image, Pillow.Image) else Pillow.fromarray(image)).save(path, **options)
    return path


def palette(indices: np.ndarray) -> Pillow.Image:
    image = Pillow.fromarray(indices).convert("P")
    image.putdata(indices.ravel().tolist())
    image.putpalette([255, 0, 0, 0, 255, 0, 0, 0, 255] + [9] * 759)
    return image


# Frames


@pytest.mark.parametrize("mode", ["L", "LA", "P", "RGB", "RGBA", "1", "CMYK"])
def test_frames_of_every_mode_become_rgb(tmp_path: Path, mode: str) -> None:
    image = Pillow.fromarray(COLOURS).convert(mode)
    path = save(tmp_path / ("a.tif" if mode == "CMYK" else "a.png"), image)
    frame = read_frame(path)
    assert frame.shape == (6, 8, 3)
    assert frame.dtype == np.uint8
    assert np.array_equal(frame, np.asarray(image.convert("RGB")))


def test_sixteen_bits_are_scaled_to_eight(tmp_path: Path) -> None:
    deep = np.array([[0, 128, 129, 257, 32768, 65535]], np.uint16)
    path = save(tmp_path / "a.png", deep)
    assert read_frame(path)[0, :, 1].tolist() == [0, 0, 1, 1, 128, 255]
    with pytest.raises(DataError, match="8-bit labels"):
        read_labels(path)


def test_frames_stand_upright(tmp_path: Path) -> None:
    exif = Pillow.Exif()
    exif[0x0112] = 6  # the camera was held upright: turn clockwise to show
    path = save(tmp_path / "a.png", COLOURS, exif=exif)
    assert np.array_equal(read_frame(path), np.rot90(COLOURS, -1))


def test_frames_can_be_written_to(tmp_path: Path) -> None:
    assert read_frame(save(tmp_path / "a.png", COLOURS)).flags.writeable  # torch warns otherwise


# Broken files


def encoded(kind: str) -> bytes:
    file = io.BytesIO()
    Pillow.fromarray(np.kron(COLOURS, np.ones((8, 8, 1), np.uint8))).save(file, kind)
    return file.getvalue()


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "BMP", "PPM", "WEBP"])
@pytest.mark.parametrize("part", [0.001, 0.3, 0.9])
def test_no_part_of_an_image_is_ever_returned(tmp_path: Path, kind: str, part: float) -> None:
    whole = encoded(kind)
    path = tmp_path / f"frame.{kind.lower()}"
    path.write_bytes(whole[: max(1, int(len(whole) * part))])
    with pytest.raises(DataError, match=re.escape(str(path))) as caught:
        read_frame(path)
    assert str(caught.value).count("\n") == 0


PNG = encoded("PNG")


@given(st.integers(0, len(PNG) - 1), st.integers(1, 255))
@settings(max_examples=200, deadline=None)
def test_a_changed_byte_of_a_png_is_noticed(
    tmp_path_factory: pytest.TempPathFactory, position: int, change: int
) -> None:
    data = bytearray(PNG)
    data[position] ^= change
    path = tmp_path_factory.getbasetemp() / "changed.png"
    path.write_bytes(data)
    try:
        frame = read_frame(path)
    except DataError:
        return
    path.write_bytes(PNG)
    assert np.array_equal(frame, read_frame(path))  # a byte of no meaning, such as an end checksum


@pytest.mark.parametrize(
    ("content", "words"),
    [(b"", "is empty"), (b"hello\n", "not an image"), (None, "No such file")],
)
def test_what_is_no_image_is_said(tmp_path: Path, content: bytes | None, words: str) -> None:
    path = tmp_path / "00000.jpg"
    if content is not None:
        path.write_bytes(content)
    for read in (read_frame, read_labels, read_binary_mask, read_soft_mask):
        with pytest.raises(DataError, match=words) as caught:
            read(path)
        assert str(path) in str(caught.value)


# Labels and masks


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


# Frames of a clip


def test_frames_of_a_clip(tmp_path: Path) -> None:
    paths = [save(tmp_path / f"{i:05d}.png", np.roll(COLOURS, i, 0)) for i in range(3)]
    frames = pickle.loads(pickle.dumps(ImageFrames(paths)))
    assert list(frames.names) == ["00000", "00001", "00002"]
    assert (len(frames), frames.size) == (3, (6, 8))
    assert np.array_equal(frames[-1], np.roll(COLOURS, 2, 0))
    assert all(np.array_equal(a, frames[i]) for i, a in enumerate(frames))
    with pytest.raises(IndexError):
        frames[3]
    assert len(pickle.dumps(frames)) < 2000  # no pixels in it


def test_frames_of_another_size_are_refused(tmp_path: Path) -> None:
    paths = [save(tmp_path / "0.png", COLOURS), save(tmp_path / "1.png", COLOURS[:4])]
    with pytest.raises(DataError, match=r"1\.png has 8 x 4 pixels, .* has 8 x 6 pixels"):
        list(ImageFrames(paths))


def test_images_are_listed_in_natural_order(tmp_path: Path) -> None:
    for name in ("frame10.png", "frame2.PNG", "Frame1.jpeg", ".hidden.png", "notes.txt"):
        (tmp_path / name).touch()
    (tmp_path / "folder.png").mkdir()
    names = [path.name for path in list_images(tmp_path)]
    assert names == ["Frame1.jpeg", "frame2.PNG", "frame10.png"]


# Digests


def test_digests_follow_names_and_contents(tmp_path: Path) -> None:
    a, b = tmp_path / "a", tmp_path / "b"
    a.write_bytes(b"1")
    b.write_bytes(b"2" * 3_000_000)
    first = digest_files([a, b], tmp_path)
    assert first == digest_files([b, a], tmp_path)
    assert len(first) == 32
    moved = tmp_path / "elsewhere"
    moved.mkdir()
    (moved / "a").write_bytes(b"1")
    b.replace(moved / "b")
    assert first == digest_files(moved.iterdir(), moved)
    assert first != digest_files([moved / "a"], moved)
    (moved / "a").write_bytes(b"3")
    assert first != digest_files(moved.iterdir(), moved)
    with pytest.raises(DataError, match="cannot be read"):
        digest_files([b], tmp_path)
    assert digest_text("ab", "c") != digest_text("a", "bc")


# Real files


def test_real_masks(data: Path) -> None:
    bear = data / "DAVIS-LA/Annotations/480p/bear"
    with Pillow.open(bear / "00077.png") as image:
        assert image.mode == "LA"  # the only such file of DAVIS 2016
    assert read_binary_mask(bear / "00077.png", (480, 854)).any()
    surf = list_images(data / "DAVIS/Annotations/480p/surf")
    assert not read_binary_mask(surf[-1], (480, 854)).any()
    samples = data / "DAVIS-2017-samples"
    assert np.unique(read_labels(samples / "cutie/masks/bike/00000.png")).tolist() == [0, 1, 2]
    assert np.unique(read_labels(samples / "deva/Annotations/bmx-trees/00000.png")).max() == 2
    with pytest.raises(DataError, match="values"):
        read_binary_mask(samples / "cutie/masks/bike/00000.png")
    with pytest.raises(DataError, match="colour image"):
        read_labels(data / "FBMS/ducks01-gt/ducks01_0001_gt.ppm")


@given(
    st.lists(
        st.from_regex(r"\A[a-zA-Z]{0,2}[0-9]{1,3}[a-b]?\.(png|JPG)\Z"), unique=True, max_size=8
    )
)
def test_images_of_a_folder_come_in_natural_order_by_the_short_cut_too(tmp_path_factory, names):
    folder = tmp_path_factory.mktemp("natural")
    for name in names:
        (folder / name).touch()
    (folder / ".hidden.png").touch()
    (folder / "notes.txt").touch()
    assert images_in(folder).names == tuple(
        p.name for p in sorted((folder / name for name in names), key=natural_key)
    )
    assert list(images_in(folder)) == list_images(folder)
    assert images_in(folder).stems() == tuple(p.stem for p in list_images(folder))
    assert images_in(folder / "nowhere").names == ()


def test_grey_reads_colour_and_palette(tmp_path):
    colours = np.zeros((4, 5, 3), np.uint8)
    colours[1] = (255, 255, 255)
    Pillow.fromarray(colours).save(tmp_path / "a.jpg", quality=95)
    grey = read_grey(tmp_path / "a.jpg")
    assert grey.shape == (4, 5)
    assert (grey[1] > 200).all()
