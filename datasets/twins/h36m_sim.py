"""The laboratory: a furnished room, a camera that stands still, a person who acts, as Human3.6M."""

from __future__ import annotations

import numpy as np

from selfbench.datasets.twins.camera import even_grid, resample
from selfbench.datasets.twins.figure import Light
from selfbench.datasets.twins.motion import ACTS, PHONE, SEATED, stroll
from selfbench.datasets.twins.noise import Array, generator
from selfbench.datasets.twins.outfit import HAIR, PATTERNS, SKIN, Outfit, body_build, cloth, hsv
from selfbench.datasets.twins.paint import Canvas, Floor, Point
from selfbench.datasets.twins.props import soft_shadow, tone
from selfbench.datasets.twins.take import Ground, Script, Venue
from selfbench.datasets.twins.twin import Twin

GROUND = Ground(focal=1.25, eye=1.75)
WALL, SIDE, CEILING = 7.6, 2.9, 3.1  # metres to the back and side walls, height of the room
PLACE = 4.7  # metres to where people act


class H36MSim(Twin):
    """Procedural laboratory, static camera, known background: stands in for Human3.6M."""

    name = "h36m-sim"
    version = 1
    variants = 4  # as there are four cameras
    knows_background = True

    @classmethod
    def venue(cls, seed: int, variant: int, ppu: float, wide: float) -> Venue:
        """Paint the room as camera `variant` sees it."""
        rng = generator(cls.name, cls.version, seed, "venue", variant)
        half = wide / 2 + 0.04
        canvas = Canvas(-half, -0.36, half, 0.84, 1.25 * ppu)
        _room(canvas, rng, variant)
        _furniture(canvas, rng, variant)
        glow = np.exp(-((canvas.x / (0.5 + wide / 2)) ** 2) - ((canvas.y - 0.1) / 0.75) ** 2)
        canvas.shade(0.74 + 0.32 * glow)
        return canvas.venue(GROUND)

    @classmethod
    def script(
        cls, venue: Venue, times: Array, person: int, labels: tuple[str | int, ...], wide: float
    ) -> Script:
        """Write a walk in loops with stops for acts, before a camera that does not move."""
        rng = generator(*labels, "script")
        outfit = _actor(generator(cls.name, labels[2], "person", person), person)
        grid = even_grid(times)
        reach = (1.0 + 1.1 * (min(wide, 2.2) - 1), 0.7)
        legs = 0.5 * outfit.build.stature
        acts = (*ACTS, PHONE, SEATED)
        angles, x, z = stroll(rng, grid, reach, rng.uniform(0.9, 1.25), legs, acts)
        still = np.zeros(len(times))
        return Script(
            outfit=outfit,
            angles=resample(times, grid, angles),
            x=resample(times, grid, x),
            z=resample(times, grid, z + PLACE),
            view=np.stack([still, still + 0.235], -1),
            zoom=still + 1,
            roll=still,
            light=Light((-0.15, 0.95, -0.35), 0.62, 0.44, 0.05, (1.0, 0.99, 0.96), 0.34, 0.16),
            noise=float(rng.uniform(1.8, 3.0)),
        )


def _actor(rng: np.random.Generator, person: int) -> Outfit:
    feminine = bool(person % 2)
    hue = 0.55 + 0.618034 * person
    base = hsv(hue, rng.uniform(0.1, 0.75), rng.uniform(0.25, 0.9))
    accent = hsv(hue + 0.4, rng.uniform(0.1, 0.7), rng.uniform(0.2, 0.9))
    if person % 4 == 1:
        base, accent = hsv(0.09, 0.28, 0.62), hsv(0.07, 0.4, 0.42)  # the room's own colours
    bottom = (hsv(0.6, 0.5, 0.34), hsv(0.62, 0.2, 0.14), hsv(0.1, 0.3, 0.5))[int(rng.integers(3))]
    pattern = PATTERNS[int(rng.integers(len(PATTERNS)))]
    return Outfit(
        body_build(rng, feminine), SKIN[int(rng.integers(len(SKIN)))],
        HAIR[int(rng.integers(len(HAIR)))],
        "long" if feminine else ("bald" if rng.uniform() < 0.15 else "short"),
        cloth(rng, pattern, base, accent), cloth(rng, "plain", base, accent),
        cloth(rng, "plain", bottom, bottom), ((40, 38, 40), (214, 212, 206))[int(rng.integers(2))],
        bare_arms=float(rng.choice([0.16, 0.6])),
        bare_legs=0.5 if rng.uniform() < 0.25 else 0.0, loose=float(rng.uniform(1.0, 1.14)),
    )  # fmt: skip


