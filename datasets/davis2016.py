"""DAVIS 2016 in its published layout."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property, partial
from pathlib import Path
from typing import ClassVar, Literal

from pydantic import Field

from selfbench.contracts import Clip, Count, Counts, Dataset, Truth, Where
from selfbench.errors import DataError, UsageError, did_you_mean
from selfbench.media.frames import ImageFrames
from selfbench.media.truth import LazyTruth, mask_truth
from selfbench.params import Params
from selfbench.store.digest import digest_files, digest_text
from selfbench.vision.flow.ideal import MARK, OPTION, with_ideal_flow

SPLITS = ("train", "val", "trainval")


class Davis2016Params(Params):
    """What can be chosen of DAVIS 2016."""

    resolution: Literal["480p", "1080p"] = Field(
        "480p", description="folder of frames and masks: 480p (854 x 480 pixels) or 1080p"
    )
    sequences: str = Field(
        "",
        description="comma-separated names of the sequences to use, e.g. `dog,libby`; empty: all",
    )
    ideal_flow: bool = Field(False, description=OPTION)


class Davis2016(Dataset):
    """DAVIS 2016: 50 videos, one annotated foreground in every frame (Perazzi et al. 2016).

    30 train and 20 val sequences, 3455 frames at 854 x 480. Like the official scripts, the first
    and last frame of a sequence do not count (`frames`). Katircioglu et al. 2022 train and test on
    val, Yang et al. 2019 train on all; `train_split` follows the official split. Sequences were
    filmed at 24 frames a second.
    """

    name = "davis-2016"
    Params = Davis2016Params
    train_split = "train"
    test_split = "val"
    frames = "skip-ends"
    licence = "CC BY-NC 4.0; eight sequences are YouTube material under its own terms"
    obtain = "download DAVIS 2016 from https://davischallenge.org"
    layout = (
        "JPEGImages/480p/<sequence>/00000.jpg, Annotations/480p/<sequence>/00000.png and"
        " ImageSets/480p/{train,val}.txt"
    )
    counts: ClassVar[Counts] = {
        "train": Count(30, 2079, 2079),
        "val": Count(20, 1376, 1376),
        "trainval": Count(50, 3455, 3455),
    }
    citation = """@inproceedings{Perazzi_CVPR_2016,
  author    = {Federico Perazzi and Jordi Pont-Tuset and Brian McWilliams and Luc Van Gool and
               Markus Gross and Alexander Sorkine-Hornung},
  title     = {A Benchmark Dataset and Evaluation Methodology for Video Object Segmentation},
  booktitle = {The IEEE Conference on Computer Vision and Pattern Recognition (CVPR)},
  year      = {2016}
}"""

    def __init__(self, params: Davis2016Params, where: Where) -> None:
        super().__init__(params, where)
        if params.ideal_flow:
            self.supervision = (MARK,)

    def clips(self, split: str) -> Sequence[Clip]:
        """Return the sequences of `train`, `val` or `trainval` in the order of the list.

        Raises:
            DataError: if files are missing. UsageError: for an unknown split or sequence.
        """
        clips = [
            Clip(name, ImageFrames([frame for frame, _ in pairs]), fps=24.0)
            for name, pairs in self._sequences(split).items()
        ]
        if self.params.ideal_flow:
            return with_ideal_flow(clips, self.truth(split), self.truth_fingerprint())
        return clips

    def truth(self, split: str) -> Mapping[str, Mapping[str, Truth]]:
        """Return the mask of every frame; reading a broken or non-binary one is a DataError."""
        return {name: _truth(pairs) for name, pairs in self._sequences(split).items()}

    def location(self) -> Path:
        """Return the folder that holds the lists."""
        return self._root

    def expected(self, split: str) -> Count:
        """Return what a complete `split` holds; nothing is known of a part."""
        return Count() if self.params.sequences else super().expected(split)

    def files(self) -> Iterable[Path]:
        """Yield every frame and mask."""
        return (path for s in self._lists["trainval"].values() for pair in s for path in pair)

    def frames_fingerprint(self) -> str:
        """Return a digest of the chosen sequences' frames, and of which split they are in."""
        frames = self._fingerprint(0)
        return digest_text(frames, self._fingerprint(1)) if self.params.ideal_flow else frames

    def truth_fingerprint(self) -> str:
        """Return a digest of the chosen sequences' masks."""
        return self._fingerprint(1)

    def _fingerprint(self, place: int) -> str:
        """Return a digest of the frame files (place 0 of each pair) or the mask files (1)."""
        splits = {split: self._sequences(split) for split in SPLITS}
        files = [pair[place] for s in splits.values() for pairs in s.values() for pair in pairs]
        lists = [text for split, names in splits.items() for text in (split, ",".join(names))]
        return digest_text(self.name, *lists, digest_files(files, self._root, self.where.cache))

    @cached_property
    def _root(self) -> Path:
        root = self.where.root
        for folder in () if root is None else (root / "DAVIS", root):
            if (folder / "ImageSets" / self.params.resolution).is_dir():
                return folder
        size = self.params.resolution
        raise DataError(
            f"davis-2016: there is no folder DAVIS/ImageSets/{size} under"
            f" {root or 'the data root, which is not set'}; download DAVIS 2016 ({size}) from"
            " https://davischallenge.org (licence CC BY-NC), unpack it so that"
            f" DATA/DAVIS/JPEGImages/{size}/<sequence>/00000.jpg,"
            f" DATA/DAVIS/Annotations/{size}/<sequence>/00000.png and"
            f" DATA/DAVIS/ImageSets/{size}/val.txt exist, and give --data-root DATA or set"
            " SELFBENCH_DATA=DATA; `--dataset fs-singles-sim`, a procedural stand-in, runs at once."
        )

    def _sequences(self, split: str) -> dict[str, list[tuple[Path, Path]]]:
        """Return sequence -> (frame file, mask file) of the chosen ones; all files exist."""
        if split not in SPLITS:
            raise UsageError(f"davis-2016 has no split '{split}'.{did_you_mean(split, SPLITS)}")
        chosen = {name.strip() for name in self.params.sequences.split(",")} - {""}
        known = self._lists["trainval"]
        for name in sorted(chosen - known.keys()):
            raise UsageError(
                f"davis-2016: there is no sequence '{name}' in"
                f" {self._root}.{did_you_mean(name, known)}"
            )
        sequences = {
            name: pairs
            for name, pairs in self._lists[split].items()
            if not chosen or name in chosen
        }
        missing = _missing(path for pairs in sequences.values() for pair in pairs for path in pair)
        if missing:
            first = ", ".join(str(path.relative_to(self._root)) for path in missing[:3])
            raise DataError(
                f"davis-2016: {len(missing)} files that {split}.txt lists are missing in"
                f" {self._root}: {first}{', ...' if len(missing) > 3 else ''};"
                " unpack the archive again, or choose others with"
                " --set davis-2016.sequences=NAME,NAME."
            )
        return sequences

    @cached_property
    def _lists(self) -> dict[str, dict[str, list[tuple[Path, Path]]]]:
        """Split -> sequence -> (frame file, mask file), as listed."""
        lists = {split: self._read_list(split) for split in ("train", "val")}
        return {**lists, "trainval": {**lists["train"], **lists["val"]}}

    def _read_list(self, split: str) -> dict[str, list[tuple[Path, Path]]]:
        path = self._root / "ImageSets" / self.params.resolution / f"{split}.txt"
        try:
            lines = path.read_text(encoding="utf-8").splitlines()
        except OSError as error:
            raise DataError(
                f"davis-2016: {path} cannot be read ({error.strerror}); unpack the archive again."
            ) from error
        sequences: dict[str, list[tuple[Path, Path]]] = {}
        for number, line in enumerate(lines, 1):
            if not line.strip():
                continue
            names = line.split()  # two files per frame: a leading slash each, a blank at the end
            if len(names) != 2:
                raise DataError(
                    f"davis-2016: line {number} of {path} is '{line}'; expected a frame and its"
                    " mask as in the list of 2016, which names files, not sequences."
                )
            frame, mask = (self._root / name.lstrip("/") for name in names)
            sequences.setdefault(frame.parent.name, []).append((frame, mask))
        return sequences


def _truth(pairs: Sequence[tuple[Path, Path]]) -> LazyTruth:
    frames = ImageFrames([frame for frame, _ in pairs])
    return LazyTruth({frame.stem: partial(mask_truth, mask, frames) for frame, mask in pairs})


def _missing(paths: Iterable[Path]) -> list[Path]:
    """Return those of `paths` that do not exist, listing every folder once: fast on a network."""
    listed: dict[Path, set[str]] = {}
    missing = []
    for path in paths:
        folder = path.parent
        if folder not in listed:
            listed[folder] = set(os.listdir(folder)) if folder.is_dir() else set()  # noqa: PTH208
        if path.name not in listed[folder]:
            missing.append(path)
    return missing
