"""YouTube-Objects v2.2 in its published layout: numbered frames, shots as ranges, many boxes."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from selfbench.contracts import Boxes, Count, Counts
from selfbench.datasets.files import FileDataset, Footage, images_clip
from selfbench.datasets.matlab import read_variable
from selfbench.datasets.youtube_objects import CLASSES, tidy
from selfbench.errors import DataError
from selfbench.media.frames import FilesIn, images_in
from selfbench.media.truth import box_truth

KALOGEITON = """@article{Kalogeiton_TPAMI_2016,
  author  = {Vicky Kalogeiton and Vittorio Ferrari and Cordelia Schmid},
  title   = {Analysing Domain Shift Factors between Videos and Images for Object Detection},
  journal = {IEEE Transactions on Pattern Analysis and Machine Intelligence},
  volume  = {38}, number = {11}, pages = {2327--2334}, year = {2016}
}"""

Annotated = dict[str, Boxes]  # frame name -> its boxes


class YouTubeObjectsV22(FileDataset):
    """YouTube-Objects v2.2: 6087 boxed frames of the ten classes (Kalogeiton et al., TPAMI 2016).

    No list says which video is for testing: a video is, if any of its frames is in the boxes of
    the test set. `test` holds the shots of those videos that have a boxed frame, `train` all
    other videos. In training one instance per frame has a box, in testing all of the class.
    """

    name = "youtube-objects-v2.2"
    homes = ("YouTube-Objects-v2.2", "youtube-objectsv2", "YTOv2.2")
    splits = ("train", "test")
    marks = ("Ranges",)
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
    citation = KALOGEITON
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
        tested = {
            video
            for start, end, video in ranges
            if any(f"{n:08d}" in boxes["Test"] for n in range(start, end + 1))
        }
        used: set[int] = set()
        for number, (start, end, video) in enumerate(ranges):
            # One published frame is in two shots: it stays in the first.
            frames = [n for n in range(start, end + 1) if n not in used]
            used.update(frames)
            if not frames or (video in tested) != (split == "test"):
                continue
            lost = [n for n in frames if n not in places]
            if lost:
                raise DataError(
                    f"{self.name}: {len(lost)} frames of a shot are missing in {files.folder},"
                    f" first {lost[0]:08d}.jpg; unpack the archive again."
                )
            shot = FilesIn(files.folder, [files.names[places[n]] for n in frames])
            known = boxes["Test" if split == "test" else "Training"]
            truth = {s: partial(box_truth, known[s]) for s in shot.stems() if s in known}
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
    found: Annotated = {}
    for row in read_variable(path, variable).reshape(-1):
        identity, boxes = str(np.ravel(row[0])[0]), np.asarray(row[1], np.float64)
        if boxes.ndim != 2 or boxes.shape[1] != 4:
            raise DataError(f"{path}: the boxes of {identity} have shape {boxes.shape}, not N x 4.")
        found[identity.removeprefix(name)] = tidy(boxes)
    return found
