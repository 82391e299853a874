"""What a user takes away from their own video: masks, boxes and RLE as COCO JSON, overlay video."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterable, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from selfbench.contracts import Clip, Image, Marks, ScoredBoxes, no_boxes, no_scored_boxes
from selfbench.media.boxes import largest_component
from selfbench.media.drawing import overlay
from selfbench.media.masks import read_soft_mask
from selfbench.media.thresholds import binarise
from selfbench.store.atomic import replacing, storing, write_text
from selfbench.store.cell_folder import CellStore


def export(
    store: CellStore,
    clips: Sequence[Clip],
    output: Path,
    level: float,
    marks: Callable[[Clip], Iterable[Marks]],
    advance: Callable[[int, int], None] = lambda done, total: None,
) -> list[Path]:
    """Write masks/, boxes.json, overlay/ and objects/, if any, below `output` from a finished run.

    Args:
        store: of the run.
        clips: what was run on.
        output: folder to write to; files of the same names are replaced.
        level: threshold of the soft masks, for the RLE, the boxes and the overlay.
        marks: what the method draws over each frame of a clip.
        advance: called with (frames done, frames in all).

    Returns:
        What was written.
    """
    stored_boxes = store.boxes()
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
            if (store.objects / clip.name).is_dir():
                labels = output / "objects"
                shutil.copytree(store.objects / clip.name, labels / clip.name, dirs_exist_ok=True)
                written += [labels] * (labels not in written)
            (output / "overlay").mkdir(parents=True, exist_ok=True)
        written.append(output / "overlay" / f"{clip.name}.mp4")
        with (
            storing(output, "--output"),
            replacing(written[-1]) as part,
            Video(part, clip) as video,
        ):
            drawn = zip(clip.frames.names, clip.frames, marks(clip), strict=True)
            for name, frame, drawing in drawn:
                soft = read_soft_mask(masks / f"{name}.png")
                mask = binarise(soft, level)
                boxes = (
                    stored_boxes.get((clip.name, name))
                    if stored_boxes
                    else largest_component(mask, soft)
                )
                _describe(coco, f"{clip.name}/{name}", mask, boxes)
                video.add(overlay(frame, mask, boxes[0] if boxes else no_boxes(), drawing))
                done += 1
                advance(done, total)
    with storing(output, "--output"):
        write_text(output / "boxes.json", json.dumps(coco) + "\n")
    return written


def _describe(
    coco: dict[str, list[dict[str, Any]]],
    name: str,
    mask: NDArray[np.bool_],
    scored_boxes: ScoredBoxes | None,
) -> None:
    """Add one frame and its boxes (x, y, width, height) with their masks as RLE.

    Methods give one mask per frame: each of several boxes gets the part inside it.
    """
    image = len(coco["images"]) + 1
    height, width = mask.shape
    coco["images"].append({"id": image, "file_name": name, "width": width, "height": height})
    boxes, scores = scored_boxes if scored_boxes is not None else no_scored_boxes()
    for box, score in zip(boxes.tolist(), scores, strict=True):
        x0, y0, x1, y1 = box
        part = mask
        if len(boxes) > 1:
            part = np.zeros_like(mask)
            inside = np.s_[max(round(y0), 0) : round(y1), max(round(x0), 0) : round(x1)]
            part[inside] = mask[inside]
        coco["annotations"].append(
            {
                "id": len(coco["annotations"]) + 1,
                "image_id": image,
                "category_id": 1,
                "bbox": [x0, y0, x1 - x0, y1 - y0],
                "score": float(score),
                "area": int(part.sum()),
                "iscrowd": 0,
                "segmentation": _rle(part),
            }
        )


def _rle(mask: NDArray[np.bool_]) -> dict[str, Any]:
    from faster_coco_eval.core import mask as rle

    code = rle.encode(np.asfortranarray(mask.astype(np.uint8)))
    counts = code["counts"].decode() if isinstance(code["counts"], bytes) else code["counts"]
    return {"size": list(mask.shape), "counts": counts}


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
