"""The contracts every plug-in keeps: what it sees, what it returns.

A method receives `Clip`s and returns `Prediction`s. `Truth` is seen by the score stage alone.
Read the files in the order clips, plugin, methods, datasets, metrics, reports, ablations.
"""

from selfbench.contracts.ablations import (
    Ablation,
    AblationReport,
    AblationResult,
    AblationRow,
    LogPoint,
)
from selfbench.contracts.clips import (
    Boxes,
    Clip,
    Frames,
    GivenFlow,
    Image,
    Marks,
    Prediction,
    Truth,
    no_boxes,
)
from selfbench.contracts.datasets import Count, Counts, Dataset, Where
from selfbench.contracts.methods import Method, Run, Variant
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
from selfbench.contracts.reports import Checked, ClipValue, Record, Report, RunReport

__all__ = [
    "Ablation",
    "AblationReport",
    "AblationResult",
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
    "Frames",
    "GivenFlow",
    "Image",
    "LogPoint",
    "Marks",
    "MaskMetric",
    "Method",
    "Metric",
    "Plugin",
    "Prediction",
    "Record",
    "Report",
    "Run",
    "RunReport",
    "SoftMetric",
    "Truth",
    "Variant",
    "Where",
    "no_boxes",
]
