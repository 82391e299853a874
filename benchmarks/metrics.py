"""CPU milliseconds per 480p frame pair of J and F, ours beside the official functions.

    OMP_NUM_THREADS=1 python benchmarks/metrics.py --data DATA

DATA holds DAVIS, and beside it lies reference/davis-2016 with published masks. All variants run
in one process, in turn over the same pairs, each twice in a row: `cold` is the first call, with
the caches as the variant before left them, `warm` the second. Of the rounds the best counts.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from functools import partial
from pathlib import Path

import cv2
import numpy as np

from selfbench.contracts.bitmask import BitMask
from selfbench.metrics.boundary import contour_accuracy
from selfbench.metrics.region import j_curve, region_similarity

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "metrics"))
import reference
from timing import spent


def official(pair):
    return reference.iou(pair.truth, pair.mask), reference.f_measure(pair.truth, pair.mask)[0]


def ours(pair):
    return both(BitMask.pack(pair.truth), BitMask.pack(pair.mask))


def ours_truth_packed(pair):
    return both(pair.packed_truth, BitMask.pack(pair.mask))


def both(truth, mask):
    return region_similarity(truth, mask), contour_accuracy(truth, mask)


def official_curve(pair):
    return [reference.iou(pair.truth, pair.soft > 255 * k // 20) for k in range(1, 20)]


def curve(pair):
    return j_curve(pair.truth, pair.soft)


VARIANTS = {
    "J+F, official functions": official,
    "J+F, ours, packing both": ours,
    "J+F, ours, truth packed once": ours_truth_packed,
    "J only, ours, both packed": lambda pair: region_similarity(pair.packed_truth, pair.packed),
    "F only, ours, both packed": lambda pair: contour_accuracy(pair.packed_truth, pair.packed),
    "J at 19 thresholds, official": official_curve,
    "J at 19 thresholds, ours": curve,
}
RATIOS = (
    ("J+F, official functions", "J+F, ours, packing both"),
    ("J+F, official functions", "J+F, ours, truth packed once"),
    ("J at 19 thresholds, official", "J at 19 thresholds, ours"),
)


class Pair:
    def __init__(self, truth, mask, other):
        self.packed_truth, self.packed = truth, mask
        self.truth, self.mask = truth.unpack(), mask.unpack()
        self.soft = 170 * self.mask.view(np.uint8) + 85 * other.unpack().view(np.uint8)


def load(every):
    pairs = []
    for sequence in reference.sequences():
        masks = [reference.predicted_masks(method, sequence) for method in reference.METHODS]
        for name in list(reference.truth_masks(sequence))[::every]:
            truth, (first, second) = reference.truth_masks(sequence)[name], (m[name] for m in masks)
            pairs += [Pair(truth, first, second), Pair(truth, second, first)]
    return pairs


def measure(pairs, rounds):
    """Return variant -> CPU milliseconds per pair, (cold, warm), best round of each pair."""
    best = {name: np.full((2, len(pairs)), np.inf) for name in VARIANTS}
    for _ in range(rounds):
        for index, pair in enumerate(pairs):
            for name, function in VARIANTS.items():
                for again in range(2):
                    milliseconds = 1e3 * spent(partial(function, pair), time.process_time)
                    best[name][again, index] = min(best[name][again, index], milliseconds)
    return {name: values.mean(axis=1) for name, values in best.items()}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", default=os.environ.get("SELFBENCH_DATA"), help="SELFBENCH_DATA")
    parser.add_argument("--every", type=int, default=5, help="take every n-th frame")
    parser.add_argument("--rounds", type=int, default=7)
    given = parser.parse_args()
    if not given.data or not reference.figures(given.data).is_dir():
        parser.error(
            f"got --data {given.data}: expected a folder with DAVIS, ../reference beside it"
        )
    os.environ["SELFBENCH_DATA"] = given.data
    cv2.setNumThreads(1)  # the official dilation would otherwise use, and pay, several threads

    pairs = load(given.every)
    for pair in pairs:
        assert official(pair) == ours(pair) == ours_truth_packed(pair)
        assert official_curve(pair) == curve(pair).tolist()
    milliseconds = measure(pairs, given.rounds)
    print(f"{len(pairs)} pairs of 480x854 masks, CPU ms per pair, best of {given.rounds} rounds")
    print(f"{'':32}{'cold':>8}{'warm':>8}")
    for name, (cold, warm) in milliseconds.items():
        print(f"{name:32}{cold:8.3f}{warm:8.3f}")
    for slow, fast in RATIOS:
        cold, warm = milliseconds[slow] / milliseconds[fast]
        print(f"{slow} / {fast}: {cold:.1f}x cold, {warm:.1f}x warm")


if __name__ == "__main__":
    main()
