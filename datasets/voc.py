"""Boxes in PASCAL VOC's XML, which ImageNet-VID and YouTube-Objects v2.3 share."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

import numpy as np

from selfbench.contracts import Boxes, Truth
from selfbench.errors import DataError

CORNERS = ("xmin", "ymin", "xmax", "ymax")


def voc_boxes(path: Path) -> Boxes:
    """Return the boxes (N, 4) xyxy of all objects in one file, N = 0 where there are none.

    Raises:
        DataError: if it is no such file, or an object has no complete box.
    """
    try:
        root = ElementTree.fromstring(path.read_bytes())
        return np.array(
            [
                [float(_text(element, f"bndbox/{corner}")) for corner in CORNERS]
                for element in root.iter("object")
            ]
        ).reshape(-1, 4)
    except (OSError, ElementTree.ParseError, ValueError) as error:
        raise DataError(
            f"{path} is not an annotation that can be read: {error}; expected VOC XML with"
            " object/bndbox/xmin, ymin, xmax, ymax."
        ) from error


def voc_truth(path: Path) -> Truth:
    """Return the truth of one frame, boxes without a mask."""
    return Truth(boxes=voc_boxes(path))


def _text(element: ElementTree.Element, name: str) -> str:
    text = element.findtext(name)
    if text is None:
        raise ValueError(f"an object has no {name}")
    return text
