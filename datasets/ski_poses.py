"""Ski-PTZ: from marker positions and camera parameters to the box around the skier.

After the code of Katircioglu et al. 2021: markers are mapped to the 17 joints of Human3.6M and
projected. All constants are from there.
"""

from __future__ import annotations

import csv
import math
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from selfbench.contracts import Boxes
from selfbench.errors import DataError

WIDTH, HEIGHT = 1280, 720  # pixels that camera parameters are in
MARKERS = (
    "GPS antenna", "head", "neck", "right hip", "left hip", "right knee", "left knee",
    "right ankle", "left ankle", "right shoulder", "left shoulder", "right elbow", "left elbow",
    "right hand", "left hand", "right ski tip", "right ski tail", "left ski tip", "left ski tail",
    "right stick", "left stick",
)  # fmt: skip
CENTRES = 2  # columns after the markers: two centres of mass, not on the body's surface
ROTATION = -0.193200777  # radians about z, to the ground plane
MM_PER_M = 1000.0
SMALLEST = 56  # pixels, of a box that counts
BODY = 15  # the joints before the right forearm and hand decide whether the skier is in view


def _joints() -> NDArray[np.float64]:
    """Return the weights (17, 21) of the markers in each joint, in the order of Human3.6M."""
    hips = {"right hip": 0.5, "left hip": 0.5}

    def along(head: float) -> dict[str, float]:
        """A point between the hips (0) and the head (1)."""
        return {**{name: weight * (1 - head) for name, weight in hips.items()}, "head": head}

    joints: list[dict[str, float]] = [
        hips,
        # Hip markers sit on the outside of the leg.
        {"right hip": 0.9, "left hip": 0.1}, {"right knee": 1}, {"right ankle": 1},
        {"left hip": 0.9, "right hip": 0.1}, {"left knee": 1}, {"left ankle": 1},
        along(0.4), along(0.8), {"head": 1}, {"head": 1},
        {"left shoulder": 1}, {"left elbow": 1}, {"left hand": 1},
        {"right shoulder": 1}, {"right elbow": 1}, {"right hand": 1},
    ]  # fmt: skip
    weights = np.zeros((len(joints), len(MARKERS)))
    for row, joint in zip(weights, joints, strict=True):
        for name, weight in joint.items():
            row[MARKERS.index(name)] = weight
    return weights


JOINTS = _joints()


def read_joints(path: Path) -> NDArray[np.float64]:
    """Return the joints (N, 17, 3) in metres, one row per line of the file.

    Raises:
        DataError: if it is no table of 23 points in millimetres below a header.
    """
    try:
        with path.open(encoding="utf-8", newline="") as file:
            rows = np.array([[float(cell) for cell in row] for row in list(csv.reader(file))[1:]])
        points = rows.reshape(len(rows), len(MARKERS) + CENTRES, 3)[:, : len(MARKERS)] / MM_PER_M
    except (OSError, ValueError) as error:
        raise DataError(
            f"{path} cannot be read: {error}; expected a header and, per frame,"
            f" {len(MARKERS) + CENTRES} points x, y, z in millimetres."
        ) from error
    cos, sin = math.cos(ROTATION), math.sin(ROTATION)
    turn = np.array([[cos, -sin, 0], [sin, cos, 0], [0, 0, 1]])
    joints: NDArray[np.float64] = JOINTS @ (points @ turn.T)  # (17, 21) @ (N, 21, 3)
    return joints


def read_cameras(path: Path) -> NDArray[np.float64]:
    """Return the projection (N, 3, 4) of each line, zeros where there is no camera.

    A line has 12 numbers, the last of which is an error and stands where the matrix has 1; a
    shorter line or one of zeros means that the camera is unknown.

    Raises:
        DataError: if the file cannot be read.
    """
    try:
        lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError as error:
        raise DataError(f"{path} cannot be read: {error.strerror}.") from error
    cameras = np.zeros((len(lines), 3, 4))
    for camera, line in zip(cameras, lines, strict=True):
        numbers = [_number(word) for word in line.split()]
        if len(numbers) == 12 and any(numbers[:11]):
            camera[:] = np.reshape([*numbers[:11], 1.0], (3, 4))
    return cameras


def _number(word: str) -> float:
    try:
        return float(word)
    except ValueError:
        return 0.0


def skier_box(
    joints: NDArray[np.float64], camera: NDArray[np.float64], margin: float
) -> Boxes | None:
    """Return the box (1, 4) around projected joints, in pixels of 1280 x 720, None if out of view.

    In view are those of which no coordinate is negative and whose body, from 56 pixels a side,
    ends inside the image.

    Args:
        joints: (17, 3) in metres.
        camera: (3, 4).
        margin: share by which width and height grow, one half on each side.
    """
    if not camera.any():
        return None
    homogeneous = camera @ np.concatenate([joints, np.ones((len(joints), 1))], axis=1).T  # (3, 17)
    if not homogeneous[2].all():
        return None
    points = (homogeneous[:2] / homogeneous[2]).T  # (17, 2)
    if not np.isfinite(points).all() or (points < 0).any():
        return None
    x, y, width, height = _extent(points[:BODY])
    if min(width, height) < SMALLEST or x + width > WIDTH or y + height > HEIGHT:
        return None
    x, y, width, height = _extent(points)
    more_x, more_y = int(width * margin), int(height * margin)
    x, y = x - more_x // 2, y - more_y // 2
    return np.array([[x, y, x + width + more_x, y + height + more_y]], dtype=np.float64)


def _extent(points: NDArray[np.float64]) -> tuple[int, int, int, int]:
    """Return x, y, width, height of points (N, 2), cut to whole pixels."""
    low, high = points.astype(np.int64).min(axis=0), points.astype(np.int64).max(axis=0)
    width, height = high - low + 1
    return int(low[0]), int(low[1]), int(width), int(height)
