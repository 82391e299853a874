"""Our layout of datasets that publish none: splits of sequences, some frames with a mask."""

from __future__ import annotations

from collections.abc import Iterator

from selfbench.datasets.files import FileDataset, Footage, folders_in, images_clip
from selfbench.errors import DataError
from selfbench.media.frames import ImageFrames, images_in, list_images
from selfbench.media.truth import sparse_truth


class SparseDataset(FileDataset):
    """`{train,val,test}/<sequence>/<frame>.jpg` and, for some, `masks/<sequence>/<frame>.png`."""

    validation_split = "val"
    splits = ("train", "val", "test")
    recognised_by = splits
    layout = (
        "{train,val,test}/<sequence>/<frame>.jpg|png and, for some of the frames,"
        " masks/<sequence>/<frame>.png (0 and 255)"
    )

    def holds(self, split: str) -> bool:
        """Return whether there is a folder of this split."""
        return (self.root / split).is_dir()

    def read(self, split: str) -> Iterator[Footage]:
        """Yield the sequences in natural order of their names; a mask must belong to a frame."""
        for folder in folders_in(self.root / split):
            for other in set(self.splits) - {split}:  # masks are found by the name alone
                if (self.root / other / folder.name).is_dir():
                    raise DataError(
                        f"{self.name}: {self.root} has a sequence '{folder.name}' in both {split}"
                        f" and {other}; expected every sequence once."
                    )
            files = images_in(folder)
            if not files:
                continue
            masks = self.root / "masks" / folder.name
            if masks.is_dir():
                truth = sparse_truth(masks, ImageFrames(files))
                yield images_clip(
                    folder.name, files, truth=truth.loaders, annotations=list_images(masks)
                )
            else:
                yield images_clip(folder.name, files)
