"""What the procedural twins share: parameters, rendering into the cache, clips, truth, digests."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, ClassVar

import cv2
import numpy as np
from pydantic import Field

from selfbench import params as harness
from selfbench.contracts import Clip, Dataset, Image, Truth
from selfbench.datasets.twins.noise import Array
from selfbench.datasets.twins.render import empty, render
from selfbench.datasets.twins.take import Script, Take, Venue, instants
from selfbench.errors import UsageError, did_you_mean
from selfbench.plugins.source import source_digest
from selfbench.plugins.workers import spread
from selfbench.store.atomic import replacing, storing
from selfbench.store.digest import digest_text
from selfbench.store.processors import processors

SPLITS = ("train", "val", "test")
Painter = Callable[[int, int, float, float], Venue]
SMALL = 3_000_000  # pixels that are rendered sooner than worker processes start


class Params(harness.Params):
    """Size and amount of what is rendered."""

    width: int = Field(128, ge=32, le=2048, description="frame width in pixels")
    height: int = Field(128, ge=32, le=2048, description="frame height in pixels")
    frames: int = Field(240, ge=1, le=100_000, description="frames of a clip")
    train_clips: int = Field(8, ge=0, le=10_000, description="clips to learn from")
    val_clips: int = Field(2, ge=0, le=10_000, description="clips for the threshold rule `val`")
    test_clips: int = Field(4, ge=0, le=10_000, description="clips that are scored")
    seed: int = Field(0, ge=0, le=2**31 - 1, description="of people, motions, cameras and noise")


class MappedFrames:
    """The frames of one rendered clip, read from its file when asked for."""

    def __init__(self, path: Path, names: Sequence[str]) -> None:
        self.path, self.names = path, names
        self._array: Array | None = None

    def _open(self) -> Array:
        if self._array is None:
            self._array = np.load(self.path, mmap_mode="r")
        return self._array

    def __len__(self) -> int:
        return len(self.names)

    def __getitem__(self, index: int) -> Image:
        return np.array(self._open()[index])

    def __iter__(self) -> Iterator[Image]:
        return (self[i] for i in range(len(self)))

    def __getstate__(self) -> dict[str, Any]:
        return {"path": self.path, "names": self.names, "_array": None}


class PackedTruth(Mapping[str, Truth]):
    """The masks of one rendered clip by frame name, unpacked when asked for."""

    def __init__(self, path: Path, names: Sequence[str], shape: tuple[int, int]) -> None:
        self._path, self._shape = path, shape
        self._index = {name: i for i, name in enumerate(names)}
        self._bits: Array | None = None

    def __getitem__(self, name: str) -> Truth:
        i = self._index[name]
        if self._bits is None:
            self._bits = np.load(self._path)
        mask = np.unpackbits(self._bits[i], axis=1, count=self._shape[1]).astype(bool)
        return Truth(mask=mask)

    def __iter__(self) -> Iterator[str]:
        return iter(self._index)

    def __len__(self) -> int:
        return len(self._index)


class Twin(Dataset):
    """A dataset that paints its venue and films people in it; subclasses say where and who."""

    Params: ClassVar[type[harness.Params]] = Params
    validation_split = "val"
    metrics = ("J", "F", "mAP0.5")
    licence = "MIT (generated)"
    citation = (
        "@software{selfbench, title = {selfbench: procedural twins}, "
        "note = {generated scenes, no recording of any person}}"
    )
    version: ClassVar[int]
    fps: ClassVar[float] = 25.0
    variants: ClassVar[int] = 2  # versions of the venue; clips take turns
    knows_background: ClassVar[bool] = False

    @classmethod
    def venue(cls, seed: int, variant: int, ppu: float, wide: float) -> Venue:
        """Paint version `variant` of the place, `ppu` pixels per unit, for frames `wide` units."""
        raise NotImplementedError

    @classmethod
    def script(
        cls, venue: Venue, times: Array, person: int, labels: tuple[str | int, ...], wide: float
    ) -> Script:
        """Write what happens at `times` (M,) seconds; `person` is a number no other clip has."""
        raise NotImplementedError

    def clips(self, split: str) -> Sequence[Clip]:
        """Return the clips of `split`, rendering into the cache what is not there yet."""
        names = self._names(split)
        self._render(split, [i for i, name in enumerate(names) if not self._there(name)])
        frames = self._frame_names()
        return [
            Clip(
                name,
                MappedFrames(self._file(name, "frames"), frames),
                self.fps,
                np.load(self._file(name, "background")) if self.knows_background else None,
            )
            for name in names
        ]

    def truth(self, split: str) -> Mapping[str, Mapping[str, Truth]]:
        """Return the exact silhouettes of every frame of `split`."""
        names = self._names(split)
        self._render(split, [i for i, name in enumerate(names) if not self._there(name)])
        shape = (self.params.height, self.params.width)
        frames = self._frame_names()
        return {name: PackedTruth(self._file(name, "truth"), frames, shape) for name in names}

    def frames_fingerprint(self) -> str:
        """Return a digest of name, version, parameters and what the painters compute."""
        return self._digest("frames")

    def truth_fingerprint(self) -> str:
        """Return a digest of name, version, parameters and what the painters compute."""
        return self._digest("truth")

    def _digest(self, what: str) -> str:
        source = _source(type(self).__module__)
        parts = (what, self.name, self.version, self.params.model_dump(), source)
        return digest_text(json.dumps(parts, sort_keys=True))

    @property
    def _folder(self) -> Path:
        return self.where.cache / "twins" / f"{self.name}-{self._digest('cache')[:16]}"

    def _file(self, clip: str, what: str) -> Path:
        return self._folder / f"{clip}.{what}.npy"

    def _there(self, clip: str) -> bool:
        kinds = ("frames", "truth", "background")[: 3 if self.knows_background else 2]
        return all(self._file(clip, kind).is_file() for kind in kinds)

    def _names(self, split: str) -> list[str]:
        if split not in SPLITS:
            raise UsageError(f"{self.name} has no split '{split}'.{did_you_mean(split, SPLITS)}")
        return [f"{split}-{i:02d}" for i in range(getattr(self.params, f"{split}_clips"))]

    def _frame_names(self) -> list[str]:
        return [f"{i:05d}" for i in range(self.params.frames)]

    def _render(self, split: str, missing: Sequence[int]) -> None:
        if not missing:
            return
        names = self._names(split)
        jobs = [(type(self), self.params, split, i, self._folder, names[i]) for i in missing]
        pixels = len(missing) * self.params.frames * self.params.width * self.params.height
        workers = processors() if pixels > SMALL else 1
        with storing(self._folder, "SELFBENCH_CACHE"):
            self._folder.mkdir(parents=True, exist_ok=True)
            for _ in spread(_render_clip, jobs, workers):
                pass

    @classmethod
    def take(cls, params: Any, split: str, index: int) -> Take:
        """Return clip `index` of `split` ready to be rendered frame by frame."""
        # Odd indices see the second variant of the venue, in every split.
        person = {"train": 0, "val": 1, "test": 2}[split] + len(SPLITS) * index
        unit = min(params.width, params.height)
        wide = params.width / unit
        venue = _venue(cls.venue, params.seed, index % cls.variants, unit, wide)
        times = instants(params.frames, cls.fps)
        labels = (cls.name, cls.version, params.seed, split, index)
        script = cls.script(venue, times, person, labels, wide)
        return Take(venue, script, (params.height, params.width), params.frames, cls.fps, labels)


@lru_cache(maxsize=4)
def _venue(paint: Painter, seed: int, variant: int, unit: int, wide: float) -> Venue:
    return paint(seed, variant, float(unit), wide)


@cache
def _source(module: str) -> str:
    """Return a digest of what a twin paints, so that editing it never reuses old frames."""
    return source_digest(module)


def _render_clip(job: tuple[type[Twin], Any, str, int, Path, str]) -> None:
    """Render one clip and put its files into the cache."""
    twin, params, split, index, folder, name = job
    threads = cv2.getNumThreads()
    cv2.setNumThreads(1)
    try:
        take = twin.take(params, split, index)
        bits = np.empty((params.frames, params.height, -(-params.width // 8)), np.uint8)
        shape = (params.frames, params.height, params.width, 3)
        header = {"descr": "|u1", "fortran_order": False, "shape": shape}
        # Written piece by piece, not through a memory map: a full disk must raise, not kill.
        with replacing(folder / f"{name}.frames.npy") as part, part.open("wb") as file:
            np.lib.format.write_array_header_1_0(file, header)
            for i in range(params.frames):
                picture, mask = render(take, i)
                bits[i] = np.packbits(mask, axis=1)
                file.write(picture.tobytes())
        with replacing(folder / f"{name}.truth.npy") as part, part.open("wb") as file:
            np.save(file, bits)
        if twin.knows_background:
            picture = np.clip(empty(take, 0) * take.vignette + 0.5, 0, 255).astype(np.uint8)
            with replacing(folder / f"{name}.background.npy") as part, part.open("wb") as file:
                np.save(file, picture)
    finally:
        cv2.setNumThreads(threads)
