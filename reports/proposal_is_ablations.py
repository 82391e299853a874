"""The ablations of proposal-is: those of its paper (Katircioglu et al. 2022, 4.4), row by row.

A row without overrides is the method as it is, the cell of a plain `selfbench run`. Summaries are
plain texts, so that `selfbench list` reads them without importing anything.
"""

from __future__ import annotations

from selfbench.contracts import Ablation, AblationRow

# What Fig. 11 shows of boxes needs no picture: their size and the entropy of p tell the same.
_BOXES = ("width", "height", "entropy")

# Only L_bg: it reaches the boxes too, and nothing else pulls at boxes or masks.
_BACKGROUND_ONLY = AblationRow(
    "background loss only",
    {
        "gradients": "joint",
        "foreground": 0,
        "perceptual": 0,
        "mask_weight": 0,
        "box_weight": 0,
    },
    "small boxes that miss the person (Fig. 11c)",
)

sampling = Ablation(
    name="sampling",
    method="proposal-is",
    summary=(
        "How cells are chosen and what boxes learn from (Katircioglu et al. 2022, Fig. 11 a-f and "
        "section 4.4)"
    ),
    published_on="H36M (Katircioglu et al. 2022, section 4.4)",
    watch=_BOXES,
    rows=(
        AblationRow("uniform sampling", {"sampler": "uniform"}, "does not converge (Fig. 11a)"),
        AblationRow("joint training", {"gradients": "joint"}, "boxes are too large (Fig. 11b)"),
        _BACKGROUND_ONLY,
        AblationRow(
            "direct regression",
            {"proposal": "single", "gradients": "joint"},
            "diverges (Fig. 11d)",
        ),
        AblationRow(
            "Gumbel-softmax",
            {"sampler": "gumbel", "temperature": 0.1},
            "worse boxes, no faster (Fig. 11e)",
            {"mAP0.5": 0.30},
        ),
        AblationRow(
            "full",
            {},
            "finds the person, with tighter boxes (Fig. 11f)",
            {"mAP0.5": 0.58},
        ),
    ),
)

objectives = Ablation(
    name="objectives",
    method="proposal-is",
    summary=(
        "The terms of the loss taken away one by one (Katircioglu et al. 2022, Eq. 7, section 4.4 "
        "and Table 3)"
    ),
    published_on="Ski-PTZ validation (Katircioglu et al. 2022, Table 3)",
    watch=(*_BOXES, "mean_mask"),
    rows=(
        AblationRow("full", {}, published={"J": 0.67, "F": 0.73}),
        AblationRow("without perceptual loss", {"perceptual": 0}),
        AblationRow("without mask prior", {"mask_prior": "none"}, published={"J": 0.51, "F": 0.53}),
        AblationRow("without prior on p", {"cell_weight": 0}),
        AblationRow(
            "without background loss",
            {"background": 0},
            "boxes on background objects, where reconstruction is trivial (3.3.1)",
        ),
        _BACKGROUND_ONLY,
    ),
)

mask_prior = Ablation(
    name="mask-prior",
    method="proposal-is",
    summary=(
        "The prior on the mean mask, and masks below lambda in training (Katircioglu et al. 2022, "
        "Table 3 and Fig. 10)"
    ),
    published_on="Ski-PTZ validation (Katircioglu et al. 2022, Table 3)",
    watch=("masks_below", "mean_mask"),
    rows=(
        AblationRow("none", {"mask_prior": "none"}, published={"J": 0.51, "F": 0.53}),
        AblationRow("L2", {"mask_prior": "l2"}, published={"J": 0.61, "F": 0.69}),
        AblationRow(
            "L1",
            {"mask_prior": "l1"},
            "suppresses masks too strictly, converges badly",
            {"J": 0.62, "F": 0.69},
        ),
        AblationRow(
            "v",
            {"mask_prior": "v"},
            "many masks below lambda early in training, none at its end (Fig. 10)",
            {"J": 0.67, "F": 0.73},
        ),
    ),
)

# (smallest side, largest side) -> (J, F) at lambda 0.0005, 0.001, 0.005
_TABLE_4 = {
    (0.1, 0.5): ((0.55, 0.55), (0.57, 0.62), (0.54, 0.56)),
    (0.2, 0.5): ((0.61, 0.70), (0.60, 0.65), (0.61, 0.67)),
    (0.3, 0.5): ((0.57, 0.64), (0.57, 0.64), (0.57, 0.63)),
    (0.2, 0.6): ((0.61, 0.69), (0.61, 0.68), (0.62, 0.68)),
    (0.2, 0.7): ((0.62, 0.67), (0.59, 0.66), (0.62, 0.65)),
    (0.2, 0.8): ((0.61, 0.68), (0.67, 0.73), (0.61, 0.66)),
}

box_range = Ablation(
    name="box-range",
    method="proposal-is",
    summary=(
        "Smallest and largest side of boxes, and lambda of the mask prior (Katircioglu et al. "
        "2022, Table 4)"
    ),
    published_on="Ski-PTZ validation (Katircioglu et al. 2022, Table 4)",
    watch=("width", "height"),
    rows=tuple(
        AblationRow(
            f"b[{low}, {high}], λ {target}",
            {"size_min": low, "size_max": high, "mask_prior": "v", "mask_target": target},
            published=dict(zip("JF", scores, strict=True)),
        )
        for (low, high), cells in _TABLE_4.items()
        for target, scores in zip((0.0005, 0.001, 0.005), cells, strict=True)
    ),
)

# The weights of the paper's encoder are what is compared, so every row has it, whatever the preset.
_ENCODER = {"encoder": "resnet50.tv_in1k", "latent": 856}

init = Ablation(
    name="init",
    method="proposal-is",
    summary=(
        "What the ResNet-50 of S starts from (Katircioglu et al. 2022, Table 3); reads "
        "./self-supervised.pth; wants a GPU"
    ),
    published_on="Ski-PTZ validation (Katircioglu et al. 2022, Table 3)",
    watch=_BOXES,
    rows=(
        AblationRow("random", _ENCODER | {"weights": "random"}, published={"J": 0.60, "F": 0.63}),
        AblationRow(
            "self-supervised",
            _ENCODER | {"weights": "self-supervised.pth"},
            "instance discrimination (Wu et al. 2018), only a small drop",
            {"J": 0.62, "F": 0.68},
        ),
        AblationRow(
            "ImageNet", _ENCODER | {"weights": "imagenet"}, published={"J": 0.67, "F": 0.73}
        ),
    ),
)

flow = Ablation(
    name="flow",
    method="proposal-is",
    summary="Optical flow in training (Katircioglu et al. 2022, 3.5 and 4.5)",
    watch=_BOXES,
    rows=(
        AblationRow("without flow", {"flow": "none"}),
        AblationRow("with flow (DIS)", {"flow": "dis"}, "should always be used if available (4.5)"),
    ),
)
