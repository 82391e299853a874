"""The page in a headless Chromium: it sorts, opens, slides, and never complains."""

import shutil
from dataclasses import replace

import numpy as np
import pytest

from selfbench.contracts import LABELS, StoredRun
from selfbench.reports.html import HtmlReport
from tests.reports.samples import material, record, soft_square, store_run

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
ODD = 'bright_x <b>&"%$# é'  # a method's name, shown as it is


@pytest.fixture(scope="module")
def chromium():
    sync_api = pytest.importorskip("playwright.sync_api")
    system = next(filter(None, map(shutil.which, BROWSERS)), None)
    with sync_api.sync_playwright() as play:
        try:
            browser = play.chromium.launch(executable_path=system, args=["--no-sandbox"])
        except sync_api.Error:
            pytest.skip("there is no Chromium: `apt install chromium` or `playwright install`")
        yield browser
        browser.close()


def records():
    """Two methods and somebody's masks on one dataset, one of them on another, two protocols."""
    rows = [
        record(method, dataset, mean=mean, threshold=rule, seeds=seeds, std=std,
               usual_threshold=rule == "best-J")
        for method, dataset, mean, seeds, std in (
            ("bright", "toy", 0.75, (0, 1), 0.01),
            ("learner", "toy", 0.5, (0, 1), 0.02),
            ("bright", "toy [clips=1]", 0.7, (0,), None),
        )
        for rule in ("best-J", "0.5")
    ]  # fmt: skip
    return [*rows, record(ODD, "toy", mean=0.6, threshold=LABELS)]


@pytest.fixture(scope="module")
def page_file(tmp_path_factory):
    """Two methods with two seeds, one of them with a hole in its results, one that failed."""
    folder = tmp_path_factory.mktemp("browser")
    runs = [store_run(folder, method, seed) for method in ("bright", "learner") for seed in (0, 1)]
    one_clip = store_run(folder / "one", "bright", clips=1, dataset="toy [clips=1]")
    mine = store_run(folder, "mine", mask=lambda frame: (soft_square(frame) > 60).astype(np.uint8),
                     levels={LABELS: 0.0})  # fmt: skip
    failed = StoredRun(folder, {"method": "faulty", "dataset": "toy", "seed": 0, "key": "k",
                                "status": "running"}, "toy", "faulty")  # fmt: skip
    shown = [*runs, one_clip, replace(mine, method=ODD)]
    page = HtmlReport().render(material(records(), runs=shown, unfinished=[failed]))["report.html"]
    (folder / "report.html").write_text(page, encoding="utf-8")
    return folder / "report.html"


@pytest.fixture
def tab(chromium, page_file):
    tab = chromium.new_page(viewport={"width": 1280, "height": 800}, color_scheme="light")
    trouble = []
    tab.on("console", lambda message: trouble.append(message.text))
    tab.on("pageerror", lambda error: trouble.append(str(error)))
    schemes = []
    tab.on("request", lambda request: schemes.append(request.url[:5]))
    tab.goto(page_file.as_uri())
    yield tab
    tab.close()
    assert not trouble
    assert set(schemes) <= {"file:", "data:"}, "nothing comes from a network"


def column(tab, place) -> list[str]:
    return [row.locator("th, td").nth(place).inner_text() for row in tab.locator("tbody tr").all()]


def pixels(tab, canvas) -> str:
    tab.wait_for_function("c => c.width > 300", arg=canvas.element_handle())
    return canvas.evaluate("c => c.toDataURL()")


def test_the_leaderboard_sorts_and_missing_cells_come_last(tab):
    head = tab.locator("thead tr:last-child button")
    head.filter(has_text="Method").click()
    assert column(tab, 0) == sorted(column(tab, 0), key=str.lower)
    last = head.count() - 1  # a dataset that only one method was run on
    for place, missing in ((1, 0), (last, 2)):
        for direction in ("descending", "ascending"):
            head.nth(place).click()
            heads = tab.locator("thead tr:last-child th")
            assert heads.nth(place).get_attribute("aria-sort") == direction
            shown = column(tab, place)
            known = [float(text.split("±")[0]) for text in shown if text != "–"]
            assert known == sorted(known, reverse=direction == "descending")
            assert shown[len(known) :] == ["–"] * missing


