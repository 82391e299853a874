"""The score stage: which metrics, at which thresholds. The only one that sees the truth."""

from selfbench.stages.score.cell import score_cell
from selfbench.stages.score.metrics import MetricSet, load_metrics

__all__ = ["MetricSet", "load_metrics", "score_cell"]
