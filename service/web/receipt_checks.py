"""Whether a receipt is genuine, and is about what it is shown with; for anybody who has one."""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from hashlib import sha256

from consent.charset import Charset
from evidence.lifecycle.receipts import Receipt, is_genuine
from service.web.access.required import resources, store_view
from service.web.faults import ReceiptMalformed


@dataclass(frozen=True)
class ReceiptCheck:
    """What came of it; None for what was not shown."""

    genuine: bool
    evidence_matches: bool | None
    text_matches: bool | None
    received_at: str | None


def check_receipt(document: object, evidence: bytes | None, text: bytes | str | None) -> ReceiptCheck:
    """Look a receipt up.

    Args:
        document: the receipt's JSON.
        evidence: the evidence that it is said to be about.
        text: the consent text likewise: its bytes, or as read, for any charset.

    Raises:
        ReceiptMalformed: it is no receipt.
    """
    try:
        receipt = Receipt.from_json(document)
    except ValueError:
        raise ReceiptMalformed from None
    genuine = is_genuine(store_view(), resources().store.keys, receipt)
    return ReceiptCheck(
        genuine=genuine,
        evidence_matches=None if evidence is None else _is_of(receipt.evidence_sha256, evidence),
        text_matches=None if text is None else any(_is_of(receipt.content_sha256, one) for one in _encodings(text)),
        received_at=receipt.received_at if genuine else None,
    )


def _is_of(digest: str, data: bytes) -> bool:
    return hmac.compare_digest(digest, sha256(data).hexdigest())


def _encodings(text: bytes | str) -> list[bytes]:
    if isinstance(text, bytes):
        return [text]
    encoded = []
    for charset in Charset:
        try:
            encoded.append(text.encode(charset))
        except UnicodeEncodeError:
            continue
    return encoded
