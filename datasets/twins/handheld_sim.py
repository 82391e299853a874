"""The garden: a house, trees that sway, a path, and somebody walking about, as Handheld190k."""

from __future__ import annotations

import cv2
import numpy as np

from selfbench.datasets.twins.camera import even_grid, follow, resample, shake
from selfbench.datasets.twins.figure import Light
from selfbench.datasets.twins.motion import ACTS, PHONE, stroll
from selfbench.datasets.twins.noise import Array, generator, wander
from selfbench.datasets.twins.outfit import (
    HAIR,
    PATTERNS,
    SKIN,
    Outfit,
    body_build,
    cloth,
    hsv,
)  # fmt: skip
from selfbench.datasets.twins.paint import Canvas, Floor
from selfbench.datasets.twins.props import leafy, sky, soft_shadow, tone, window
from selfbench.datasets.twins.take import Ground, Script, Venue
from selfbench.datasets.twins.twin import Twin

GROUND = Ground(focal=1.3, eye=1.6)
HOUSE = 14.0  # metres to the front of the house
FAR = 26.0  # metres to the end of the lawn
Crown = tuple[float, float, float, float, float]  # x, y, half width, half height, units per metre


class HandheldSim(Twin):
    """Procedural garden, somebody walks: stands in for Handheld190k (Katircioglu et al. 2022)."""

    name = "handheld-sim"
    version = 1

    @classmethod
    def venue(cls, seed: int, variant: int, ppu: float, wide: float) -> Venue:
        """Paint the garden; variants differ in planting, cars and light."""
        rng = generator(cls.name, cls.version, seed, "venue", variant)
        half = 1.15 + 0.5 * wide + 0.35
        canvas = Canvas(-half, -1.0, half, 1.15, 1.2 * ppu)
        sky(canvas, rng, -1.0, 0.12, 0.35)
        _distance(canvas, rng)
        _lawn(canvas, generator(cls.name, seed, "lawn"), rng)
        house = _house(canvas, generator(cls.name, seed, "house"))
        front = Canvas(-half, -1.0, half, 1.15, 1.2 * ppu, clear=True)
        crowns = _plants(canvas, front, rng, house)
        return canvas.venue(
            GROUND, near=_coarse(_nearness(canvas)), front=front.image,
            sway=_sway(canvas, crowns, rng), coarse=4.0,
        )  # fmt: skip

    @classmethod
    def script(
        cls, venue: Venue, times: Array, person: int, labels: tuple[str | int, ...], wide: float
    ) -> Script:
        """Write somebody's walk about the garden, with stops for everyday acts."""
        rng = generator(*labels, "script")
        outfit = _resident(generator(cls.name, labels[2], "person", person), person)
        grid = even_grid(times)
        legs = 0.5 * outfit.build.stature
        angles, x, z = stroll(rng, grid, (2.6, 1.2), rng.uniform(1.0, 1.35), legs, (*ACTS, PHONE))
        z = z + 5.0
        view, zoom = follow(
            rng, grid, GROUND, x, z, outfit.build.stature, wide, (0.42, 0.6), 1.0, 0.24, 6.0
        )
        steps = np.sin(2 * np.pi * 1.8 * grid + rng.uniform(0, 6))
        trembling = shake(rng, grid, 0.012)
        trembling[:, 1] += 0.006 * steps
        parallax = wander(rng, grid, 0.7, 8.0) + 0.012 * np.sin(np.pi * 1.8 * grid)
        _, scale = GROUND.project(x, z)
        view = view + trembling
        view[:, 0] -= parallax * scale  # the camera turns back to whom it films
        return Script(
            outfit=outfit,
            angles=resample(times, grid, angles),
            x=resample(times, grid, x),
            z=resample(times, grid, z),
            view=resample(times, grid, view),
            zoom=resample(times, grid, zoom),
            roll=resample(times, grid, wander(rng, grid, 0.03, 2.5) + 0.004 * steps),
            parallax=resample(times, grid, parallax),
            light=Light((-0.6, 0.75, -0.35), 0.58, 0.5, 0.1, (1.02, 1.0, 0.96), 0.4, 0.05),
            noise=float(rng.uniform(2.5, 4.5)),
        )


