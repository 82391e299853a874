"""What must stand under a table for its numbers to mean something."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from selfbench.contracts import LABELS, Record

_RULES = {
    "0.5": "fixed at 0.5",
    "val": "the best of the grid on the validation split",
    LABELS: "none, the masks were given as labels; any label above zero is foreground",
}


def protocol_notes(records: Sequence[Record]) -> list[str]:
    """Return how each number was made, and then what `data_notes` says of the data."""
    notes = [f"{r.metric}: {r.protocol}" for r in records if r.protocol]
    for rule in sorted({r.threshold for r in records} - {""}):
        if rule.startswith("best-"):
            notes.append(
                f"Threshold {rule}: one per method and dataset, the best mean {rule[5:]} of "
                "0.05, 0.10, ..., 0.95 on the evaluation set itself (as in the papers; it sees "
                "the truth)"
            )
        else:
            notes.append(f"Threshold {rule}: {_RULES.get(rule, 'fixed')}")
    if any(r.boxes == "mask" for r in records):
        notes.append("Boxes of methods without their own: around the mask's largest component")
    for method in dict.fromkeys(r.method for r in records if r.sees_truth):
        notes.append(f"{method} is a bound, no result: it is never ranked")
    return list(dict.fromkeys([*notes, *data_notes(records)]))


def data_notes(records: Sequence[Record]) -> list[str]:
    """Return what was scored, in which version, and over which seeds."""
    names: dict[str, list[str]] = {}  # by what is stated of them, as datasets often share it
    mixed = []
    for dataset in dict.fromkeys(r.dataset for r in records):
        members = [r for r in records if r.dataset == dataset]
        versions = sorted({r.version for r in members} - {""})
        name = f"{dataset} (version {' or '.join(versions)})" if versions else dataset
        clips = _alternatives(str(r.clips) for r in members)
        frames = _alternatives(r.frames for r in members)
        names.setdefault(f"{clips} clips, frames {frames}", []).append(name)
        if len(versions) > 1:
            mixed.append(f"The rows of {dataset} are of different versions of its frames")
    scored = [f"{', '.join(datasets)}: {facts}" for facts, datasets in names.items()]
    return [*scored, *mixed, *_seed_notes(records)]


def _seed_notes(records: Sequence[Record]) -> list[str]:
    seeds = {r.seeds for r in records if r.seeds}
    counts = sorted({len(row) for row in seeds})
    listed = ", ".join(str(seed) for seed in sorted({seed for row in seeds for seed in row}))
    if not counts:
        return []
    if counts == [1]:
        return [f"One seed per row ({listed})"]
    return [
        f"Mean ± sample standard deviation over {' or '.join(map(str, counts))} seeds ({listed})"
    ]


def _alternatives(texts: Iterable[str]) -> str:
    return " or ".join(sorted(set(texts)))
