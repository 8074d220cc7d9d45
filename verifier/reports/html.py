"""A report as one HTML page that stands alone: no script, nothing loaded, everything escaped."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, Final

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
    page = page_of(report, lang, has_glyph=anywhere, masked=masked)
    return rendered("report.html", ("report.css",), page)


def rendered(template: str, style_sheets: Sequence[str], page: Mapping[str, Any]) -> bytes:
    """A page by one of the templates, with its style sheets inside; nothing else may be loaded or run by it."""
    style = "".join((_TEMPLATES / name).read_text(encoding="utf-8") for name in style_sheets)
    style_hash = "sha256-" + base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    # The style sheets are ours, and hold nothing of the report.
    return _template(template).render(**page, style=Markup(style), style_hash=style_hash).encode()  # noqa: S704


@cache
def _template(name: str) -> Template:
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES), autoescape=True, undefined=StrictUndefined, keep_trailing_newline=True
    )
    return environment.get_template(name)
