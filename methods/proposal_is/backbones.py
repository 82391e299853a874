"""The networks of the paper: detector and synthesis network around any timm backbone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from selfbench.errors import UsageError, did_you_mean
from selfbench.methods.proposal_is.networks import Detector, Synthesis, small_body

if TYPE_CHECKING:
    from pathlib import Path

    from selfbench.methods.proposal_is.settings import ProposalParams

STRIDE = 16  # of the deepest map: 8 x 8 cells from 128 x 128 pixels
APPEARANCE = 256  # units of the latent code that are the same everywhere in the crop
SIDE = 8  # of the smallest maps of S


class Backbone(nn.Module):
    """A timm network up to stride 16: images (N, 3, H, W) -> maps (N, channels, H/16, W/16).

    Args:
        name: of any timm model that has features, with its tag if weights are wanted.
        dilated: keep the deeper layers too, at stride 16, where the model can (S2's detector).
        file: ImageNet weights as timm stores them; without, weights are random.

    Raises:
        UsageError: if timm has no such model or it has no map of that stride.
    """

    def __init__(self, name: str, dilated: bool = False, file: Path | None = None) -> None:
        super().__init__()
        # Transformers must be told that images may have another size than that of their training.
        ways: list[dict[str, Any]] = [{"dynamic_img_size": True}, {}]
        if dilated:
            ways.insert(0, {"output_stride": STRIDE})
        info, way = _first_that_works(name, ways)
        strides: list[int] = info.reduction()
        if min(strides) > STRIDE:
            raise UsageError(
                f"{name} has maps of strides {strides} only, expected one of at most {STRIDE}; "
                "choose another backbone, e.g. resnet50."
            )
        wanted = [i for i, stride in enumerate(strides) if stride <= STRIDE]
        if file is not None:
            way |= {"pretrained": True, "pretrained_cfg_overlay": {"file": str(file)}}
        self.network = _create(name, out_indices=wanted, **way)
        self.channels: int = info.channels()[wanted[-1]]
        self._stages = {
            str(stage): stride for stage, stride in zip(info.module_name(), strides, strict=True)
        }
        self._frozen: tuple[nn.Module, ...] = ()

    def forward(self, x: Tensor) -> Tensor:
        """Return the deepest map."""
        maps: list[Tensor] = self.network(x)
        return maps[-1]

    def freeze(self, stride: int = 8) -> None:
        """Keep the layers up to `stride` as they are, batch statistics included.

        Raises:
            UsageError: if the network is no sequence of stages of growing stride.
        """
        children = dict(self.network.named_children())
        last = [name for name, of in self._stages.items() if of <= stride and name in children]
        if not last:
            raise UsageError(
                "This encoder has no stages that could be frozen; use --set freeze=false."
            )
        names = list(children)
        self._frozen = tuple(children[name] for name in names[: names.index(last[-1]) + 1])
        for layer in self._frozen:
            layer.requires_grad_(False).eval()

    def train(self, mode: bool = True) -> Backbone:
        """Switch to training, all but what is frozen."""
        super().train(mode)
        for layer in self._frozen:
            layer.eval()
        return self


def _create(name: str, **options: Any) -> Any:
    import timm

    return timm.create_model(name, features_only=True, **options)


def _first_that_works(name: str, ways: list[dict[str, Any]]) -> tuple[Any, dict[str, Any]]:
    """Return what timm says of the features of `name`, and the options it takes."""
    import timm

    problem: Exception | None = None
    for way in ways:
        try:
            return _create(name, **way).feature_info, dict(way)
        # An option that a model lacks is any of these, an unknown name a RuntimeError.
        except (TypeError, NotImplementedError, AssertionError, RuntimeError) as error:
            problem = error
    known = timm.list_models()
    hint = "" if name.partition(".")[0] in known else did_you_mean(name, known)
    raise UsageError(f"timm cannot make '{name}' a backbone: {problem}.{hint}") from problem


class BackboneSynthesis(nn.Module):
    """S of the paper: crop (N, 3, s, s) -> colour (N, 3, s, s) and mask logit (N, 1, s, s).

    The layers of mvc: the backbone up to stride 16, a bottleneck block, 128 sigmoid units, a latent
    code of which 256 units are appearance, and a decoder without batch norm and without skips.
    """

    def __init__(self, backbone: Backbone, size: int, latent: int) -> None:
        super().__init__()
        from timm.models.resnet import Bottleneck

        self.size = size
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
            nn.Conv2d(512, 128, 5, 2, bias=False),
            nn.BatchNorm2d(128),
            nn.Sigmoid(),  # (N, 128, 1, 1)
            nn.Flatten(),
            nn.Linear(128, latent),
        )
        self.spread = nn.Sequential(
            nn.Linear(latent - APPEARANCE, 256 * SIDE * SIDE),
            nn.Dropout(0.3),
            nn.ReLU(inplace=True),
        )
        blocks = [
            _up(before, after) for before, after in ((512, 512), (512, 256), (256, 128), (128, 64))
        ]
        self.decoder = nn.Sequential(*blocks, nn.Conv2d(64, 4, 1))
        for layer in self.decoder.modules():
            if isinstance(layer, nn.Conv2d):
                nn.init.xavier_normal_(layer.weight)
                if layer.bias is not None:
                    nn.init.zeros_(layer.bias)

    def forward(self, x: Tensor, fine: float = 1.0) -> tuple[Tensor, Tensor]:
        """Return colour and mask logit; `fine` is for skips, of which this has none."""
        code = self.code(self.encoder(x))
        appearance = code[:, :APPEARANCE, None, None].expand(-1, -1, SIDE, SIDE)
        shape = self.spread(code[:, APPEARANCE:]).unflatten(1, (256, SIDE, SIDE))
        out = self.decoder(torch.cat([appearance, shape], dim=1)).float()  # (N, 4, 128, 128)
        if out.shape[-1] != self.size:
            out = functional.interpolate(out, (self.size, self.size), mode="bilinear")
        return out[:, :3], out[:, 3:]


def _up(inputs: int, outputs: int) -> nn.Sequential:
    """Twice the size, then three convolutions; batch norm was removed in mvc."""
    layers: list[nn.Module] = [nn.Upsample(scale_factor=2, mode="bilinear", align_corners=True)]
    for before in (inputs, outputs, outputs):
        layers += [nn.Conv2d(before, outputs, 3, 1, 1), nn.ReLU(inplace=True)]
    return nn.Sequential(*layers)


class BackboneFeatures(nn.Module):
    """phi of the paper (S2 Eq. 4): stem, layer1 and layer2 of a ResNet-18, fixed.

    Batch norm uses its stored statistics; mvc never left training mode there.
    """

    def __init__(self, name: str, file: Path | None = None) -> None:
        super().__init__()
        way = {}
        if file is not None:
            way = {"pretrained": True, "pretrained_cfg_overlay": {"file": str(file)}}
        self.network = _create(name, out_indices=(0, 1, 2), **way)
        self.eval().requires_grad_(False)

    def forward(self, x: Tensor) -> list[Tensor]:
        """Return the feature maps of images (N, 3, H, W) at strides 2, 4 and 8."""
        maps: list[Tensor] = self.network(x)
        return maps


def make_detector(params: ProposalParams) -> Detector:
    """Return D as the parameters say, from random weights as in the paper (S1)."""
    if params.detector == "small":
        return Detector(*small_body(), params.detector_size)
    backbone = Backbone(params.detector, dilated=True)
    return Detector(backbone, backbone.channels, params.detector_size)


def make_synthesis(params: ProposalParams) -> Synthesis | BackboneSynthesis:
    """Return S as the parameters say, from random weights."""
    if params.encoder == "small":
        return Synthesis(params.crop, (16, 32, 64, 128), params.latent, params.mask_skips)
    return BackboneSynthesis(Backbone(params.encoder), params.crop, params.latent)
