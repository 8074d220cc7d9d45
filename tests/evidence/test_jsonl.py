"""Files as JSON lines and back."""

from __future__ import annotations

import base64
import io
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from consent.errors import LANGS, CodedError
from evidence import LAYOUTS, decode_lines, encode_lines, to_line
from evidence.faults import FieldMissing, NotAscii, UnknownField
from evidence.field import NOWHERE
from evidence.file_faults import CountMismatch, LayoutNotSpecified, SizeMismatch, WrongSequence
from evidence.jsonl import LONGEST, NotBase64, NotJson, WrongOrder, WrongShape
from evidence.tally import Tally
from tests.evidence.samples import SIZES, closing, raw_file
from tests.evidence.strategies import values_for


def decoded(raw: bytes) -> list[str]:
    return [to_line(record) for record in decode_lines(io.BytesIO(raw))]


def encoded(lines: list[str]) -> bytes:
    out = io.BytesIO()
    size = encode_lines(lines, out)
    assert size == len(out.getvalue())
    return out.getvalue()


@pytest.mark.parametrize("code", ["FB0110", "FB0420"])
@pytest.mark.parametrize("tail", [b"", b" ", b"    "])
def test_every_size_of_evidence_comes_back_byte_for_byte(code: str, tail: bytes) -> None:
    pieces = [(b"\x30" * size)[: size - len(tail)] + tail for size in SIZES if size >= len(tail)]
    raw = raw_file(code, pieces)
    assert encoded(decoded(raw)) == raw


def test_lines_come_back_byte_for_byte() -> None:
    raw = raw_file("FB0410", [b"", b"", b""])
    assert encoded(decoded(raw)) == raw


@pytest.mark.parametrize("code", sorted(LAYOUTS))
@settings(max_examples=30, deadline=None)
@given(data=st.data())
def test_any_texts_the_tables_allow_come_back_byte_for_byte(code: str, data: st.DataObject) -> None:
    layout = LAYOUTS[code]
    pieces = data.draw(st.lists(st.binary(max_size=1700), max_size=3))
    raw = layout.header.encode(data.draw(values_for(layout.header)) | {"record_count": str(len(pieces))})
    tally = Tally(layout)
    for number, evidence in enumerate(pieces, 1):
        values = data.draw(values_for(layout.data)) | {"sequence": str(number)}
        assert list(tally.data(values, NOWHERE)) == []
        if layout.evidence is None:
            raw += layout.data.encode(values)
            continue
        whole = layout.data.encode(values | {"evidence_size": str(len(evidence))}) + evidence
        raw += whole + b" " * (-len(whole) % 1024)
    raw += layout.trailer.encode(closing(tally))
    assert encoded(decoded(raw)) == raw


def test_an_object_says_part_sequence_fields_and_evidence() -> None:
    header, first, second, trailer = decode_lines(io.BytesIO(raw_file("FB0110", [b"der", b""])))
    assert header["part"] == "header"
    assert set(first) == {"part", "sequence", "fields", "evidence"}
    assert (first["part"], first["sequence"]) == ("data", 1)
    assert base64.b64decode(str(first["evidence"])) == b"der"
    assert "evidence" not in second
    assert trailer["fields"] == {"record_type": "T", "file_code": "FB0110", "total": "0000000002", "filler": ""}


def test_constants_and_the_key_sequence_may_be_left_out() -> None:
    raw = raw_file("FB0110", [b"der"])
    objects = [json.loads(line) for line in decoded(raw)]
    for record in objects:
        for name in ("record_type", "filler", "filler_1", "filler_2", "van_id", "realtime"):
            record["fields"].pop(name, None)
        record.pop("sequence", None)
    assert encoded([json.dumps(record) for record in objects]) == raw


def changed(code: str, number: int, **fields: object) -> list[str]:
    """A sound file's lines with fields of one line changed; None takes a field away."""
    lines = decoded(raw_file(code, [b"der" if code != "FB0410" else b"", b""]))
    record = json.loads(lines[number - 1])
    for name, text in fields.items():
        if text is None:
            del record["fields"][name]
        else:
            record["fields"][name] = text
    lines[number - 1] = json.dumps(record)
    return lines


