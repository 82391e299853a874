"""Small trees in the exact layouts that datasets publish; each function fills one data root."""

from __future__ import annotations

from pathlib import Path

import h5py
import numpy as np
from PIL import Image as Pillow
from scipy.io import savemat

H, W = 24, 32
RNG = np.random.default_rng(0)


def square(height: int = H, width: int = W) -> np.ndarray:
    """A mask whose tight box is 8, 4, 20, 16."""
    mask = np.zeros((height, width), np.uint8)
    mask[4:16, 8:20] = 255
    return mask


def frame(path: Path, height: int = H, width: int = W, **options) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    pixels = RNG.integers(0, 256, (height, width, 3), np.uint8)
    Pillow.fromarray(pixels).save(path, **options)


def mask(path: Path, values: np.ndarray | None = None) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    Pillow.fromarray(square() if values is None else values).save(path)


def palette(path: Path, indices: np.ndarray) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    image = Pillow.fromarray(indices.astype(np.uint8), "L").convert("P")
    image.putdata(indices.astype(np.uint8).ravel().tolist())
    image.putpalette([0, 0, 0, 128, 0, 0, 0, 128, 0] + [7] * 759)
    image.save(path)


def davis_2017(root: Path) -> None:
    home = root / "DAVIS"
    for name in ("bear", "dog"):
        for i in range(3):
            frame(home / f"JPEGImages/480p/{name}/{i:05d}.jpg")
            indices = (square() > 0).astype(np.uint8)
            indices[4:16, 14:20] = 2
            indices[0, 0] = 255
            palette(home / f"Annotations_unsupervised/480p/{name}/{i:05d}.png", indices)
    for split, name in (("train", "bear"), ("val", "dog")):
        (home / "ImageSets/2017").mkdir(parents=True, exist_ok=True)
        (home / f"ImageSets/2017/{split}.txt").write_text(f"{name}\n")


def fbms_59(root: Path) -> None:
    """One sequence with colour masks, one with grey ones, and tennis without underscores."""
    bear = root / "FBMS/Trainingset/bear01"
    for n in range(1, 6):
        frame(bear / f"bear01_{n:04d}.jpg")
    (bear / "bear01.bmf").write_text(
        "5 1\n" + "".join(f"bear01_{n:04d}.ppm\n" for n in range(1, 6))
    )
    colours = np.full((H, W, 3), 255, np.uint8)
    colours[4:16, 8:14], colours[4:16, 14:20] = (0, 255, 255), (255, 0, 0)
    mask(bear / "GroundTruth/bear01_0001_gt.ppm", colours)
    mask(bear / "GroundTruth/bear01_0007_gt.ppm", colours)  # beyond the last frame
    mask(bear / "GroundTruth/bear01_0001_gt.pgm", np.full((H, W), 200, np.uint8))  # probabilities
    mask(bear / "GroundTruth/bear01_0001_PROB_gt.ppm", np.zeros((H, W, 3), np.uint8))
    for name, stem in (("tennis", "tennis{:03d}"), ("marple2", "marple2_{:02d}")):
        home = root / "FBMS/Testset" / name
        for n in range(1, 4):
            frame(home / f"{stem.format(n)}.jpg")
        grey = np.where(square() > 0, 200, 60).astype(np.uint8)
        mask(home / f"GroundTruth/{stem.format(2)}.pgm", grey)


def segtrack_v2(root: Path) -> None:
    """Two objects that overlap in one sequence, one object in another, suffixes that differ."""
    home = root / "SegTrackv2"
    for i in range(2):
        frame(home / f"JPEGImages/girl/girl_{i:05d}.png")
        frame(home / f"JPEGImages/penguin/penguin_{i:05d}.bmp")
        soft = np.where(square() > 0, 200, 90).astype(np.uint8)  # anti-aliased: 90 is background
        mask(home / f"GroundTruth/girl/girl_{i:05d}.png", np.stack([soft] * 3, axis=2))
        mask(home / f"GroundTruth/penguin/1/penguin_{i:05d}.png")
        mask(home / f"GroundTruth/penguin/2/penguin_{i:05d}.png")
    (home / "ImageSets").mkdir()
    (home / "ImageSets/all.txt").write_text("*girl\n*penguin\n")


