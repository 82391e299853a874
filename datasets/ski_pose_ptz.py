"""Ski-PosePTZ, the public crops of Ski-PTZ: images around the skier with poses, no masks."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from selfbench.contracts import Boxes, Count, Counts
from selfbench.datasets.files import FileDataset, Footage, images_clip
from selfbench.errors import DataError
from selfbench.media.frames import FilesIn
from selfbench.media.truth import box_truth

SIZE = 256  # pixels; poses are stored as shares of it
KEYS = ("seq", "cam", "frame", "2D")


class SkiPosePTZ(FileDataset):
    """Ski-PosePTZ: public 256 x 256 crops of Ski-PTZ (Rhodin et al. 2018a).

    NOT the protocol of Katircioglu et al. 2022, for which take `ski-ptz`: each image is already cut
    out around the skier, so half of the detection is done, and there are no masks. The true box is
    the extent of the 17 joints.
    """

    name = "ski-pose-ptz"
    folder_names = ("Ski-PosePTZ-CameraDataset-png", "Ski-PosePTZ")
    splits = ("train", "test")
    recognised_by = ("train/labels.h5", "test/labels.h5")
    stand_in = "ski-ptz-sim"
    metrics = ("mAP0.5",)
    licence = "academic, see its license.txt; on request"
    obtain = "request it at https://www.epfl.ch/labs/cvlab/data/ski-poseptz-dataset/"
    layout = "{train,test}/labels.h5 and {train,test}/seq_000/cam_00/image_000000.png"
    citation = """@inproceedings{Rhodin_CVPR_2018,
  author    = {Helge Rhodin and J{\\"o}rg Sp{\\"o}rri and Isinsu Katircioglu and
               Victor Constantin and Fr{\\'e}d{\\'e}ric Meyer and Erich M{\\"u}ller and
               Mathieu Salzmann and Pascal Fua},
  title     = {Learning Monocular {3D} Human Pose Estimation from Multi-view Images},
  booktitle = {IEEE Conference on Computer Vision and Pattern Recognition (CVPR)},
  year      = {2018}
}"""
    counts: ClassVar[Counts] = {"train": Count(None, 8481, 8481), "test": Count(None, 1716, 1716)}

    def holds(self, split: str) -> bool:
        """Return whether there are labels of this split."""
        return (self.root / split / "labels.h5").is_file()

    def read(self, split: str) -> Iterator[Footage]:
        """Yield a clip per sequence and camera, of the frames that the labels list."""
        path = self.root / split / "labels.h5"
        labels = _labels(path)
        cameras = np.stack([labels["seq"], labels["cam"]], axis=1).astype(np.int64)  # (N, 2)
        for seq, cam in np.unique(cameras, axis=0):
            rows = np.flatnonzero((cameras == (seq, cam)).all(axis=1))
            rows = rows[np.argsort(labels["frame"][rows], kind="stable")]
            names = [f"image_{int(frame):06d}.png" for frame in labels["frame"][rows]]
            files = FilesIn(path.parent / f"seq_{seq:03d}" / f"cam_{cam:02d}", names)
            missing = [file for file in files if not file.is_file()]
            if missing:
                raise DataError(
                    f"ski-pose-ptz: {len(missing)} images that {path} lists are missing, first"
                    f" {missing[0]}; unpack the archive again."
                )
            truth = {
                stem: partial(box_truth, _box(labels["2D"][row]))
                for stem, row in zip(files.stems(), rows, strict=True)
            }
            name = f"{split}-seq{seq:03d}-cam{cam:02d}"
            yield images_clip(name, files, truth=truth, annotations=[path])


def _labels(path: Path) -> dict[str, NDArray[Any]]:
    """Return the columns of the labels, each with a row per image."""
    import h5py

    try:
        with h5py.File(path, "r") as file:
            columns = {key: np.asarray(file[key]) for key in KEYS}
    except (OSError, KeyError) as error:
        raise DataError(
            f"{path} cannot be read: {error}; expected HDF5 with {', '.join(KEYS)}."
        ) from error
    for key in KEYS[:3]:
        columns[key] = columns[key].reshape(-1)
    if len({len(column) for column in columns.values()}) > 1:
        raise DataError(f"{path} has columns of different lengths; copy it again.")
    return columns


def _box(pose: NDArray[Any]) -> Boxes:
    """Return the extent (1, 4) in pixels of a pose (34,), x y x y ... as shares of the image."""
    points = np.asarray(pose, np.float64).reshape(-1, 2) * SIZE
    return np.concatenate([points.min(axis=0), points.max(axis=0)])[None]
