"""Human3.6M as it is unpacked: videos (or their frames), masks and boxes in MATLAB 7.3 files."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property, partial
from pathlib import Path
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray
from PIL import Image as Pillow

from selfbench.contracts import Count, Counts, Image, Truth
from selfbench.datasets.files import FileDataset, Footage, Loaders, folders_in
from selfbench.datasets.matlab import count_cells, read_cell
from selfbench.errors import DataError
from selfbench.media.boxes import tight_box
from selfbench.media.frames import ImageFrames, images_in, read_frame
from selfbench.media.masks import check_size
from selfbench.media.video import VideoFrames
from selfbench.store.atomic import replacing, storing
from selfbench.store.digest import digest_text

SUBJECTS = {"train": ("S1", "S5", "S6", "S7", "S8"), "test": ("S9", "S11")}
BROKEN = {("S11", "Directions.54138969")}  # a damaged video, which everybody leaves out
SAMPLES = 50  # frames whose median is the empty scene, as in the code of Rhodin et al. 2019


class Human36M(FileDataset):
    """Human3.6M: one actor in a lab, four static cameras (Ionescu et al. 2014).

    15 actions; five subjects train, S9 and S11 test. Masks come from background subtraction and
    may end before the video does; boxes are given too. `Clip.background` of the training clips is
    the median of 50 frames of the same subject and camera, so it needs no label. Frames are named
    00000, 00001, ...
    """

    name = "human3.6m"
    folder_names = ("Human3.6M", "human3.6m", "H36M")
    splits = tuple(SUBJECTS)
    recognised_by = tuple(f"{subject}/Videos" for group in SUBJECTS.values() for subject in group)
    stand_in = "h36m-sim"
    metrics = ("J", "F", "mAP0.5")
    counts: ClassVar[Counts] = {"train": Count(), "test": Count()}
    licence = "academic, by registration; no redistribution"
    obtain = "register at http://vision.imar.ro/human3.6m and download videos, masks and boxes"
    layout = (
        "S<k>/Videos/<Action>.<camera>.mp4 (or a folder <Action>.<camera> of frames),"
        " S<k>/MySegmentsMat/ground_truth_bs/<Action>.<camera>.mat and"
        " S<k>/MySegmentsMat/ground_truth_bb/<Action>.<camera>.mat"
    )
    citation = """@article{Ionescu_TPAMI_2014,
  author  = {Catalin Ionescu and Dragos Papava and Vlad Olaru and Cristian Sminchisescu},
  title   = {{Human3.6M}: Large Scale Datasets and Predictive Methods for {3D} Human Sensing in
             Natural Environments},
  journal = {IEEE Transactions on Pattern Analysis and Machine Intelligence},
  volume  = {36}, number = {7}, pages = {1325--1339}, year = {2014}
}"""

    def holds(self, split: str) -> bool:
        """Return whether there is any subject of this split."""
        return any((self.root / subject / "Videos").is_dir() for subject in SUBJECTS[split])

    def read(self, split: str) -> Iterator[Footage]:
        """Yield the videos, named <subject>-<action>-<camera>."""
        for subject in SUBJECTS[split]:
            home = self.root / subject / "Videos"
            videos = sorted(home.glob("*.mp4"), key=lambda path: path.name)
            for path in [*videos, *folders_in(home)]:
                take = path.name.removesuffix(".mp4")
                if "_ALL" in take or (subject, take) in BROKEN:
                    continue
                yield self._clip(subject, take, path, split)

    def _clip(self, subject: str, take: str, path: Path, split: str) -> Footage:
        action, _, camera = take.rpartition(".")
        if not action:
            raise DataError(
                f"human3.6m: {path} is not named <action>.<camera>, e.g. Walking.54138969."
            )
        files: Sequence[Path] = [path] if path.is_file() else images_in(path)
        frames = VideoFrames(path) if path.is_file() else ImageFrames(files)
        truth, annotations = _truth(self.root / subject / "MySegmentsMat", take, frames)
        return Footage(
            f"{subject}-{action.replace(' ', '_')}-{camera}",
            frames,
            files,
            truth,
            annotations,
            fps=50.0,
            background=partial(self._background, subject, camera) if split == "train" else None,
        )

    @cached_property
    def _backgrounds(self) -> dict[tuple[str, str], Image]:
        return {}

    def _background(self, subject: str, camera: str) -> Image:
        """Return the empty scene of one camera, from a file where it was made before."""
        if (subject, camera) not in self._backgrounds:
            clips = [
                footage
                for footage in self._read["train"]
                if footage.name.startswith(f"{subject}-") and footage.name.endswith(f"-{camera}")
            ]
            stats = [(path, path.stat()) for clip in clips for path in clip.files]
            state = (f"{path} {stat.st_size} {stat.st_mtime_ns}" for path, stat in stats)
            folder = self.where.cache / "human3.6m"
            file = folder / f"{subject}-{camera}-{digest_text(*state)}.png"
            if not file.is_file():
                with storing(folder, "SELFBENCH_CACHE"), replacing(file) as unfinished:
                    Pillow.fromarray(empty_scene(clips)).save(unfinished, format="PNG")
            self._backgrounds[subject, camera] = read_frame(file)
        return self._backgrounds[subject, camera]


def empty_scene(clips: Sequence[Footage]) -> Image:
    """Return the median (H, W, 3) of `SAMPLES` frames spread over the clips of a static camera."""
    per_clip = -(-SAMPLES // len(clips))
    sample = [
        clip.frames[int(place)]
        for clip in clips
        for place in np.linspace(0, len(clip.frames) - 1, per_clip)
    ]
    if len({frame.shape for frame in sample}) > 1:
        raise DataError(
            f"human3.6m: the clips {clips[0].name} and alike differ in size, though one camera"
            " filmed them; unpack them again."
        )
    return np.asarray(np.median(np.stack(sample), axis=0), np.uint8)


def _truth(home: Path, take: str, frames: VideoFrames | ImageFrames) -> tuple[Loaders, list[Path]]:
    """Return what reads the truth of each frame that has a mask, a box or both, and from where."""
    masks, boxes = (
        home / "ground_truth_bs" / f"{take}.mat",
        home / "ground_truth_bb" / f"{take}.mat",
    )
    files = [path for path in (masks, boxes) if path.is_file()]
    counts = {path: count_cells(path, "Masks") for path in files}
    names = frames.names if isinstance(frames, ImageFrames) else _Numbers()
    truth = {
        names[index]: partial(
            h36m_truth,
            masks if index < counts.get(masks, 0) else None,
            boxes if index < counts.get(boxes, 0) else None,
            index,
            frames,
        )
        for index in range(min(max(counts.values(), default=0), len(names)))
    }
    return truth, files


class _Numbers:
    """The names of a video's frames, without decoding it to count them."""

    def __getitem__(self, index: int) -> str:
        return f"{index:05d}"

    def __len__(self) -> int:
        return 10**5


def h36m_truth(
    masks: Path | None, boxes: Path | None, index: int, frames: VideoFrames | ImageFrames
) -> Truth:
    """Read mask and box of one frame; the box is the extent of a filled one."""
    mask = None if masks is None else _mask(masks, index, frames)
    filled = None if boxes is None else tight_box(_mask(boxes, index, frames))
    return Truth(mask=mask, boxes=filled)


def _mask(path: Path, index: int, frames: VideoFrames | ImageFrames) -> NDArray[np.bool_]:
    mask: NDArray[np.bool_] = read_cell(path, "Masks", index) != 0
    check_size(path, mask.shape, frames.size)
    return mask
