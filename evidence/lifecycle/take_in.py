"""Taking in any file of the clearing institute: whole or not at all, once and no more."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import BinaryIO, Final

from sqlalchemy import and_, select

from evidence.calendar import require_known
from evidence.field import date_of
from evidence.lifecycle.errors import NotIncoming
from evidence.lifecycle.fb0120 import take_in_fb0120
from evidence.lifecycle.fb0211 import take_in_fb0211
from evidence.lifecycle.fb0222 import take_in_fb0222
from evidence.lifecycle.fb0320 import take_in_fb0320
from evidence.lifecycle.fb0410 import take_in_fb0410
from evidence.lifecycle.fb0421 import take_in_fb0421
from evidence.lifecycle.fb0620 import take_in_fb0620
from evidence.lifecycle.fb0933 import take_in_fb0933
from evidence.lifecycle.files import FileState
from evidence.lifecycle.taking import Remark, Survey, Taking, survey
from evidence.store.schema import FILE
from evidence.store.store import Store, Writing

HANDLERS: Final[Mapping[str, Callable[[Taking], None]]] = MappingProxyType(
    {
        "FB0120": take_in_fb0120,
        "FB0211": take_in_fb0211,
        "FB0222": take_in_fb0222,
        "FB0320": take_in_fb0320,
        "FB0410": take_in_fb0410,
        "FB0421": take_in_fb0421,
        "FB0620": take_in_fb0620,
        "FB0933": take_in_fb0933,
    }
)

ANOTHER_WAITS: Final = "FB-232"


@dataclass(frozen=True)
class TakenFile:
    """What came of a file.

    Attributes:
        file_id: its number in the store.
        already: whether the very same file had been taken in before, for the same file sent; then nothing was done.
        events: how many consents, by what happened to them.
        remarks: what somebody has to look at.
    """

    code: str
    file_id: int
    records: int
    already: bool
    events: Mapping[str, int]
    remarks: tuple[Remark, ...]


def take_in(store: Store, stream: BinaryIO, name: str, now: datetime, *, answers: str | None = None) -> TakenFile:
    """Take a file in, in one transaction; a second time it changes nothing.

    Args:
        store: where to.
        stream: the file; seekable.
        name: what it is called, for people.
        now: when.
        answers: name of the file sent that it answers, where more than one fits.

    Raises:
        RecordError: the file is not sound as a whole.
        TakeInError: it does not agree with what was sent, or is none that comes in.
        StoreUnavailable: the database refuses.
    """
    whole = surveyed(stream)
    with store.writing(now) as writing:
        return take_in_surveyed(writing, whole, stream, name, answers=answers)


def surveyed(stream: BinaryIO) -> Survey:
    """Look a file over before a transaction is begun for it.

    Raises:
        RecordError: the file is not sound as a whole.
        NotIncoming: it is none that comes in.
        DayNotKnown: no deadline could be counted from its process date.
    """
    stream.seek(0)
    whole = survey(stream)
    if whole.layout.code not in HANDLERS:
        raise NotIncoming(whole.layout.code)
    require_known(date_of(whole.header["process_date"]))
    return whole


def take_in_surveyed(
    writing: Writing, whole: Survey, stream: BinaryIO, name: str, *, answers: str | None = None
) -> TakenFile:
    """As `take_in`, in a transaction of the caller's."""
    code, counted = whole.layout.code, Counter(writing.log.counted)
    before = _before(writing, whole, answers)
    if before is not None:
        remarks = (Remark(ANOTHER_WAITS, 0, None),) if _another_waits(writing, before) else ()
        return TakenFile(code, before, whole.records, already=True, events={}, remarks=remarks)
    taking = Taking(writing, writing.next_id(FILE), whole, stream, name, answers)
    HANDLERS[code](taking)
    done = writing.log.counted - counted
    events = {name: count for name, count in done.items() if not name.startswith("file_")}
    return TakenFile(code, taking.file_id, whole.records, already=False, events=events, remarks=tuple(taking.remarks))


def _before(writing: Writing, whole: Survey, answers: str | None) -> int | None:
    """The number of the same file, taken in before; one that answers another file by the operator's word is no such."""
    answered = FILE.alias()
    query = (
        select(FILE.c.id)
        .outerjoin(answered, FILE.c.answers_id == answered.c.id)
        .where(FILE.c.direction == "in", FILE.c.sha256 == whole.sha256)
    )
    if answers is not None:
        query = query.where(answered.c.name == answers)
    found: int | None = writing.connection.execute(query.order_by(FILE.c.id)).scalar()
    return found


def _another_waits(writing: Writing, file_id: int) -> bool:
    """Whether a file like the one that it answered waits, sent again or sent beside it: the answer may be the same."""
    answered, other = FILE.alias(), FILE.alias()
    alike = (other.c[name] == answered.c[name] for name in ("code", "process_date", "institution_code", "bank_code"))
    query = (
        select(other.c.id)
        .select_from(FILE)
        .join(answered, FILE.c.answers_id == answered.c.id)
        .join(other, and_(*alike))
        .where(FILE.c.id == file_id, other.c.direction == "out", other.c.state == FileState.READY)
    )
    return writing.connection.execute(query).first() is not None
