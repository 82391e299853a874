"""YouTube-Objects v2.3 in its published layout, that of PASCAL VOC."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import ClassVar

from selfbench.contracts import Count, Counts
from selfbench.datasets.citations import KALOGEITON_2016
from selfbench.datasets.files import FileDataset, Footage, images_clip
from selfbench.datasets.voc import voc_truth
from selfbench.errors import DataError
from selfbench.media.frames import FilesIn, images_in


class YouTubeObjectsV23(FileDataset):
    """YouTube-Objects v2.3: the boxed frames of v2.2 as single images (Kalogeiton et al. 2016).

    The devkit says nothing of shots, so each image is a clip of one frame; for methods that need
    video take `youtube-objects-v2.2`. `test` is the list testYTO.txt, `train` the other annotated
    images.
    """

    name = "youtube-objects-v2.3"
    folder_names = ("YTOdevkit/YTO", "YTO-v2.3", "YTO")
    splits = ("train", "test")
    recognised_by = ("ImageSets",)
    metrics = ("CorLoc",)
    licence = "none stated (research); the videos are from YouTube"
    obtain = "download YTOdevkit from http://calvin-vision.net/bigstuff/youtube-objectsv2/YTOv2.3/"
    layout = (
        "JPEGImages/<class>_00000001.jpg, Annotations/<class>_00000001.xml and"
        " ImageSets/Layout/testYTO.txt"
    )
    citation = KALOGEITON_2016
    counts: ClassVar[Counts] = {"train": Count(), "test": Count()}  # 6087 boxed frames in both

    def read(self, split: str) -> Iterator[Footage]:
        """Yield an image per clip."""
        path = self.root / "ImageSets" / "Layout" / "testYTO.txt"
        if not path.is_file():
            raise DataError(f"{self.name}: {path} is missing; unpack the archive again.")
        lines = path.read_text(encoding="utf-8").splitlines()
        test_images = {line.split()[0] for line in lines if line.strip()}
        files = images_in(self.root / "JPEGImages")
        missing = sorted(test_images - set(files.stems()))
        if missing:
            raise DataError(
                f"{self.name}: {len(missing)} images that {path.name} lists are missing in"
                f" {files.folder}, first {missing[0]}; unpack the archive again."
            )
        for stem, name in zip(files.stems(), files.names, strict=True):
            boxes = self.root / "Annotations" / f"{stem}.xml"
            if (stem in test_images) == (split == "test") and boxes.is_file():
                yield images_clip(
                    stem,
                    FilesIn(files.folder, [name]),
                    truth={stem: partial(voc_truth, boxes)},
                    annotations=[boxes],
                )
