"""Reading files: what comes back, what is refused and where, and when the reading goes on."""

from __future__ import annotations

import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from consent.errors import LANGS
from evidence import LAYOUTS, DataRecord, Fault, Header, Part, RecordError, Trailer, read_file, scan
from evidence.faults import FieldBlank, NotADate, NotNumeric, WrongConstant
from evidence.file_faults import (
    AfterTrailer,
    CannotContinue,
    CountMismatch,
    CutShort,
    EmptyFile,
    LayoutNotSpecified,
    NotAnFbFile,
    NotARecord,
    NoTrailer,
    PaddingNotBlank,
    WrongSequence,
)
from evidence.rules import EvidenceTooLarge
from tests.evidence.samples import SIZES, raw_file, with_field

CODES = tuple(LAYOUTS)
BLOCK_FILES = ("FB0110", "FB0420")


def faults(raw: bytes) -> list[Fault]:
    """Everything told about these bytes; each can be said in both languages."""
    found = [item for item in scan(io.BytesIO(raw)) if isinstance(item, Fault)]
    assert all(fault.error.message(lang) and fault.error.remedy(lang) for fault in found for lang in LANGS)
    return found


def errors(raw: bytes) -> list[type[RecordError]]:
    return [type(fault.error) for fault in faults(raw)]


def numbers(raw: bytes) -> list[int]:
    """Of the data records that came through."""
    return [item.sequence for item in scan(io.BytesIO(raw)) if isinstance(item, DataRecord)]


@pytest.mark.parametrize("code", BLOCK_FILES)
@pytest.mark.parametrize("size", SIZES)
def test_evidence_comes_back_by_its_declared_length(code: str, size: int) -> None:
    evidence = bytes(at % 251 for at in range(size))
    raw = raw_file(code, [evidence])
    header, record, trailer = read_file(io.BytesIO(raw))
    assert isinstance(header, Header)
    assert isinstance(record, DataRecord)
    assert isinstance(trailer, Trailer)
    assert record.evidence == evidence
    assert record.offset == 1024
    assert len(raw) == 2048 + -(-(400 + size) // 1024) * 1024
    assert trailer.offset == len(raw) - 1024


@pytest.mark.parametrize(("size", "blocks"), [(0, 1), (624, 1), (625, 2), (1648, 2), (1649, 3), (10_240, 11)])
def test_the_fixed_part_and_the_evidence_share_their_blocks(size: int, blocks: int) -> None:
    assert len(raw_file("FB0110", [b"x" * size])) == (2 + blocks) * 1024


@pytest.mark.parametrize("evidence", [b"x" * 620 + b"    ", b" " * 624, b" ", b"x" * 700 + b" "])
def test_evidence_that_ends_in_space_keeps_it(evidence: bytes) -> None:
    _, record, _ = read_file(io.BytesIO(raw_file("FB0110", [evidence])))
    assert isinstance(record, DataRecord)
    assert record.evidence == evidence


@pytest.mark.parametrize("code", CODES)
def test_a_file_without_data_records_is_sound(code: str) -> None:
    assert errors(raw_file(code, [])) == []
    assert len(list(read_file(io.BytesIO(raw_file(code, []))))) == 2


def test_the_header_of_fb0110_may_leave_its_count_blank() -> None:
    assert errors(raw_file("FB0110", [b"x"], declared="")) == []


def test_the_header_of_fb0420_may_not() -> None:
    raw = with_field("FB0420", raw_file("FB0420", [b"x"]), "header", "record_count", b" " * 10)
    assert errors(raw) == [FieldBlank]


@pytest.mark.parametrize("code", [*BLOCK_FILES, "FB0222", "FB0410"])
def test_a_file_cut_at_any_byte_is_never_accepted(code: str) -> None:
    raw = raw_file(code, [b"x" * 700, b""] if code in BLOCK_FILES else [b"", b""])
    ends = {EmptyFile, NotAnFbFile, LayoutNotSpecified, CutShort, NoTrailer}
    for cut in range(len(raw)):
        assert errors(raw[:cut])[-1] in ends, cut
        with pytest.raises(RecordError):
            list(read_file(io.BytesIO(raw[:cut])))


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=40), st.sampled_from(CODES), st.integers(0, 3000), st.integers(0, 60))
def test_no_damage_raises_anything_but_coded_errors(noise: bytes, code: str, at: int, dropped: int) -> None:
    raw = raw_file(code, [b"x" * 700, b"y"] if code in BLOCK_FILES else [b"", b""])
    damaged = raw[:at] + noise + raw[at + dropped :]
    try:
        list(read_file(io.BytesIO(damaged)))
    except RecordError:
        assert faults(damaged)
    else:
        assert errors(damaged) == []


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=3000))
def test_any_bytes_at_all_are_read_without_an_exception(raw: bytes) -> None:
    assert faults(raw)


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (b"", EmptyFile),
        (b"\0" * 5000, NotAnFbFile),
        (b"0\x82 der", NotAnFbFile),
        (b"HFB0999" + b" " * 2000, NotAnFbFile),
        (b"H\xff\xfe\xfd\xfc\xfb\xfa" + b" " * 2000, NotAnFbFile),
        (b"HFB0920" + b" " * 2000, LayoutNotSpecified),
    ],
)
def test_other_files_are_refused_by_what_they_are(raw: bytes, expected: type[RecordError]) -> None:
    assert errors(raw) == [expected]


