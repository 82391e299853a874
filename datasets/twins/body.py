"""From a person's outfit to a mesh: tubes of quads, each vertex carried by one or two bones."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from selfbench.datasets.twins.noise import Array
from selfbench.datasets.twins.outfit import Colour, Outfit, below, face
from selfbench.datasets.twins.skeleton import (
    CHEST,
    FOOT,
    FOREARM,
    HEAD,
    PELVIS,
    SHIN,
    THIGH,
    UPPER_ARM,
)

# (height, half width, half depth, shift forward), from top to bottom, in metres
Profile = Sequence[tuple[float, float, float, float]]


@dataclass(frozen=True)
class Mesh:
    """A person's surface in the rest pose: V vertices, Q quads."""

    near: Array  # (V, 3) relative to the start of the first bone
    far: Array  # (V, 3) relative to the start of the second bone
    bones: Array  # (V, 2) indices of the two bones
    weight: Array  # (V,) share of the second bone
    quads: Array  # (Q, 4) vertex indices
    colours: Array  # (Q, 3) float32 RGB before light
    ahead: Array  # (Q,) metres by which a quad is drawn as if nearer: cloth over what it covers


class _Builder:
    def __init__(self, rest: Array, detail: float) -> None:
        self.rest, self.detail = rest, detail
        self.parts: list[tuple[Array, ...]] = []
        self.count = 0

    def tube(
        self,
        profile: Profile,
        centre: tuple[float, float],
        bones: tuple[int, int],
        texture: Array,
        size: tuple[int, int],
        bend: float = 0.0,
        ease: float = 0.05,
        swap: bool = False,
        tilt: Array | None = None,
        origin: Array | None = None,
        ahead: float = 0.0,
    ) -> None:
        """Add a closed tube around the vertical through `centre` (x, z).

        `size` is (rings, segments) at detail 1. Weight passes from the first bone to the second
        within `ease` metres of height `bend`. With `swap` the profile runs forward instead of
        down; `tilt` (3, 3) and `origin` place what is held in a hand; `ahead` is in `Mesh`.
        """
        rings = max(3, round(size[0] * self.detail)) + 1
        segments = max(5, round(size[1] * self.detail**0.7))
        knots = np.asarray(profile, float)
        place = np.linspace(0, len(knots) - 1, rings)
        at = [np.interp(place, np.arange(len(knots)), knots[:, i]) for i in range(4)]
        turn = 2 * np.pi * (np.arange(segments) + 0.5) / segments
        x = at[1][:, None] * np.sin(turn)
        z = at[2][:, None] * np.cos(turn) + at[3][:, None]
        y = np.repeat(at[0][:, None], segments, axis=1)
        points = np.stack([x, z, y] if swap else [x, y, z], -1).reshape(-1, 3)
        if tilt is not None:
            points = points @ tilt.T
        points = points + (np.array([centre[0], 0, centre[1]]) if origin is None else origin)
        weight = np.clip((bend - points[:, 1]) / (2 * ease) + 0.5, 0, 1)
        weight = weight * weight * (3 - 2 * weight) * (bones[0] != bones[1])
        i, j = np.mgrid[0 : rings - 1, 0:segments]
        k = (j + 1) % segments
        quads = np.stack([i, i, i + 1, i + 1], -1) * segments + np.stack([j, k, k, j], -1)
        if swap:
            quads = quads[..., ::-1]
        colours = cv2.resize(texture, (segments, rings - 1), interpolation=cv2.INTER_AREA)
        pair = np.broadcast_to(np.array(bones), (len(points), 2))
        quads, colours = quads.reshape(-1, 4) + self.count, colours.reshape(-1, 3)
        over = np.full(len(quads), ahead)
        self.parts.append((points, pair, weight, quads, colours, over))
        self.count += len(points)

    def mesh(self) -> Mesh:
        points, bones, weight, quads, colours, ahead = (
            np.concatenate(part) for part in zip(*self.parts, strict=True)
        )
        near, far = points - self.rest[bones[:, 0]], points - self.rest[bones[:, 1]]
        return Mesh(near, far, bones, weight, quads, colours.astype(np.float32), ahead)


def _plain(colour: Colour) -> Array:
    return np.full((48, 48, 3), colour, np.float32)


