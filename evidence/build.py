"""Making FB0110 from registrations and cancellations (설계서 V3.8 4.2.1.1)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from itertools import repeat
from pathlib import Path
from typing import BinaryIO, Final

from consent.kinds import KINDS
from evidence.at_once import Columns
from evidence.faults import EdgeSpace, Place, RecordError
from evidence.field import Mode, date_text
from evidence.layouts import LAYOUTS
from evidence.notices import APPLIED_LATER, NO_RECORDS, Count, NearLimit, Notice
from evidence.packing import Rules
from evidence.record import Record
from evidence.rules import check_record, hold
from evidence.vouching import may_be_own_form, require_same_consent, require_vouched
from evidence.writer import Written, write_file
from verifier.verdict import Verdict


@dataclass(frozen=True, kw_only=True)
class DebitConsent:
    """What tells one consent to direct debit from another, and who gave it.

    Attributes:
        applied_on: day the payer applied (신청 일자).
        holder_id_type: "0" person, "1" business, "2" passport.
        holder_id: YYMMDD of birth, the ten-digit business number, or the passport number.
        institution_code: of the institution, as the bank set it.
        payer_number: as the institution gave it to the payer.
        bank_code: three digits.
        account_number: at that bank.
        evidence_kind: 증빙구분, "1" to "7".
        trace_number: left blank; HYPHEN makes it.
        line: of the list that the consent comes from, counted from 1, for errors; 0 where there is none.
    """

    applied_on: date
    holder_id_type: str
    holder_id: str = field(repr=False)
    institution_code: str
    payer_number: str = field(repr=False)
    bank_code: str
    account_number: str = field(repr=False)
    evidence_kind: str
    trace_number: str = ""
    line: int = 0


@dataclass(frozen=True, kw_only=True)
class Registration(DebitConsent):
    """A consent to be registered (해지구분 'N'), with its evidence and, for kinds 2 and 7, the verdict on it.

    Attributes:
        extension: of the evidence's file, without a dot; written in lower case.
        evidence: the file.
        verdict: TOTAL_PASSED under the policy `kftc`, on these bytes, from a trust folder that vouches for the kind.
    """

    extension: str
    evidence: bytes = field(repr=False)
    verdict: Verdict | None = field(default=None, repr=False)


@dataclass(frozen=True, kw_only=True)
class Cancellation(DebitConsent):
    """A consent to be cancelled (해지구분 'Y'); it carries no evidence.

    `evidence_kind` is the kind it was registered with, or "0" (증빙 없음, named by response code 7122); extension and
    size are written as 4.2.1.2 writes them for records without evidence, SPACE and zeros.
    """


@dataclass(frozen=True)
class Built:
    """What `build_fb0110` made."""

    written: Written
    registrations: int
    cancellations: int
    notices: tuple[Notice, ...]


def build_fb0110(  # noqa: PLR0913 - the header's fields by name
    out: BinaryIO,
    *,
    institution_code: str,
    process_date: date,
    records: Iterable[Registration | Cancellation],
    van_code: str = "VKN",
    bank_code: str = "",
    spool_folder: Path | None = None,
    count: int | None = None,
) -> Built:
    """Write FB0110, numbered and counted here. One bad record refuses the whole file; `out` then stays untouched.

    Args:
        out: where the file goes; it need not be seekable.
        institution_code: of the header; may be "" where files of all banks are sent as one (통합처리).
        process_date: 처리기준일자.
        records: taken one at a time, memory stays constant.
        van_code: the specification prints VKN.
        bank_code: of the header; may be "" like the institution code.
        spool_folder: for a temporary file as large as the result.
        count: of the records, where it is known: they then go straight to `out`, which has to be thrown away when one
            of them is refused (see `write_file`).

    Raises:
        CountMismatch: there are more or fewer records than `count` says.
        EvidenceNotVouched: evidence of kind 2 or 7 without a verdict that lets it pass, or signed for something else.
        RecordError: a value does not fit its field, or the evidence its kind; with record, field and response code.
    """
    header = {
        "van_code": van_code,
        "institution_code": institution_code,
        "process_date": date_text(process_date),
        "bank_code": bank_code,
    }
    packing = _Packing(process_date)
    values = packing.values(records)
    layout = LAYOUTS["FB0110"]
    written = write_file(
        out,
        layout,
        header,
        values,
        rules=RECORD_RULES,
        line=lambda: packing.line,
        spool_folder=spool_folder,
        count=count,
    )
    notices = packing.notices() if written.records else (Notice(NO_RECORDS, {}),)
    return Built(written, written.records - packing.cancellations, packing.cancellations, notices)


class _Packing:
    """Turns records into texts and keeps what is to be told afterwards."""

    def __init__(self, process_date: date) -> None:
        self.process_date = process_date
        self.line = 0
        self.cancellations = 0
        self.near_limit = NearLimit()
        self.applied_later = Count(APPLIED_LATER)

    def values(self, records: Iterable[Registration | Cancellation]) -> Iterator[tuple[dict[str, str], bytes]]:
        for number, record in enumerate(records, 1):
            self.line = record.line
            if record.applied_on > self.process_date:
                self.applied_later.add(number)
            if isinstance(record, Cancellation):
                self.cancellations += 1
                yield record_texts(record), b""
                continue
            kind = KINDS.get(record.evidence_kind)
            if kind is not None and record.evidence:  # what is wrong with the others, the table and the rules say
                require_vouched(kind, record.evidence, record.verdict, number, line=record.line)
                if kind.is_der and may_be_own_form(record.evidence):
                    _require_same_consent(record, number)
                self.near_limit.look_at(kind, record.evidence, number)
            yield record_texts(record), record.evidence

    def notices(self) -> tuple[Notice, ...]:
        return self.near_limit.notices() + self.applied_later.notices()


def _require_same_consent(record: Registration, number: int) -> None:
    """What does not fit its field is said by the writer, and first."""
    texts = record_texts(record)
    try:
        LAYOUTS["FB0110"].data.encode(texts | {"sequence": "1"})
    except RecordError:
        return
    require_same_consent(texts, record.evidence, number, line=record.line)


def record_texts(record: Registration | Cancellation) -> dict[str, str]:
    """The texts of a data record by name, without its sequence number."""
    texts = {
        "trace_number": record.trace_number,
        "applied_on": date_text(record.applied_on),
        "holder_id_type": record.holder_id_type,
        "holder_id": record.holder_id,
        "institution_code": record.institution_code,
        "payer_number": record.payer_number,
        "bank_code": record.bank_code,
        "account_number": record.account_number,
        "evidence_type": record.evidence_kind,
    }
    if isinstance(record, Cancellation):
        return texts | {"extension": "", "evidence_size": "0", "cancellation": "Y"}
    size = str(len(record.evidence))
    return texts | {"extension": record.extension.lower(), "evidence_size": size, "cancellation": "N"}


def record_rules(record: Record, values: Mapping[str, str], place: Place) -> list[RecordError]:
    """What the texts of a record to be written have to be like together."""
    errors = check_record(record, values, place)
    for name, text in values.items():
        if text[:1] == " " and record.field(name).mode is not Mode.N:  # 2.3 나: left-aligned
            errors.append(EdgeSpace(place.moved(record.offsets[name]), record.field(name), text))
    return errors


def _hold(record: Record, columns: Columns) -> bool:
    """No text at all begins with a SPACE, then, which is more than `record_rules` asks of numbers."""
    texts = columns.texts.values()
    return hold(record, columns) and not any(any(map(str.startswith, column, repeat(" "))) for column in texts)


RECORD_RULES: Final = Rules(record_rules, _hold)
