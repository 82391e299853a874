"""SegTrack v2 in its published layout."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import ClassVar

from selfbench.contracts import Count, Counts
from selfbench.datasets.files import FileDataset, Footage, folders_in, images_clip
from selfbench.errors import DataError
from selfbench.media.frames import ImageFrames, images_in, list_images
from selfbench.media.truth import grey_truth


class SegTrackV2(FileDataset):
    """SegTrack v2: 14 short videos, 24 objects, a mask per object and frame (Li et al. 2013).

    The mask is the union of all objects of a sequence (not their sum, which wraps around in 8
    bits). Masks are anti-aliased: foreground is 128 and brighter. Methods train and test on the
    same videos. Copies differ in their number of frames (947, 976 and 1066 are reported).
    """

    name = "segtrack-v2"
    folder_names = ("SegTrackv2", "SegTrackV2")
    splits = ("all",)
    recognised_by = ("JPEGImages",)
    train_split = "all"
    test_split = "all"
    licence = "none stated (research)"
    obtain = "download SegTrackv2.zip from https://web.engr.oregonstate.edu/~lif/SegTrack2"
    layout = (
        "JPEGImages/<sequence>/<frame>.png|bmp|jpg and GroundTruth/<sequence>/<frame>.png, or"
        " GroundTruth/<sequence>/{1,2,...}/<frame>.png with a folder per object"
    )
    citation = """@inproceedings{Li_ICCV_2013,
  author    = {Fuxin Li and Taeyoung Kim and Ahmad Humayun and David Tsai and James M. Rehg},
  title     = {Video Segmentation by Tracking Many Figure-Ground Segments},
  booktitle = {IEEE International Conference on Computer Vision (ICCV)},
  year      = {2013}
}"""
    counts: ClassVar[Counts] = {"all": Count(14)}

    def read(self, split: str) -> Iterator[Footage]:
        """Yield the sequences; every mask must belong to a frame of the same stem."""
        sequences = folders_in(self.root / "JPEGImages")
        self._check_list({folder.name for folder in sequences})
        for folder in sequences:
            files = images_in(folder)
            if not files:
                raise DataError(f"segtrack-v2: {folder} holds no frames; unpack the archive again.")
            frames = ImageFrames(files)
            masks = self._masks(folder.name, set(frames.names))
            yield images_clip(
                folder.name,
                files,
                truth={stem: partial(grey_truth, paths, frames) for stem, paths in masks.items()},
                annotations=[path for paths in masks.values() for path in paths],
            )

    def _masks(self, sequence: str, stems: set[str]) -> dict[str, list[Path]]:
        """Return frame -> the masks of its objects. Their suffix may differ from the frames'."""
        home = self.root / "GroundTruth" / sequence
        if not home.is_dir():
            raise DataError(
                f"segtrack-v2: {home} does not exist; expected masks of every sequence:"
                " unpack the archive again, or choose others with --set"
                " segtrack-v2.sequences=NAME,NAME."
            )
        masks: dict[str, list[Path]] = {}
        for folder in folders_in(home) or [home]:
            for path in list_images(folder):
                if path.stem not in stems:
                    raise DataError(f"segtrack-v2: {path} belongs to no frame of '{sequence}'.")
                masks.setdefault(path.stem, []).append(path)
        return masks

    def _check_list(self, folders: set[str]) -> None:
        """Compare with ImageSets/all.txt, which has a star before each name."""
        path = self.root / "ImageSets" / "all.txt"
        if path.is_file():
            lines = path.read_text(encoding="utf-8").split()
            missing = sorted({line.lstrip("*") for line in lines} - folders)
            if missing:
                raise DataError(
                    f"segtrack-v2: {path} lists {', '.join(missing)}, of which there is no folder"
                    f" in {self.root / 'JPEGImages'}; unpack the archive again."
                )