def build_mesh(outfit: Outfit, detail: float, rng: np.random.Generator) -> Mesh:
    """Return the mesh of `outfit`; `detail` 1 suits a person 60 pixels tall."""
    s, g, loose = outfit.build.stature, outfit.build.girth * 0.92, outfit.loose
    rest = outfit.build.joints()
    b = _Builder(rest, detail)
    top, hip = rest[CHEST, 1], rest[PELVIS, 1]
    neck, wide = rest[HEAD, 1], outfit.build.shoulder
    hips = outfit.build.hip

    trunk = [
        (neck - 0.005 * s, 0.030 * s, 0.032 * s, 0.0),
        (neck - 0.020 * s, 0.050 * s * wide, 0.042 * s, -0.005 * s),
        (neck - 0.040 * s, 0.086 * s * wide, 0.052 * s, -0.005 * s),
        (neck - 0.075 * s, 0.100 * s * wide, 0.066 * s * g, 0.0),
        (neck - 0.13 * s, 0.094 * s * wide, 0.072 * s * g, 0.006 * s),
        (top, 0.086 * s * g, 0.062 * s * g * loose, 0.004 * s),
        (top - 0.05 * s, 0.084 * s * g * loose, 0.062 * s * g * loose, 0.004 * s),
        (hip, 0.093 * s * hips * g, 0.066 * s * g * loose, 0.0),
        (hip - 0.035 * s, 0.097 * s * hips * g, 0.071 * s * g * loose, -0.006 * s),
        (hip - 0.037 * s, 0.080 * s * hips * g, 0.058 * s * g, -0.006 * s),
    ]
    b.tube(trunk, (0, 0), (CHEST, PELVIS), outfit.top, (11, 12), top, 0.06 * s, ahead=0.035)
    seat = [
        (hip - 0.02 * s, 0.092 * s * hips * g, 0.068 * s * g, -0.006 * s),
        (hip - 0.06 * s, 0.094 * s * hips * g, 0.070 * s * g, -0.008 * s),
        (hip - 0.10 * s, 0.050 * s * hips * g, 0.045 * s * g, -0.004 * s),
    ]
    b.tube(seat, (0, 0), (PELVIS, PELVIS), outfit.bottom, (3, 10))
    if outfit.skirt is not None:
        hem = [
            (hip + 0.03 * s, 0.082 * s * g, 0.062 * s * g, 0),
            (hip - 0.06 * s, 0.115 * s * hips, 0.098 * s, 0),
            (hip - 0.15 * s, 0.148 * s, 0.135 * s, 0),
        ]
        b.tube(hem, (0, 0), (PELVIS, PELVIS), outfit.skirt, (4, 12), ahead=0.05)
    _head(b, outfit, rest, s, rng)
    gloves = outfit.accent if "skis" in outfit.gear else outfit.skin
    for k, sign in enumerate((-1.0, 1.0)):
        _arm(b, outfit, rest, k, s, g * loose, gloves)
        _leg(b, outfit, rest, k, s, g * loose)
        _foot(b, outfit, rest, k, s)
        if "skis" in outfit.gear:
            _ski(b, outfit, rest, k, sign, s)
    return b.mesh()


