"""What every dataset says of itself is complete, and the docs show it."""

import re
from pathlib import Path

import pytest

from selfbench.contracts import Where
from selfbench.datasets import ski_ptz
from selfbench.plugins.registry import Registry

ROOT = Path(__file__).parents[2]
BUILT_IN = [e for e in Registry().of("datasets") if e.origin == "selfbench"]
PUBLISHED = [e for e in BUILT_IN if e.name != "folder" and not e.name.endswith("-sim")]


@pytest.mark.parametrize("entry", PUBLISHED, ids=[e.name for e in PUBLISHED])
def test_metadata_is_complete(entry):
    kind = entry.load()
    assert kind.name == entry.name
    assert kind.licence
    assert len(kind.obtain) > 20
    assert "/" in kind.layout
    entries = re.findall(r"@(\w+)\{([^,\s]+),", kind.citation)
    assert entries
    assert kind.citation.count("{") == kind.citation.count("}")
    for word in ("author", "title", "year"):
        assert len(re.findall(rf"\b{word}\s*=", kind.citation)) == len(entries)
    used = {kind.train_split, kind.test_split, kind.validation_split} - {None}
    assert used <= kind.counts.keys()  # a count of nothing says that nobody knows
    assert set(getattr(kind, "splits", kind.counts)) == kind.counts.keys()
    known = {e.name for e in Registry().of("metrics")}
    assert set(kind.metrics) <= known
    assert len(kind.__doc__.split("\n")[0]) <= 100
    stand_in = getattr(kind, "stand_in", "fs-singles-sim")
    assert stand_in in {e.name for e in BUILT_IN}


def test_docs_list_every_dataset():
    text = (ROOT / "docs/datasets.md").read_text(encoding="utf-8")
    for entry in BUILT_IN:
        assert re.search(rf"(`|\*\*){re.escape(entry.name)}(`|\*\*)", text), entry.name


def test_the_table_of_the_docs_is_that_of_the_metadata():
    import sys

    sys.path.insert(0, str(ROOT / "docs"))
    from datasets_table import table

    text = (ROOT / "docs/datasets.md").read_text(encoding="utf-8")
    assert table() in text, "run `python docs/datasets_table.py`"


def test_ski_ptz_has_the_papers_frames():
    frames = {
        split: sum(t.last - t.first + 1 for t in trials) * len(ski_ptz.CAMERAS)
        for split, trials in ski_ptz.TRIALS.items()
    }
    assert frames == {"train": 7800, "val": 1818, "test": 1908}
    masks = sum(len(t.masked) for t in ski_ptz.TRIALS["val"]) * len(ski_ptz.CAMERAS)
    assert masks == 36
    assert {s: c.frames for s, c in ski_ptz.SkiPTZ.counts.items()} == frames


def test_datasets_without_files_say_so():
    kind = Registry().entry("datasets", "h36m-sim").load()
    assert kind(kind.Params(), Where(None, Path("cache"))).location() is None
