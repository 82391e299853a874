"""One clip before it is rendered: venue, person, where everybody and the camera are at each moment.

Lengths in the picture are units: one unit is the shorter side of a frame at zoom 1. A venue's
picture has its horizon at y = 0, y down; a point of the ground at distance Z metres lies at
y = focal × eye / Z and one metre there is focal / Z units long.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

import cv2
import numpy as np

from selfbench.datasets.twins.body import Mesh, build_mesh
from selfbench.datasets.twins.figure import Light
from selfbench.datasets.twins.noise import Array, generator, wander
from selfbench.datasets.twins.outfit import Outfit
from selfbench.datasets.twins.skeleton import pose

MOMENTS = 9  # instants of each exposure at which everything is known
SHUTTER = 0.5  # of the time between frames


@dataclass(frozen=True)
class Ground:
    """The ground plane in a venue's picture."""

    focal: float  # units
    eye: float  # metres of the camera above the ground
    tilt: float = 0.0  # the ground drops by so many units per unit to the right

    def project(self, x: Array, z: Array) -> tuple[Array, Array]:
        """Return positions (N, 2) and units per metre (N,) of ground points in metres."""
        scale = self.focal / np.asarray(z)
        across = np.asarray(x) * scale
        return np.stack([across, self.eye * scale + self.tilt * across], -1), scale


@dataclass(frozen=True)
class Venue:
    """A painted place: a picture much larger than a frame."""

    image: Array  # (H, W, 3) uint8
    ppu: float  # pixels per unit
    corner: tuple[float, float]  # position of the top left pixel's corner, units
    ground: Ground
    near: Array | None = None  # (h, w) units per metre of camera movement, coarser than `image`
    front: Array | None = None  # (H, W, 4) uint8 premultiplied RGBA: what stands before the rest
    sway: tuple[Array, Array, Array] | None = None  # of `front`: nearness, movement, wind phase
    coarse: float = 1.0  # picture pixels per pixel of `near` and `sway`
    levels: list[Array] = field(default_factory=list, compare=False)

    def level(self, zoom: float) -> tuple[Array, float]:
        """Return the picture shrunk so that `zoom` picture pixels per frame pixel do not alias."""
        if not self.levels:
            self.levels.append(self.image)
            for factor in (0.7, 0.5, 0.35):
                small = cv2.resize(
                    self.image, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA
                )
                self.levels.append(small)
        for factor, image in zip((0.35, 0.5, 0.7), self.levels[:0:-1], strict=True):
            if zoom * factor >= 0.95:
                return image, factor
        return self.image, 1.0

    @property
    def size(self) -> tuple[float, float]:
        """Width and height in units."""
        return self.image.shape[1] / self.ppu, self.image.shape[0] / self.ppu


@dataclass(frozen=True)
class Script:
    """What happens in a clip; every array runs over M = frames × MOMENTS instants."""

    outfit: Outfit
    angles: Array  # (M, 27), see `skeleton`
    x: Array  # (M,) metres to the right
    z: Array  # (M,) metres from the camera
    view: Array  # (M, 2) centre of the frame in units
    zoom: Array  # (M,)
    roll: Array  # (M,) radians
    light: Light
    noise: float = 3.0  # standard deviation in grey levels, at middle grey
    anchor_feet: bool = False
    parallax: Array | None = None  # (M,) metres of the camera to the right of its place
    spray: Array | None = None  # (M,) snow thrown to the left (-) or right (+)


