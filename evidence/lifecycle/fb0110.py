"""FB0110 from the store: what is queued, registrations and cancellations, settled as files (설계서 V3.8 4.2.1.1)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any, Final

from sqlalchemy import ColumnElement, Row, Select, and_, func, or_, select

from consent.kinds import KINDS
from evidence.build import Cancellation, Registration, record_texts
from evidence.field import date_text
from evidence.lifecycle.files import FileState, NewFile, NewRecord, add_file, add_records
from evidence.lifecycle.moving import AT_ONCE, Move, move
from evidence.lifecycle.sending import INTEGRATED, PROCESSING, file_name
from evidence.lifecycle.states import Event, State
from evidence.store.schema import CONSENT, EVIDENCE, FILE
from evidence.store.sealing import about_consent
from evidence.store.store import Writing
from verifier.verdict import Indication

CODE: Final = "FB0110"
VAN_CODE: Final = "VKN"
_JUDGED: Final = tuple(kind.code for kind in KINDS.values() if kind.is_der)
_READY: Final[ColumnElement[bool]] = or_(
    CONSENT.c.state == State.CANCEL_QUEUED,
    and_(
        CONSENT.c.state == State.QUEUED,
        or_(EVIDENCE.c.kind.not_in(_JUDGED), EVIDENCE.c.indication == Indication.TOTAL_PASSED.name),
    ),
)
"""What is queued; evidence that has to be judged goes only if the last verdict on it is a pass."""


def settle_fb0110(writing: Writing, day: date) -> list[int]:
    """Settle what is queued: as one file where processing is integrated, else one for each institution code and bank.

    Args:
        writing: a transaction on the store.
        day: 처리기준일자.
    """
    if writing.setting(PROCESSING) == INTEGRATED:
        parts = [("", "")]
    else:
        key = (CONSENT.c.institution_code, CONSENT.c.bank_code)
        rows = writing.connection.execute(_ready(*key).distinct().order_by(*key))
        parts = [(row.institution_code, row.bank_code) for row in rows]
    return [file_id for part in parts if (file_id := _settle(writing, day, *part)) is not None]


def _ready(*columns: Any) -> Select[Any]:  # noqa: ANN401 - whichever columns
    return select(*columns).outerjoin(EVIDENCE, CONSENT.c.evidence_id == EVIDENCE.c.id).where(_READY)


def _settle(writing: Writing, day: date, institution: str, bank: str) -> int | None:
    chosen = _ready(func.count()).select_from(CONSENT)
    query = _ready(CONSENT, EVIDENCE.c.size, EVIDENCE.c.kind, EVIDENCE.c.extension).order_by(CONSENT.c.id)
    if institution or bank:
        mine = and_(CONSENT.c.institution_code == institution, CONSENT.c.bank_code == bank)
        chosen, query = chosen.where(mine), query.where(mine)
    count = writing.connection.execute(chosen).scalar_one()
    if not count:
        return None
    file_id = writing.next_id(FILE)
    new = NewFile(
        code=CODE,
        direction="out",
        state=FileState.ASSIGNED,
        name=file_name(CODE, day, file_id),
        process_date=day,
        institution_code=institution,
        bank_code=bank,
        records=count,
        header=_header(day, institution, bank),
    )
    add_file(writing, file_id, new, {"process_date": day.isoformat()})
    number = 0
    for rows in _in_order(writing, query):
        _settle_rows(writing, file_id, number, rows)
        number += len(rows)
    return file_id


def _header(day: date, institution: str, bank: str) -> Mapping[str, str]:
    return {"van_code": VAN_CODE, "institution_code": institution, "process_date": date_text(day), "bank_code": bank}


def _in_order(writing: Writing, query: Select[Any]) -> Iterator[list[Row[Any]]]:
    last = 0
    while rows := writing.connection.execute(query.where(CONSENT.c.id > last).limit(AT_ONCE)).all():
        yield list(rows)
        last = rows[-1].id


def _settle_rows(writing: Writing, file_id: int, before: int, rows: list[Row[Any]]) -> None:
    records, moves = [], []
    for number, row in enumerate(rows, before + 1):
        registered = row.state == State.QUEUED
        records.append(
            NewRecord(
                number=number,
                texts=_texts(writing, row, registered=registered),
                consent_id=row.id,
                evidence_id=row.evidence_id if registered else None,
                identity=bytes(row.identity),
            )
        )
        event = Event.SENT if registered else Event.CANCEL_SENT
        moves.append(Move(row.id, event, file_id=file_id, record_number=number))
    add_records(writing, file_id, records)
    move(writing, moves)


def _texts(writing: Writing, row: Row[Any], *, registered: bool) -> dict[str, str]:
    """The texts of one data record, as `build_fb0110` makes them; of the evidence only its size is needed here."""
    sealed = writing.sealer.open_texts(about_consent(row.id), row.key_id, bytes(row.sealed))
    own: dict[str, Any] = {
        **sealed,
        "applied_on": row.applied_on,
        "institution_code": row.institution_code,
        "bank_code": row.bank_code,
        "evidence_kind": row.kind,
    }
    if not registered:
        return record_texts(Cancellation(**own))
    texts = record_texts(Registration(**own, extension=row.extension, evidence=b""))
    return texts | {"evidence_size": str(row.size)}
