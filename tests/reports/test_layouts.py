"""The papers' tables by name: arrangement, marks, captions, bold."""

import re
from typing import get_args

import pytest

from selfbench.errors import DataError
from selfbench.reports import latex
from selfbench.reports.comparison import Comparison
from selfbench.reports.layouts import BOLD, LAYOUTS, arrange, describe_layouts, select_records
from tests.reports.samples import GOOD, POOR, clips_record, record


def printed(records, layout="comparison", bold="significant", intervals=False):
    return latex.render(arrange(layout, select_records(layout, records), bold, intervals), layout)


def test_every_layout_can_be_asked_for():
    field = Comparison.Params.model_fields["layout"]
    assert set(get_args(field.annotation)) == set(LAYOUTS)
    assert describe_layouts() in field.description
    assert "Croitoru et al. 2019, Tables 1 to 3" in describe_layouts()


def test_the_caption_says_what_bold_means():
    rows = [clips_record("a", GOOD), clips_record("b", POOR)]
    for bold in ("significant", "best"):
        assert latex.escape(BOLD[bold]) in printed(rows, bold=bold)
    assert "Bold" not in printed(rows[:1]), "one method wins nothing"


def test_intervals():
    tex = printed([clips_record("a", GOOD)], intervals=True)
    low, high = map(float, re.search(r"a & 0.800 \[([\d.]+), ([\d.]+)\] ", tex).groups())
    assert 0.7 <= low < 0.8 < high <= 0.9
    assert "95 \\% bootstrap interval over clips" in tex


def test_the_caption_names_version_protocol_and_seeds():
    tex = printed([clips_record("a", GOOD, seeds=(0, 1, 2)), clips_record("b", POOR)])
    (caption,) = re.findall(r"\\caption\{(.*)\}", tex)
    assert "Comparison on d." in caption and "version 0a1b2c3d" in caption
    assert "6 clips, frames all" in caption and "over 1 or 3 seeds (0, 1, 2)" in caption


def test_segmentation_has_masks_and_marks():
    records = [
        clips_record("a", GOOD),
        clips_record("b", POOR, supervision=("RAFT, learnt from true flow",)),
        clips_record("c", POOR, supervision=("COCO masks",)),
        clips_record("e", POOR, supervision=None),
        clips_record("a", GOOD, metric="CorLoc", boxes="mask"),
    ]
    tex = printed(records, "segmentation")
    assert "CorLoc" not in tex
    for row in (r"a\textsuperscript{s} &", r"b\textsuperscript{w} &", r"c\textsuperscript{d} &",
                "\ne &"):  # fmt: skip
        assert row in tex
    assert "b was given: RAFT, learnt from true flow." in tex


def test_detection_is_side_by_side_without_empty_rows():
    records = [
        clips_record("a", GOOD, "d", "mAP0.5", boxes="own"),
        clips_record("b", POOR, "d", "mAP0.5", boxes="own"),
        clips_record("a", POOR, "e", "mAP0.5", boxes="own"),
        clips_record("a", POOR, "e", "J"),
    ]
    tex = printed(records, "detection")
    assert tex.count(r"\begin{tabular}") == 2 and tex.count("b\\textsuperscript{s} &") == 1
    assert "J $" not in tex


def test_ablation_rows_are_settings():
    changed = (("k", 2), ("x", 0.5))
    records = [clips_record("m", GOOD), clips_record("m [k=2, x=0.5]", POOR, changed=changed)]
    tex = printed(records, "ablation")
    assert "Setting & J" in tex and "\nas it is & " in tex and "\nk=2, x=0.5 & 0.500" in tex
    two = printed([*records, clips_record("n", POOR)], "ablation")
    assert "\nm: k=2, x=0.5 &" in two and "\nn: as it is &" in two


def test_ablation_rows_that_settings_do_not_tell_apart_keep_their_names():
    tex = printed([clips_record("m [post=crf]", GOOD), clips_record("m", POOR)], "ablation")
    assert "\nm {[}post=crf] &" in tex and "\nm &" in tex


def test_benchmarks_are_transposed():
    records = [clips_record("a", GOOD), clips_record("b", POOR, supervision=("a flow network",)),
               clips_record("a", POOR, "e")]  # fmt: skip
    tex = printed(records, "benchmarks")
    assert "Dataset & a & b" in tex
    assert "\nd J $\\uparrow$ & \\textbf{0.800} & 0.500" in tex
    assert "\ne J $\\uparrow$ & 0.500 & --" in tex
    assert "Trained with labels & no & yes" in tex


def test_layouts_without_a_number_say_what_they_expect():
    with pytest.raises(DataError, match=r"layout 'detection' has no number.*only J"):
        select_records("detection", [record("a")])
    with pytest.raises(DataError, match="no scores to show"):
        select_records("detection", [])