def _head(b: _Builder, outfit: Outfit, rest: Array, s: float, rng: np.random.Generator) -> None:
    base = rest[HEAD, 1]
    neck = [
        (base + 0.035 * s, 0.029 * s, 0.031 * s, 0.002 * s),
        (base - 0.03 * s, 0.034 * s, 0.034 * s, 0.0),
    ]
    b.tube(neck, (0, 0), (HEAD, HEAD), _plain(outfit.skin) * np.float32(0.86), (2, 7))
    fuller = {"helmet": 1.2, "long": 1.08, "bun": 1.04, "cap": 1.08}.get(outfit.hair_style, 1.0)
    y = np.array([fuller, 0.95, 0.8, 0.6, 0.4, 0.22, 0.08, 0.0])
    width = np.array([0.15, 0.6, 0.9, 1.0, 0.96, 0.82, 0.55, 0.15])
    depth = np.array([0.15, 0.65, 0.95, 1.0, 0.97, 0.86, 0.62, 0.2])
    over = np.where(y > 0.45, fuller, 1 + (fuller - 1) * 0.3)
    skull = [
        (base + (0.012 + 0.138 * up) * s, 0.046 * s * w * f, 0.058 * s * d * f, 0.008 * s)
        for up, w, d, f in zip(y, width, depth, over, strict=True)
    ]
    b.tube(skull, (0, 0), (HEAD, HEAD), face(outfit, rng), (10, 12))
    hair = _plain(outfit.hair)
    if outfit.hair_style == "bun":
        ball = [(0.03 * s, 0.004, 0.004, 0), (0.015 * s, 0.026 * s, 0.024 * s, 0),
                (-0.015 * s, 0.026 * s, 0.024 * s, 0), (-0.03 * s, 0.004, 0.004, 0)]  # fmt: skip
        at = np.array([0, base + 0.125 * s, -0.055 * s])
        b.tube(ball, (0, 0), (HEAD, HEAD), hair, (3, 6), origin=at)
    if outfit.hair_style == "long":
        fall = [(base + 0.10 * s, 0.040 * s, 0.030 * s, -0.034 * s),
                (base + 0.03 * s, 0.050 * s, 0.032 * s, -0.038 * s),
                (base - 0.045 * s, 0.052 * s, 0.026 * s, -0.044 * s),
                (base - 0.085 * s, 0.030 * s, 0.012 * s, -0.046 * s)]  # fmt: skip
        b.tube(fall, (0, 0), (HEAD, CHEST), hair, (5, 8), bend=base - 0.02 * s, ease=0.05 * s)
    if outfit.hair_style == "cap":
        brim = [(0.05 * s, 0.04 * s, 0.004 * s, 0), (0.11 * s, 0.02 * s, 0.004 * s, 0)]
        at = np.array([0, base + 0.104 * s, 0.0])
        b.tube(brim, (0, 0), (HEAD, HEAD), hair, (2, 6), swap=True, origin=at)


def _arm(
    b: _Builder, outfit: Outfit, rest: Array, k: int, s: float, g: float, gloves: Colour
) -> None:
    x, shoulder, elbow = rest[UPPER_ARM[k], 0], rest[UPPER_ARM[k], 1], rest[FOREARM[k], 1]
    wrist = elbow - 0.15 * s
    sleeve = below(outfit.sleeves, max(outfit.bare_arms, 0.14), outfit.skin)
    sleeve = below(sleeve, 0.16, gloves)
    limb = [
        (shoulder + 0.024 * s, 0.010 * s * g, 0.013 * s * g, 0),
        (shoulder + 0.012 * s, 0.020 * s * g, 0.025 * s * g, 0),
        (shoulder - 0.02 * s, 0.028 * s * g, 0.033 * s * g, 0),
        (shoulder - 0.06 * s, 0.029 * s * g, 0.031 * s * g, 0),
        (elbow + 0.02 * s, 0.026 * s * g, 0.027 * s * g, 0),
        (elbow - 0.03 * s, 0.026 * s * g, 0.026 * s * g, 0),
        (wrist + 0.01 * s, 0.018 * s * g, 0.017 * s * g, 0),
        (wrist - 0.02 * s, 0.015 * s, 0.022 * s, 0.002 * s),
        (wrist - 0.055 * s, 0.014 * s, 0.022 * s, 0.006 * s),
        (wrist - 0.09 * s, 0.006 * s, 0.010 * s, 0.008 * s),
    ]
    b.tube(limb, (x, 0), (UPPER_ARM[k], FOREARM[k]), sleeve, (12, 8), bend=elbow, ease=0.025 * s)


def _leg(b: _Builder, outfit: Outfit, rest: Array, k: int, s: float, g: float) -> None:
    x, hip, knee, ankle = (rest[THIGH[k], 0], rest[THIGH[k], 1], rest[SHIN[k], 1], rest[FOOT[k], 1])
    trousers = below(outfit.bottom, outfit.bare_legs, outfit.skin)
    wide = 1 + (g - 1) * 0.8
    limb = [
        (hip + 0.045 * s, 0.030 * s, 0.034 * s, 0),
        (hip - 0.005 * s, 0.053 * s * wide, 0.062 * s * wide, -0.004 * s),
        (hip - 0.08 * s, 0.050 * s * wide, 0.057 * s * wide, 0),
        (knee + 0.04 * s, 0.038 * s * wide, 0.042 * s * wide, 0.004 * s),
        (knee, 0.034 * s * wide, 0.038 * s * wide, 0.004 * s),
        (knee - 0.06 * s, 0.034 * s * wide, 0.038 * s * wide, -0.008 * s),
        (ankle + 0.06 * s, 0.025 * s * wide, 0.027 * s * wide, -0.004 * s),
        (ankle - 0.01 * s, 0.023 * s * wide, 0.025 * s * wide, 0),
    ]
    b.tube(limb, (x, 0), (THIGH[k], SHIN[k]), trousers, (13, 8), bend=knee, ease=0.035 * s)


