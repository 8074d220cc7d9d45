"""The foretold response codes."""

from __future__ import annotations

import io

import pytest

from consent.errors import LANGS
from evidence import Part, RecordError, check, predict
from evidence.check import KEPT
from evidence.faults import Place
from evidence.rules import EvidenceMissing, EvidenceNotExpected, check_record
from tests.evidence.samples import built, cancellation, raw_file, registration, with_field


def codes(raw: bytes) -> list[str]:
    """Of header, data records and trailer."""
    return [outcome.response_code for outcome in predict(io.BytesIO(raw))]


@pytest.mark.parametrize("code", ["FB0110", "FB0410", "FB0420"])
def test_a_sound_file_is_answered_with_0000(code: str) -> None:
    report = check(io.BytesIO(raw_file(code, [b"der" if code != "FB0410" else b""] * 2)))
    assert report.sound
    assert report.complete
    assert (report.file_code, report.records, report.rejected) == (code, 2, 0)
    assert report.by_code == {"0000": 4}
    assert report.outcomes == ()


def test_what_the_builder_makes_is_sound() -> None:
    large = registration(b"x" * 10_240, payer_number="P3")
    assert check(io.BytesIO(built([registration(), cancellation(), large]))).sound


@pytest.mark.parametrize(
    ("name", "text", "response_code"),
    [
        ("record_type", b"X", "7115"),
        ("sequence", b"0000000009", "7199"),
        ("applied_on", b"20260631", "7114"),
        ("holder_id_type", b"4", "7108"),
        ("holder_id", b"991301       ", "7109"),
        ("holder_id", b"9001011      ", "7109"),
        ("institution_code", b" " * 20, "7106"),
        ("sub_institution_code", b"SUB       ", "7162"),
        ("payer_number", b" " * 30, "7107"),
        ("bank_code", b"4  ", "7104"),
        ("account_number", b" " * 20, "7105"),
        ("evidence_type", b"8", "7119"),
        ("evidence_type", b"0", "7119"),
        ("evidence_type", b" ", "7119"),
        ("evidence_type", b"1", "7120"),
        ("extension", b"jpg ", "7120"),
        ("extension", b"    ", "7120"),
        ("extension", b"DER ", "0000"),
        ("filler_1", b"x" * 200, "7199"),
        ("cancellation", b"Q", "7101"),
    ],
)
def test_one_fault_gives_its_code(name: str, text: bytes, response_code: str) -> None:
    raw = with_field("FB0110", raw_file("FB0110", [b"der", b"der"]), "data", name, text, at=1024)
    assert codes(raw) == ["0000", response_code, "0000", "0000"]


def test_the_file_code_of_the_trailer_is_looked_at() -> None:
    raw = raw_file("FB0110", [b"der"])
    assert codes(with_field("FB0110", raw, "trailer", "file_code", b"FB0120", at=2048)) == ["0000", "0000", "7116"]


def test_two_faults_give_7190() -> None:
    raw = with_field("FB0110", raw_file("FB0110", [b"der"]), "data", "extension", b"jpg ", at=1024)
    raw = with_field("FB0110", raw, "data", "bank_code", b"   ", at=1024)
    report = check(io.BytesIO(raw))
    (outcome,) = report.outcomes
    assert outcome.response_code == "7190"
    assert {fault.response_code for fault in outcome.faults} == {"7104", "7120"}
    assert (report.rejected, report.sound) == (1, False)


def test_a_registration_without_evidence_gives_7122() -> None:
    assert codes(raw_file("FB0110", [b""])) == ["0000", "7122", "0000"]


def test_evidence_over_its_limit_gives_7121() -> None:
    raw = raw_file("FB0110", [b"x" * 10_241], evidence_type="1", extension="jpg")
    raw = with_field("FB0110", raw, "data", "evidence_type", b"2", at=1024)
    raw = with_field("FB0110", raw, "data", "extension", b"der ", at=1024)
    assert codes(raw) == ["0000", "7121", "0000"]


