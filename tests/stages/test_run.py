import json
import os
from pathlib import Path

import pytest

from selfbench.errors import SelfbenchError, StoreError
from selfbench.media.masks import read_soft_mask
from selfbench.stages.plan import Plan, data_places, plan_cells
from selfbench.stages.run import run_cell
from selfbench.store.cell_folder import CellStore


def plan(toys, method: str, **settings: str) -> Plan:
    where = data_places(None)
    return plan_cells(toys, [method], ["toy"], [0], settings, None, where)[0]


def masks(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*.png")}


def test_a_cell_holds_what_the_design_says(toys, tmp_path):
    todo = plan(toys, "learner")
    assert run_cell(todo, tmp_path)
    folder = todo.cell.folder(tmp_path)
    assert folder == tmp_path / "toy" / "learner" / todo.cell.key / "seed-0"
    store = CellStore(folder)
    manifest = store.manifest()
    assert manifest["status"] == "done"
    assert manifest["identity"]["frames"] == "toy-2"
    assert manifest["splits"] == {"test": ["test-0", "test-1"], "val": ["val-0", "val-1"]}
    assert manifest["peak_memory_mb"] > 1
    assert manifest["timings"]["predicted_frames"] == 24
    assert manifest["environment"]["packages"]["numpy"]
    assert read_soft_mask(folder / "masks" / "test-1" / "00003.png").shape == (24, 32)
    boxes, scores = store.boxes()["test-0", "00002"]
    assert boxes.tolist() == [[0, 0, 10, 10]] and scores.tolist() == [0.7]
    assert store.read_weights()["top"].tolist() == [250]


def test_a_finished_cell_is_never_recomputed(toys, tmp_path, monkeypatch):
    log = tmp_path / "log"
    monkeypatch.setenv("TOY_LOG", str(log))
    assert run_cell(plan(toys, "bright"), tmp_path)
    before = log.read_text()
    assert not run_cell(plan(toys, "bright"), tmp_path)
    assert log.read_text() == before


def test_another_parameter_is_another_cell(toys):
    keys = {plan(toys, "bright", **s).cell.key for s in ({}, {"gain": "2"}, {"toy.clips": "3"})}
    assert len(keys) == 3
    assert plan(toys, "bright", gain="1.0").cell.key == plan(toys, "bright").cell.key


def test_an_interrupted_run_continues_to_the_same_masks(toys, tmp_path, monkeypatch):
    whole = plan(toys, "learner").cell.folder(tmp_path / "whole")
    run_cell(plan(toys, "learner"), tmp_path / "whole")
    part = plan(toys, "learner")
    calls = []

    class StopHereError(Exception):
        pass

    def stop_in_second_clip(done, total):
        calls.append((done, total))
        if done == 9:
            raise StopHereError

    with pytest.raises(StopHereError):
        run_cell(part, tmp_path / "part", stop_in_second_clip)
    folder = part.cell.folder(tmp_path / "part")
    assert sorted(p.name for p in (folder / "masks").iterdir()) == ["test-0"]
    log = tmp_path / "log"
    monkeypatch.setenv("TOY_LOG", str(log))
    assert run_cell(plan(toys, "learner"), tmp_path / "part")
    assert not log.exists(), "the weights were saved, so nothing is fitted again"
    assert masks(folder) == masks(whole)
    assert CellStore(folder).boxes().keys() == CellStore(whole).boxes().keys()


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ("raise", "faulty failed on clip 'test-0': ZeroDivisionError: by design"),
        ("nan", "mask values from nan to nan for frame 00000 of clip 'test-0'"),
        ("shape", r"a mask of shape \(23, 32\)"),
        ("short", "returned 1 predictions for clip 'test-0', expected one for each of its 6"),
        ("boxes", r"boxes of shape \(1, 4\) and scores of shape \(2,\)"),
    ],
)
def test_a_faulty_method_is_named_and_leaves_no_clip(toys, tmp_path, fault, said):
    todo = plan(toys, "faulty", fault=fault)
    with pytest.raises(SelfbenchError, match=said):
        run_cell(todo, tmp_path)
    store = CellStore(todo.cell.folder(tmp_path))
    assert store.manifest()["status"] == "running"
    assert list(store.masks.glob("*")) == []


def test_two_processes_never_share_a_cell(toys, tmp_path):
    todo = plan(toys, "bright")
    with (
        CellStore(todo.cell.folder(tmp_path)).locked(),
        pytest.raises(StoreError, match="Another process"),
    ):
        run_cell(todo, tmp_path)


def test_the_run_stage_never_sees_the_truth(toys, tmp_path, monkeypatch):
    todo = plan(toys, "learner")

    def forbidden(split):
        raise AssertionError("the run stage asked for the truth")

    monkeypatch.setattr(todo.dataset, "truth", forbidden)
    monkeypatch.setattr(todo.dataset, "truth_fingerprint", forbidden)
    assert run_cell(todo, tmp_path)


def test_a_broken_manifest_is_named(toys, tmp_path):
    todo = plan(toys, "bright")
    folder = todo.cell.folder(tmp_path)
    folder.mkdir(parents=True)
    (folder / "manifest.json").write_text(json.dumps({})[:1])
    with pytest.raises(StoreError, match=r"manifest\.json is not a manifest"):
        run_cell(todo, tmp_path)


def test_results_in_the_way_of_a_file(toys, tmp_path):
    (tmp_path / "toy").write_text("not a folder")
    with pytest.raises(StoreError, match=r"a part of the path is a file|a file of that name"):
        run_cell(plan(toys, "bright"), tmp_path)


def test_half_written_clips_are_swept(toys, tmp_path):
    todo = plan(toys, "bright")
    leftover = todo.cell.folder(tmp_path) / "masks" / f".test-0.{os.getpid()}.tmp"
    leftover.mkdir(parents=True)
    run_cell(todo, tmp_path)
    assert not leftover.exists()


def test_the_manifest_says_what_a_method_was_really_given(toys, tmp_path):
    """Declared from the parameters, known after `fit`, kept by a later start."""
    todo = plan(toys, "learner")
    store = CellStore(todo.cell.folder(tmp_path))
    learn = todo.method.fit

    def fit(clips, run):
        assert store.manifest()["supervision"] == ["asked for"]
        learn(clips, run)
        todo.method.supervision = ("got",)

    todo.method.supervision, todo.method.fit = ("asked for",), fit
    run_cell(todo, tmp_path)
    assert store.manifest()["supervision"] == ["got"]
    store.write_manifest(store.manifest() | {"status": "running"})
    again = plan(toys, "learner")
    again.method.supervision = ("asked for",)
    assert run_cell(again, tmp_path)
    assert store.manifest()["supervision"] == ["got"]