def spot(x: float, y: float, z: float) -> Point:
    """Return where a point of the room (metres; y up) is in the picture, units."""
    return GROUND.focal * x / z, GROUND.focal * (GROUND.eye - y) / z


def _room(canvas: Canvas, rng: np.random.Generator, variant: int) -> None:
    near = 1.2
    plaster = ((206, 196, 176), (198, 194, 184), (186, 180, 166), (210, 200, 184))[variant % 4]
    canvas.image[:] = (236, 234, 226)  # ceiling
    for k in range(-3, 4):
        for z in np.arange(2.0, WALL, 1.2):
            lamp = k % 2 == 0
            a, b, end = k * 1.2 - 0.55, k * 1.2 + 0.55, z + 1.1
            corners = [spot(px, CEILING, pz) for px, pz in ((a, z), (b, z), (b, end), (a, end))]
            canvas.poly(corners, (254, 254, 250) if lamp else (212, 210, 202))
    canvas.poly([spot(-SIDE, 0, WALL), spot(SIDE, 0, WALL), spot(SIDE, CEILING, WALL),
                 spot(-SIDE, CEILING, WALL)], plaster)  # fmt: skip
    for sign in (-1, 1):
        around = ((0, WALL), (0, near), (CEILING, near), (CEILING, WALL))
        corners = [spot(sign * SIDE, py, pz) for py, pz in around]
        canvas.poly(corners, tone(plaster, 0.88 if sign < 0 else 0.94))
    floor = Floor(-SIDE, SIDE, near, WALL, min(canvas.ppu / 2, 300))
    plan = floor.canvas
    wood = ((150, 106, 76), (146, 108, 84), (128, 122, 114), (154, 112, 78))[variant % 4]
    plan.image[:] = wood
    for row, x in enumerate(np.arange(-SIDE, SIDE, 0.16)):
        z = near - (row * 0.37) % 1.1
        while z < WALL:
            plan.rect(
                x + 0.004, z + 0.006, x + 0.156, z + 1.1, tone(wood, float(rng.uniform(0.86, 1.14)))
            )
            z += 1.1
    plan.shade(1 + 0.05 * plan.noise(rng, (0.6, 0.03), 3, 0.7))
    plan.rect(-1.9, 3.4, 1.9, 6.0, tone((138, 120, 104), 1.0))  # the carpet people act on
    carpet = (np.abs(plan.x) < 1.9) & (plan.y > 3.4) & (plan.y < 6.0)
    plan.shade(1 + 0.07 * plan.noise(rng, 0.05, 2, 0.8), carpet.astype(np.float32))
    edge = [(-1.9, 3.4), (1.9, 3.4), (1.9, 6.0), (-1.9, 6.0), (-1.9, 3.4)]
    plan.line(edge, (96, 40, 40), 0.09)
    plan.line([(-0.5, 4.7), (0.5, 4.7)], (214, 206, 190), 0.05)
    plan.line([(0, 4.2), (0, 5.2)], (214, 206, 190), 0.05)
    inside = floor.lay(canvas, GROUND, WALL)
    side = np.abs(canvas.x) < SIDE * canvas.y / GROUND.eye
    outside = inside & ~side
    canvas.image[outside] = (np.asarray(plaster) * 0.9).astype(np.uint8)
    canvas.shade(1 + 0.018 * canvas.noise(rng, 0.12, 4, 0.6))
    x, y = spot(0, 0, WALL)
    canvas.shade(
        1 - 0.22 * np.exp(-(((canvas.y - y) / 0.02) ** 2)) * (np.abs(canvas.x) < SIDE / WALL * 1.25)
    )
    for sign in (-1, 1):
        canvas.line(
            [spot(sign * SIDE, 0, WALL), spot(sign * SIDE, CEILING, WALL)],
            tone(plaster, 0.7),
            0.004,
        )
        canvas.line(
            [spot(sign * SIDE, 0.05, WALL), spot(sign * SIDE, 0.05, near)], (110, 96, 84), 0.012
        )
    canvas.line([spot(-SIDE, 0.05, WALL), spot(SIDE, 0.05, WALL)], (110, 96, 84), 0.012)


