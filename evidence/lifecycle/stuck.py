"""What stands still until somebody does something: consents, changes to be decided, audits, remarks of files."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Row, Select, and_, func, select, update

from evidence.codes import ACCEPTED
from evidence.field import Field
from evidence.layouts import LAYOUTS
from evidence.lifecycle.errors import NoSuchRemark
from evidence.lifecycle.fb0211 import ANSWER as FB0221
from evidence.lifecycle.fb0320 import ENDED_BEFORE
from evidence.lifecycle.files import FileState, texts_of
from evidence.lifecycle.ledgers import lacked
from evidence.lifecycle.mending import AMENDABLE, OF_CANCELLATION
from evidence.lifecycle.named import nearest, told_near
from evidence.lifecycle.states import ALREADY_THERE, CANCELLING, NOTHING_THERE, State
from evidence.lifecycle.taking import Remark
from evidence.store.schema import CONSENT, FILE, FILE_RECORD
from evidence.store.sealing import DELETED
from evidence.store.store import Store, Writing, groups

_AT_ONCE: Final = 500
STANDING: Final = (State.REFUSED, State.REJECTED, State.FAILED, State.CANCEL_REJECTED)
REMARKED: Final = ("FB0221", "FB0222", "FB0320", "FB0620")
"""Files whose records keep a remark; those of an FB0211 are drafts, those of an FB0933 differences."""
TICKED_OFF: Final = "done "
_OLD: Final = frozenset({"FB0211", "FB0221", "FB0222"})
_NO_EVIDENCE: Final = frozenset({"7119", "7120", "7121", "7122"})
_NOBODY_KNOWS: Final = frozenset({"7190", "7199"})


class Remedy(StrEnum):
    """What somebody does about a consent that stands still."""

    NEW_EVIDENCE = "new-evidence"
    AMEND = "amend"
    COMPARE = "compare"
    REQUEUE = "requeue"
    ASK = "ask"
    CANCEL = "cancel"
    CANCEL_AGAIN = "cancel-again"
    AWAIT_LEDGER = "await-ledger"
    LEDGER_LACKS = "ledger-lacks"
    CANCEL_VOID = "cancel-void"


@dataclass(frozen=True)
class StuckConsent:
    """A consent that stands still.

    Attributes:
        code: response or failure code; of one that was refused, the first code that speaks against its evidence.
        file: row of the file that said so, with the number of the record; None where no file did.
        fields: of FB0110 that the code is about.
    """

    consent_id: int
    state: State
    code: str
    institution_code: str
    bank_code: str
    file: Row[Any] | None
    fields: tuple[Field, ...]
    remedy: Remedy


@dataclass(frozen=True)
class StuckRecord:
    """A record of a file that somebody has to look at: `row` with the file's code and name."""

    row: Row[Any]
    remark: Remark


def stuck_consents(connection: Connection, only: int | None = None) -> Iterator[StuckConsent]:
    """Those that stand still, by state and number; of all of them only the numbers are held in memory.

    Last come those that go on as another consent since they were amended, while a bank may still have them.

    Args:
        connection: to the store.
        only: of one consent.
    """
    for state in STANDING:
        yield from _standing(connection, and_(CONSENT.c.state == state.value, ~_GOES_ON), only)
    yield from _standing(connection, _GOES_ON, only)


_GOES_ON: Final = and_(CONSENT.c.live, CONSENT.c.successor_id.is_not(None), CONSENT.c.state.not_in(CANCELLING))


def _standing(connection: Connection, which: ColumnElement[bool], only: int | None) -> Iterator[StuckConsent]:
    query = select(CONSENT.c.id).where(which).order_by(CONSENT.c.id)
    query = query if only is None else query.where(CONSENT.c.id == only)
    for some in groups(connection.execute(query).scalars().all(), _AT_ONCE):
        files = _last_files(connection, some)
        rows = connection.execute(select(CONSENT).where(CONSENT.c.id.in_(some)).order_by(CONSENT.c.id))
        for row in rows:
            one = _stuck(row, State(row.state), files.get(row.id))
            is_lacked = one.remedy is Remedy.AWAIT_LEDGER and lacked(connection, one.consent_id) is not None
            yield replace(one, remedy=Remedy.LEDGER_LACKS) if is_lacked else one


