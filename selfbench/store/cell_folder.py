"""The result store: one folder per cell, everything written in one step or not at all.

<results>/<dataset>/<method>/<key>/seed-<k>/
    manifest.json  weights.safetensors  masks/<clip>/<frame>.png  boxes.parquet
    scores/<metric>.parquet  log.csv
    objects/<clip>/<frame>.png, labels, if the method tells objects apart
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from selfbench.contracts import ScoredBoxes
from selfbench.errors import StoreError
from selfbench.store.atomic import replacing, storing, write_text
from selfbench.store.digest import digest_text

if TYPE_CHECKING:
    import pyarrow as pa

FORMAT = 1  # raise it when the run stage writes something else for the same method

MANIFEST = "manifest.json"
WEIGHTS = "weights.safetensors"
BOXES = "boxes.parquet"


class StoredFrame(NamedTuple):
    """What is kept of the prediction of one frame."""

    name: str
    mask: bytes  # the file of its soft mask, 255 for certain foreground
    boxes: ScoredBoxes
    objects: bytes | None = None  # the file of its labels: 0 background, else the object's number


@dataclass(frozen=True)
class Cell:
    """One method on one dataset with one seed: the unit of work that is never computed twice."""

    dataset: str
    method: str  # the method's or variant's name
    key: str
    seed: int
    identity: dict[str, Any] = field(compare=False)  # what the key was made of, in words

    def folder(self, results: Path) -> Path:
        """Return where this cell's results lie."""
        return results / self.dataset / self.method / self.key / f"seed-{self.seed}"


def finished_elsewhere(cell: Cell, results: Path) -> Cell:
    """Return `cell` under the name it was finished with; the key holds all that matters.

    proposal-gumbel and proposal-is with `sampler=gumbel` are the same cell under two names.
    """
    for path in sorted(results.glob(f"{cell.dataset}/*/{cell.key}/seed-{cell.seed}/{MANIFEST}")):
        if CellStore(path.parent).manifest().get("status") == "done":
            return replace(cell, method=path.parents[2].name)
    return cell


def cell_key(identity: dict[str, Any]) -> str:
    """Return the key of a cell: parameters, sources and data, but not the seed."""
    return digest_text(str(FORMAT), json.dumps(identity, sort_keys=True))[:12]


def stored_cells(
    results: Path,
    wanted: Callable[[str, str], bool] = lambda dataset, method: True,
    seed: int | str = "*",
) -> Iterator[tuple[CellStore, dict[str, Any]]]:
    """Yield every cell below `results` that has a manifest, with it, in the order of the paths.

    Args:
        results: the folder of all cells.
        wanted: tells by the names of dataset and method whether to look into their folder.
        seed: only this one.
    """
    for folder in sorted(results.glob("*/*/")):
        if folder.is_dir() and wanted(folder.parent.name, folder.name):
            for path in sorted(folder.glob(f"*/seed-{seed}/{MANIFEST}")):
                store = CellStore(path.parent)
                yield store, store.manifest()


