"""One training step with one sampled cell against the exact step over all cells.

Katircioglu et al. 2022, 3.4.

All variants in turn in one process, so that the ratio holds whatever else the machine does:
`python benchmarks/sampling_step.py`. The exact step goes over the 36 live cells; for the paper's 64
the outer ring is brought to life.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable

import torch
from timing import header, machine, row, spent

from selfbench.methods.proposal_is.images import Batch
from selfbench.methods.proposal_is.model import Model
from selfbench.methods.proposal_is.networks import Inpainter, Inpainters, RandomFeatures
from selfbench.methods.proposal_is.settings import ProposalParams


class Variant:
    """A model with its optimiser, and one training step of it as `train_model` does it."""

    def __init__(self, cells: int, params: ProposalParams, image: torch.Tensor) -> None:
        torch.manual_seed(0)
        sampler = {"sampler": "exact"} if cells > 1 else {"samples": 1}
        self.params = params.model_validate({**params.model_dump(), **sampler})
        self.model = Model(self.params).to(memory_format=torch.channels_last)
        if cells == len(self.model.live):
            self.model.live[:] = True
        inpainter = Inpainter().eval().requires_grad_(False)
        self.inpainters = Inpainters(inpainter.to(memory_format=torch.channels_last))
        self.features = RandomFeatures(torch.Generator().manual_seed(0))
        self.optimiser = torch.optim.Adam(self.model.parameters(), self.params.rate)
        self.generator = torch.Generator().manual_seed(0)
        self.image = image

    def __call__(self) -> None:
        with torch.autocast("cpu", torch.bfloat16):
            losses = self.model.losses(
                Batch(self.image), self.inpainters, self.features, self.generator
            )
        total = losses.total()
        self.optimiser.zero_grad(set_to_none=True)
        total.backward()  # type: ignore[no-untyped-call]
        self.optimiser.step()

    def detector(self) -> None:
        """What every step pays whatever it samples: D on all images, and the optimiser."""
        with torch.autocast("cpu", torch.bfloat16):
            boxes, logits = self.model.propose(self.image)
        self.optimiser.zero_grad(set_to_none=True)
        (boxes.sum() + logits.sum()).backward()
        self.optimiser.step()


def in_turn(work: dict[str, Callable[[], None]], rounds: int) -> dict[str, float]:
    """Return the median milliseconds of processor time of each; the first round is not counted."""
    milliseconds: dict[str, list[float]] = {name: [] for name in work}
    for _ in range(rounds + 1):
        for name, step in work.items():
            milliseconds[name].append(1000 * spent(step, time.process_time))
    return {name: statistics.median(values[1:]) for name, values in milliseconds.items()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--batch", type=int, default=16)
    parser.add_argument("--size", type=int, default=64, help="side of the images")
    parser.add_argument("--crop", type=int, default=32, help="side of S's crop")
    given = parser.parse_args()
    torch.set_num_threads(1)
    side = given.size
    params = ProposalParams(size=(side, side), crop=given.crop)
    image = torch.randn(given.batch, 3, side, side).to(memory_format=torch.channels_last)
    variants = {cells: Variant(cells, params, image) for cells in (1, 36, 64)}
    work: dict[str, Callable[[], None]] = {f"{c} cells": step for c, step in variants.items()}
    milliseconds = in_turn({**work, "detector": variants[1].detector}, given.rounds)
    one, every, fixed = (milliseconds[name] for name in ("1 cells", "64 cells", "detector"))
    print(f"batch {given.batch}, {side} x {side}, crop {given.crop}, one thread; {machine()}\n")
    print(header(["step", "ms", "times one sample"]))
    for name in work:
        print(row([name, f"{milliseconds[name]:.1f}", f"{milliseconds[name] / one:.1f}"]))
    print(
        f"\nD on every image and the optimiser: {fixed:.1f} ms, {fixed / one:.0%} of the step with "
        "one sample; with all the rest divided by 64 the ratio would be "
        f"{every / (fixed + (every - fixed) / 64):.1f}."
    )


if __name__ == "__main__":
    main()
