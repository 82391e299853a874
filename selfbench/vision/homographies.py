"""Homographies between frames: keypoints, their matches, and the camera's motion they agree on."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from selfbench.contracts import Image

# Keypoints are SIFT's and the ratio test is that of Lowe 2004. The other values are ours, chosen
# where frames of 128 pixels still have keypoints enough.
RATIO = 0.8  # a match counts if the second best is this much further away
MAX_KEYPOINTS = 1000  # per frame
CONTRAST = 0.02  # half of OpenCV's default: small frames have few keypoints
MAX_ERROR = 2.0  # pixels by which a match may miss the homography (RANSAC)
MIN_MATCHES = 12  # that must agree with a homography


@dataclass(frozen=True)
class Described:
    """A frame and its SIFT keypoints."""

    image: Image
    points: NDArray[np.float32]  # (K, 2), x y
    descriptors: NDArray[np.float32]  # (K, 128)


def describe(frame: Image) -> Described:
    """Return a frame with its keypoints."""
    import cv2

    grey = cv2.cvtColor(frame, cv2.COLOR_RGB2GRAY)
    sift = cv2.SIFT.create(MAX_KEYPOINTS, contrastThreshold=CONTRAST)
    keypoints, descriptors = sift.detectAndCompute(grey, None)
    if descriptors is None:
        descriptors = np.zeros((0, 128))
    points = np.array([k.pt for k in keypoints], np.float32).reshape(-1, 2)
    return Described(frame, points, np.asarray(descriptors, np.float32))


def homography(source: Described, target: Described) -> NDArray[np.float64] | None:
    """Return what maps target to source (3, 3) for most matches, None where too few agree."""
    import cv2

    if min(len(source.points), len(target.points)) < MIN_MATCHES:
        return None
    neighbours = cv2.BFMatcher().knnMatch(source.descriptors, target.descriptors, k=2)
    matches = [best for best, next_best in neighbours if best.distance < RATIO * next_best.distance]
    if len(matches) < MIN_MATCHES:
        return None
    target_points = target.points[[match.trainIdx for match in matches]]
    source_points = source.points[[match.queryIdx for match in matches]]
    matrix, inliers = cv2.findHomography(target_points, source_points, cv2.RANSAC, MAX_ERROR)
    if matrix is None or int(inliers.sum()) < MIN_MATCHES:
        return None
    return np.asarray(matrix, np.float64)