@pytest.mark.parametrize(("total", "declared"), [("5", "1"), ("1", "5"), ("5", "5")])
def test_counts_that_disagree_give_7123(total: str, declared: str) -> None:
    assert codes(raw_file("FB0110", [b"der"], total=total, declared=declared)) == ["0000", "0000", "7123"]


def test_a_cancellation_carries_nothing() -> None:
    assert codes(raw_file("FB0110", [b"der"], cancellation="Y")) == ["0000", "7199", "0000"]
    assert codes(raw_file("FB0110", [b""], cancellation="Y", evidence_type="0", extension="")) == ["0000"] * 3


@pytest.mark.parametrize(
    ("evidence", "changes", "response_code"),
    [
        (b"", {"evidence_present": "N", "extension": ""}, "0000"),
        (b"", {"evidence_present": "N"}, "7120"),
        (b"der", {"evidence_present": "N", "extension": ""}, "7199"),
        (b"", {}, "7122"),
        (b"der", {"extension": ""}, "7120"),
    ],
)
def test_answers_to_an_audit(evidence: bytes, changes: dict[str, str], response_code: str) -> None:
    assert codes(raw_file("FB0420", [evidence], **changes)) == ["0000", response_code, "0000"]


@pytest.mark.parametrize(
    ("id_type", "holder_id", "response_code"),
    [
        ("0", "000229", "0000"),
        ("0", "010229", "7109"),
        ("0", "90010A", "7109"),
        ("1", "1234567890", "0000"),
        ("1", "123-45-6789", "7109"),
        ("2", "M12345678", "0000"),
        ("2", "M-1", "7109"),
    ],
)
def test_the_holders_id_has_the_form_of_its_type(id_type: str, holder_id: str, response_code: str) -> None:
    raw = raw_file("FB0110", [b"der"], holder_id_type=id_type, holder_id=holder_id)
    assert codes(raw)[1] == response_code


def test_that_the_rest_is_unread_is_no_second_fault_of_the_record() -> None:
    raw = with_field("FB0110", raw_file("FB0110", [b"der", b"der"]), "data", "evidence_size", b"       ", at=1024)
    report = check(io.BytesIO(raw))
    assert [outcome.response_code for outcome in report.outcomes] == ["7121"]
    assert not report.complete
    assert not report.sound


def test_an_empty_file_is_not_sound() -> None:
    report = check(io.BytesIO(b""))
    assert not report.sound
    assert (report.file_code, report.records, report.complete) == (None, 0, False)


def test_a_report_counts_all_and_lists_the_first() -> None:
    report = check(io.BytesIO(raw_file("FB0110", [b""] * (KEPT + 5))))
    assert (report.rejected, report.by_code["7122"], len(report.outcomes)) == (KEPT + 5, KEPT + 5, KEPT)


def test_every_rule_says_what_to_do() -> None:
    raw = raw_file("FB0110", [b""]) + b"x"
    faults = [fault for outcome in check(io.BytesIO(raw)).outcomes for fault in outcome.faults]
    assert len(faults) == 2
    assert all(fault.message(lang) and fault.remedy(lang) for fault in faults for lang in LANGS)


def test_records_without_evidence_have_nothing_to_agree_on() -> None:
    from evidence import LAYOUTS  # noqa: PLC0415 - only here

    assert list(check_record(LAYOUTS["FB0410"].data, {}, Place(Part.DATA))) == []
    data = LAYOUTS["FB0110"].data
    assert list(check_record(data, {}, Place(Part.DATA))) == []
    assert list(check_record(data, {"cancellation": "N"}, Place(Part.DATA))) == []


def test_rule_errors_are_record_errors() -> None:
    assert issubclass(EvidenceMissing, RecordError)
    assert issubclass(EvidenceNotExpected, RecordError)
