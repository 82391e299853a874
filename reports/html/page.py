"""The page itself: the template, its style and script, and the data, in one text."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

TEMPLATES = Path(__file__).parent / "templates"
SCRIPTS = ("dom", "data", "chart", "picture", "leaderboard", "cell", "frames", "runs", "app")


def render_page(blocks: Mapping[str, Any]) -> str:
    """Return the page with `blocks` in it; each is read by the browser when it is first needed."""
    loader = FileSystemLoader(TEMPLATES)
    environment = Environment(loader=loader, autoescape=True, undefined=StrictUndefined)
    return environment.get_template("page.html").render(
        blocks={name: script_safe(content) for name, content in blocks.items()},
        style=(TEMPLATES / "style.css").read_text("utf-8"),
        scripts=[(TEMPLATES / "js" / f"{name}.js").read_text("utf-8") for name in SCRIPTS],
    )


def script_safe(content: Any) -> str:
    """Return JSON that may stand inside <script>: no text in it can end or open an element."""
    text = json.dumps(_finite(content), separators=(",", ":"), allow_nan=False)
    return text.replace("<", "\\u003c")


def _finite(content: Any) -> Any:
    """NaN and infinity are no JSON: they become null."""
    if isinstance(content, float):
        return content if math.isfinite(content) else None
    if isinstance(content, Mapping):
        return {str(key): _finite(value) for key, value in content.items()}
    if isinstance(content, list | tuple):
        return [_finite(value) for value in content]
    return content