def _stuck(row: Row[Any], state: State, file: Row[Any] | None) -> StuckConsent:
    code = row.code or ""
    fields = () if state is State.REFUSED else fields_of(code)
    goes_on = row.successor_id is not None and state not in CANCELLING
    remedy = Remedy.CANCEL if goes_on else remedy_of(state, code, fields)
    return StuckConsent(row.id, state, code, row.institution_code, row.bank_code, file, fields, remedy)


def _last_files(connection: Connection, consent_ids: Sequence[int]) -> dict[int, Row[Any]]:
    """Of each consent, the last record of a file taken in that gave it the code that it stands with."""
    columns = (FILE_RECORD.c.consent_id, FILE_RECORD.c.number, FILE.c.id, FILE.c.code, FILE.c.name)
    query = select(*columns).join(FILE, FILE_RECORD.c.file_id == FILE.c.id).order_by(FILE.c.id, FILE_RECORD.c.number)
    query = query.join(CONSENT, (FILE_RECORD.c.consent_id == CONSENT.c.id) & (FILE_RECORD.c.code == CONSENT.c.code))
    query = query.where(FILE_RECORD.c.consent_id.in_(consent_ids), FILE.c.direction == "in")
    query = query.where(FILE.c.code.in_(["FB0120", "FB0620"]))
    found: dict[int, Any] = {}
    for row in connection.execute(query):
        found[row.consent_id] = row
    return found


def fields_of(code: str) -> tuple[Field, ...]:
    """The fields of FB0110 that a response code is about; none where it is about many, or about no field."""
    if code in _NOBODY_KNOWS:
        return ()
    return tuple(field for field in LAYOUTS["FB0110"].data.fields if field.response_code == code)


def remedy_of(state: State, code: str, fields: Sequence[Field]) -> Remedy:
    """What helps against a code, as far as it tells."""
    if state is State.REFUSED or code in _NO_EVIDENCE:
        return Remedy.NEW_EVIDENCE
    if state is State.CANCEL_REJECTED:
        return _remedy_of_cancellation(code, fields)
    if state is State.REJECTED and code in ALREADY_THERE:
        return Remedy.AWAIT_LEDGER
    if code == "81":
        return Remedy.COMPARE
    if any(field.name in AMENDABLE for field in fields):
        return Remedy.AMEND
    return Remedy.REQUEUE if code == "92" or code in _NOBODY_KNOWS else Remedy.ASK


def _remedy_of_cancellation(code: str, fields: Sequence[Field]) -> Remedy:
    if any(field.name in OF_CANCELLATION for field in fields):
        return Remedy.AMEND
    return Remedy.CANCEL_VOID if code in NOTHING_THERE else Remedy.CANCEL_AGAIN


def stuck_audits(connection: Connection, only: int | None = None) -> Iterator[Row[Any]]:
    """Records of FB0421 that were found wrong, of requests that have no other answer on its way.

    Of an FB0421 that refuses the answer and finds no record wrong there is one row, whose `number` is None.

    Args:
        connection: to the store.
        only: of one consent.
    """
    answer, request = FILE.alias(), FILE.alias()
    wrong = and_(FILE_RECORD.c.file_id == FILE.c.id, FILE_RECORD.c.code != ACCEPTED)
    of_record = (FILE_RECORD.c.number, FILE_RECORD.c.consent_id, FILE_RECORD.c.code)
    of_file = (FILE.c.id.label("file_id"), FILE.c.name, FILE.c.trailer, FILE.c.records.label("listed"))
    query = (
        select(*of_file, *of_record, answer.c.records.label("sent"), request.c.name.label("request"))
        .join(answer, FILE.c.answers_id == answer.c.id)
        .join(request, answer.c.answers_id == request.c.id)
        .outerjoin(FILE_RECORD, wrong)
        .where(FILE.c.code == "FB0421", request.c.state == FileState.OPEN)
        .where(
            answer.c.id == select(func.max(_AGAIN.c.id)).where(_AGAIN.c.answers_id == request.c.id).scalar_subquery()
        )
        .where(answer.c.state == FileState.REFUSED)
        .order_by(FILE.c.id, FILE_RECORD.c.number)
    )
    query = query if only is None else query.where(FILE_RECORD.c.consent_id == only)
    rows: Iterator[Row[Any]] = iter(connection.execute(query.execution_options(yield_per=_AT_ONCE)))
    yield from rows