def _foot(b: _Builder, outfit: Outfit, rest: Array, k: int, s: float) -> None:
    bulk = 1.35 if "skis" in outfit.gear else 1.0
    shoe = [
        (0.118 * s, 0.008 * s, 0.006 * s, -0.006 * s),
        (0.10 * s, 0.022 * s * bulk, 0.013 * s * bulk, -0.006 * s),
        (0.05 * s, 0.026 * s * bulk, 0.020 * s * bulk, -0.002 * s),
        (0.0, 0.024 * s * bulk, 0.030 * s * bulk, 0.006 * s),
        (-0.03 * s, 0.022 * s * bulk, 0.026 * s * bulk, 0.0),
        (-0.042 * s, 0.008 * s, 0.010 * s, 0.0),
    ]
    at = np.array([rest[FOOT[k], 0], 0.024 * s, 0.0])
    b.tube(shoe, (0, 0), (FOOT[k], FOOT[k]), _plain(outfit.shoes), (6, 7), swap=True, origin=at)
    cuff = [
        (0.085 * s * bulk, 0.028 * s * bulk, 0.031 * s * bulk, -0.004 * s),
        (0.02 * s, 0.027 * s * bulk, 0.034 * s * bulk, 0.0),
    ]
    if outfit.gear:
        b.tube(cuff, (rest[FOOT[k], 0], 0.0), (SHIN[k], FOOT[k]), _plain(outfit.shoes), (3, 7),
               bend=rest[FOOT[k], 1], ease=0.02 * s)  # fmt: skip
    if "skates" in outfit.gear:
        blade = [(0.12 * s, 0.003, 0.006, 0), (-0.05 * s, 0.003, 0.006, 0)]
        at = np.array([rest[FOOT[k], 0], 0.004, 0.0])
        steel = _plain((190, 196, 204))
        b.tube(blade, (0, 0), (FOOT[k], FOOT[k]), steel, (2, 4), swap=True, origin=at)


def _ski(b: _Builder, outfit: Outfit, rest: Array, k: int, sign: float, s: float) -> None:
    length = 0.53 * s
    board = [
        (length * 1.02, 0.012, 0.006, 0.075),
        (length * 0.93, 0.050, 0.014, 0.025),
        (length * 0.80, 0.052, 0.016, 0.0),
        (0.1, 0.036, 0.024, 0.0),
        (-length * 0.7, 0.048, 0.014, 0.0),
        (-length * 0.78, 0.040, 0.006, 0.012),
    ]
    stripes = _plain(outfit.accent)
    stripes[14:30] = (236, 236, 232)
    stripes[34:] = (34, 36, 44)
    at = np.array([rest[FOOT[k], 0], -0.005, 0.0])
    b.tube(board, (0, 0), (FOOT[k], FOOT[k]), stripes, (8, 6), swap=True, origin=at)
    hand = rest[FOREARM[k]] + np.array([0, -0.2 * s, 0.01])
    down, back = np.radians(14), np.radians(-108)  # poles trail behind bent arms
    turn_back = np.array(
        [[1, 0, 0], [0, np.cos(back), np.sin(back)], [0, -np.sin(back), np.cos(back)]]
    )
    turn_out = np.array(
        [[np.cos(down), sign * np.sin(down), 0], [-sign * np.sin(down), np.cos(down), 0], [0, 0, 1]]
    )
    stick = [(0.1, 0.018, 0.018, 0), (0.0, 0.016, 0.016, 0), (-0.55 * s, 0.012, 0.012, 0),
             (-0.56 * s, 0.04, 0.04, 0), (-0.62 * s, 0.01, 0.01, 0)]  # fmt: skip
    b.tube(stick, (0, 0), (FOREARM[k], FOREARM[k]), _plain((60, 62, 70)), (5, 5), origin=hand,
           tilt=turn_out @ turn_back)  # fmt: skip
