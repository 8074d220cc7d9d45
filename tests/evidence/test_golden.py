"""Files and records put together by hand, without the layouts, against what is read and written."""

from __future__ import annotations

import io

import pytest

from evidence import LAYOUTS, FoundEvidence, Record, answer_fb0410, check
from evidence.faults import FieldTooLong, WrongConstant
from tests.evidence.golden_vectors import VECTORS
from tests.evidence.samples import DAY, built, cancellation, registration
from tests.evidence.spec_tables import TABLES

DER = b"0\x82\x02\x71" + b"\x20" * 621  # 625 bytes, the last of them SPACE

FB0110_HEADER = (b"HFB0110VKN9912345678          20260601" + b" " * 30 + b"0040000000002").ljust(1024)
FB0110_REGISTRATION = (
    b"D0000000001"
    + b" " * 30
    + b"202606010900101       9912345678          N          "
    + b"PAYER-0001                    "
    + b"00400000000000001      2der 0000625"
    + b" " * 200
    + b"N"
    + b" " * 40
    + DER
).ljust(2048)
FB0110_CANCELLATION = (
    b"D0000000002"
    + b" " * 30
    + b"2026060110000000000   9912345678          N          "
    + b"PAYER-0002                    "
    + b"08800000000000002      2    0000000"
    + b" " * 200
    + b"Y"
    + b" " * 40
).ljust(1024)
FB0110_TRAILER = b"TFB01100000000002".ljust(1024)

IDENTITY_1 = b"11234567890" + b"9912345678".ljust(30) + b"P1".ljust(30) + b"004" + b"1".ljust(20)
IDENTITY_2 = b"21234567890" + b"9912345678".ljust(30) + b"P2".ljust(30) + b"088" + b"2".ljust(20)
FB0410_LINES = (
    (b"HFB0410VKN9912345678          20260601VANID" + b" " * 25 + b"0040000000002").ljust(400),
    (b"D0000000001" + IDENTITY_1 + b"202605012").ljust(400),
    (b"D0000000002" + IDENTITY_2 + b"202605022").ljust(400),
    b"TFB04100000000002".ljust(400),
)
FB0420_HEADER = (b"HFB0420VKN9912345678          20260601VANID" + b" " * 25 + b"0040000000002").ljust(1024)
FB0420_FOUND = (b"D0000000001" + IDENTITY_1 + b"202606017Yder 0000625" + b" " * 274 + DER).ljust(2048)
FB0420_MISSING = (b"D0000000002" + IDENTITY_2 + b"202605022N    0000000").ljust(1024)
FB0420_TRAILER = b"TFB04200000000002".ljust(1024)


def test_fb0110_is_what_the_specification_draws() -> None:
    raw = built([registration(DER), cancellation()])
    assert raw[:1024] == FB0110_HEADER
    assert raw[1024:3072] == FB0110_REGISTRATION
    assert raw[3072:4096] == FB0110_CANCELLATION
    assert raw[4096:] == FB0110_TRAILER


def test_fb0420_is_what_the_specification_draws() -> None:
    request = b"".join(line + b"\r\n" for line in FB0410_LINES)
    assert check(io.BytesIO(request)).sound
    found = FoundEvidence(applied_on=DAY, evidence_kind="7", extension="der", evidence=DER)
    out = io.BytesIO()
    answer_fb0410(io.BytesIO(request), lambda one: found if one.payer_number == "P1" else None, out)
    raw = out.getvalue()
    assert raw[:1024] == FB0420_HEADER
    assert raw[1024:3072] == FB0420_FOUND
    assert raw[3072:4096] == FB0420_MISSING
    assert raw[4096:] == FB0420_TRAILER


def printed(table: tuple[str, str]) -> list[tuple[str, bytes]]:
    """Every field of a golden record: its text, and its bytes by the second transcription's mode and width (2.3 나)."""
    rows = [row for row in TABLES[table][0] if row[2] != "Binary"]
    texts = VECTORS[table].replace("↵", "\r\n").split("|")
    pairs = zip(rows, texts, strict=True)
    return [
        (text, text.encode().rjust(row[3], b"0") if row[2] == "N" else text.encode().ljust(row[3]))
        for row, text in pairs
    ]


def record_of(table: tuple[str, str]) -> Record:
    code, part = table
    return next(record for name, record in LAYOUTS[code].parts if name == part)


@pytest.mark.parametrize("table", TABLES, ids="-".join)
def test_every_field_is_read_and_written_as_it_is_printed(table: tuple[str, str]) -> None:
    record, fields = record_of(table), printed(table)
    raw = b"".join(piece for _, piece in fields)
    values = {field.name: text for field, (text, _) in zip(record.fields, fields, strict=True)}
    assert len(raw) == TABLES[table][1]
    assert record.decode(raw) == values
    assert record.encode(values) == raw


@pytest.mark.parametrize("table", TABLES, ids="-".join)
def test_a_field_that_is_shifted_by_one_byte_is_never_the_same(table: tuple[str, str]) -> None:
    record, fields = record_of(table), printed(table)
    raw = b"".join(piece for _, piece in fields)
    whole = {field.name: text for field, (text, _) in zip(record.fields, fields, strict=True)}
    for shifted in (b" " + raw[:-1], raw[1:] + b" "):
        values, errors = record.read(shifted)
        assert errors
        assert values != whole


@pytest.mark.parametrize("table", TABLES, ids="-".join)
def test_no_field_takes_one_byte_more(table: tuple[str, str]) -> None:
    record, fields = record_of(table), printed(table)
    values = {field.name: text for field, (text, _) in zip(record.fields, fields, strict=True)}
    for field, (_, piece) in zip(record.fields, fields, strict=True):
        expected = FieldTooLong if field.const is None else WrongConstant
        with pytest.raises(expected) as caught:
            record.encode(values | {field.name: "1" * (len(piece) + 1)})
        assert caught.value.field == field.name
