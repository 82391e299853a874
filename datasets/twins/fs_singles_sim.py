"""The rink: boards with adverts, spectators, and one figure skater, as FS-Singles."""

from __future__ import annotations

import cv2
import numpy as np

from selfbench.datasets.twins.camera import even_grid, follow, integrate, resample, smooth
from selfbench.datasets.twins.figure import Light
from selfbench.datasets.twins.motion import (
    AIRBORNE,
    FLOURISH,
    LANDING,
    LAYBACK,
    READY,
    SIT,
    SPIRAL,
    SPREAD_EAGLE,
    STROKE_L,
    UPRIGHT_SPIN,
    Pose,
    blend,
    mirror,
)  # fmt: skip
from selfbench.datasets.twins.noise import Array, generator, wander
from selfbench.datasets.twins.outfit import HAIR, PATTERNS, SKIN, Outfit, body_build, cloth, hsv
from selfbench.datasets.twins.paint import Canvas, Floor
from selfbench.datasets.twins.props import spectator, tone
from selfbench.datasets.twins.skeleton import COLUMN
from selfbench.datasets.twins.take import Ground, Script, Venue
from selfbench.datasets.twins.twin import Twin

GROUND = Ground(focal=8.0, eye=3.4)
BOARDS = 43.0  # metres to the far boards
REACH = 8.5  # metres the skater gets to either side
BRANDS = ("NORDIS", "velox", "AQUARA", "Tempo24", "KELVIN", "lumen", "ORBITA", "Sorell", "PALTZ")


class FSSinglesSim(Twin):
    """Procedural rink with a figure skater: stands in for FS-Singles (Katircioglu et al. 2022)."""

    name = "fs-singles-sim"
    version = 1

    @classmethod
    def venue(cls, seed: int, variant: int, ppu: float, wide: float) -> Venue:
        """Paint the rink; variants differ in adverts and audience."""
        rng = generator(cls.name, cls.version, seed, "venue", variant)
        half = REACH * GROUND.focal / 24 + wide / 2 + 0.5
        canvas = Canvas(-half, -0.75, half, 1.75, 1.2 * ppu)
        _stands(canvas, rng)
        _ice(canvas, generator(cls.name, seed, "ice"), variant)
        _boards(canvas, rng)
        canvas.shade(1 + 0.012 * canvas.noise(rng, 0.02, 2))
        return canvas.venue(GROUND)

    @classmethod
    def script(
        cls, venue: Venue, times: Array, person: int, labels: tuple[str | int, ...], wide: float
    ) -> Script:
        """Write a programme of strokes, spins, jumps and spirals."""
        rng = generator(*labels, "script")
        outfit = _skater(generator(cls.name, labels[2], "person", person), person)
        grid = even_grid(times)
        angles, pace, spin = _programme(rng, grid)
        if rng.uniform() < 0.5:
            angles, spin = mirror(angles), -spin
        way = integrate(smooth(pace, 0.6)) + rng.uniform(0, 60)
        x, z = (
            wander(rng, way, 0.82 * REACH, 9.0, 3),
            31 + wander(rng, way, 5.0, 8.0, 3),
        )
        heading = np.unwrap(np.arctan2(np.gradient(x), np.gradient(z)))
        angles[:, COLUMN["yaw"]] += smooth(heading, 0.3) + spin
        curve = np.gradient(smooth(heading, 0.5), grid) * smooth(pace, 0.4)
        angles[:, COLUMN["roll"]] += np.clip(0.16 * curve, -0.3, 0.3)  # leans into the curve
        view, zoom = follow(
            rng, grid, GROUND, x, z, outfit.build.stature, wide, tall=(0.4, 0.6), lag=0.7
        )
        return Script(
            outfit=outfit,
            angles=resample(times, grid, angles),
            x=resample(times, grid, x),
            z=resample(times, grid, z),
            view=resample(times, grid, view),
            zoom=resample(times, grid, zoom),
            roll=resample(times, grid, wander(rng, grid, 0.015, 6.0)),
            light=Light((-0.3, 0.85, -0.45), 0.66, 0.46, 0.16, (1.0, 1.0, 1.03), 0.2, 0.09, 0.2),
            noise=float(rng.uniform(2.5, 4.5)),
        )


