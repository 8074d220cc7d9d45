"""Files that come without having been asked for: FB0211, FB0320, FB0410, FB0620 and FB0933 (설계서 V3.8 chapter 4).

Each function takes its records one at a time, in constant memory, and gives back what was written.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import BinaryIO

from evidence.field import date_text
from evidence.identity import FIRM_BANKING, Identity
from evidence.layouts import LAYOUTS
from evidence.writer import Written, write_file


@dataclass(frozen=True, kw_only=True)
class Head:
    """What a header says.

    Attributes:
        institution_code: 이용기관 코드; may be "" where files of all banks come as one (통합처리).
        day: 처리기준일자; of FB0620 the day of reconciliation.
        bank_code: 금융회사코드; may be "" like the institution's.
        van_id: 펌 VAN ID.
        institution_type: 이용기관 구분코드, "1" batch, "2" on-line.
    """

    institution_code: str
    day: date
    bank_code: str = ""
    van_id: str = ""
    institution_type: str = "1"

    def texts(self, file_code: str) -> dict[str, str]:
        """Those that the file's header has room for."""
        texts = {
            "van_code": "VKN",
            "institution_code": self.institution_code,
            "institution_type": self.institution_type,
            "process_date": date_text(self.day),
            "van_id": self.van_id,
            "bank_code": self.bank_code,
        }
        free = {one.name for one in LAYOUTS[file_code].header.fields if one.const is None or one.name == "van_code"}
        return {name: text for name, text in texts.items() if name in free}


@dataclass(frozen=True, kw_only=True)
class Asked:
    """Evidence that an audit asks for (FB0410)."""

    identity: Identity = field(repr=False)
    business_number: str
    applied_on: date
    evidence_kind: str = "2"
    request_type: str = "1"  # "2": the payer wants to see it


@dataclass(frozen=True, kw_only=True)
class Change:
    """A payer's wish to pay from another account (FB0211)."""

    identity: Identity = field(repr=False)
    holder_id: str = field(repr=False)
    new_bank_code: str
    new_account_number: str = field(repr=False)
    requested_at: datetime  # as the clock in Korea says it
    channel: str = "4"  # "1": at the bank


@dataclass(frozen=True, kw_only=True)
class Ended:
    """A consent that ended at the bank (FB0320)."""

    identity: Identity = field(repr=False)
    holder_id: str = field(repr=False)
    ledger_date: date
    cancel_type: str = "0"
    channel: str = "1"


@dataclass(frozen=True, kw_only=True)
class Failure:
    """A consent that the bank's ledger does not agree with (FB0620): code 81, 82, 84 or 92."""

    identity: Identity = field(repr=False)
    applied_on: date
    failure_code: str
    extra: str = ""  # behind the day of application, which 부가식별정보 begins with
    submitter_type: str = "3"


@dataclass(frozen=True, kw_only=True)
class Entry:
    """A line of the ledger (FB0933)."""

    identity: Identity = field(repr=False)
    applied_on: date
    effective_on: date
    changed_on: date | None = None


def make_fb0410(out: BinaryIO, head: Head, asked: Iterable[Asked]) -> Written:
    """사후점검 동의자료 요청. Raises RecordError, as all of these do, for what does not fit its field."""
    return _write(
        out,
        "FB0410",
        head,
        (
            one.identity._asdict()
            | {
                "request_type": one.request_type,
                "business_number": one.business_number,
                "applied_on": date_text(one.applied_on),
                "evidence_type": one.evidence_kind,
            }
            for one in asked
        ),
    )


def make_fb0211(out: BinaryIO, head: Head, changes: Iterable[Change]) -> Written:
    """출금이체 변경 접수 요청."""
    return _write(
        out,
        "FB0211",
        head,
        (
            {f"old_{name}": text for name, text in one.identity._asdict().items()}
            | {
                "change_channel": one.channel,
                "requested_at": f"{one.requested_at:%Y%m%d%H%M%S}",
                "holder_id": one.holder_id,
                "new_bank_code": one.new_bank_code,
                "new_account_number": one.new_account_number,
            }
            for one in changes
        ),
    )


def make_fb0320(out: BinaryIO, head: Head, ended: Iterable[Ended]) -> Written:
    """출금이체 해지 내역."""
    return _write(
        out,
        "FB0320",
        head,
        (
            one.identity._asdict()
            | {
                "cancel_channel": one.channel,
                "ledger_date": date_text(one.ledger_date),
                "holder_id": one.holder_id,
                "cancel_type": one.cancel_type,
            }
            for one in ended
        ),
    )


def make_fb0620(out: BinaryIO, head: Head, failures: Iterable[Failure]) -> Written:
    """자동이체 대사 실패 내역."""
    return _write(
        out,
        "FB0620",
        head,
        (
            one.identity._asdict()
            | {
                "sub_institution_code": "",
                "applied_on": date_text(one.applied_on),
                "extra_id": date_text(one.applied_on) + one.extra,
                "submitter_type": one.submitter_type,
                "failure_code": one.failure_code,
            }
            for one in failures
        ),
    )


def make_fb0933(out: BinaryIO, head: Head, entries: Iterable[Entry]) -> Written:
    """펌뱅킹 원장 정보 조회 결과."""
    return _write(
        out,
        "FB0933",
        head,
        (
            one.identity._asdict()
            | {
                "service_kind": FIRM_BANKING,
                "applied_on": date_text(one.applied_on),
                "effective_on": date_text(one.effective_on),
                "changed_on": "" if one.changed_on is None else date_text(one.changed_on),
            }
            for one in entries
        ),
    )


def _write(out: BinaryIO, code: str, head: Head, records: Iterable[Mapping[str, str]]) -> Written:
    return write_file(out, LAYOUTS[code], head.texts(code), ((texts, b"") for texts in records))
