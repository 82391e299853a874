"""Ski-PosePTZ: crops listed in HDF5, boxes as the extent of joints."""

import h5py

from tests.datasets.trees import clip_names, damages, made, refuses


def test_ski_pose_ptz(tmp_path):
    crops = made("ski-pose-ptz", tmp_path)
    assert clip_names(crops, "test") == ["test-seq000-cam00", "test-seq000-cam01"]
    first = crops.clips("test")[0]
    assert list(first.frames.names) == ["image_000000", "image_000001"]
    truth = crops.truth("test")[first.name]["image_000000"]
    assert truth.boxes.tolist() == [[64, 128, 192, 256]]


def a_missing_image(root):
    folder = root / "Ski-PosePTZ-CameraDataset-png/test/seq_000/cam_01"
    (folder / "image_000000.png").unlink()


def a_missing_column(root):
    with h5py.File(root / "Ski-PosePTZ-CameraDataset-png/test/labels.h5", "a") as file:
        del file["cam"]


@damages(
    (a_missing_image, "1 images that .* lists are missing"),
    (a_missing_column, "expected HDF5 with seq, cam, frame, 2D"),
)
def test_damage_is_named(damage, words, tmp_path):
    refuses("ski-pose-ptz", tmp_path, damage, words)
