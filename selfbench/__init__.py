"""Train, run and compare methods that segment the moving object in video without labels.

What a plug-in needs is importable from here: `from selfbench import Method, Params, Prediction`.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from selfbench.contracts import (
        Ablation,
        AblationRow,
        BoxMetric,
        Clip,
        ClipFrame,
        ClipMetric,
        CurveMetric,
        Dataset,
        DetectionMetric,
        Marks,
        MaskMetric,
        Method,
        Prediction,
        Record,
        Report,
        Run,
        SoftMetric,
        Truth,
        Variant,
    )
    from selfbench.params import Params

__version__ = "0.1.0"

__all__ = [
    "Ablation",
    "AblationRow",
    "BoxMetric",
    "Clip",
    "ClipFrame",
    "ClipMetric",
    "CurveMetric",
    "Dataset",
    "DetectionMetric",
    "Marks",
    "MaskMetric",
    "Method",
    "Params",
    "Prediction",
    "Record",
    "Report",
    "Run",
    "SoftMetric",
    "Truth",
    "Variant",
]


def __getattr__(name: str) -> Any:
    """Import the contracts on first use, so that `import selfbench` costs nothing."""
    if name in __all__:
        module = "selfbench.params" if name == "Params" else "selfbench.contracts"
        return getattr(import_module(module), name)
    raise AttributeError(f"module 'selfbench' has no attribute '{name}'")