_AGAIN: Final = FILE.alias()


def undecided_changes(store: Store, connection: Connection) -> Iterator[StuckRecord]:
    """Records of open FB0211 that will be answered with something else than 0000 unless somebody decides otherwise."""
    answer = FILE.alias()
    under_way = select(answer.c.id).where(answer.c.answers_id == FILE.c.id, answer.c.code == FB0221)
    query = _remarked().where(FILE.c.code == "FB0211", FILE.c.state == FileState.OPEN, ~under_way.exists())
    yield from _records(store, connection, query)


def remarked_records(store: Store, connection: Connection) -> Iterator[StuckRecord]:
    """Records with a remark that nobody has ticked off; those that ask for nothing are left out."""
    query = _remarked().where(FILE.c.code.in_(REMARKED), FILE_RECORD.c.outcome != ENDED_BEFORE)
    yield from _records(store, connection, query)


def _remarked() -> Select[Any]:
    columns = (FILE.c.code.label("file_code"), FILE.c.name, CONSENT.c.successor_id)
    return (
        select(FILE_RECORD, *columns)
        .join(FILE, FILE_RECORD.c.file_id == FILE.c.id)
        .outerjoin(CONSENT, FILE_RECORD.c.consent_id == CONSENT.c.id)
        .where(FILE_RECORD.c.outcome.startswith("FB-"), FILE_RECORD.c.key_id != DELETED)
        .order_by(FILE_RECORD.c.file_id, FILE_RECORD.c.number)
    )


def _records(store: Store, connection: Connection, query: Select[Any]) -> Iterator[StuckRecord]:
    for some in groups(connection.execution_options(yield_per=_AT_ONCE).execute(query), _AT_ONCE):
        yield from (StuckRecord(row, _remark(store, connection, row)) for row in some)


def _remark(store: Store, connection: Connection, row: Row[Any]) -> Remark:
    """The remark as it was made when the file was taken in, but that it names the nearest consents of now."""
    texts = texts_of(store, row)
    before = "old_" if row.file_code in _OLD else ""
    near = nearest(connection, store.keys, texts, before) if row.consent_id is None else []
    said: dict[str, str | int] = {
        "code": row.code or "-",
        **told_near(near),
        "cancel": texts.get("cancel_code") or "-",
        "register": texts.get("register_code") or "-",
        "successor": row.successor_id or "-",
        "file": row.name,
    }
    return Remark(row.outcome, row.number, row.consent_id, said)


def tick_off(writing: Writing, file_id: int, number: int) -> None:
    """Note that somebody has seen to what was remarked on a record.

    Raises:
        NoSuchRemark: nothing was, or it is ticked off already.
    """
    here = (FILE_RECORD.c.file_id == file_id, FILE_RECORD.c.number == number)
    query = select(FILE_RECORD.c.outcome).join(FILE, FILE_RECORD.c.file_id == FILE.c.id)
    query = query.where(*here, FILE.c.code.in_(REMARKED))
    outcome = writing.connection.execute(query).scalar()
    if outcome is None or not outcome.startswith("FB-"):
        raise NoSuchRemark(file_id, number)
    writing.connection.execute(update(FILE_RECORD).where(*here).values(outcome=TICKED_OFF + outcome))
    writing.log.add("remark_done", file_id=file_id, details={"record": number, "remark": outcome})
