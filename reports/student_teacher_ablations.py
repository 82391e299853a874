"""The ablations of student-teacher: those of its paper (Croitoru et al. 2019, 5.1), row by row.

Rows that differ in `output` and `generation` alone share one training per seed.
"""

from __future__ import annotations

from selfbench.contracts import Ablation, AblationRow

# CorLoc on YouTube Objects v1 (Croitoru et al. 2019, Table 1), generation 1 and 2.
_TABLE_1 = {
    "lowres-net": (0.621, 0.635),
    "fconv-net": (0.576, 0.613),
    "basicu-net": (0.591, 0.652),
    "dilateu-net": (0.618, 0.658),
    "denseu-net": (0.546, 0.594),
    "multi-net": (0.653, 0.670),
    "multi-select": (0.624, 0.673),
}


def _row(generation: int, output: str) -> AblationRow:
    label = f"generation {generation}: {output}"
    next_teacher = generation == 1 and output == "multi-select"
    return AblationRow(
        f"{label} (teacher of generation 2)" if next_teacher else label,
        {"output": output, "generation": generation},
        published={"CorLoc": _TABLE_1[output][generation - 1]},
    )


generations = Ablation(
    name="generations",
    method="student-teacher",
    summary=(
        "Teacher, students and ensembles of two generations (Croitoru et al. 2019, Fig. 5 and "
        "Tables 1 to 3)"
    ),
    published_on="YouTube Objects v1 (Croitoru et al. 2019, Table 1)",
    rows=(
        AblationRow(
            "teacher of generation 1: videopca",
            {},
            "students of both generations outperform their teacher (Fig. 5)",
            method="videopca",
        ),
        *(_row(generation, output) for generation in (1, 2) for output in _TABLE_1),
    ),
)

selection = Ablation(
    name="selection",
    method="student-teacher",
    summary=(
        "How many masks are learnt from (Croitoru et al. 2019, Fig. 6; Fig. 3: python "
        "docs/research/mask_purity.py)"
    ),
    rows=(
        *(
            AblationRow(
                f"generation 1, best {keep:.0%}" if keep < 1 else "generation 1, no selection",
                {"generations": 1, "keep": keep},
                paper,
            )
            for keep, paper in (
                (1.0, ""),
                (0.5, ""),
                (0.2, ""),
                (0.1, "the more selective, the better (Fig. 6)"),
                (0.05, ""),
            )
        ),
        AblationRow(
            "generation 2, no selection",
            {"generations": 2, "keep": 0.1, "later_keep": 1.0, "later_threshold": -1.0},
            "slightly better than generation 1 with selection (Fig. 6)",
        ),
        AblationRow("generation 2, selected by EvalSeg-Net", {"generations": 2, "keep": 0.1}),
    ),
)