@dataclass(frozen=True)
class Take:
    """A script on a venue, in pixels of a frame size."""

    venue: Venue
    script: Script
    size: tuple[int, int]  # (H, W)
    frames: int
    fps: float
    labels: tuple[str | int, ...]  # what its noise depends on

    @property
    def unit(self) -> int:
        """Frame pixels per unit at zoom 1."""
        return min(self.size)

    @cached_property
    def mesh(self) -> Mesh:
        """The person, as finely as the frame size shows."""
        tall = float(np.median(self.scale)) * self.script.outfit.build.stature
        detail = float(np.clip(np.sqrt(tall / 60), 0.8, 3.0))
        return build_mesh(self.script.outfit, detail, generator(*self.labels, "mesh"))

    @cached_property
    def _bones(self) -> tuple[Array, Array]:
        return pose(self.script.angles, self.script.outfit.build, self.script.anchor_feet)

    @property
    def origin(self) -> Array:
        """Bone origins (M, 13, 3), metres from the ground point."""
        return self._bones[0]

    @property
    def rotation(self) -> Array:
        """Bone rotations (M, 13, 3, 3)."""
        return self._bones[1]

    @cached_property
    def window(self) -> Array:
        """Affine maps (M, 2, 3) from frame pixels to pixels of the venue's picture."""
        ratio = self.venue.ppu / (self.unit * self.script.zoom)  # (M,)
        cos, sin = np.cos(self.script.roll) * ratio, np.sin(self.script.roll) * ratio
        middle = (self.script.view - np.array(self.venue.corner)) * self.venue.ppu - 0.5
        cx, cy = (self.size[1] - 1) / 2, (self.size[0] - 1) / 2
        maps = np.empty((len(ratio), 2, 3))
        maps[:, 0, 0], maps[:, 0, 1] = cos, sin
        maps[:, 1, 0], maps[:, 1, 1] = -sin, cos
        maps[:, 0, 2] = middle[:, 0] - cos * cx - sin * cy
        maps[:, 1, 2] = middle[:, 1] + sin * cx - cos * cy
        return maps

    @cached_property
    def feet(self) -> Array:
        """Pixel positions (M, 2) of the ground point, in continuous coordinates."""
        place, scale = self.venue.ground.project(self.script.x, self.script.z)
        if self.script.parallax is not None:
            place[:, 0] -= self.script.parallax * scale
        offset = (place - self.script.view) * (self.unit * self.script.zoom)[:, None]
        cos, sin = np.cos(self.script.roll), np.sin(self.script.roll)
        x = cos * offset[:, 0] - sin * offset[:, 1] + self.size[1] / 2
        y = sin * offset[:, 0] + cos * offset[:, 1] + self.size[0] / 2
        return np.stack([x, y], -1)

    @cached_property
    def scale(self) -> Array:
        """Pixels per metre (M,) where the person is."""
        return np.asarray(self.venue.ground.focal / self.script.z * self.unit * self.script.zoom)

    @property
    def roll(self) -> Array:
        """How far the person's ground is turned in the picture (M,), radians."""
        return np.asarray(self.script.roll + np.arctan(self.venue.ground.tilt))

    @cached_property
    def pitch(self) -> float:
        """How far the camera looks down on the person, radians."""
        return float(np.arctan(self.venue.ground.eye / np.median(self.script.z)))

    @property
    def light(self) -> Light:
        """The light."""
        return self.script.light

    @property
    def noise(self) -> float:
        """Standard deviation of the sensor noise at middle grey, grey levels."""
        return self.script.noise

    @property
    def spray(self) -> Array | None:
        """Snow thrown up (M,)."""
        return self.script.spray

    @cached_property
    def parallax(self) -> Array:
        """Metres of the camera to the right of its place (M,)."""
        none = (
            np.zeros(len(self.script.x)) if self.script.parallax is None else self.script.parallax
        )
        return np.asarray(none)

    @cached_property
    def trail(self) -> Array:
        """Velocity (M, 2) of what stays behind the person, in screen metres per second."""
        place, scale = self.venue.ground.project(self.script.x, self.script.z)
        times = instants(self.frames, self.fps)
        return np.asarray(-np.gradient(place, times, axis=0) / scale[:, None])

    @cached_property
    def exposure(self) -> Array:
        """Brightness of each frame (frames,)."""
        times = np.arange(self.frames) / self.fps
        return np.asarray(1 + wander(generator(*self.labels, "exposure"), times, 0.02, 4.0))

    @cached_property
    def vignette(self) -> Array:
        """Fall of light towards the corners (H, W, 1) float32."""
        y, x = np.mgrid[0 : self.size[0], 0 : self.size[1]]
        far = np.hypot(y / self.size[0] - 0.5, x / self.size[1] - 0.5)
        return np.asarray(1 - 0.22 * far**2, np.float32)[..., None]

    @cached_property
    def grid(self) -> tuple[Array, Array]:
        """Pixel coordinates x, y (H, W) float32."""
        y, x = np.mgrid[0 : self.size[0], 0 : self.size[1]].astype(np.float32)
        return x, y


def instants(frames: int, fps: float) -> Array:
    """Return the times (frames × MOMENTS,) in seconds: MOMENTS within each exposure."""
    offsets = ((np.arange(MOMENTS) + 0.5) / MOMENTS - 0.5) * SHUTTER
    return np.asarray((np.arange(frames)[:, None] + offsets).ravel() / fps)
