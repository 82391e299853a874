"""What a method returns, refused where it is not sound, and errors that name the method."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import numpy as np

from selfbench.contracts import Clip, Method, Prediction, Run
from selfbench.errors import SelfbenchError
from selfbench.media.masks import encode_mask
from selfbench.store.cell_folder import StoredFrame
from selfbench.vision.refiners import Step


def checked(
    method: Method, clip: Clip, run: Run, post: Sequence[Step] = ()
) -> Iterator[StoredFrame]:
    """Yield what is stored of `method` on `clip`, refusing what is not sound.

    `post` is applied in order to each prediction.

    Raises:
        SelfbenchError: a mask of another size, values outside [0, 1], NaN, objects in some frames
            only, too few or too many predictions, or an exception in the method.
    """
    names = clip.frames.names
    size = clip.frames[0].shape[:2]
    count, has_objects = 0, False
    with blamed_on(method, f"clip '{clip.name}'"):
        predictions = iter(method.predict(clip, run))
    while True:
        with blamed_on(method, f"clip '{clip.name}'"):
            prediction = next(predictions, None)
        if prediction is None:
            break
        if count < len(names):
            problem = _problem(prediction, (size[0], size[1]))
            given = prediction.objects is not None
            if count and given is not has_objects:
                problem = f"objects in {'this frame' if given else 'the frames before'} only"
            has_objects = given
            if problem:
                raise SelfbenchError(
                    f"{method.name} returned {problem} for frame {names[count]} of clip "
                    f"'{clip.name}'; expected a soft mask {size[0]}x{size[1]} in [0, 1], boxes "
                    "(N, 4) with N scores, and object numbers (uint8) in every frame or in none."
                )
            for step in post:
                prediction = step(clip.frames[count], prediction)
            mask = np.rint(np.asarray(prediction.mask) * 255).astype(np.uint8)
            boxes = prediction.boxes, prediction.scores
            objects = None if prediction.objects is None else encode_mask(prediction.objects)
            yield StoredFrame(names[count], encode_mask(mask), boxes, objects)
        count += 1
    if count != len(names):
        raise SelfbenchError(
            f"{method.name} returned {count} predictions for clip '{clip.name}', expected one for "
            f"each of its {len(names)} frames."
        )


def _problem(prediction: Prediction, size: tuple[int, int]) -> str:
    mask, boxes, scores = prediction.mask, prediction.boxes, prediction.scores
    if np.shape(mask) != size:
        return f"a mask of shape {np.shape(mask)}"
    if not (np.min(mask) >= 0 and np.max(mask) <= 1):  # NaN fails this too
        return f"mask values from {np.min(mask):.3g} to {np.max(mask):.3g}"
    if np.ndim(boxes) != 2 or np.shape(boxes)[1] != 4 or np.shape(scores) != (len(boxes),):
        return f"boxes of shape {np.shape(boxes)} and scores of shape {np.shape(scores)}"
    if not (np.isfinite(boxes).all() and np.isfinite(scores).all()):
        return "boxes or scores that are not finite"
    objects = prediction.objects
    if objects is not None and (objects.shape != size or objects.dtype != np.uint8):
        return f"objects of shape {objects.shape} and type {objects.dtype}"
    return ""


@contextmanager
def blamed_on(method: Method, where: str) -> Iterator[None]:
    """Name the method in errors that its own code raised.

    Raises:
        SelfbenchError: in place of any other exception but those of the system.
    """
    try:
        yield
    except (SelfbenchError, OSError):
        raise
    except Exception as error:
        raise SelfbenchError(
            f"{method.name} failed on {where}: {type(error).__name__}: {error} "
            "(--debug shows where)."
        ) from error
