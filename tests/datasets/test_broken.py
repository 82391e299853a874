"""One broken tree per quirk of the published data: each is named in one sentence, none passes."""

import numpy as np
import pytest
from scipy.io import savemat

from selfbench.datasets import ski_ptz
from selfbench.errors import DataError
from tests.datasets.layouts import boxes_v22, cells_v73, frame, mask, voc
from tests.datasets.test_layouts import MAKERS, TRIALS, opened


@pytest.fixture(autouse=True)
def _short_trials(monkeypatch):
    monkeypatch.setattr(ski_ptz, "TRIALS", TRIALS)


def davis_lists_of_2016(root):
    (root / "DAVIS/ImageSets/2017/val.txt").write_text("/JPEGImages/480p/dog/00000.jpg /A/0.png\n")


def davis_missing_sequence(root):
    (root / "DAVIS/ImageSets/2017/val.txt").write_text("dog\nblackswan\n")


def davis_colours(root):
    mask(root / "DAVIS/Annotations_unsupervised/480p/dog/00000.png", np.zeros((24, 32, 3), "u1"))
    path = root / "DAVIS/Annotations_unsupervised/480p/dog/00000.png"
    colours = np.zeros((24, 32, 3), np.uint8)
    colours[..., 0] = 128
    mask(path, colours)


def davis_lost_mask(root):
    mask(root / "DAVIS/Annotations_unsupervised/480p/dog/00009.png")


def fbms_short(root):
    (root / "FBMS/Testset/tennis/tennis.bmf").write_text("9 1\n")


def fbms_unnumbered(root):
    mask(root / "FBMS/Testset/tennis/GroundTruth/first.pgm")


def fbms_gap(root):
    mask(root / "FBMS/Testset/tennis/GroundTruth/tennis000.pgm")


def fbms_size(root):
    mask(root / "FBMS/Testset/tennis/GroundTruth/tennis002.pgm", np.zeros((10, 10), np.uint8))


def segtrack_no_masks(root):
    frame(root / "SegTrackv2/JPEGImages/worm/worm_00000.png")


def segtrack_listed(root):
    (root / "SegTrackv2/ImageSets/all.txt").write_text("*girl\n*frog\n")


def segtrack_lost_mask(root):
    mask(root / "SegTrackv2/GroundTruth/penguin/2/penguin_00007.png")


def yto_unlisted(root):
    (root / "YouTube-Objects/horse/sets/train.txt").write_text("0001\n0099\n")


def yto_no_list(root):
    (root / "YouTube-Objects/horse/sets/train.txt").unlink()


def yto_mat(root):
    path = root / "YouTube-Objects/horse/data/0001/shots/002/frame0002.jpg_sticks.mat"
    path.write_bytes(path.read_bytes()[:200])


def yto_variable(root):
    path = root / "YouTube-Objects/horse/data/0001/shots/002/frame0002.jpg_sticks.mat"
    savemat(path, {"boxes": np.zeros((1, 4))})


def yto_lost_boxes(root):
    shot = root / "YouTube-Objects/horse/data/0001/shots/002"
    (shot / "frame0002.jpg").unlink()


def v22_ranges(root):
    path = root / "YouTube-Objects-v2.2/Ranges/ranges_horse.mat"
    savemat(path, {"ranges": np.zeros((2, 5))})


def v22_frames(root):
    (root / "YouTube-Objects-v2.2/horse/00000009.jpg").unlink()


def v22_boxes(root):
    path = root / "YouTube-Objects-v2.2/GroundTruth/horse/bb_gtTest_horse.mat"
    boxes_v22(path, "bb_gtTest", [("horse00000009", [[1, 2, 3]])])


def v23_list(root):
    (root / "YTOdevkit/YTO/ImageSets/Layout/testYTO.txt").write_text("dog_00000001\n")


def v23_no_list(root):
    (root / "YTOdevkit/YTO/ImageSets/Layout/testYTO.txt").unlink()


def vid_xml(root):
    (root / "ILSVRC2015/Annotations/VID/val/v0/000001.xml").write_text("<annotation><object>")


def vid_corner(root):
    path = root / "ILSVRC2015/Annotations/VID/val/v0/000001.xml"
    voc(path, [(1, 2, 3, 4)])
    path.write_text(path.read_text().replace("<xmax>3</xmax>", ""))


def discovery_lost_mask(root):
    mask(root / "ObjectDiscovery-data/Data/Car100/GroundTruth/0099.png")


def discovery_two(root):
    frame(root / "ObjectDiscovery-data/Data/Car100/0001.bmp")


def pascal_no_mask(root):
    (root / "PASCAL-S/datasets/masks/pascal/10.png").unlink()


def h36m_old_mat(root):
    path = root / "Human3.6M/S9/MySegmentsMat/ground_truth_bs/Walking 1.54138969.mat"
    savemat(path, {"Masks": np.zeros((2, 2))})


def h36m_no_cells(root):
    import h5py

    path = root / "Human3.6M/S9/MySegmentsMat/ground_truth_bs/Walking 1.54138969.mat"
    with h5py.File(path, "w") as file:
        file["Masks"] = np.zeros((3, 4))


def h36m_transposed(root):
    path = root / "Human3.6M/S9/MySegmentsMat/ground_truth_bs/Walking 1.54138969.mat"
    cells_v73(path, [np.zeros((32, 24), np.uint8)])


