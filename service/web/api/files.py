"""`/v1/files`: files to the clearing institute out of the store, files from it into the store."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import date
from functools import partial, wraps
from hashlib import file_digest
from pathlib import Path
from typing import Any, BinaryIO, Final, TypeVar, cast

from apiflask import APIBlueprint
from flask import Response, make_response, request, send_file
from sqlalchemy import Connection, Row, select

from evidence.calendar import KOREA, require_known
from evidence.check import check
from evidence.file_faults import NotWritable
from evidence.history import Known, Requests
from evidence.lifecycle.errors import EvidenceMissingForAudit
from evidence.lifecycle.fb0110 import settle_fb0110
from evidence.lifecycle.fb0410 import settle_fb0420
from evidence.lifecycle.sending import Outbox, Settle, manifest_of, notices_of
from evidence.lifecycle.take_in import surveyed, take_in_surveyed
from evidence.looking import Looking
from evidence.notices import Notice
from evidence.store.answers import Answer
from evidence.store.numbers import LARGEST
from evidence.store.schema import FILE
from evidence.store.store import Writing
from service.calendars import doubts
from service.check_view import report_as_json
from service.inputs import judging_time
from service.taken_view import taken_as_json
from service.vouch import Judge
from service.web.access import Scope, requires
from service.web.access.required import resources
from service.web.faults import FieldsWrong
from service.web.file_faults import FileAltered, FileNotThere, FileUnknown, OutboxMissing, OutboxRefuses
from service.web.idempotency import as_answer, idempotent, response, written
from service.web.languages import lang
from service.web.models.files import (
    AuditAnswersOut,
    CheckOut,
    CheckQuery,
    FileOut,
    FilesOut,
    SendFb0110,
    SendFb0420,
    TakeInQuery,
    TakenFileOut,
)
from service.web.problems import problem
from service.web.uploads import MULTIPART, body, parts

View = TypeVar("View", bound=Callable[..., Any])
blueprint: Final = APIBlueprint("files", __name__, url_prefix="/v1/files", tag="files")
BYTES: Final = "application/octet-stream"
_BINARY: Final = {"type": "string", "format": "binary"}
_FILE: Final = {BYTES: {"schema": _BINARY}}
_FILES: Final = {
    **_FILE,
    MULTIPART: {
        "schema": {
            "type": "object",
            "properties": {"file": _BINARY, "request": _BINARY},
            "required": ["file"],
            "additionalProperties": False,
        }
    },
}


@blueprint.post("/check")
@requires(Scope.FILES)
@idempotent(writes=False)
@blueprint.input(CheckQuery, location="query")
@blueprint.output(CheckOut)
@blueprint.doc(
    summary="Foretell what the clearing institute will answer to a file, which is the body",
    operation_id="checkFile",
    extensions={"x-body": _FILES},
)
def check_one(query_data: CheckQuery) -> Response:
    """As a form, `file` is the file, and `request` the FB0410 that an FB0420 answers. Nothing is kept."""
    look = None
    if query_data.judge == "true":
        look = partial(Judge(resources().trust(), judging_time(query_data.at)).verdict, received_at=None)
    with _uploaded() as (file, asked):
        known = Known(None, None if asked is None else Requests.read(asked))
        report = check(file, known, Looking(look))
    return response(as_answer(report_as_json(report, lang())))


def delivered(code: str) -> Callable[[View], View]:
    """Put the files that a view settled into the outbox, after its transaction, and answer with their manifests.

    That is done for an answer that is given again too: a request that was stopped in between is carried on by the same
    request, and answered as it would have been.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def deliver(*args: object, **kwargs: object) -> Response:
            outbox = _outbox()
            with _refusals():
                outbox.require_known()
            answered = make_response(view(*args, **kwargs))
            with _refusals():
                for _ in outbox.finish(code):
                    pass
            with outbox.store.reading() as connection:
                made = json.loads(answered.data)
                sent = [_sent(connection, number) for number in made.pop("files")]
            answered.data = json.dumps({"items": sent} | made, ensure_ascii=False)
            return answered

        return cast("View", deliver)

    return decorate


@contextmanager
def _refusals() -> Iterator[None]:
    try:
        yield
    except NotWritable:
        raise OutboxRefuses from None


@blueprint.post("/fb0110")
@requires(Scope.FILES)
@delivered("FB0110")
@idempotent(writes=True)
@blueprint.input(SendFb0110)
@blueprint.output(FilesOut)
@blueprint.doc(summary="Put what is queued in the store into the outbox, as FB0110", operation_id="sendFb0110")
def send_fb0110(json_data: SendFb0110) -> Response:
    return _settled(settle_fb0110, _process_date(json_data.process_date))


