"""The marks of a row: what it was given, what it sees at test time, and whether a paper has it.

Self-supervised (s), weakly (w) and fully supervised (d) as in Katircioglu et al. 2020, Table 2.
"""

from __future__ import annotations

from collections.abc import Sequence

from selfbench.contracts import Record

LETTERS = {"s": "ˢ", "w": "ʷ", "d": "ᵈ"}
SEES = {"image": "ⁱ", "flow": "ᶠ", "video": "ᵛ"}
OURS = "†"
_SIGHTS = {
    "image": "the frame alone is seen",
    "flow": "flow to other frames is seen too",
    "video": "the whole video is seen",
}

# How the supervision begins that the papers still call none: they start from ImageNet weights.
_SELF_SUPERVISED = ("imagenet weights", "weights of ", "known background")
_FULLY_SUPERVISED = ("the truth", "mask", "box", "coco")  # words in it, wherever they stand

_OF_SUPERVISION = (
    "Marks: s without labels (encoders may start from ImageNet weights, as in the papers), w with "
    "networks that others trained with labels, d with masks or boxes of objects"
)
_OF_SIGHT = (
    "Marks: to mask a frame at test time a method sees i the frame alone, f flow to other frames, "
    "v the whole video"
)
_OF_OURS = f"{OURS}: ours, no paper has it"


def letter(supervision: Sequence[str] | None) -> str:
    """Return s, w or d for what a method was given beyond raw frames; "" where it is not known."""
    if supervision is None:
        return ""
    inputs = [text.lower() for text in supervision]
    if any(word in text for text in inputs for word in _FULLY_SUPERVISED):
        return "d"
    return "s" if all(text.startswith(_SELF_SUPERVISED) for text in inputs) else "w"


def marked(record: Record) -> str:
    """Return the name of a record's row with its marks behind it."""
    given, sight = LETTERS.get(letter(record.supervision), ""), SEES.get(record.sees, "")
    return record.method + OURS * record.ours + given + sight


def in_words(records: Sequence[Record]) -> list[str]:
    """Return what the marks would say, by name, for tables whose names have none."""
    notes = []
    for sight, words in _SIGHTS.items():
        if names := dict.fromkeys(record.method for record in records if record.sees == sight):
            notes.append(f"To mask a frame at test time {words}: {', '.join(names)}")
    if ours := dict.fromkeys(record.method for record in records if record.ours):
        notes.append(f"Ours, in no paper: {', '.join(ours)}")
    return notes


def rules(records: Sequence[Record]) -> list[str]:
    """Return what the marks of `records` mean, of those that are there."""
    return [
        *[_OF_SUPERVISION] * any(record.supervision is not None for record in records),
        *[_OF_SIGHT] * any(record.sees for record in records),
        *[_OF_OURS] * any(record.ours for record in records),
    ]
