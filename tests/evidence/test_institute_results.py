"""FB0120 and FB0421 as the institute would send them, against what `check` foretells."""

from __future__ import annotations

import io
from collections.abc import Mapping

import pytest

from evidence import DataRecord, RecordError, Trailer, check, read_file
from evidence.codes import RESPONSE_CODES
from evidence.file_faults import CutShort, EmptyFile, WrongFile
from evidence.history import Known, Requests
from evidence.identity import Identity
from evidence.institute import Answered, answer_fb0110, answer_fb0420
from tests.evidence.samples import built, cancellation, raw_file, registration, with_field


def fb0120(raw: bytes, **options: object) -> tuple[Answered, bytes]:
    out = io.BytesIO()
    return answer_fb0110(io.BytesIO(raw), out, **options), out.getvalue()  # type: ignore[arg-type]


def fb0421(raw: bytes, **options: object) -> tuple[Answered, bytes]:
    out = io.BytesIO()
    return answer_fb0420(io.BytesIO(raw), out, **options), out.getvalue()  # type: ignore[arg-type]


def listed(result: bytes) -> list[tuple[str, str]]:
    return [
        (item.fields["sequence"].lstrip("0"), item.fields["response_code"])
        for item in read_file(io.BytesIO(result))
        if isinstance(item, DataRecord)
    ]


def trailer(result: bytes) -> dict[str, str]:
    (found,) = (item.fields for item in read_file(io.BytesIO(result)) if isinstance(item, Trailer))
    return {name: found[name].lstrip("0") for name in found if name not in ("record_type", "file_code", "filler")}


def test_a_sound_file_is_answered_with_header_and_trailer_alone() -> None:
    answered, result = fb0120(built([registration(), cancellation()]))
    assert (answered.records, answered.rejected, answered.is_sound) == (2, 0, True)
    assert len(result) == 2 * 402
    assert trailer(result) == {"total": "2", "accepted": "2", "rejected": "", "line_end": "\r\n"}
    assert check(io.BytesIO(result)).sound


def test_what_check_foretells_is_what_the_institute_answers() -> None:
    raw = built([registration(), registration(payer_number="P2"), registration(), cancellation()])
    raw = with_field("FB0110", raw, "data", "extension", b"jpg ", at=2048)
    raw = with_field("FB0110", raw, "data", "applied_on", b"20269999", at=4096)
    foretold = {(str(o.place.number), o.response_code) for o in check(io.BytesIO(raw)).outcomes}
    answered, result = fb0120(raw)
    assert set(listed(result)) == foretold == {("2", "7120"), ("3", "7125"), ("4", "7114")}
    assert answered.by_code == {"0000": 1, "7120": 1, "7125": 1, "7114": 1}
    assert trailer(result) == {"total": "4", "accepted": "1", "rejected": "3", "line_end": "\r\n"}


def test_fields_come_back_as_they_were_sent_faults_included() -> None:
    raw = with_field("FB0110", built([registration()]), "data", "applied_on", b"20269999", at=1024)
    raw = with_field("FB0110", raw, "data", "bank_code", b"\xb0\xa1 ", at=1024)
    _, result = fb0120(raw)
    (record,) = (item.fields for item in read_file(io.BytesIO(result)) if isinstance(item, DataRecord))
    assert (record["applied_on"], record["payer_number"], record["bank_code"]) == ("20269999", "PAYER-0001", "")
    assert record["response_code"] == "7190"


def test_counts_that_disagree_refuse_every_record() -> None:
    raw = raw_file("FB0110", [b"der"], total="7")
    assert listed(fb0120(raw)[1]) == [("1", "7123")]


@pytest.mark.parametrize("code", ["7101", "7125", "7199", "2112", "7099"])
def test_any_code_can_be_forced(code: str) -> None:
    def forced(number: int, values: Mapping[str, str]) -> str | None:
        return code if values["payer_number"] == "P2" and number == 2 else None

    answered, result = fb0120(built([registration(), registration(payer_number="P2")]), forced=forced)
    assert code in RESPONSE_CODES
    assert listed(result) == [("2", code)]
    assert answered.by_code == {"0000": 1, code: 1}


def test_what_was_accepted_before_is_not_taken_again_unless_it_was_cancelled() -> None:
    known = Known(accepted=lambda identity: identity == Identity("9912345678", "PAYER-0001", "004", "0" * 13 + "1"))
    cancelled = cancellation(payer_number="PAYER-0001", bank_code="004", account_number="0" * 13 + "1")
    assert listed(fb0120(built([registration()]), known=known)[1]) == [("1", "7125")]
    assert listed(fb0120(built([cancelled, registration()]), known=known)[1]) == []
    assert listed(fb0120(built([registration(payer_number="P2")]), known=known)[1]) == []


def test_a_record_that_was_refused_may_be_repeated() -> None:
    raw = built([registration(), registration()])
    assert listed(fb0120(raw)[1]) == [("2", "7125")]
    assert listed(fb0120(with_field("FB0110", raw, "data", "extension", b"jpg ", at=1024))[1]) == [("1", "7120")]


@pytest.mark.parametrize(
    ("raw", "error"),
    [
        (b"", EmptyFile),
        (raw_file("FB0110", [b"der"])[:-1], CutShort),
        (raw_file("FB0410"), WrongFile),
        (with_field("FB0110", raw_file("FB0110"), "header", "process_date", b"99999999"), RecordError),
    ],
)
def test_a_file_that_cannot_be_read_has_no_answer(raw: bytes, error: type[RecordError]) -> None:
    out = io.BytesIO()
    with pytest.raises(error):
        answer_fb0110(io.BytesIO(raw), out)
    assert out.getvalue() == b""


def test_fb0421_answers_every_record() -> None:
    answered, result = fb0421(raw_file("FB0420", [b"der"]))
    assert listed(result) == [("1", "0000")]
    assert trailer(result) == {"total": "1", "requested": "1", "sound": "Y", "line_end": "\r\n"}
    assert answered.is_sound
    assert check(io.BytesIO(result)).sound


def test_fb0421_refuses_what_was_not_asked_for_and_what_is_left_out() -> None:
    twice = raw_file("FB0410", [b"", b""], payer_number="P1")
    asked = Requests.read(io.BytesIO(twice))
    known = Known(requests=asked)
    answered, result = fb0421(raw_file("FB0420", [b"der"], payer_number="P1"), known=known)
    assert listed(result) == [("1", "0000")]
    assert (trailer(result)["requested"], trailer(result)["sound"]) == ("2", "N")
    assert not answered.is_sound
    assert fb0421(raw_file("FB0420", [b"der"] * 2, payer_number="P1"), known=known)[0].is_sound
    assert listed(fb0421(raw_file("FB0420", [b"der"] * 3, payer_number="P1"), known=known)[1])[2] == ("3", "7125")
    other = raw_file("FB0420", [b"der"], payer_number="P9")
    assert listed(fb0421(other, known=known)[1]) == [("1", "7126")]


def test_requests_are_read_from_fb0410_alone() -> None:
    with pytest.raises(WrongFile):
        Requests.read(io.BytesIO(raw_file("FB0420", [b"der"])))
