"""What the reports on numbers ask of their material."""

from __future__ import annotations

from collections.abc import Sequence

from selfbench.contracts import Record
from selfbench.errors import DataError


def require_scores(records: Sequence[Record]) -> None:
    """Refuse to make a table or a plot of nothing.

    Raises:
        DataError: if there is no record.
    """
    if not records:
        raise DataError(
            "There are no scores to show; expected runs on a dataset that has masks or boxes to "
            "compare with, e.g. `selfbench run --method videopca --dataset fs-singles-sim`."
        )
