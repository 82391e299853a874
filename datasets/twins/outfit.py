"""Who a person is: proportions, skin, hair and clothes, drawn from labels so that no two agree."""

from __future__ import annotations

import colorsys
from dataclasses import dataclass, field
from typing import Literal

import cv2
import numpy as np

from selfbench.datasets.twins.noise import Array, fractal
from selfbench.datasets.twins.skeleton import Build

Colour = tuple[float, float, float]  # RGB, 0..255
SIDE = 48  # texels along and around a piece of clothing

SKIN: tuple[Colour, ...] = (
    (236, 198, 172), (222, 176, 146), (198, 148, 114), (150, 104, 76), (104, 70, 52),
    (228, 186, 152),
)  # fmt: skip
HAIR: tuple[Colour, ...] = (
    (38, 28, 24), (72, 48, 32), (112, 76, 44), (186, 148, 92), (24, 22, 24), (134, 128, 124),
    (120, 54, 30),
)  # fmt: skip
PATTERNS = ("plain", "hoops", "pinstripe", "check", "yoke", "side", "marbled", "print")


@dataclass(frozen=True)
class Outfit:
    """A person. Textures (48, 48, 3) are float32: rows run down, columns around from the front."""

    build: Build
    skin: Colour
    hair: Colour
    hair_style: Literal["short", "long", "bun", "bald", "helmet", "cap"]
    top: Array
    sleeves: Array
    bottom: Array
    shoes: Colour
    bare_arms: float = 0.0  # share of the arm, from the hand up, that is skin
    bare_legs: float = 0.0
    skirt: Array | None = None
    loose: float = 1.0  # how far clothes stand off
    gear: tuple[Literal["skis", "skates"], ...] = field(default=())
    accent: Colour = (220, 60, 50)


def hsv(hue: float, saturation: float, value: float) -> Colour:
    """Return a colour from hue, saturation, value in [0, 1] (hue wraps)."""
    r, g, b = colorsys.hsv_to_rgb(hue % 1.0, saturation, value)
    return (255 * r, 255 * g, 255 * b)


def cloth(rng: np.random.Generator, pattern: str, base: Colour, accent: Colour) -> Array:
    """Return a cloth texture (48, 48, 3) with folds, in one of `PATTERNS`."""
    v, u = np.mgrid[0:SIDE, 0:SIDE].astype(np.float32) / SIDE
    count = int(rng.integers(3, 8))
    edge = rng.uniform(0.25, 0.5)
    noise = fractal(rng, (SIDE, SIDE), (1, 1), 0.2, 3)
    on = {
        "plain": np.zeros_like(u),
        "hoops": (np.sin(2 * np.pi * count * v) > 0.1).astype(np.float32),
        "pinstripe": (np.sin(2 * np.pi * (count + 5) * u) > 0.5).astype(np.float32),
        "check": (((v * count * 1.5) % 1 > 0.5) ^ ((u * count * 2) % 1 > 0.5)) * 0.8,
        "yoke": (v < edge).astype(np.float32),
        "side": (np.abs(((u + 0.25) % 0.5) - 0.25) < 0.07).astype(np.float32),
        "marbled": np.clip(noise * 1.2 + 0.4, 0, 1),
        "print": (np.hypot((u + 0.5) % 1 - 0.5, (v - 0.35) * 0.9) < 0.13).astype(np.float32),
    }[pattern]
    on = np.asarray(on, np.float32)[..., None]
    image = np.asarray(base, np.float32) * (1 - on) + np.asarray(accent, np.float32) * on
    folds = fractal(rng, (SIDE, SIDE), (1, 1), (0.16, 0.3), 3)
    seam = 1 - 0.25 * (np.abs(v - 0.98) < 0.03)
    return np.asarray(np.clip(image * ((1 + 0.09 * folds) * seam)[..., None], 0, 255), np.float32)


def below(texture: Array, share: float, colour: Colour) -> Array:
    """Return `texture` with its lowest `share` of rows painted in `colour` (skin, gloves)."""
    out: Array = np.array(texture)
    if share > 0:
        out[round(SIDE * (1 - share)) :] = colour
    return out


def face(outfit: Outfit, rng: np.random.Generator) -> Array:
    """Return the texture (48, 48, 3) of a head: face in front (column 0), hair, features."""
    image = np.full((SIDE, SIDE, 3), outfit.skin, np.float32)
    skin, hair = np.asarray(outfit.skin), np.asarray(outfit.hair)
    image[16:21] *= 0.95
    for eye in (-5, 5):
        cv2.ellipse(image, (24 + eye, 23), (2, 1), 0, 0, 360, (skin * 0.4).tolist(), -1)
        cv2.line(image, (22 + eye, 20), (26 + eye, 20), (hair * 0.3 + skin * 0.55).tolist(), 1)
    cv2.line(image, (24, 24), (24, 29), (skin * 0.82).tolist(), 2)
    cv2.line(image, (21, 33), (27, 33), (150, 70, 66), 1)
    image[37:] *= 0.8  # under the chin
    brow = {"bald": 2, "short": 14, "long": 13, "bun": 12, "helmet": 19, "cap": 16}
    image[: brow[outfit.hair_style]] = outfit.hair
    grain = 1 + 0.1 * fractal(rng, (SIDE, SIDE), (1, 1), (0.4, 0.08), 2)[..., None]
    back = {"bald": 0, "short": 31, "long": 48, "bun": 31, "helmet": 34, "cap": 30}
    rows = back[outfit.hair_style]
    image[:rows, :13] = outfit.hair
    image[:rows, 35:] = outfit.hair
    if outfit.hair_style == "helmet":
        image[19:27, 9:39] = (52, 56, 70)  # goggles, with a glint
        image[20:22, 14:34] = outfit.accent
        image[6:10, 20:28] = outfit.accent
    covered = (np.abs(image - outfit.hair).sum(2, keepdims=True) < 1).astype(np.float32)
    image = image * (1 + (grain - 1) * covered)
    return np.asarray(np.roll(np.clip(image, 0, 255), SIDE // 2, axis=1), np.float32)


def body_build(rng: np.random.Generator, feminine: bool) -> Build:
    """Draw proportions: 1.52-1.93 m, narrower shoulders and wider hips where `feminine`."""
    return Build(
        stature=float(rng.uniform(1.54, 1.76) if feminine else rng.uniform(1.68, 1.93)),
        shoulder=float(rng.uniform(0.86, 0.96) if feminine else rng.uniform(0.96, 1.08)),
        hip=float(rng.uniform(1.0, 1.15) if feminine else rng.uniform(0.88, 1.02)),
        girth=float(rng.uniform(0.84, 1.12) if feminine else rng.uniform(0.92, 1.14)),
        leg=float(rng.uniform(0.97, 1.05)),
    )