def _programme(rng: np.random.Generator, grid: Array) -> tuple[Array, Array, Array]:
    """Return poses (N, 27), pace (N,) relative to a full glide, and spin angle (N,)."""
    keys: list[tuple[float, Pose]] = []
    marks: list[tuple[float, float, float, float]] = []  # start, end, pace, turns
    jumps: list[tuple[float, float, float]] = []  # take-off, landing, height
    now = float(grid[0])
    deck: list[str] = []

    def hold(pose: Pose, ease: float, length: float, pace: float, turns: float = 0.0) -> None:
        nonlocal now
        keys.append((now + ease, pose))
        keys.append((now + length, pose))
        marks.append((now, now + length, pace, turns))
        now += length

    right = {
        k.replace("L", "#").replace("R", "L").replace("#", "R"): v for k, v in STROKE_L.items()
    }
    while now < grid[-1]:
        if not deck:
            deck = ["spiral", "eagle", "sit", "camel", "layback", "upright", "jump", "jump", "pose"]
            rng.shuffle(deck)
        for _ in range(int(rng.integers(1, 4))):
            hold(STROKE_L, 0.45, rng.uniform(0.8, 1.1), 1.0)
            hold(right, 0.45, rng.uniform(0.8, 1.1), 1.0)
        act = deck.pop()
        if act == "spiral":
            hold(SPIRAL, 0.8, rng.uniform(2.0, 2.8), 0.9)
        elif act == "eagle":
            hold({**SPREAD_EAGLE, "yaw": 90}, 0.6, rng.uniform(1.6, 2.4), 0.8)
        elif act == "pose":
            hold(FLOURISH, 0.6, rng.uniform(1.4, 2.0), 0.35)
        elif act == "jump":
            hold(READY, 0.5, 0.75, 0.9)
            air, height = rng.uniform(0.5, 0.62), rng.uniform(0.35, 0.55)
            jumps.append((now, now + air, height))
            hold(AIRBORNE, 0.12, air, 0.9, float(rng.integers(1, 4)))
            hold(LANDING, 0.25, 1.3, 0.8)
        else:
            pose = {"sit": SIT, "camel": SPIRAL, "layback": LAYBACK, "upright": UPRIGHT_SPIN}[act]
            rate = {"sit": 1.8, "camel": 1.2, "layback": 1.5, "upright": 2.4}[act]
            length = rng.uniform(2.2, 3.2)
            hold(pose, 0.6, length, 0.04, float(round(rate * length)))
            if rng.uniform() < 0.5:
                hold(UPRIGHT_SPIN, 0.5, 1.5, 0.04, 4.0)
    angles = blend(grid, keys)
    paces, rates = np.ones(len(grid)), np.zeros(len(grid))
    for start, end, speed, turns in marks:
        during = (grid >= start) & (grid < end)
        paces[during] = speed
        rates[during] = 2 * np.pi * turns / (end - start)
    for start, end, height in jumps:
        u = np.clip((grid - start) / (end - start), 0, 1)
        angles[:, COLUMN["lift"]] += 4 * height * u * (1 - u)
    return angles, paces, integrate(smooth(rates, 0.15))