def test_a_stream_that_hands_out_single_bytes_reads_the_same() -> None:
    class Slow(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            return super().read(min(size or 0, 7))

    raw = raw_file("FB0110", [b"x" * 1000, b"y"])
    assert list(read_file(Slow(raw))) == list(read_file(io.BytesIO(raw)))


def test_a_bad_field_is_told_with_record_offset_field_and_code_and_the_rest_is_read() -> None:
    raw = raw_file("FB0110", [b"x" * 700, b"y", b"z"])
    raw = with_field("FB0110", raw, "data", "applied_on", b"20261301", at=1024)
    (fault,) = faults(raw)
    assert isinstance(fault.error, NotADate)
    assert (fault.part, fault.number, fault.field, fault.response_code) == (Part.DATA, 1, "applied_on", "7114")
    assert fault.offset == 1024 + 41
    assert numbers(raw) == [2, 3]
    for lang in LANGS:
        text = fault.error.message(lang)
        assert "20261301" in text
        assert "신청 일자" in text
        assert "1065" in text
        assert "7114" in text


def test_two_bad_fields_of_a_record_are_both_told() -> None:
    raw = raw_file("FB0110", [b"x", b"y"])
    raw = with_field("FB0110", raw, "data", "applied_on", b"20261301", at=1024)
    raw = with_field("FB0110", raw, "data", "bank_code", b"ABC", at=1024)
    assert len(faults(raw)) == 2
    assert numbers(raw) == [2]


def test_a_wrong_record_type_with_the_due_number_lets_the_reading_go_on() -> None:
    raw = with_field("FB0110", raw_file("FB0110", [b"x" * 700, b"y"]), "data", "record_type", b"X", at=1024)
    assert errors(raw) == [WrongConstant]
    assert faults(raw)[0].response_code == "7115"
    assert numbers(raw) == [2]


def test_what_is_no_record_ends_the_reading() -> None:
    raw = raw_file("FB0110", [b"x", b"y"])
    raw = raw[:1024] + b"\x00" * 1024 + raw[2048:]
    assert errors(raw) == [NotARecord, CannotContinue]


@pytest.mark.parametrize("size", [b"       ", b"00000x1", b"-000001"])
def test_an_illegible_size_ends_the_reading(size: bytes) -> None:
    raw = with_field("FB0110", raw_file("FB0110", [b"x", b"y"]), "data", "evidence_size", size, at=1024)
    assert errors(raw)[-1] is CannotContinue
    assert numbers(raw) == []


def test_a_size_over_the_kinds_limit_is_told_and_the_rest_is_read() -> None:
    raw = raw_file("FB0110", [b"x" * 10_241, b"y"], evidence_type="1", extension="jpg")
    raw = with_field("FB0110", raw, "data", "evidence_type", b"2", at=1024)
    assert errors(raw) == [EvidenceTooLarge]
    assert faults(raw)[0].response_code == "7121"
    assert numbers(raw) == [2]


def test_a_size_over_every_limit_is_passed_over_if_its_bytes_are_there() -> None:
    first = raw_file("FB0110", [b"x"])[:2048]
    first = with_field("FB0110", first, "data", "evidence_size", b"0400000", at=1024)
    record = (first[1024:1424] + b"x" * 400_000).ljust(392 * 1024)
    rest = raw_file("FB0110", [b"x", b"y"])[2048:]
    raw = raw_file("FB0110", [b"x", b"y"])[:1024] + record + rest
    assert errors(raw) == [EvidenceTooLarge]
    assert numbers(raw) == [2]


def test_a_size_of_9_999_999_in_a_short_file_is_refused_at_once() -> None:
    raw = with_field("FB0110", raw_file("FB0110", [b"x", b"y"]), "data", "evidence_size", b"9999999", at=1024)
    assert errors(raw) == [EvidenceTooLarge, CutShort]


def test_a_size_larger_than_the_record_swallows_nothing_silently() -> None:
    """The declared length reaches into the next record: its bytes are not taken for padding."""
    raw = with_field("FB0110", raw_file("FB0110", [b"x", b"y"]), "data", "evidence_size", b"0000700", at=1024)
    assert errors(raw) != []
    with pytest.raises(RecordError):
        list(read_file(io.BytesIO(raw)))


def test_padding_other_than_space_is_refused_with_its_offset() -> None:
    raw = bytearray(raw_file("FB0110", [b"x", b"y"]))
    raw[1024 + 400 + 10] = 0
    (fault,) = faults(bytes(raw))
    assert isinstance(fault.error, PaddingNotBlank)
    assert fault.offset == 1024 + 410
    assert numbers(bytes(raw)) == [2]


@pytest.mark.parametrize("code", [code for code, layout in LAYOUTS.items() if not layout.outcomes])
def test_wrong_counts_in_the_trailer_are_refused(code: str) -> None:
    raw = raw_file(code, [b"", b""], total="3")
    (fault,) = faults(raw)
    assert isinstance(fault.error, CountMismatch)
    assert (fault.part, fault.field, fault.response_code) == (Part.TRAILER, "total", "7123")
    assert fault.error.details["declared"] == 3
    assert fault.error.details["counted"] == 2


@pytest.mark.parametrize("code", CODES)
def test_wrong_counts_in_the_header_are_refused(code: str) -> None:
    (fault,) = faults(raw_file(code, [b"", b""], declared="1"))
    assert isinstance(fault.error, CountMismatch)
    assert (fault.part, fault.field, fault.response_code) == (Part.HEADER, "record_count", "7123")


@pytest.mark.parametrize("code", [code for code in CODES if code != "FB0120"])
def test_sequence_numbers_run_from_one(code: str) -> None:
    raw = raw_file(code, [b""], sequence="7")
    (fault,) = faults(raw)
    assert isinstance(fault.error, WrongSequence)
    assert fault.error.details["expected"] == 1


@pytest.mark.parametrize("code", CODES)
@pytest.mark.parametrize("more", [b" ", b"\r\n", b"HFB0110"])
def test_bytes_behind_the_trailer_are_refused(code: str, more: bytes) -> None:
    raw = raw_file(code, [b""])
    (fault,) = faults(raw + more)
    assert isinstance(fault.error, AfterTrailer)
    assert fault.offset == len(raw)


@pytest.mark.parametrize(("code", "stride"), [(code, layout.stride) for code, layout in LAYOUTS.items()])
def test_a_missing_trailer_is_refused(code: str, stride: int) -> None:
    assert errors(raw_file(code, [b""])[:-stride]) == [NoTrailer]


def test_lines_without_their_line_end_are_not_read_on() -> None:
    raw = raw_file("FB0410", [b"", b""])
    assert errors(raw.replace(b"\r\n", b"\n"))[-1] is CannotContinue
    assert errors(raw.replace(b"\r\n", b"  ")) == [WrongConstant, CannotContinue]
    second = raw[:803] + b" " + raw[804:]  # the LF of the first data record
    assert errors(second) == [WrongConstant, CannotContinue]
    assert numbers(second) == []


def test_a_bad_line_lets_the_reading_go_on() -> None:
    raw = with_field("FB0410", raw_file("FB0410", [b"", b""]), "data", "business_number", b"123456789A", at=402)
    assert errors(raw) == [NotNumeric]
    assert numbers(raw) == [2]


def test_a_trailer_of_another_file_is_refused() -> None:
    raw = raw_file("FB0110", [b""])
    assert errors(raw[:-1023] + b"FB0420" + raw[-1017:]) == [WrongConstant]


def test_records_do_not_show_what_they_hold() -> None:
    _, record, _ = read_file(io.BytesIO(raw_file("FB0110", [b"secret"])))
    assert "PAYER" not in repr(record)
    assert "secret" not in repr(record)
