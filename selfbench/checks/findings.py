"""What can be wrong with a dataset, how bad it is, and what to do about it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

from selfbench.contracts import Count

Severity = Literal["error", "warning"]
# Kind -> how bad it is, and what to do about it. Errors make numbers wrong or runs fail.
KINDS: Mapping[str, tuple[Severity, str]] = {
    "cannot be read": ("error", "copy or unpack it again"),
    "differs from the published count": ("error", "unpack the archive again, or report a part"),
    "has a box without area in the image": ("error", "mend or remove the annotation"),
    "has a box that reaches outside the image": ("warning", "scoring cuts it at the border"),
    "has an empty mask": ("warning", "J is 1 there only for an empty prediction"),
    "is used by no split": ("warning", "remove it, if it is no part of the dataset"),
    "is the same image in train and test": ("error", "remove it from one of them"),
    "looks the same in train and test": ("warning", "see whether it is the same scene"),
}


class Finding(NamedTuple):
    """One thing that is wrong."""

    kind: str  # one of `KINDS`
    where: str  # clip/frame, a file, or a split
    detail: str = ""


@dataclass(frozen=True)
class Checkup:
    """What the doctor says of one dataset."""

    dataset: str
    counts: Mapping[str, Count]  # by split, of this copy
    findings: Sequence[Finding]
    frames_fingerprint: str  # as in the manifest of every run; empty if it cannot be made
    truth_fingerprint: str

    @property
    def errors(self) -> list[Finding]:
        """The findings that make numbers wrong or runs fail."""
        return [f for f in self.findings if KINDS[f.kind][0] == "error"]
