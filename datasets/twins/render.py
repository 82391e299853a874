"""One frame: the venue through a moving camera, shadow, person, spray, and the sensor's noise."""

from __future__ import annotations

import cv2
import numpy as np

from selfbench.datasets.twins.figure import Layer, draw, skin_vertices
from selfbench.datasets.twins.noise import Array, generator
from selfbench.datasets.twins.skeleton import FOOT, FOREARM, HEAD, PELVIS, SHIN, THIGH
from selfbench.datasets.twins.take import MOMENTS, Take

BODY_LINES = (
    (PELVIS, 1, 0.12), (1, HEAD, 0.13), (3, 4, 0.04), (5, 6, 0.04), (3, 5, 0.09),
    (THIGH[0], SHIN[0], 0.06), (THIGH[1], SHIN[1], 0.06), (SHIN[0], FOOT[0], 0.04),
    (SHIN[1], FOOT[1], 0.04), (FOREARM[0], -1, 0.03), (FOREARM[1], -1, 0.03), (HEAD, -1, 0.08),
    (FOOT[0], -1, 0.04), (FOOT[1], -1, 0.04),
)  # fmt: skip  # (bone, bone its end is at or -1: its own end, half thickness in metres)
OWN_END = {FOREARM[0]: (0, -0.3, 0), FOREARM[1]: (0, -0.3, 0), HEAD: (0, 0.14, 0),
           FOOT[0]: (0, -0.03, 0.16), FOOT[1]: (0, -0.03, 0.16)}  # fmt: skip


def render(take: Take, frame: int) -> tuple[Array, Array]:
    """Return frame `frame` (H, W, 3) uint8 and its mask (H, W) bool."""
    height, width = take.size
    moments = _moments(take, frame)
    picture = empty(take, frame)
    centre = frame * MOMENTS + MOMENTS // 2
    _shadow(picture, take, centre)
    mask = np.zeros(take.size, bool)
    layer = draw(
        take.mesh,
        skin_vertices(take.mesh, take.origin[moments], take.rotation[moments]),
        take.feet[moments],
        take.scale[moments],
        take.roll[moments],
        take.pitch,
        take.light,
        take.size,
        3 if min(height, width) < 256 else 2,
    )
    if layer is not None:
        if take.light.reflection:
            _reflect(picture, layer, take.feet[centre, 1], take.light.reflection)
        x, y = layer.corner
        h, w = layer.cover.shape
        region = picture[y : y + h, x : x + w]
        region *= 1 - layer.rgba[..., 3:]
        region += layer.rgba[..., :3]
        mask[y : y + h, x : x + w] = layer.cover > 0.5
    if take.spray is not None:
        veil = _spray(picture, take, frame)
        mask &= veil < 0.5
    return _sensor(picture, take, frame), mask


def empty(take: Take, frame: int) -> Array:
    """Return the venue without anybody as (H, W, 3) float32, noiseless, as blurred as it moves."""
    venue, moment = take.venue, frame * MOMENTS + MOMENTS // 2
    window = take.window[moment]
    zoom = float(np.hypot(window[0, 0], window[1, 0]))  # venue pixels per frame pixel
    level, factor = venue.level(zoom)
    matrix = (window * factor).astype(np.float32)
    if venue.near is None:
        how = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
        size = (take.size[1], take.size[0])
        seen = cv2.warpAffine(level, matrix, size, flags=how, borderMode=cv2.BORDER_REFLECT)
        picture = seen.astype(np.float32)
    else:
        picture = _deep(take, moment, level, matrix, factor)
    ends = take.window[[frame * MOMENTS, frame * MOMENTS + MOMENTS - 1]]
    middle = ends @ np.array([take.size[1] / 2, take.size[0] / 2, 1.0])
    return _smear(picture, (middle[1] - middle[0]) / zoom)


