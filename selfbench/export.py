"""What a user takes away from their own video: masks, boxes and RLE as COCO JSON, overlay video."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from selfbench.atomic import replacing, storing, write_text
from selfbench.contracts import Clip, Image
from selfbench.images import read_soft_mask
from selfbench.scoring import largest_component
from selfbench.store import CellStore, FrameBoxes
from selfbench.thresholds import binarise

MASK_COLOUR = np.array([255, 60, 60])
BOX_COLOUR = (255, 40, 40)
TINT = 0.45  # share of the mask's colour over the picture


def export(
    store: CellStore,
    clips: Sequence[Clip],
    output: Path,
    level: float,
    advance: Callable[[int, int], None] = lambda done, total: None,
) -> list[Path]:
    """Write masks/, boxes.json and overlay/ below `output` from a finished run.

    Args:
        store: of the run.
        clips: what was run on.
        output: folder to write to; files of the same names are replaced.
        level: threshold of the soft masks, for the RLE, the boxes and the overlay.
        advance: told (frames done, frames in all).

    Returns:
        What was written.
    """
    own = store.boxes()
    total, done = sum(len(clip.frames) for clip in clips), 0
    coco: dict[str, list[dict[str, Any]]] = {
        "images": [],
        "annotations": [],
        "categories": [{"id": 1, "name": "object"}],
    }
    written = [output / "masks", output / "boxes.json"]
    for clip in clips:
        masks = store.masks / clip.name
        with storing(output, "--output"):
            shutil.copytree(masks, output / "masks" / clip.name, dirs_exist_ok=True)
            (output / "overlay").mkdir(parents=True, exist_ok=True)
        written.append(output / "overlay" / f"{clip.name}.mp4")
        with (
            storing(output, "--output"),
            replacing(written[-1]) as part,
            Video(part, clip) as video,
        ):
            for name, frame in zip(clip.frames.names, clip.frames, strict=True):
                soft = read_soft_mask(masks / f"{name}.png")
                mask = binarise(soft, level)
                found = own.get((clip.name, name)) if own else largest_component(mask, soft)
                _describe(coco, f"{clip.name}/{name}", mask, found)
                video.add(overlay(frame, mask, found))
                done += 1
                advance(done, total)
    with storing(output, "--output"):
        write_text(output / "boxes.json", json.dumps(coco) + "\n")
    return written


def _describe(
    coco: dict[str, list[dict[str, Any]]],
    name: str,
    mask: NDArray[np.bool_],
    found: FrameBoxes | None,
) -> None:
    """Add one frame, its boxes (x, y, width, height) and, with the first box, its mask as RLE."""
    from faster_coco_eval.core import mask as rle

    image = len(coco["images"]) + 1
    height, width = mask.shape
    coco["images"].append({"id": image, "file_name": name, "width": width, "height": height})
    boxes, scores = found if found is not None else (np.zeros((0, 4)), np.zeros(0))
    code = rle.encode(np.asfortranarray(mask.astype(np.uint8)))
    counts = code["counts"].decode() if isinstance(code["counts"], bytes) else code["counts"]
    for index, ((x0, y0, x1, y1), score) in enumerate(zip(boxes.tolist(), scores, strict=True)):
        annotation = {
            "id": len(coco["annotations"]) + 1,
            "image_id": image,
            "category_id": 1,
            "bbox": [x0, y0, x1 - x0, y1 - y0],
            "score": float(score),
            "area": int(mask.sum()),
            "iscrowd": 0,
        }
        if index == 0:
            annotation["segmentation"] = {"size": [height, width], "counts": counts}
        coco["annotations"].append(annotation)


def overlay(frame: Image, mask: NDArray[np.bool_], found: FrameBoxes | None) -> Image:
    """Return the frame with the mask tinted and outlined and the boxes drawn dashed."""
    import cv2

    picture: Image = frame.copy()
    picture[mask] = ((1 - TINT) * picture[mask] + TINT * MASK_COLOUR).astype(np.uint8)
    edges, _ = cv2.findContours(mask.astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    cv2.drawContours(picture, edges, -1, (255, 255, 255), 1)
    for box in found[0] if found is not None else ():
        _dashed(picture, [round(v) for v in box.tolist()])
    return picture


def _dashed(picture: Image, box: list[int], dash: int = 6) -> None:
    x0, y0, x1, y1 = box[0], box[1], box[2] - 1, box[3] - 1
    height, width = picture.shape[:2]
    for x in range(max(x0, 0), min(x1 + 1, width)):
        if (x - x0) // dash % 2 == 0:
            for y in (y0, y1):
                if 0 <= y < height:
                    picture[y, x] = BOX_COLOUR
    for y in range(max(y0, 0), min(y1 + 1, height)):
        if (y - y0) // dash % 2 == 0:
            for x in (x0, x1):
                if 0 <= x < width:
                    picture[y, x] = BOX_COLOUR


class Video:
    """An MP4 that grows frame by frame, readable by every player (H.264, 4:2:0)."""

    def __init__(self, path: Path, clip: Clip) -> None:
        self.path = path
        self.rate = Fraction(clip.fps or 25).limit_denominator(1001)
        self.stream: Any = None  # opened with the first frame, which tells the size

    def __enter__(self) -> Video:
        import av

        self.container: Any = av.open(str(self.path), "w", format="mp4")
        return self

    def add(self, frame: Image) -> None:
        """Append a frame (H, W, 3); a last odd row or column is repeated: H.264 wants even."""
        import av

        height, width = frame.shape[:2]
        frame = np.pad(frame, ((0, height % 2), (0, width % 2), (0, 0)), mode="edge")
        if self.stream is None:
            self.stream = self.container.add_stream("libx264", rate=self.rate)
            self.stream.height, self.stream.width = frame.shape[:2]
            self.stream.pix_fmt = "yuv420p"
        picture = av.VideoFrame.from_ndarray(np.ascontiguousarray(frame), format="rgb24")
        self.container.mux(self.stream.encode(picture))

    def __exit__(self, *_: object) -> None:
        if self.stream is not None:
            self.container.mux(self.stream.encode())
        self.container.close()
