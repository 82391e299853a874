"""What datasets that lie in files share: their folder, parameters, clips, truth, fingerprints."""

from __future__ import annotations

import fnmatch
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import ClassVar

from pydantic import Field

from selfbench.contracts import Clip, Count, Dataset, Image, Truth
from selfbench.errors import DataError, UsageError, did_you_mean
from selfbench.media.frames import FilesIn, ImageFrames, natural_key
from selfbench.media.truth import LazyTruth
from selfbench.media.video import VideoFrames
from selfbench.params import Params
from selfbench.store.digest import digest_files, digest_text

Loaders = Mapping[str, Callable[[], Truth]]  # frame name -> what reads its truth


@dataclass(frozen=True)
class Footage:
    """One clip as it lies on disk."""

    name: str  # no slash: predictions lie in a folder of this name
    frames: ImageFrames | VideoFrames
    files: Sequence[Path]  # that hold the frames
    truth: Loaders = field(default_factory=dict)
    annotations: Sequence[Path] = ()  # files that hold the truth
    fps: float | None = None
    background: Callable[[], Image] | None = None  # makes the empty scene


def images_clip(name: str, files: Sequence[Path], **more: object) -> Footage:
    """Return a clip of image files."""
    return Footage(name, ImageFrames(files), files, **more)  # type: ignore[arg-type]


class FileParams(Params):
    """What can be chosen of every dataset in files."""

    sequences: str = Field(
        "", description="comma-separated names of the clips to use, * as wildcard; empty: all"
    )


class FileDataset(Dataset):
    """A dataset in files. A subclass says where they lie and writes `read`."""

    Params = FileParams
    folder_names: ClassVar[tuple[str, ...]]  # that its folder may have below the data root
    recognised_by: ClassVar[tuple[str, ...]]  # patterns of which its folder holds at least one
    splits: ClassVar[tuple[str, ...]]
    stand_in: ClassVar[str] = "fs-singles-sim"  # a procedural twin, to go on without the data

    def read(self, split: str) -> Iterable[Footage]:
        """Yield the clips of one split as they lie below `root`, in a fixed order."""
        raise NotImplementedError

    def clips(self, split: str) -> Sequence[Clip]:
        """Return the clips of `split`.

        Raises:
            DataError: if files are missing. UsageError: for an unknown split or sequence.
        """
        return [
            Clip(f.name, f.frames, f.fps, f.background() if f.background else None)
            for f in self.footage(split)
        ]

    def truth(self, split: str) -> Mapping[str, Mapping[str, Truth]]:
        """Return the truth of the annotated frames of `split`, read when asked for."""
        return {f.name: LazyTruth(f.truth) for f in self.footage(split) if f.truth}

    def footage(self, split: str) -> list[Footage]:
        """Return the chosen clips of `split`, at least one."""
        if split not in self.splits:
            raise UsageError(
                f"{self.name} has no split '{split}'.{did_you_mean(split, self.splits)}"
            )
        if split not in self._read:
            self._read[split] = list(self.read(split)) if self.holds(split) else []
        footage = self._read[split]
        if not footage:
            raise DataError(
                f"{self.name}: {self.root} holds no frames of its split '{split}'; expected"
                f" {self.layout}."
            )
        return self._chosen(footage, split)

    def _chosen(self, clips: list[Footage], split: str) -> list[Footage]:
        patterns = [part.strip() for part in self.params.sequences.split(",") if part.strip()]
        if not patterns:
            return clips
        names = [footage.name for footage in clips]
        chosen = {name for pattern in patterns for name in fnmatch.filter(names, pattern)}
        if not chosen and split == self.test_split:
            raise UsageError(
                f"{self.name}: no clip of {split} is named {self.params.sequences}."
                f"{did_you_mean(patterns[0], names[:50])}"
            )
        return [footage for footage in clips if footage.name in chosen]

    def location(self) -> Path:
        """Return the folder it lies in."""
        return self.root

    def expected(self, split: str) -> Count:
        """Return what a complete `split` holds; nothing is known of a part."""
        return Count() if self.params.sequences else super().expected(split)

    def files(self) -> Iterator[Path]:
        """Yield every file that frames or truth are read from."""
        for footage in self._everything:
            yield from footage.files
            yield from footage.annotations

    def frames_fingerprint(self) -> str:
        """Return a digest of all frames, and of the clips of each split."""
        names = [
            text
            for split in self._present
            for text in (split, *(footage.name for footage in self.footage(split)))
        ]
        return digest_text(self.name, *names, self._digest(f.files for f in self._everything))

    def truth_fingerprint(self) -> str:
        """Return a digest of all files of annotations."""
        return digest_text(self.name, self._digest(f.annotations for f in self._everything))

    def _digest(self, lists: Iterable[Sequence[Path]]) -> str:
        texts = (
            path
            for files in lists
            for path in (files.texts() if isinstance(files, FilesIn) else files)
        )
        return digest_files(texts, self.root, self.where.cache)

    @property
    def _present(self) -> list[str]:
        return [split for split in self.splits if self.holds(split)]

    @property
    def _everything(self) -> Iterator[Footage]:
        return (footage for split in self._present for footage in self.footage(split))

    @cached_property
    def _read(self) -> dict[str, list[Footage]]:
        return {}

    @cached_property
    def root(self) -> Path:
        """The folder of this dataset.

        Raises:
            DataError: if there is none, saying how to get it.
        """
        root = self.where.root
        for folder in () if root is None else (*(root / name for name in self.folder_names), root):
            if folder.is_dir() and any(next(folder.glob(p), None) for p in self.recognised_by):
                return folder
        raise DataError(
            f"{self.name}: there is no folder {self.folder_names[0]} under"
            f" {root or 'the data root, which is not set'}; {self.obtain}; lay it out as"
            f" {self.layout} in DATA/{self.folder_names[0]} and give --data-root DATA or set"
            f" SELFBENCH_DATA=DATA; `--dataset {self.stand_in}`, a procedural stand-in, runs at"
            " once."
        )


def folders_in(folder: Path) -> list[Path]:
    """Return the folders directly in `folder`, in natural order; none if it does not exist."""
    if not folder.is_dir():
        return []
    with os.scandir(folder) as entries:  # asks the disk nothing more for each of many images
        names = [entry.name for entry in entries if entry.name[0] != "." and entry.is_dir()]
    return sorted((folder / name for name in names), key=natural_key)
