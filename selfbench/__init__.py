"""Train, run and compare methods that segment the moving object in video without labels.

    import selfbench

    results = selfbench.run("videopca", "fs-singles-sim")
    results.table()

What a plug-in needs is here too: `from selfbench import Method, Params, Prediction`.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from selfbench.api import (
        Applied,
        Evaluation,
        FailedCellsError,
        PluginInfo,
        ReportFiles,
        Results,
        ablate,
        apply,
        check,
        evaluate,
        list_plugins,
        load_dataset,
        report,
        run,
        score,
        stored,
        verify,
    )
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
        Material,
        Method,
        Prediction,
        Record,
        Report,
        Run,
        SoftMetric,
        StoredRun,
        Truth,
        Variant,
    )
    from selfbench.errors import SelfbenchError
    from selfbench.params import Params

__all__ = [
    "Ablation",
    "AblationRow",
    "Applied",
    "BoxMetric",
    "Clip",
    "ClipFrame",
    "ClipMetric",
    "CurveMetric",
    "Dataset",
    "DetectionMetric",
    "Evaluation",
    "FailedCellsError",
    "Marks",
    "MaskMetric",
    "Material",
    "Method",
    "Params",
    "PluginInfo",
    "Prediction",
    "Record",
    "Report",
    "ReportFiles",
    "Results",
    "Run",
    "SelfbenchError",
    "SoftMetric",
    "StoredRun",
    "Truth",
    "Variant",
    "ablate",
    "apply",
    "check",
    "evaluate",
    "list_plugins",
    "load_dataset",
    "report",
    "run",
    "score",
    "stored",
    "verify",
]

_API = {
    "Applied", "Evaluation", "FailedCellsError", "PluginInfo", "ReportFiles", "Results", "ablate",
    "apply", "check", "evaluate", "list_plugins", "load_dataset", "report", "run", "score",
    "stored", "verify",
}  # fmt: skip
_BASE = {"Params": "selfbench.params", "SelfbenchError": "selfbench.errors"}


def __getattr__(name: str) -> Any:
    """Import what is asked for on first use, so that `import selfbench` costs nothing."""
    if name == "__version__":
        from importlib.metadata import version

        return version("selfbench")
    if name in __all__:
        module = "selfbench.api" if name in _API else _BASE.get(name, "selfbench.contracts")
        return getattr(import_module(module), name)
    raise AttributeError(f"module 'selfbench' has no attribute '{name}'")


def __dir__() -> list[str]:
    return [*__all__, "__version__"]
