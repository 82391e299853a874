"""Datasets of single images, which may all differ in size: every image is a clip of one frame."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path

from selfbench.datasets.files import Footage, Loaders, images_clip
from selfbench.errors import DataError
from selfbench.media.frames import FilesIn, ImageFrames, images_in
from selfbench.media.truth import grey_truth

SHOWN = 3  # names in an error


def image_clips(
    images: FilesIn, masks: Mapping[str, Path], prefix: str = "", level: int = 128
) -> Iterator[Footage]:
    """Yield a clip per image, named `prefix` and its stem, with the mask of the same stem if any.

    Args:
        images: in the order of the clips.
        masks: stem -> grey mask; what is `level` or brighter is foreground.
        prefix: starts the clips' names, so that those of several folders differ.
        level: see `masks`.

    Raises:
        DataError: if a mask belongs to no image, or two images have one stem.
    """
    stems = images.stems()
    repeated = sorted(stem for stem, times in Counter(stems).items() if times > 1)
    if repeated:
        raise DataError(
            f"{images.folder} holds several images named {', '.join(repeated[:SHOWN])}; expected"
            " one per name: move masks to a folder of their own."
        )
    unmatched = sorted(set(masks) - set(stems))
    if unmatched:
        raise DataError(
            f"{len(unmatched)} masks in {masks[unmatched[0]].parent} belong to no image of"
            f" {images.folder}: {', '.join(unmatched[:SHOWN])}{', ...' * (len(unmatched) > SHOWN)};"
            " unpack the archive again."
        )
    for stem, name in zip(stems, images.names, strict=True):
        files = FilesIn(images.folder, [name])
        truth: Loaders = {}
        if stem in masks:
            truth = {stem: partial(grey_truth, [masks[stem]], ImageFrames(files), level)}
        annotations = [masks[stem]] if stem in masks else []
        yield images_clip(prefix + stem, files, truth=truth, annotations=annotations)


def paired(images: Path, masks: Path, name: str) -> Iterator[Footage]:
    """Yield the images of one folder with their masks, PNG, in another or in the same.

    Raises:
        DataError: if an image has no mask.
    """
    frames, truth = images_in(images), images_in(masks)
    if images == masks:  # jpg and png together
        frames = FilesIn(images, [n for n in frames.names if not n.lower().endswith(".png")])
        truth = FilesIn(masks, [n for n in truth.names if n.lower().endswith(".png")])
    without_mask = sorted(set(frames.stems()) - set(truth.stems()))
    if without_mask:
        raise DataError(
            f"{name}: {len(without_mask)} images of {images} have no mask in {masks}, first"
            f" {without_mask[0]}.png; unpack the archive again."
        )
    yield from image_clips(frames, dict(zip(truth.stems(), truth, strict=True)))