class CellStore:
    """Reading and writing the folder of one cell."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.masks = folder / "masks"
        self.objects = folder / "objects"

    # -- manifest ---------------------------------------------------------------------------

    def manifest(self) -> dict[str, Any]:
        """Return the manifest, empty before the first write."""
        try:
            text = (self.folder / MANIFEST).read_text(encoding="utf-8")
            return dict(json.loads(text))
        except (FileNotFoundError, NotADirectoryError):
            return {}
        except ValueError as error:
            raise StoreError(
                f"{self.folder / MANIFEST} is not a manifest ({error}); delete this folder and "
                "run the cell again."
            ) from error

    def write_manifest(self, manifest: dict[str, Any]) -> None:
        """Replace the manifest."""
        with storing(self.folder):
            write_text(self.folder / MANIFEST, json.dumps(manifest, indent=1) + "\n")

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Hold the cell; a second process that wants it gets a `StoreError` at once."""
        from filelock import FileLock, Timeout

        with storing(self.folder):
            self.folder.mkdir(parents=True, exist_ok=True)
            lock = FileLock(self.folder / ".lock", timeout=0)
            try:
                lock.acquire()
            except Timeout:
                raise StoreError(
                    f"Another process is working on {self.folder}; wait for it to end, then give "
                    "the same command again."
                ) from None
        try:
            yield
        finally:
            lock.release()

    # -- predictions ------------------------------------------------------------------------

    def has_clip(self, clip: str) -> bool:
        """Return whether the predictions of `clip` are complete."""
        return (self.masks / clip).is_dir()

    def write_clip(self, clip: str, frames: Iterable[StoredFrame]) -> None:
        """Write the predictions of a whole clip; a kill leaves none of them."""
        unfinished = self.masks / f".{clip}.{os.getpid()}.tmp"
        labels = self.objects / unfinished.name
        rows: list[tuple[Any, ...]] = []
        try:
            with storing(self.folder):
                unfinished.mkdir(parents=True)
            for name, mask, (boxes, scores), objects in frames:
                with storing(self.folder):
                    (unfinished / f"{name}.png").write_bytes(mask)
                    if objects is not None:
                        labels.mkdir(parents=True, exist_ok=True)
                        (labels / f"{name}.png").write_bytes(objects)
                rows += [
                    (clip, name, *map(float, b), float(s))
                    for b, s in zip(boxes, scores, strict=False)
                ]
            with storing(self.folder):
                self._add_boxes(clip, rows)
                # A clip killed between its objects and its masks is predicted again.
                shutil.rmtree(self.objects / clip, ignore_errors=True)
                if labels.exists():
                    labels.rename(self.objects / clip)
                unfinished.rename(self.masks / clip)
        finally:
            shutil.rmtree(unfinished, ignore_errors=True)
            shutil.rmtree(labels, ignore_errors=True)

    def sweep(self) -> None:
        """Remove what a killed process left half-written. Call it with the lock held."""
        places = (self.masks, self.objects, self.folder)
        for leftover in [path for place in places for path in place.glob(".*.tmp")]:
            shutil.rmtree(leftover) if leftover.is_dir() else leftover.unlink()

    def _add_boxes(self, clip: str, rows: list[tuple[Any, ...]]) -> None:
        import pyarrow as pa
        import pyarrow.compute as pc
        import pyarrow.parquet as pq

        columns = list(zip(*rows, strict=True)) if rows else [()] * 7
        table = pa.table(
            [pa.array(c, t.type) for c, t in zip(columns, _box_schema(), strict=False)],
            _box_schema(),
        )
        path = self.folder / BOXES
        if path.exists():
            old = pq.read_table(path)
            # A clip killed between its boxes and its masks is predicted again.
            table = pa.concat_tables([old.filter(pc.not_equal(old["clip"], clip)), table])
        with replacing(path) as temporary:
            pq.write_table(table, temporary)

    def boxes(self) -> dict[tuple[str, str], ScoredBoxes]:
        """Return (clip, frame) -> the method's own boxes; frames without any are absent."""
        import pyarrow.parquet as pq

        path = self.folder / BOXES
        if not path.exists():
            return {}
        rows_of: dict[tuple[str, str], list[list[float]]] = {}
        columns = pq.read_table(path).to_pydict()
        for clip, frame, *numbers in zip(*columns.values(), strict=True):
            rows_of.setdefault((clip, frame), []).append(numbers)
        arrays = {where: np.array(rows) for where, rows in rows_of.items()}
        return {where: (array[:, :4], array[:, 4]) for where, array in arrays.items()}

    # -- weights ----------------------------------------------------------------------------

    def write_weights(self, weights: dict[str, Any]) -> None:
        """Write named tensors or arrays as safetensors."""
        from safetensors.numpy import save_file

        arrays = {name: np.ascontiguousarray(_to_numpy(v)) for name, v in weights.items()}
        with storing(self.folder), replacing(self.folder / WEIGHTS) as temporary:
            save_file(arrays, temporary)

    def copy_weights(self, other: CellStore) -> None:
        """Take the weights of another cell; on the same disk they take no more space."""
        with storing(self.folder), replacing(self.folder / WEIGHTS) as temporary:
            try:
                os.link(other.folder / WEIGHTS, temporary)
            except OSError:  # another file system, or one without links
                shutil.copy(other.folder / WEIGHTS, temporary)

    def read_weights(self) -> dict[str, NDArray[Any]] | None:
        """Return what `write_weights` wrote as arrays, or None."""
        from safetensors.numpy import load_file

        path = self.folder / WEIGHTS
        return dict(load_file(path)) if path.exists() else None


def _to_numpy(value: Any) -> NDArray[Any]:
    return np.asarray(value.detach().cpu() if hasattr(value, "detach") else value)


def _box_schema() -> pa.Schema:
    import pyarrow as pa

    numbers = ("x0", "y0", "x1", "y1", "score")
    return pa.schema(
        [("clip", pa.string()), ("frame", pa.string())] + [(n, pa.float64()) for n in numbers]
    )
