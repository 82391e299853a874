"""What is printed, and that LaTeX takes it."""

import json
import shutil
import subprocess

import pytest

from selfbench.reports.comparison import Comparison
from selfbench.reports.latex import SOURCE, escape, render, split
from selfbench.reports.layouts import LAYOUTS, arrange
from selfbench.reports.table import make_table
from tests.reports.samples import GOOD, POOR, clips_record, material, record
from tests.reports.test_generations import generation


def lines(records):
    return render(make_table(records, "best")).splitlines()


@pytest.mark.parametrize(
    ("text", "escaped"),
    [
        ("a_b", r"a\_b"),
        ("50%&#$", r"50\%\&\#\$"),
        ("{x}~^", r"\{x\}\textasciitilde{}\textasciicircum{}"),
        ("c:\\d", r"c:\textbackslash{}d"),
        ("m [k=1]", "m {[}k=1]"),
        ("λ é ł", r"$\lambda$ é ł"),
        ("漢", r"\texttt{U+6F22}"),
    ],
)
def test_names_are_escaped(text, escaped):
    assert escape(text) == escaped
    assert any(line.startswith(f"{escaped} &") for line in lines([record(text)]))


def test_best_bold_second_underlined_missing_a_dash():
    tex = lines([
        record("a", mean=0.7), record("b", mean=0.9), record("c", mean=0.8),
        record("a", "e", mean=0.2), record("b", "e", mean=0.1),
    ])  # fmt: skip
    assert r"a & 0.700 & \textbf{0.200} \\" in tex
    assert r"b & \textbf{0.900} & \underline{0.100} \\" in tex
    assert r"c & \underline{0.800} & -- \\" in tex


def test_grouped_headers():
    tex = lines([record("a"), record("a", metric="F"), record("a", "e")])
    assert r"& \multicolumn{2}{c}{d} & \multicolumn{1}{c}{e} \\" in tex
    assert r"\cmidrule(lr){2-3} \cmidrule(lr){4-4}" in tex
    assert r"Method & J $\uparrow$ & F $\uparrow$ & J $\uparrow$ \\" in tex


def test_less_is_better_seeds_and_not_a_number():
    assert r"Method & J $\downarrow$ \\" in lines([record("a", lower_is_better=True)])
    assert r"a & 0.500 $\pm$ 0.012 \\" in lines([record("a", std=0.0123, seeds=(0, 1, 2))])
    assert r"a & -- \\" in lines([record("a", mean=float("nan")), record("b")])


def test_a_comment_names_the_runs_of_each_cell():
    (comment,) = [x for x in lines([clips_record("a", GOOD)]) if x.startswith(SOURCE)]
    (term,) = json.loads(comment.partition(": ")[2])
    assert term["factor"] == 1.0 and term["runs"] == ["d/m/k/seed-0"]
    assert term["protocol"] == ["J", "mean", "best-J", "all", ""]


def test_a_table_per_dataset_has_its_own_rows():
    parts = split(make_table([record("a"), record("b"), record("a", "e")]))
    assert [part.methods for part in parts] == [("a", "b"), ("a",)]


def test_a_document_of_its_own():
    tex = render(make_table([record("a")]), standalone=True)
    assert tex.startswith(r"\documentclass") and tex.rstrip().endswith(r"\end{document}")


ODD = r'a_b & 50% $x$ #1 <i> "q" {z} ~^\ [k=1] é ł λ Ω 漢 ✓'


@pytest.mark.skipif(not shutil.which("pdflatex"), reason="pdflatex is not installed")
@pytest.mark.parametrize("layout", LAYOUTS)
def test_pdflatex_prints_what_it_should(layout, tmp_path):
    """Alone and inside a two-column paper; the numbers are read back from the page."""
    records = [
        generation(1, "low", GOOD), generation(0, "low", POOR),
        clips_record(ODD, POOR, ODD, "F"), clips_record(ODD, GOOD),
        clips_record("a", GOOD, metric="mAP0.5", boxes="own", seeds=(0, 1)),
    ]  # fmt: skip
    options = Comparison.Params(layout=layout, standalone=True, intervals=True, published=True)
    alone = Comparison(options).render(material(records))[f"{layout}.tex"]
    kept = [r for r in records if LAYOUTS[layout].keep(r)]
    paper = (
        "\\documentclass[twocolumn]{article}\n\\usepackage{booktabs,graphicx}\n"
        f"\\begin{{document}}\n{render(arrange(layout, kept, 'best', False))}\\end{{document}}\n"
    )
    for name, text in ((layout, alone), ("paper", paper)):
        (tmp_path / f"{name}.tex").write_text(text, encoding="utf-8")
        done = subprocess.run(
            ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", f"{name}.tex"],
            cwd=tmp_path, capture_output=True, text=True, errors="replace", timeout=120,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout[-2000:]
        if not shutil.which("pdftotext"):
            continue
        page = subprocess.run(
            ["pdftotext", "-layout", f"{name}.pdf", "-"],
            cwd=tmp_path,
            capture_output=True,
            text=True,
        ).stdout
        assert "0.800" in page and "Table 1" in page
        if layout in ("comparison", "segmentation"):
            assert "50% $x$ #1 <i>" in page and "\u2191" in page, page
