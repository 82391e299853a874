"""Real sample files, laid out as the datasets publish them; each function fills one folder."""

from __future__ import annotations

from pathlib import Path

from PIL import Image as Pillow

from selfbench.contracts import Where
from selfbench.media.video import VideoFrames


def link(target: Path, source: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    target.symlink_to(source)


def davis_2017(data: Path, root: Path) -> None:
    cutie, deva = data / "DAVIS-2017-samples/cutie", data / "DAVIS-2017-samples/deva"
    frames = {"bike": cutie / "images/bike", "bmx-trees": deva / "JPEGImages/bmx-trees"}
    masks = {"bike": cutie / "masks/bike", "bmx-trees": deva / "Annotations/bmx-trees"}
    home = root / "DAVIS"
    for name in frames:
        link(home / "JPEGImages/480p" / name, frames[name])
        link(home / "Annotations_unsupervised/480p" / name, masks[name])
    (home / "ImageSets/2017").mkdir(parents=True)
    (home / "ImageSets/2017/val.txt").write_text("\n".join(frames) + "\n")


def fbms_59(data: Path, root: Path) -> None:
    """bear01 as images, which here is a video: frame n is its image n - 1."""
    home = root / "FBMS/Testset/bear01"
    home.mkdir(parents=True)
    names = []
    for number, frame in enumerate(VideoFrames(data / "FBMS/bear01-video/bear.mp4"), 1):
        Pillow.fromarray(frame).save(home / f"bear01_{number:04d}.jpg")
        names.append(f"bear01_{number:04d}.ppm")
    (home / "bear01.bmf").write_text("\n".join([f"{len(names)} 1", *names]) + "\n")
    for path in (data / "FBMS/bear01-video").glob("*.ppm"):
        link(home / "GroundTruth" / path.name, path)


def segtrack_v2(data: Path, root: Path) -> None:
    home = root / "SegTrackv2"
    link(home / "JPEGImages/bmx", data / "SegTrackV2-bmx/JPEGImages/bmx")
    link(home / "GroundTruth/bmx/1", data / "SegTrackV2-bmx/masks_bike_only")
    (home / "ImageSets").mkdir()
    (home / "ImageSets/all.txt").write_text("*bmx\n")


def ecssd(data: Path, root: Path) -> None:
    link(root / "ECSSD", data / "ECSSD")


def pascal_s(data: Path, root: Path) -> None:
    """ECSSD's images under PASCAL-S' names, which have no leading zeros."""
    for number, path in enumerate(sorted((data / "ECSSD/images").iterdir())[:12], 1):
        mask = data / "ECSSD/ground_truth_mask" / f"{path.stem}.png"
        link(root / f"PASCAL-S/datasets/imgs/pascal/{number}.jpg", path)
        link(root / f"PASCAL-S/datasets/masks/pascal/{number}.png", mask)


def object_discovery(data: Path, root: Path) -> None:
    link(root / "ObjectDiscovery-data/MSRC/cow", data / "MSRC-cow/cow")


def moving_robot(data: Path, root: Path) -> None:
    link(root / "Moving-Robot/video.mp4", data / "videos/v2v_child-riding.mp4")


LAYOUTS = {
    "davis-2017": davis_2017,
    "ecssd": ecssd,
    "fbms-59": fbms_59,
    "moving-robot": moving_robot,
    "object-discovery": object_discovery,
    "pascal-s": pascal_s,
    "segtrack-v2": segtrack_v2,
}


class Sized:
    """Frames of which only the size matters."""

    def __init__(self, width: int, height: int = 480) -> None:
        self.names, self.size = (), (height, width)


def real(kind, data: Path, root: Path):
    """Open a dataset on its real samples."""
    LAYOUTS[kind.name](data, root)
    return kind(kind.Params(), Where(root, root / "cache"))