def voc(path: Path, boxes: list[tuple[float, float, float, float]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    things = "".join(
        f"<object><name>n02503517</name><bndbox><xmax>{x1}</xmax><xmin>{x0}</xmin><ymax>{y1}</ymax>"
        f"<ymin>{y0}</ymin></bndbox><occluded>0</occluded></object>"
        for x0, y0, x1, y1 in boxes
    )
    path.write_text(f"<annotation><size><width>{W}</width></size>{things}</annotation>")


def imagenet_vid(root: Path) -> None:
    home = root / "ILSVRC2015"
    for place in ("train/ILSVRC2015_VID_train_0000/t0", "val/v0"):
        for i in range(3):
            frame(home / f"Data/VID/{place}/{i:06d}.JPEG", format="JPEG")
            voc(home / f"Annotations/VID/{place}/{i:06d}.xml", [(8, 4, 40, 16)] if i else [])


def youtube_objects(root: Path) -> None:
    home = root / "YouTube-Objects"
    for video in ("0001", "0002"):
        for shot in ("001", "002"):
            for i in range(1, 4):
                frame(home / f"horse/data/{video}/shots/{shot}/frame{i:04d}.jpg")
        (home / f"horse/data/{video}/shots/003").mkdir()  # empty, as some are
        cells = np.empty((1, 2), object)
        cells[0, 0], cells[0, 1] = np.array([[20.0, 4, 8, 16]]), np.array([[-3.5, 0, 5, 6]])
        path = home / f"horse/data/{video}/shots/002/frame0002.jpg_sticks.mat"
        savemat(path, {"coor": cells})
    (home / "horse/sets").mkdir()
    (home / "horse/sets/train.txt").write_text("0001\n")
    (home / "horse/sets/test.txt").write_text("0002\n")


def boxes_v22(path: Path, name: str, rows: list[tuple[str, list[list[float]]]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    table = np.empty((1, len(rows)), [("id", object), ("bb", object)])
    for i, (identity, boxes) in enumerate(rows):
        table[0, i] = (identity, np.array(boxes, float))
    savemat(path, {name: table})


def youtube_objects_v22(root: Path) -> None:
    """Two videos; frame 4 ends one shot and begins the next."""
    home = root / "YouTube-Objects-v2.2"
    for i in range(1, 10):
        frame(home / f"horse/{i:08d}.jpg")
    (home / "Ranges").mkdir()
    savemat(
        home / "Ranges/ranges_horse.mat", {"ranges": np.array([[1, 4, 8], [4, 7, 9], [1, 1, 2]])}
    )
    boxes_v22(home / "GroundTruth/horse/bb_gtTraining_horse.mat", "bb_gtTraining",
              [("horse00000002", [[8, 4, 20, 16]])])  # fmt: skip
    boxes_v22(home / "GroundTruth/horse/bb_gtTest_horse.mat", "bb_gtTest",
              [("horse00000009", [[8, 4, 20, 16], [0, 0, 5, 5]])])  # fmt: skip


def youtube_objects_v23(root: Path) -> None:
    home = root / "YTOdevkit/YTO"
    for i in range(1, 4):
        frame(home / f"JPEGImages/cat_{i:08d}.jpg")
        voc(home / f"Annotations/cat_{i:08d}.xml", [(8, 4, 20, 16)])
    (home / "ImageSets/Layout").mkdir(parents=True)
    (home / "ImageSets/Layout/testYTO.txt").write_text("cat_00000003 1\n")


def object_discovery(root: Path) -> None:
    home = root / "ObjectDiscovery-data/Data"
    for name in ("Car100", "Car"):
        frame(home / f"{name}/0001.jpg")
        frame(home / f"{name}/0002.png", 30, 40)
        mask(home / f"{name}/GroundTruth/0001.png")
    mask(home / "Car100/GroundTruth/0002.png", np.zeros((30, 40), np.uint8))


def pascal_s(root: Path) -> None:
    home = root / "PASCAL-S/datasets"
    for n in (1, 2, 10):
        frame(home / f"imgs/pascal/{n}.jpg")
        mask(home / f"masks/pascal/{n}.png", np.where(square() > 0, 170, 85).astype(np.uint8))


def ecssd(root: Path) -> None:
    frame(root / "ECSSD/images/0001.jpg")
    mask(root / "ECSSD/ground_truth_mask/0001.png")


def cells_v73(path: Path, masks: list[np.ndarray]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with h5py.File(path, "w", userblock_size=512) as file:
        references = np.empty((1, len(masks)), h5py.ref_dtype)
        for i, values in enumerate(masks):
            references[0, i] = file.create_dataset(f"#refs#/{i}", data=values.T).ref
        file.create_dataset("Masks", data=references, dtype=h5py.ref_dtype)


def human36m(root: Path) -> None:
    """Frames of one camera, one subject per split; the masks end before the video does."""
    home = root / "Human3.6M"
    for subject in ("S1", "S9"):
        take = "Walking 1.54138969"
        for i in range(4):
            frame(home / f"{subject}/Videos/{take}/{i:05d}.png")
        binary = (square() > 0).astype(np.uint8)
        segments = home / subject / "MySegmentsMat"
        cells_v73(segments / f"ground_truth_bs/{take}.mat", [binary] * 3)
        box = np.zeros((H, W), np.uint8)
        box[2:18, 6:22] = 1
        cells_v73(segments / f"ground_truth_bb/{take}.mat", [box] * 4)


def ski_ptz(root: Path, trials: dict) -> None:
    """The given trials {split: trials} at 64 x 36, with a camera that looks along y."""
    home = root / "Ski-PTZ"
    for split, of in trials.items():
        for trial in of:
            for camera in range(1, 7):
                name = f"trial_{trial.number}_cam{camera}"
                for n in range(trial.first, trial.last + 1):
                    frame(home / f"Videos_Small/{name}/frame_{n:06d}.jpg", 36, 64)
                for n in trial.masked[:1]:
                    path = home / f"Segmentation_masks/{name}/frame_{trial.first + n:06d}.jpg"
                    mask(path, np.kron(square(36, 64), np.ones((20, 20), np.uint8)))
            ski_poses(home, trial.number, trial.last + 1, split)


def ski_poses(home: Path, number: int, rows: int, split: str) -> None:
    points = np.zeros((23, 3))
    points[:, 0] = np.linspace(-1000, 1000, 23)  # millimetres
    points[:, 2] = np.linspace(-900, 900, 23)
    points[:, 1] = 10000
    turn = 0.193200777  # undo what the loader does
    cos, sin = np.cos(turn), np.sin(turn)
    points = points @ np.array([[cos, -sin, 0], [sin, cos, 0], [0, 0, 1]]).T
    path = home / f"Data/3D_Position_Data/Trial_{number}_AllMarker_Raumkoor.mat.csv"
    path.parent.mkdir(parents=True, exist_ok=True)
    line = ",".join(f"{v:.9f}" for v in points.ravel())
    path.write_text("header\n" + f"{line}\n" * rows)
    # x = 640 + 1000 X / (Y + 1), y = 360 - 1000 Z / (Y + 1); the twelfth number is an error
    camera = "1000 640 0 640 0 360 -1000 360 0 1 0 0.73"
    for c in range(1, 7):
        lines = [camera] * rows
        lines[rows // 2] = "0 0 0"  # no camera there
        target = home / f"Data/DLT_Parameters/PP_Trial_{number}_CAM{c}.DLT"
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text("\n".join(lines))


def ski_pose_ptz(root: Path) -> None:
    for split in ("train", "test"):
        home = root / "Ski-PosePTZ-CameraDataset-png" / split
        rows = [(0, 0, 1), (0, 0, 0), (0, 1, 0)]
        for seq, cam, number in rows:
            frame(home / f"seq_{seq:03d}/cam_{cam:02d}/image_{number:06d}.png", 256, 256)
        with h5py.File(home / "labels.h5", "w") as file:
            for place, key in enumerate(("seq", "cam", "frame")):
                file[key] = np.array([row[place] for row in rows])
            pose = np.full((3, 17, 2), 0.5)
            pose[:, 0], pose[:, 1] = (0.25, 0.5), (0.75, 1.0)
            file["2D"] = pose.reshape(3, 34)


def sparse(root: Path, home: str) -> None:
    for split in ("train", "val", "test"):
        for i in range(3):
            frame(root / f"{home}/{split}/{split}0/{i}.jpg")
    mask(root / f"{home}/masks/test0/1.png")


def moving_robot(root: Path) -> None:
    for i in range(3):
        frame(root / f"Moving-Robot/frames/{i}.jpg")
    mask(root / "Moving-Robot/masks/1.png")
