"""The marks of S1 Table 2: self-supervised (s), weakly supervised (w), fully supervised (d)."""

from __future__ import annotations

from collections.abc import Sequence

LETTERS = {"s": "ˢ", "w": "ʷ", "d": "ᵈ"}

# What the papers still call self-supervised: S1 and S2 start from ImageNet weights.
_FREE = ("imagenet weights", "weights of ", "known background")
_FULL = ("the truth", "mask", "box", "coco")

RULE = (
    "Marks: s without labels (encoders may start from ImageNet weights, as in the papers), w with "
    "networks that others trained with labels, d with masks or boxes of objects"
)


def letter(supervision: Sequence[str] | None) -> str:
    """Return s, w or d for what a method was given beyond raw frames; "" where it is not known."""
    if supervision is None:
        return ""
    given = [text.lower() for text in supervision]
    if any(word in text for text in given for word in _FULL):
        return "d"
    return "s" if all(text.startswith(_FREE) for text in given) else "w"


def marked(name: str, supervision: Sequence[str] | None) -> str:
    """Return a row's name with its mark behind it."""
    return name + LETTERS.get(letter(supervision), "")