def _resident(rng: np.random.Generator, person: int) -> Outfit:
    feminine = bool(rng.uniform() < 0.5)
    hue = 0.3 + 0.618034 * person
    base = hsv(hue, rng.uniform(0.15, 0.8), rng.uniform(0.3, 0.92))
    accent = hsv(hue + rng.uniform(0.3, 0.6), rng.uniform(0.1, 0.8), rng.uniform(0.2, 0.95))
    if person % 4 == 1:
        base, accent = hsv(0.28, 0.45, 0.42), hsv(0.1, 0.35, 0.5)  # the garden's own colours
    trousers = (hsv(0.6, 0.55, 0.38), hsv(0.6, 0.3, 0.16), hsv(0.1, 0.35, 0.55), hsv(0.0, 0.0, 0.3))
    bottom = trousers[int(rng.integers(4))]
    summer = rng.uniform() < 0.55
    shoes = ((238, 238, 236), (40, 38, 40), (120, 76, 50), (180, 50, 50))[int(rng.integers(4))]
    pattern = PATTERNS[int(rng.integers(len(PATTERNS)))]
    style = "short" if not feminine else ("long" if rng.uniform() < 0.7 else "bun")
    if rng.uniform() < 0.15:
        style = "cap"
    return Outfit(
        body_build(rng, feminine), SKIN[int(rng.integers(len(SKIN)))],
        HAIR[int(rng.integers(len(HAIR)))], style, cloth(rng, pattern, base, accent),  # type: ignore[arg-type]
        cloth(rng, pattern if pattern in ("hoops", "check", "plain") else "plain", base, accent),
        cloth(rng, "plain", bottom, bottom), shoes,
        bare_arms=0.62 if summer else 0.16,
        bare_legs=float(rng.choice([0.0, 0.0, 0.52])) if summer else 0.0,
        skirt=cloth(rng, pattern, base, accent) if feminine and rng.uniform() < 0.35 else None,
        loose=float(rng.uniform(1.05, 1.2)),
    )  # fmt: skip


def _distance(canvas: Canvas, rng: np.random.Generator) -> None:
    """Paint far trees and roofs on the horizon."""
    x0, x1 = canvas.corner[0], canvas.corner[0] + canvas.size[1]
    for x in np.arange(x0 - 0.1, x1 + 0.1, 0.13):
        green = (86, 108, 84) if rng.uniform() < 0.7 else (104, 122, 92)
        height = rng.uniform(0.16, 0.4)
        leafy(canvas, rng, float(x + rng.uniform(-0.05, 0.05)), 0.1, height, green, 0.4, 0.1)
    haze = np.clip((canvas.y + 0.5) / 0.6, 0, 1) * (canvas.y < 0.1)
    canvas.mix((190, 206, 216), np.broadcast_to(0.28 * haze, canvas.shape))


def _lawn(canvas: Canvas, rng: np.random.Generator, planting: np.random.Generator) -> None:
    floor = Floor(-14, 14, 1.3, FAR, min(canvas.ppu / 2.4, 130))
    plan = floor.canvas
    tone_map = plan.noise(rng, 3.0, 5, 0.6)
    blades = plan.noise(rng, (0.06, 0.045), 2, 0.8)
    plan.image[:] = (100, 128, 62)
    patches = np.clip(tone_map * 0.25 + 0.3, 0, 1)
    plan.mix((142, 142, 84), patches * 0.5)
    stripes = 0.04 * np.sign(np.sin(plan.x * 2 * np.pi / 1.4 + 0.5 * plan.y))
    plan.shade(1 + 0.11 * blades + 0.08 * tone_map + stripes)
    for _ in range(160):
        x, z = planting.uniform(-9, 9), planting.uniform(2.2, 12)
        colour = ((236, 232, 224), (232, 204, 74), (128, 108, 60))[int(planting.integers(3))]
        plan.disc(float(x), float(z), float(planting.uniform(0.015, 0.05)), colour)
    # The path of flagstones from the door, and the terrace.
    z = 1.3
    while z < HOUSE:
        centre, depth = 0.9 * np.sin(z * 0.33) - 0.3, rng.uniform(0.42, 0.6)
        for k in (-1, 0, 1):
            x = centre + k * 0.55
            grey = rng.uniform(150, 186)
            plan.rect(x - 0.26, z, x + 0.26, z + depth - 0.05, (grey, grey * 0.97, grey * 0.9))
        z += depth
    for x in np.arange(-14, 14, 0.6):
        for step in np.arange(HOUSE - 2.4, HOUSE, 0.6):
            grey = rng.uniform(166, 196)
            plan.rect(
                x + 0.02, step + 0.02, x + 0.58, step + 0.58, (grey, grey * 0.95, grey * 0.88)
            )
    plan.shade(1 + 0.05 * plan.noise(rng, 0.15, 3))
    shade = np.clip(plan.noise(planting, (2.0, 2.6), 4, 0.6) * 0.9 - 0.35, 0, 1)
    plan.shade(1 - 0.36 * shade)  # from trees outside the picture
    inside = floor.lay(canvas, GROUND, FAR)
    near = np.clip(canvas.y / 0.5, 0, 1) * inside
    green = (canvas.image[..., 1] > canvas.image[..., 0] * 1.06).astype(np.float32)
    grass = canvas.noise(rng, (0.022, 0.006), 2, 0.8)
    canvas.shade(1 + 0.13 * grass * near * green)


