"""The networks of the paper: detector and synthesis network around any timm backbone."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from selfbench.errors import UsageError
from selfbench.methods.proposal_is.networks import Detector, Synthesis, small_body
from selfbench.training.timm_names import similar_models

if TYPE_CHECKING:
    from pathlib import Path

    from selfbench.methods.proposal_is.settings import ProposalParams

STRIDE = 16  # of the deepest map: 8 x 8 cells from 128 x 128 pixels (Katircioglu et al. 2022)
# S's layers, as in the code of Katircioglu et al. 2021.
SIDE = 8  # of the smallest maps
SHAPE = 256  # channels of those maps that come from the units that are not appearance
BOTTLENECK = 128  # sigmoid units before the latent code
DROPOUT = 0.3
SMALL_WIDTHS = (16, 32, 64, 128)  # channels of the small S (ours)


class Backbone(nn.Module):
    """A timm network up to stride 16: images (N, 3, H, W) -> maps (N, channels, H/16, W/16).

    Args:
        name: of any timm model that has features, with its tag if weights are wanted.
        dilated: keep the deeper layers too, at stride 16, where the model can (the detector of
            Katircioglu et al. 2022).
        file: ImageNet weights as timm stores them; without, weights are random.

    Raises:
        UsageError: if timm has no such model or it has no map of that stride.
    """

    def __init__(self, name: str, dilated: bool = False, file: Path | None = None) -> None:
        super().__init__()
        # Transformers need to know that images may have another size than that of their training.
        candidates: list[dict[str, Any]] = [{"dynamic_img_size": True}, {}]
        if dilated:
            candidates.insert(0, {"output_stride": STRIDE})
        info, options = _first_that_works(name, candidates)
        strides: list[int] = info.reduction()
        if min(strides) > STRIDE:
            raise UsageError(
                f"{name} has maps of strides {strides} only, expected one of at most {STRIDE}; "
                "choose another backbone, e.g. resnet50."
            )
        levels = [i for i, stride in enumerate(strides) if stride <= STRIDE]
        self.network = _create(name, out_indices=levels, **options, **_weights_from(file))
        self.channels: int = info.channels()[levels[-1]]

    def forward(self, x: Tensor) -> Tensor:
        """Return the deepest map (N, channels, H/16, W/16) of images (N, 3, H, W)."""
        maps: list[Tensor] = self.network(x)
        return maps[-1]


def _create(name: str, **options: Any) -> Any:
    import timm

    return timm.create_model(name, features_only=True, **options)


def _weights_from(file: Path | None) -> dict[str, Any]:
    """Return timm's options for weights from a file, none for random weights."""
    if file is None:
        return {}
    return {"pretrained": True, "pretrained_cfg_overlay": {"file": str(file)}}


def _first_that_works(name: str, candidates: list[dict[str, Any]]) -> tuple[Any, dict[str, Any]]:
    """Return what timm says of the features of `name`, and the first options that it accepts."""
    import timm

    problem: Exception | None = None
    for options in candidates:
        try:
            return _create(name, **options).feature_info, dict(options)
        # An option that a model lacks is any of these, an unknown name a RuntimeError.
        except (TypeError, NotImplementedError, AssertionError, RuntimeError) as error:
            problem = error
    known = name.partition(".")[0] in timm.list_models()
    hint = "" if known else similar_models(name)
    raise UsageError(f"timm cannot make '{name}' a backbone: {problem}.{hint}") from problem


