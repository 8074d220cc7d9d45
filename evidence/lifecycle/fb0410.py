"""FB0410 taken in, and the FB0420 that answers it (설계서 V3.8 4.6.1, 4.6.2)."""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import Any, Final

from sqlalchemy import Row, select, update

from evidence.answer import DATA_COPIED, HEADER_COPIED, answer_texts
from evidence.lifecycle.answers import enter_answer, unanswered
from evidence.lifecycle.contracts import has_institution
from evidence.lifecycle.errors import AuditNotOpen, EvidenceMissingForAudit, first_of
from evidence.lifecycle.files import FileState, NewRecord, add_records, records_of, texts_of
from evidence.lifecycle.found_files import find_file
from evidence.lifecycle.named import identities_of, nearest, told_near
from evidence.lifecycle.taking import Taking
from evidence.store.schema import CONSENT, EVIDENCE, FILE
from evidence.store.store import Writing, groups

REQUEST: Final = "FB0410"
ANSWER: Final = "FB0420"
CLOSED: Final = "file_elsewhere"
"""In the log: an audit is answered elsewhere, or not ours to answer."""
OF_ANOTHER: Final = "FB-401"
AT_ONCE: Final = 500


def take_in_fb0410(taking: Taking) -> None:
    """Enter the request; it stays open until an FB0421 finds its answer in order, or somebody closes it."""
    taking.enter(FileState.OPEN)
    counts: Counter[str] = Counter()
    for some in groups(taking.records(), AT_ONCE):
        identities = identities_of(taking.writing, [record.fields for record in some])
        taking.enter_records(
            [
                NewRecord(number=record.sequence, texts=record.fields, identity=identity)
                for record, identity in zip(some, identities, strict=True)
            ]
        )
        counts.update(record.fields["institution_code"] for record in some)
    strange = {code: count for code, count in counts.items() if not has_institution(taking.writing.connection, code)}
    if strange:
        taking.remark(OF_ANOTHER, 0, institutions=first_of(sorted(strange)), count=sum(strange.values()))


def settle_fb0420(
    writing: Writing,
    _day: date,
    *,
    refused: list[EvidenceMissingForAudit],
    allow_missing: bool = False,
    only: str | None = None,
) -> list[int]:
    """Settle the answers to all requests that are open and have none on its way, each apart from the others.

    Args:
        writing: a transaction on the store.
        _day: nothing; an answer bears the date of its request.
        refused: takes an error for each request that is left open: of some of its consents there is no evidence, and
            nobody said that this is known.
        allow_missing: whether an answer may say that there is no evidence: each such file counts against the
            institution (4.6.2).
        only: number or name of the one request that is answered; None: all of them.

    Raises:
        FileUnknown, FileNotClear: `only` is no FB0410, or several.
        AuditNotOpen: it has its answer, or one on its way.
    """
    requests = unanswered(writing, REQUEST, ANSWER)
    if only is not None:
        wanted = find_file(writing.connection, only, [REQUEST])
        requests = [one for one in requests if one.id == wanted.id]
        if not requests:
            raise AuditNotOpen(wanted.name)
    settled = []
    for request in requests:
        try:
            with writing.apart():
                settled.append(_settle(writing, request, allow_missing=allow_missing))
        except EvidenceMissingForAudit as error:
            refused.append(error)
    return settled


def close_audit(writing: Writing, file_id: int) -> None:
    """Close an audit that is answered elsewhere (payinfo.or.kr/biz, 3.4) or is not ours, with an answer that waits.

    Raises:
        AuditNotOpen: it is closed, or its answer is settled and not in the outbox yet.
    """
    request = writing.connection.execute(select(FILE).where(FILE.c.id == file_id)).one()
    answers = writing.connection.execute(select(FILE).where(FILE.c.answers_id == file_id, FILE.c.code == ANSWER)).all()
    if request.state != FileState.OPEN or any(one.state == FileState.ASSIGNED for one in answers):
        raise AuditNotOpen(request.name)
    for one in (request, *(one for one in answers if one.state == FileState.READY)):
        writing.connection.execute(update(FILE).where(FILE.c.id == one.id).values(state=FileState.CLOSED.value))
        writing.log.add(CLOSED, file_id=one.id, details={"state": FileState.CLOSED.value})


def _settle(writing: Writing, request: Row[Any], *, allow_missing: bool) -> int:
    file_id = enter_answer(writing, request, ANSWER, HEADER_COPIED)
    missing: list[Row[Any]] = []
    for some in groups(records_of(writing.connection, request.id), AT_ONCE):
        records = _answers(writing, some)
        add_records(writing, file_id, records)
        missing.extend(row for row, one in zip(some, records, strict=True) if one.evidence_id is None)
    if missing and not allow_missing:
        near = nearest(writing.connection, writing.keys, texts_of(writing.store, missing[0]))
        day, first = request.process_date.isoformat(), missing[0].number
        raise EvidenceMissingForAudit(request.name, day, len(missing), first, told_near(near))
    return file_id


def _answers(writing: Writing, asked: list[Row[Any]]) -> list[NewRecord]:
    texts_asked = [texts_of(writing.store, row) for row in asked]
    identities = identities_of(writing, texts_asked)  # once more: the consent may have come since
    held = _held(writing, identities)
    records = []
    for row, fields, identity in zip(asked, texts_asked, identities, strict=True):
        found = _best(held.get(identity, []), fields["applied_on"])
        copied = {name: fields[name] for name in DATA_COPIED}
        if found is None:
            texts = answer_texts(fields["applied_on"], fields["evidence_type"], None, 0)
        else:
            texts = answer_texts(f"{found.applied_on:%Y%m%d}", found.kind, found.extension, found.size)
        records.append(
            NewRecord(
                number=row.number,
                texts=copied | texts,
                consent_id=None if found is None else found.id,
                evidence_id=None if found is None else found.evidence_id,
                identity=bytes(row.identity),
            )
        )
    return records


def _held(writing: Writing, identities: list[bytes]) -> dict[bytes, list[Row[Any]]]:
    """The consents of these identities with their evidence: the one that is alive last, else the latest."""
    query = (
        select(CONSENT.c.identity, CONSENT.c.id, CONSENT.c.applied_on, CONSENT.c.evidence_id)
        .add_columns(EVIDENCE.c.kind, EVIDENCE.c.extension, EVIDENCE.c.size)
        .join(EVIDENCE, CONSENT.c.evidence_id == EVIDENCE.c.id)
        .where(CONSENT.c.identity.in_(identities))
        .order_by(CONSENT.c.live, CONSENT.c.id)
    )
    held: dict[bytes, list[Row[Any]]] = {}
    for row in writing.connection.execute(query):
        held.setdefault(bytes(row.identity), []).append(row)
    return held


def _best(held: list[Row[Any]], applied_on: str) -> Row[Any] | None:
    """Of several consents of one identity, the one applied for on the day asked about, else the last."""
    best = [row for row in held if f"{row.applied_on:%Y%m%d}" == applied_on] or held
    return best[-1] if best else None
