"""One video as a dataset: the moving robot of Katircioglu et al. 2022, or one filmed like it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from selfbench.contracts import Count, Counts
from selfbench.datasets.citations import KATIRCIOGLU_2022
from selfbench.datasets.files import FileDataset, Footage, images_clip
from selfbench.errors import DataError
from selfbench.media.frames import images_in, list_images
from selfbench.media.truth import sparse_truth
from selfbench.media.video import VIDEO_SUFFIXES, VideoFrames


class MovingRobot(FileDataset):
    """Moving robot: one handheld video, a robot among static objects (Katircioglu et al. 2022).

    Section 4.3 there. Something no detector was trained on, to learn from and to be tested on:
    train and test are the same video. The paper's own was never published and has no numbers, so
    the layout is ours.
    """

    name = "moving-robot"
    folder_names = ("Moving-Robot",)
    splits = ("all",)
    recognised_by = ("frames", *(f"*{suffix}" for suffix in sorted(VIDEO_SUFFIXES)))
    train_split = "all"
    test_split = "all"
    licence = "the user's own"
    obtain = "the paper's video was not published: film one, with a camera that moves"
    layout = (
        "one video file, or frames/<frame>.jpg|png, and, for some of the frames,"
        " masks/<frame>.png (0 and 255)"
    )
    citation = KATIRCIOGLU_2022
    counts: ClassVar[Counts] = {"all": Count(clips=1)}

    def read(self, split: str) -> Iterator[Footage]:
        """Yield the one video."""
        videos = [p for p in sorted(self.root.iterdir()) if p.suffix.lower() in VIDEO_SUFFIXES]
        files = images_in(self.root / "frames")
        if len(videos) + bool(files) > 1:
            raise DataError(
                f"moving-robot: {self.root} holds {len(videos)} videos and {len(files)} frames;"
                " expected one of them; `--dataset folder` takes several videos."
            )
        masks = self.root / "masks"
        if videos:
            clip = Footage("robot", VideoFrames(videos[0]), videos, fps=VideoFrames(videos[0]).fps)
        elif files:
            clip = images_clip("robot", files)
        else:
            return
        truth = sparse_truth(masks, clip.frames) if masks.is_dir() else None
        yield Footage(
            clip.name,
            clip.frames,
            clip.files,
            truth.loaders if truth else {},
            list_images(masks) if truth else (),
            clip.fps,
        )
