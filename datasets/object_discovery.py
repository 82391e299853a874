"""Object Discovery in Internet Images, MSRC and iCoseg, as one archive publishes them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar, Literal

from pydantic import Field

from selfbench.contracts import Count, Counts
from selfbench.datasets.files import FileDataset, FileParams, Footage, folders_in
from selfbench.datasets.single_images import image_clips
from selfbench.media.frames import images_in

SUBSETS = ("Airplane100", "Car100", "Horse100")


class ObjectDiscoveryParams(FileParams):
    """Which part of the archive."""

    subset: Literal["100", "all"] = Field(
        "100",
        description="which images. 100: the three subsets of 100 images that papers compare on, if"
        " they are there; all: every class, annotated or not, MSRC and iCoseg too",
    )


class ObjectDiscovery(FileDataset):
    """Object Discovery: internet images of airplanes, cars and horses (Rubinstein et al. 2013).

    A subset of 100 images holds 18, 11 or 7 images without the object, whose mask is black: they
    count for P and J, and not for CorLoc. The true box is the tight one around the mask (Croitoru
    et al. 2019). Methods train and test on the same images; a clip's name starts with its class.
    """

    name = "object-discovery"
    Params: ClassVar[type[ObjectDiscoveryParams]] = ObjectDiscoveryParams
    folder_names = ("ObjectDiscovery-data", "ObjectDiscovery")
    splits = ("all",)
    recognised_by = ("Data", "MSRC", "iCoseg", "*/GroundTruth")
    train_split = "all"
    test_split = "all"
    metrics = ("J", "P", "CorLoc")
    licence = "none stated (research)"
    obtain = (
        "download ObjectDiscovery-data.zip from"
        " https://people.csail.mit.edu/mrub/ObjectDiscovery/ObjectDiscovery-data.zip"
    )
    layout = "Data/{Airplane100,Car100,Horse100}/0001.jpg and Data/<class>/GroundTruth/0001.png"
    citation = """@inproceedings{Rubinstein_CVPR_2013,
  author    = {Michael Rubinstein and Armand Joulin and Johannes Kopf and Ce Liu},
  title     = {Unsupervised Joint Object Discovery and Segmentation in Internet Images},
  booktitle = {IEEE Conference on Computer Vision and Pattern Recognition (CVPR)},
  year      = {2013}
}"""
    counts: ClassVar[Counts] = {"all": Count(300, 300, 300)}

    def read(self, split: str) -> Iterator[Footage]:
        """Yield the images class by class, each with its mask where it has one."""
        for folder in self._classes():
            truth = images_in(folder / "GroundTruth")
            # Foreground is any value above 0, often 255, hence level 1.
            masks = dict(zip(truth.stems(), truth, strict=True))
            yield from image_clips(images_in(folder), masks, f"{folder.name}-", level=1)

    def expected(self, split: str) -> Count:
        """Return the counts of the three subsets; nothing is known of the rest."""
        return super().expected(split) if self.params.subset == "100" else Count()

    def _classes(self) -> list[Path]:
        homes = [self.root / "Data", self.root / "MSRC", self.root / "iCoseg", self.root]
        folders = [folder for home in homes for folder in folders_in(home)]
        classes = [folder for folder in folders if images_in(folder)]
        subsets = [folder for folder in classes if folder.name in SUBSETS]
        return subsets if subsets and self.params.subset == "100" else classes
