"""A consent that goes on as another one: the same evidence, on another account (FB0222)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, insert, select, update

from evidence.field import date_of
from evidence.identity import Identity
from evidence.lifecycle.intake import SEALED
from evidence.lifecycle.states import Event, State
from evidence.store.schema import CONSENT, EVIDENCE
from evidence.store.sealing import about_consent
from evidence.store.store import Writing


@dataclass(frozen=True)
class Successor:
    """The consent that goes on.

    Attributes:
        consent_id: its number.
        is_new: whether it begins now; else it was there already, registered by another way (2501).
    """

    consent_id: int
    is_new: bool


def begin(writing: Writing, old_id: int, sent: Mapping[str, str], file_id: int, number: int) -> Successor:
    """Begin the consent that follows one that was changed, unless a live one of its identity is there; note which.

    It begins as accepted: its bank has registered it, so that it can be cancelled, changed and found in the ledger; but
    no ledger has listed it yet (ADR 0044). It was applied for on the day on which the payer asked for the change.

    Args:
        writing: a transaction on the store.
        old_id: number of the consent that was changed.
        sent: texts of the FB0221 that took the change.
        file_id: of the FB0222.
        number: of the record in it.
    """
    payer, account = sent["new_payer_number"], sent["new_account_number"]
    identity = Identity(sent["new_institution_code"], payer, sent["new_bank_code"], account)
    hashed = identity.hashed(writing.keys.digest)
    live = writing.connection.execute(select(CONSENT.c.id).where(CONSENT.c.identity == hashed, CONSENT.c.live)).scalar()
    if live is None:
        old = writing.connection.execute(select(CONSENT).where(CONSENT.c.id == old_id)).one()
        found = Successor(_insert(writing, old, identity, sent, (file_id, number)), is_new=True)
    else:
        found = Successor(live, is_new=False)
    writing.connection.execute(
        update(CONSENT).where(CONSENT.c.id == old_id).values(successor_id=found.consent_id, changed_at=writing.at)
    )
    return found


def _insert(
    writing: Writing, old: Row[Any], identity: Identity, sent: Mapping[str, str], named: tuple[int, int]
) -> int:
    number = writing.next_id(CONSENT)
    keys, sealer = writing.keys, writing.sealer
    texts = sealer.open_texts(about_consent(old.id), old.key_id, bytes(old.sealed))
    texts = {name: texts[name] for name in SEALED}
    texts |= {"payer_number": identity.payer_number, "account_number": identity.account_number}
    applied_on = date_of(sent["requested_at"][:8])
    row = {
        "id": number,
        "identity": identity.hashed(keys.digest),
        "live": True,
        "state": State.ACCEPTED.value,
        "service_kind": old.service_kind,
        "institution_code": identity.institution_code,
        "bank_code": identity.bank_code,
        "payer_hash": keys.digest("payer_number", identity.payer_number),
        "account_hash": keys.digest("account_number", identity.account_number),
        "holder_hash": bytes(old.holder_hash),
        "applied_on": applied_on,
        "evidence_id": old.evidence_id,
        "file_id": named[0],
        "record_number": named[1],
        "created_at": writing.at,
        "changed_at": writing.at,
        "key_id": sealer.key_id,
        "sealed": sealer.seal_texts(about_consent(number), texts),
    }
    writing.connection.execute(insert(CONSENT), row)
    details: dict[str, str | int] = {"after": old.id, "state": State.ACCEPTED.value, "record": named[1]}
    details |= {"applied_on": applied_on.isoformat(), "evidence": _digest(writing, old.evidence_id)}
    writing.log.add(Event.BEGAN.value, consent_id=number, file_id=named[0], details=details)
    return number


def _digest(writing: Writing, evidence_id: int) -> str:
    digest = writing.connection.execute(select(EVIDENCE.c.sha256).where(EVIDENCE.c.id == evidence_id)).scalar_one()
    return bytes(digest).hex()
