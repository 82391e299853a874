"""FS-Singles, the figure-skating dataset, where the user has a copy."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path

from selfbench.contracts import Clip, Dataset, Truth
from selfbench.digest import digest_files, digest_text
from selfbench.errors import DataError, UsageError, did_you_mean
from selfbench.images import ImageFrames, list_images, natural_key
from selfbench.lazy_truth import sparse_truth

SPLITS = ("train", "val", "test")


class FSSingles(Dataset):
    """FS-Singles: single figure skaters filmed by a moving camera (Katircioglu et al., TPAMI).

    The paper's facts: 18 training, 2 validation and 3 test sequences of 10613, 684 and 1656 frames
    with 6, 2 and 1 skaters; 50 test frames have a mask; methods see frames of 640 x 360. No layout
    was ever published, so this one is ours: `FS-Singles/{train,val,test}/<sequence>/<frame>.jpg`
    (or .png) and, for some of the frames, `FS-Singles/masks/<sequence>/<frame>.png`.
    """

    name = "fs-singles"
    validation_split = "val"
    licence = "on request from the authors; the videos are from YouTube"
    citation = """@article{Katircioglu_TPAMI_2022,
  author  = {Isinsu Katircioglu and Helge Rhodin and Victor Constantin and J{\\"o}rg Sp{\\"o}rri and
             Mathieu Salzmann and Pascal Fua},
  title   = {Self-supervised Human Detection and Segmentation via Background Inpainting},
  journal = {IEEE Transactions on Pattern Analysis and Machine Intelligence},
  volume  = {44}, number = {12}, pages = {9574--9588}, year = {2022}
}"""

    def clips(self, split: str) -> Sequence[Clip]:
        """Return the sequences of `train`, `val` or `test`, in natural order of their names.

        Raises:
            DataError: if there are none. UsageError: for an unknown split.
        """
        return [Clip(name, ImageFrames(files)) for name, files in self._sequences(split).items()]

    def truth(self, split: str) -> Mapping[str, Mapping[str, Truth]]:
        """Return the annotated frames' masks; a mask that belongs to no frame is a DataError."""
        masks = self._root / "masks"
        return {
            name: sparse_truth(masks / name, ImageFrames(files))
            for name, files in self._sequences(split).items()
            if (masks / name).is_dir()
        }

    def frames_fingerprint(self) -> str:
        """Return a digest of the frames of all splits that are there."""
        files = [
            path for split in self._splits for s in self._sequences(split).values() for path in s
        ]
        return digest_text(self.name, digest_files(files, self._root))

    def truth_fingerprint(self) -> str:
        """Return a digest of all masks."""
        masks = self._root / "masks"
        folders = (
            [folder for folder in masks.iterdir() if folder.is_dir()] if masks.is_dir() else []
        )
        files = [path for folder in folders for path in list_images(folder)]
        return digest_text(self.name, digest_files(files, self._root))

    @property
    def _splits(self) -> list[str]:
        return [split for split in SPLITS if (self._root / split).is_dir()]

    @cached_property
    def _root(self) -> Path:
        root = self.where.root
        for folder in () if root is None else (root / "FS-Singles", root):
            if any((folder / split).is_dir() for split in SPLITS):
                return folder
        raise DataError(
            f"fs-singles: there is no folder FS-Singles under"
            f" {root or 'the data root, which is not set'}; the data is available on request from"
            " the authors of Katircioglu et al. (TPAMI); lay it out as"
            " DATA/FS-Singles/{train,val,test}/<sequence>/<frame>.jpg and"
            " DATA/FS-Singles/masks/<sequence>/<frame>.png and give --data-root DATA or set"
            " SELFBENCH_DATA=DATA; `--dataset fs-singles-sim`, the procedural twin, runs at once."
        )

    def _sequences(self, split: str) -> dict[str, list[Path]]:
        """Return sequence -> frame files of one split."""
        if split not in SPLITS:
            raise UsageError(f"fs-singles has no split '{split}'.{did_you_mean(split, SPLITS)}")
        folder = self._root / split
        inside = sorted(folder.iterdir(), key=natural_key) if folder.is_dir() else []
        files = {entry.name: list_images(entry) for entry in inside if entry.is_dir()}
        found = {name: paths for name, paths in files.items() if paths}
        for other in set(self._splits) - {split}:
            for name in found:  # masks are found by the sequence's name alone
                if (self._root / other / name).is_dir():
                    raise DataError(
                        f"fs-singles: {self._root} has a sequence '{name}' in both {split} and"
                        f" {other}; expected every sequence once."
                    )
        if not found:
            raise DataError(
                f"fs-singles: {folder} holds no frames; expected {split}/<sequence>/<frame>.jpg,"
                f" one folder per sequence, in {self._root}."
            )
        return found