@pytest.mark.parametrize(
    ("number", "fields", "expected"),
    [
        (2, {"payer_number": None}, FieldMissing),
        (2, {"payer_no": "1"}, UnknownField),
        (2, {"payer_number": "홍길동"}, NotAscii),
        (2, {"payer_number": "\ud800"}, NotAscii),
        (2, {"evidence_size": "4"}, SizeMismatch),
        (3, {"sequence": "3"}, WrongSequence),
        (4, {"total": "3"}, CountMismatch),
        (1, {"record_count": "3"}, CountMismatch),
        (1, {"file_code": "FB0510"}, LayoutNotSpecified),
        (2, {"payer_number": 1}, WrongShape),
    ],
)
def test_fields_that_do_not_fit_are_refused_with_their_line(
    number: int, fields: dict[str, object], expected: type[CodedError]
) -> None:
    with pytest.raises(expected) as caught:
        encoded(changed("FB0110", number, **fields))
    if expected in {FieldMissing, UnknownField, NotAscii, SizeMismatch, WrongSequence}:
        assert f"(line {number})" in caught.value.message("en")
    assert all(caught.value.message(lang) and caught.value.remedy(lang) for lang in LANGS)


@pytest.mark.parametrize(
    "line",
    ["", "{", "[]", "1", '"x"', "null", "[" * 100_000, b"\xff\xfe", '{"part": "header", "part": "header"}', "9" * 5000],
)
def test_what_is_no_object_is_refused(line: str | bytes) -> None:
    expected = WrongOrder if line == "" else NotJson
    with pytest.raises(expected) as caught:
        encode_lines([line], io.BytesIO())
    assert all(caught.value.message(lang) and caught.value.remedy(lang) for lang in LANGS)


def test_a_line_of_endless_length_is_refused() -> None:
    with pytest.raises(NotJson):
        encode_lines([" {" + " " * LONGEST + "}"], io.BytesIO())


@pytest.mark.parametrize(
    ("changes", "key"),
    [
        ({"part": "data "}, "part"),
        ({"part": []}, "part"),
        ({"fields": []}, "fields"),
        ({"fields": None}, "fields"),
        ({"more": 1}, "'more'"),
        ({"sequence": "1"}, "sequence"),
        ({"sequence": True}, "sequence"),
        ({"sequence": 9}, "sequence"),
        ({"evidence": 1}, "evidence"),
        ({"evidence": None}, "evidence"),
    ],
)
def test_objects_of_another_shape_are_refused(changes: dict[str, object], key: str) -> None:
    lines = decoded(raw_file("FB0110", [b"der"]))
    lines[1] = json.dumps(json.loads(lines[1]) | changes)
    with pytest.raises(WrongShape) as caught:
        encode_lines(lines, io.BytesIO())
    assert caught.value.details == {"line": 2, "key": key}
    assert all(caught.value.message(lang) and caught.value.remedy(lang) for lang in LANGS)


def test_evidence_belongs_to_data_only() -> None:
    lines = decoded(raw_file("FB0110", [b"der"]))
    lines[0] = json.dumps(json.loads(lines[0]) | {"evidence": ""})
    with pytest.raises(WrongShape):
        encode_lines(lines, io.BytesIO())
    lines = decoded(raw_file("FB0410", [b""]))
    lines[1] = json.dumps(json.loads(lines[1]) | {"evidence": "ZGVy"})
    with pytest.raises(SizeMismatch):
        encode_lines(lines, io.BytesIO())


def test_evidence_is_base64() -> None:
    lines = decoded(raw_file("FB0110", [b"der"]))
    lines[1] = json.dumps(json.loads(lines[1]) | {"evidence": "Z?Vy"})
    with pytest.raises(NotBase64) as caught:
        encode_lines(lines, io.BytesIO())
    assert all(caught.value.message(lang) and caught.value.remedy(lang) for lang in LANGS)


@pytest.mark.parametrize("order", [[], [1], [0], [0, 1], [0, 0, 2], [1, 0, 2], [0, 1, 2, 2], [0, 1, 2, 1], [2]])
def test_lines_come_as_header_data_trailer(order: list[int]) -> None:
    lines = decoded(raw_file("FB0110", [b"der"]))
    with pytest.raises(WrongOrder) as caught:
        encode_lines([lines[at] for at in order], io.BytesIO())
    assert all(caught.value.message(lang) and caught.value.remedy(lang) for lang in LANGS)


def test_empty_lines_are_passed_over() -> None:
    raw = raw_file("FB0110", [b"der"])
    assert encoded(["", *decoded(raw), "\n"]) == raw
