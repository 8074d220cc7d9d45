"""`dongui file codes`: what a code means, and under which code a file is sent."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

import click

from consent.errors import Lang
from evidence.codebooks import TRANSMISSIONS, Code, CodeBook, Direction, Transmission, book_rows, books, transmissions
from evidence.layouts import LAYOUTS
from service import options
from service.errors import CodeNotKnown
from service.terminal import json_line, padded

FEW = 2  # fields of a book whose files are named
Found = tuple[list[tuple[CodeBook, Code]], list[Transmission]]


@click.command(name="codes")
@click.argument("codes", metavar="[CODE]...", nargs=-1)
@options.json_flag
@click.pass_context
def command(context: click.Context, codes: tuple[str, ...], as_json: bool) -> None:
    """What codes in FB files mean; all of them where none is named.

    CODE is a response code such as 7124, a value of a field such as 81 or N, a transmission code such as Y03 or IY3, or
    a file code such as FB0320. What is the same in several fields is shown for each.
    """
    lang: Lang = context.obj
    rows, ways = _find(codes) if codes else _everything()
    click.echo(json_line(_as_json(rows, ways)) if as_json else "\n".join(_as_text(rows, ways, lang)))


def _everything() -> Found:
    return [(book, row) for book in books() for row in book.codes], list(TRANSMISSIONS)


def _find(codes: tuple[str, ...]) -> Found:
    """In the order of the books, whatever the order asked.

    Raises:
        CodeNotKnown: one of them is in no book.
    """
    wanted = [code.upper() for code in codes]
    for code in wanted:
        if not any(book_rows(code)) and not any(transmissions(code)):
            raise CodeNotKnown(code)
    rows, ways = _everything()
    return (
        [(book, row) for book, row in rows if row.code in wanted],
        [way for way in ways if {way.file, way.code, way.integrated} & set(wanted)],
    )


def _as_json(rows: list[tuple[CodeBook, Code]], ways: list[Transmission]) -> dict[str, object]:
    return {
        "codes": [
            {
                "code": row.code,
                "ko": row.ko,
                "en": row.en,
                "note_ko": row.note,
                "note_en": row.note_en,
                "used_by": row.used_by,
                "in_order": row.in_order,
                "book": book.name,
                "clause": book.clause,
                "fields": list(book.fields),
            }
            for book, row in rows
        ],
        "transmissions": [
            {
                "file": way.file,
                "direction": way.direction.value,
                "code": way.code,
                "integrated": way.integrated,
                "over_internet": way.over_internet,
                "receiver": way.receiver,
                "clause": way.clause,
                "note_ko": way.note,
                "note_en": way.note_en,
            }
            for way in ways
        ],
    }


def _as_text(rows: list[tuple[CodeBook, Code]], ways: list[Transmission], lang: Lang) -> Iterator[str]:
    korean = lang == "ko"
    for book, group in groupby(rows, key=lambda pair: pair[0]):
        yield f"{book.ko if korean else book.en} ({', '.join((book.clause, *_files(book)))})"
        for _, row in group:
            used = f" [{row.used_by if korean else _USED_BY[row.used_by]}]" if row.used_by else ""
            yield f"  {row.code:<5} {row.ko if korean else row.en}{used}"
            note = row.note if korean else row.note_en
            if note:
                yield f"        {note}"
    if ways:
        yield _WORDS[lang]["ways"]
        yield from (_way(way, lang) for way in ways)


def _files(book: CodeBook) -> Iterator[str]:
    """Which files have its fields; response codes stand in many, by their clause."""
    for layout in LAYOUTS.values():
        if len(book.fields) <= FEW and any(set(book.fields) & set(record.offsets) for _, record in layout.parts):
            yield layout.code


def _way(way: Transmission, lang: Lang) -> str:
    words = _WORDS[lang]
    codes = padded(f"{way.code} ({words['integrated'].format(code=way.integrated or words['none'])})", 30)
    remarks = [
        words[way.direction],
        words["internet"] if way.over_internet else "",
        words["receiver"].format(code=way.receiver) if way.receiver else "",
        way.note if lang == "ko" else way.note_en,
    ]
    return f"  {way.file:<7} {codes} {', '.join(filter(None, remarks))} ({way.clause})"


_USED_BY = {"통합기관": "institute", "금융회사": "bank", "이용기관": "institution", "펌VAN사": "VAN"}
_WORDS: dict[Lang, dict[str, str]] = {
    "en": {
        "ways": "Transmission codes (chapter 5)",
        "integrated": "all banks in one: {code}",
        "none": "none",
        Direction.SEND: "sent by the institution",
        Direction.RECEIVE: "received by the institution",
        "internet": "over the internet zone",
        "receiver": "receiver {code}",
    },
    "ko": {
        "ways": "파일구분코드(제5장)",
        "integrated": "통합처리: {code}",
        "none": "없음",
        Direction.SEND: "업체송신",
        Direction.RECEIVE: "업체수신",
        "internet": "인터넷존",
        "receiver": "수신자코드 {code}",
    },
}