@blueprint.post("/fb0420")
@requires(Scope.FILES)
@delivered("FB0420")
@idempotent(writes=True)
@blueprint.input(SendFb0420)
@blueprint.output(AuditAnswersOut)
@blueprint.doc(summary="Answer the audits (FB0410) that were taken in, as FB0420", operation_id="sendFb0420")
def send_fb0420(json_data: SendFb0420) -> Response:
    day, outbox = _process_date(None), _outbox()

    def settle(writing: Writing) -> Answer:
        refused: list[EvidenceMissingForAudit] = []
        files = settle_fb0420(writing, day, refused=refused, allow_missing=json_data.allow_missing)
        if refused and not files:
            raise refused[0]
        outbox.require_free(writing, files)
        return as_answer(
            {
                "files": files,
                "notices": [],
                "refused": [problem(one, process_date=one.details["process_date"]) for one in refused],
            }
        )

    return written(settle)


@blueprint.get("/<int:number>")
@requires(Scope.FILES)
@blueprint.output(FileOut)
@blueprint.doc(summary="A file sent, by its number in the store", operation_id="getFile")
def find_one(number: int) -> dict[str, Any]:
    with resources().store.reading() as connection:
        row = _row(connection, number)
        return {**_told(connection, row), "state": row.state}


@blueprint.get("/<int:number>/content")
@requires(Scope.FILES)
@blueprint.doc(
    summary="The bytes of a file for as long as it is in the outbox",
    operation_id="getFileContent",
    extensions={"x-answer": [BYTES]},
)
def content(number: int) -> Response:
    outbox = _outbox()
    with outbox.store.reading() as connection:
        row = _row(connection, number)
    try:
        stream = (outbox.folder / row.name).open("rb")
    except OSError:
        raise FileNotThere from None
    if file_digest(stream, "sha256").digest() != bytes(row.sha256):
        stream.close()
        raise FileAltered
    stream.seek(0)
    return send_file(stream, BYTES, as_attachment=True, download_name=row.name, conditional=False, etag=False)


@blueprint.post("/take-in")
@requires(Scope.FILES)
@idempotent(writes=True)
@blueprint.input(TakeInQuery, location="query")
@blueprint.output(TakenFileOut)
@blueprint.doc(
    summary="Take in a file of the clearing institute, which is the body: whole or not at all, once and no more",
    operation_id="takeInFile",
    extensions={"x-body": _FILE},
)
def take_in_one(query_data: TakeInQuery) -> Response:
    name, answers, spoken = query_data.name, query_data.answers, lang()
    with body() as file:
        whole = surveyed(file)
        return written(
            lambda writing: as_answer(
                taken_as_json(name, take_in_surveyed(writing, whole, file, name, answers=answers), spoken)
            )
        )


def _settled(settle: Settle, day: date) -> Response:
    ours, outbox = resources(), _outbox()
    notices = _noticed(doubts(day, ours.calendar()[0], ours.clock()))

    def settled(writing: Writing) -> Answer:
        files = settle(writing, day)
        outbox.require_free(writing, files)
        return as_answer({"files": files, "notices": notices})

    return written(settled)


def _noticed(notices: Iterable[Notice]) -> list[dict[str, str]]:
    spoken = lang()
    return [{"code": one.code, "message": one.message(spoken)} for one in notices]


def _process_date(said: str | None) -> date:
    ours = resources()
    if said is not None:
        try:
            day = date.fromisoformat(said)
        except ValueError:
            raise FieldsWrong("process_date") from None
        require_known(day)
        return day
    calendar, _ = ours.calendar()
    return calendar.on_or_after(ours.clock().astimezone(KOREA).date())


def _outbox() -> Outbox:
    ours = resources()
    if not ours.settings.outbox:
        raise OutboxMissing
    return Outbox(ours.store, Path(ours.settings.outbox), ours.clock)


@contextmanager
def _uploaded() -> Iterator[tuple[BinaryIO, BinaryIO | None]]:
    if request.mimetype == MULTIPART:
        yield parts(needed="file", more="request")
        return
    with body() as file:
        yield file, None


def _row(connection: Connection, number: int) -> Row[Any]:
    """Raises: FileUnknown, FileNotThere."""
    mine = (FILE.c.id == number, FILE.c.direction == "out")
    row = connection.execute(select(FILE).where(*mine)).one_or_none() if number <= LARGEST else None
    if row is None:
        raise FileUnknown
    if row.sha256 is None:
        raise FileNotThere
    return row


def _sent(connection: Connection, number: int) -> dict[str, Any]:
    return _told(connection, _row(connection, number))


def _told(connection: Connection, row: Row[Any]) -> dict[str, Any]:
    manifest = manifest_of(resources().store, connection, row, row.size, bytes(row.sha256))
    return {"number": row.id, "manifest": manifest, "notices": _noticed(notices_of(connection, row))}
