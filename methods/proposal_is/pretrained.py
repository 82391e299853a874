"""What training starts from: random weights, ImageNet's, or those in a file.

Weights are fetched once, before training and in one process. Where they cannot be had nothing is
trained: a run is what its parameters say, or an error that says how to get the weights.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from selfbench.contracts import Run
from selfbench.errors import DataError, UsageError
from selfbench.methods.proposal_is.backbones import Backbone, BackboneFeatures, BackboneSynthesis
from selfbench.methods.proposal_is.model import Model
from selfbench.methods.proposal_is.networks import RandomFeatures
from selfbench.methods.proposal_is.settings import ProposalParams
from selfbench.training.timm_names import similar_models

ENDINGS = (".safetensors", ".pth")  # of files in the folder SELFBENCH_WEIGHTS
PATIENCE = 5.0  # seconds to wait for the server of the weights
# Of tensors in files of self-supervised trainings: wrappers around the network itself.
PREFIXES = ("module.", "base_encoder.", "encoder_q.", "backbone.", "network.")


@dataclass(frozen=True)
class Start:
    """State dicts that training starts from; empty where it starts at random."""

    encoder: Mapping[str, Tensor] = field(default_factory=dict)
    features: Mapping[str, Tensor] = field(default_factory=dict)


def supervision_of(params: ProposalParams) -> tuple[str, ...]:
    """Return what training gets beyond raw frames."""
    names = [params.features] * (params.features != "random")
    if params.weights == "imagenet":
        names.append(params.encoder)
    supervision = [f"ImageNet weights ({name})" for name in dict.fromkeys(names)]
    if params.weights not in ("random", "imagenet"):
        supervision.append(f"weights of {params.weights}")
    if params.flow == "raft":
        supervision.append("RAFT, learnt from the true flow of synthetic videos")
    return tuple(supervision)


def fetch(params: ProposalParams, run: Run) -> Start:
    """Return the weights that `params` ask for.

    Raises:
        DataError: if ImageNet weights cannot be had, or `weights` is a file that does not exist or
            that nothing fits.
    """
    encoder: Mapping[str, Tensor] = {}
    features: Mapping[str, Tensor] = {}
    if params.features != "random":
        file = imagenet_file(params.features)
        features = BackboneFeatures(params.features, file).state_dict()
    if params.weights == "imagenet":
        file = imagenet_file(params.encoder)
        encoder = Backbone(params.encoder, file=file).network.state_dict()
    elif params.weights != "random":
        path = Path(params.weights).expanduser()
        target = Backbone(params.encoder).network.state_dict()
        encoder = matching(read_weights(path), target)
        if not encoder:
            raise DataError(
                f"{path} holds no tensor of the name and shape of one of {params.encoder}; "
                "expected weights of that network, or another one with --set encoder=NAME."
            )
        run.progress(f"{len(encoder)} of {len(target)} tensors of {params.encoder} from {path}")
    return Start(encoder, features)


def initialise(start: Start, model: Model) -> None:
    """Give `model` its first weights."""
    synthesis = model.synthesis
    if start.encoder and isinstance(synthesis, BackboneSynthesis):
        synthesis.encoder.network.load_state_dict(dict(start.encoder), strict=False)


def make_features(start: Start, params: ProposalParams) -> nn.Module:
    """Return the network phi of the perceptual loss."""
    if not start.features:
        return RandomFeatures(torch.Generator().manual_seed(0))
    network = BackboneFeatures(params.features)
    network.load_state_dict(dict(start.features))
    return network


def imagenet_file(name: str) -> Path:
    """Return the file of timm's weights of `name`: a local one, from timm's cache or the network.

    timm itself would try for a minute where there is no network.

    Raises:
        UsageError: if timm has no such model.
        DataError: if the weights cannot be had.
    """
    import huggingface_hub as hub
    import timm

    if not timm.is_model(name):
        raise UsageError(f"timm knows no model '{name}'.{similar_models(name)}")
    folder = os.environ.get("SELFBENCH_WEIGHTS")
    for ending in ENDINGS if folder else ():
        if (local := Path(str(folder)) / f"{name}{ending}").is_file():
            return local
    config = timm.get_pretrained_cfg(name)
    if config is None or not config.hf_hub_id:
        raise UsageError(
            f"timm has no ImageNet weights of '{name}'; name a file of yours with --set "
            "weights=FILE, or start at random with --set weights=random."
        )
    file = config.hf_hub_filename or "model.safetensors"
    cached = hub.try_to_load_from_cache(config.hf_hub_id, file)
    if isinstance(cached, str):
        return Path(cached)
    try:
        hub.get_session().head(hub.hf_hub_url(config.hf_hub_id, file), timeout=PATIENCE)
        return Path(hub.hf_hub_download(config.hf_hub_id, file))
    except Exception as error:  # the HTTP client's errors share no base class across its versions
        raise DataError(
            f"The ImageNet weights of {name} are neither in timm's cache nor can they be "
            f"downloaded ({type(error).__name__}); put {name}.safetensors into a folder that "
            "SELFBENCH_WEIGHTS names, name a file with --set weights=FILE, or start at random with "
            "--set weights=random --set features=random."
        ) from error


def read_weights(path: Path) -> dict[str, Tensor]:
    """Return the tensors of a safetensors or pth file, without the prefixes of wrappers.

    Raises:
        DataError: if it cannot be read.
    """
    from safetensors.torch import load_file

    if not path.is_file():
        raise DataError(
            f"weights={path}: there is no such file; expected random, imagenet, or a safetensors"
            " or pth file with weights of the encoder."
        )
    try:
        # weights_only: a pickle could run anything.
        content: Any = (
            load_file(path)
            if path.suffix == ".safetensors"
            else torch.load(path, map_location="cpu", weights_only=True)
        )
    except Exception as error:  # torch and safetensors raise a dozen kinds for broken files
        raise DataError(
            f"{path} cannot be read as weights ({str(error).splitlines()[0]}); expected a "
            "safetensors file or a state dict saved by torch."
        ) from error
    for key in ("state_dict", "model"):
        if isinstance(content, Mapping) and isinstance(content.get(key), Mapping):
            content = content[key]
    if not isinstance(content, Mapping):
        raise DataError(f"{path} holds a {type(content).__name__}, expected a state dict.")
    return {_without_prefix(str(k)): v for k, v in content.items() if isinstance(v, Tensor)}


def _without_prefix(name: str) -> str:
    for prefix in PREFIXES:
        name = name.removeprefix(prefix)
    return name


def matching(tensors: Mapping[str, Tensor], target: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Return those of `tensors` that have name and shape of one of `target`."""
    return {
        name: tensors[name]
        for name, tensor in target.items()
        if name in tensors and tensors[name].shape == tensor.shape
    }
