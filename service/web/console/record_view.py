"""A record of an FB file as a table of fields, each with its bytes and where they stand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from consent.errors import Lang
from evidence import Record, RecordError
from evidence.faults import Part as FilePart
from evidence.faults import Place
from service.fb_view import View, field_name
from service.terminal import visible

_CHARSET: Final = "euc-kr"
_BLANK: Final = "·"
_HIDDEN: Final = "•"


@dataclass(frozen=True)
class FieldView:
    """One field.

    Attributes:
        name: ours.
        label: as a person calls it.
        start: its first byte in the record, from 1 as the specification counts.
        width: in bytes.
        mode: as the specification prints it.
        told: its value as a person reads it, with its meaning; masked where it is personal.
        shown: its bytes as characters, blanks as dots; "" where the record's bytes are not known.
        hexadecimal: its bytes, likewise.
        masked: whether there is a value that is not shown.
        is_blank: whether there is none.
    """

    name: str
    label: str
    start: int
    width: int
    mode: str
    told: str
    shown: str
    hexadecimal: str
    masked: bool
    is_blank: bool


@dataclass(frozen=True)
class Part:
    """A record. `total`: its bytes, without evidence."""

    total: int
    fields: tuple[FieldView, ...]

    @property
    def has_bytes(self) -> bool:
        return any(one.shown for one in self.fields)


def part_of(view: View, table: Record, texts: Mapping[str, str], lang: Lang, *, is_count: bool = False) -> Part:
    """A record from its texts. Texts that make no whole record (only differences were kept) have no bytes."""
    raw = _bytes(table, texts)
    fields = []
    for one in table.fields:
        start = table.offsets[one.name]
        own = b"" if raw is None else raw[start : start + one.width]
        text = one.const if one.const is not None else texts.get(one.name, "")
        shown = view.field(one, text, is_count=is_count)
        characters, hexadecimal = _characters(own), own.hex(" ")
        if shown.masked:
            characters, hexadecimal = _HIDDEN * len(own), " ".join([_HIDDEN * 2] * len(own))
        fields.append(
            FieldView(
                name=one.name,
                label=field_name(one, lang),
                start=start + 1,
                width=one.width,
                mode=one.mode.value,
                told=visible(shown.line(lang)),
                shown=characters,
                hexadecimal=hexadecimal,
                masked=shown.masked,
                is_blank=not text.strip(),
            )
        )
    return Part(table.total, tuple(fields))


def _bytes(table: Record, texts: Mapping[str, str]) -> bytes | None:
    try:
        return table.encode({name: text for name, text in texts.items() if name in table.offsets}, Place(FilePart.DATA))
    except RecordError:
        return None


def _characters(raw: bytes) -> str:
    text = visible(raw.decode(_CHARSET, "replace"), lines=False)
    return text.replace(" ", _BLANK).replace("\u3000", _BLANK * 2)
