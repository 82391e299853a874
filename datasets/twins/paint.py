"""A canvas measured in units (see `take`), and the ground plane seen in perspective."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from selfbench.datasets.twins.noise import Array, fractal
from selfbench.datasets.twins.outfit import Colour
from selfbench.datasets.twins.take import Ground, Venue

Point = tuple[float, float]
_FINE = 4


class Canvas:
    """A picture to paint on; all positions and lengths are units, y down, horizon at y = 0."""

    def __init__(
        self, x0: float, y0: float, x1: float, y1: float, ppu: float, clear: bool = False
    ) -> None:
        # `clear`: four channels, nothing painted yet. OpenCV mixes edges into zeros, so that what
        # is painted carries its coverage and colours come out premultiplied by it.
        self.corner, self.ppu = (x0, y0), ppu
        self.size = (y1 - y0, x1 - x0)  # height, width in units
        self.shape = (max(2, round(self.size[0] * ppu)), max(2, round(self.size[1] * ppu)))
        self.image = np.zeros((*self.shape, 4 if clear else 3), np.uint8)

    @property
    def x(self) -> Array:
        """Unit position of each column (1, W), float32."""
        return (self.corner[0] + (np.arange(self.shape[1], dtype=np.float32) + 0.5) / self.ppu)[
            None
        ]

    @property
    def y(self) -> Array:
        """Unit position of each row (H, 1), float32."""
        rows = np.arange(self.shape[0], dtype=np.float32)
        return (self.corner[1] + (rows + 0.5) / self.ppu)[:, None]

    def _fixed(self, points: Sequence[Point] | Array) -> Array:
        place = (np.asarray(points, float) - self.corner) * self.ppu - 0.5
        return np.round(place * (1 << _FINE)).astype(np.int32)

    def _paint(self, colour: Colour) -> tuple[float, ...]:
        return (*colour, 255.0)[: self.image.shape[2]]

    def poly(self, points: Sequence[Point] | Array, colour: Colour) -> None:
        """Fill a polygon."""
        cv2.fillPoly(self.image, [self._fixed(points)], self._paint(colour), cv2.LINE_AA, _FINE)

    def rect(self, x0: float, y0: float, x1: float, y1: float, colour: Colour) -> None:
        """Fill an upright rectangle."""
        self.poly([(x0, y0), (x1, y0), (x1, y1), (x0, y1)], colour)

    def line(self, points: Sequence[Point] | Array, colour: Colour, width: float) -> None:
        """Draw a line through `points`; one thinner than a pixel is mixed into the ground."""
        pixels = width * self.ppu
        where = [self._fixed(points)]
        if pixels >= 1:
            cv2.polylines(
                self.image, where, False, self._paint(colour), round(pixels), cv2.LINE_AA, _FINE
            )
            return
        low = np.maximum(where[0].min(0) // 16 - 2, 0)
        high = np.maximum(where[0].max(0) // 16 + 3, 0)
        part = self.image[low[1] : high[1], low[0] : high[0]]
        if part.size:
            over = part.copy()
            offset = where[0] - (low * 16).astype(np.int32)
            cv2.polylines(over, [offset], False, self._paint(colour), 1, cv2.LINE_AA, _FINE)
            part[:] = cv2.addWeighted(part, 1 - pixels, over, pixels, 0)

    def disc(
        self, x: float, y: float, r: float, colour: Colour, stretch: float = 1.0, turn: float = 0.0
    ) -> None:
        """Fill an ellipse of half height `r` and half width `r * stretch`, turned by degrees."""
        centre = self._fixed([(x, y)])[0]
        axes = (max(1, round(r * stretch * self.ppu * 16)), max(1, round(r * self.ppu * 16)))
        cv2.ellipse(
            self.image, (int(centre[0]), int(centre[1])), axes, turn, 0, 360, self._paint(colour),
            -1, cv2.LINE_AA, _FINE,
        )  # fmt: skip

    def text(self, x: float, y: float, height: float, words: str, colour: Colour) -> None:
        """Write `words` with their left foot at (x, y)."""
        place = self._fixed([(x, y)])[0] >> _FINE
        scale = height * self.ppu / 22
        cv2.putText(
            self.image, words, (int(place[0]), int(place[1])), cv2.FONT_HERSHEY_DUPLEX, scale,
            colour, max(1, round(scale * 2.2)), cv2.LINE_AA,
        )  # fmt: skip

    def gradient(self, y0: float, y1: float, top: Colour, bottom: Colour) -> None:
        """Fill rows y0..y1 with a vertical gradient over the whole width."""
        rows = np.flatnonzero((self.y[:, 0] >= y0) & (self.y[:, 0] < y1))
        u = ((self.y[rows] - y0) / (y1 - y0))[..., None]
        self.image[rows] = np.asarray(top) * (1 - u) + np.asarray(bottom) * u

    def noise(
        self, rng: np.random.Generator, cell: float | Point, octaves: int = 4, gain: float = 0.5
    ) -> Array:
        """Return fractal noise (H, W) over the canvas, `cell` in units."""
        return fractal(rng, self.shape, self.size, cell, octaves, gain)

    def shade(self, factor: Array, where: Array | None = None) -> None:
        """Multiply the picture by `factor` (H, W) or (H, W, 3), only `where` (H, W) in [0, 1]."""
        if where is not None:
            factor = 1 + (factor - 1) * where
        scaled = self.image * (factor if factor.ndim == 3 else factor[..., None])
        self.image = np.clip(scaled + 0.5, 0, 255).astype(np.uint8)

    def mix(self, colour: Colour | Array, share: Array) -> None:
        """Mix in `colour` by `share` (H, W) in [0, 1]."""
        over = np.asarray(colour, np.float32)
        mixed = self.image + (over - self.image) * np.asarray(share, np.float32)[..., None]
        self.image = np.clip(mixed + 0.5, 0, 255).astype(np.uint8)

    def venue(self, ground: Ground, **more: object) -> Venue:
        """Return what was painted as a venue."""
        return Venue(self.image, self.ppu, self.corner, ground, **more)  # type: ignore[arg-type]


class Floor:
    """A plan of the ground, seen from above, to paint before it is laid into the perspective."""

    def __init__(self, x0: float, x1: float, z0: float, z1: float, ppm: float) -> None:
        self.span = (x0, x1, z0, z1)
        self.canvas = Canvas(x0, z0, x1, z1, ppm)  # y runs away from the camera

    def lay(self, canvas: Canvas, ground: Ground, back: float) -> Array:
        """Paint the plan into `canvas` up to `back` metres away; return where (H, W) bool."""
        x0, _, z0, _ = self.span
        ppm = self.canvas.ppu
        depth = (canvas.y - ground.tilt * canvas.x) / (ground.focal * ground.eye)  # 1 / metres
        inside = depth >= 1 / back
        z = 1 / np.maximum(depth, 1 / back)
        column = ((canvas.x / ground.focal * z - x0) * ppm - 0.5).astype(np.float32)
        row = ((z - z0) * ppm - 0.5).astype(np.float32)
        # A picture pixel covers this many plan pixels; far ground takes a coarser plan.
        across = z / ground.focal / canvas.ppu * ppm
        along = across * z / ground.eye
        blur = np.sqrt(across * np.minimum(along, 4 * across))
        plan: Array = self.canvas.image
        for step in range(7):
            pick = inside & (blur < 1.6 * 2**step) & ((blur >= 0.8 * 2**step) | (step == 0))
            rows = np.flatnonzero(pick.any(1))
            if len(rows):
                band = slice(rows[0], rows[-1] + 1)
                seen = cv2.remap(
                    plan, (column[band] + 0.5) / 2**step - 0.5, (row[band] + 0.5) / 2**step - 0.5,
                    cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT,
                )  # fmt: skip
                canvas.image[band][pick[band]] = seen[pick[band]]
            if min(plan.shape[:2]) > 4:
                plan = cv2.resize(plan, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
        return inside
