"""Steps that any method's predictions can go through before they are stored (`--post`).

A step that changes the mask drops the labels of its objects, which no longer fit.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from selfbench.contracts import Image, Prediction
from selfbench.errors import UsageError, did_you_mean

ROUNDS = 5  # of GrabCut, as in OpenCV's example


@dataclass(frozen=True)
class Step:
    """One step: its name and the threshold above which a soft mask is foreground."""

    name: str
    threshold: float = 0.5

    def __call__(self, image: Image, prediction: Prediction) -> Prediction:
        """Return the prediction of `image` (H, W, 3) after this step."""
        return STEPS[self.name](image, prediction, self.threshold)

    def __str__(self) -> str:
        return self.name if self.threshold == 0.5 else f"{self.name}:{self.threshold:g}"


def parse_steps(text: str) -> tuple[Step, ...]:
    """Return the steps of a text such as `grabcut,boxes:0.3`; none of an empty one.

    Raises:
        UsageError: for an unknown step or a threshold outside (0, 1).
    """
    steps = []
    for part in filter(None, (part.strip() for part in text.split(","))):
        name, colon, level = part.partition(":")
        if name not in STEPS:
            raise UsageError(f"--post: there is no step '{name}'.{did_you_mean(name, STEPS)}")
        try:
            threshold = float(level) if colon else 0.5
        except ValueError:
            threshold = np.nan
        if not 0 < threshold < 1:
            raise UsageError(
                f"--post got '{part}', expected a threshold between 0 and 1, e.g. {name}:0.3."
            )
        steps.append(Step(name, threshold))
    return tuple(steps)


def fit_boxes(image: Image, prediction: Prediction, threshold: float) -> Prediction:
    """Fit a tight box to each connected component of the mask, instead of other boxes.

    As Croitoru et al. 2019, 4.1.2, do. The score is ours: a component's share of the foreground's
    pixels times its mean soft value, near 1 for one large and certain object. Neighbours are the
    eight around a pixel.
    """
    import cv2

    soft = np.asarray(prediction.mask, np.float64)
    foreground = soft > threshold
    count, labels, stats, _ = cv2.connectedComponentsWithStats(
        foreground.astype(np.uint8), connectivity=8
    )
    mass = np.bincount(labels.ravel(), soft.ravel(), count)[1:]  # 0 is the background
    scores = mass / max(1, int(np.count_nonzero(foreground)))
    order = np.argsort(-scores, kind="stable")
    corner, side = stats[1:, :2], stats[1:, 2:4]  # (N, 2) each
    boxes = np.hstack([corner, corner + side]).astype(np.float64)
    return replace(prediction, boxes=boxes[order], scores=scores[order])


def grabcut(image: Image, prediction: Prediction, threshold: float) -> Prediction:
    """Refine the mask by GrabCut (Rother et al. 2004) in OpenCV: a hard mask.

    Pixels above the threshold start as probable foreground, the others as probable background. A
    mask with none of either, and one that GrabCut would empty, is only cut at the threshold.
    """
    import cv2

    foreground = np.asarray(prediction.mask) > threshold
    refined = foreground
    if foreground.any() and not foreground.all():
        labels = np.where(foreground, cv2.GC_PR_FGD, cv2.GC_PR_BGD).astype(np.uint8)
        cv2.setRNGSeed(0)  # it clusters colours from a random start
        models = np.zeros((1, 65)), np.zeros((1, 65))
        whole = (0, 0, 0, 0)  # no rectangle: the labels say where to begin
        bgr = image[..., ::-1].copy()
        cv2.grabCut(bgr, labels, whole, *models, ROUNDS, cv2.GC_INIT_WITH_MASK)
        refined = (labels == cv2.GC_PR_FGD) | (labels == cv2.GC_FGD)
        refined = refined if refined.any() else foreground
    return replace(prediction, mask=refined.astype(np.float32), objects=None)


def dense_crf(image: Image, prediction: Prediction, threshold: float) -> Prediction:
    """Refine the mask by a dense CRF with reference parameters (`selfbench.vision.crf`)."""
    from selfbench.vision.crf import DenseCRF

    refined = DenseCRF().refine(image, np.asarray(prediction.mask), threshold)
    return replace(prediction, mask=np.clip(refined, 0, 1), objects=None)


STEPS: dict[str, Callable[[Image, Prediction, float], Prediction]] = {
    "boxes": fit_boxes,
    "crf": dense_crf,
    "grabcut": grabcut,
}
