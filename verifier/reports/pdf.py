"""A report as a PDF: archivable (PDF/A-2a), accessible (PDF/UA-1), its fonts inside.

The template is the only source that Typst reads. What the report says goes in as data, of which Typst evaluates
nothing; the template neither imports packages nor reads files, and fonts are those beside it and Typst's own.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Final

import typst

from consent.errors import CodedError, Lang
from verifier.reports.facts import Report
from verifier.reports.glyphs import FONTS, in_font
from verifier.reports.page import page_of

_TEMPLATES: Final = Path(__file__).with_name("templates")
_NOWHERE: Final = _TEMPLATES / "no-packages"


class PdfNotMade(CodedError):
    """The typesetter refused the report."""

    code = "CMS-193"

    def __init__(self) -> None:
        super().__init__()


def as_pdf(report: Report, lang: Lang, *, masked: bool = False) -> bytes:
    """The document; the same report gives the same bytes.

    Args:
        report: what there is to say.
        lang: of all words.
        masked: leave out the signed text and the names of certificate holders who are no authorities.

    Raises:
        PdfNotMade: Typst refused it.
    """
    page = page_of(report, lang, has_glyph=in_font, masked=masked)
    try:
        compiler = typst.Compiler(
            (_TEMPLATES / "report.typ").read_bytes(),
            root=_TEMPLATES,
            font_paths=_fonts(),
            ignore_system_fonts=True,
            sys_inputs={"report": json.dumps(page, ensure_ascii=False)},
            package_path=_NOWHERE,
            package_cache_path=_NOWHERE,
        )
        made = compiler.compile(format="pdf", pdf_standards=["a-2a", "ua-1"], timestamp=report.made_at)
    except typst.TypstError as error:
        raise PdfNotMade from error
    if not isinstance(made, bytes):
        raise PdfNotMade
    return made


@cache
def _fonts() -> typst.Fonts:
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=True, font_paths=[FONTS])
