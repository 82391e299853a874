"""Ski-PTZ as Katircioglu et al. 2022 use it: the raw videos, boxes from poses, a few masks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import ClassVar, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from selfbench.contracts import Boxes, Count, Counts, Truth
from selfbench.datasets.citations import KATIRCIOGLU_2022
from selfbench.datasets.files import FileDataset, FileParams, Footage, images_clip
from selfbench.datasets.ski_poses import WIDTH, read_cameras, read_joints, skier_box
from selfbench.errors import DataError
from selfbench.media.frames import FilesIn, ImageFrames, image_names
from selfbench.media.masks import check_size, read_grey

WHITE = 200  # masks are JPEG: brighter is foreground, as in the code of Katircioglu et al. 2021
FOLDERS = {"small": ("Videos_Small", "Videos_small"), "full": ("Videos",)}
CAMERAS = range(1, 7)


@dataclass(frozen=True)
class Trial:
    """One run down the slope, filmed by six cameras."""

    number: int
    first: int  # frame of the files' names
    last: int
    masked: tuple[int, ...] = ()  # frames after `first` of which masks exist


# Two trials of each of the six skiers; frames between the second and the fourth gate. From the
# code of Katircioglu et al. 2021, whose counts are those that the papers print.
TRIALS = {
    "train": (
        Trial(103, 84, 245), Trial(115, 88, 254), Trial(124, 83, 249), Trial(110, 89, 255),
        Trial(202, 83, 242), Trial(214, 87, 246), Trial(221, 85, 244), Trial(207, 81, 237),
    ),
    "val": (Trial(302, 79, 230, (21, 71, 111)), Trial(309, 81, 231, (19, 69, 109))),
    "test": (
        Trial(412, 83, 237, (
            1, 7, 14, 22, 27, 31, 37, 42, 48, 54, 59, 66, 71, 75, 79, 86, 90, 95, 98, 102, 105, 108,
            117, 122, 127,
        )),
        Trial(405, 83, 245, (
            3, 7, 13, 17, 22, 27, 32, 37, 42, 47, 52, 59, 66, 72, 77, 82, 87, 92, 97, 102, 107, 111,
            117, 122, 129,
        )),
    ),
}  # fmt: skip


class SkiPTZParams(FileParams):
    """What can be chosen of Ski-PTZ."""

    size: Literal["small", "full"] = Field(
        "small",
        description="size of the frames. small: 640 x 360, as in the papers; full: 1280 x 720",
    )
    margin: float = Field(
        0.6,
        ge=0,
        le=2,
        description="share by which the true box around the skier's joints is wider and higher",
    )


class SkiPTZ(FileDataset):
    """Ski-PTZ: alpine skiers filmed by six panning, zooming cameras (Katircioglu et al. 2022).

    Six skiers, two trials each: 7800 training, 1818 validation and 1908 test frames. The true box
    is drawn around the projected joints, where the skier is in view. Masks exist of 36 validation
    frames and of 300 test frames, of which the paper uses 192 that it does not name: those that
    are in the folder are used.
    """

    name = "ski-ptz"
    Params: ClassVar[type[SkiPTZParams]] = SkiPTZParams
    folder_names = ("Ski-PTZ", "Kuetai_2011")
    splits = tuple(TRIALS)
    recognised_by = tuple(name for names in FOLDERS.values() for name in names)
    stand_in = "ski-ptz-sim"
    validation_split = "val"
    metrics = ("J", "F", "mAP0.5")
    licence = "on request; academic"
    obtain = "ask the authors of Katircioglu et al. 2022 for the raw videos (Kuetai_2011)"
    layout = (
        "Videos_Small/trial_103_cam1/frame_000084.jpg, Segmentation_masks/<the same>,"
        " Data/DLT_Parameters/PP_Trial_103_CAM1.DLT and"
        " Data/3D_Position_Data/Trial_103_AllMarker_Raumkoor.mat.csv"
    )
    citation = KATIRCIOGLU_2022
    counts: ClassVar[Counts] = {
        "train": Count(48, 7800),
        "val": Count(12, 1818),
        "test": Count(12, 1908),
    }

    def holds(self, split: str) -> bool:
        """Return whether the first trial of this split is there."""
        return any((self._videos / _folder(trial, 1)).is_dir() for trial in TRIALS[split])

    def read(self, split: str) -> Iterator[Footage]:
        """Yield a clip per trial and camera."""
        for trial in TRIALS[split]:
            for camera in CAMERAS:
                yield self._clip(trial, camera)

    def _clip(self, trial: Trial, camera: int) -> Footage:
        name = _folder(trial, camera)
        numbers = range(trial.first, trial.last + 1)
        names = [f"frame_{number:06d}.jpg" for number in numbers]
        folder = self._videos / name
        missing = sorted(set(names) - set(image_names(folder) if folder.is_dir() else ()))
        if missing:
            raise DataError(
                f"ski-ptz: {len(missing)} of the frames {names[0]} to {names[-1]} are missing in"
                f" {folder}, first {missing[0]}; copy them again."
            )
        files = FilesIn(folder, names)
        frames = ImageFrames(files)
        mask_folder = self.root / "Segmentation_masks" / name
        masks = {
            number: mask_folder / f"frame_{number:06d}.jpg"
            for number in (trial.first + n for n in trial.masked)
            if (mask_folder / f"frame_{number:06d}.jpg").is_file()
        }
        boxes, sources = self._boxes(trial, camera)
        truth = {
            f"frame_{number:06d}": partial(ski_truth, masks.get(number), boxes.get(number), frames)
            for number in numbers
            if number in masks or number in boxes
        }
        return images_clip(name, files, truth=truth, annotations=[*masks.values(), *sources])

    def _boxes(self, trial: Trial, camera: int) -> tuple[Mapping[int, Boxes], list[Path]]:
        """Return frame number -> box in pixels of the full size, and the files it comes from."""
        data = self.root / "Data"
        poses = data / "3D_Position_Data" / f"Trial_{trial.number}_AllMarker_Raumkoor.mat.csv"
        cameras = data / "DLT_Parameters" / f"PP_Trial_{trial.number}_CAM{camera}.DLT"
        if not (poses.is_file() and cameras.is_file()):
            return {}, []
        joints, projections = read_joints(poses), read_cameras(cameras)
        boxes = {}
        for number in range(trial.first, trial.last + 1):
            row = number - 1  # frames count from one
            if row < min(len(joints), len(projections)):
                box = skier_box(joints[row], projections[row], self.params.margin)
                if box is not None:
                    boxes[number] = box
        return boxes, [poses, cameras]

    @property
    def _videos(self) -> Path:
        folders = [self.root / name for name in FOLDERS[self.params.size]]
        return next((folder for folder in folders if folder.is_dir()), folders[0])


def _folder(trial: Trial, camera: int) -> str:
    return f"trial_{trial.number}_cam{camera}"


def ski_truth(path: Path | None, box: Boxes | None, frames: ImageFrames) -> Truth:
    """Return mask and box of one frame at its size; both are kept at 1280 x 720."""
    step = WIDTH // frames.size[1]
    mask: NDArray[np.bool_] | None = None
    if path is not None:
        mask = read_grey(path)[::step, ::step] > WHITE  # the nearest pixel, as in the papers
        check_size(path, mask.shape, frames.size)
    return Truth(mask=mask, boxes=None if box is None else box / step)
