"""What is particular to the files beside FB0110, FB0410 and FB0420: echoes, counts, line ends, blanks (ADR 0040)."""

from __future__ import annotations

import io

import pytest

from consent.errors import LANGS
from evidence import (
    LAYOUTS,
    DataRecord,
    Fault,
    Field,
    FieldError,
    Header,
    Mode,
    RecordError,
    Trailer,
    check,
    decode_lines,
    encode_lines,
    read_file,
    scan,
    to_line,
    write_file,
)
from evidence.faults import FieldBlank, NotADate, ValueNotAllowed, WrongConstant
from evidence.file_faults import (
    AfterTrailer,
    CannotContinue,
    CountMismatch,
    CutShort,
    LineEndsVary,
    NoTrailer,
    SoundDespiteErrors,
    SumMismatch,
)
from evidence.jsonl import WrongShape
from tests.evidence.samples import FIELDS, header_of, raw_file, with_field

LINES = sorted(code for code, layout in LAYOUTS.items() if layout.evidence is None)


def errors(raw: bytes) -> list[RecordError]:
    found = [item.error for item in scan(io.BytesIO(raw)) if isinstance(item, Fault)]
    assert all(error.message(lang) and error.remedy(lang) for error in found for lang in LANGS)
    return found


def types(raw: bytes) -> list[type[RecordError]]:
    return [type(error) for error in errors(raw)]


def trailer_changed(code: str, raw: bytes, **texts: str) -> bytes:
    layout = LAYOUTS[code]
    for name, text in texts.items():
        width = layout.trailer.field(name).width
        raw = with_field(code, raw, "trailer", name, text.rjust(width, "0").encode(), at=len(raw) - layout.stride)
    return raw


def written(code: str, records: list[dict[str, str]], **trailer: str) -> bytes:
    out = io.BytesIO()
    layout = LAYOUTS[code]
    write_file(out, layout, header_of(layout), [(one, b"") for one in records], trailer=lambda: trailer)
    return out.getvalue()


def trailer_of(raw: bytes) -> dict[str, str]:
    last = list(read_file(io.BytesIO(raw)))[-1]
    assert isinstance(last, Trailer)
    return last.fields


@pytest.mark.parametrize("code", LINES)
@pytest.mark.parametrize("count", [0, 1, 3])
def test_every_file_of_lines_reads_back_what_is_written(code: str, count: int) -> None:
    raw = raw_file(code, [b""] * count)
    layout = LAYOUTS[code]
    assert len(raw) == (count + 2) * layout.stride
    assert types(raw) == []
    assert check(io.BytesIO(raw)).sound
    out = io.BytesIO()
    encode_lines([to_line(line) for line in decode_lines(io.BytesIO(raw))], out)
    assert out.getvalue() == raw


# counts


def test_fb0120_lists_the_rejected_by_their_numbers_in_fb0110() -> None:
    records = [FIELDS["FB0120"] | {"sequence": number} for number in ("7", "3", "12")]
    raw = written("FB0120", records, total="12", accepted="9")
    header, *data, end = read_file(io.BytesIO(raw))
    assert isinstance(header, Header)
    assert header.fields["record_count"] == "0000000003"
    assert [one.fields["sequence"].lstrip("0") for one in data if isinstance(one, DataRecord)] == ["7", "3", "12"]
    assert isinstance(end, Trailer)
    assert {name: int(end.fields[name]) for name in ("total", "accepted", "rejected")} == {
        "total": 12,
        "accepted": 9,
        "rejected": 3,
    }


def test_fb0120_without_errors_is_a_header_and_a_trailer() -> None:
    assert trailer_of(written("FB0120", [], total="4", accepted="4"))["rejected"] == "0000000000"


def test_fb0120_is_not_written_with_counts_that_disagree() -> None:
    with pytest.raises(SumMismatch) as caught:
        written("FB0120", [FIELDS["FB0120"] | {"sequence": "1"}], total="4", accepted="4")
    assert caught.value.response_code == "7124"


def test_the_rejected_of_fb0120_are_its_data_records() -> None:
    raw = trailer_changed("FB0120", raw_file("FB0120", [b""]), rejected="2", accepted="1")
    (error,) = errors(raw)
    assert isinstance(error, CountMismatch)
    assert (error.field, error.response_code) == ("rejected", "7123")


@pytest.mark.parametrize(
    ("code", "changes", "field"),
    [
        ("FB0120", {"accepted": "3"}, "accepted"),
        ("FB0120", {"total": "4"}, "accepted"),
        ("FB0221", {"accepted": "2", "rejected": "1"}, "accepted"),
        ("FB0221", {"accepted": "0"}, "accepted"),
        ("FB0222", {"cancel_rejected": "1"}, "cancel_accepted"),
        ("FB0222", {"register_accepted": "1"}, "register_accepted"),
    ],
)
def test_counts_of_a_trailer_that_do_not_add_up_give_7124(code: str, changes: dict[str, str], field: str) -> None:
    (error,) = errors(trailer_changed(code, raw_file(code, [b""]), **changes))
    assert isinstance(error, SumMismatch)
    assert (error.field, error.response_code) == (field, "7124")


