"""Where data lies, as arguments and environment say."""

from __future__ import annotations

import os
from pathlib import Path

from selfbench.contracts import Where
from selfbench.errors import DataError
from selfbench.store.places import cache_folder


def data_places(root: Path | None, cache: Path | None = None) -> Where:
    """Return where data lies: the arguments, else SELFBENCH_DATA and SELFBENCH_CACHE.

    Raises:
        DataError: if the data root is named but is no folder.
    """
    if root is None and "SELFBENCH_DATA" in os.environ:
        root = Path(os.environ["SELFBENCH_DATA"])
    if root is not None and not root.is_dir():
        raise DataError(
            f"The data root {root} is not a folder; --data-root (or SELFBENCH_DATA) names the one "
            "that holds DAVIS/, FS-Singles/, ..."
        )
    return Where(root, cache or cache_folder())
