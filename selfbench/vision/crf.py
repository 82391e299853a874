"""Dense CRF refinement of a soft mask (Krähenbühl and Koltun 2011), by pydensecrf."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from selfbench.contracts import Image
from selfbench.errors import DataError


@dataclass(frozen=True)
class DenseCRF:
    """Parameters; the defaults are those of pydensecrf's reference example.

    Katircioglu et al. 2022, 3.6, use the thresholded mask as unary and "the default values" of the
    pairwise terms.
    """

    certainty: float = 0.7  # probability that a pixel's label in the thresholded mask is right
    smooth_xy: float = 3.0  # pixels
    smooth_weight: float = 3.0
    colour_xy: float = 80.0  # pixels
    colour_rgb: float = 13.0  # grey levels
    colour_weight: float = 10.0
    iterations: int = 5

    def refine(
        self, image: Image, mask: NDArray[np.floating[Any]], threshold: float = 0.5
    ) -> NDArray[np.float32]:
        """Return the probability of foreground (H, W) in [0, 1].

        Args:
            image: (H, W, 3) uint8 RGB.
            mask: soft mask (H, W) in [0, 1].
            threshold: above it a pixel is labelled foreground.
        """
        labels = (mask > threshold).astype(np.int32)
        # zero_unsure: otherwise background, label 0, would be taken for "unknown".
        unary = _library("utils").unary_from_labels(labels, 2, self.certainty, zero_unsure=False)
        return self._infer(image, unary)

    def refine_soft(self, image: Image, mask: NDArray[np.floating[Any]]) -> NDArray[np.float32]:
        """Return the probability of foreground (H, W) in [0, 1]; `mask` is taken for one too."""
        foreground = np.clip(mask, 1e-6, 1 - 1e-6).astype(np.float32).ravel()
        return self._infer(image, -np.log(np.stack([1 - foreground, foreground])))

    def _infer(self, image: Image, unary: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return the probability of foreground (H, W) from energies (2, H W) of both labels."""
        height, width = image.shape[:2]
        crf = _library("densecrf").DenseCRF2D(width, height, 2)
        crf.setUnaryEnergy(np.ascontiguousarray(unary))
        if self.smooth_weight:
            crf.addPairwiseGaussian(sxy=self.smooth_xy, compat=self.smooth_weight)
        crf.addPairwiseBilateral(
            sxy=self.colour_xy,
            srgb=self.colour_rgb,
            rgbim=np.array(image, order="C"),  # a copy: it takes no read-only frames
            compat=self.colour_weight,
        )
        marginals = np.array(crf.inference(self.iterations), dtype=np.float32)  # (2, H W)
        foreground: NDArray[np.float32] = marginals[1].reshape(height, width)
        return foreground


def _library(module: Literal["densecrf", "utils"]) -> Any:
    """Return a module of pydensecrf.

    Raises:
        DataError: if it is not installed, as after a plain `pip install` on Python 3.13.
    """
    try:
        return import_module(f"pydensecrf.{module}")
    except ImportError as error:
        raise DataError(
            f"The dense CRF needs pydensecrf, which is not there ({error}); install it by `pip "
            "install 'cython>=3' setuptools wheel` and then `pip install --no-build-isolation "
            "pydensecrf2`."
        ) from error


def local_crf(width: int) -> DenseCRF:
    """Return a CRF for soft masks of frames `width` pixels wide: colours near by, and smoothness.

    The reference parameters are pixels of a larger image: on one of 128 pixels they reach
    everywhere, and a mask spreads over all that has its colours. These are ours, chosen on
    validation clips of the procedural twins (docs/research/proposal-is.md).
    """
    return DenseCRF(
        smooth_xy=0.012 * width,
        smooth_weight=1,
        colour_xy=0.095 * width,
        colour_rgb=8,
        colour_weight=5,
    )
