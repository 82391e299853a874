"""The slope: gates, safety nets, forest and mountains, and one carving skier, as Ski-PTZ."""

from __future__ import annotations

import numpy as np

from selfbench.datasets.twins.camera import even_grid, follow, resample, smooth
from selfbench.datasets.twins.figure import Light
from selfbench.datasets.twins.motion import carve
from selfbench.datasets.twins.noise import Array, generator, wander
from selfbench.datasets.twins.outfit import HAIR, PATTERNS, SKIN, Outfit, body_build, cloth, hsv
from selfbench.datasets.twins.paint import Canvas, Floor
from selfbench.datasets.twins.props import bystander, conifer, sky
from selfbench.datasets.twins.skeleton import COLUMN
from selfbench.datasets.twins.take import Ground, Script, Venue
from selfbench.datasets.twins.twin import Twin

MIDDLE = 27.0  # metres from the camera to the line of the course
HALF = 17.0  # metres of course to either side
SPACING = 6.5  # metres between gates
NET = 44.0  # metres to the safety net


def _ground(variant: int) -> Ground:
    return Ground(focal=8.0, eye=2.1, tilt=0.13 if variant % 2 == 0 else -0.13)


class SkiPTZSim(Twin):
    """Procedural slalom slope with one skier: stands in for Ski-PTZ (Katircioglu et al. 2022)."""

    name = "ski-ptz-sim"
    version = 1

    @classmethod
    def venue(cls, seed: int, variant: int, ppu: float, wide: float) -> Venue:
        """Paint the slope; variants run down to the right and to the left."""
        rng = generator(cls.name, cls.version, seed, "venue", variant)
        ground = _ground(variant)
        half = HALF * ground.focal / 23 + wide / 2 + 0.4
        drop = abs(ground.tilt) * half
        canvas = Canvas(-half, -0.65 - 0.6 * drop, half, 1.3 + 0.85 * drop, 1.2 * ppu)
        _mountains(canvas, rng, ground)
        _snow(canvas, rng, ground)
        _forest(canvas, rng, ground)
        _net(canvas, rng, ground)
        _gates(canvas, rng, ground)
        return canvas.venue(ground)

    @classmethod
    def script(
        cls, venue: Venue, times: Array, person: int, labels: tuple[str | int, ...], wide: float
    ) -> Script:
        """Write runs through the gates, one after the other, cut as a broadcast is."""
        rng = generator(*labels, "script")
        outfit = _skier(generator(cls.name, labels[2], "person", person), person)
        ground = venue.ground
        side = 1.0 if ground.tilt > 0 else -1.0
        parts: list[tuple[Array, ...]] = []
        start, fps = 0, cls.fps
        frame = np.rint(times * fps).astype(int)
        while start <= frame[-1]:
            speed = rng.uniform(5.0, 6.6)
            length = int(2 * HALF / speed * fps)
            first = int(rng.integers(0, length // 2)) if start == 0 else 0
            during = (frame >= start) & (frame < start + length - first)
            clock = times[during] + (first - start) / fps
            parts.append(_run(rng, ground, outfit, clock, speed, side, wide))
            start += length - first
        angles, x, z, view, zoom, roll, spray = (
            np.concatenate(part) for part in zip(*parts, strict=True)
        )
        return Script(
            outfit=outfit, angles=angles, x=x, z=z, view=view, zoom=zoom, roll=roll, spray=spray,
            light=Light((0.5, 0.7, -0.25), 0.56, 0.5, 0.3, (1.02, 1.0, 0.98), 0.42, 0.05),
            noise=float(rng.uniform(2.0, 3.6)), anchor_feet=True,
        )  # fmt: skip


def _run(
    rng: np.random.Generator, ground: Ground, outfit: Outfit, clock: Array, speed: float,
    side: float, wide: float,
) -> tuple[Array, ...]:  # fmt: skip
    grid = even_grid(clock)
    along = -HALF + speed * grid + wander(rng, grid, 0.4, 3.0)
    width = 3.1 + wander(rng, grid, 0.5, 4.0)
    bow = np.sin(np.pi * along / SPACING + 0.15 * wander(rng, grid, 1.0, 2.0))
    x, z = side * along, MIDDLE + width * bow
    swing = side * smooth(np.clip(1.35 * bow, -1, 1), 0.12)
    angles = carve(swing, wander(rng, grid, 1.0, 1.5), rng)
    heading = np.unwrap(np.arctan2(np.gradient(x), np.gradient(z)))
    angles[:, COLUMN["yaw"]] = heading
    view, zoom = follow(
        rng, grid, ground, x, z, 0.86 * outfit.build.stature, wide, (0.34, 0.5), 0.5, 0.24, 3.0
    )
    roll = wander(rng, grid, 0.02, 4.0)
    spray = np.sign(swing) * np.clip(np.abs(swing) - 0.35, 0, 1) * 1.5
    keep = (angles, x, z, view, zoom, roll, spray)
    return tuple(resample(clock, grid, np.asarray(values)) for values in keep)


def _skier(rng: np.random.Generator, person: int) -> Outfit:
    hue = 0.0 + 0.618034 * person
    base = hsv(hue, rng.uniform(0.5, 0.95), rng.uniform(0.35, 0.9))
    if person % 5 == 3:
        base = hsv(0.58, rng.uniform(0.02, 0.12), rng.uniform(0.72, 0.92))  # nearly white
    accent = hsv(hue + rng.uniform(0.25, 0.7), rng.uniform(0.3, 0.95), rng.uniform(0.2, 0.95))
    legs = (
        base
        if rng.uniform() < 0.5
        else hsv(rng.uniform(), rng.uniform(0.1, 0.7), rng.uniform(0.1, 0.5))
    )
    pattern = PATTERNS[int(rng.integers(len(PATTERNS)))]
    helmet = accent if rng.uniform() < 0.5 else hsv(rng.uniform(), 0.1, rng.choice([0.12, 0.9]))
    return Outfit(
        body_build(rng, bool(rng.uniform() < 0.4)), SKIN[int(rng.integers(len(SKIN)))],
        helmet if rng.uniform() < 0.9 else HAIR[0], "helmet", cloth(rng, pattern, base, accent),
        cloth(rng, "side" if rng.uniform() < 0.5 else "yoke", base, accent),
        cloth(rng, "side" if rng.uniform() < 0.6 else "plain", legs, accent),
        (40, 42, 48), loose=1.14, gear=("skis",), accent=hsv(rng.uniform(), 0.8, 0.8),
    )  # fmt: skip


def _mountains(canvas: Canvas, rng: np.random.Generator, ground: Ground) -> None:
    top, bottom = canvas.corner[1], canvas.corner[1] + canvas.size[1]
    sky(canvas, rng, top, 0.6, 0.3)
    x = canvas.x[0]
    ridge = generator("ridge", int(rng.integers(1 << 30)))
    rock = canvas.noise(ridge, (0.12, 0.16), 5, 0.6)
    for height, far, near in (
        (0.42, (150, 172, 204), (196, 208, 226)),
        (0.24, (118, 142, 176), (186, 198, 216)),
    ):
        crest = -0.02 - height * (0.65 + 0.5 * np.sin(x * 1.1 + ridge.uniform(0, 6))
                                  * np.sin(x * 0.43 + ridge.uniform(0, 6)))  # fmt: skip
        crest += 0.05 * canvas.noise(ridge, (9.0, 0.22), 5, 0.55)[0]
        inside = ((canvas.y > crest) & (canvas.y < bottom)).astype(np.float32)
        snow = np.clip(0.5 + 0.8 * rock + 0.9 * (crest + height * 0.5 - canvas.y), 0, 1)[..., None]
        colour = np.asarray(far, np.float32) * (1 - snow) + np.asarray(near, np.float32) * snow
        canvas.mix(colour, inside)


def _snow(canvas: Canvas, rng: np.random.Generator, ground: Ground) -> None:
    floor = Floor(-34, 34, 9, 75, min(canvas.ppu / 9, 60))  # mirrored beyond
    plan = floor.canvas
    bumps = plan.noise(rng, 7.0, 7, 0.6)
    fine = plan.noise(rng, (0.5, 1.5), 4, 0.7)
    relief = (
        np.gradient(bumps, axis=1) * plan.ppu * 0.5 + np.gradient(fine, axis=1) * plan.ppu * 0.07
    )
    plan.image[:] = (224, 231, 242)
    tint = np.clip(1 - 0.12 * relief, 0.62, 1.12)[..., None]
    plan.shade(tint ** np.array([1.25, 1.1, 0.9], np.float32))
    along = np.linspace(-34, 34, 500)
    for _ in range(46):  # ruts of those who came before
        width, phase = rng.normal(3.1, 0.5), rng.normal(0, 0.25)
        z = MIDDLE + width * np.sin(np.pi * along / SPACING + phase) + rng.normal(0, 0.3)
        shadow = rng.uniform() < 0.6
        plan.line(np.stack([along, z], -1), (196, 208, 228) if shadow else (240, 244, 250),
                  rng.uniform(0.03, 0.16))  # fmt: skip
    for _ in range(50):  # and of those who only slid down
        z0, slant = rng.uniform(10, 60), rng.normal(0, 0.1)
        weave = np.sin(along * rng.uniform(0.2, 0.7) + rng.uniform(0, 6))
        z = z0 + slant * along + rng.uniform(0.2, 1.2) * weave
        plan.line(np.stack([along, z], -1), (206, 216, 234), rng.uniform(0.02, 0.08))
    inside = floor.lay(canvas, ground, 125.0)
    depth = np.clip(1 - (canvas.y - ground.tilt * canvas.x) / 0.5, 0, 1) * inside
    canvas.mix((222, 229, 240), 0.4 * depth)
    canvas.shade(1 + 0.012 * canvas.noise(rng, 0.016, 2), inside.astype(np.float32))
    cloud = np.clip(canvas.noise(rng, (0.35, 1.2), 3) * 0.9 - 0.5, 0, 1) * inside
    canvas.shade(1 - 0.2 * cloud[..., None] * np.array([1.25, 1.0, 0.6], np.float32))


def _forest(canvas: Canvas, rng: np.random.Generator, ground: Ground) -> None:
    x0, x1 = canvas.corner[0], canvas.corner[0] + canvas.size[1]
    stands = [(float(rng.uniform(x0, x1)), float(rng.uniform(0.5, 1.2))) for _ in range(7)]
    trees = []
    for _ in range(190):
        if rng.uniform() < 0.82:
            at, spread = stands[int(rng.integers(len(stands)))]
            x = at + spread * rng.standard_normal() * 0.6
        else:
            x = rng.uniform(x0, x1)
        trees.append((rng.uniform(62, 122), x, rng.uniform(7, 14)))
    for z, x, height in sorted(trees, reverse=True):
        s = ground.focal / z
        y = ground.eye * s + ground.tilt * x
        conifer(canvas, rng, float(x), float(y), float(height * s), 0.45)
        canvas.disc(float(x), float(y), 0.012, (170, 186, 212), 4.0)


def _net(canvas: Canvas, rng: np.random.Generator, ground: Ground) -> None:
    """Paint the red safety net along the piste, with poles, banners and officials behind it."""
    x0, x1 = canvas.corner[0], canvas.corner[0] + canvas.size[1]
    s = ground.focal / NET

    def foot(x: float) -> float:
        return ground.eye * s + ground.tilt * x + 0.012 * float(np.sin(2.3 * x))

    for _ in range(26):
        x = float(rng.uniform(x0, x1))
        bystander(canvas, rng, x, foot(x) - 0.02, s * 0.95)
    mesh = np.arange(x0, x1, 0.14 * s)
    for x in mesh:
        canvas.line(
            [(x, foot(x)), (x + 0.5 * s, foot(x + 0.5 * s) - 1.7 * s)], (206, 70, 52), 0.0028
        )
        canvas.line([(x + 0.5 * s, foot(x)), (x, foot(x) - 1.7 * s)], (206, 70, 52), 0.0028)
    way = np.linspace(x0, x1, 300)
    for up in (0.05, 1.7):
        canvas.line([(x, foot(x) - up * s) for x in way], (214, 84, 60), 0.01)
    for x in np.arange(x0, x1, 2.4 * s):
        canvas.line([(x, foot(x)), (x, foot(x) - 1.95 * s)], (236, 206, 70), 0.012)
    for x in np.arange(x0 + 0.4, x1, 11 * s):
        if rng.uniform() < 0.75:
            wide, colour = rng.uniform(2.5, 5) * s, hsv(rng.uniform(), rng.uniform(0.5, 0.9), 0.75)
            tall = 0.85 * s
            ends = [(x, foot(x)), (x + wide, foot(x + wide))]
            canvas.poly([*ends, *((px, py - tall) for px, py in ends[::-1])], colour)
            word = str(rng.choice(["ALPINO", "Kaar", "SNOVA", "firn+", "VELTA"]))
            canvas.text(
                x + 0.2 * wide,
                foot(x + 0.5 * wide) - 0.22 * tall,
                0.55 * tall,
                word,
                (248, 248, 248),
            )


def _gates(canvas: Canvas, rng: np.random.Generator, ground: Ground) -> None:
    count = int(1.2 * HALF / SPACING) + 1
    gates = []
    for k in range(-count, count + 1):
        x = (k + 0.5) * SPACING
        bow = float(np.sin(np.pi * x / SPACING))
        if ground.tilt < 0:
            bow = float(np.sin(-np.pi * x / SPACING))
        gates.append((MIDDLE + 2.2 * bow, x, (212, 44, 48) if k % 2 else (40, 84, 196)))
    for z, x, colour in sorted(gates, key=lambda gate: -gate[0]):
        s = ground.focal / z
        at = [(px * s, ground.eye * s + ground.tilt * px * s) for px in (x - 0.35, x + 0.35)]
        canvas.disc(x * s, at[0][1] + 0.01, 0.01, (176, 192, 216), 6.0)
        lean = 0.05 * s * rng.standard_normal()
        (x0, y0), (x1, y1) = at
        panel = [(x0 + 0.9 * lean, y0 - 1.55 * s), (x1 + 0.9 * lean, y1 - 1.55 * s),
                 (x1 + 0.5 * lean, y1 - 0.95 * s), (x0 + 0.5 * lean, y0 - 0.95 * s)]  # fmt: skip
        canvas.poly(panel, colour)
        for px, py in at:
            canvas.line([(px, py), (px + lean, py - 1.75 * s)], colour, 0.035 * s)
            canvas.line(
                [(px - 0.004, py), (px + lean - 0.004, py - 1.75 * s)], (240, 200, 200), 0.008 * s
            )
