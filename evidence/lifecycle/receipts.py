"""Receipts: that evidence was taken in, when, and by which certificate it was signed, told by a row of the log.

A receipt holds nothing personal. It carries a code under the store's key, and names a row of the log that says the
same; who has the store can tell whether it is genuine, and who has only the log can follow the digests.
"""

from __future__ import annotations

import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Final

from sqlalchemy import Connection, select

from evidence.store.keyring import Keys
from evidence.store.schema import LOG
from evidence.store.store import Writing

VERSION: Final = 1
GIVEN: Final = "receipt_given"
_TEXTS: Final = ("evidence_sha256", "content_sha256", "certificate_sha256", "received_at", "log_digest", "mac")


@dataclass(frozen=True)
class Receipt:
    """What was taken in.

    Attributes:
        evidence_sha256: of the evidence, hex.
        content_sha256: of the consent text in it, hex; "" where the evidence is no DER.
        certificate_sha256: of the signer's certificate, hex; "" likewise.
        received_at: when, ISO 8601 in UTC.
        log_seq: number of the log's row that says so.
        log_digest: its digest, hex; holds all rows before it too.
        mac: HMAC-SHA256 under the store's key over all of that, hex.
    """

    evidence_sha256: str
    content_sha256: str
    certificate_sha256: str
    received_at: str
    log_seq: int
    log_digest: str
    mac: str

    def to_json(self) -> dict[str, object]:
        return {"version": VERSION, **vars(self)}

    @classmethod
    def from_json(cls, document: object) -> Receipt:
        """Read what `to_json` wrote. Raises: ValueError."""
        if not isinstance(document, Mapping) or document.keys() != {"version", *(field.name for field in fields(cls))}:
            raise ValueError("not a receipt")
        values = {name: document[name] for name in document if name != "version"}
        if document["version"] != VERSION or type(values["log_seq"]) is not int:
            raise ValueError("not a receipt")
        if not all(isinstance(values[name], str) and values[name].isascii() for name in _TEXTS):
            raise ValueError("not a receipt")
        return cls(**values)


def give_receipt(
    writing: Writing, evidence: bytes, *, content: bytes | None, certificate: bytes | None, consent_id: int | None
) -> Receipt:
    """Note in the log that evidence was taken in, and make the receipt.

    Args:
        writing: the transaction that takes it in.
        evidence: its SHA-256.
        content: SHA-256 of the consent text, if it is a DER.
        certificate: SHA-256 of the signer's certificate, likewise.
        consent_id: the consent it belongs to, if any.
    """
    said = {
        "evidence": evidence.hex(),
        "content": (content or b"").hex(),
        "certificate": (certificate or b"").hex(),
    }
    writing.log.add(GIVEN, consent_id=consent_id, details=said)
    seq, digest = writing.log.seq, writing.log.digest.hex()
    told = (said["evidence"], said["content"], said["certificate"], writing.at, seq, digest)
    return Receipt(*told, mac=_mac(writing.keys, told))


def is_genuine(connection: Connection, keys: Keys, receipt: Receipt) -> bool:
    """Whether the store gave this receipt, and its log says so still."""
    told = (
        receipt.evidence_sha256,
        receipt.content_sha256,
        receipt.certificate_sha256,
        receipt.received_at,
        receipt.log_seq,
        receipt.log_digest,
    )
    if not hmac.compare_digest(_mac(keys, told), receipt.mac):
        return False
    row = connection.execute(select(LOG).where(LOG.c.seq == receipt.log_seq)).one_or_none()
    if row is None or row.event != GIVEN or bytes(row.digest).hex() != receipt.log_digest:
        return False
    said = json.loads(row.details)
    return (said["evidence"], said["content"], said["certificate"], row.at) == told[:4]


def _mac(keys: Keys, told: tuple[str, str, str, str, int, str]) -> str:
    return keys.digest("receipt", json.dumps(told)).hex()