def _skater(rng: np.random.Generator, person: int) -> Outfit:
    feminine = bool(rng.uniform() < 0.5)
    hue = 0.07 + 0.618034 * person  # the golden ratio keeps neighbours apart
    bright = rng.uniform(0.25, 0.9)
    base = hsv(hue, rng.uniform(0.35, 0.85), bright)
    if person % 4 == 2:
        base = hsv(0.6, rng.uniform(0.03, 0.15), rng.uniform(0.7, 0.93))  # nearly the ice's colour
    accent = hsv(hue + rng.uniform(0.2, 0.6), rng.uniform(0.2, 0.9), rng.uniform(0.3, 0.95))
    skin = SKIN[int(rng.integers(len(SKIN)))]
    top = cloth(rng, PATTERNS[int(rng.integers(len(PATTERNS)))], base, accent)
    dark = hsv(0.62, rng.uniform(0.1, 0.5), rng.uniform(0.1, 0.28))
    if feminine:
        legs = cloth(rng, "plain", tone(skin, 0.9) if rng.uniform() < 0.7 else dark, dark)
        return Outfit(
            body_build(rng, True), skin, HAIR[int(rng.integers(len(HAIR)))], "bun", top,
            cloth(rng, "plain", *((base, accent) if rng.uniform() < 0.6 else (skin, skin))),
            legs, (236, 234, 230), skirt=cloth(rng, "yoke", base, accent), gear=("skates",),
        )  # fmt: skip
    return Outfit(
        body_build(rng, False), skin, HAIR[int(rng.integers(len(HAIR)))], "short", top,
        cloth(rng, "yoke" if rng.uniform() < 0.4 else "plain", base, accent),
        cloth(rng, "plain", dark, dark), (28, 28, 32), gear=("skates",), loose=1.05,
    )  # fmt: skip


def _stands(canvas: Canvas, rng: np.random.Generator) -> None:
    canvas.gradient(canvas.corner[1], 0.6, (16, 18, 26), (44, 46, 56))
    x0, x1 = canvas.corner[0], canvas.corner[0] + canvas.size[1]
    for row in range(11, -1, -1):
        z = BOARDS + 3.0 + 1.0 * row
        s = GROUND.focal / z
        y = (GROUND.eye - 1.25 - 0.55 * row) * s
        if y < canvas.corner[1] - 0.2:
            continue
        dim = 0.62 - 0.022 * row
        canvas.rect(
            x0, y - 0.16 * s, x1, y + 0.5 * s, (46 - 1.5 * row, 48 - 1.5 * row, 58 - 1.5 * row)
        )
        canvas.rect(x0, y - 0.2 * s, x1, y - 0.14 * s, (70, 72, 82))
        for x in np.arange(x0, x1, 0.56 * s) + rng.uniform(0, 0.5) * s:
            stairs = abs((x / s) % 14.0 - 7) < 0.7
            if stairs:
                canvas.rect(x - 0.3 * s, y - 0.1 * s, x + 0.3 * s, y + 0.5 * s, (92, 92, 98))
            elif rng.uniform() < 0.86:
                bust = y + rng.uniform(-0.05, 0.05) * s
                spectator(canvas, rng, float(x), float(bust), s, dim * rng.uniform(0.8, 1.15))
            else:
                canvas.rect(x - 0.22 * s, y - 0.3 * s, x + 0.22 * s, y + 0.1 * s, (30, 52, 92))
    canvas.image[:] = cv2.GaussianBlur(canvas.image, (0, 0), 0.0035 * canvas.ppu)  # out of focus
    canvas.shade(1 + 0.1 * canvas.noise(rng, (0.5, 0.9), 3))


