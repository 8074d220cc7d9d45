"""FB0910 from the store: which ledgers are asked for (설계서 V3.8 4.5.1), and how often they may be (4.1 (4)).

A ledger is told by its key: institution code, bank, and the kind of service, which is firm banking here. The answer on
whether a request was received, FB0920, has no layout in the specification and is not taken in (ADR 0007).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from sqlalchemy import Connection, Row, and_, or_, select

from evidence.deadlines import ledger_asked, monday_of
from evidence.field import date_text
from evidence.identity import FIRM_BANKING
from evidence.lifecycle.errors import LedgerAskedBefore
from evidence.lifecycle.fb0110 import VAN_CODE
from evidence.lifecycle.files import FileState, NewFile, NewRecord, add_file, add_records, texts_of
from evidence.lifecycle.sending import file_name
from evidence.lifecycle.states import ALREADY_THERE, AT_THE_BANK, State
from evidence.store.keyring import Keys
from evidence.store.schema import CONSENT, FILE, FILE_RECORD
from evidence.store.store import Store, Writing, groups

CODE: Final = "FB0910"
AT_ONCE: Final = 500


@dataclass(frozen=True, order=True)
class LedgerKey:
    """What a ledger is asked for by."""

    institution_code: str
    bank_code: str

    def hashed(self, keys: Keys) -> bytes:
        """What records about it are found by."""
        return keys.digest("ledger", f"{FIRM_BANKING}\0{self.institution_code}\0{self.bank_code}")


@dataclass
class Asked:
    """On which days ledgers were asked for, of late."""

    of_institution: dict[str, set[date]] = field(default_factory=dict)
    of_key: dict[LedgerKey, set[date]] = field(default_factory=dict)

    def add(self, key: LedgerKey, day: date) -> None:
        self.of_institution.setdefault(key.institution_code, set()).add(day)
        self.of_key.setdefault(key, set()).add(day)

    def before(self, key: LedgerKey, day: date) -> date | None:
        """The day that speaks against asking for it: in the same week (Monday to Sunday), or month for the same key."""
        return ledger_asked(day, self.of_institution.get(key.institution_code, ()), self.of_key.get(key, ()))


def settle_fb0910(writing: Writing, day: date, keys: Iterable[LedgerKey] | None = None) -> list[int]:
    """Settle one file that asks for ledgers.

    Args:
        writing: a transaction on the store.
        day: 조회 신청일자.
        keys: which ledgers; None: of every institution code and bank where there are consents and that may be asked for
            on that day.

    Raises:
        LedgerAskedBefore: one of `keys` may not be asked for on that day.
    """
    asked = asked_before(writing.store, writing.connection, day)
    if keys is None:
        wanted = [key for key in live_keys(writing.connection) if asked.before(key, day) is None]
    else:
        wanted = sorted(set(keys))
        for key in wanted:
            before = asked.before(key, day)
            if before is not None:
                raise LedgerAskedBefore(key.institution_code, key.bank_code, before.isoformat())
    return [_settle(writing, day, wanted)] if wanted else []


def live_keys(connection: Connection) -> list[LedgerKey]:
    """The ledgers in which consents of ours should stand, or were said to stand already when they were refused."""
    columns = (CONSENT.c.institution_code, CONSENT.c.bank_code)
    there_already = and_(CONSENT.c.state == State.REJECTED, CONSENT.c.code.in_(ALREADY_THERE))
    query = select(*columns).where(or_(CONSENT.c.state.in_(AT_THE_BANK), there_already)).distinct().order_by(*columns)
    return [LedgerKey(row.institution_code, row.bank_code) for row in connection.execute(query)]


def asked_before(store: Store, connection: Connection, day: date) -> Asked:
    """What was asked for in the month of a day, or in its week."""
    since = min(day.replace(day=1), monday_of(day))
    query = select(FILE_RECORD, FILE.c.process_date).join(FILE, FILE_RECORD.c.file_id == FILE.c.id)
    query = query.where(FILE.c.code == CODE, FILE.c.direction == "out", FILE.c.process_date >= since)
    asked = Asked()
    for row in connection.execute(query):
        asked.add(key_of(store, row), row.process_date)
    return asked


def key_of(store: Store, row: Row[Any]) -> LedgerKey:
    """The ledger that a record of an FB0910 asks for."""
    texts = texts_of(store, row)
    return LedgerKey(texts["institution_code"], texts["bank_code"])


def _settle(writing: Writing, day: date, keys: list[LedgerKey]) -> int:
    file_id = writing.next_id(FILE)
    new = NewFile(
        code=CODE,
        direction="out",
        state=FileState.ASSIGNED,
        name=file_name(CODE, day, file_id),
        process_date=day,
        institution_code="",
        bank_code="",
        records=len(keys),
        header={"van_code": VAN_CODE, "process_date": date_text(day)},
    )
    add_file(writing, file_id, new)
    for some in groups(_records(writing, keys), AT_ONCE):
        add_records(writing, file_id, some)
    return file_id


def _records(writing: Writing, keys: list[LedgerKey]) -> Iterator[NewRecord]:
    for number, key in enumerate(keys, 1):
        texts = {
            "institution_code": key.institution_code,
            "service_kind": FIRM_BANKING,
            "bank_code": key.bank_code,
        }
        yield NewRecord(number=number, texts=texts, identity=key.hashed(writing.keys))
