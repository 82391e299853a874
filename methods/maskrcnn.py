"""Mask R-CNN trained on COCO: what labels give, beside methods that have none."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Literal

import numpy as np
from pydantic import Field

from selfbench.contracts import Clip, Image, Method, Prediction, Run
from selfbench.errors import DataError, UsageError, did_you_mean
from selfbench.params import Params

if TYPE_CHECKING:
    import torch

COCO = "coco"  # the value of `weights` that means torchvision's
LONGEST = 1333 / 800  # longer side of the network's input per shorter side, torchvision's own


class MaskRCNNParams(Params):
    """Which network, and which of its categories count."""

    path_fields: ClassVar = {"weights": (COCO,)}

    categories: str = Field(
        "person",
        description="comma list of the COCO categories that are foreground; any: all 80",
    )
    network: Literal["maskrcnn_resnet50_fpn", "maskrcnn_resnet50_fpn_v2"] = Field(
        "maskrcnn_resnet50_fpn_v2", description="name of the network in torchvision"
    )
    weights: str = Field(
        COCO,
        description="weights of the network: coco for torchvision's, or a file with a state dict of"
        " that network",
    )
    score: float = Field(
        0.05, ge=0, le=1,
        description="least score of a detection that counts (torchvision: 0.05)",
    )  # fmt: skip
    size: int = Field(
        800, ge=32, le=4096,
        description="shorter side in pixels to which frames are resized (He et al. 2017: 800)",
    )  # fmt: skip


class MaskRCNN(Method):
    """Mask R-CNN of torchvision, trained on COCO with labels: supervised, for comparison only.

    Kaiming He, Georgia Gkioxari, Piotr Dollár, Ross Girshick: "Mask R-CNN", ICCV 2017 (He et al.
    2017). The soft mask is the largest over all detections of score times mask; the boxes are the
    detections'. Frames are independent, objects are not tracked.
    """

    name = "maskrcnn"
    sees = "image"
    Params = MaskRCNNParams
    supervision = ("COCO, labelled boxes and masks",)
    params: MaskRCNNParams

    def predict(self, clip: Clip, run: Run) -> Iterator[Prediction]:
        """Yield mask and boxes of each frame.

        Raises:
            DataError: if the weights cannot be had or do not fit.
            UsageError: for an unknown category.
        """
        labels = self._foreground_labels()
        network = self._network.to(run.devices.device)
        for frame in clip.frames:
            yield self._frame(network, frame, labels, run.devices.device)

    def _frame(
        self, network: Any, frame: Image, labels: set[int], device: torch.device
    ) -> Prediction:
        """Return the prediction of one frame; `labels` are the numbers of foreground categories."""
        import torch

        image = torch.from_numpy(frame.copy()).permute(2, 0, 1).to(device) / 255  # (3, H, W)
        with torch.inference_mode():
            (detections,) = network([image])
        kept = [i for i, label in enumerate(detections["labels"].tolist()) if label in labels]
        scores, masks = detections["scores"][kept], detections["masks"][kept, 0]  # (N,), (N, H, W)
        soft = torch.zeros(frame.shape[:2], device=device)
        for score, mask in zip(scores, masks, strict=True):
            soft = torch.maximum(soft, score * mask)
        return Prediction(
            soft.clamp(0, 1).cpu().numpy(),
            detections["boxes"][kept].cpu().numpy().astype(np.float64),
            scores.cpu().numpy().astype(np.float64),
        )

    @cached_property
    def _torchvision(self) -> Any:
        """The weights' description: address and categories."""
        from torchvision.models import get_model_weights

        return get_model_weights(self.params.network).COCO_V1

    def _foreground_labels(self) -> set[int]:
        """Return the numbers of the categories that are foreground."""
        known = self._torchvision.meta["categories"]
        names = [name.strip() for name in self.params.categories.split(",")]
        if names == ["any"]:
            return set(range(1, len(known)))
        for name in names:
            if name not in known[1:] or name == "N/A":
                hint = did_you_mean(name, {*known[1:], "any"} - {"N/A"})
                raise UsageError(f"maskrcnn: COCO has no category '{name}'.{hint}")
        return {known.index(name) for name in names}

    @cached_property
    def _network(self) -> Any:
        import torch
        from torchvision.models import get_model

        p = self.params
        network = get_model(
            p.network,
            weights=None,
            weights_backbone=None,
            num_classes=len(self._torchvision.meta["categories"]),
            min_size=p.size,
            max_size=round(p.size * LONGEST),
            box_score_thresh=p.score,
        )
        path = self._coco_file() if p.weights == COCO else Path(p.weights).expanduser()
        try:
            network.load_state_dict(torch.load(path, map_location="cpu", weights_only=True))
        except Exception as error:  # whatever a file that is something else makes of itself
            reason = str(error).split("\n")[0]
            raise DataError(
                f"maskrcnn: {path} is not a file of weights of {p.network} ({reason}); expected "
                "the one that torchvision offers, or --set maskrcnn.network=NAME to suit it."
            ) from error
        return network.eval()

    def _coco_file(self) -> Path:
        """The file of torchvision's weights, downloaded on first use."""
        import torch

        url: str = self._torchvision.url
        path = Path(torch.hub.get_dir()) / "checkpoints" / url.rpartition("/")[2]
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            try:
                torch.hub.download_url_to_file(url, str(path), progress=False)
            except OSError as error:
                raise DataError(
                    f"maskrcnn: the COCO weights {url} could not be downloaded ({error}); fetch "
                    f"them elsewhere and put the file at {path}, or name it with "
                    "--set maskrcnn.weights=FILE."
                ) from error
        return path