def test_odd_names_are_shown_as_they_are(tab):
    assert any(name.startswith("bright_x <b>&") for name in column(tab, 0))
    assert tab.locator("main b").count() == 0


def test_a_number_opens_its_frames_and_they_the_browser(tab):
    tab.locator("tbody .value").first.click()
    drawer = tab.locator(".drawer")
    kinds = drawer.locator(".kind").all_inner_texts()
    assert {"worst", "median"} <= set(kinds)
    pixels(tab, drawer.locator("canvas").first)
    drawer.locator(".thumb").first.click()
    assert "/frames/" in tab.url and tab.locator(".panels canvas").count() >= 2


def test_the_slider_moves_the_mask_and_its_score(tab):
    tab.goto(tab.url + "#/frames/toy/test-0/0")
    panel = tab.locator(".panel[data-id]").first
    tab.locator("#level").focus()
    readings = set()
    for key, text in (("Home", "0.05"), ("End", "0.95")):
        tab.keyboard.press(key)
        assert tab.locator("#level-text").inner_text() == text
        panel.locator(".reading", has_text=f"at {text}").wait_for()
        readings.add((pixels(tab, panel.locator("canvas")), panel.locator(".reading").inner_text()))
    assert len({picture for picture, _ in readings}) == 2 == len({score for _, score in readings})
    tab.locator("#own").click()
    panel.locator(".reading").filter(has_not_text="thumbnail").wait_for()


def test_the_thumbnail_scores_what_the_score_stage_did(tab):
    """The toy frames are not scaled, so that both must say the same at each method's own level."""
    tab.goto(tab.url + "#/frames/toy/test-0/0")
    for panel in tab.locator(".panel[data-id]").all():
        panel.locator(".reading", has_text="at").wait_for()
        stored = float(panel.locator(".reading b").inner_text().removeprefix("J "))
        drawn = float(panel.locator("canvas").get_attribute("data-score"))
        assert stored == pytest.approx(drawn, abs=6e-4) and 0 < drawn <= 1


def test_the_keyboard(tab):
    tab.keyboard.press("f")
    tab.locator(".strip").wait_for()
    first = tab.locator(".position").inner_text()
    tab.keyboard.press("ArrowRight")
    tab.wait_for_function("t => document.querySelector('.position').textContent !== t", arg=first)
    tab.keyboard.press("o")
    assert tab.locator('[data-value="errors"]').get_attribute("aria-pressed") == "true"
    tab.keyboard.press(".")
    assert tab.locator("#level-text").inner_text() != "own"
    tab.keyboard.press("?")
    assert tab.locator("dialog[open] kbd").count() > 8
    tab.keyboard.press("Escape")
    assert tab.locator("dialog[open]").count() == 0
    tab.keyboard.press("l")
    tab.locator("tbody .value").first.focus()
    tab.keyboard.press("ArrowRight")
    tab.keyboard.press("Enter")
    tab.locator(".drawer").wait_for()


def test_light_and_dark(tab):
    def ground():
        return tab.evaluate("getComputedStyle(document.body).backgroundColor")

    light = ground()
    tab.keyboard.press("t")
    dark = ground()
    assert light != dark
    tab.emulate_media(color_scheme="dark")
    assert ground() == dark, "what was chosen stays"
    tab.keyboard.press("t")
    assert ground() == light


def test_one_method_on_one_dataset(tab):
    tab.goto(tab.url + "#/cell/learner/toy")
    assert tab.locator("h1").inner_text() == "learner on toy"
    assert column(tab, 0) == ["test-0", "test-1"]
    tab.locator(".manifest summary").first.click()
    assert '"method": "learner"' in tab.locator(".manifest pre").first.inner_text()


def test_the_runs_and_the_one_that_failed(tab):
    tab.goto(tab.url + "#/runs")
    assert "faulty on toy" in tab.locator("section.notice").inner_text()
    assert tab.locator("tbody tr").count() == 6


def test_an_address_that_leads_nowhere(tab):
    for address in ("#/nowhere", "#/cell/none/toy", "#/frames/none/none/7?runs=99,x", "#/%"):
        tab.goto(tab.url.split("#")[0] + address)
        assert tab.locator("h1").count() == 1
