"""YouTube-Objects v2.2 in its published layout: numbered frames, shots as ranges, many boxes."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from selfbench.contracts import Boxes, Count, Counts
from selfbench.datasets.citations import KALOGEITON_2016
from selfbench.datasets.files import FileDataset, Footage, images_clip
from selfbench.datasets.matlab import read_variable
from selfbench.datasets.youtube_objects import CLASSES, tidy
from selfbench.errors import DataError
from selfbench.media.frames import FilesIn, images_in
from selfbench.media.truth import box_truth

Annotated = dict[str, Boxes]  # frame name -> its boxes


class YouTubeObjectsV22(FileDataset):
    """YouTube-Objects v2.2: 6087 boxed frames of the ten classes (Kalogeiton et al. 2016).

    No list says which video is for testing: a video is, if any of its frames is in the boxes of
    the test set. `test` holds the shots of those videos that have a boxed frame, `train` all
    other videos. In training one instance per frame has a box, in testing all of the class.
    """

    name = "youtube-objects-v2.2"
    folder_names = ("YouTube-Objects-v2.2", "youtube-objectsv2", "YTOv2.2")
    splits = ("train", "test")
    recognised_by = ("Ranges",)
    metrics = ("CorLoc",)
    licence = "none stated (research); the videos are from YouTube"
    obtain = (
        "download the ten classes, Ranges and GroundTruth from"
        " http://calvin-vision.net/bigstuff/youtube-objectsv2/"
    )
    layout = (
        "<class>/00000001.jpg, Ranges/ranges_<class>.mat and"
        " GroundTruth/<class>/bb_gt{Training,Test}_<class>.mat"
    )
    citation = KALOGEITON_2016
    counts: ClassVar[Counts] = {"train": Count(), "test": Count()}  # 6087 boxed frames in both

    def read(self, split: str) -> Iterator[Footage]:
        """Yield the shots, named <class>-<video>-<number of the shot>."""
        for name in CLASSES:
            if (self.root / name).is_dir():
                yield from self._class(name, split)

    def _class(self, name: str, split: str) -> Iterator[Footage]:
        files = images_in(self.root / name)
        places = {int(stem): i for i, stem in enumerate(files.stems()) if stem.isdigit()}
        home = self.root / "GroundTruth" / name
        paths = {kind: home / f"bb_gt{kind}_{name}.mat" for kind in ("Training", "Test")}
        boxes = {kind: _boxes(path, f"bb_gt{kind}", name) for kind, path in paths.items()}
        ranges = _ranges(self.root / "Ranges" / f"ranges_{name}.mat")
        test_videos = {
            video
            for start, end, video in ranges
            if any(f"{n:08d}" in boxes["Test"] for n in range(start, end + 1))
        }
        used: set[int] = set()
        for number, (start, end, video) in enumerate(ranges):
            # One published frame is in two shots: it stays in the first.
            frames = [n for n in range(start, end + 1) if n not in used]
            used.update(frames)
            if not frames or (video in test_videos) != (split == "test"):
                continue
            missing = [n for n in frames if n not in places]
            if missing:
                raise DataError(
                    f"{self.name}: {len(missing)} frames of a shot are missing in {files.folder},"
                    f" first {missing[0]:08d}.jpg; unpack the archive again."
                )
            shot = FilesIn(files.folder, [files.names[places[n]] for n in frames])
            split_boxes = boxes["Test" if split == "test" else "Training"]
            truth = {
                stem: partial(box_truth, split_boxes[stem])
                for stem in shot.stems()
                if stem in split_boxes
            }
            if truth or split == "train":
                clip = f"{name}-{video:04d}-{number:05d}"
                yield images_clip(clip, shot, truth=truth, annotations=list(paths.values()))


def _ranges(path: Path) -> list[tuple[int, int, int]]:
    """Return (first frame, last frame, video) of each shot."""
    rows: NDArray[np.int64] = read_variable(path, "ranges").astype(np.int64)
    if rows.ndim != 2 or rows.shape[0] != 3:
        raise DataError(f"{path} holds 'ranges' of shape {rows.shape}, expected 3 rows.")
    return [(int(start), int(end), int(video)) for start, end, video in rows.T]


def _boxes(path: Path, variable: str, name: str) -> Annotated:
    """Return the boxes of each frame, whose id is <class><8 digits>."""
    annotated: Annotated = {}
    for row in read_variable(path, variable).reshape(-1):
        identity, boxes = str(np.ravel(row[0])[0]), np.asarray(row[1], np.float64)
        if boxes.ndim != 2 or boxes.shape[1] != 4:
            raise DataError(f"{path}: the boxes of {identity} have shape {boxes.shape}, not N x 4.")
        annotated[identity.removeprefix(name)] = tidy(boxes)
    return annotated
