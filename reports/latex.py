"""The table as LaTeX: booktabs, grouped headers, and after each row where its cells come from."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Sequence
from typing import Any

from selfbench.reports.table import Cell, Table

SOURCE = "% cell "  # the comment behind a row that says which runs a cell is made of

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
    "|": r"\textbar{}",
    '"': "''",
    "≥": r"$\geq$",
    "≤": r"$\leq$",
    "×": r"$\times$",
    "±": r"$\pm$",
    "–": "--",
    "−": "$-$",
    "↑": r"$\uparrow$",
    "↓": r"$\downarrow$",
    "²": r"\textsuperscript{2}",
    "ˢ": r"\textsuperscript{s}",
    "ʷ": r"\textsuperscript{w}",
    "ᵈ": r"\textsuperscript{d}",
    "ⁱ": r"\textsuperscript{i}",
    "ᶠ": r"\textsuperscript{f}",
    "ᵛ": r"\textsuperscript{v}",
    "†": r"\textdagger{}",
}
_LATIN = "ßæøåœłÆØÅŒŁı"  # what every LaTeX font has besides accented letters
_LETTERS = "αβγδεζηθικλμνξπρστυφχψωΓΔΘΛΞΠΣΥΦΨΩ"
_COMMANDS = (
    "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi pi rho sigma tau "
    "upsilon phi chi psi omega Gamma Delta Theta Lambda Xi Pi Sigma Upsilon Phi Psi Omega"
)
_GREEK = dict(zip(_LETTERS, _COMMANDS.split(" "), strict=True))
_ARROWS = {True: r"$\downarrow$", False: r"$\uparrow$", None: ""}


def escape(text: str) -> str:
    """Return `text` so that pdflatex prints it as it is.

    Accented Latin letters stay, Greek ones become mathematics; of other scripts, for which
    pdflatex has no font, the code point is printed.
    """
    return "".join(map(_escape, unicodedata.normalize("NFC", text)))


def _escape(character: str) -> str:
    if character in _ESCAPES:
        return _ESCAPES[character]
    if character.isspace() or not character.isprintable():
        return " "
    parts = unicodedata.normalize("NFD", character)  # a letter and its accents
    accented = parts[0].isascii() and len(parts) <= 2 and ord(character) < 0x180
    if accented or character in _LATIN:
        return character
    if character in _GREEK:
        return rf"$\{_GREEK[character]}$"
    return rf"\texttt{{U+{ord(character):04X}}}"


def render(table: Table, name: str = "comparison", standalone: bool = False) -> str:
    """Return a complete `table` environment, or with `standalone` a whole document.

    It needs the packages booktabs and graphicx: a table wider than the line is scaled to it.
    """
    blocks = [_tabular(part) for part in (split(table) if table.by_dataset else [table])]
    later = [note for note in table.notes if note not in table.caption]
    lines = [
        r"% needs \usepackage{booktabs,graphicx}",
        r"\begin{table}[htbp]",
        r"\centering",
        rf"\caption{{{_sentences((table.title, *table.caption))}}}",
        rf"\label{{tab:{name}}}",
        r"\vspace{1ex}",
        r"\sbox0{%",
        "%\n\\qquad\n".join("\n".join(block) for block in blocks) + "%",
        "}%",
        r"\ifdim\wd0>\linewidth\resizebox{\linewidth}{!}{\usebox0}\else\usebox0\fi",
        rf"\par\smallskip\raggedright\footnotesize {_sentences(later)}\par",
        r"\end{table}",
    ]
    text = "\n".join(lines) + "\n"
    return document(text, len(table.methods)) if standalone else text


def split(table: Table) -> list[Table]:
    """Return a table per dataset, each without the rows that have no number there."""
    parts, start = [], 0
    for _, count in table.groups():
        part = slice(start, start + count)
        rows = [
            (method, cells[part])
            for method, cells in zip(table.methods, table.cells, strict=True)
            if any(cell.mean is not None for cell in cells[part])
        ]
        names, cells = zip(*rows, strict=True)
        directions = table.lower_is_better[part]
        parts.append(Table(names, table.columns[part], cells, directions, (), head=table.head))
        start += count
    return parts


def _tabular(table: Table) -> list[str]:
    groups = table.groups()
    arrows = [_ARROWS[lower] for lower in table.lower_is_better]
    measures = [
        f"{escape(m)} {a}".rstrip() for (_, m), a in zip(table.columns, arrows, strict=True)
    ]
    lines = [r"\begin{tabular}{l" + "".join("c" * count for _, count in groups) + "}", r"\toprule"]
    if any(name for name, _ in groups):
        heads = [r"\multicolumn{%d}{c}{%s}" % (n, escape(name)) for name, n in groups]
        rules, start = [], 2
        for _, count in groups:
            rules.append(r"\cmidrule(lr){%d-%d}" % (start, start + count - 1))
            start += count
        lines += [" & ".join(["", *heads]).strip() + r" \\", " ".join(rules)]
    lines += [" & ".join([escape(table.head), *measures]) + r" \\", r"\midrule"]
    for method, cells in zip(table.methods, table.cells, strict=True):
        lines.append(" & ".join([escape(method), *map(_cell, cells)]) + r" \\")
        lines += [
            f"{SOURCE}{i}: {json.dumps(terms)}"
            for i, cell in enumerate(cells, 1)
            if (terms := source(cell))
        ]
    return [*lines, r"\bottomrule", r"\end{tabular}"]


def source(cell: Cell) -> list[dict[str, Any]]:
    """Return the terms of a cell as `selfbench verify` reads them; published ones have no runs."""
    return [
        {
            "factor": factor,
            "runs": r.runs,
            "protocol": [r.metric, r.statistic, r.threshold, r.frames, r.boxes],
        }
        for factor, r in cell.terms
        if r.runs
    ]


def _cell(cell: Cell) -> str:
    text = cell.text(plus_minus=r"$\pm$", missing="--")
    if cell.place == 1:
        return rf"\textbf{{{text}}}"
    return rf"\underline{{{text}}}" if cell.place == 2 else text


def _sentences(notes: Sequence[str]) -> str:
    return " ".join(f"{escape(note)}." for note in notes if note)


def document(table: str, rows: int) -> str:
    """Return a document around a table, of one page that is as long as its rows need."""
    height = 12 + rows // 2  # cm
    return rf"""\documentclass{{article}}
\usepackage[utf8]{{inputenc}}
\IfFileExists{{lmodern.sty}}{{\usepackage[T1]{{fontenc}}\usepackage{{lmodern}}}}{{}}
\usepackage{{textcomp,booktabs,graphicx}}
\usepackage[paperwidth=21cm,paperheight={height}cm,margin=2cm]{{geometry}}
\pagestyle{{empty}}
\begin{{document}}
{table}\end{{document}}
"""
