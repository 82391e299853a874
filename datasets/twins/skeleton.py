"""The skeleton: 13 bones, 27 joint angles, and forward kinematics over a whole clip at once.

Body axes: x to the right, y up, z forward. Lengths are metres, angles radians.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from selfbench.datasets.twins.noise import Array

PELVIS, CHEST, HEAD = 0, 1, 2
UPPER_ARM, FOREARM = (3, 5), (4, 6)  # left, right
THIGH, SHIN, FOOT = (7, 10), (8, 11), (9, 12)
BONES = 13

ROOT = ("yaw", "lean", "roll", "lift", "bend", "side", "twist", "nod", "turn")
SIDED = ("flex", "out", "spin", "elbow", "hip", "spread", "knee", "ankle", "splay")
ANGLES = (*ROOT, *(f"{name}{side}" for side in "LR" for name in SIDED))
COLUMN = {name: i for i, name in enumerate(ANGLES)}


@dataclass(frozen=True)
class Build:
    """Proportions of one person."""

    stature: float  # metres
    shoulder: float = 1.0  # widths relative to the average adult
    hip: float = 1.0
    girth: float = 1.0  # thickness of trunk and limbs
    leg: float = 1.0  # leg length relative to stature

    def joints(self) -> Array:
        """Return where each bone starts (13, 3) when standing, arms hanging, pelvis at 0."""
        hip, knee, ankle = 0.51 * self.leg, 0.282 * self.leg, 0.045
        shift = hip - 0.51
        shoulder, half_hip = 0.102 * self.shoulder, 0.052 * self.hip
        rest = np.zeros((BONES, 3))
        rest[PELVIS, 1] = 0.54 + shift
        rest[CHEST, 1] = 0.63 + shift
        rest[HEAD, 1] = 0.835 + shift
        for k, x in enumerate((-1.0, 1.0)):
            rest[UPPER_ARM[k]] = (x * shoulder, 0.792 + shift, 0)
            rest[FOREARM[k]] = (x * shoulder, 0.64 + shift, 0)
            rest[THIGH[k]] = (x * half_hip, hip, 0)
            rest[SHIN[k]] = (x * half_hip, knee, 0)
            rest[FOOT[k]] = (x * half_hip, ankle, 0)
        return rest * self.stature


def turn_x(a: Array) -> Array:
    """Return rotations (N, 3, 3) that take up to forward."""
    return _rotation(a, 1, 2)


def turn_y(a: Array) -> Array:
    """Return rotations (N, 3, 3) that take forward to right."""
    return _rotation(a, 2, 0)


def turn_z(a: Array) -> Array:
    """Return rotations (N, 3, 3) that take down to right."""
    return _rotation(a, 0, 1)


def _rotation(a: Array, i: int, j: int) -> Array:
    r = np.zeros((len(a), 3, 3))
    k = 3 - i - j
    r[:, k, k] = 1
    r[:, i, i] = r[:, j, j] = np.cos(a)
    r[:, j, i] = np.sin(a)
    r[:, i, j] = -r[:, j, i]
    return r


def pose(angles: Array, build: Build, anchor_feet: bool = False) -> tuple[Array, Array]:
    """Return bone origins (N, 13, 3) and rotations (N, 13, 3, 3) of poses (N, 27).

    The lowest foot stands at y = 0 plus the column `lift`; x = z = 0 lies under the pelvis, or
    between the feet with `anchor_feet` (for somebody who leans from there).
    """
    rest = build.joints()
    n = len(angles)
    at = {name: angles[:, i] for name, i in COLUMN.items()}
    rot = np.zeros((n, BONES, 3, 3))
    rot[:, PELVIS] = turn_y(at["yaw"]) @ turn_z(-at["roll"]) @ turn_x(at["lean"])
    spine = turn_x(at["bend"]) @ turn_z(-at["side"]) @ turn_y(at["twist"])
    rot[:, CHEST] = rot[:, PELVIS] @ spine
    rot[:, HEAD] = rot[:, CHEST] @ turn_y(at["turn"]) @ turn_x(at["nod"])
    parents = {CHEST: PELVIS, HEAD: CHEST}
    for k, (side, sign) in enumerate((("L", -1.0), ("R", 1.0))):
        upper = turn_x(-at["flex" + side]) @ turn_z(sign * at["out" + side])
        rot[:, UPPER_ARM[k]] = rot[:, CHEST] @ upper @ turn_y(-sign * at["spin" + side])
        rot[:, FOREARM[k]] = rot[:, UPPER_ARM[k]] @ turn_x(-at["elbow" + side])
        thigh = turn_x(-at["hip" + side]) @ turn_z(sign * at["spread" + side])
        rot[:, THIGH[k]] = rot[:, PELVIS] @ thigh @ turn_y(sign * at["splay" + side])
        rot[:, SHIN[k]] = rot[:, THIGH[k]] @ turn_x(at["knee" + side])
        rot[:, FOOT[k]] = rot[:, SHIN[k]] @ turn_x(-at["ankle" + side])
        parents |= {UPPER_ARM[k]: CHEST, FOREARM[k]: UPPER_ARM[k]}
        parents |= {THIGH[k]: PELVIS, SHIN[k]: THIGH[k], FOOT[k]: SHIN[k]}
    origin = np.zeros((n, BONES, 3))
    for bone, parent in parents.items():
        step = rot[:, parent] @ (rest[bone] - rest[parent])
        origin[:, bone] = origin[:, parent] + step

    sole, toe = -rest[FOOT[0], 1] * np.array([0, 1, 0]), 0.1 * build.stature
    feet = list(FOOT)
    heels = origin[:, feet] + rot[:, feet] @ sole  # (N, 2, 3)
    toes = heels + rot[:, feet] @ np.array([0, 0, toe])
    lowest = np.minimum(heels[..., 1], toes[..., 1]).min(axis=1)
    origin[..., 1] += (at["lift"] - lowest)[:, None]
    if anchor_feet:
        middle = origin[:, feet].mean(axis=1)
        origin -= middle[:, None] * np.array([1, 0, 1])
    return origin, rot
