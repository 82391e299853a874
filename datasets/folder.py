"""A user's own frames or videos as a dataset."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property, partial
from pathlib import Path
from typing import ClassVar

from pydantic import Field

from selfbench.contracts import Boxes, Clip, Dataset, Truth, Where
from selfbench.datasets.box_list import read_box_list
from selfbench.datasets.files import Loaders
from selfbench.errors import DataError, UsageError, did_you_mean
from selfbench.media.frames import IMAGE_SUFFIXES, ImageFrames, list_images, natural_key
from selfbench.media.truth import LazyTruth, sparse_truth
from selfbench.media.video import VIDEO_SUFFIXES, VideoFrames
from selfbench.params import Params
from selfbench.store.digest import digest_files, digest_text

LAYOUTS = "a folder of frames, a folder of such folders, a video file or a folder of video files"


class FolderParams(Params):
    """Where one's own data lies."""

    path_fields: ClassVar = {"path": (), "masks": ("",), "boxes": ("",)}

    path: str = Field(min_length=1, description=LAYOUTS)
    masks: str = Field(
        "",
        description="folder of binary masks, <frame>.png of the only clip or <clip>/<frame>.png;"
        " frames may lack one; empty: none",
    )
    boxes: str = Field(
        "",
        description="text file with a line x,y,width,height per frame of the only clip, or a folder"
        " of such files <clip>.txt; empty: none",
    )
    fps: float | None = Field(
        None, gt=0, description="frames per second; by default what a video file says"
    )