def _house(canvas: Canvas, rng: np.random.Generator) -> tuple[float, float]:
    """Paint the house; return its left and right edge in units."""
    s = GROUND.focal / HOUSE
    foot = GROUND.eye * s
    left, right, eaves = -7.0 * s, 6.0 * s, foot - 3.1 * s
    soft_shadow(canvas, (left + right) / 2, foot + 0.03, (right - left) / 1.6, 0.05, 0.35)
    before, wall = canvas.image.copy(), (canvas.x > left) & (canvas.x < right)
    canvas.rect(left, eaves, right, foot, (214, 198, 168))
    canvas.shade(1 + 0.035 * canvas.noise(rng, 0.03, 4, 0.7))
    canvas.image[:] = np.where(
        (wall & (canvas.y > eaves) & (canvas.y < foot))[..., None], canvas.image, before
    )  # fmt: skip
    canvas.rect(left, foot - 0.55 * s, right, foot, (142, 134, 126))
    ridge = eaves - 3.3 * s
    tile = (150, 82, 60)
    canvas.poly([(left - 0.5 * s, eaves), (right + 0.5 * s, eaves), (right - 1.3 * s, ridge),
                 (left + 1.3 * s, ridge)], tile)  # fmt: skip
    for k in range(14):
        u = k / 14
        y = eaves + (ridge - eaves) * u
        canvas.line([(left - 0.5 * s + 1.8 * s * u, y), (right + 0.5 * s - 1.8 * s * u, y)],
                    tone(tile, 0.72), 0.006)  # fmt: skip
        for x in np.arange(left + 1.3 * s * u, right - 1.3 * s * u, 0.32 * s):
            canvas.rect(x, y - 0.016, x + 0.3 * s, y, tone(tile, float(rng.uniform(0.8, 1.2))))
    canvas.rect(
        left - 0.5 * s, eaves - 0.06 * s, right + 0.5 * s, eaves + 0.14 * s, (226, 224, 218)
    )
    canvas.rect(left + 2.2 * s, ridge - 0.8 * s, left + 3.0 * s, ridge + 0.7 * s, (136, 76, 62))
    for x in (-6.0, -3.6, -1.2, 1.4, 3.8):
        if x in (-3.6, 1.4):  # dormers
            top = eaves - 0.5 * s
            canvas.poly([(x * s - 0.35 * s, top - 1.4 * s), (x * s + 0.55 * s, top - 2.0 * s),
                         (x * s + 1.45 * s, top - 1.4 * s)], tone(tile, 0.75))  # fmt: skip
            canvas.rect(
                x * s - 0.2 * s, top - 1.4 * s, x * s + 1.3 * s, top + 0.1 * s, (206, 190, 160)
            )
            window(canvas, rng, x * s, top, 1.1 * s, 1.2 * s)
        if x not in (-1.2,):
            window(canvas, rng, x * s, foot - 1.0 * s, 1.2 * s, 1.45 * s)
    door = -1.15 * s
    canvas.rect(door - 0.12 * s, foot - 2.35 * s, door + 1.12 * s, foot, (232, 230, 222))
    canvas.rect(door, foot - 2.2 * s, door + 1.0 * s, foot, (58, 84, 72))
    canvas.rect(door + 0.2 * s, foot - 2.0 * s, door + 0.8 * s, foot - 1.2 * s, (92, 116, 118))
    canvas.disc(door + 0.86 * s, foot - 1.05 * s, 0.05 * s, (214, 190, 110))
    porch = [(-0.5, 2.5), (1.5, 2.5), (1.2, 2.9), (-0.2, 2.9)]
    canvas.poly([(door + px * s, foot - py * s) for px, py in porch], tone(tile, 0.9))
    canvas.line([(right - 0.25 * s, eaves), (right - 0.25 * s, foot)], (128, 126, 122), 0.1 * s)
    return left, right


