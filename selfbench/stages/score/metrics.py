"""The metrics to compute, and the one that chooses thresholds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from selfbench.contracts import Dataset, MaskMetric, Metric
from selfbench.plugins.registry import Entry, Registry
from selfbench.plugins.source import source_digest
from selfbench.store.digest import digest_text

SCORE_FORMAT = 2  # raise it when scores of the same masks would come out differently


@dataclass(frozen=True)
class LoadedMetric:
    """One metric and where it comes from."""

    entry: Entry
    metric: Metric

    @cached_property
    def source(self) -> str:
        """A digest of its source."""
        return digest_text(self.entry.name, source_digest(self.entry.module, self.entry.file))


@dataclass(frozen=True)
class MetricSet:
    """The metrics to compute on one dataset."""

    chosen: tuple[LoadedMetric, ...]
    chooser: LoadedMetric | None  # chooses thresholds: the rules best-<name> and val
    papers: tuple[str, ...]  # the names that the dataset's papers report, in order

    @property
    def metrics(self) -> list[Metric]:
        """The metrics themselves."""
        return [loaded.metric for loaded in self.chosen]

    @property
    def selector(self) -> MaskMetric | None:
        """The metric that chooses thresholds, if the dataset has one."""
        metric = self.chooser.metric if self.chooser else None
        return metric if isinstance(metric, MaskMetric) else None

    def levels_key(self, truth: str) -> str:
        """Return what chosen thresholds depend on, beside the masks: `truth` and the chooser."""
        return digest_text(str(SCORE_FORMAT), truth, self.chooser.source if self.chooser else "")

    def key(self, loaded: LoadedMetric, truth: str) -> str:
        """Return what scores of one metric depend on, beside masks and boxes."""
        return digest_text(loaded.source, self.levels_key(truth))

    def rank(self, name: str) -> int:
        """Return the place of a metric among those that the dataset's papers report."""
        return self.papers.index(name) if name in self.papers else len(self.papers)


def load_metrics(
    registry: Registry, names: Sequence[str], dataset: type[Dataset] | Dataset
) -> MetricSet:
    """Load metrics by name or wildcard; without names, those that `dataset`'s papers report.

    Thresholds are chosen by the first of the dataset's own metrics that has a curve.

    Raises:
        UsageError: for an unknown name.
    """
    own = [_load(entry) for entry in registry.select("metrics", dataset.metrics)]
    chosen = [_load(entry) for entry in registry.select("metrics", names)] if names else own
    choosers = (
        loaded
        for loaded in own
        if isinstance(loaded.metric, MaskMetric)
        and type(loaded.metric).curve is not MaskMetric.curve
    )
    papers = tuple(loaded.entry.name for loaded in own)
    return MetricSet(tuple(chosen), next(choosers, None), papers)


def _load(entry: Entry) -> LoadedMetric:
    return LoadedMetric(entry, entry.load()())
