"""Answers that were given, by Idempotency-Key, and the end of what the service keeps for a while only."""

from __future__ import annotations

import hmac
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Connection, delete, exists, insert, select

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
    return find_answers(store, connection, [asked], now).get(asked.key)


def find_answers(
    store: Store, connection: Connection, asked: Sequence[Asked], now: datetime
) -> dict[bytes, tuple[bool, Answer]]:
    """As `find_answer`, by key, for those that were answered."""
    if not asked:
        return {}
    prints = {one.key: one.fingerprint for one in asked}
    query = select(REQUEST).where(REQUEST.c.hash.in_(list(prints)), REQUEST.c.created_at > time_text(now - KEPT))
    found = {}
    for row in connection.execute(query):
        said = json.loads(store.sealer.open(about_request(row.id), row.key_id, bytes(row.sealed)))
        key = bytes(row.hash)
        found[key] = hmac.compare_digest(bytes(row.fingerprint), prints[key]), Answer(**said)
    return found


def keep_answers(writing: Writing, answers: Sequence[tuple[Asked, Answer]]) -> None:
    """Keep answers, in the transaction that did what was asked."""
    if not answers:
        return
    past = REQUEST.c.hash.in_([asked.key for asked, _ in answers])
    writing.connection.execute(delete(REQUEST).where(past))  # they are past their time, or would have been found
    writing.connection.execute(insert(REQUEST), [_row(writing, asked, answer) for asked, answer in answers])


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