def _plants(
    canvas: Canvas, front: Canvas, rng: np.random.Generator, house: tuple[float, float]
) -> list[Crown]:
    """Paint hedges, flower beds, a bench and trees, far ones first."""
    crowns: list[Crown] = []
    x0, x1 = canvas.corner[0], canvas.corner[0] + canvas.size[1]
    greens = ((84, 118, 52), (68, 104, 58), (112, 132, 58), (60, 92, 52))
    s = GROUND.focal / 13.2
    for start, end in ((x0, house[0] - 0.02), (house[1] + 0.02, x1)):  # hedges beside the house
        for x in np.arange(start, end, 0.085):
            leafy(canvas, rng, float(x), GROUND.eye * s + 0.01, 1.9 * s, (62, 92, 50), 0.36, 0.02)
    for x in np.arange(house[0] + 0.02, house[1], 0.07):  # beds under the windows
        if abs(x + 0.06) > 0.1 and rng.uniform() < 0.75:
            leafy(
                canvas,
                rng,
                float(x),
                GROUND.eye * s,
                rng.uniform(0.45, 0.9) * s,
                greens[1],
                0.5,
                0.02,
            )
            for _ in range(5):
                bloom = hsv(rng.choice([0.95, 0.12, 0.8, 0.0]), rng.uniform(0.3, 0.9), 0.9)
                at = x + rng.uniform(-0.03, 0.03), GROUND.eye * s - rng.uniform(0.01, 0.06)
                canvas.disc(float(at[0]), float(at[1]), 0.006, bloom)
    spots = [(10.5, rng.uniform(-1.45, -1.05), 6.5), (9.6, rng.uniform(0.75, 1.0), 5.5),
             (8.6, rng.uniform(1.35, 1.7), 5.8), (8.2, rng.uniform(-0.75, -0.55), 3.4)]  # fmt: skip
    for z, x, height in spots:
        s = GROUND.focal / z
        y = GROUND.eye * s
        soft_shadow(canvas, x + 0.1, y + 0.012, 0.3 * height * s, 0.035, 0.5)
        green = greens[int(rng.integers(len(greens)))]
        crown = leafy(front, rng, x, y, height * s, green, rng.uniform(0.26, 0.34), 0.34)
        crowns.append((*crown, s))
    s = GROUND.focal / 9.0
    _bench(canvas, float(rng.uniform(0.2, 0.45)), GROUND.eye * s, s)
    return crowns


def _bench(canvas: Canvas, x: float, y: float, s: float) -> None:
    wood = (134, 92, 58)
    soft_shadow(canvas, x + 0.8 * s, y + 0.005, 1.0 * s, 0.02, 0.5)
    for dx in (0.1, 1.5):
        canvas.line([(x + dx * s, y), (x + dx * s, y - 0.85 * s)], (52, 50, 50), 0.06 * s)
    for up in (0.42, 0.6, 0.75, 0.88):
        canvas.rect(
            x, y - up * s - 0.05 * s, x + 1.6 * s, y - up * s + 0.04 * s, tone(wood, 0.8 + 0.3 * up)
        )


def _nearness(canvas: Canvas) -> Array:
    """Return how far each pixel moves per metre of the camera, units (H, W)."""
    wall = GROUND.focal / HOUSE
    near = np.where(canvas.y > 0, np.maximum(canvas.y / GROUND.eye, wall), wall)
    return np.broadcast_to(near, canvas.shape).astype(np.float32)


def _coarse(field: Array) -> Array:
    """Return a field at a quarter of its size."""
    small = (max(2, field.shape[1] // 4), max(2, field.shape[0] // 4))
    return np.asarray(cv2.resize(field, small, interpolation=cv2.INTER_AREA), np.float32)


def _sway(
    canvas: Canvas, crowns: list[Crown], rng: np.random.Generator
) -> tuple[Array, Array, Array]:
    """Return nearness, crown movement in units and wind phase of the trees, coarse."""
    near, move = np.zeros(canvas.shape, np.float32), np.zeros(canvas.shape, np.float32)
    closest = np.full(canvas.shape, np.inf, np.float32)
    for x, y, half_w, half_h, s in crowns:
        reach = ((canvas.x - x) / half_w) ** 2 + ((canvas.y - y) / half_h) ** 2
        move = np.maximum(move, 0.009 * np.clip(2.0 - reach, 0, 1) * (canvas.y < y + half_h))
        # Each tree moves as one: a pixel belongs to the tree it is nearest to.
        distance = np.minimum(reach, 6 * np.abs(canvas.x - x) / half_w + 0.5 * (canvas.y < y))
        mine = distance < closest
        near[mine], closest[mine] = s, distance[mine]
    phase = 2.5 * canvas.noise(rng, 0.25, 2) + 3.0 * canvas.x
    return _coarse(near), _coarse(move), _coarse(np.asarray(phase, np.float32))
