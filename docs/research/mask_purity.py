"""How good are the masks that a selection keeps? S4 Fig. 3, from stored and scored cells.

`python benchmarks/mask_purity.py --results results --method videopca --dataset handheld-sim` ranks
the stored masks of the test clips by the mean of their non-zero pixels, as generation 1 does with
its teacher's, and prints the mean J of the best 5 to 100 %. With `--method student-teacher` masks
of one student (`output`) are ranked by EvalSeg-Net of their own generation too. J is that of the
best-J threshold over all masks; it is used here to judge the ranking and nowhere to make one.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import numpy as np
import torch

from selfbench.contracts import Run
from selfbench.errors import DataError
from selfbench.media.frames import resized
from selfbench.media.masks import read_soft_mask
from selfbench.methods.student_teacher.ensembles import evaluate
from selfbench.methods.student_teacher.method import EVALSEG, StudentTeacher
from selfbench.methods.student_teacher.selection import nonzero_mean
from selfbench.methods.student_teacher.settings import StudentTeacherParams
from selfbench.plugins.registry import Registry
from selfbench.stages.plan import data_places
from selfbench.stages.score.cells import finished_cells, read_scores
from selfbench.store.cell_folder import CellStore
from selfbench.training.devices import TorchDevices

SHARES = (0.05, 0.1, 0.2, 0.3, 0.5, 0.75, 1.0)


def purity(scores: np.ndarray, quality: np.ndarray) -> list[float]:
    """Return the mean quality of the best-scored share of masks, for each of `SHARES`."""
    order = np.argsort(-scores, kind="stable")
    return [float(quality[order[: max(1, round(s * len(order)))]].mean()) for s in SHARES]


def evalseg_scores(
    folder: Path, params: StudentTeacherParams, frames: list[Any], masks: list[np.ndarray]
) -> np.ndarray:
    """Return what the stored EvalSeg-Net of the cell's own generation says of its masks."""
    method, run = StudentTeacher(params), Run(0, folder, TorchDevices())
    method.load_weights(CellStore(folder).read_weights() or {})
    judge: Any = method._network(params.generation or params.generations, EVALSEG, run)
    found = []
    for frame, mask in zip(frames, masks, strict=True):
        side = params.size
        image = run.devices.images(resized(frame, side, side)[None])
        small = torch.from_numpy(resized(mask, side, side)).float().view(1, 1, 1, side, side)
        found.append(float(evaluate(judge, image, small / 255, params)[0, 0]))
    return np.array(found)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--method", default="videopca")
    parser.add_argument("--dataset", required=True)
    parser.add_argument("--results", type=Path, default=Path("results"))
    parser.add_argument("--every", type=int, default=4, help="take each n-th frame")
    given = parser.parse_args()
    found = finished_cells(
        given.results,
        Registry(),
        data_places(None),
        lambda m: m["method"] == given.method and m["dataset"] == given.dataset,
    )
    print("| cell | ranked by | " + " | ".join(f"{s:.0%}" for s in SHARES) + " |")
    print("|---" * (len(SHARES) + 2) + "|")
    any_cell = False
    for folder, manifest, dataset in found:
        rows = [r for r in read_scores(folder)[0] if (r.metric, r.threshold) == ("J", "best-J")]
        if not rows:
            continue
        any_cell = True
        quality = {(r.clip, r.frame): r.value for r in rows}
        frames, masks, values = [], [], []
        for clip in dataset.clips(dataset.test_split):
            for i, name in enumerate(clip.frames.names):
                if i % given.every == 0 and (clip.name, name) in quality:
                    frames.append(clip.frames[i])
                    masks.append(read_soft_mask(folder / "masks" / clip.name / f"{name}.png"))
                    values.append(quality[clip.name, name])
        params = manifest["identity"]["params"]
        label = f"{given.method} {params.get('output', '')} {params.get('generation', '')}".strip()
        rankings = {"mean of non-zero": nonzero_mean(np.stack(masks))}
        if given.method == StudentTeacher.name:
            own = StudentTeacherParams(**params)
            rankings["EvalSeg-Net"] = evalseg_scores(folder, own, frames, masks)
        for how, scores in rankings.items():
            cells = " | ".join(f"{v:.3f}" for v in purity(scores, np.array(values)))
            print(f"| {label}, seed {manifest['seed']} | {how} | {cells} |", flush=True)
    if not any_cell:
        raise DataError(
            f"There is no scored cell of {given.method} on {given.dataset} below {given.results}; "
            f"first selfbench run --method {given.method} --dataset {given.dataset}."
        )


if __name__ == "__main__":
    main()