def _smear(picture: Array, way: Array) -> Array:
    """Blur along a straight `way` (x, y) in pixels, the camera's path while the shutter is open."""
    length = float(np.hypot(*way))
    if length < 0.6:
        return picture
    half = int(np.ceil(np.abs(way).max() / 2)) + 1
    kernel = np.zeros((2 * half + 1, 2 * half + 1), np.float32)
    for u in np.linspace(-0.5, 0.5, int(4 * length) + 2):
        x, y = half + u * way
        i, j = int(x), int(y)
        p, q = x - i, y - j
        kernel[j : j + 2, i : i + 2] += np.outer([1 - q, q], [1 - p, p])
    kernel /= kernel.sum()
    return np.asarray(cv2.filter2D(picture, -1, kernel, borderType=cv2.BORDER_REPLICATE))


def _deep(take: Take, moment: int, level: Array, matrix: Array, factor: float) -> Array:
    """Return the venue (H, W, 3); near things shift with the camera, crowns with the wind."""
    venue, size, how = take.venue, (take.size[1], take.size[0]), cv2.INTER_LINEAR
    assert venue.near is not None
    coarse = take.window[moment] / venue.coarse
    inverse = how | cv2.WARP_INVERSE_MAP
    x, y = take.grid
    u = matrix[0, 0] * x + matrix[0, 1] * y + matrix[0, 2]
    v = matrix[1, 0] * x + matrix[1, 1] * y + matrix[1, 2]
    unit, aside = venue.ppu * factor, float(take.parallax[moment])
    near = cv2.warpAffine(venue.near, coarse, size, flags=inverse, borderMode=cv2.BORDER_REPLICATE)
    back = cv2.remap(
        level, u + near * np.float32(unit * aside), v, how, borderMode=cv2.BORDER_REFLECT
    )
    if venue.front is None or venue.sway is None:
        return np.asarray(back, np.float32)
    near, move, phase = (cv2.warpAffine(f, coarse, size, flags=inverse) for f in venue.sway)
    time = float(2 * np.pi * (moment / MOMENTS) / take.fps)
    wind = np.sin(0.9 * time + phase) + 0.5 * np.sin(2.1 * time + 2.3 * phase)
    u += np.float32(unit) * (near * np.float32(aside) + move * wind)
    v += np.float32(0.4 * unit) * move * np.cos(1.4 * time + 1.7 * phase)
    u, v = u * np.float32(1 / factor), v * np.float32(1 / factor)
    front = cv2.remap(venue.front, u, v, how, borderMode=cv2.BORDER_CONSTANT).astype(np.float32)
    return np.asarray(back * (1 - front[..., 3:] * np.float32(1 / 255)) + front[..., :3])


def _moments(take: Take, frame: int) -> Array:
    """Choose as many moments of the exposure as its fastest point needs."""
    first, last = frame * MOMENTS, frame * MOMENTS + MOMENTS - 1
    tips = take.origin[[first, last]][..., :2] * take.scale[[first, last], None, None]
    tips = tips * np.array([1.0, -1.0]) + take.feet[[first, last], None]
    reach = float(np.abs(tips[1] - tips[0]).max())
    count = 1 if reach < 1.2 else 3 if reach < 5 else 5 if reach < 12 else 9
    return first + np.round(np.linspace(0, MOMENTS - 1, count + 2)[1:-1]).astype(int)


