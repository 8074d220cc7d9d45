"""Making FB0110."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pytest

from consent.errors import LANGS, CodedError
from evidence import (
    Cancellation,
    DataRecord,
    EvidenceNotVouched,
    RecordError,
    Registration,
    Trailer,
    build_fb0110,
    check,
    read_file,
)
from evidence.faults import (
    EdgeSpace,
    FieldBlank,
    FieldTooLong,
    NotAscii,
    ValueNotAllowed,
    WrongConstant,
    WrongForm,
)
from evidence.file_faults import CountMismatch, NotWritable, SizeMismatch
from evidence.layouts import LAYOUTS
from evidence.rules import EvidenceMissing, EvidenceTooLarge, KindNotAllowed, WrongExtension, WrongHolderId
from evidence.vouching import (
    VerdictForOtherKind,
    VerdictMissing,
    VerdictNotPassed,
    VerdictOfOtherBytes,
    VerdictUnderOtherPolicy,
)
from evidence.writer import write_file
from tests.evidence.samples import DAY, FB0410_FIELDS, SIZES, built, cancellation, registration, verdict_on
from verifier.verdict import Indication


def records_of(raw: bytes) -> list[DataRecord]:
    return [item for item in read_file(io.BytesIO(raw)) if isinstance(item, DataRecord)]


def test_records_are_numbered_and_counted() -> None:
    out = io.BytesIO()
    records: list[Registration | Cancellation] = [registration(), cancellation(), registration(b"\x30" * 700)]
    result = build_fb0110(out, institution_code="9912345678", process_date=DAY, records=iter(records))
    raw = out.getvalue()
    assert [record.sequence for record in records_of(raw)] == [1, 2, 3]
    assert (result.written.records, result.registrations, result.cancellations) == (3, 2, 1)
    assert result.written.size == len(raw) == (1 + 1 + 1 + 2 + 1) * 1024
    assert result.written.sha256 == sha256(raw).digest()
    assert result.notices == ()
    *_, trailer = read_file(io.BytesIO(raw))
    assert isinstance(trailer, Trailer)
    assert trailer.fields["total"] == "0000000003"


def test_the_header_says_what_was_given() -> None:
    header = next(iter(read_file(io.BytesIO(built([])))))
    assert header.fields == {
        "record_type": "H",
        "file_code": "FB0110",
        "van_code": "VKN",
        "institution_code": "9912345678",
        "process_date": "20260601",
        "van_id": "",
        "bank_code": "004",
        "record_count": "0000000000",
        "filler": "",
    }


@pytest.mark.parametrize("size", [size for size in SIZES if size])
def test_evidence_of_every_size_goes_in_and_comes_out(size: int) -> None:
    evidence = b"\x30" * (size - 1) + b" "
    (record,) = records_of(built([registration(evidence)]))
    assert record.evidence == evidence
    assert record.fields["evidence_size"] == f"{size:07}"
    assert record.fields["extension"] == "der"


def test_a_cancellation_carries_no_evidence() -> None:
    raw = built([cancellation()])
    (record,) = records_of(raw)
    assert len(raw) == 3 * 1024
    assert record.evidence == b""
    assert record.fields["cancellation"] == "Y"
    assert (record.fields["evidence_size"], record.fields["extension"]) == ("0000000", "")
    assert check(io.BytesIO(raw)).sound


def test_other_kinds_need_no_verdict() -> None:
    image = registration(b"\xff\xd8" * 100_000, evidence_kind="1", extension="JPG", verdict=None)
    template = registration(b"text", evidence_kind="6", extension="txt", verdict=None)
    assert [record.fields["extension"] for record in records_of(built([image, template]))] == ["jpg", "txt"]


def test_records_of_a_known_number_are_written_alike_and_another_number_is_refused() -> None:
    records = [registration(b"text", evidence_kind="6", extension="txt", verdict=None)] * 2
    out = io.BytesIO()
    build_fb0110(out, institution_code="9912345678", process_date=DAY, records=records, count=2)
    assert [record.sequence for record in records_of(out.getvalue())] == [1, 2]
    for count in (1, 3):
        with pytest.raises(CountMismatch):
            build_fb0110(io.BytesIO(), institution_code="9912345678", process_date=DAY, records=records, count=count)


def test_a_private_certificate_is_kind_7() -> None:
    (record,) = records_of(built([registration(evidence_kind="7")]))
    assert record.fields["evidence_type"] == "7"


@pytest.mark.parametrize(
    ("verdict", "expected"),
    [
        (None, VerdictMissing),
        (verdict_on(b"der", effect=Indication.TOTAL_FAILED), VerdictNotPassed),
        (verdict_on(b"der", effect=Indication.INDETERMINATE), VerdictNotPassed),
        (verdict_on(b"another"), VerdictOfOtherBytes),
        (verdict_on(b"der", policy="cms"), VerdictUnderOtherPolicy),
        (verdict_on(b"der", kinds=frozenset({"7"})), VerdictForOtherKind),
        (verdict_on(b"der", kinds=frozenset()), VerdictForOtherKind),
    ],
)
def test_evidence_that_is_not_vouched_for_refuses_the_file(verdict: object, expected: type[CodedError]) -> None:
    out = io.BytesIO()
    records = [registration(), registration(b"der", verdict=verdict)]
    with pytest.raises(expected) as caught:
        build_fb0110(out, institution_code="9912345678", process_date=DAY, records=records)
    assert isinstance(caught.value, EvidenceNotVouched)
    assert caught.value.details["number"] == 2
    assert out.getvalue() == b""
    assert all(caught.value.message(lang) and caught.value.remedy(lang) for lang in LANGS)


@pytest.mark.parametrize(
    ("changes", "expected", "field", "response_code"),
    [
        ({"extension": "jpg"}, WrongExtension, "extension", "7120"),
        ({"extension": ""}, WrongExtension, "extension", "7120"),
        ({"extension": ".der"}, WrongExtension, "extension", "7120"),
        ({"extension": "derder"}, FieldTooLong, "extension", "7120"),
        ({"evidence_kind": "0"}, KindNotAllowed, "evidence_type", "7119"),
        ({"evidence_kind": ""}, KindNotAllowed, "evidence_type", "7119"),
        ({"evidence_kind": "8"}, ValueNotAllowed, "evidence_type", "7119"),
        ({"evidence": b""}, EvidenceMissing, "evidence_size", "7122"),
        ({"holder_id_type": "9"}, ValueNotAllowed, "holder_id_type", "7108"),
        ({"holder_id": "900132"}, WrongHolderId, "holder_id", "7109"),
        ({"institution_code": ""}, FieldBlank, "institution_code", "7106"),
        ({"payer_number": "1" * 31}, FieldTooLong, "payer_number", "7107"),
        ({"payer_number": "납부자"}, NotAscii, "payer_number", "7107"),
        ({"payer_number": " 1"}, EdgeSpace, "payer_number", "7107"),
        ({"payer_number": "1 "}, EdgeSpace, "payer_number", "7107"),
        ({"bank_code": "4"}, WrongForm, "bank_code", "7104"),
        ({"account_number": ""}, FieldBlank, "account_number", "7105"),
    ],
)
def test_one_bad_record_refuses_the_file_and_is_named(
    changes: dict[str, object], expected: type[RecordError], field: str, response_code: str
) -> None:
    out = io.BytesIO()
    records: list[Registration | Cancellation] = [registration(), cancellation(), registration(**changes)]  # type: ignore[arg-type]
    with pytest.raises(expected) as caught:
        build_fb0110(out, institution_code="9912345678", process_date=DAY, records=records)
    error = caught.value
    assert (error.number, error.field, error.response_code) == (3, field, response_code)
    assert 3 * 1024 <= error.offset < 3 * 1024 + 400
    assert out.getvalue() == b""
    assert all(error.message(lang) and error.remedy(lang) for lang in LANGS)


@pytest.mark.parametrize(
    ("kind", "extension", "size"), [("2", "der", 10_241), ("7", "der", 10_241), ("1", "jpg", 307_201)]
)
def test_evidence_over_its_size_is_refused(kind: str, extension: str, size: int) -> None:
    with pytest.raises(EvidenceTooLarge) as caught:
        built([registration(b"x" * size, evidence_kind=kind, extension=extension)])
    assert (caught.value.details["got"], caught.value.details["limit"]) == (size, size - 1)
    assert caught.value.response_code == "7121"


def test_evidence_too_large_for_the_field_is_refused() -> None:
    with pytest.raises(FieldTooLong) as caught:
        built([registration(b"x" * 10_000_000, evidence_kind="1", extension="jpg")])
    assert caught.value.response_code == "7121"


def test_evidence_close_to_its_limit_is_remarked_on() -> None:
    out = io.BytesIO()
    records = [registration(b"x" * 9_999), registration(b"x" * 10_000), registration(b"x" * 10_240)]
    (notice,) = build_fb0110(out, institution_code="", process_date=DAY, records=records).notices
    assert notice.code == "FB-080"
    assert notice.details == {"count": 2, "first": 2}
    assert all(notice.message(lang) and notice.remedy(lang) for lang in LANGS)


def test_a_bad_header_is_refused_before_any_record_is_taken() -> None:
    def records() -> Iterator[Registration]:
        yield pytest.fail("a record was taken")

    with pytest.raises(WrongConstant):
        build_fb0110(
            io.BytesIO(),
            institution_code="",
            process_date=DAY,
            van_code="ABC",
            records=records(),
        )


def test_nobody_sees_in_a_record_what_is_personal() -> None:
    text = repr(registration()) + repr(cancellation())
    assert "900101" not in text
    assert "PAYER" not in text
    assert "00000000000001" not in text


def test_a_spool_folder_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(NotWritable):
        build_fb0110(
            io.BytesIO(),
            institution_code="",
            process_date=DAY,
            records=[],
            spool_folder=tmp_path / "none",
        )


def test_a_file_of_lines_takes_no_evidence() -> None:
    header = {"van_code": "VKN", "institution_code": "1", "process_date": "20260601", "van_id": "", "bank_code": "004"}
    out = io.BytesIO()
    assert write_file(out, LAYOUTS["FB0410"], header, [(FB0410_FIELDS, b"")]).records == 1
    assert check(io.BytesIO(out.getvalue())).sound
    with pytest.raises(SizeMismatch):
        write_file(out, LAYOUTS["FB0410"], header, [(FB0410_FIELDS, b"x")])


def test_a_verdict_that_asked_less_than_the_profile_does_not_vouch() -> None:
    """A policy can call itself `kftc` and demand nothing."""
    lax = replace(verdict_on(b"x"), required=frozenset(), findings=())
    with pytest.raises(VerdictUnderOtherPolicy):
        built([registration(b"x", verdict=lax)])
