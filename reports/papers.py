"""The papers by the short names under which printed output cites them.

`published.csv` and the tests call them by their keys; docs/papers.md has the full citations.
"""

from __future__ import annotations

SHORT_NAMES = {
    "S0": "Katircioglu et al. 2019",  # the first draft, arXiv 1907.08051
    "S1": "Katircioglu et al. 2020",  # the same as submitted to ICLR 2020
    "S2": "Katircioglu et al. 2022",  # the journal article, TPAMI 44 (12)
    "S3": "Yang et al. 2019",  # CVPR
    "S4": "Croitoru et al. 2019",  # IJCV 127 (9)
}


def cite(key: str, place: str) -> str:
    """Return a place in a paper as printed output names it, e.g. `Yang et al. 2019, Table 2`.

    Args:
        key: of the paper, one of `SHORT_NAMES`.
        place: a table, figure or section of it.
    """
    return f"{SHORT_NAMES[key]}, {place}"
