"""How good are the masks that a selection keeps? Fig. 3 of Croitoru et al. 2019, from stored runs.

`python docs/research/mask_purity.py --method videopca --dataset handheld-sim` ranks the stored
masks of the test clips by the mean of their non-zero pixels, as generation 1 does with its
teacher's, and prints the mean J of the best 5 to 100 %. With `--method student-teacher` masks of
one student (`output`) are ranked by EvalSeg-Net of their own generation too. J is that of the
best-J threshold over all masks; it is used here to judge the ranking and nowhere to make one.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import torch
from common import markdown, run_script

import selfbench
from selfbench import Run
from selfbench.contracts import Dataset, StoredRun
from selfbench.errors import DataError
from selfbench.media.frames import resized
from selfbench.media.masks import read_soft_mask
from selfbench.methods.student_teacher.ensembles import evaluate
from selfbench.methods.student_teacher.method import EVALSEG, StudentTeacher
from selfbench.methods.student_teacher.selection import nonzero_mean
from selfbench.store.cell_folder import CellStore
from selfbench.store.scores import read_columns
from selfbench.training.devices import TorchDevices

SHARES = (0.05, 0.1, 0.2, 0.3, 0.5, 0.75, 1.0)


class ScoredMask(NamedTuple):
    """One stored mask with its frame."""

    frame: np.ndarray  # (H, W, 3)
    mask: np.ndarray  # (H, W), 8 bit, soft
    j: float


def scored_masks(run: StoredRun, dataset: Dataset, every: int) -> list[ScoredMask]:
    """Return every n-th scored mask of the test clips, in time order."""
    columns = read_columns(run.folder, "J", ("clip", "frame", "threshold"))
    clips, frames, rules = (
        np.array(names)[codes] for codes, names in (columns.texts[n] for n in columns.texts)
    )
    best = rules == "best-J"
    quality = dict(
        zip(zip(clips[best], frames[best], strict=True), columns.value[best], strict=True)
    )
    return [
        ScoredMask(
            clip.frames[i],
            read_soft_mask(run.folder / "masks" / clip.name / f"{name}.png"),
            quality[clip.name, name],
        )
        for clip in dataset.clips(dataset.test_split)
        for i, name in enumerate(clip.frames.names)
        if i % every == 0 and (clip.name, name) in quality
    ]


def purity(ranks: np.ndarray, quality: np.ndarray) -> list[float]:
    """Return the mean quality of the best-ranked share of masks, for each of `SHARES`."""
    order = np.argsort(-ranks, kind="stable")
    return [float(quality[order[: max(1, round(s * len(order)))]].mean()) for s in SHARES]


def evalseg_ranks(run: StoredRun, masks: Sequence[ScoredMask]) -> np.ndarray:
    """Return what the stored EvalSeg-Net of the run's own generation says of its masks."""
    method = StudentTeacher(StudentTeacher.Params(**run.manifest["params"]))
    method.load_weights(CellStore(run.folder).read_weights() or {})
    p, devices = method.params, TorchDevices()
    own_run = Run(run.manifest["seed"], run.folder, devices)
    network: Any = method._network(p.generation or p.generations, EVALSEG, own_run)
    ranks = []
    for one in masks:
        image = devices.images(resized(one.frame, p.size, p.size)[None])
        small = torch.from_numpy(resized(one.mask, p.size, p.size)).float()
        mask = (small / 255).view(1, 1, 1, p.size, p.size).to(image.device)
        ranks.append(float(evaluate(network, image, mask, p)[0, 0]))
    return np.array(ranks)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--method", default="videopca")
    parser.add_argument("--dataset", required=True)
    parser.add_argument("--every", type=int, default=4, help="take each n-th frame")
    parser.add_argument("--data-root", type=Path, help="where frames lie [SELFBENCH_DATA]")
    parser.add_argument("--results", type=Path, default=Path("results"))
    given = parser.parse_args()
    stored = selfbench.stored(
        method=given.method, dataset=given.dataset, metric="J",
        results=given.results, data_root=given.data_root,
    )  # fmt: skip
    rows = []
    for run in stored.runs:
        masks = scored_masks(run, stored.material.open_dataset(run), given.every)
        rankings = {"mean of non-zero": nonzero_mean(np.stack([one.mask for one in masks]))}
        if run.manifest["method"] == StudentTeacher.name:
            rankings["EvalSeg-Net"] = evalseg_ranks(run, masks)
        quality = np.array([one.j for one in masks])
        label = f"{run.method}, seed {run.manifest['seed']}"
        rows += [[label, how, *purity(ranks, quality)] for how, ranks in rankings.items()]
    if not rows:
        raise DataError(
            f"There is no scored run of {given.method} on {given.dataset} below {given.results}; "
            f"first selfbench run --method {given.method} --dataset {given.dataset}."
        )
    table = pd.DataFrame(rows, columns=["run", "ranked by", *(f"{s:.0%}" for s in SHARES)])
    print(markdown(table.set_index("run")))


if __name__ == "__main__":
    run_script(main)
