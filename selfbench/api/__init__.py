"""What scripts, notebooks and the command line call: run, score, evaluate, apply, report, ...

    import selfbench

    results = selfbench.run("videopca", "fs-singles-sim")
    results.table()
    results.masks("test-00")

Names of methods, datasets and metrics may be wildcards or comma lists, or lists of such. Relative
paths are those of the working directory. All errors are `selfbench.SelfbenchError`s: one sentence.
"""

from selfbench.api.catalogue import check, list_plugins, load_dataset, open_datasets
from selfbench.api.footage import apply, evaluate
from selfbench.api.reporting import report, stored, verify
from selfbench.api.running import FailedCellsError, ablate, run, score
from selfbench.plugins.listing import PluginInfo
from selfbench.stages.apply import Applied
from selfbench.stages.evaluate import Evaluation
from selfbench.stages.report.writing import ReportFiles
from selfbench.stages.results import Results

__all__ = [
    "Applied",
    "Evaluation",
    "FailedCellsError",
    "PluginInfo",
    "ReportFiles",
    "Results",
    "ablate",
    "apply",
    "check",
    "evaluate",
    "list_plugins",
    "load_dataset",
    "open_datasets",
    "report",
    "run",
    "score",
    "stored",
    "verify",
]
