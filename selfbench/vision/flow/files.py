"""Flow that a user already has: Middlebury .flo files or KITTI's 16-bit PNGs."""

from __future__ import annotations

import re
import struct
from functools import cached_property
from pathlib import Path

import numpy as np

from selfbench.contracts import Clip
from selfbench.errors import DataError
from selfbench.store.digest import digest_text
from selfbench.vision.flow.estimators import Flow

ENDINGS = (".flo", ".png")
LAYOUT = "<clip>/<pair>/<frame>.flo or .png, with pairs named +1, -1, +2, ... (+1: to the next one)"


class FlowFiles:
    """The flow of one clip in files: `<folder>/<step>/<frame>.flo` or `.png`.

    A PNG holds u and v as 64 x + 2^15 in its red and green channels, and whether they are valid in
    the blue one (KITTI, Menze and Geiger 2015). Flow is in pixels of its own size, whatever the
    frame's is.
    """

    def __init__(self, folder: Path, names: tuple[str, ...]) -> None:
        self.folder, self.names = folder, names

    @cached_property
    def steps(self) -> tuple[int, ...]:
        """How many frames away the partners are for which there are files."""
        if not self.folder.is_dir():
            raise DataError(
                f"There is no folder {self.folder}; the flow files of a clip are expected as "
                f"{LAYOUT} in the folder that --set flow_files= names."
            )
        pairs = [p.name for p in self.folder.iterdir() if re.fullmatch(r"[+-]?[1-9]\d*", p.name)]
        if not pairs:
            raise DataError(f"{self.folder} holds no folder of flow, expected {LAYOUT}.")
        return tuple(sorted({int(name) for name in pairs}))

    @cached_property
    def key(self) -> str:
        """A digest of the files' names, sizes and times; reading them all would take minutes."""
        files = sorted(p for p in self.folder.rglob("*") if p.suffix.lower() in ENDINGS)
        stats = [(str(p.relative_to(self.folder)), p.stat()) for p in files]
        return digest_text(*(f"{name} {s.st_size} {s.st_mtime_ns}" for name, s in stats))

    def __call__(self, frame: int, step: int) -> Flow:
        """Return the flow (H, W, 2) from frame number `frame` to the one `step` later.

        Raises:
            DataError: if its file is missing or broken.
        """
        for name in (f"{step:+d}", f"{step:d}"):
            for ending in ENDINGS:
                path = self.folder / name / f"{self.names[frame]}{ending}"
                if path.exists():
                    return read_flow(path)
        raise DataError(
            f"There is no flow file {self.folder / f'{step:+d}' / self.names[frame]}.flo or .png; "
            "every frame needs one but those whose partner is not in the clip."
        )


def flow_files(clip: Clip, folder: str) -> FlowFiles:
    """Return the flow files of `clip` below `folder`.

    Raises:
        DataError: if no folder was named.
    """
    if not folder:
        raise DataError(
            f"--set flow=files needs --set flow_files=FOLDER, in which there is {LAYOUT}."
        )
    return FlowFiles(Path(folder).expanduser() / clip.name, tuple(clip.frames.names))


def read_flow(path: Path) -> Flow:
    """Return the flow (H, W, 2) of a .flo or KITTI PNG file; pixels marked invalid are 0.

    Raises:
        DataError: if it is neither.
    """
    import cv2

    if path.suffix.lower() == ".flo":
        return _read_flo(path)
    image = cv2.imread(str(path), cv2.IMREAD_UNCHANGED)
    if image is None or image.dtype != np.uint16 or image.ndim != 3 or image.shape[2] != 3:
        what = "unreadable" if image is None else f"{image.dtype} of shape {image.shape}"
        raise DataError(
            f"{path} is {what}, expected a 16-bit RGB PNG with u, v and validity (KITTI 2015)."
        )
    flow = (image[..., :0:-1].astype(np.float32) - 2**15) / 64  # OpenCV gives B, G, R
    return np.asarray(flow * (image[..., :1] > 0), np.float32)


def _read_flo(path: Path) -> Flow:
    # Not by OpenCV: it believes the header of a broken file and asks for all the memory there is.
    data = path.read_bytes()
    width, height = struct.unpack("<ii", data[4:12]) if len(data) >= 12 else (0, 0)
    if data[:4] != b"PIEH" or min(width, height) < 1 or len(data) != 12 + 8 * width * height:
        raise DataError(f"{path} is no whole .flo file ({len(data)} bytes); write it again.")
    flow = np.frombuffer(data[12:], "<f4").reshape(height, width, 2)
    return np.asarray(np.nan_to_num(flow), np.float32)
