"""Names of what student-teacher trains and combines."""

from __future__ import annotations

STUDENTS = ("lowres-net", "fconv-net", "basicu-net", "dilateu-net", "denseu-net")
SMP = "smp-"  # begins the name of a network of segmentation-models-pytorch
ENSEMBLES = ("multi-net", "multi-select")
