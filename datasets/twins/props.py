"""Things that stand about in the venues: trees, people, windows, furniture, sky."""

from __future__ import annotations

import numpy as np

from selfbench.datasets.twins.noise import Array
from selfbench.datasets.twins.outfit import HAIR, SKIN, Colour, hsv
from selfbench.datasets.twins.paint import Canvas


def tone(colour: Colour, factor: float) -> Colour:
    """Return a lighter (> 1) or darker (< 1) colour."""
    r, g, b = (min(255.0, c * factor) for c in colour)
    return (r, g, b)


def jitter(rng: np.random.Generator, colour: Colour, amount: float = 0.1) -> Colour:
    """Return `colour` with a random brightness and a little random hue."""
    factor = 1 + amount * rng.standard_normal()
    r, g, b = (
        float(np.clip(c * factor + 25 * amount * rng.standard_normal(), 0, 255)) for c in colour
    )
    return (r, g, b)


def sky(canvas: Canvas, rng: np.random.Generator, top: float, horizon: float, cover: float) -> None:
    """Paint a sky from `top` to `horizon`, with clouds over about `cover` of it."""
    canvas.gradient(top, horizon, (92, 142, 208), (206, 224, 238))
    clouds = canvas.noise(rng, (0.35, 0.9), 5, 0.55)
    lit = canvas.noise(rng, (0.2, 0.4), 3)[..., None]
    share = np.clip((clouds + cover * 2 - 1) * 0.7, 0, 0.92) * (canvas.y < horizon)
    colour = np.array([240, 242, 246], np.float32) + 8 * lit
    canvas.mix(colour, share)


def spectator(
    canvas: Canvas, rng: np.random.Generator, x: float, y: float, s: float, dim: float
) -> None:
    """Paint somebody seated, seen from the waist up: waist at (x, y), `s` units a metre."""
    coat = tone(hsv(rng.uniform(), rng.uniform(0.05, 0.75), rng.uniform(0.2, 0.9)), dim)
    if rng.uniform() < 0.45:
        coat = tone(hsv(rng.uniform(0.55, 0.7), 0.3, rng.uniform(0.12, 0.4)), dim)
    skin = tone(SKIN[int(rng.integers(len(SKIN)))], dim)
    hair = tone(HAIR[int(rng.integers(len(HAIR)))], dim)
    lean = rng.uniform(-0.05, 0.05)
    shoulder = rng.uniform(0.19, 0.25)
    bust = [
        (-shoulder, 0),
        (-shoulder, -0.32),
        (-0.1, -0.44),
        (0.1, -0.44),
        (shoulder, -0.32),
        (shoulder, 0),
    ]
    canvas.poly([(x + (px + lean) * s, y + py * s) for px, py in bust], coat)
    canvas.disc(x + lean * 1.5 * s, y - 0.57 * s, 0.125 * s, hair, 0.85)
    if rng.uniform() < 0.85:
        canvas.disc(
            x + (lean * 1.5 + rng.uniform(-0.02, 0.02)) * s, y - 0.545 * s, 0.1 * s, skin, 0.8
        )
    if rng.uniform() < 0.2:  # clapping
        canvas.disc(x + lean * s, y - 0.28 * s, 0.07 * s, skin)


def bystander(
    canvas: Canvas, rng: np.random.Generator, x: float, y: float, s: float, hue: float | None = None
) -> None:
    """Paint somebody standing far away, feet at (x, y), `s` units per metre."""
    coat = hsv(rng.uniform() if hue is None else hue, rng.uniform(0.4, 0.9), rng.uniform(0.3, 0.85))
    legs = hsv(0.62, 0.3, rng.uniform(0.1, 0.35))
    trousers = [(-0.14, 0), (-0.16, 0.85), (0.16, 0.85), (0.14, 0), (0.02, 0), (0, 0.7), (-0.02, 0)]
    canvas.poly([(x + px * s, y - py * s) for px, py in trousers], legs)
    coat_edge = [(-0.1, 1.48), (-0.22, 1.38), (-0.29, 0.85), (-0.2, 0.83), (-0.17, 1.1),
                 (-0.18, 0.75), (0.18, 0.75), (0.17, 1.1), (0.2, 0.83), (0.29, 0.85), (0.22, 1.38),
                 (0.1, 1.48)]  # fmt: skip
    canvas.poly([(x + px * s, y - py * s) for px, py in coat_edge], coat)
    canvas.poly([(x + px * s, y - py * s) for px, py in coat_edge[6:]], tone(coat, 0.8))
    canvas.disc(x, y - 1.6 * s, 0.13 * s, SKIN[int(rng.integers(len(SKIN)))], 0.8)
    canvas.disc(x, y - 1.68 * s, 0.08 * s, hsv(rng.uniform(), 0.6, 0.4), 1.4)


