"""Asks a time-stamping authority for a time-stamp over some bytes (RFC 3161), and takes none that proves nothing."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import secrets
from collections.abc import Callable
from datetime import datetime
from typing import Final

from asn1crypto import tsp

from certs import TrustStore
from service import http_source
from service.fetch_faults import (
    AddressUnusable,
    AnswerTooSlow,
    AuthorityAddressUnusable,
    NoTimeStamp,
    TimeStampOfAnother,
    TimeStampWorthless,
)
from verifier import TimeStamp
from verifier.fields import StructureFault
from verifier.time_stamp import prove
from verifier.tst_info import read_tst_info, token_of

MAX_BYTES: Final = 64 * 1024
_NONCE_BITS: Final = 64


async def stamped(der: bytes, url: str, trust: TrustStore, seconds: int, clock: Callable[[], datetime]) -> bytes:
    """The authority's response (TimeStampResp) with a time-stamp over `der`.

    Args:
        der: what is stamped; only its SHA-256 leaves the house.
        url: of the authority, http or https.
        trust: whom to believe about time.
        seconds: how long it may take in all.
        clock: the time; asked when the response is there.

    Raises:
        FetchFault: there is none, or none that proves a time.
    """
    if not url.startswith(("http://", "https://")):
        raise AuthorityAddressUnusable
    nonce = secrets.randbits(_NONCE_BITS)
    request = http_source.Request("application/timestamp-query", _query(der, nonce))
    try:
        async with asyncio.timeout(seconds):
            response = await http_source.ask(url, limit=MAX_BYTES, request=request)
    except TimeoutError:
        raise AnswerTooSlow(seconds) from None
    except AddressUnusable:
        raise AuthorityAddressUnusable from None
    _require_answer(response, der, nonce)
    proven = prove(TimeStamp(response, trust), der, clock())
    if proven.by is None:
        raise TimeStampWorthless(proven.finding)
    return response


def _query(der: bytes, nonce: int) -> bytes:
    """RFC 3161 §2.4.1; with the authority's certificate, which whoever judges the token later may not have."""
    imprint = {"hash_algorithm": {"algorithm": "sha256"}, "hashed_message": hashlib.sha256(der).digest()}
    return bytes(tsp.TimeStampReq({"version": 1, "message_imprint": imprint, "nonce": nonce, "cert_req": True}).dump())


def _require_answer(response: bytes, der: bytes, nonce: int) -> None:
    """RFC 3161 §2.2: an older answer, or one to another question, could be sent us."""
    try:
        info = read_tst_info(token_of(response))
    except StructureFault:
        raise NoTimeStamp from None
    if info.nonce != nonce or not hmac.compare_digest(info.imprint, hashlib.sha256(der).digest()):
        raise TimeStampOfAnother
