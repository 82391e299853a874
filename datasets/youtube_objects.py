"""YouTube-Objects v1.0 in its published layout: shots of ten classes, one boxed frame in some."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import ClassVar

import numpy as np

from selfbench.contracts import Boxes, Count, Counts, Truth
from selfbench.datasets.files import FileDataset, Footage, folders_in, images_clip
from selfbench.datasets.matlab import read_variable
from selfbench.errors import DataError
from selfbench.media.frames import images_in

CLASSES = (
    "aeroplane", "bird", "boat", "car", "cat", "cow", "dog", "horse", "motorbike", "train"
)  # fmt: skip
BOXES = "_sticks.mat"  # follows the name of the frame, suffix and all


class YouTubeObjects(FileDataset):
    """YouTube-Objects v1.0: 155 videos of ten classes in shots (Prest et al. 2012).

    In some shots one frame has boxes, which are all the truth there is. Croitoru et al. 2019 and
    those they compare with learn on the training videos and report CorLoc on the boxed frames of
    the *training* videos too, so that is what is scored here (`train-boxed`); `test` holds the
    boxed shots of the test videos. The papers average over the ten classes:
    `--set youtube-objects.sequences='aeroplane-*'` gives one of them.
    """

    name = "youtube-objects"
    folder_names = ("YouTube-Objects", "youtube-objects", "YTO")
    splits = ("train", "train-boxed", "test")
    recognised_by = tuple(f"{name}/data" for name in CLASSES)
    test_split = "train-boxed"
    metrics = ("CorLoc",)
    licence = "none stated (research); the videos are from YouTube"
    obtain = (
        "download <class>.tar.gz for the ten classes from"
        " https://data.vision.ee.ethz.ch/cvl/youtube-objects/"
    )
    layout = (
        "<class>/data/0001/shots/001/frame0001.jpg, the boxes in frame0001.jpg_sticks.mat beside"
        " it, and <class>/sets/{train,test}.txt"
    )
    citation = """@inproceedings{Prest_CVPR_2012,
  author    = {Alessandro Prest and Christian Leistner and Javier Civera and Cordelia Schmid and
               Vittorio Ferrari},
  title     = {Learning Object Class Detectors from Weakly Annotated Video},
  booktitle = {IEEE Conference on Computer Vision and Pattern Recognition (CVPR)},
  year      = {2012}
}"""
    counts: ClassVar[Counts] = {
        "train": Count(),
        "train-boxed": Count(),
        "test": Count(None, None, 346),
    }

    def read(self, split: str) -> Iterator[Footage]:
        """Yield the shots, named <class>-<video>-<shot>; empty ones, which exist, are left out."""
        boxed = split != "train"
        for name in CLASSES:
            home = self.root / name
            if not home.is_dir():
                continue
            for video in _listed(home / "sets" / f"{split.partition('-')[0]}.txt"):
                for shot in folders_in(home / "data" / video / "shots"):
                    clip = _shot(f"{name}-{video}-{shot.name}", shot)
                    if clip and (clip.truth or not boxed):
                        yield clip


def _listed(path: Path) -> list[str]:
    """Return the videos in a list; each must have its folder."""
    try:
        videos = path.read_text(encoding="utf-8").split()
    except OSError as error:
        raise DataError(
            f"youtube-objects: {path} cannot be read ({error.strerror}); expected the ids of the"
            " videos, e.g. 0001, one per line."
        ) from error
    home = path.parents[1] / "data"
    for video in videos:
        if not (home / video).is_dir():
            raise DataError(
                f"youtube-objects: {path} lists '{video}', but there is no {home / video}; unpack"
                " the archive again."
            )
    return videos


def _shot(name: str, folder: Path) -> Footage | None:
    files = images_in(folder)
    if not files:
        return None
    boxes = sorted(folder.glob(f"*{BOXES}"))
    truth = {}
    for path in boxes:
        frame = path.name.removesuffix(BOXES)
        if frame not in files.names:
            raise DataError(f"youtube-objects: {path} belongs to no frame of its shot.")
        truth[frame.rpartition(".")[0]] = partial(sticks_truth, path)
    return images_clip(name, files, truth=truth, annotations=boxes)


def sticks_truth(path: Path) -> Truth:
    """Read the boxes of one frame, cells of x0 y0 x1 y1; `tidy` them."""
    cells = read_variable(path, "coor").reshape(-1)
    boxes = [np.asarray(cell, np.float64).reshape(-1) for cell in cells]
    if any(box.shape != (4,) for box in boxes):
        raise DataError(f"{path} holds a box that is not x0 y0 x1 y1.")
    return Truth(boxes=tidy(np.array(boxes).reshape(-1, 4)))


def tidy(boxes: Boxes) -> Boxes:
    """Return boxes (N, 4) with their corners in order; one published box has x0 > x1."""
    low, high = np.minimum(boxes[:, :2], boxes[:, 2:]), np.maximum(boxes[:, :2], boxes[:, 2:])
    return np.concatenate([low, high], axis=1)
