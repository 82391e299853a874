"""Data sets with other splits than the papers' own, as plug-ins; the scripts beside load them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar

from pydantic import Field

from selfbench import Clip, Dataset, Truth
from selfbench import Params as BaseParams
from selfbench.contracts import Where
from selfbench.datasets.davis2016 import Davis2016
from selfbench.plugins.registry import Registry
from selfbench.stages.plan import open_dataset
from selfbench.stages.score.clips import Part
from selfbench.store.digest import digest_text


class DavisAll(Davis2016):
    """DAVIS 2016, learning from all sequences without labels as CIS does, scored on val."""

    name = "davis-2016-all"
    train_split = "trainval"


class DavisTrainval(DavisAll):
    """DAVIS 2016, learning from and scored on all sequences."""

    name = "davis-2016-trainval"
    test_split = "trainval"
    metrics = ("J", "F", "mAP0.5")


class LeftOutParams(BaseParams):
    """Of which data set."""

    of: str = Field(description="the data set")
    every: int = Field(6, ge=1, description="every so many frames are scored")


class LeftOut(Dataset):
    """People a method has not learnt from, without a look at test clips.

    The first half of a data set's training clips to learn from; scored are the other half and the
    validation clips.
    """

    name = "left-out"
    Params: ClassVar[type[BaseParams]] = LeftOutParams
    params: LeftOutParams

    def __init__(self, params: LeftOutParams, where: Where) -> None:
        super().__init__(params, where)
        self.whole = open_dataset(Registry().entry("datasets", params.of), {}, where)
        self.metrics, self.supervision = self.whole.metrics, self.whole.supervision

    def clips(self, split: str) -> Sequence[Clip]:
        """Return the clips of `train` or `test`."""
        clips = list(self.whole.clips(self.whole.train_split))
        half = len(clips) // 2
        return clips[:half] if split == "train" else [*clips[half:], *self.validation_clips()]

    def validation_clips(self) -> Sequence[Clip]:
        """Return those of the whole."""
        split = self.whole.validation_split
        return self.whole.clips(split) if split else ()

    def truth(self, split: str) -> Mapping[str, Mapping[str, Truth]]:
        """Return the truth of every so many frames."""
        splits = filter(None, (self.whole.train_split, self.whole.validation_split))
        known = {name: truth for part in splits for name, truth in self.whole.truth(part).items()}
        return {
            clip.name: Part(known[clip.name], list(known[clip.name])[:: self.params.every])
            for clip in self.clips(split)
            if clip.name in known
        }

    def frames_fingerprint(self) -> str:
        """Return a digest of the whole."""
        return digest_text(self.name, self.whole.frames_fingerprint())

    def truth_fingerprint(self) -> str:
        """Return a digest of the whole."""
        return digest_text(self.name, self.whole.truth_fingerprint(), str(self.params.every))
