"""The table as LaTeX: booktabs, grouped headers, best bold, second underlined."""

from __future__ import annotations

from selfbench.reports.table import Cell, Table

_ESCAPES = {
    "\\": r"\textbackslash{}",
    "&": r"\&",
    "%": r"\%",
    "$": r"\$",
    "#": r"\#",
    "_": r"\_",
    "{": r"\{",
    "}": r"\}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "[": "{[}",  # behind \\ a bracket would be read as its argument
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "≥": r"$\geq$",
    "≤": r"$\leq$",
    "×": r"$\times$",
    "±": r"$\pm$",
    "–": "--",
    "λ": r"$\lambda$",
}


_ARROWS = {True: r"$\downarrow$", False: r"$\uparrow$", None: ""}


def escape(text: str) -> str:
    """Return `text` so that LaTeX prints it as it is."""
    return "".join(_ESCAPES.get(character, character) for character in text)


def render(table: Table) -> str:
    """Return a complete `table` environment; it needs the package booktabs."""
    groups = table.groups()
    heads = [r"\multicolumn{%d}{c}{%s}" % (n, escape(name)) for name, n in groups]
    rules, start = [], 2
    for _, count in groups:
        rules.append(r"\cmidrule(lr){%d-%d}" % (start, start + count - 1))
        start += count
    arrows = [_ARROWS[lower] for lower in table.lower_is_better]
    measures = [
        f"{escape(m)} {a}".rstrip() for (_, m), a in zip(table.columns, arrows, strict=True)
    ]
    lines = [
        "% needs \\usepackage{booktabs}",
        r"\begin{table}",
        r"\centering",
        r"\begin{tabular}{l" + "".join("c" * count for _, count in groups) + "}",
        r"\toprule",
        " & ".join(["", *heads]).strip() + r" \\",
        " ".join(rules),
        " & ".join(["Method", *measures]) + r" \\",
        r"\midrule",
        *(
            " & ".join([escape(method), *map(_cell, cells)]) + r" \\"
            for method, cells in zip(table.methods, table.cells, strict=True)
        ),
        r"\bottomrule",
        r"\end{tabular}",
        r"\par\smallskip\footnotesize " + " ".join(f"{escape(note)}." for note in table.notes),
        r"\end{table}",
    ]
    return "\n".join(lines) + "\n"


def _cell(cell: Cell) -> str:
    text = cell.text(plus_minus=r"$\pm$", missing="--")
    if cell.place == 1:
        return rf"\textbf{{{text}}}"
    return rf"\underline{{{text}}}" if cell.place == 2 else text
