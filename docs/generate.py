"""Writes the pages that are derived from the code: docs/codes.md and docs/fb-layouts.md.

Run it after a change to the wording catalogue or to a layout::

    .venv/bin/python docs/generate.py
"""
# ruff: noqa: INP001 - a script, not a package

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

from consent.explanations import Explanation, explanations
from consent.wording import Wording, catalogue
from evidence.codes import RESPONSE_CODES
from evidence.field import Field
from evidence.layouts import LAYOUTS, FileLayout
from evidence.record import Record

DOCS: Final = Path(__file__).parent

CODES_HEAD: Final = """\
# Codes

Everything that Dongui refuses or remarks has a code that never changes its meaning. This page lists all of them with
their wording in Korean and English; `→` is what to do. A code without `→` says that a check is satisfied. `{names}` in
braces are filled in: positions, sizes, field names and times, never personal data. Below the wording stands what it
means to somebody who has never dealt with signatures: what is behind it, why it matters and who has to do what. In a
terminal: `dongui --explain CMS-161`.

다음은 Dongui의 모든 코드입니다. 코드마다 안내문, 조치 방법(`→`), 쉬운 말로 쓴 설명이 있습니다. 용어:
[glossary.md](glossary.md).

This page is generated from `consent/texts/*.json` and `consent/texts/explain/*.json` by `docs/generate.py`."""

PREFIXES: Final[Mapping[str, str]] = {
    "CMS": "consent texts, signing, and findings on the signed message",
    "PKI": "trust folders, keys, and findings on certificates",
    "FB": "evidence kinds and FB files",
    "SVC": "the command line",
}

LAYOUTS_HEAD: Final = """\
# FB layouts

Every field of the files that Dongui reads and writes, as 설계서 V3.8 prints them. `offset` counts bytes from 0 within
the record. `value` is the one text a field may hold, the list it may be from, or its form. `code` is the response code
(첨부1 나) that a fault in the field is answered with.

How the files are built: [fb-files.md](fb-files.md). The same tables: `dongui file layouts`, for programs with `--json`.
This page is generated from `evidence/layouts/` by `docs/generate.py`."""


def pages() -> dict[str, str]:
    """Return the text of each generated page by its file name."""
    return {"codes.md": _page(_codes()), "fb-layouts.md": _page(_layouts())}


def main() -> None:
    for name, text in pages().items():
        (DOCS / name).write_text(text, encoding="utf-8")


def _page(blocks: Iterator[str]) -> str:
    return "\n\n".join(blocks) + "\n"


def _codes() -> Iterator[str]:
    yield CODES_HEAD
    for prefix, about in PREFIXES.items():
        yield f"## {prefix}: {about}"
        wordings, meanings = sorted(catalogue(prefix).items()), explanations(prefix)
        yield "\n".join(_index(wordings))
        for code, wording in wordings:
            yield f"### {code}"
            yield _wording(wording)
            yield from _explanation(meanings[code])


def _index(wordings: Sequence[tuple[str, Wording]]) -> Iterator[str]:
    yield "| code | 안내문 | message |"
    yield "|---|---|---|"
    for code, wording in wordings:
        yield f"| [{code}](#{code.lower()}) | {wording.ko} | {wording.en} |"


def _explanation(meaning: Explanation) -> Iterator[str]:
    yield meaning.ko
    yield meaning.en
    if meaning.check:
        yield f"Check `{meaning.check}`" + (f", {meaning.reference}" if meaning.reference else "")


def _wording(wording: Wording) -> str:
    lines = [wording.ko, wording.fix_ko and f"→ {wording.fix_ko}", wording.en, wording.fix_en and f"→ {wording.fix_en}"]
    return "\n".join(f"- {line}" for line in lines if line)


def _layouts() -> Iterator[str]:
    yield LAYOUTS_HEAD
    for layout in LAYOUTS.values():
        yield f"## {layout.code} {layout.ko}: {layout.en}"
        for part, record in layout.parts:
            yield f"### {layout.code} {part.value}, {record.total} bytes"
            yield "\n".join(_table(layout, record))
    yield "## Response codes named above"
    yield "\n".join(_response_codes())


def _table(layout: FileLayout, record: Record) -> Iterator[str]:
    yield "| no | offset | width | mode | name | 항목명 | value | code |"
    yield "|---:|---:|---:|---|---|---|---|---|"
    for no, field in enumerate(record.fields, 1):
        cells = (no, record.offsets[field.name], field.width, field.mode.value, f"`{field.name}`", field.ko)
        yield "| " + " | ".join(map(str, (*cells, _value(field), field.response_code))) + " |"
    if record is layout.data and layout.evidence is not None:
        evidence = layout.evidence
        yield (
            f"| {evidence.no} | {record.total} | `evidence_size` | Binary | `{evidence.name}` | {evidence.ko} | |"
            f" {record.field('evidence_size').response_code} |"
        )


def _value(field: Field) -> str:
    if field.const is not None:
        return f"`{field.const!r}`" if field.const else "SPACE"
    if field.values:
        return ", ".join(f"`{value}`" for value in sorted(field.values))
    if field.date:
        return "YYYYMMDD"
    return f"`{field.pattern}`" if field.pattern else ""


def _response_codes() -> Iterator[str]:
    fields = [field for layout in LAYOUTS.values() for _, record in layout.parts for field in record.fields]
    yield "| code | 내용 | meaning |"
    yield "|---|---|---|"
    for code in sorted({field.response_code for field in fields}):
        row = RESPONSE_CODES[code]
        yield f"| {row.code} | {row.ko} | {row.en} |"


if __name__ == "__main__":
    main()