def ski_frames(root):
    (root / "Ski-PTZ/Videos_Small/trial_412_cam3/frame_000007.jpg").unlink()


def ski_poses(root):
    path = root / "Ski-PTZ/Data/3D_Position_Data/Trial_412_AllMarker_Raumkoor.mat.csv"
    path.write_text("header\n1,2,3\n")


def ski_mask(root):
    mask(
        root / "Ski-PTZ/Segmentation_masks/trial_412_cam1/frame_000005.jpg",
        np.zeros((360, 360), np.uint8),
    )


def crops_lost(root):
    folder = root / "Ski-PosePTZ-CameraDataset-png/test/seq_000/cam_01"
    (folder / "image_000000.png").unlink()


def crops_labels(root):
    import h5py

    with h5py.File(root / "Ski-PosePTZ-CameraDataset-png/test/labels.h5", "a") as file:
        del file["cam"]


def twice(root):
    frame(root / "Handheld190k/val/test0/0.jpg")


def sparse_lost_mask(root):
    mask(root / "Handheld190k/masks/test0/17.png")


def sparse_grey(root):
    mask(root / "Handheld190k/masks/test0/1.png", np.arange(768, dtype="u1").reshape(24, 32))


def robot_two(root):
    (root / "Moving-Robot/clip.mp4").touch()


CASES = [
    ("davis-2017", davis_lists_of_2016, "lists of frames belong to `--dataset davis-2016`"),
    ("davis-2017", davis_missing_sequence, "lists 'blackswan'"),
    ("davis-2017", davis_colours, "is a colour image"),
    ("davis-2017", davis_lost_mask, "belongs to no frame"),
    ("fbms-59", fbms_short, "holds 3 frames, expected 9 as tennis.bmf lists"),
    ("fbms-59", fbms_unnumbered, "'first' has no frame number"),
    ("fbms-59", fbms_gap, "belongs to no frame: .* has frames 1 to 3, of which 0 is missing"),
    ("fbms-59", fbms_size, "has 10 x 10 pixels, expected 32 x 24"),
    ("segtrack-v2", segtrack_no_masks, "worm does not exist; expected masks of every sequence"),
    ("segtrack-v2", segtrack_listed, "lists frog, of which there is no folder"),
    ("segtrack-v2", segtrack_lost_mask, "belongs to no frame of 'penguin'"),
    ("youtube-objects", yto_unlisted, "lists '0099', but there is no"),
    ("youtube-objects", yto_no_list, "cannot be read"),
    ("youtube-objects", yto_mat, "is not a MATLAB file that can be read"),
    ("youtube-objects", yto_variable, "holds no variable 'coor'"),
    ("youtube-objects", yto_lost_boxes, "belongs to no frame of its shot"),
    ("youtube-objects-v2.2", v22_ranges, r"'ranges' of shape \(2, 5\), expected 3 rows"),
    ("youtube-objects-v2.2", v22_frames, "1 frames of a shot are missing"),
    ("youtube-objects-v2.2", v22_boxes, r"have shape \(1, 3\), not N x 4"),
    ("youtube-objects-v2.3", v23_list, "images that testYTO.txt lists are missing"),
    ("youtube-objects-v2.3", v23_no_list, "testYTO.txt is missing"),
    ("imagenet-vid", vid_xml, "is not an annotation that can be read"),
    ("imagenet-vid", vid_corner, "an object has no bndbox/xmax"),
    ("object-discovery", discovery_lost_mask, "belong to no image"),
    ("object-discovery", discovery_two, "holds several images named 0001"),
    ("pascal-s", pascal_no_mask, "1 images of .* have no mask"),
    ("human3.6m", h36m_old_mat, "is not a MATLAB 7.3 file"),
    ("human3.6m", h36m_no_cells, "is no cell array"),
    ("human3.6m", h36m_transposed, "has 24 x 32 pixels, expected 32 x 24"),
    ("ski-ptz", ski_frames, "1 of the frames frame_000004.jpg to frame_000008.jpg are missing"),
    ("ski-ptz", ski_poses, "23 points x, y, z in millimetres"),
    ("ski-ptz", ski_mask, "expected 64 x 36 pixels"),
    ("ski-pose-ptz", crops_lost, "1 images that .* lists are missing"),
    ("ski-pose-ptz", crops_labels, "expected HDF5 with seq, cam, frame, 2D"),
    ("handheld190k", twice, "a sequence 'test0' in both"),
    ("handheld190k", sparse_lost_mask, "belongs to no frame"),
    ("handheld190k", sparse_grey, "expected a binary mask"),
    ("moving-robot", robot_two, "holds 1 videos and 3 frames; expected one of them"),
]


@pytest.mark.parametrize(("name", "breaks", "words"), CASES, ids=[c[1].__name__ for c in CASES])
def test_is_refused(name, breaks, words, tmp_path):
    MAKERS[name](tmp_path)
    breaks(tmp_path)
    dataset = opened(name, tmp_path)
    with pytest.raises(DataError, match=words):
        for split in dataset.splits:
            if dataset.holds(split):
                for of_clip in dataset.truth(split).values():
                    for frame_name in of_clip:
                        of_clip[frame_name]


def test_every_dataset_has_a_broken_tree():
    # ECSSD shares its reader with PASCAL-S, FS-Singles with Handheld190k.
    assert {name for name, _, _ in CASES} == MAKERS.keys() - {"ecssd", "fs-singles"}
