"""DAVIS 2017 in its published layout, with the annotations of the unsupervised track of 2019."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import ClassVar, Literal

import numpy as np
from pydantic import Field

from selfbench.contracts import Count, Counts, Truth
from selfbench.datasets.files import FileDataset, FileParams, Footage, images_clip
from selfbench.errors import DataError
from selfbench.media.frames import ImageFrames, images_in
from selfbench.media.masks import check_size, read_labels

VOID = 255
ANNOTATIONS = {"unsupervised": "Annotations_unsupervised", "semi-supervised": "Annotations"}
LISTS = {  # split -> the years that have a list of it, the first that is there counts
    "train": ("2017",),
    "val": ("2017",),
    "test-dev": ("2019", "2017"),
    "test-challenge": ("2019", "2017"),
}


class Davis2017Params(FileParams):
    """What can be chosen of DAVIS 2017."""

    resolution: Literal["480p", "Full-Resolution"] = Field(
        "480p", description="folder of frames and masks: 480p (480 pixels high) or Full-Resolution"
    )
    annotations: Literal["unsupervised", "semi-supervised"] = Field(
        "unsupervised",
        description="whose objects are the truth. unsupervised: every object that stands out, as"
        " annotated in 2019 (255 is void); semi-supervised: the objects chosen in 2017",
    )


class Davis2017(FileDataset):
    """DAVIS 2017: 90 public videos with one or several annotated objects (Pont-Tuset et al. 2017).

    60 train and 30 val sequences; of the test sets no or only the first mask is public. The mask is
    the union of all objects, void pixels count neither way, and `Truth.objects` holds the number
    of each pixel's object for the metrics of several objects. Filmed at 24 frames a second.
    """

    name = "davis-2017"
    Params: ClassVar[type[Davis2017Params]] = Davis2017Params
    folder_names = ("DAVIS", "DAVIS-2017", "DAVIS2017")
    recognised_by = ("ImageSets/2017", "ImageSets/2019")
    splits = tuple(LISTS)
    test_split = "val"
    metrics = ("J", "F", "J-objects", "F-objects", "J&F")
    licence = "CC BY-NC 4.0"
    obtain = "download DAVIS 2017 (Unsupervised, TrainVal, 480p) from https://davischallenge.org"
    layout = (
        "JPEGImages/480p/<sequence>/00000.jpg,"
        " Annotations_unsupervised/480p/<sequence>/00000.png and ImageSets/2017/val.txt"
    )
    citation = """@article{Pont-Tuset_arXiv_2017,
  author  = {Jordi Pont-Tuset and Federico Perazzi and Sergi Caelles and Pablo Arbel{\\'a}ez and
             Alexander Sorkine-Hornung and Luc {Van Gool}},
  title   = {The 2017 DAVIS Challenge on Video Object Segmentation},
  journal = {arXiv:1704.00675}, year = {2017}
}
@article{Caelles_arXiv_2019,
  author  = {Sergi Caelles and Jordi Pont-Tuset and Federico Perazzi and Alberto Montes and
             Kevis-Kokitsi Maninis and Luc {Van Gool}},
  title   = {The 2019 DAVIS Challenge on VOS: Unsupervised Multi-Object Segmentation},
  journal = {arXiv:1905.00737}, year = {2019}
}"""
    counts: ClassVar[Counts] = {
        "train": Count(60),
        "val": Count(30, 1999, 1999),
        "test-dev": Count(30),
        "test-challenge": Count(30),
    }

    def holds(self, split: str) -> bool:
        """Return whether there is a list of this split."""
        return self._list(split) is not None

    def read(self, split: str) -> Iterator[Footage]:
        """Yield the listed sequences; a mask must belong to a frame."""
        path = self._list(split)
        assert path is not None, "holds was asked first"
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            if not (name := line.strip()):
                continue
            if "/" in name:
                raise DataError(
                    f"davis-2017: line {number} of {path} is '{line}'; expected the name of a"
                    " sequence: lists of frames belong to `--dataset davis-2016`."
                )
            yield self._sequence(name, path)

    def _sequence(self, name: str, listed: Path) -> Footage:
        files = images_in(self.root / "JPEGImages" / self.params.resolution / name)
        if not files:
            raise DataError(
                f"davis-2017: {listed} lists '{name}', but {files.folder} holds no frames; unpack"
                " the archive again, or choose others with --set davis-2017.sequences=NAME,NAME."
            )
        frames = ImageFrames(files)
        folder = ANNOTATIONS[self.params.annotations]
        masks = images_in(self.root / folder / self.params.resolution / name)
        for stem in sorted(set(masks.stems()) - set(frames.names)):
            raise DataError(f"davis-2017: {masks.folder / stem}.png belongs to no frame.")
        truth = {p.stem: partial(object_truth, p, frames) for p in masks}
        return images_clip(name, files, truth=truth, annotations=masks, fps=24.0)

    def _list(self, split: str) -> Path | None:
        paths = (self.root / "ImageSets" / year / f"{split}.txt" for year in LISTS[split])
        return next((path for path in paths if path.is_file()), None)


def object_truth(path: Path, frames: ImageFrames) -> Truth:
    """Read a palette PNG: the number of each pixel's object, 0 for none, 255 for void."""
    objects = read_labels(path)
    check_size(path, objects.shape, frames.size)
    void = objects == VOID
    objects = np.where(void, 0, objects).astype(np.uint8)
    return Truth(objects > 0, void if void.any() else None, objects=objects)
