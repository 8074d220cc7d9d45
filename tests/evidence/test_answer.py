"""Answering FB0410 with FB0420."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import date

import pytest

from consent.errors import LANGS, CodedError
from evidence import AuditRequest, DataRecord, FoundEvidence, Header, answer_fb0410, check, read_file
from evidence.faults import FieldBlank, ValueNotAllowed
from evidence.file_faults import CountMismatch, CutShort, WrongFile
from evidence.rules import EvidenceMissing, EvidenceTooLarge, KindNotAllowed, WrongExtension
from evidence.vouching import VerdictNotPassed, VerdictOfOtherBytes
from tests.evidence.samples import raw_file, verdict_on, with_field
from verifier.verdict import Indication

REAL_DAY = date(2026, 4, 30)


def found(evidence: bytes = b"der ", **changes: object) -> FoundEvidence:
    values = {"applied_on": REAL_DAY, "evidence_kind": "7", "extension": "DER", "evidence": evidence} | changes
    return FoundEvidence(**values)  # type: ignore[arg-type]


def answered(raw: bytes, lookup: Callable[[AuditRequest], FoundEvidence | None]) -> bytes:
    out = io.BytesIO()
    answer_fb0410(io.BytesIO(raw), lookup, out)
    return out.getvalue()


def data_of(raw: bytes) -> list[DataRecord]:
    return [item for item in read_file(io.BytesIO(raw)) if isinstance(item, DataRecord)]


def test_found_evidence_is_answered_with_its_real_day_and_kind() -> None:
    raw = answered(raw_file("FB0410", [b""]), lambda _: found())
    (record,) = data_of(raw)
    assert record.evidence == b"der "
    fields = record.fields
    assert (fields["applied_on"], fields["evidence_type"]) == ("20260430", "7")
    assert (fields["evidence_present"], fields["extension"], fields["evidence_size"]) == ("Y", "der", "0000004")
    assert check(io.BytesIO(raw)).sound


def test_missing_evidence_is_answered_as_4_6_2_says() -> None:
    raw = answered(raw_file("FB0410", [b""]), lambda _: None)
    (record,) = data_of(raw)
    assert record.evidence == b""
    assert list(record.fields.items())[9:14] == [
        ("applied_on", "20260501"),
        ("evidence_type", "2"),
        ("evidence_present", "N"),
        ("extension", ""),
        ("evidence_size", "0000000"),
    ]
    assert len(raw) == 3 * 1024
    assert check(io.BytesIO(raw)).sound


def test_header_and_identity_are_those_of_the_request() -> None:
    request = raw_file("FB0410", [b""] * 3)
    asked_header, *asked, _ = read_file(io.BytesIO(request))
    header, *answers, _ = read_file(io.BytesIO(answered(request, lambda one: found() if one.sequence == 2 else None)))
    assert isinstance(header, Header)
    assert header.layout.code == "FB0420"
    for name in ("van_code", "institution_code", "process_date", "van_id", "bank_code", "record_count"):
        assert header.fields[name] == asked_header.fields[name]
    for question, answer in zip(asked, answers, strict=True):
        assert list(question.fields.items())[1:9] == list(answer.fields.items())[1:9]
    assert [answer.fields["evidence_present"] for answer in answers] == ["N", "Y", "N"]


def test_leading_spaces_of_the_request_are_copied() -> None:
    request = with_field("FB0410", raw_file("FB0410", [b""]), "data", "payer_number", b"  17".ljust(30), at=402)
    (record,) = data_of(answered(request, lambda _: None))
    assert record.fields["payer_number"] == "  17"


def test_the_lookup_is_told_what_is_asked_for() -> None:
    asked: list[AuditRequest] = []
    answered(raw_file("FB0410", [b""]), asked.append)
    (one,) = asked
    assert one.applied_on == date(2026, 5, 1)
    assert (one.sequence, one.evidence_kind, one.business_number) == (1, "2", "1234567890")
    assert "PAYER" not in repr(one)


def test_the_summary_names_what_is_missing_and_what_it_costs() -> None:
    out = io.BytesIO()
    answer = answer_fb0410(
        io.BytesIO(raw_file("FB0410", [b""] * 4)),
        lambda one: found(b"x" * 10_240) if one.sequence % 2 else None,
        out,
    )
    assert (answer.found, answer.missing, answer.written.records) == (2, (2, 4), 4)
    assert answer.written.size == len(out.getvalue())
    cost, near = answer.notices
    assert (cost.code, near.code) == ("FB-081", "FB-080")
    assert "블랙리스트" in cost.message("ko")
    assert "blacklist" in cost.message("en")
    assert all(notice.remedy(lang) for notice in answer.notices for lang in LANGS)


def test_nothing_is_missing_nothing_is_said() -> None:
    answer = answer_fb0410(io.BytesIO(raw_file("FB0410", [b""])), lambda _: found(), io.BytesIO())
    assert answer.notices == ()


@pytest.mark.parametrize(
    ("request_file", "expected"),
    [
        (raw_file("FB0410", [b""], total="2"), CountMismatch),
        (raw_file("FB0410", [b"", b""])[:1000], CutShort),
        (raw_file("FB0420", [b""]), WrongFile),
        (
            with_field("FB0410", raw_file("FB0410", [b"", b""]), "data", "payer_number", b" " * 30, at=804),
            FieldBlank,
        ),
    ],
)
def test_nothing_is_answered_before_the_whole_request_is_sound(request_file: bytes, expected: type[CodedError]) -> None:
    def never(_: AuditRequest) -> None:
        raise AssertionError

    out = io.BytesIO()
    with pytest.raises(expected) as caught:
        answer_fb0410(io.BytesIO(request_file), never, out)
    assert out.getvalue() == b""
    assert all(caught.value.message(lang) and caught.value.remedy(lang) for lang in LANGS)


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (found(b""), EvidenceMissing),
        (found(extension="pdf"), WrongExtension),
        (found(evidence_kind="0"), KindNotAllowed),
        (found(evidence_kind="9"), ValueNotAllowed),
        (found(b"x" * 10_241), EvidenceTooLarge),
        (found(b"der", verdict=verdict_on(b"other")), VerdictOfOtherBytes),
        (found(b"der", verdict=verdict_on(b"der", effect=Indication.TOTAL_FAILED)), VerdictNotPassed),
    ],
)
def test_an_answer_is_checked_too(answer: FoundEvidence, expected: type[CodedError]) -> None:
    out = io.BytesIO()
    with pytest.raises(expected) as caught:
        answer_fb0410(
            io.BytesIO(raw_file("FB0410", [b"", b""])), lambda one: found() if one.sequence == 1 else answer, out
        )
    assert caught.value.details["number"] == 2
    assert out.getvalue() == b""


def test_a_verdict_that_passes_lets_the_evidence_in() -> None:
    raw = answered(raw_file("FB0410", [b""]), lambda _: found(b"der", verdict=verdict_on(b"der")))
    assert data_of(raw)[0].evidence == b"der"
