"""The marks of the papers' tables: self-supervised (s), weakly (w) or fully supervised (d).

As in Katircioglu et al. 2020, Table 2.
"""

from __future__ import annotations

from collections.abc import Sequence

LETTERS = {"s": "ˢ", "w": "ʷ", "d": "ᵈ"}

# How the supervision begins that the papers still call none: they start from ImageNet weights.
_SELF_SUPERVISED = ("imagenet weights", "weights of ", "known background")
_FULLY_SUPERVISED = ("the truth", "mask", "box", "coco")  # words in it, wherever they stand

RULE = (
    "Marks: s without labels (encoders may start from ImageNet weights, as in the papers), w with "
    "networks that others trained with labels, d with masks or boxes of objects"
)


def letter(supervision: Sequence[str] | None) -> str:
    """Return s, w or d for what a method was given beyond raw frames; "" where it is not known."""
    if supervision is None:
        return ""
    inputs = [text.lower() for text in supervision]
    if any(word in text for text in inputs for word in _FULLY_SUPERVISED):
        return "d"
    return "s" if all(text.startswith(_SELF_SUPERVISED) for text in inputs) else "w"


def marked(name: str, supervision: Sequence[str] | None) -> str:
    """Return a row's name with its mark behind it."""
    return name + LETTERS.get(letter(supervision), "")
