"""How people move: a walking cycle, blending between key poses, and skating, skiing and daily acts.

A pose is written in degrees by name; a name without its side means both sides.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from selfbench.datasets.twins.camera import integrate, smooth
from selfbench.datasets.twins.noise import Array, wander
from selfbench.datasets.twins.skeleton import ANGLES, COLUMN, SIDED

Pose = Mapping[str, float]

STAND: Pose = {"out": 8, "elbow": 12, "flex": 2, "knee": 3, "splay": 8}


def angles_of(pose: Pose, base: Pose = STAND) -> Array:
    """Return a pose as one row (27,) of angles in radians (`lift` stays in metres)."""
    row = np.zeros(len(ANGLES))
    for name, value in {**base, **pose}.items():
        names = [name] if name in COLUMN else [name + "L", name + "R"]
        for one in names:
            row[COLUMN[one]] = value if one == "lift" else np.radians(value)
    return row


def blend(times: Array, keys: Sequence[tuple[float, Pose]], base: Pose = STAND) -> Array:
    """Return poses (N, 27) at `times` (N,), easing from key to key ((seconds, pose), sorted)."""
    moments = np.array([moment for moment, _ in keys])
    rows = np.stack([angles_of(pose, base) for _, pose in keys])
    i = np.clip(np.searchsorted(moments, times, side="right") - 1, 0, len(keys) - 2)
    u = np.clip((times - moments[i]) / np.maximum(moments[i + 1] - moments[i], 1e-6), 0, 1)
    u = (u * u * (3 - 2 * u))[:, None]
    return np.asarray(rows[i] * (1 - u) + rows[i + 1] * u)


def walk(phase: Array, amount: Array | float = 1.0) -> Array:
    """Return what walking adds to a standing pose (N, 27); one full stride per 2π of `phase`."""
    out = np.zeros((len(phase), len(ANGLES)))
    for side, shift in (("L", 0.0), ("R", np.pi)):
        p = phase + shift
        swing = np.clip(np.cos(p + 0.55), 0, None) ** 1.6
        _add(out, "hip" + side, 4 + 24 * np.sin(p))
        _add(out, "knee" + side, 3 + 54 * swing)
        _add(out, "ankle" + side, 9 * np.cos(p + 1.2) - 9 * swing)
        _add(out, "flex" + side, -22 * np.sin(p))
        _add(out, "elbow" + side, 10 - 10 * np.sin(p))
    _add(out, "twist", 7 * np.sin(phase))
    _add(out, "roll", 2.0 * np.cos(phase))
    _add(out, "bend", np.full(len(phase), 3.0))
    return np.asarray(out * np.reshape(amount, (-1, 1)))


def _add(out: Array, name: str, degrees: Array) -> None:
    out[:, COLUMN[name]] += np.radians(degrees)


def carve(swing: Array, depth: Array | float, rng: np.random.Generator) -> Array:
    """Return poses (N, 27) of a skier; `swing` (N,) in [-1, 1] is the turn, +1 to the right.

    The outer leg is nearly straight, the inner one folded, trunk and arms stay over the outer ski.
    """
    out = np.zeros((len(swing), len(ANGLES)))
    tuck, arms = rng.uniform(0.85, 1.15), rng.uniform(0.8, 1.2)
    squat = 52 * tuck + 10 * np.asarray(depth) - 12 * np.abs(swing)
    _add(out, "roll", 30 * swing)
    _add(out, "side", -20 * swing)
    _add(out, "twist", -14 * swing)
    _add(out, "lean", 16 + 0 * swing)
    _add(out, "bend", 30 * tuck + 6 * np.abs(swing))
    _add(out, "nod", -26 + 0 * swing)
    for side, sign in (("L", -1.0), ("R", 1.0)):
        inner = np.clip(sign * swing, 0, 1)
        _add(out, "hip" + side, squat + 30 * inner)
        _add(out, "knee" + side, squat * 1.22 + 42 * inner)
        _add(out, "ankle" + side, squat * 0.22 + 12 * inner + 16)
        _add(out, "spread" + side, 9 - 4 * inner)
        _add(out, "flex" + side, (58 + 14 * sign * swing) * arms)
        _add(out, "out" + side, 40 + 12 * (1 - inner) * np.abs(swing))
        _add(out, "elbow" + side, 62 - 16 * inner)
    return out


# Figure skating: what each element looks like at its height.
STROKE_L: Pose = {
    "lean": 14, "bend": 8, "hipL": 42, "kneeL": 52, "ankleL": 22, "hipR": -22, "spreadR": 26,
    "kneeR": 10, "ankleR": -25, "outL": 62, "outR": 78, "flexL": 20, "flexR": -12, "elbow": 14,
    "nod": -14, "splayR": 40,
}  # fmt: skip
SPIRAL: Pose = {
    "lean": 82, "bend": 2, "hipL": 84, "kneeL": 4, "hipR": -16, "kneeR": 4, "ankleR": -40,
    "outL": 88, "outR": 88, "flex": 0, "elbow": 6, "nod": -48,
}  # fmt: skip
SIT: Pose = {
    "lean": 28, "bend": 26, "hipL": 118, "kneeL": 122, "ankleL": 28, "hipR": 104, "kneeR": 12,
    "ankleR": -20, "flex": 62, "out": 14, "elbow": 20, "nod": -8,
}  # fmt: skip
UPRIGHT_SPIN: Pose = {
    "flex": 48, "out": 8, "spinL": 40, "spinR": 40, "elbow": 112, "hipR": 12, "kneeR": 26,
    "spreadR": -6, "knee": 6, "nod": 4,
}  # fmt: skip
LAYBACK: Pose = {
    "bend": -34, "nod": -34, "flex": 128, "out": 34, "elbow": 44, "hipR": -26, "kneeR": 62,
    "spreadR": 18, "knee": 8, "ankleR": -30,
}  # fmt: skip
SPREAD_EAGLE: Pose = {
    "spread": 24, "splay": 70, "out": 84, "elbow": 6, "flex": 4, "knee": 8, "bend": -6, "nod": -8,
}  # fmt: skip
READY: Pose = {
    "lean": 18, "bend": 14, "hip": 48, "knee": 62, "ankle": 30, "flex": -34, "out": 40,
    "elbow": 20, "nod": -16,
}  # fmt: skip
AIRBORNE: Pose = {
    "flex": 44, "out": 6, "spinL": 42, "spinR": 42, "elbow": 118, "hipL": 10, "spreadL": -4,
    "kneeL": 14, "spreadR": -5, "ankle": -34,
}  # fmt: skip
LANDING: Pose = {
    "lean": 26, "bend": 6, "hipL": 46, "kneeL": 48, "ankleL": 26, "hipR": -34, "spreadR": 16,
    "kneeR": 6, "ankleR": -34, "outL": 84, "outR": 84, "flex": 12, "elbow": 6, "nod": -20,
}  # fmt: skip
FLOURISH: Pose = {
    "flexL": 158, "outL": 18, "elbowL": 14, "outR": 86, "elbowR": 10, "hipR": -14, "kneeR": 14,
    "bend": -10, "nod": -14, "turn": 18, "ankleR": -24,
}  # fmt: skip

# Everyday acts, for somebody standing.
WAVE: Pose = {"flexR": 60, "outR": 62, "elbowR": 96, "spinR": -80, "side": -4, "turn": 8}
WAVE_FAR: Pose = {"flexR": 60, "outR": 84, "elbowR": 58, "spinR": -80, "side": 4, "turn": 8}
POINT: Pose = {"flexL": 86, "outL": 22, "elbowL": 4, "turn": -14, "twist": 12}
PHONE: Pose = {"flexR": 46, "outR": 26, "elbowR": 132, "spinR": 24, "nod": 12, "turn": 12}
ARMS_UP: Pose = {"flex": 164, "out": 16, "elbow": 12, "nod": -14, "bend": -6}
ARMS_OUT: Pose = {"out": 86, "elbow": 6, "flex": 8}
ON_HIPS: Pose = {"out": 46, "elbow": 84, "spin": 64, "flex": -22, "side": 4}
STOOP: Pose = {
    "lean": 42, "bend": 46, "hip": 66, "knee": 26, "ankle": 2, "flex": 74, "elbow": 6, "nod": 8,
}  # fmt: skip
CROUCH: Pose = {
    "lean": 22, "bend": 30, "hip": 112, "knee": 126, "ankle": 34, "flex": 66, "elbow": 32,
    "out": 14, "nod": -4, "splay": 18,
}  # fmt: skip
SEATED: Pose = {
    "lean": 4, "bend": 10, "hip": 88, "knee": 88, "ankle": 4, "flex": 34, "elbow": 54, "out": 8,
    "spin": 18, "splay": 10,
}  # fmt: skip
LUNGE: Pose = {
    "hipL": 62, "kneeL": 66, "ankleL": 6, "hipR": -24, "kneeR": 36, "ankleR": 14, "lean": 4,
    "out": 22, "elbow": 58,
}  # fmt: skip
ACTS: tuple[Pose, ...] = (
    POINT, PHONE, ARMS_UP, ARMS_OUT, ON_HIPS, STOOP, CROUCH, LUNGE, WAVE,
)  # fmt: skip


def mirror(angles: Array) -> Array:
    """Return poses (N, 27) seen in a mirror: left and right change places."""
    out: Array = np.array(angles)
    for name in SIDED:
        left, right = COLUMN[name + "L"], COLUMN[name + "R"]
        out[:, [left, right]] = angles[:, [right, left]]
    for name in ("yaw", "roll", "side", "twist", "turn"):
        out[:, COLUMN[name]] *= -1
    return out


def stroll(
    rng: np.random.Generator,
    grid: Array,
    reach: tuple[float, float],
    speed: float,
    legs: float,
    acts: Sequence[Pose],
) -> tuple[Array, Array, Array]:
    """Return poses (N, 27), x (N,) and z (N,) in metres of somebody who walks and does things.

    Args:
        rng: what it is drawn from.
        grid: the even time grid (N,).
        reach: how far to the sides and in depth, metres.
        speed: of walking, metres per second.
        legs: leg length in metres, which sets the length of a step.
        acts: poses to stop for.
    """
    keys: list[tuple[float, Pose]] = [(float(grid[0]), STAND)]
    stops: list[tuple[float, float, float]] = []
    now = float(grid[0]) + rng.uniform(0.5, 4.5)
    while now < grid[-1]:
        start = now
        keys.append((now, STAND))
        for _ in range(int(rng.integers(1, 3))):
            act = acts[int(rng.integers(len(acts)))]
            if act is WAVE:
                for beat in range(4):
                    now += 0.35
                    keys.append((now, WAVE_FAR if beat % 2 else WAVE))
                continue
            now += rng.uniform(0.6, 0.9)
            keys.append((now, act))
            now += rng.uniform(0.3, 1.2)
            keys.append((now, act))
        now += 0.7
        keys.append((now, STAND))
        stops.append((start, now, np.pi + rng.uniform(-1.3, 1.3)))
        now += rng.uniform(3.0, 6.0)
    keys.append((float(grid[-1]) + 60.0, STAND))
    angles = blend(grid, keys)
    pace = np.ones(len(grid))
    facing, toward = np.zeros(len(grid)), np.zeros(len(grid))
    for start, end, aim in stops:
        pace[(grid > start - 0.25) & (grid < end + 0.1)] = 0
        near = (grid > start - 1.0) & (grid < end + 1.0)
        facing[near] = np.clip(np.minimum(grid[near] - start + 1, end + 1 - grid[near]) / 0.9, 0, 1)
        toward[near] = aim
    pace = smooth(pace, 0.3)

    # A random loop, walked at an even speed: position by arc length.
    turn = np.arange(0, 400, 0.01)
    loop = np.stack([wander(rng, turn, 0.85 * r, 7.0, 3) for r in reach], -1)
    length = np.concatenate([[0], np.cumsum(np.hypot(*np.diff(loop, axis=0).T))])
    way = integrate(pace * speed)
    way = way % (length[-1] - 1)
    x, z = np.interp(way, length, loop[:, 0]), np.interp(way, length, loop[:, 1])
    ahead = np.gradient(loop, axis=0)
    heading = np.unwrap(np.arctan2(ahead[:, 0], ahead[:, 1]))
    yaw = smooth(np.interp(way, length, heading), 0.35)
    off = (toward - yaw + np.pi) % (2 * np.pi) - np.pi
    gait = walk(way * (2 * np.pi / (1.62 * legs)), pace)
    angles = angles + gait
    angles[:, COLUMN["yaw"]] += yaw + smooth(off * facing * facing * (3 - 2 * facing), 0.3)
    return angles, x, z