def _shadow(picture: Array, take: Take, moment: int) -> None:
    """Darken the ground where the person stands between it and the light."""
    if take.light.shadow <= 0:
        return
    scale = float(take.scale[moment])
    origin, rotation = take.origin[moment], take.rotation[moment]
    key = take.light.key
    slope = np.array([-key[0] / key[1], -key[2] / key[1]]) * 0.8

    def ground(point: Array) -> tuple[int, int]:
        x, z = point[0] + slope[0] * point[1], point[2] + slope[1] * point[1]
        px = take.feet[moment] + scale * np.array([x, -z * np.sin(take.pitch)])
        return round(float(px[0]) * 16), round(float(px[1]) * 16)

    veil = np.zeros(take.size, np.uint8)
    for bone, other, thick in BODY_LINES:
        end = origin[other] if other >= 0 else origin[bone] + rotation[bone] @ OWN_END[bone]
        size = max(1, round(2 * thick * scale * 0.8))
        cv2.line(veil, ground(origin[bone]), ground(end), 255, size, cv2.LINE_AA, 4)
    sigma = max(0.6, take.light.softness * scale)
    top = max(0, int(take.feet[moment, 1] - scale))
    part = cv2.GaussianBlur(veil[top:], (0, 0), sigma, sigmaY=max(0.5, 0.5 * sigma))
    picture[top:] *= (1 - part * np.float32(take.light.shadow / 255))[..., None]


def _reflect(picture: Array, layer: Layer, ground: float, share: float) -> None:
    """Add a blurred mirror image below the ground line."""
    h, w = layer.cover.shape
    x, y = layer.corner
    top = max(round(2 * ground) - (y + h), 0)
    bottom = min(top + h, picture.shape[0])
    if bottom <= top:
        return
    mirror = cv2.blur(layer.rgba[::-1], (3, 5))[: bottom - top]
    fade = np.linspace(share, 0.2 * share, h, dtype=np.float32)[: bottom - top, None, None]
    region = picture[top:bottom, x : x + w]
    region *= 1 - mirror[..., 3:] * fade
    region += mirror[..., :3] * fade


def _spray(picture: Array, take: Take, frame: int) -> Array:
    """Throw up snow at the skis; return how much it hides (H, W)."""
    rng = generator(*take.labels, "spray", frame)
    centre = frame * MOMENTS + MOMENTS // 2
    assert take.spray is not None
    amount = float(take.spray[centre])
    scale = float(take.scale[centre])
    veil: Array = np.zeros(take.size, np.float32)
    count = int(90 * abs(amount))
    if count == 0:
        return veil
    age = rng.uniform(0, 1, count)
    behind = take.trail[centre]  # screen metres per second, away from the motion
    feet = take.feet[centre] + scale * take.origin[centre][list(FOOT)][:, :2].mean(0) * [1, -1]
    drift = rng.normal(0, 0.16, (count, 2)) * (0.4 + age[:, None]) - [0, 0.12]
    place = feet + scale * (age[:, None] * (behind * 0.16 - [np.sign(amount) * 0.5, 0.25]) + drift)
    radius = scale * (0.03 + 0.1 * age) * rng.uniform(0.5, 1.3, count)
    for (x, y), r, old in zip(place, radius, age, strict=True):
        at = (round(float(x) * 16), round(float(y) * 16))
        blob = 0.5 * (1 - 0.75 * old)
        cv2.circle(veil, at, max(8, round(float(r) * 16)), blob, -1, cv2.LINE_AA, 4)
    veil = cv2.GaussianBlur(veil, (0, 0), max(0.7, 0.03 * scale))
    picture += veil[..., None] * (np.array([246, 249, 255], np.float32) - picture)
    return veil


def _sensor(picture: Array, take: Take, frame: int) -> Array:
    """Add vignetting, exposure drift and noise, and round to bytes."""
    rng = generator(*take.labels, "sensor", frame)
    picture *= take.vignette * np.float32(take.exposure[frame])
    grain = rng.standard_normal((*take.size, 1), dtype=np.float32)
    tone = rng.standard_normal((take.size[0] // 2 + 1, take.size[1] // 2 + 1, 3), dtype=np.float32)
    colour = cv2.resize(tone, (take.size[1], take.size[0]), interpolation=cv2.INTER_LINEAR)
    level = np.float32(take.noise)
    picture += (grain + np.float32(0.7) * colour) * (level * (0.6 + picture * np.float32(1 / 320)))
    return np.asarray(np.clip(picture + np.float32(0.5), 0, 255), np.uint8)
