"""PASCAL-S as it is published, and as it is often repacked."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from selfbench.contracts import Count, Counts
from selfbench.datasets.files import FileDataset, Footage
from selfbench.datasets.single_images import paired

FOLDERS = (  # of images and masks: in salObj.zip, then repacked
    ("datasets/imgs/pascal", "datasets/masks/pascal"),
    ("image", "mask"),
    ("Imgs", "Imgs"),
)


class PascalS(FileDataset):
    """PASCAL-S: 850 images, each with a mask of what people look at (Li et al. 2014).

    Croitoru et al. 2019 test on it without training (F-beta, MAE, mean IoU). Masks hold the share
    of twelve people who marked a pixel; foreground is one half or more, as in the official code.
    """

    name = "pascal-s"
    folder_names = ("PASCAL-S", "salObj")
    splits = ("test",)
    recognised_by = tuple(images for images, _ in FOLDERS)
    train_split = "test"
    metrics = ("F-beta-max", "MAE", "mIoU")
    licence = "none stated (research)"
    obtain = "download salObj.zip from https://cbs.ic.gatech.edu/salobj/"
    layout = "datasets/imgs/pascal/1.jpg and datasets/masks/pascal/1.png"
    citation = """@inproceedings{Li_CVPR_2014,
  author    = {Yin Li and Xiaodi Hou and Christof Koch and James M. Rehg and Alan L. Yuille},
  title     = {The Secrets of Salient Object Segmentation},
  booktitle = {IEEE Conference on Computer Vision and Pattern Recognition (CVPR)},
  year      = {2014}
}"""
    counts: ClassVar[Counts] = {"test": Count(850, 850, 850)}

    def read(self, split: str) -> Iterator[Footage]:
        """Yield the images, 2 before 10, each with its mask."""
        images, masks = next(
            (self.root / i, self.root / m) for i, m in FOLDERS if (self.root / i).is_dir()
        )
        yield from paired(images, masks, self.name)
