"""Files that were sent or taken in, and their records with the bytes of each field."""

from __future__ import annotations

import json
from typing import Any, Final

from flask import Blueprint, request
from sqlalchemy import Connection, Row, Select, select
from werkzeug.wrappers import Response

from evidence import Record
from evidence.banks import shipped
from evidence.layouts import LAYOUTS
from evidence.lifecycle.files import FileState, texts_of
from evidence.store.schema import FILE, FILE_RECORD, LOG
from evidence.store.viewing import note_viewing
from service.fb_view import View
from service.web.console.faults import PageMissing
from service.web.console.guard import for_role, visitor
from service.web.console.page import NUMBER, log_told, number_in, page, spoken, when
from service.web.console.record_view import Part, part_of
from service.web.console.roles import Role
from service.web.resources import Resources

_A_PAGE: Final = 50
STATES: Final[dict[FileState, dict[str, str]]] = {
    FileState.ASSIGNED: {"ko": "작성 중", "en": "being made"},
    FileState.READY: {"ko": "송신, 결과 대기", "en": "sent, no answer yet"},
    FileState.ANSWERED: {"ko": "결과 접수", "en": "answered"},
    FileState.REFUSED: {"ko": "전체 오류 회신", "en": "refused as a whole"},
    FileState.OPEN: {"ko": "접수, 회신 필요", "en": "taken in, to be answered"},
    FileState.CLOSED: {"ko": "처리 완료", "en": "done"},
}


def register(pages: Blueprint, resources: Resources) -> None:
    @pages.get("/files")
    def files() -> Response:
        before = number_in(request.args.get("before", ""))
        query = select(FILE).order_by(FILE.c.id.desc()).limit(_A_PAGE + 1)
        with resources.store.reading() as connection:
            rows = connection.execute(query if before is None else query.where(FILE.c.id < before)).all()
        last = rows[_A_PAGE - 1].id if len(rows) > _A_PAGE else None
        return page("files", rows=[_file(row) for row in rows[:_A_PAGE]], last=last)

    @pages.get(f"/files/<{NUMBER}:file_id>")
    def file(file_id: int) -> Response:
        after = number_in(request.args.get("after", "")) or 0
        with resources.store.reading() as connection:
            row = _row(connection, file_id)
            records = _records(connection, file_id, after)
            log = log_told(connection.execute(_log(file_id)).all())
        layout, view = LAYOUTS[row.code], View(shipped(), row.process_date, unmask=False)
        texts = (("header", layout.header, row.header), ("trailer", layout.trailer, row.trailer))
        ends = [
            (name, _part(view, table, json.loads(text), row.records)) for name, table, text in texts if text != "{}"
        ]
        last = records[_A_PAGE - 1].number if len(records) > _A_PAGE else None
        shown = [
            {"number": one.number, "consent": one.consent_id, "code": one.code or "", "has_evidence": one.evidence_id}
            for one in records[:_A_PAGE]
        ]
        return page("file", file=_file(row), ends=ends, records=shown, last=last, log=log)

    @pages.get(f"/files/<{NUMBER}:file_id>/records/<{NUMBER}:number>")
    def record(file_id: int, number: int) -> Response:
        return _record_page(resources, file_id, number, unmask=False)

    @pages.post(f"/files/<{NUMBER}:file_id>/records/<{NUMBER}:number>/unmask")
    @for_role(Role.OPERATOR)
    def unmask_record(file_id: int, number: int) -> Response:
        session = visitor().session
        assert session is not None  # noqa: S101 - the guard lets nobody else through
        with resources.store.reading() as connection:
            row = _record(connection, file_id, number)
        who = session.user.id
        note_viewing(
            resources.store, resources.clock(), "unmasked", row.consent_id, user=who, file=file_id, record=number
        )
        return _record_page(resources, file_id, number, unmask=True)


def _record_page(resources: Resources, file_id: int, number: int, *, unmask: bool) -> Response:
    with resources.store.reading() as connection:
        file, row = _row(connection, file_id), _record(connection, file_id, number)
        beside = [_beside(connection, file_id, number, later=later) for later in (False, True)]
    table = LAYOUTS[file.code].data
    texts = texts_of(resources.store, row) if row.sealed else {}
    part = _part(View(shipped(), file.process_date, unmask), table, {"sequence": str(number), **texts})
    chosen = request.args.get("field", "")
    return page(
        "record",
        file=_file(file),
        number=number,
        consent=row.consent_id,
        code=row.code or "",
        part=part,
        chosen=next((one for one in part.fields if one.name == chosen), None),
        is_kept=bool(row.sealed),
        before=beside[0],
        after=beside[1],
        unmasked=unmask,
    )


def _part(view: View, table: Record, texts: dict[str, str], count: int | None = None) -> Part:
    if count is not None and "record_count" in table.offsets:
        texts = {"record_count": str(count), **texts}
    return part_of(view, table, texts, spoken(), is_count=count is not None)


def _row(connection: Connection, file_id: int) -> Row[Any]:
    row = connection.execute(select(FILE).where(FILE.c.id == file_id)).one_or_none()
    if row is None:
        raise PageMissing
    return row


def _log(file_id: int) -> Select[Any]:
    """What happened to the file itself; rows about its consents may be as many as those."""
    query = select(LOG).where(LOG.c.file_id == file_id, LOG.c.consent_id.is_(None))
    return query.order_by(LOG.c.seq).limit(_A_PAGE)


def _records(connection: Connection, file_id: int, after: int) -> list[Row[Any]]:
    query = select(FILE_RECORD).where(FILE_RECORD.c.file_id == file_id, FILE_RECORD.c.number > after)
    return list(connection.execute(query.order_by(FILE_RECORD.c.number).limit(_A_PAGE + 1)).all())


def _record(connection: Connection, file_id: int, number: int) -> Row[Any]:
    here = (FILE_RECORD.c.file_id == file_id, FILE_RECORD.c.number == number)
    row = connection.execute(select(FILE_RECORD).where(*here)).one_or_none()
    if row is None:
        raise PageMissing
    return row


def _beside(connection: Connection, file_id: int, number: int, *, later: bool) -> int | None:
    column = FILE_RECORD.c.number
    query = select(column).where(FILE_RECORD.c.file_id == file_id, column > number if later else column < number)
    found: int | None = connection.execute(query.order_by(column if later else column.desc()).limit(1)).scalar()
    return found


def _file(row: Row[Any]) -> dict[str, Any]:
    lang = spoken()
    layout = LAYOUTS[row.code]
    return {
        "id": row.id,
        "code": row.code,
        "title": layout.ko if lang == "ko" else layout.en,
        "direction": row.direction,
        "state": row.state,
        "state_told": STATES[FileState(row.state)][lang],
        "name": row.name,
        "process_date": row.process_date.isoformat(),
        "records": row.records,
        "size": row.size,
        "sha256": None if row.sha256 is None else bytes(row.sha256).hex(),
        "answers": row.answers_id,
        "created_at": when(row.created_at),
    }
