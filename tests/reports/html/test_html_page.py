import json
import re

from selfbench.reports.html.page import render_page, script_safe

NAME = "</script><b> & \"%_$#' ü"


def test_no_text_can_end_its_script():
    text = script_safe({NAME: [NAME, float("nan"), (1, 2.5)]})
    assert "<" not in text and json.loads(text) == {NAME: [NAME, None, [1, 2.5]]}


def test_nothing_comes_from_elsewhere():
    page = render_page({"index": {}, "run-0": [NAME]})
    assert not re.findall(r"(?:src|href|url|import)\W{1,3}(?:https?:)?//\S*", page)
    assert "default-src 'none'" in page
    (block,) = re.findall(r'<script type="application/json" id="run-0">(.*?)</script>', page)
    assert json.loads(block) == [NAME]
