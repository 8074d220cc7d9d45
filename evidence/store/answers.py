"""Answers that were given, by Idempotency-Key, and the end of what the service keeps for a while only."""

from __future__ import annotations

import hmac
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection, Row, bindparam, delete, exists, insert, select

from evidence.store.sealed_tables import about_request
from evidence.store.store import Store, Writing, time_text
from evidence.store.web_schema import CONSOLE_SESSION, NONCE, REQUEST, SIGNING, SIGNING_TOKEN

KEPT: Final = timedelta(hours=24)
UNSIGNED_KEPT: Final = timedelta(days=7)  # after a consent could be signed no more


@dataclass(frozen=True)
class Answer:
    """What a caller was told."""

    status: int
    headers: dict[str, str]
    body: str = field(repr=False)


@dataclass(frozen=True)
class Asked:
    """A request by its key: who asked under which key, and for what."""

    key: bytes  # keyed hash of caller and Idempotency-Key
    fingerprint: bytes  # keyed hash of method, path, query and body


def find_answer(store: Store, connection: Connection, asked: Asked, now: datetime) -> tuple[bool, Answer] | None:
    """The answer that was given under the key, and whether it was to the same request; None: none was."""
    row = connection.execute(_ONE, {"key": asked.key, "since": time_text(now - KEPT)}).one_or_none()
    return None if row is None else _opened(store, row, asked.fingerprint)


def find_answers(
    store: Store, connection: Connection, asked: Sequence[Asked], now: datetime
) -> dict[bytes, tuple[bool, Answer]]:
    """As `find_answer`, by key, for those that were answered."""
    if not asked:
        return {}
    prints = {one.key: one.fingerprint for one in asked}
    rows = connection.execute(_MANY, {"keys": list(prints), "since": time_text(now - KEPT)})
    return {bytes(row.hash): _opened(store, row, prints[bytes(row.hash)]) for row in rows}


_SINCE: Final = select(REQUEST).where(REQUEST.c.created_at > bindparam("since"))
_ONE: Final = _SINCE.where(REQUEST.c.hash == bindparam("key"))
_MANY: Final = _SINCE.where(REQUEST.c.hash.in_(bindparam("keys", expanding=True)))


def _opened(store: Store, row: Row[Any], fingerprint: bytes) -> tuple[bool, Answer]:
    said = json.loads(store.sealer.open(about_request(row.id), row.key_id, bytes(row.sealed)))
    return hmac.compare_digest(bytes(row.fingerprint), fingerprint), Answer(**said)


def keep_answers(writing: Writing, answers: Sequence[tuple[Asked, Answer]]) -> None:
    """Keep answers, in the transaction that did what was asked."""
    if not answers:
        return
    keys = [asked.key for asked, _ in answers]
    writing.connection.execute(_FORGET, {"keys": keys})  # past their time, or they would have been found
    writing.connection.execute(_ADD, [_row(writing, asked, answer) for asked, answer in answers])


_FORGET: Final = delete(REQUEST).where(REQUEST.c.hash.in_(bindparam("keys", expanding=True)))
_ADD: Final = insert(REQUEST)


def _row(writing: Writing, asked: Asked, answer: Answer) -> dict[str, object]:
    number = writing.next_id(REQUEST)
    said = json.dumps({"status": answer.status, "headers": answer.headers, "body": answer.body}, ensure_ascii=False)
    return {
        "id": number,
        "hash": asked.key,
        "fingerprint": asked.fingerprint,
        "created_at": writing.at,
        "key_id": writing.sealer.key_id,
        "sealed": writing.sealer.seal(about_request(number), said.encode()),
    }


def sweep(writing: Writing) -> None:
    """Take away answers, nonces, tokens, sessions and unsigned consents that are past their time."""
    long_ago = time_text(writing.time - KEPT)
    over = time_text(writing.time - UNSIGNED_KEPT)
    connection = writing.connection
    connection.execute(delete(REQUEST).where(REQUEST.c.created_at <= long_ago))
    connection.execute(delete(NONCE).where(NONCE.c.expires_at <= writing.at))
    connection.execute(delete(SIGNING_TOKEN).where(SIGNING_TOKEN.c.expires_at <= long_ago))
    connection.execute(delete(CONSOLE_SESSION).where(CONSOLE_SESSION.c.expires_at <= writing.at))
    has_token = exists().where(SIGNING_TOKEN.c.signing_id == SIGNING.c.id)
    connection.execute(delete(SIGNING).where(SIGNING.c.state != "signed", SIGNING.c.expires_at <= over, ~has_token))
