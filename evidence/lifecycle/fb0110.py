"""FB0110 from the store: what is queued, registrations and cancellations, settled as files (설계서 V3.8 4.2.1.1).

Partly exempt institutions keep their evidence and register by R00 instead (4.2.1.2): theirs is settled in the same way,
as a list for whatever makes their R00 (`evidence.registration_list`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any, Final, NamedTuple

from sqlalchemy import ColumnElement, Row, Select, and_, func, or_, select

from consent.kinds import KINDS
from evidence.build import Cancellation, Registration, record_texts
from evidence.field import date_text
from evidence.lifecycle.cancelling import REQUESTED_ON, requested_on
from evidence.lifecycle.contracts import partly_exempt
from evidence.lifecycle.files import R00, FileState, NewFile, NewRecord, add_file, add_records
from evidence.lifecycle.moving import AT_ONCE, Move, move
from evidence.lifecycle.sending import INTEGRATED, PROCESSING, file_name
from evidence.lifecycle.states import Event, State
from evidence.store.schema import CONSENT, EVIDENCE, FILE
from evidence.store.sealing import about_consent
from evidence.store.store import Writing
from verifier.verdict import Indication

CODE: Final = "FB0110"
VAN_CODE: Final = "VKN"
NO_EVIDENCE: Final = {"extension": "", "evidence_size": "0"}  # 4.2.1.2, 14 and 15
_JUDGED: Final = tuple(kind.code for kind in KINDS.values() if kind.is_der)
_READY: Final[ColumnElement[bool]] = or_(
    CONSENT.c.state == State.CANCEL_QUEUED,
    and_(
        CONSENT.c.state == State.QUEUED,
        or_(EVIDENCE.c.kind.not_in(_JUDGED), EVIDENCE.c.indication == Indication.TOTAL_PASSED.name),
    ),
)
"""What is queued; evidence that has to be judged goes only if the last verdict on it is a pass."""


class _Part(NamedTuple):
    """What goes into one file; no institution and no bank: those of all."""

    code: str
    which: ColumnElement[bool]
    institution: str = ""
    bank: str = ""


def settle_fb0110(writing: Writing, day: date) -> list[int]:
    """Settle what is queued: as one file where processing is integrated, else one for each institution code and bank.

    Args:
        writing: a transaction on the store.
        day: 처리기준일자.
    """
    exempt = partly_exempt(writing.connection)
    return _settle_all(writing, day, _Part(CODE, and_(_READY, CONSENT.c.institution_code.not_in(exempt))))


def settle_r00(writing: Writing, day: date) -> list[int]:
    """Likewise for the institution codes that are partly exempt, as lists for their R00."""
    exempt = partly_exempt(writing.connection)
    return _settle_all(writing, day, _Part(R00, and_(_READY, CONSENT.c.institution_code.in_(exempt))))


def _settle_all(writing: Writing, day: date, whole: _Part) -> list[int]:
    parts = [whole]
    if writing.setting(PROCESSING) != INTEGRATED:
        key = (CONSENT.c.institution_code, CONSENT.c.bank_code)
        rows = writing.connection.execute(_ready(whole, *key).distinct().order_by(*key))
        parts = [_of_one(whole, row.institution_code, row.bank_code) for row in rows]
    return [file_id for part in parts if (file_id := _settle(writing, day, part)) is not None]


def _of_one(whole: _Part, institution: str, bank: str) -> _Part:
    mine = and_(whole.which, CONSENT.c.institution_code == institution, CONSENT.c.bank_code == bank)
    return _Part(whole.code, mine, institution, bank)


def _ready(part: _Part, *columns: Any) -> Select[Any]:  # noqa: ANN401 - whichever columns
    return select(*columns).outerjoin(EVIDENCE, CONSENT.c.evidence_id == EVIDENCE.c.id).where(part.which)


def _settle(writing: Writing, day: date, part: _Part) -> int | None:
    count = writing.connection.execute(_ready(part, func.count()).select_from(CONSENT)).scalar_one()
    if not count:
        return None
    file_id = writing.next_id(FILE)
    new = NewFile(
        code=part.code,
        direction="out",
        state=FileState.ASSIGNED,
        name=file_name(part.code, day, file_id),
        process_date=day,
        institution_code=part.institution,
        bank_code=part.bank,
        records=count,
        header=_header(day, part.institution, part.bank),
    )
    add_file(writing, file_id, new)
    number = 0
    query = _ready(part, CONSENT, EVIDENCE.c.size, EVIDENCE.c.kind, EVIDENCE.c.extension).order_by(CONSENT.c.id)
    for rows in _in_order(writing, query):
        _settle_rows(writing, file_id, number, rows, with_evidence=part.code == CODE)
        number += len(rows)
    return file_id


def _header(day: date, institution: str, bank: str) -> Mapping[str, str]:
    return {"van_code": VAN_CODE, "institution_code": institution, "process_date": date_text(day), "bank_code": bank}


def _in_order(writing: Writing, query: Select[Any]) -> Iterator[list[Row[Any]]]:
    last = 0
    while rows := writing.connection.execute(query.where(CONSENT.c.id > last).limit(AT_ONCE)).all():
        yield list(rows)
        last = rows[-1].id


def _settle_rows(writing: Writing, file_id: int, before: int, rows: list[Row[Any]], *, with_evidence: bool) -> None:
    records, moves = [], []
    days = requested_on(writing, [row.id for row in rows if row.state != State.QUEUED])
    for number, row in enumerate(rows, before + 1):
        registered = row.state == State.QUEUED
        records.append(
            NewRecord(
                number=number,
                texts=_texts(writing, row, days.get(row.id), registered=registered)
                | ({} if with_evidence else NO_EVIDENCE),
                consent_id=row.id,
                evidence_id=row.evidence_id if registered and with_evidence else None,
                identity=bytes(row.identity),
            )
        )
        event = Event.SENT if registered else Event.CANCEL_SENT
        said = {REQUESTED_ON: days[row.id].isoformat()} if row.id in days else {}
        moves.append(Move(row.id, event, file_id=file_id, record_number=number, details=said))
    add_records(writing, file_id, records)
    move(writing, moves)


def _texts(writing: Writing, row: Row[Any], day: date | None, *, registered: bool) -> dict[str, str]:
    """The texts of one data record, as `build_fb0110` makes them; of the evidence only its size is needed here.

    `day`: on which its cancellation was applied for; of one that was queued before that was kept, none.
    """
    sealed = writing.sealer.open_texts(about_consent(row.id), row.key_id, bytes(row.sealed))
    own: dict[str, Any] = {
        **sealed,
        "applied_on": row.applied_on,
        "institution_code": row.institution_code,
        "bank_code": row.bank_code,
        "evidence_kind": row.kind,
    }
    if not registered:
        return record_texts(Cancellation(**own | {"applied_on": day or row.applied_on}))
    texts = record_texts(Registration(**own, extension=row.extension, evidence=b""))
    return texts | {"evidence_size": str(row.size)}