def _boards(canvas: Canvas, rng: np.random.Generator) -> None:
    s = GROUND.focal / BOARDS
    foot, top = GROUND.eye * s, (GROUND.eye - 1.15) * s
    x = canvas.corner[0]
    end = x + canvas.size[1]
    before = ""
    while x < end:
        wide = rng.uniform(3.0, 5.5) * s
        ground = hsv(rng.uniform(), rng.uniform(0.0, 0.9), rng.uniform(0.35, 0.95))
        if rng.uniform() < 0.35:
            ground = (238, 240, 242)
        ink = (250, 250, 250) if sum(ground) < 420 else hsv(rng.uniform(), 0.8, 0.4)
        canvas.rect(x, top, x + wide, foot, ground)
        word = str(rng.choice([b for b in BRANDS if b != before]))
        before = word
        size = rng.uniform(0.4, 0.6) * (foot - top)
        if rng.uniform() < 0.5:
            canvas.disc(x + 0.55 * (foot - top), (top + foot) / 2, 0.3 * (foot - top), ink)
            canvas.disc(x + 0.55 * (foot - top), (top + foot) / 2, 0.18 * (foot - top), ground)
        canvas.text(x + 1.0 * (foot - top), (top + foot) / 2 + 0.45 * size, size, word, ink)
        canvas.line([(x, top), (x, foot)], (90, 94, 100), 0.012)
        x += wide
    canvas.rect(canvas.corner[0], top - 0.018, end, top + 0.006, (206, 212, 220))
    canvas.rect(canvas.corner[0], foot - 0.13 * s, end, foot, (212, 188, 62))
    canvas.rect(canvas.corner[0], foot - 0.01 * s, end, foot + 0.03 * s, (120, 140, 158))
    _mirror_boards(canvas, top, foot)


def _mirror_boards(canvas: Canvas, top: float, foot: float) -> None:
    """Let the ice mirror the boards, blurred, fading towards the camera."""
    row = round((foot - canvas.corner[1]) * canvas.ppu)
    tall = round((foot - top) * canvas.ppu * 1.6)
    source = cv2.GaussianBlur(
        canvas.image[row - tall : row][::-1].astype(np.float32), (0, 0), 0.02 * canvas.ppu
    )
    share = (0.36 * (1 - np.linspace(0, 1, tall, dtype=np.float32)) ** 1.3)[:, None, None]
    part = canvas.image[row : row + tall]
    part[:] = (part * (1 - share) + source[: len(part)] * share[: len(part)]).astype(np.uint8)


def _ice(canvas: Canvas, rng: np.random.Generator, variant: int) -> None:
    floor = Floor(-16, 16, 15, BOARDS, min(canvas.ppu / 4, 120))
    plan = floor.canvas
    plan.image[:] = (214, 226, 236) if variant % 2 == 0 else (218, 226, 232)
    plan.shade(1 + 0.028 * plan.noise(rng, 5.0, 6, 0.62))
    for _ in range(900):  # traces of blades: long shallow arcs
        x, z, r = rng.uniform(-16, 16), rng.uniform(15, BOARDS), rng.uniform(1.5, 9)
        start, sweep = rng.uniform(0, 2 * np.pi), rng.uniform(0.15, 0.9)
        a = start + np.linspace(0, sweep, 12)
        arc = np.stack(
            [x + r * np.cos(a) - r * np.cos(start), z + r * np.sin(a) - r * np.sin(start)], -1
        )
        light = rng.uniform() < 0.6
        plan.line(arc, (240, 246, 250) if light else (182, 200, 216), rng.uniform(0.01, 0.05))
    blue, red = (126, 156, 206), (210, 140, 142)
    turn = np.linspace(0, 2 * np.pi, 60)
    plan.line(np.stack([4.5 * np.cos(turn), 31 + 4.5 * np.sin(turn)], -1), blue, 0.08)
    plan.line([(0, 15), (0, BOARDS)], red, 0.3)
    for x in (-9.0, 9.0):
        plan.line([(x, 15), (x, BOARDS)], blue, 0.3)
    plan.mix((218, 228, 237), np.full(plan.shape, 0.45))
    floor.lay(canvas, GROUND, BOARDS)
    below = canvas.y >= GROUND.focal * GROUND.eye / BOARDS
    glow = 0.06 * np.sin(canvas.x * 2.2 + 0.6) * np.exp(-(((canvas.y - 1.0) / 0.35) ** 2))
    canvas.shade(1 + glow + 0.05 * (canvas.y - 1.1), np.broadcast_to(below, canvas.shape))
