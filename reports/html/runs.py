"""The runs of a page: how good their frames are, and what they logged."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from selfbench.contracts import LABELS
from selfbench.reports.html.curves import Floats, Protocol, Scores, thin
from selfbench.reports.predictions import Predictions
from selfbench.training.log import LOG

Courses = dict[str, dict[str, list[list[float]]]]  # stage -> logged value -> (step, value) pairs


def usual_protocol(run: Predictions, scores: Scores) -> Protocol | None:
    """Return the protocol that says how good a frame is: the first metric's, as in papers.

    Args:
        run: the run.
        scores: of its frames.

    Returns:
        None if no frame has a score of its own.
    """
    order = [info.metric for info in run.scores]
    ranked = sorted(scores.values, key=lambda p: (order.index(p[0]), not _is_usual(p[1])))
    return ranked[0] if ranked else None


def _is_usual(rule: str) -> bool:
    return rule.startswith("best-") or rule in ("", LABELS)


def frame_quality(run: Predictions, scores: Scores) -> Floats | None:
    """Return how good each frame is (N,), more is better, or None without frame scores."""
    protocol = usual_protocol(run, scores)
    if protocol is None:
        return None
    less = any("mean" in s.lower_is_better for s in run.scores if s.metric == protocol[0])
    return -scores.values[protocol] if less else scores.values[protocol]


def read_courses(folder: Path) -> Courses:
    """Return what a run logged while it learnt; empty if it logged nothing."""
    path = folder / LOG
    if not path.exists():
        return {}
    lines = pd.read_csv(path, dtype={"stage": str, "name": str})
    courses: Courses = {}
    for (stage, name), course in lines.groupby(["stage", "name"], sort=False):
        thinned = thin(course["step"].to_numpy(float), course["value"].to_numpy(float))
        courses.setdefault(str(stage), {})[str(name)] = thinned
    return courses
