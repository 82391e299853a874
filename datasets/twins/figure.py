"""Draws a posed person: projects the mesh, lights its quads and fills them from back to front."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from selfbench.datasets.twins.body import Mesh
from selfbench.datasets.twins.noise import Array

FINE = 4  # fractional bits of OpenCV's polygon coordinates


@dataclass(frozen=True)
class Light:
    """How a person is lit; directions are (right, up, away from the camera)."""

    key: tuple[float, float, float] = (-0.45, 0.75, -0.5)
    ambient: float = 0.62
    strength: float = 0.5
    bounce: float = 0.08  # light from the ground on what faces down
    tint: tuple[float, float, float] = (1.0, 1.0, 1.0)
    shadow: float = 0.35  # darkness of the cast shadow
    softness: float = 0.06  # of its edge, metres
    reflection: float = 0.0  # share of a mirror image in the ground


@dataclass(frozen=True)
class Layer:
    """A drawn person: what to add to the picture and how much of it to keep."""

    corner: tuple[int, int]  # x, y of the top left pixel in the frame
    rgba: Array  # (h, w, 4) float32, colour premultiplied, coverage in [0, 1], over the shutter
    cover: Array  # (h, w) float32, coverage at the centre of the shutter


def skin_vertices(mesh: Mesh, origin: Array, rotation: Array) -> Array:
    """Return vertices (n, V, 3) in metres for bone origins (n, 13, 3) and rotations."""
    first, second = mesh.bones[:, 0], mesh.bones[:, 1]
    a = np.einsum("nvij,vj->nvi", rotation[:, first], mesh.near) + origin[:, first]
    b = np.einsum("nvij,vj->nvi", rotation[:, second], mesh.far) + origin[:, second]
    return np.asarray(a + (b - a) * mesh.weight[:, None])


def draw(
    mesh: Mesh,
    vertices: Array,
    feet: Array,
    scale: Array,
    roll: Array,
    pitch: float,
    light: Light,
    size: tuple[int, int],
    oversample: int,
) -> Layer | None:
    """Draw a person at n moments of one exposure; None if out of the frame.

    Args:
        mesh: the person.
        vertices: (n, V, 3) metres relative to the ground point.
        feet: (n, 2) pixel position of the ground point.
        scale: (n,) pixels per metre.
        roll: (n,) camera roll in radians.
        pitch: how far the camera looks down, radians.
        light: the light.
        size: (H, W) of the frame.
        oversample: subpixels per pixel and axis.
    """
    n = len(vertices)
    lift, away = np.cos(pitch), np.sin(pitch)
    x, y, z = vertices[..., 0], vertices[..., 1], vertices[..., 2]
    right, up = x, y * lift + z * away
    depth = z * lift - y * away
    cos, sin = np.cos(roll)[:, None], np.sin(roll)[:, None]
    px = feet[:, :1] + scale[:, None] * (cos * right + sin * up)
    py = feet[:, 1:] + scale[:, None] * (sin * right - cos * up)
    x0, y0 = max(int(px.min()) - 1, 0), max(int(py.min()) - 1, 0)
    x1, y1 = min(int(px.max()) + 2, size[1]), min(int(py.max()) + 2, size[0])
    if x1 - x0 < 1 or y1 - y0 < 1:
        return None
    w, h = x1 - x0, y1 - y0

    sx = (px - x0) * oversample - 0.5
    sy = (py - y0) * oversample - 0.5
    fixed = np.round(np.stack([sx, sy], -1) * (1 << FINE)).astype(np.int32)  # (n, V, 2)
    view = np.stack([right, up, depth], -1)  # (n, V, 3)
    total = np.zeros((h, w, 4), np.float32)
    cover = np.zeros((h, w), np.float32)
    canvas = np.zeros((h * oversample, w * oversample, 4), np.uint8)
    for moment in range(n):
        canvas[:] = 0
        polygons, colours = _visible(mesh, view[moment], fixed[moment], light)
        for polygon, colour in zip(polygons, colours, strict=True):
            cv2.fillConvexPoly(canvas, polygon, colour, cv2.LINE_8, FINE)
        layer = cv2.resize(canvas, (w, h), interpolation=cv2.INTER_AREA).astype(np.float32)
        total += layer
        if moment == n // 2:
            cover = layer[..., 3] * np.float32(1 / 255)
    total *= np.float32(1 / n)
    total[..., 3] *= np.float32(1 / 255)
    return Layer((x0, y0), total, cover)


def _visible(
    mesh: Mesh, view: Array, fixed: Array, light: Light
) -> tuple[Array, list[list[float]]]:
    """Return polygons (K, 4, 2) that face the camera, far ones first, and their lit colours."""
    corners = view[mesh.quads]  # (Q, 4, 3)
    across, along = corners[:, 2] - corners[:, 0], corners[:, 3] - corners[:, 1]
    normal = np.cross(along, across)  # outwards: z is away from the camera
    front = np.flatnonzero(normal[:, 2] < 0)
    depth = corners[front, :, 2].mean(1) - mesh.ahead[front]
    order = np.argsort(-depth, kind="stable")
    front, depth = front[order], depth[order]
    normal = normal[front]
    normal /= np.linalg.norm(normal, axis=1, keepdims=True) + 1e-9
    key = np.asarray(light.key) / np.linalg.norm(light.key)
    lit = np.clip(0.25 + 0.75 * (normal @ key), 0, None)  # wraps a little around the edge
    shade = light.ambient * (1 + 0.18 * normal[:, 1]) + light.strength * lit
    shade += light.bounce * np.clip(-normal[:, 1], 0, 1)
    shade *= 0.82 + 0.18 * np.sqrt(np.abs(normal[:, 2]))  # the outline is darker
    shade *= 1 - 0.55 * np.clip(depth - np.median(depth), 0, 0.35)  # so is what lies behind
    colour = mesh.colours[front] * (shade[:, None] * np.asarray(light.tint))
    rgba = np.full((len(front), 4), 255.0)
    rgba[:, :3] = np.clip(colour, 0, 255)
    return fixed[mesh.quads[front]], rgba.tolist()
