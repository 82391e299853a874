"""Learning rates over a training, as torch's own schedulers; `Loop` advances them."""

from __future__ import annotations

import math

from torch.optim import Optimizer
from torch.optim.lr_scheduler import LambdaLR


def constant(optimiser: Optimizer, warm_up: int = 0) -> LambdaLR:
    """Return a rate that rises over `warm_up` steps and then stays."""
    return LambdaLR(optimiser, lambda step: _risen(step, warm_up))


def cosine(optimiser: Optimizer, steps: int, warm_up: int = 0) -> LambdaLR:
    """Return a rate that falls to zero over `steps` as half a cosine, after a rise."""

    def share(step: int) -> float:
        return _risen(step, warm_up) * (0.5 + 0.5 * math.cos(math.pi * step / steps))

    return LambdaLR(optimiser, share)


def linear_fall(optimiser: Optimizer, steps: int, fall: float) -> LambdaLR:
    """Return a rate that falls to zero over the last share `fall` of `steps`; 0: it never does."""

    def share(step: int) -> float:
        return min(1.0, (1 - step / steps) / fall) if fall else 1.0

    return LambdaLR(optimiser, share)


def _risen(step: int, warm_up: int) -> float:
    return min(1.0, (step + 1) / warm_up) if warm_up else 1.0