class BackboneSynthesis(nn.Module):
    """S of the paper: crop (N, 3, s, s) -> colour (N, 3, s, s) and mask logit (N, 1, s, s).

    The layers are those of the code of Katircioglu et al. 2021: the backbone up to stride 16, a
    bottleneck block, 128 sigmoid units, a latent code of which 256 units are appearance, and a
    decoder without batch norm and without skips.

    Args:
        backbone: the encoder.
        size: side s of a crop in pixels.
        latent: units of the latent code.
        appearance: how many of them are the same everywhere in the crop.
        widths: channels of the decoder's blocks, from coarse to fine.
    """

    def __init__(
        self,
        backbone: Backbone,
        size: int,
        latent: int,
        appearance: int,
        widths: tuple[int, ...],
    ) -> None:
        super().__init__()
        from timm.models.resnet import Bottleneck

        self.size, self.appearance = size, appearance
        self.encoder = backbone
        narrow = nn.Sequential(
            nn.Conv2d(backbone.channels, 1024, 1, bias=False), nn.BatchNorm2d(1024)
        )
        self.code = nn.Sequential(
            Bottleneck(
                backbone.channels, 256, downsample=None if backbone.channels == 1024 else narrow
            ),
            nn.AdaptiveAvgPool2d(SIDE),  # a no-op for crops of 128
            nn.Conv2d(1024, 512, 3),
            nn.BatchNorm2d(512),
            nn.ReLU(inplace=True),  # (N, 512, 6, 6)
            nn.Conv2d(512, BOTTLENECK, 5, 2, bias=False),
            nn.BatchNorm2d(BOTTLENECK),
            nn.Sigmoid(),  # (N, 128, 1, 1)
            nn.Flatten(),
            nn.Linear(BOTTLENECK, latent),
        )
        self.spread = nn.Sequential(
            nn.Linear(latent - appearance, SHAPE * SIDE * SIDE),
            nn.Dropout(DROPOUT),
            nn.ReLU(inplace=True),
        )
        blocks = [_up(before, after) for before, after in pairwise((appearance + SHAPE, *widths))]
        self.decoder = nn.Sequential(*blocks, nn.Conv2d(widths[-1], 4, 1))
        for layer in self.decoder.modules():
            if isinstance(layer, nn.Conv2d):
                nn.init.xavier_normal_(layer.weight)
                if layer.bias is not None:
                    nn.init.zeros_(layer.bias)

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Return colour and mask logit of crops x."""
        code = self.code(self.encoder(x))
        appearance = code[:, : self.appearance, None, None].expand(-1, -1, SIDE, SIDE)
        shape = self.spread(code[:, self.appearance :]).unflatten(1, (SHAPE, SIDE, SIDE))
        out = self.decoder(torch.cat([appearance, shape], dim=1)).float()  # (N, 4, 128, 128)
        if out.shape[-1] != self.size:
            out = functional.interpolate(out, (self.size, self.size), mode="bilinear")
        return out[:, :3], out[:, 3:]


def _up(inputs: int, outputs: int) -> nn.Sequential:
    """Return twice the size, then three convolutions with ReLU, without batch norm."""
    layers: list[nn.Module] = [nn.Upsample(scale_factor=2, mode="bilinear", align_corners=True)]
    for before in (inputs, outputs, outputs):
        layers += [nn.Conv2d(before, outputs, 3, 1, 1), nn.ReLU(inplace=True)]
    return nn.Sequential(*layers)


class BackboneFeatures(nn.Module):
    """phi of Katircioglu et al. 2022, Eq. 4: stem, layer1 and layer2 of a ResNet-18, fixed.

    Batch norm uses its stored statistics; the code of Katircioglu et al. 2021 never leaves training
    mode there.

    Args:
        name: of a ResNet of timm.
        file: its ImageNet weights as timm stores them; without, weights are random.
    """

    def __init__(self, name: str, file: Path | None = None) -> None:
        super().__init__()
        self.network = _create(name, out_indices=(0, 1, 2), **_weights_from(file))
        self.eval().requires_grad_(False)

    def forward(self, x: Tensor) -> list[Tensor]:
        """Return the feature maps of images (N, 3, H, W) at strides 2, 4 and 8."""
        maps: list[Tensor] = self.network(x)
        return maps


def make_detector(params: ProposalParams) -> Detector:
    """Return D as the parameters say, with random weights, as Katircioglu et al. 2020 have it."""
    if params.detector == "small":
        return Detector(*small_body(), params.detector_size)
    backbone = Backbone(params.detector, dilated=True)
    return Detector(backbone, backbone.channels, params.detector_size)


def make_synthesis(params: ProposalParams) -> Synthesis | BackboneSynthesis:
    """Return S as the parameters say, with random weights."""
    if params.encoder == "small":
        return Synthesis(params.crop, SMALL_WIDTHS, params.latent)
    backbone = Backbone(params.encoder)
    return BackboneSynthesis(
        backbone, params.crop, params.latent, params.appearance, params.decoder_widths
    )
