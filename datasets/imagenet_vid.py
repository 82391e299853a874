"""ImageNet-VID (ILSVRC2015) in its published layout."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar

from selfbench.contracts import Count, Counts
from selfbench.datasets.files import FileDataset, Footage, folders_in, images_clip
from selfbench.datasets.voc import voc_truth
from selfbench.media.frames import FilesIn, images_in
from selfbench.media.truth import PerFile


class ImageNetVID(FileDataset):
    """ImageNet-VID: videos of 30 classes with boxes in every frame (Russakovsky et al. 2015).

    Croitoru et al. 2019 learn on its training frames. The official test set has no public boxes, so
    `val` is what is scored. A frame without an object counts in no box metric.
    """

    name = "imagenet-vid"
    folder_names = ("ILSVRC2015",)
    splits = ("train", "val", "test")
    recognised_by = ("Data/VID",)
    test_split = "val"
    metrics = ("CorLoc",)
    licence = "non-commercial research, terms of image-net.org"
    obtain = "download ILSVRC2015_VID.tar.gz with an account of https://image-net.org"
    layout = (
        "Data/VID/train/ILSVRC2015_VID_train_0000/<snippet>/000000.JPEG, Data/VID/val/<snippet>/"
        "000000.JPEG and Annotations/VID/<the same>/000000.xml"
    )
    citation = """@article{Russakovsky_IJCV_2015,
  author  = {Olga Russakovsky and Jia Deng and Hao Su and Jonathan Krause and Sanjeev Satheesh and
             Sean Ma and Zhiheng Huang and Andrej Karpathy and Aditya Khosla and Michael Bernstein
             and Alexander C. Berg and Li Fei-Fei},
  title   = {{ImageNet} Large Scale Visual Recognition Challenge},
  journal = {International Journal of Computer Vision},
  volume  = {115}, number = {3}, pages = {211--252}, year = {2015}
}"""
    counts: ClassVar[Counts] = {
        "train": Count(3862, 1122397),
        "test": Count(),
        "val": Count(555, 176126),
    }

    def holds(self, split: str) -> bool:
        """Return whether there is a folder of this split."""
        return (self.root / "Data" / "VID" / split).is_dir()

    def read(self, split: str) -> Iterator[Footage]:
        """Yield the snippets; those of `train` lie one folder deeper."""
        home = self.root / "Data" / "VID"
        for folder in folders_in(home / split):
            for snippet in folders_in(folder) or [folder]:
                if files := images_in(snippet):
                    boxes = xml_in(self.root / "Annotations" / "VID" / snippet.relative_to(home))
                    truth = PerFile(boxes, voc_truth)
                    yield images_clip(snippet.name, files, truth=truth, annotations=boxes)


def xml_in(folder: Path) -> FilesIn:
    """Return the XML files of a folder; none if there is no such folder."""
    return FilesIn(folder, sorted(p.name for p in folder.glob("*.xml")))
