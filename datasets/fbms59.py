"""FBMS-59 in its published layout: a mask about every twentieth frame, in two formats."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import ClassVar

import numpy as np

from selfbench.contracts import Count, Counts, Truth
from selfbench.datasets.files import FileDataset, Footage, folders_in, images_clip
from selfbench.errors import DataError
from selfbench.media.frames import ImageFrames, images_in, list_images, read_frame
from selfbench.media.masks import check_size, read_grey

FOLDERS = {"train": ("Trainingset", "TrainingSet"), "test": ("Testset", "TestSet")}
# Thresholds of the code of Yang et al. 2019.
WHITE = 0.99 * 255  # brighter is background, in colour masks
DARK = 0.1 * 255  # darker is background, in grey ones but for two sequences
DARK_OF = {"marple7": 0.05 * 255, "marple2": 0.4 * 255}


class FBMS59(FileDataset):
    """FBMS-59: 59 videos, 1 to several moving objects, sparse masks (Ochs et al. 2014).

    29 training and 30 test sequences, 720 annotated frames. The mask is the union of all objects
    by the thresholds of Yang et al. 2019: in colour masks (ppm) white is background, in grey ones
    (pgm) dark is. Means weigh each video alike, however many of its frames have a mask.
    """

    name = "fbms-59"
    folder_names = ("FBMS-59", "FBMS59", "FBMS")
    splits = ("train", "test")
    recognised_by = tuple(name for names in FOLDERS.values() for name in names)
    licence = "none stated; research use"
    obtain = (
        "download FBMS_Trainingset.zip and FBMS_Testset.zip from"
        " https://lmb.informatik.uni-freiburg.de/resources/datasets/moseg.en.html"
    )
    layout = (
        "{Trainingset,Testset}/<sequence>/<sequence>_0001.jpg and"
        " {Trainingset,Testset}/<sequence>/GroundTruth/<sequence>_0001_gt.ppm or ..._0001.pgm"
    )
    citation = """@article{Ochs_TPAMI_2014,
  author  = {Peter Ochs and Jitendra Malik and Thomas Brox},
  title   = {Segmentation of Moving Objects by Long Term Video Analysis},
  journal = {IEEE Transactions on Pattern Analysis and Machine Intelligence},
  volume  = {36}, number = {6}, pages = {1187--1200}, year = {2014}
}"""
    counts: ClassVar[Counts] = {"train": Count(29, None, 353), "test": Count(30, None, 367)}

    def holds(self, split: str) -> bool:
        """Return whether there is a folder of this split."""
        return any((self.root / name).is_dir() for name in FOLDERS[split])

    def read(self, split: str) -> Iterator[Footage]:
        """Yield the sequences in natural order."""
        for name in FOLDERS[split]:
            home = self.root / name
            for folder in folders_in(home / "Data" if (home / "Data").is_dir() else home):
                yield _sequence(folder)


def _sequence(folder: Path) -> Footage:
    files = images_in(folder)
    _check_list(folder, len(files))
    frames, truth, annotations = ImageFrames(files), {}, []
    numbers = {_number(stem, folder.name): stem for stem in files.stems()}
    for path in _masks(folder / "GroundTruth"):
        number = _number(path.stem, folder.name)
        # In some sequences the last mask is numbered beyond the last frame.
        stem = numbers.get(min(number, max(numbers)))
        if stem is None:
            raise DataError(
                f"fbms-59: {path} belongs to no frame: {folder} has frames {min(numbers)} to"
                f" {max(numbers)}, of which {number} is missing."
            )
        if stem not in truth:
            truth[stem] = partial(fbms_truth, path, frames, folder.name)
            annotations.append(path)
    return images_clip(folder.name, files, truth=truth, annotations=annotations)


def _check_list(folder: Path, count: int) -> None:
    """Compare with <sequence>.bmf: the number of frames, then a name per line (never the jpg's)."""
    path = folder / f"{folder.name}.bmf"
    words = path.read_text(encoding="utf-8", errors="replace").split() if path.is_file() else []
    listed = int(words[0]) if words and words[0].isdigit() else count
    if not count or count < listed:
        raise DataError(
            f"fbms-59: {folder} holds {count} frames, expected {listed or 'some'}"
            f"{f' as {path.name} lists' if words else ''}; unpack the archive again."
        )


def _masks(folder: Path) -> list[Path]:
    """Return the label images. Beside a ppm, a pgm holds no labels but their probability."""
    images = list_images(folder) if folder.is_dir() else []
    colour = [p for p in images if p.suffix.lower() == ".ppm" and "PROB" not in p.name.upper()]
    return colour or [p for p in images if p.suffix.lower() in (".pgm", ".png")]


def _number(stem: str, sequence: str) -> int:
    """Return 12 of `bear01_0012_gt`, `cars1_12`, `tennis012` (no underscore) and `012_gt`."""
    match = re.match(r"_?(\d+)", stem.removeprefix(sequence))
    if not match:
        raise DataError(
            f"fbms-59: '{stem}' has no frame number; expected {sequence}_0001 or alike."
        )
    return int(match[1])


def fbms_truth(path: Path, frames: ImageFrames, sequence: str) -> Truth:
    """Read one mask; `Truth.objects` has a number per colour."""
    grey = read_grey(path)
    check_size(path, grey.shape, frames.size)
    if path.suffix.lower() != ".ppm":
        mask = grey > DARK_OF.get(sequence, DARK)
        return Truth(mask, objects=np.where(mask, grey, 0).astype(np.uint8))
    mask = (grey > DARK) & (grey <= WHITE)
    # Two bits per channel: one number per colour, the same in all frames. (H, W)
    codes = (read_frame(path) >> 6) @ np.array([16, 4, 1], np.uint8)
    return Truth(mask, objects=np.where(mask, codes, 0).astype(np.uint8))
