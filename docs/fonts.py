"""Makes the fonts of PDF reports: Noto Sans CJK KR, cut down to the code points of verifier/reports/fonts/coverage.txt.

The originals are in Debian's package fonts-noto-cjk, in /usr/share/fonts/opentype/noto::

    .venv/bin/python docs/fonts.py /usr/share/fonts/opentype/noto

Bold is for Dongui's own words and goes without Hanja. The same originals give the same bytes.
"""
# ruff: noqa: INP001 - a script, not a package

from __future__ import annotations

import sys
from pathlib import Path
from typing import Final

from fontTools import subset
from fontTools.ttLib import TTFont

from verifier.reports.glyphs import FONTS, covered

KOREAN: Final = 1
"""Which of the faces in the collection is "Noto Sans CJK KR"."""


def main(originals: Path) -> None:
    for weight in ("Regular", "Bold"):
        code_points = [c for c in sorted(covered()) if weight == "Regular" or not is_hanja(c)]
        options = subset.Options(hinting=False, layout_features=[], name_IDs=["*"], notdef_outline=True)
        font = TTFont(originals / f"NotoSansCJK-{weight}.ttc", fontNumber=KOREAN, recalcTimestamp=False)
        subsetter = subset.Subsetter(options)
        subsetter.populate(unicodes=code_points)
        subsetter.subset(font)
        font.save(FONTS / f"NotoSansCJKkr-{weight}.otf")


def is_hanja(code_point: int) -> bool:
    return 0x3400 <= code_point <= 0x9FFF or 0xF900 <= code_point <= 0xFAFF


if __name__ == "__main__":
    main(Path(sys.argv[1]))