def test_counts_that_cannot_be_read_are_not_added_up() -> None:
    raw = raw_file("FB0221", [b""])
    bad = with_field("FB0221", raw, "trailer", "accepted", b"x" * 10, at=len(raw) - 402)
    assert SumMismatch not in types(bad)
    assert len(types(bad)) == 1


def test_fb0221_counts_by_its_receipts() -> None:
    refused = FIELDS["FB0221"] | {"receipt_code": "7305", "new_institution_code": "", "new_payer_number": ""}
    end = trailer_of(written("FB0221", [FIELDS["FB0221"], refused, FIELDS["FB0221"]]))
    assert (end["total"], end["accepted"], end["rejected"]) == ("0000000003", "0000000002", "0000000001")


def test_fb0222_counts_both_banks_and_takes_2401_and_2501_for_in_order() -> None:
    def one(cancel: str, register: str) -> dict[str, str]:
        return FIELDS["FB0222"] | {"cancel_code": cancel, "register_code": register}

    end = trailer_of(written("FB0222", [one("2401", "0000"), one("2403", "2501"), one("7401", "7401")]))
    names = ("total", "cancel_accepted", "cancel_rejected", "register_accepted", "register_rejected")
    assert [int(end[name]) for name in names] == [3, 1, 2, 2, 1]


@pytest.mark.parametrize(("code", "sound"), [("0000", "Y"), ("7114", "N")])
def test_fb0421_says_whether_all_of_it_was_in_order(code: str, sound: str) -> None:
    end = trailer_of(written("FB0421", [FIELDS["FB0421"], FIELDS["FB0421"] | {"response_code": code}], requested="3"))
    assert (end["sound"], end["requested"], end["total"]) == (sound, "0000000003", "0000000002")


def test_fb0421_that_is_sound_despite_errors_is_refused() -> None:
    raw = trailer_changed("FB0421", raw_file("FB0421", [b""] * 2, response_code="7122"), sound="Y")
    (error,) = errors(raw)
    assert isinstance(error, SoundDespiteErrors)
    assert error.details["refused"] == 2
    assert types(trailer_changed("FB0421", raw_file("FB0421", [b""]), sound="N")) == []


# line ends of FB0620


def with_line_ends(raw: bytes) -> bytes:
    return b"".join(raw[at : at + 400] + b"\r\n" for at in range(0, len(raw), 400))


@pytest.mark.parametrize("count", [0, 1, 3])
def test_fb0620_is_read_with_line_ends_too_and_comes_back_so(count: int) -> None:
    raw = with_line_ends(raw_file("FB0620", [b""] * count))
    assert len(raw) == (count + 2) * 402
    items = list(read_file(io.BytesIO(raw)))
    assert [item.offset for item in items] == [402 * at for at in range(count + 2)]
    assert isinstance(items[0], Header)
    assert items[0].line_end == "\r\n"
    lines = [to_line(line) for line in decode_lines(io.BytesIO(raw))]
    assert sum("line_end" in line for line in lines) == 1
    out = io.BytesIO()
    assert encode_lines(lines, out) == len(raw)
    assert out.getvalue() == raw


def test_line_ends_vary_within_no_file() -> None:
    raw = with_line_ends(raw_file("FB0620", [b""] * 2))
    assert types(raw[:802] + b"  " + raw[804:]) == [LineEndsVary, CannotContinue]
    assert types(raw[:802] + raw[804:])[:1] == [LineEndsVary]
    assert types(raw[:-2]) == [LineEndsVary]
    assert types(raw[:-1]) == [LineEndsVary]
    assert types(raw[:-2] + b"\n\r") == [LineEndsVary]
    assert types(raw + b"\r\n") == [AfterTrailer]
    bare = raw_file("FB0620", [b""] * 2)
    assert types(bare + b"\r\n") == [AfterTrailer]
    assert CannotContinue in types(bare[:800] + b"\r\n" + bare[800:])


@pytest.mark.parametrize("ends", [False, True])
def test_fb0620_cut_at_any_byte_is_never_accepted(ends: bool) -> None:
    raw = raw_file("FB0620", [b"", b""])
    raw = with_line_ends(raw) if ends else raw
    for cut in range(7, len(raw)):
        assert types(raw[:cut])[-1] in {CutShort, NoTrailer, LineEndsVary}, cut


