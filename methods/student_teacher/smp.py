"""Students from segmentation-models-pytorch: any of its architectures on any encoder, by name.

`smp-unet:resnet18` is its U-Net on its own ResNet-18, `smp-fpn:tf_efficientnet_lite0` its FPN on an
encoder of timm. Weights are random: nothing is downloaded. None of this is in Croitoru et al. 2019.
"""

from __future__ import annotations

import warnings
from functools import lru_cache
from typing import Any

import torch
from torch import Tensor, nn

from selfbench.errors import did_you_mean
from selfbench.methods.student_teacher.names import SMP
from selfbench.methods.student_teacher.networks import head
from selfbench.training.timm_names import similar_models

# Of the output layer's weights (ours): some decoders begin with outputs of 10, whose first steps
# would push a ReLU below 0 for good; with this all begin near the bias.
FIRST_SCALE = 0.01
TIMM = "tu-"  # begins the names by which segmentation-models-pytorch knows encoders of timm
EXAMPLE = "e.g. smp-unet:resnet18"


class SMPStudent(nn.Module):
    """A network of segmentation-models-pytorch whose output is a soft mask.

    Args:
        name: smp-ARCHITECTURE:ENCODER, one that `check` accepts.
        size: side in pixels of its input, a multiple of 32.
    """

    def __init__(self, name: str, size: int) -> None:
        super().__init__()
        architecture, encoder = _parsed(name)
        self.network = _create(architecture, encoder, _options(architecture, encoder, size))
        *_, last = (m for m in self.network.segmentation_head.modules() if _is_output(m))
        head(last)
        with torch.no_grad():
            last.weight.mul_(FIRST_SCALE)

    def forward(self, image: Tensor) -> Tensor:
        """Return the soft mask (N, 1, S, S), not negative, of images (N, 3, S, S)."""
        mask: Tensor = self.network(image).relu()
        return mask


def check(name: str, size: int) -> None:
    """Refuse a student that cannot be built; what it would cost to train is not looked at.

    Args:
        name: smp-ARCHITECTURE:ENCODER.
        size: side in pixels of its input.

    Raises:
        ValueError: if there is no such architecture or encoder, or they do not go together, or not
            at this size; the text is a sentence without its full stop.
    """
    architecture, encoder = _parsed(name)
    try:
        _options(architecture, encoder, size)
    except Exception as error:  # both libraries refuse in a dozen ways, some by assertions
        reason = str(error).splitlines()[0].rstrip(". ")
        raise ValueError(
            f"the student '{name}' cannot be built for images of {size} x {size} pixels ({reason});"
            f" expected an encoder that suits the architecture, {EXAMPLE}"
        ) from error


def _library() -> Any:
    import segmentation_models_pytorch  # type: ignore[import-untyped]

    return segmentation_models_pytorch


def _is_output(module: nn.Module) -> bool:
    return isinstance(module, nn.Conv2d)


def _parsed(name: str) -> tuple[str, str]:
    """Return architecture and encoder, both as segmentation-models-pytorch knows them."""
    import timm

    smp = _library()
    architecture, colon, encoder = name.removeprefix(SMP).partition(":")
    if not colon or not encoder:
        raise ValueError(f"'{name}' names no encoder, expected smp-ARCHITECTURE:ENCODER, {EXAMPLE}")
    known = smp.MODEL_ARCHITECTURES_MAPPING
    if architecture not in known:
        hint = did_you_mean(architecture, known).rstrip(".")
        raise ValueError(
            f"'{name}': segmentation-models-pytorch has no architecture '{architecture}'.{hint}"
        )
    bare = encoder.removeprefix(TIMM)
    if "." in bare:
        raise ValueError(
            f"'{name}' names pretrained weights, but students start from random ones; expected"
            f" {name.partition('.')[0]}"
        )
    of_smp = encoder in smp.encoders.get_encoder_names() and architecture != "dpt"  # which has none
    if of_smp:
        return architecture, encoder
    if not timm.is_model(bare):
        raise ValueError(
            f"'{name}': neither segmentation-models-pytorch nor timm has an encoder '{bare}'."
            f"{similar_models(bare)}".rstrip(".")
        )
    return architecture, TIMM + bare


def _create(architecture: str, encoder: str, options: dict[str, Any]) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # advice on parameters that are not ours to choose
        return _library().create_model(
            architecture, encoder, encoder_weights=None, classes=1, **options
        )


@lru_cache(64)
def _options(architecture: str, encoder: str, size: int) -> dict[str, Any]:
    """Return the first options with which a network has an output of the size of its input.

    Transformers need to know that images may have another size than that of their training.

    Raises:
        Exception: of either library, if there are none.
    """
    problem: Exception | None = None
    candidates: list[dict[str, Any]] = [{}, {"dynamic_img_size": True}, {"img_size": size}]
    with torch.random.fork_rng(devices=[]):  # so that weights do not depend on what is tried
        for options in candidates:
            try:
                _try(architecture, encoder, options, size)
            except Exception as error:
                problem = problem or error  # the first is the one that tells
            else:
                return options
    assert problem is not None
    raise problem


def _try(architecture: str, encoder: str, options: dict[str, Any], size: int) -> None:
    """Build a network and predict once, without values where that is possible."""
    try:
        with torch.device("meta"), torch.inference_mode():
            network = _create(architecture, encoder, options).eval()
            shape = network(torch.zeros(1, 3, size, size)).shape
    except (RuntimeError, NotImplementedError) as error:
        if "meta" not in str(error):
            raise
        with torch.inference_mode():
            network = _create(architecture, encoder, options).eval()
            shape = network(torch.zeros(1, 3, size, size)).shape
    if shape != (1, 1, size, size):
        raise ValueError(f"its output has the shape {tuple(shape)}")
