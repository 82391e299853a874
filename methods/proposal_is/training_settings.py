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
        1, ge=1, le=36,
        description="cells sampled per image and step (Katircioglu et al. 2022: 1)",
    )  # fmt: skip
    epsilon: float = Field(
        0.001, ge=0, le=0.015,
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
    known_background: bool = Field(
        False,
        description="take the clip's empty scene for the whole background where the dataset gives"
        " it, instead of an inpainter's (Katircioglu et al. 2022, Alg. 1)",
    )
    grow: float = Field(
        1.15, ge=1, le=2,
        description="side of the inpainted region, in sides of the box"
        " (Katircioglu et al. 2019: 1.1, 2020, A.1: 1.2, 2022: 1.15)",
    )  # fmt: skip
    flow: Literal["none", "dis", "raft"] = Field(
        "none",
        description="estimator of optical flow, whose images L_bg is computed on too, in training"
        " (Katircioglu et al. 2022, 3.5: FlowNet 2)",
    )

    background: float = Field(
        0.1, ge=0,
        description="weight alpha of the background loss L_bg (Katircioglu et al. 2022: 0.1)",
    )  # fmt: skip
    area: Literal["box", "hole"] = Field(
        "box",
        description="area by which the inpainting error is divided: the box's (Katircioglu et al."
        " 2022, Eq. 3) or the grown one's (code of Katircioglu et al. 2021)",
    )
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
        " (Katircioglu et al. 2019: l1, 2022, Eq. 6: v)",
    )
    mask_mean: Literal["image", "batch"] = Field(
        "image",
        description="what the v-shaped prior takes the mean of the mask over: each image"
        " (Katircioglu et al. 2022, Eq. 6) or the batch (code of Katircioglu et al. 2021)",
    )
    mask_weight: float = Field(
        0.1, ge=0,
        description="weight eta of the mask prior"
        " (Katircioglu et al. 2019 and 2020: 0.1, 2022: 0.25)",
    )  # fmt: skip
    mask_target: float = Field(
        0.005, ge=0, le=1,
        description="mean mask lambda at which the v-shaped prior is least"
        " (Katircioglu et al. 2022: 0.005)",
    )  # fmt: skip
    cell_prior: Literal["l1", "l2", "sampled-l2"] = Field(
        "l2",
        description="prior on the probabilities: their sum, which is 1 and teaches nothing"
        " (Katircioglu et al. 2022, Eq. 5), the sum of their squares (2019 and 2020), or the square"
        " of the sampled one (code of 2021)",
    )
    cell_weight: float = Field(
        0.1, ge=0,
        description="weight zeta of the prior on the probabilities (Katircioglu et al. 2022: 0.1)",
    )  # fmt: skip
    box_weight: float = Field(
        1.0, ge=0,
        description="weight of the L2 prior on the batch's mean box: in the middle, of an upright"
        " person's size (Katircioglu et al. 2019 and 2020: 1, 2022: 0)",
    )  # fmt: skip

    batch: int = Field(
        16, ge=1, le=1024,
        description="images per training step (Katircioglu et al. 2022: 16)",
    )  # fmt: skip
    steps: int = Field(
        1500, ge=1,
        description="training steps of detector and synthesis network"
        " (Katircioglu et al. 2022: 100,000)",
    )  # fmt: skip
    inpaint_steps: int = Field(
        1500, ge=1,
        description="training steps of the inpainter I (Katircioglu et al. 2022: 200,000)",
    )  # fmt: skip
    inpaint_perceptual: float = Field(
        2.0, ge=0,
        description="weight of the perceptual loss of the inpainter I, beside L2"
        " (Katircioglu et al. 2020: none, 2022: not stated, taken to be gamma)",
    )  # fmt: skip
    rate: float = Field(
        1e-3, gt=0, lt=1, description="learning rate of Adam (Katircioglu et al. 2022: 1e-3)"
    )
    inpaint_rate: float = Field(
        2e-3, gt=0, lt=1,
        description="largest learning rate of the inpainter I (Katircioglu et al. 2022: 1e-3)",
    )  # fmt: skip
    decoder_rate: float = Field(
        1.0, gt=0, le=10,
        description="learning rate of the decoder of S as a multiple of `rate`"
        " (Katircioglu et al. 2022: 0.1)",
    )  # fmt: skip
    schedule: Literal["cosine", "constant"] = Field(
        "cosine",
        description="course of the learning rates: after a warm-up falling to zero as a cosine, or"
        " constant (Katircioglu et al. 2022: constant)",
    )
    picture_every: int = Field(
        200, ge=0,
        description="training steps between pictures of detections in the run's folder; 0: none",
    )  # fmt: skip
