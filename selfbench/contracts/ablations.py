"""The contract of an ablation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class AblationRow:
    """One row of an ablation: what is changed, and what the paper reports of it."""

    label: str
    overrides: Mapping[str, Any]
    paper: str = ""  # what it says, in words
    published: Mapping[str, float] = field(default_factory=dict)  # metric -> its number
    data: Mapping[str, Any] = field(default_factory=dict)  # parameter values of every dataset
    method: str = ""  # another method than the ablation's, to compare with


@dataclass(frozen=True)
class Ablation:
    """A method run with one choice changed after the other. Declared once, run by its name."""

    name: str
    method: str
    summary: str  # with the source, e.g. "Katircioglu et al. 2022, Fig. 11"
    rows: tuple[AblationRow, ...]
    published_on: str = ""  # where the published numbers stand, and on which data
    watch: tuple[str, ...] = ()  # logged values that tell why: drawn over training, last in table

    def __post_init__(self) -> None:
        labels = [row.label for row in self.rows]
        if len(set(labels)) < len(labels):
            raise ValueError(f"two rows of the ablation '{self.name}' have the same label")
