"""Frames in image files: every mode, every way to be broken, the order and size of a clip's."""

import io
import pickle
import re
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image as Pillow

from selfbench.errors import DataError
from selfbench.media.frames import (
    FilesIn,
    ImageFrames,
    images_in,
    list_images,
    natural_key,
    pixels,
    read_frame,
    resized,
)
from tests.media.images import COLOURS, save

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
    with pytest.raises(DataError, match=words) as caught:
        read_frame(path)
    assert str(path) in str(caught.value)


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


def test_files_of_a_folder_are_paths_when_asked_for() -> None:
    files = FilesIn(Path("clip"), ["a.png", "b.tar.png", "c.jpg"])
    assert list(files) == [Path("clip/a.png"), Path("clip/b.tar.png"), Path("clip/c.jpg")]
    assert files.stems() == ("a", "b.tar", "c")
    assert list(files.texts()) == [str(path) for path in files]
    assert isinstance(files[1:], FilesIn) and list(files[1:]) == list(files)[1:]


def test_shrinking_averages_over_areas() -> None:
    image = np.repeat(np.array([[0, 100], [200, 100]], np.uint8)[..., None], 3, axis=2)
    assert resized(image, 1, 1).tolist() == [[[100] * 3]]
    assert resized(image, 4, 2).shape == (2, 4, 3)


def test_sizes_are_said_width_first() -> None:
    assert pixels((480, 854, 3)) == "854 x 480 pixels"
