"""A report as one HTML page that stands alone: no script, nothing loaded, everything escaped."""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from pathlib import Path
from typing import Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template
from markupsafe import Markup

from consent.errors import Lang
from verifier.reports.facts import Report
from verifier.reports.glyphs import anywhere
from verifier.reports.page import page_of

_TEMPLATES: Final = Path(__file__).with_name("templates")


def as_html(report: Report, lang: Lang, *, masked: bool = False) -> bytes:
    """The page, in UTF-8; the same report gives the same bytes.

    Args:
        report: what there is to say.
        lang: of all words.
        masked: leave out the signed text and the names of certificate holders who are no authorities.
    """
    style = (_TEMPLATES / "report.css").read_text(encoding="utf-8")
    style_hash = "sha256-" + base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    page = page_of(report, lang, has_glyph=anywhere, masked=masked)
    # The style sheet is ours, and holds nothing of the report.
    return _template().render(**page, style=Markup(style), style_hash=style_hash).encode()  # noqa: S704


@cache
def _template() -> Template:
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES), autoescape=True, undefined=StrictUndefined, keep_trailing_newline=True
    )
    return environment.get_template("report.html")
