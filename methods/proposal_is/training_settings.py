"""Choices of sampling, losses and training; the defaults are the preset `cpu`."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from selfbench.params import Params


class TrainingSettings(Params):
    """How cells are sampled, what the loss is made of, and how long training lasts."""

    sampler: Literal["importance", "uniform", "gumbel", "exact", "reinforce-baseline"] = Field(
        "importance",
        description="how cells are sampled in training (Katircioglu et al. 2022, 3.4: importance)",
    )
    samples: int = Field(
        2, ge=1, le=36,
        description="cells sampled per image and step (Katircioglu et al. 2022: 1)",
    )  # fmt: skip
    epsilon: float = Field(
        0.001, ge=0, le=0.02,
        description="epsilon of the sampling distribution q = p (1 - C epsilon) + epsilon"
        " (Katircioglu et al. 2022, Eq. 10: 0.001)",
    )  # fmt: skip
    temperature: float = Field(
        0.1, gt=0, le=10,
        description="temperature of the sampler gumbel (Katircioglu et al. 2022: 0.1)",
    )  # fmt: skip
    gradients: Literal["disentangled", "joint"] = Field(
        "disentangled",
        description="which losses reach probabilities and boxes: one each, or joint for every loss"
        " (Katircioglu et al. 2022, 3.3.2: disentangled)",
    )
    fill: Literal["stitched", "inpainted"] = Field(
        "stitched",
        description="source of the background in boxes in training: other frames of the clip, or an"
        " inpainter (Katircioglu et al. 2022: inpainted)",
    )
    known_background: bool = Field(
        True,
        description="use the clip's empty scene as background where the dataset gives it"
        " (Katircioglu et al. 2022: yes)",
    )
    grow: float = Field(
        1.15, ge=1, le=2,
        description="side of the inpainted region, in sides of the box"
        " (Katircioglu et al. 2022: 1.15)",
    )  # fmt: skip
    flow: Literal["none", "dis", "raft"] = Field(
        "none",
        description="estimator of optical flow that is used in training too"
        " (Katircioglu et al. 2022, 3.5: FlowNet 2)",
    )

    background: float = Field(
        0.2, ge=0,
        description="weight alpha of the background loss L_bg (Katircioglu et al. 2022: 0.1)",
    )  # fmt: skip
    flow_weight: float | None = Field(
        None, ge=0,
        description="weight of the background loss on flow images; unset: that on images"
        " (Katircioglu et al. 2022)",
    )  # fmt: skip
    area_power: float = Field(
        0.5, ge=0, le=1,
        description="exponent of the box area by which the background loss is divided"
        " (Katircioglu et al. 2022, Eq. 3: 1)",
    )  # fmt: skip
    foreground: float = Field(
        1.0, ge=0,
        description="weight beta of the foreground loss L_fg (Katircioglu et al. 2022: 1)",
    )  # fmt: skip
    perceptual: float = Field(
        2.0, ge=0,
        description="weight gamma of the perceptual loss (Katircioglu et al. 2022: 2)",
    )  # fmt: skip
    mask_prior: Literal["v", "l1", "l2", "none"] = Field(
        "v",
        description="prior on the mean of the mask: v-shaped, L1, L2 or none"
        " (Katircioglu et al. 2022, Eq. 6: v)",
    )
    mask_weight: float = Field(
        0.1, ge=0, description="weight eta of the mask prior (Katircioglu et al. 2022: 0.25)"
    )
    mask_target: float = Field(
        0.005, ge=0, le=1,
        description="mean mask lambda at which the v-shaped prior is least"
        " (Katircioglu et al. 2022: 0.005)",
    )  # fmt: skip
    matte_weight: float = Field(
        5.0, ge=0,
        description="weight of the squared error between the mask and what differs from the"
        " background (ours; Katircioglu et al. 2022: 0)",
    )  # fmt: skip
    cell_weight: float = Field(
        0.02, ge=0,
        description="weight zeta of the prior on the probabilities (Katircioglu et al. 2022: 0.1)",
    )  # fmt: skip
    fit_weight: float = Field(
        0.5, ge=0,
        description="weight of the loss that draws a box to the extent of its mask"
        " (ours; Katircioglu et al. 2022: 0)",
    )  # fmt: skip
    fit_from: float = Field(
        0.5, ge=0, le=1,
        description="share of the training after which the loss that draws boxes to their masks"
        " sets in (ours)",
    )  # fmt: skip
    box_weight: float = Field(
        0.1, ge=0,
        description="weight of the prior that holds boxes at the size they start with (ours;"
        " Katircioglu et al. 2020: 1, of the mean box; 2022: 0)",
    )  # fmt: skip
    free_size: bool = Field(
        False,
        description="let the foreground loss change the size of boxes, not only their place"
        " (Katircioglu et al. 2022: yes)",
    )
    jitter: float = Field(
        0.05, ge=0, le=0.5,
        description="largest random shift of the region that the synthesis network S is shown in"
        " training, in sides of that region (Katircioglu et al. 2022: 0)",
    )  # fmt: skip
    mask_from: float = Field(
        0.12, ge=0, le=1,
        description="share of the training after which the synthesis network S starts to learn,"
        " when the probabilities have settled (Katircioglu et al. 2022: 0)",
    )  # fmt: skip
    fine_from: float = Field(
        0.4, ge=0, le=1,
        description="share of the training after which the skip connections to the mask set in"
        " (ours)",
    )  # fmt: skip

    batch: int = Field(
        16, ge=1, le=1024,
        description="images per training step (Katircioglu et al. 2022: 16)",
    )  # fmt: skip
    steps: int = Field(
        3000, ge=1,
        description="training steps of detector and synthesis network"
        " (Katircioglu et al. 2022: 100,000)",
    )  # fmt: skip
    inpaint_steps: int = Field(
        2500, ge=1,
        description="training steps of the inpainter (Katircioglu et al. 2022: 200,000)",
    )  # fmt: skip
    rate: float = Field(
        1e-3, gt=0, lt=1, description="learning rate of Adam (Katircioglu et al. 2022: 1e-3)"
    )
    inpaint_rate: float = Field(
        2e-3, gt=0, lt=1,
        description="largest learning rate of the inpainter (Katircioglu et al. 2022: 1e-3)",
    )  # fmt: skip
    synthesis_rate: float = Field(
        3.0, gt=0, le=10,
        description="learning rate of the synthesis network S as a multiple of `rate`"
        " (Katircioglu et al. 2022: 1)",
    )  # fmt: skip
    decoder_rate: float = Field(
        1.0, gt=0, le=10,
        description="learning rate of the decoder of S as a multiple of that of S"
        " (Katircioglu et al. 2022: 0.1)",
    )  # fmt: skip
    schedule: Literal["cosine", "constant"] = Field(
        "cosine",
        description="course of the learning rates after a warm-up: falling to zero as a cosine, or"
        " constant (Katircioglu et al. 2022: constant)",
    )
    flip: bool = Field(
        True,
        description="mirror half of the training images (code of Katircioglu et al. 2021: no)",
    )
    recolour: float = Field(
        0.6, ge=0, le=1,
        description="share of training images in which what is not background gets other colours,"
        " none where an inpainter fills boxes (ours; Katircioglu et al. 2022: 0)",
    )  # fmt: skip
    picture_every: int = Field(
        200, ge=0,
        description="training steps between pictures of detections in the run's folder; 0: none",
    )  # fmt: skip
