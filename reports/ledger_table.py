"""The table of published numbers beside ours, as Markdown, LaTeX and CSV."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from selfbench.reports import latex, markdown
from selfbench.reports.ledger import Pair, verdict
from selfbench.reports.papers import SHORT_NAMES, cite
from selfbench.reports.table import DIGITS

HEADS = ("Paper", "Method", "Dataset", "Metric", "Published", "Ours", "Difference", "Verdict")


def print_ledger(pairs: Sequence[Pair], name: str, standalone: bool) -> dict[str, str]:
    """Return the table as `name`.md, .tex and .csv; without any pair a sentence that says so.

    Args:
        pairs: published numbers and ours.
        name: of the files, without ending.
        standalone: LaTeX that compiles on its own.
    """
    rows = [_row(pair) for pair in pairs]
    if not rows:
        papers = ", ".join(SHORT_NAMES.values())
        text = f"{papers}: they report no number on these datasets with these metrics.\n"
        return {f"{name}.md": text}
    texts = [[markdown.escape(text) for text in row] for row in rows]
    return {
        f"{name}.md": markdown.grid([list(HEADS), *texts]) + "\n",
        f"{name}.tex": _latex(rows, name, standalone),
        f"{name}.csv": str(pd.DataFrame([_flat(pair) for pair in pairs]).to_csv(index=False)),
    }


def _row(pair: Pair) -> list[str]:
    line, record, _ = pair
    difference, judged = verdict(pair)
    ours = "" if record is None else f"{record.mean:.{DIGITS}f} ({record.method})"
    value = f"{line.value} %" if line.unit == "%" else line.value
    return [cite(line.paper, line.table), line.method, line.dataset, line.metric, value, ours,
            difference, judged]  # fmt: skip


def _flat(pair: Pair) -> dict[str, Any]:
    line, record, _ = pair
    difference, judged = verdict(pair)
    ours = {} if record is None else {
        "our_method": record.method, "our_dataset": record.dataset, "our_mean": record.mean,
        "runs": " ".join(record.runs),
    }  # fmt: skip
    published = line._asdict() | {"paper": SHORT_NAMES[line.paper]}
    return {**published, **ours, "difference": difference, "verdict": judged}


def _latex(rows: Sequence[Sequence[str]], name: str, standalone: bool) -> str:
    body = [" & ".join(map(latex.escape, row)) + r" \\" for row in rows]
    lines = [
        r"% needs \usepackage{booktabs,graphicx}",
        r"\begin{table}[htbp]",
        r"\centering",
        r"\caption{Published numbers beside ours; a difference only where data and protocol are "
        r"the same.}",
        rf"\label{{tab:{name}}}",
        r"\vspace{1ex}",
        r"\resizebox{\linewidth}{!}{%",
        r"\begin{tabular}{llllrlrp{7cm}}",
        r"\toprule",
        " & ".join(HEADS) + r" \\",
        r"\midrule",
        *body,
        r"\bottomrule",
        r"\end{tabular}}",
        r"\end{table}",
    ]
    text = "\n".join(lines) + "\n"
    return latex.document(text, len(rows)) if standalone else text
