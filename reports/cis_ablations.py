"""The ablations of CIS."""

from __future__ import annotations

from selfbench.contracts import Ablation, AblationRow

_WATCH = ("generator", "mask", "region")

ideal_flow = Ablation(
    name="ideal-flow",
    method="cis",
    summary=(
        "Flow made from the TRUTH, a constant per region, against real flow (Yang et al. 2019, "
        "section 4.2 and Table 1)"
    ),
    published_on="DAVIS 2016 (Yang et al. 2019, Tables 1 and 2)",
    watch=_WATCH,
    rows=(
        AblationRow(
            "ideal flow (made from the truth)",
            # Made-up flow leads from frame to frame nowhere: masks must not be averaged along it.
            {"flow": "clip", "smooth": 0},
            "near the maximum (Table 1)",
            {"J": 0.925},
            data={"ideal_flow": True},
        ),
        AblationRow("label-free (DIS)", {"flow": "dis"}, "with PWC-Net (Table 2)", {"J": 0.715}),
    ),
)
