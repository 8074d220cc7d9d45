"""Records of FB files as a person reads them: fields by name, codes with their meaning, personal data masked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from dataclasses import field as attribute
from datetime import date
from typing import Final

from consent.errors import Lang
from evidence import DataRecord, Field, Header, Mode, Record, Trailer
from evidence.banks import Bank, Banks
from evidence.codebooks import meaning
from service.inspection import MASK

QUANTITIES: Final = frozenset({"sequence", "record_count", "evidence_size"})  # and every number in a trailer


@dataclass(frozen=True)
class Shown:
    """One field of a record.

    Attributes:
        field: its row of the table.
        text: as it stands there, or masked.
        told: the same as a person writes it: dates with hyphens, counts without zeros.
        ko: what it means, in Korean; "" where it is no code.
        en: the same in English.
        masked: whether a text was there and is not shown.
    """

    field: Field
    text: str = attribute(repr=False)
    told: str = attribute(repr=False)
    ko: str = ""
    en: str = ""
    masked: bool = False

    def line(self, lang: Lang) -> str:
        """Value and meaning."""
        means = self.ko if lang == "ko" else self.en
        return f"{self.told} ({means})" if means else self.told


@dataclass(frozen=True)
class View:
    """How records are to be shown.

    Attributes:
        banks: names of bank codes.
        day: on which the codes are to hold: the file's own, once its header has been read.
        unmask: show personal data too.
    """

    banks: Banks
    day: date
    unmask: bool

    def fields(self, item: Header | DataRecord | Trailer) -> Iterator[Shown]:
        """Every field of the record that the table leaves free, blank ones too."""
        record = record_of(item)
        for one in record.fields:
            if one.const is None:
                yield self.field(one, item.fields[one.name], is_count=isinstance(item, Trailer))

    def field(self, one: Field, text: str, *, is_count: bool = False) -> Shown:
        if one.personal and text and not self.unmask:
            return Shown(one, MASK, MASK, masked=True)
        ko, en = self._means(one, text)
        return Shown(one, text, told(one, text, is_count=is_count), ko, en)

    def _means(self, one: Field, text: str) -> tuple[str, str]:
        if one.name.endswith("bank_code") and text:
            return bank_means(self.banks.of(text), self.day)
        known = meaning(one.name, text)
        if known is None:
            return "", ""
        if not (known.note and known.used_by):  # some codes differ in their note alone
            return known.ko, known.en
        return f"{known.ko}: {known.note}", f"{known.en}: {known.note_en}"


def record_of(item: Header | DataRecord | Trailer) -> Record:
    """The table that a record is read by."""
    if isinstance(item, DataRecord):
        return item.layout.data
    return item.layout.header if isinstance(item, Header) else item.layout.trailer


def field_name(field: Field, lang: Lang) -> str:
    """What a field is called: as the specification prints it, or our name in plain words."""
    return field.ko if lang == "ko" else field.name.replace("_", " ")


def day_of(header: Mapping[str, str], otherwise: date) -> date:
    """The day that a file is of (처리기준일자)."""
    text = header.get("process_date", "")
    return date(int(text[:4]), int(text[4:6]), int(text[6:])) if text else otherwise


def told(one: Field, text: str, *, is_count: bool) -> str:
    if one.date and text.strip("0"):
        day = f"{text[:4]}-{text[4:6]}-{text[6:8]}"
        return f"{day} {text[8:10]}:{text[10:12]}:{text[12:]}" if text[8:] else day
    if one.mode is Mode.N and text and (is_count or one.name in QUANTITIES):
        return f"{int(text):,}"
    return text


def bank_means(known: tuple[Bank, ...], day: date) -> tuple[str, str]:
    """The bank's name on that day; of a code that does not hold then, what is known of it."""
    if not known:
        return "코드표에 없음", "not in the table of codes"
    bank = next((one for one in known if one.holds_on(day)), known[-1])
    if bank.holds_on(day):
        return bank.ko, bank.en
    if bank.until is not None and bank.until < day:
        now = (f", 승계 {bank.successor}", f", now {bank.successor}") if bank.successor else ("", "")
        return f"{bank.ko}, {bank.until}까지{now[0]}", f"{bank.en}, until {bank.until}{now[1]}"
    return f"{bank.ko}, {bank.valid_from}부터", f"{bank.en}, from {bank.valid_from}"