def conifer(
    canvas: Canvas, rng: np.random.Generator, x: float, y: float, height: float, snow: float
) -> None:
    """Paint a fir with its foot at (x, y); `snow` in [0, 1] lies on its branches."""
    wide = height * rng.uniform(0.17, 0.24)
    dark = jitter(rng, (34, 56, 44), 0.12)
    canvas.line([(x, y), (x, y - 0.3 * height)], (62, 48, 38), 0.02 * height)
    tiers = 9
    for i in range(tiers):
        base = y - height * (0.08 + 0.86 * i / tiers)
        span = wide * (1 - i / tiers) ** 0.9 + 0.02 * height
        tip = base - height * 0.24 * (1 - 0.5 * i / tiers)
        edge: list[tuple[float, float]] = []
        for u in np.linspace(-1, 1, 9):
            drop = 0.05 * height * rng.uniform(0.2, 1.0) * (1 if round(u * 4) % 2 else -0.2)
            edge.append((x + u * span, base + drop - 0.02 * height * (1 - abs(u))))
        canvas.poly([(x, tip), *reversed(edge)], tone(dark, 0.8 + 0.5 * i / tiers))
        for sign in (-1, 1):
            if snow > rng.uniform():
                for k in rng.uniform(0.25, 0.9, 5):  # lies in lumps along the outer twigs
                    lump = (0.014 + 0.016 * rng.uniform()) * height * (1.1 - i / tiers)
                    side = x + sign * k * span * 0.96
                    level = tip + (base - tip) * k + 0.01 * height
                    white = tone((206, 214, 230), float(rng.uniform(0.9, 1.08)))
                    canvas.disc(float(side), float(level), lump * 0.34, white, 2.2, sign * 28.0)


def leafy(
    canvas: Canvas,
    rng: np.random.Generator,
    x: float,
    y: float,
    height: float,
    green: Colour,
    wide: float = 0.34,
    trunk: float = 0.45,
) -> tuple[float, float, float, float]:
    """Paint a broad-leaved tree with its foot at (x, y); return its crown (x, y, half size)."""
    bark = jitter(rng, (88, 70, 54), 0.1)
    if trunk > 0:
        for dx, shade in ((-0.014, 0.75), (0.0, 1.0), (0.012, 1.15)):
            canvas.line([(x + dx * height, y), (x + dx * 0.6 * height, y - 0.6 * height)],
                        tone(bark, shade), 0.03 * height)  # fmt: skip
        for side in (-1, 1):
            canvas.line([(x, y - 0.38 * height), (x + side * 0.16 * height, y - 0.62 * height)],
                        tone(bark, 0.8), 0.018 * height)  # fmt: skip
    half_w, half_h = wide * height, (1 - trunk) * height / 2 * 1.1
    cx, cy = x, y - height + half_h
    count = int(np.clip(900 * (half_w * half_h) ** 0.5, 60, 700))  # by units, not by pixels
    angle = rng.uniform(0, 2 * np.pi, count)
    reach = np.sqrt(rng.uniform(0, 1, count)) * (1 + 0.13 * np.sin(5 * angle + rng.uniform(0, 6)))
    px, py = cx + reach * np.cos(angle) * half_w, cy + reach * np.sin(angle) * half_h
    # Light from the upper left; clumps darker inside and below, drawn dark to bright.
    lit = (
        0.72
        - 0.3 * (py - cy) / half_h
        - 0.18 * (px - cx) / half_w
        + 0.16 * rng.standard_normal(count)
    )
    order = np.argsort(lit, kind="stable")
    mixed = 1 + 0.07 * rng.standard_normal((count, 1)) + 0.04 * rng.standard_normal((count, 3))
    leaves = np.clip(np.asarray(green) * np.clip(lit, 0.25, 1.5)[:, None] * mixed, 0, 255)[order]
    size = (
        (count / 620) ** -0.5
        * height
        * rng.uniform(0.011, 0.032, count)
        * (1.2 - 0.6 * (lit > 0.9))
    )
    shape = np.stack([px[order], py[order], size[order], rng.uniform(0.8, 1.8, count)], -1)
    for (lx, ly, r, long), (red, grn, blu), turn in zip(
        shape.tolist(), leaves.tolist(), rng.uniform(0, 180, count).tolist(), strict=True
    ):
        canvas.disc(lx, ly, r, (red, grn, blu), long, turn)
    return cx, cy, half_w, half_h


def window(
    canvas: Canvas, rng: np.random.Generator, x: float, y: float, w: float, h: float
) -> None:
    """Paint a window with frame, sill, curtain and reflected sky; (x, y) is its lower left."""
    canvas.rect(x - 0.06 * w, y - 1.05 * h, x + 1.06 * w, y + 0.04 * h, (232, 230, 224))
    canvas.rect(x, y - h, x + w, y, (62, 76, 92))
    canvas.poly([(x, y - h), (x + 0.9 * w, y - h), (x + 0.35 * w, y), (x, y)], (104, 126, 148))
    curtain = rng.uniform(0.12, 0.3)
    for side in (0.0, 1 - curtain):
        canvas.rect(x + side * w, y - h, x + (side + curtain) * w, y - 0.05 * h, (196, 188, 176))
    canvas.line([(x + 0.5 * w, y - h), (x + 0.5 * w, y)], (232, 230, 224), 0.06 * w)
    canvas.line([(x, y - 0.62 * h), (x + w, y - 0.62 * h)], (232, 230, 224), 0.05 * w)
    canvas.rect(x - 0.1 * w, y, x + 1.1 * w, y + 0.07 * h, (176, 172, 164))
    canvas.rect(x - 0.1 * w, y + 0.07 * h, x + 1.1 * w, y + 0.12 * h, (120, 112, 104))


def soft_shadow(
    canvas: Canvas, x: float, y: float, half_w: float, half_h: float, dark: float
) -> None:
    """Darken a soft ellipse of ground."""
    field: Array = ((canvas.x - x) / half_w) ** 2 + ((canvas.y - y) / half_h) ** 2
    canvas.shade(1 - dark * np.exp(-1.5 * field))
