"""The papers' tables by name: arrangement, marks, captions, bold, and that LaTeX takes them."""

import re
import shutil
import subprocess

import numpy as np
import pytest

from selfbench.contracts import ClipValue
from selfbench.errors import DataError
from selfbench.reports import latex
from selfbench.reports.comparison import Comparison
from selfbench.reports.layouts import BOLD, LAYOUTS
from selfbench.reports.supervision import letter
from tests.reports.test_comparison import record


def of(method, values, dataset="d", metric="J", seeds=(0,), **more):
    """A record with a value per clip, as the store gives it."""
    clips = tuple(ClipValue(f"c{i}", v, 1.0) for i, v in enumerate(values))
    more = {
        "std": 0.01 if len(seeds) > 1 else None,
        "supervision": (),
        "version": "0a1b2c3d",
    } | more
    return record(
        method, dataset, metric, mean=float(np.mean(values)), per_clip=clips, seeds=seeds,
        clips=len(values), runs=tuple(f"{dataset}/m/k/seed-{s}" for s in seeds), **more,
    )  # fmt: skip


def files(records, **options):
    return Comparison(Comparison.Params(**options)).render(records)


GOOD, POOR = [0.8, 0.7, 0.9, 0.8, 0.7, 0.9], [0.5, 0.4, 0.6, 0.5, 0.4, 0.6]


def test_bold_is_a_lead_that_is_larger_than_chance():
    sure = files([of("a", GOOD), of("b", POOR)])["comparison.tex"]
    assert r"a & \textbf{0.800} \\" in sure and r"b & 0.500 \\" in sure
    assert latex.escape(BOLD["significant"]) in sure
    few = files([of("a", GOOD[:5]), of("b", POOR[:5])])["comparison.tex"]
    assert r"a & \underline{0.780} \\" in few, "five clips cannot tell"
    best = files([of("a", GOOD[:5]), of("b", POOR[:5])], bold="best")["comparison.tex"]
    assert r"a & \textbf{0.780} \\" in best and r"b & \underline{0.480} \\" in best
    assert latex.escape(BOLD["best"]) in best


def test_intervals():
    tex = files([of("a", GOOD)], intervals=True)["comparison.tex"]
    low, high = map(float, re.search(r"a & 0.800 \[([\d.]+), ([\d.]+)\] ", tex).groups())
    assert 0.7 <= low < 0.8 < high <= 0.9
    assert "95 \\% bootstrap interval over clips" in tex


def test_the_caption_names_version_protocol_and_seeds():
    tex = files([of("a", GOOD, seeds=(0, 1, 2)), of("b", POOR)])["comparison.tex"]
    (caption,) = re.findall(r"\\caption\{(.*)\}", tex)
    assert "Comparison on d." in caption and "version 0a1b2c3d" in caption
    assert "6 clips, frames all" in caption and "over 1 or 3 seeds (0, 1, 2)" in caption


def test_rows_of_different_versions_say_so():
    tex = files([of("a", GOOD), of("b", POOR, version="ffffffff")])["comparison.tex"]
    assert "different versions of its frames" in tex


def test_segmentation_has_masks_and_marks():
    records = [
        of("a", GOOD), of("b", POOR, supervision=("RAFT, learnt from true flow",)),
        of("c", POOR, supervision=("COCO masks",)), of("e", POOR, supervision=None),
        of("a", GOOD, metric="CorLoc", boxes="mask"),
    ]  # fmt: skip
    made = files(records, layout="segmentation")
    tex, md = made["segmentation.tex"], made["segmentation.md"]
    assert "CorLoc" not in tex and "aˢ" in md and "cᵈ" in md
    for row in (r"a\textsuperscript{s} &", r"b\textsuperscript{w} &", "\ne &"):
        assert row in tex
    assert "b was given: RAFT, learnt from true flow." in tex


@pytest.mark.parametrize(
    ("given", "mark"),
    [
        (None, ""),
        ((), "s"),
        (("ImageNet weights (resnet18)",), "s"),
        (("known background",), "s"),
        (("ImageNet weights (resnet18)", "RAFT, learnt from the true flow of videos"), "w"),
        (("the truth",), "d"),
    ],
)
def test_marks(given, mark):
    assert letter(given) == mark


