"""The contracts every plug-in keeps: what it sees, what it returns.

A method receives `Clip`s and returns `Prediction`s. `Truth` is seen by the score stage alone.
Read the files in the order clips, plugin, methods, datasets, metrics, ablations, reports.
"""

from selfbench.contracts.ablations import Ablation, AblationRow
from selfbench.contracts.clips import (
    Boxes,
    Clip,
    Frames,
    GivenFlow,
    Image,
    Marks,
    Prediction,
    ScoredBoxes,
    Truth,
    no_boxes,
    no_scored_boxes,
)
from selfbench.contracts.datasets import Count, Counts, Dataset, Where
from selfbench.contracts.methods import Devices, Method, Run, Variant
from selfbench.contracts.metrics import (
    BoxMetric,
    ClipFrame,
    ClipMetric,
    CurveMetric,
    DetectionMetric,
    MaskMetric,
    Metric,
    SoftMetric,
)
from selfbench.contracts.plugin import Plugin
from selfbench.contracts.reports import (
    LABELS,
    Checked,
    ClipValue,
    Material,
    Record,
    Report,
    StoredRun,
)

__all__ = [
    "LABELS",
    "Ablation",
    "AblationRow",
    "BoxMetric",
    "Boxes",
    "Checked",
    "Clip",
    "ClipFrame",
    "ClipMetric",
    "ClipValue",
    "Count",
    "Counts",
    "CurveMetric",
    "Dataset",
    "DetectionMetric",
    "Devices",
    "Frames",
    "GivenFlow",
    "Image",
    "Marks",
    "MaskMetric",
    "Material",
    "Method",
    "Metric",
    "Plugin",
    "Prediction",
    "Record",
    "Report",
    "Run",
    "ScoredBoxes",
    "SoftMetric",
    "StoredRun",
    "Truth",
    "Variant",
    "Where",
    "no_boxes",
    "no_scored_boxes",
]