class Folder(Dataset):
    """Your own frames or videos, `--set folder.path=PATH`, with or without masks to score.

    A folder of frames is one clip, as is each subfolder of frames and each video file. Frames come
    in natural order (frame2 before frame10) and must have one size per clip. All clips serve for
    training and for testing: learning on the video itself is what these methods are for.
    """

    name = "folder"
    Params = FolderParams
    train_split = "all"
    test_split = "all"
    licence = "the user's own"

    def __init__(self, params: FolderParams, where: Where) -> None:
        super().__init__(params, where)
        if params.boxes and not params.masks:
            self.metrics = ("CorLoc", "mAP0.5")

    def clips(self, split: str) -> Sequence[Clip]:
        """Return all clips, in natural order of their names.

        Raises:
            DataError: if there are no frames, or a file is no video.
            UsageError: for any split but `all`.
        """
        if split != "all":
            raise UsageError(f"folder has no split '{split}'.{did_you_mean(split, ['all'])}")
        return [
            Clip(name, frames, self.params.fps or getattr(frames, "fps", None))
            for name, frames in self._frames.items()
        ]

    def truth(self, split: str) -> Mapping[str, Mapping[str, Truth]]:
        """Return the masks under `masks` and the boxes of `boxes`, clip by clip.

        Raises:
            DataError: if a mask, a folder of masks or a list of boxes belongs to nothing.
        """
        if split != "all":
            raise UsageError(f"folder has no split '{split}'.{did_you_mean(split, ['all'])}")
        masks = {
            clip: sparse_truth(folder, self._frames[clip]).loaders
            for clip, folder in self._mask_folders().items()
        }
        boxes = {
            clip: read_box_list(path, self._frames[clip].names)
            for clip, path in self._box_files().items()
        }
        return {
            clip: LazyTruth(truth)
            for clip in self._frames
            if (truth := _both(masks.get(clip, {}), boxes.get(clip, {})))
        }

    def location(self) -> Path:
        """Return the folder or the file it was given."""
        self._files  # noqa: B018 - says what is wrong
        return self._path

    def files(self) -> Iterable[Path]:
        """Yield every frame, video and mask."""
        yield from (path for paths in self._files.values() for path in paths)
        for folder in self._mask_folders().values():
            yield from list_images(folder)
        yield from self._box_files().values()

    def frames_fingerprint(self) -> str:
        """Return a digest of all frames and video files, and of the frame rate given."""
        files = [path for paths in self._files.values() for path in paths]
        contents = digest_files(files, self._path.parent, self.where.cache)
        return digest_text(self.name, str(self.params.fps), *self._files, contents)

    def truth_fingerprint(self) -> str:
        """Return a digest of all masks and lists of boxes."""
        folders = self._mask_folders()
        files = [path for folder in folders.values() for path in list_images(folder)]
        masks = digest_files(files, Path(self.params.masks).expanduser())
        lists = self._box_files()
        boxes = [digest_files([path], path.parent) for path in lists.values()]
        return digest_text(self.name, masks, *lists, *boxes)

    @cached_property
    def _path(self) -> Path:
        return Path(self.params.path).expanduser().resolve()

    @cached_property
    def _frames(self) -> dict[str, ImageFrames | VideoFrames]:
        frames: dict[str, ImageFrames | VideoFrames] = {}
        for clip, files in self._files.items():
            video = _is_video(files[0]) or self._path.is_file()
            frames[clip] = VideoFrames(files[0]) if video else ImageFrames(files)
        return frames

    @cached_property
    def _files(self) -> dict[str, list[Path]]:
        """Clip name -> its frame files, or its one video file."""
        path = self._path
        if path.is_file():
            if path.suffix.lower() in IMAGE_SUFFIXES:
                raise DataError(f"{path} is a single image; expected {LAYOUTS}.")
            return {path.stem: [path]}
        if not path.is_dir():
            raise DataError(f"{path} does not exist; expected {LAYOUTS}: --set folder.path=PATH.")
        masks = Path(self.params.masks).expanduser().resolve() if self.params.masks else None
        entries = [e for e in path.iterdir() if e.name[0] != "." and e.resolve() != masks]
        clips = [(path.name, list_images(path))]
        for entry in sorted(entries, key=natural_key):
            if entry.is_dir():
                clips.append((entry.name, list_images(entry)))
            elif _is_video(entry):
                clips.append((entry.stem, [entry]))
        clips = [(name, files) for name, files in clips if files]
        if not clips:
            kinds = Counter(e.suffix or "no suffix" if e.is_file() else "folders" for e in entries)
            what = ", ".join(f"{n} x {kind}" for kind, n in kinds.most_common(4)) or "nothing"
            raise DataError(
                f"{path} holds no frames and no videos (found: {what}); expected {LAYOUTS}."
            )
        return _named(clips)

    def _mask_folders(self) -> dict[str, Path]:
        """Return clip name -> the folder of its masks."""
        if not self.params.masks:
            return {}
        masks = Path(self.params.masks).expanduser()
        if not masks.is_dir():
            raise DataError(
                f"{masks} is not a folder; expected masks in it: --set folder.masks=FOLDER."
            )
        folders = {e.name: e for e in masks.iterdir() if e.is_dir() and list_images(e)}
        clips = list(self._frames)
        for name in sorted(folders.keys() - set(clips)):
            raise DataError(
                f"{folders[name]} belongs to no clip of {self._path}.{did_you_mean(name, clips)}"
            )
        if list_images(masks):
            if len(clips) > 1:
                raise DataError(
                    f"{masks} holds masks, but there are {len(clips)} clips; expected them in"
                    f" folders of the clips' names, e.g. {masks / clips[0]}."
                )
            folders[clips[0]] = masks
        if not folders:
            raise DataError(f"{masks} holds no mask; expected <frame>.png or <clip>/<frame>.png.")
        return folders

    def _box_files(self) -> dict[str, Path]:
        """Return clip name -> its list of boxes."""
        if not self.params.boxes:
            return {}
        boxes, clips = Path(self.params.boxes).expanduser(), list(self._frames)
        lists = {boxes.stem: boxes} if boxes.is_file() else {}
        if boxes.is_file() and len(clips) == 1:
            lists = {clips[0]: boxes}
        if boxes.is_dir():
            lists = {path.stem: path for path in sorted(boxes.glob("*.txt"))}
        for name in sorted(lists.keys() - set(clips)):
            raise DataError(
                f"{lists[name]} belongs to no clip of {self._path}.{did_you_mean(name, clips)}"
            )
        if not lists:
            raise DataError(
                f"{boxes} holds no list of boxes; expected a text file, or <clip>.txt in a folder:"
                " --set folder.boxes=PATH."
            )
        return lists


def _both(masks: Loaders, boxes: Mapping[str, Boxes]) -> Loaders:
    """Return what reads the truth of each frame that has a mask, a box or both."""
    names = dict.fromkeys([*masks, *boxes])
    return {name: partial(_truth, masks.get(name), boxes.get(name)) for name in names}


def _truth(mask: Callable[[], Truth] | None, boxes: Boxes | None) -> Truth:
    return Truth(mask().mask if mask else None, boxes=boxes)


def _is_video(path: Path) -> bool:
    return path.suffix.lower() in VIDEO_SUFFIXES and path.is_file()


def _named(unnamed: list[tuple[str, list[Path]]]) -> dict[str, list[Path]]:
    """Return clips by name; `dog.mp4` keeps its suffix where a folder `dog` exists as well."""
    stems = Counter(name for name, _ in unnamed)
    clips: dict[str, list[Path]] = {}
    for stem, files in unnamed:
        name = files[0].name if stems[stem] > 1 and _is_video(files[0]) else stem
        if name in clips:
            raise DataError(f"{files[0]} would be a second clip '{name}'; rename one of the two.")
        name_of_most, count = Counter(path.stem for path in files).most_common(1)[0]
        if count > 1:
            raise DataError(
                f"{files[0].parent} holds {count} images named '{name_of_most}'; expected one per"
                " frame: move masks to a folder of their own and give it with"
                " --set folder.masks=FOLDER."
            )
        clips[name] = files
    return clips