def test_detection_is_side_by_side_without_empty_rows():
    records = [
        of("a", GOOD, "d", "mAP0.5", boxes="own"), of("b", POOR, "d", "mAP0.5", boxes="own"),
        of("a", POOR, "e", "mAP0.5", boxes="own"), of("a", POOR, "e", "J"),
    ]  # fmt: skip
    tex = files(records, layout="detection")["detection.tex"]
    assert tex.count(r"\begin{tabular}") == 2 and tex.count("b\\textsuperscript{s} &") == 1
    assert "J $" not in tex


def test_ablation_rows_are_settings():
    records = [of("m", GOOD), of("m [k=2, x=0.5]", POOR, changed=(("k", 2), ("x", 0.5)))]
    tex = files(records, layout="ablation")["ablation.tex"]
    assert "Setting & J" in tex and "\nas it is & " in tex and "\nk=2, x=0.5 & 0.500" in tex
    two = files([*records, of("n", POOR)], layout="ablation")["ablation.tex"]
    assert "\nm: k=2, x=0.5 &" in two and "\nn: as it is &" in two


def test_benchmarks_are_transposed():
    records = [of("a", GOOD), of("b", POOR, supervision=("a flow network",)), of("a", POOR, "e")]
    tex = files(records, layout="benchmarks")["benchmarks.tex"]
    assert "Dataset & a & b" in tex
    assert "\nd J $\\uparrow$ & \\textbf{0.800} & 0.500" in tex
    assert "\ne J $\\uparrow$ & 0.500 & --" in tex
    assert "Trained with labels & no & yes" in tex


def generation(k, output, values):
    params = (("generation", k), ("generations", 2), ("output", output))
    changed = ((("generation", k),) if k else ()) + (("output", output),)
    name = "t [" + ", ".join(f"{a}={b}" for a, b in changed) + "]"
    return of(name, values, params=params, changed=changed)


def test_generations_with_means_and_gain():
    """S4 Table 1; generation 0 is the last."""
    records = [
        generation(1, "low", [0.5, 0.6]), generation(0, "low", [0.6, 0.7]),
        generation(1, "unet", [0.7, 0.8]), generation(0, "unet", [0.9, 0.8]),
    ]  # fmt: skip
    rows = files(records, layout="generations")["generations.md"].splitlines()
    cells = [[c.strip() for c in row.split("|")[1:-1]] for row in rows if row.startswith("|")]
    assert cells[0] == ["Generation", "output=low", "output=unet", "Mean"]
    assert cells[2] == ["d J: Generation 1", "0.550", "0.750", "0.650"]
    assert cells[3] == ["d J: Generation 2", "0.650", "0.850", "0.750"]
    assert cells[4] == ["d J: Gain", "0.100", "0.100", "0.100"]


def test_layouts_without_a_number_say_what_they_expect():
    with pytest.raises(DataError, match=r"layout 'detection' has no number.*only J"):
        files([of("a", GOOD)], layout="detection")
    with pytest.raises(DataError, match="several values of 'generation'"):
        files([of("a", GOOD)], layout="generations")


ODD = r'a_b & 50% $x$ #1 <i> "q" {z} ~^\ [k=1] é ł λ Ω 漢 ✓'


@pytest.mark.skipif(not shutil.which("pdflatex"), reason="pdflatex is not installed")
@pytest.mark.parametrize("layout", LAYOUTS)
def test_pdflatex_prints_what_it_should(layout, tmp_path):
    """Alone and inside a two-column paper; the numbers are read back from the page."""
    records = [
        generation(1, "low", GOOD), generation(0, "low", POOR), of(ODD, POOR, ODD, "F"),
        of(ODD, GOOD), of("a", GOOD, metric="mAP0.5", boxes="own", seeds=(0, 1)),
    ]  # fmt: skip
    made = files(records, layout=layout, standalone=True, intervals=True, published=True)
    body = files(records, layout=layout)[f"{layout}.tex"]
    paper = (
        "\\documentclass[twocolumn]{article}\n\\usepackage{booktabs,graphicx}\n"
        f"\\begin{{document}}\n{body}\\end{{document}}\n"
    )
    for name, text in ((layout, made[f"{layout}.tex"]), ("paper", paper)):
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
