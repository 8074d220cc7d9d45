"""What the list of things due is worked out from: plain values, as a store knows them. Nothing personal is in them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal


@dataclass(frozen=True, kw_only=True)
class Request:
    """An FB0410 or FB0211 that was taken in.

    Attributes:
        code: of the file.
        file: its name, or whatever the operator knows it by.
        process_date: of its header.
        records: data records in it.
        answered_at: when the FB0420 or FB0221 was sent; None while it is open. Sent but to be sent again is open.
    """

    code: Literal["FB0410", "FB0211"]
    file: str
    process_date: date
    records: int
    answered_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class Queued:
    """Consents or cancellations that wait to be sent in an FB0110.

    Attributes:
        institution_code: of the institution.
        bank_code: of the bank.
        records: how many.
        oldest_on: the earliest day of application; of cancellations the day they were received.
        file: R00 where the institution is partly exempt.
    """

    institution_code: str
    bank_code: str
    records: int
    oldest_on: date
    file: Literal["FB0110", "R00"] = "FB0110"


@dataclass(frozen=True, kw_only=True)
class Sent:
    """A file that was sent and whose result has not come: FB0110 without FB0120, FB0221 without FB0222 and so on.

    Attributes:
        code: of the file.
        file: its name.
        process_date: of its header; of an FB0221 the same as that of its FB0211.
        sent_at: an aware time.
        records: data records in it.
    """

    code: Literal["FB0110", "R00", "FB0221", "FB0420", "FB0910"]
    file: str
    process_date: date
    sent_at: datetime
    records: int


@dataclass(frozen=True, kw_only=True)
class Unfinished:
    """A file that is settled and does not lie in the outbox yet: something stopped `send`."""

    code: str
    file: str
    process_date: date
    records: int


@dataclass(frozen=True, kw_only=True)
class LedgerKey:
    """What the ledger is asked for by (4.1 (4)), and on which days an FB0910 was sent.

    Attributes:
        institution_code: of the institution.
        bank_code: of the bank.
        service_kind: 서비스 종류코드.
        asked_on: for this key.
        institution_asked_on: by this institution for any key.
    """

    institution_code: str
    bank_code: str
    service_kind: str
    asked_on: tuple[date, ...] = ()
    institution_asked_on: tuple[date, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Failures:
    """Records of one FB0620 that nobody has mended yet."""

    file: str
    process_date: date
    records: int


@dataclass(frozen=True, kw_only=True)
class Retention:
    """Evidence whose time of retention ends; `ends_on` is the earliest day on which some of it is over."""

    records: int
    ends_on: date


@dataclass(frozen=True, kw_only=True)
class TurnedBad:
    """Evidence that passed once and no longer does; `since` is when the first of it was found."""

    records: int
    since: datetime


@dataclass(frozen=True, kw_only=True)
class Facts:
    """Everything at one moment."""

    requests: tuple[Request, ...] = ()
    consents: tuple[Queued, ...] = ()
    cancellations: tuple[Queued, ...] = ()
    rejected: tuple[Queued, ...] = ()  # by FB0120, and not queued again
    cancellations_rejected: tuple[Queued, ...] = ()  # likewise; `oldest_on` is the day on which the first was
    unfinished: tuple[Unfinished, ...] = ()
    sent: tuple[Sent, ...] = ()
    ledger_keys: tuple[LedgerKey, ...] = ()
    failures: tuple[Failures, ...] = ()
    retention: tuple[Retention, ...] = ()
    turned_bad: tuple[TurnedBad, ...] = ()
