"""Optical flow between two frames, with the camera's motion taken out where that is asked for."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, partial
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from selfbench.contracts import Image
from selfbench.errors import DataError
from selfbench.media.frames import resized
from selfbench.vision.homographies import Described, homography

if TYPE_CHECKING:
    import torch

    from selfbench.contracts import Devices

Flow = NDArray[np.float32]  # (H, W, 2), pixels to the right and down from the first frame
Estimator = Callable[[Image, Image], Flow]
Kind = Literal["dis", "raft", "files", "clip"]  # clip: what the dataset gives

LONGEST = 320  # pixels of the longer side at which flow is computed; ours, for two cores


def shrunk(frame: Image, longest: int = LONGEST) -> Image:
    """Return a frame, its longer side at most `longest`."""
    scale = min(1.0, longest / max(frame.shape[:2]))
    width, height = (max(1, round(side * scale)) for side in frame.shape[1::-1])
    return frame if scale == 1 else resized(frame, width, height)


def stabilised(source: Described, target: Described, estimate: Estimator) -> Flow:
    """Return the flow from `source` to `target` warped onto it; what left the picture counts as 0.

    As Katircioglu et al. 2022, 3.5, do it. Where no homography is found the camera is taken to
    stand still.
    """
    import cv2

    matrix = homography(source, target)
    if matrix is None:
        return estimate(source.image, target.image)
    size = source.image.shape[1::-1]
    warped = source.image.copy()
    cv2.warpPerspective(
        target.image, matrix, size, warped, cv2.INTER_LINEAR, cv2.BORDER_TRANSPARENT
    )
    valid = cv2.warpPerspective(np.ones(source.image.shape[:2], np.float32), matrix, size)
    return estimate(source.image, warped) * (valid[..., None] > 0.99)


def dis(source: Image, target: Image) -> Flow:
    """Flow by dense inverse search (Kroeger et al. 2016), which learns from nothing."""
    import cv2

    # A new one for each call: it keeps buffers, and calls come from several threads.
    method = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_MEDIUM)
    grey = [cv2.cvtColor(image, cv2.COLOR_RGB2GRAY) for image in (source, target)]
    # It refuses images under 12 pixels or so, and its coarsest scale wants more.
    missing = [max(0, 32 - side) for side in grey[0].shape]
    grey = [np.pad(g, ((0, missing[0]), (0, missing[1])), mode="edge") for g in grey]
    flow = method.calc(grey[0], grey[1], np.zeros((*grey[0].shape, 2), np.float32))
    return np.ascontiguousarray(flow[: source.shape[0], : source.shape[1]], np.float32)


def raft(source: Image, target: Image, device: torch.device) -> Flow:
    """Flow by RAFT (Teed and Deng 2020) with weights learnt from synthetic videos alone."""
    import torch
    from torch.nn import functional

    network = _raft(device)
    height, width = source.shape[:2]
    size = [max(128, round(side / 8) * 8) for side in (height, width)]  # what RAFT takes
    pair = torch.from_numpy(np.stack([source, target])).to(device).permute(0, 3, 1, 2)
    pair = functional.interpolate(pair.float() / 127.5 - 1, size, mode="bilinear")
    with torch.inference_mode():
        flow = network(pair[:1], pair[1:])[-1]  # (1, 2, *size)
        flow = functional.interpolate(flow, (height, width), mode="bilinear")[0]
    scale = np.array([width / size[1], height / size[0]], np.float32)
    return np.asarray(flow.permute(1, 2, 0).cpu().numpy() * scale, np.float32)


@cache
def _raft(device: torch.device) -> Any:
    """Return RAFT; of its weights those that learnt from synthetic videos alone.

    So did the FlowNet 2 of Katircioglu et al. 2022.

    Raises:
        DataError: if they cannot be had. No silent fall back: runs would be called what they are
            not.
    """
    import torch
    from torchvision.models.optical_flow import Raft_Large_Weights, raft_large

    weights = Raft_Large_Weights.C_T_V2
    try:
        network = raft_large(weights=weights, progress=False)
    except (OSError, RuntimeError) as error:
        name = weights.url.rpartition("/")[2]
        raise DataError(
            f"The weights of RAFT could not be downloaded ({error}); put {name} of torchvision into"
            f" {torch.hub.get_dir()}/checkpoints, or take DIS, which needs none: --set flow=dis."
        ) from error
    return network.eval().to(device)


def estimator(kind: Kind, devices: Devices) -> Estimator:
    """Return what computes flow, on the device of this process if it is a network."""
    return dis if kind == "dis" else partial(raft, device=devices.device)