def _panel(
    canvas: Canvas, x0: float, x1: float, y0: float, y1: float, z: float, colour: tuple[float, ...]
) -> None:
    a, b = spot(x0, y0, z), spot(x1, y1, z)
    canvas.rect(a[0], b[1], b[0], a[1], (colour[0], colour[1], colour[2]))


def _furniture(canvas: Canvas, rng: np.random.Generator, variant: int) -> None:
    flip = -1.0 if variant % 2 else 1.0
    wall = WALL - 0.01

    def panel(
        x0: float, x1: float, y0: float, y1: float, z: float, colour: tuple[float, ...]
    ) -> None:
        _panel(canvas, min(flip * x0, flip * x1), max(flip * x0, flip * x1), y0, y1, z, colour)

    # Curtain, whiteboard or window, door, cupboards along the back wall.
    folds = 18
    for k in range(folds):
        x = -2.8 + k * 0.075
        panel(x, x + 0.08, 0.06, 2.75, wall, tone((58, 60, 74), 0.75 + 0.5 * ((k * 7) % 5) / 5))
    if variant < 2:
        panel(-1.2, 0.75, 0.95, 2.2, wall, (150, 150, 150))
        panel(-1.16, 0.71, 0.99, 2.16, wall, (238, 240, 240))
        for _ in range(9):
            x, y = rng.uniform(-1.05, 0.3), rng.uniform(1.1, 2.0)
            curve = [
                spot(flip * (x + 0.05 * i), y + 0.04 * np.sin(1.7 * i), wall)
                for i in range(int(rng.integers(3, 9)))
            ]
            canvas.line(
                curve, ((40, 60, 140), (160, 40, 40), (40, 40, 44))[int(rng.integers(3))], 0.004
            )
    else:
        for x in (-1.3, 0.0):
            panel(x, x + 1.1, 1.0, 2.4, wall, (226, 226, 220))
            panel(x + 0.06, x + 1.04, 1.06, 2.34, wall, (176, 200, 220))
            for y in np.arange(1.08, 2.32, 0.09):
                panel(x + 0.06, x + 1.04, y, y + 0.045, wall, (228, 228, 222))
        panel(-1.2, 1.0, 0.2, 0.75, wall, (224, 222, 216))
        for x in np.arange(-1.2, 1.0, 0.09):
            panel(x, x + 0.02, 0.2, 0.75, wall, (184, 182, 176))
    panel(1.25, 2.25, 0.0, 2.1, wall, (176, 168, 150))
    panel(1.32, 2.18, 0.0, 2.03, wall, (128, 92, 62) if variant != 2 else (90, 104, 122))
    panel(1.4, 1.46, 0.95, 1.05, wall, (214, 204, 170))
    _poster(canvas, rng, flip * 2.55, flip)
    _desk(canvas, rng, flip * -1.75)
    for x, z in ((2.35, 6.4), (-2.45, 5.2)):
        _tripod(canvas, flip * x, z)
    _chair(canvas, flip * 1.75, 6.9, rng)


def _poster(canvas: Canvas, rng: np.random.Generator, x: float, flip: float) -> None:
    a, b = spot(x - 0.22, 1.2, WALL), spot(x + 0.22, 1.85, WALL)
    canvas.rect(a[0], b[1], b[0], a[1], (234, 232, 226))
    canvas.rect(a[0] + 0.008, b[1] + 0.01, b[0] - 0.008, b[1] + 0.05, hsv(rng.uniform(), 0.6, 0.6))
    for k in range(4):
        y = b[1] + 0.06 + 0.011 * k
        canvas.line([(a[0] + 0.008, y), (b[0] - 0.012, y)], (120, 120, 124), 0.003)


