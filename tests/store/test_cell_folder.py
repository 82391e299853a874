import numpy as np
import pytest

from selfbench.contracts import no_boxes
from selfbench.media.masks import encode_mask, read_labels
from selfbench.store.cell_folder import CellStore, StoredFrame

MASK = np.zeros((4, 5), np.uint8)
NOTHING = no_boxes(), np.zeros(0)


def frames(count, number=None, fails=False):
    for i in range(count):
        objects = None if number is None else np.full_like(MASK, number)
        labels = None if objects is None else encode_mask(objects)
        yield StoredFrame(str(i), encode_mask(MASK), NOTHING, labels)
    if fails:
        raise RuntimeError("by design")


def everything(store):
    return sorted(str(p.relative_to(store.folder)) for p in store.folder.rglob("*.png"))


def test_objects_lie_beside_the_masks(tmp_path):
    store = CellStore(tmp_path)
    store.write_clip("a", frames(2, 7))
    store.write_clip("b", frames(1))
    assert everything(store) == [
        "masks/a/0.png", "masks/a/1.png", "masks/b/0.png", "objects/a/0.png", "objects/a/1.png",
    ]  # fmt: skip
    assert (read_labels(store.objects / "a" / "1.png") == 7).all()


def test_a_clip_that_fails_leaves_nothing(tmp_path):
    store = CellStore(tmp_path)
    with pytest.raises(RuntimeError):
        store.write_clip("a", frames(2, 7, fails=True))
    assert everything(store) == [] and not store.has_clip("a")


def test_objects_of_a_clip_that_was_killed_before_its_masks_are_replaced(tmp_path):
    store = CellStore(tmp_path)
    store.write_clip("a", frames(3, 7))
    (store.masks / "a").rename(tmp_path / "gone")
    store.write_clip("a", frames(2, 8))
    assert [p.name for p in sorted((store.objects / "a").iterdir())] == ["0.png", "1.png"]
    assert (read_labels(store.objects / "a" / "0.png") == 8).all()


def test_what_a_killed_process_left_is_swept(tmp_path):
    store = CellStore(tmp_path)
    (store.objects / ".a.1.tmp").mkdir(parents=True)
    store.sweep()
    assert list(store.objects.iterdir()) == []
