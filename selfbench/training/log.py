"""What a training writes down: log.csv, TensorBoard, and a line of progress."""

from __future__ import annotations

import csv
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from selfbench.contracts import Run
from selfbench.store.atomic import replacing, storing

LOG = "log.csv"
COLUMNS = ("stage", "step", "seconds", "name", "value")  # one line per value


class TrainingLog:
    """Writes the values of one stage into the folder of a run, every few steps.

    On several devices only the first process writes.

    Args:
        run: whose folder keeps the log.
        stage: name of the stage.
        steps: how many it has; the last is always written.
        every: steps between lines.
    """

    def __init__(self, run: Run, stage: str, steps: int, every: int) -> None:
        self.run, self.stage, self.steps, self.every = run, stage, steps, every
        self._writes = run.devices.rank == 0
        self._started = time.monotonic()
        self._board: Any = None

    def begin(self, start: int) -> None:
        """Start the clock and drop the lines of steps that will be done again."""
        self._started = time.monotonic()
        if not self._writes:
            return
        path = self.run.folder / LOG
        rows: list[list[str]] = []
        if path.exists():
            with path.open(newline="") as file:
                rows = list(csv.reader(file))[1:]
        kept = [row for row in rows if row[0] != self.stage or int(row[1]) < start]
        with storing(path.parent), replacing(path) as part, part.open("w", newline="") as file:
            csv.writer(file).writerows([COLUMNS, *kept])

    def write(self, step: int, values: Mapping[str, float]) -> None:
        """Write the values of a step, if it is one of those that are written."""
        if not self._writes or (step % self.every and step + 1 != self.steps):
            return
        seconds = round(time.monotonic() - self._started, 2)
        rows = [(self.stage, step, seconds, name, f"{v:.6g}") for name, v in values.items()]
        with storing(self.run.folder), (self.run.folder / LOG).open("a", newline="") as file:
            csv.writer(file).writerows(rows)
        self._to_board(step, values)
        shown = "  ".join(f"{name} {value:.3g}" for name, value in values.items())
        self.run.progress(f"{self.stage} {step + 1}/{self.steps}  {shown}")

    def end(self) -> None:
        """Close what is open."""
        if self._board is not None:
            self._board.close()

    def _to_board(self, step: int, values: Mapping[str, float]) -> None:
        if self._board is None:
            from torch.utils.tensorboard import SummaryWriter

            self._board = SummaryWriter(str(self.run.folder / "tensorboard" / self.stage))
        for name, value in values.items():
            self._board.add_scalar(name, value, step)


def read_log(folder: Path) -> list[dict[str, str]]:
    """Return the lines of a run's log.csv, by `COLUMNS`."""
    with (folder / LOG).open(newline="") as file:
        return list(csv.DictReader(file))


def merge_logs(folder: Path, parts: Sequence[Path]) -> None:
    """Write one log.csv in `folder` from those of its parts, in their order.

    For stages that are trained by several processes, which cannot share a file.
    """
    rows = [line for part in parts if (part / LOG).exists() for line in read_log(part)]
    with storing(folder), replacing(folder / LOG) as path, path.open("w", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS)
        writer.writeheader()
        writer.writerows(rows)