def _box(
    canvas: Canvas, x0: float, x1: float, y0: float, y1: float, z0: float, z1: float,
    colour: tuple[float, float, float],
) -> None:  # fmt: skip
    """Paint a box: its top if below the eye, the side that is seen, its front."""
    if y1 < GROUND.eye:
        canvas.poly(
            [spot(x0, y1, z0), spot(x1, y1, z0), spot(x1, y1, z1), spot(x0, y1, z1)],
            tone(colour, 1.18),
        )
    inner = x1 if x0 + x1 < 0 else x0
    canvas.poly(
        [spot(inner, y0, z0), spot(inner, y1, z0), spot(inner, y1, z1), spot(inner, y0, z1)],
        tone(colour, 0.7),
    )
    a, b = spot(x0, y0, z0), spot(x1, y1, z0)
    canvas.rect(a[0], b[1], b[0], a[1], colour)


def _desk(canvas: Canvas, rng: np.random.Generator, x: float) -> None:
    px, py = spot(x, 0, 6.8)
    soft_shadow(canvas, px, py, 0.2, 0.03, 0.4)
    for dx in (-0.72, 0.66):
        _box(canvas, x + dx, x + dx + 0.06, 0, 0.72, 6.6, 7.2, (92, 92, 96))
    _box(canvas, x - 0.75, x + 0.75, 0.70, 0.75, 6.55, 7.3, (170, 140, 104))
    _box(canvas, x + 0.2, x + 0.5, 0, 0.45, 6.7, 7.2, (44, 46, 52))
    for dx in (-0.45, 0.2):
        _box(canvas, x + dx - 0.25, x + dx + 0.25, 0.86, 1.2, 6.95, 7.0, (34, 36, 42))
        a, b = spot(x + dx - 0.22, 0.89, 6.95), spot(x + dx + 0.22, 1.17, 6.95)
        canvas.rect(a[0], b[1], b[0], a[1], hsv(rng.uniform(0.5, 0.65), 0.4, 0.7))
        _box(canvas, x + dx - 0.04, x + dx + 0.04, 0.75, 0.88, 6.95, 7.0, (50, 52, 56))
    _box(canvas, x - 0.2, x + 0.15, 0.75, 0.78, 6.65, 6.8, (214, 214, 210))


def _tripod(canvas: Canvas, x: float, z: float) -> None:
    px, py = spot(x, 0, z)
    soft_shadow(canvas, px, py, 0.07, 0.02, 0.4)
    for dx, dz in ((-0.28, -0.1), (0.28, -0.1), (0.02, 0.3)):
        canvas.line([spot(x, 1.15, z), spot(x + dx, 0, z + dz)], (40, 40, 44), 0.007)
    canvas.line([spot(x, 1.0, z), spot(x, 1.45, z)], (60, 60, 64), 0.009)
    _box(canvas, x - 0.09, x + 0.09, 1.43, 1.56, z - 0.1, z + 0.1, (36, 36, 40))
    canvas.disc(*spot(x, 1.5, z - 0.11), 0.011, (70, 90, 130))


def _chair(canvas: Canvas, x: float, z: float, rng: np.random.Generator) -> None:
    seat = hsv(rng.uniform(), 0.5, 0.45)
    px, py = spot(x, 0, z)
    soft_shadow(canvas, px, py, 0.08, 0.02, 0.4)
    for dx in (-0.2, 0.2):
        canvas.line([spot(x + dx, 0, z - 0.2), spot(x + dx, 0.45, z - 0.2)], (70, 70, 74), 0.006)
        canvas.line([spot(x + dx, 0, z + 0.2), spot(x + dx, 0.9, z + 0.2)], (70, 70, 74), 0.006)
    _box(canvas, x - 0.22, x + 0.22, 0.55, 0.92, z + 0.2, z + 0.22, seat)
    _box(canvas, x - 0.22, x + 0.22, 0.43, 0.48, z - 0.22, z + 0.22, seat)
