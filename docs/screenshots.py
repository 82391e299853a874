"""Take the pictures of docs/html-report.md: `python docs/screenshots.py results/report.html`.

Needs playwright and a Chromium.
"""

from __future__ import annotations

import argparse
import io
import shutil
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, sync_playwright


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("report", type=Path)
    parser.add_argument("--output", type=Path, default=Path(__file__).parent / "images")
    given = parser.parse_args()
    with sync_playwright() as play:
        chromium = play.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox"]
        )
        for theme in ("light", "dark"):
            tab = chromium.new_page(
                viewport={"width": 1280, "height": 800}, color_scheme=theme, device_scale_factor=1.5
            )
            tab.goto(given.report.resolve().as_uri())
            tab.locator("tbody .value").first.click()
            keep(tab, given.output / f"html-leaderboard-{theme}.webp")
            tab.locator(".thumb").nth(1).click()
            if theme == "dark":
                tab.keyboard.press("o")
            keep(tab, given.output / f"html-frames-{theme}.webp")
            tab.close()
        tab = chromium.new_page(viewport={"width": 1280, "height": 800}, color_scheme="light")
        tab.goto(given.report.resolve().as_uri() + "#/cell/proposal-is/fs-singles-sim")
        keep(tab, given.output / "html-method-light.webp", whole=True)
        chromium.close()


def keep(tab: Page, path: Path, whole: bool = False) -> None:
    """Save what is shown as WebP: a fifth of the bytes of a PNG."""
    tab.mouse.move(0, 0)
    tab.wait_for_timeout(1500)  # canvases are painted when their pictures are decoded
    shot = Image.open(io.BytesIO(tab.screenshot(full_page=whole))).convert("RGB")
    shot.save(path, quality=85, method=6)
    print(path)


if __name__ == "__main__":
    main()
