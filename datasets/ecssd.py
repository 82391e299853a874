"""ECSSD in its published layout."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from selfbench.contracts import Count, Counts
from selfbench.datasets.files import FileDataset, Footage
from selfbench.datasets.single_images import paired


class ECSSD(FileDataset):
    """ECSSD: 1000 images, each with a salient object (Shi et al. 2016)."""

    name = "ecssd"
    folder_names = ("ECSSD",)
    splits = ("test",)
    recognised_by = ("images",)
    train_split = "test"
    metrics = ("F-beta-max", "MAE", "mIoU")
    licence = "none stated (research)"
    obtain = (
        "download images.zip and ground_truth_mask.zip from"
        " https://www.cse.cuhk.edu.hk/leojia/projects/hsaliency/dataset.html"
    )
    layout = "images/0001.jpg and ground_truth_mask/0001.png"
    citation = """@article{Shi_TPAMI_2016,
  author  = {Jianping Shi and Qiong Yan and Li Xu and Jiaya Jia},
  title   = {Hierarchical Image Saliency Detection on Extended {CSSD}},
  journal = {IEEE Transactions on Pattern Analysis and Machine Intelligence},
  volume  = {38}, number = {4}, pages = {717--729}, year = {2016}
}"""
    counts: ClassVar[Counts] = {"test": Count(1000, 1000, 1000)}

    def read(self, split: str) -> Iterator[Footage]:
        """Yield the images, each with its mask."""
        yield from paired(self.root / "images", self.root / "ground_truth_mask", self.name)