def test_only_a_file_that_is_printed_without_line_ends_has_them_in_json() -> None:
    lines = [to_line(line) for line in decode_lines(io.BytesIO(raw_file("FB0320")))]
    for at, text in ((0, '"\\r\\n"'), (0, '"\\n"'), (0, "1"), (1, '""')):
        changed = list(lines)
        changed[at] = changed[at][:-1] + f', "line_end": {text}}}'
        with pytest.raises(WrongShape) as caught:
            encode_lines(changed, io.BytesIO())
        assert caught.value.details["key"] == "line_end"


# what may be blank, and what an echo may hold


@pytest.mark.parametrize(
    ("code", "changes"),
    [
        ("FB0120", {"applied_on": "20261399", "holder_id_type": "7", "realtime": "", "bank_code": "X"}),
        ("FB0120", {"holder_id_type": "", "evidence_size": "", "account_number": "", "evidence_type": "9"}),
        ("FB0421", {"applied_on": "HELLO", "request_type": "9", "business_number": "", "evidence_size": ""}),
        ("FB0421", {"evidence_present": "X", "payer_number": "", "extension": "?"}),
        ("FB0222", {"received_on": "", "cancelled_on": "00000000", "registered_on": "", "cancel_code": ""}),
        ("FB0222", {"new_institution_code": "", "new_payer_number": "", "service_kind": "", "receipt_code": "0000"}),
        ("FB0221", {"receipt_code": "7319", "new_institution_code": "", "new_payer_number": "", "service_kind": ""}),
        ("FB0620", {"institution_code": "", "payer_number": "", "account_number": "", "applied_on": "00000000"}),
        ("FB0620", {"extra_id": "", "failure_code": "93", "sub_institution_code": "SUB"}),
        ("FB0933", {"changed_on": "00000000"}),
    ],
)
def test_what_may_come_is_read(code: str, changes: dict[str, str]) -> None:
    raw = raw_file(code, [b""], **changes)
    assert types(raw) == []
    assert check(io.BytesIO(raw)).sound


@pytest.mark.parametrize(
    ("code", "name", "text", "expected", "response_code"),
    [
        ("FB0120", "response_code", b"    ", FieldBlank, "7199"),
        ("FB0211", "change_channel", b"2", ValueNotAllowed, "7118"),
        ("FB0211", "requested_at", b"20260631000000", NotADate, "7114"),
        ("FB0211", "requested_at", b"20260630240000", NotADate, "7114"),
        ("FB0221", "sub_institution_name", b"\xa1\xa1" * 40, WrongConstant, "7199"),
        ("FB0221", "received_on", b"00000000", NotADate, "7114"),
        ("FB0221", "service_kind", b"4", ValueNotAllowed, "7103"),
        ("FB0222", "cancelled_on", b"20260231", NotADate, "7199"),
        ("FB0320", "cancel_type", b" ", FieldBlank, "7101"),
        ("FB0320", "ledger_date", b"00000000", NotADate, "7199"),
        ("FB0320", "payer_number", b" " * 30, FieldBlank, "7107"),
        ("FB0620", "submitter_type", b"4", ValueNotAllowed, "7199"),
        ("FB0910", "service_kind", b"2", WrongConstant, "7103"),
        ("FB0933", "applied_on", b"00000000", NotADate, "7114"),
    ],
)
def test_what_may_not_come_is_refused(
    code: str, name: str, text: bytes, expected: type[FieldError], response_code: str
) -> None:
    layout = LAYOUTS[code]
    (error,) = errors(with_field(code, raw_file(code, [b""]), "data", name, text, at=layout.stride))
    assert isinstance(error, expected)
    assert (error.field, error.response_code) == (name, response_code)


def test_a_change_that_is_taken_says_where_it_goes_on() -> None:
    raw = raw_file("FB0221", [b""], new_institution_code="", new_payer_number="")
    (outcome,) = check(io.BytesIO(raw)).outcomes
    assert outcome.response_code == "7190"
    assert [fault.field for fault in outcome.faults] == ["new_institution_code", "new_payer_number"]
    with pytest.raises(FieldBlank):
        written("FB0221", [FIELDS["FB0221"] | {"new_payer_number": ""}])


def test_the_counts_of_an_integrated_fb0221_may_be_blank() -> None:
    assert types(raw_file("FB0221", [b""], declared="")) == []
    for code in LINES:
        if code != "FB0221":
            raw = with_field(code, raw_file(code, [b""]), "header", "record_count", b" " * 10)
            assert types(raw) == [FieldBlank], code


def test_a_date_that_may_not_be_blank_may_not_be_zeros() -> None:
    with pytest.raises(NotADate):
        Field("day", "날", Mode.N, 8, date=True).encode("00000000")
    assert Field("day", "날", Mode.N, 8, date=True, blank_ok=True).encode("") == b" " * 8
