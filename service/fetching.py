"""Asks every location for its list or response, a few at a time, and has what comes back judged and kept."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final
from urllib.parse import urlsplit

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp

from certs.locations import Location
from service import http_source, ldap_source
from service.asking import Issued, Question
from service.fetch_faults import AddressUnusable, AnswerTooSlow, FetchFault
from service.shelf import Kept, Shelf

LIST_BYTES: Final = 64 * 1024 * 1024
"""A list of a million certificates has some 40 MB."""
RESPONSE_BYTES: Final = 1024 * 1024
AT_ONCE: Final = 4


@dataclass(frozen=True)
class Outcome:
    """What came of asking one address.

    Attributes:
        kept: what the folder has from it; None if nothing.
        fault: what was wrong, also with what is kept.
        is_made_good: the fault is no matter: another address helped, or the folder has something newer.
    """

    use: str
    url: str
    kept: Kept | None
    fault: FetchFault | None
    is_made_good: bool = False


async def fetch(questions: Iterable[Question], shelf: Shelf, seconds: int, tell: Callable[[Outcome], None]) -> None:
    """Ask all; `tell` hears of the outcomes in the order of the questions, each as soon as may be.

    Args:
        questions: what to ask.
        shelf: takes in what comes.
        seconds: how long one address may take in all.
        tell: called for each address that was asked.

    Raises:
        NotWritable: the trust folder refuses.
    """
    gate = asyncio.Semaphore(AT_ONCE)
    tasks = [asyncio.create_task(_answered(question, shelf, seconds, gate)) for question in questions]
    try:
        for task in tasks:
            for outcome in await task:
                tell(outcome)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _answered(question: Question, shelf: Shelf, seconds: int, gate: asyncio.Semaphore) -> Sequence[Outcome]:
    outcomes: list[Outcome] = []
    for url in question.urls:
        async with gate:
            outcomes += await _asked(question, url, shelf, seconds)
        if any(_is_settled(outcome) for outcome in outcomes):
            return [replace(outcome, is_made_good=outcome.fault is not None) for outcome in outcomes]
    return outcomes


def _is_settled(outcome: Outcome) -> bool:
    return outcome.fault is None or outcome.fault.is_harmless


async def _asked(question: Question, url: str, shelf: Shelf, seconds: int) -> list[Outcome]:
    try:
        async with asyncio.timeout(seconds):
            answers = await _answers(question, url)
    except FetchFault as fault:
        return [Outcome(question.use, url, None, fault)]
    except TimeoutError:
        return [Outcome(question.use, url, None, AnswerTooSlow(seconds))]
    return [_judged(question, url, data, shelf) for data in answers]


async def _answers(question: Question, url: str) -> list[bytes]:
    scheme = _scheme(url)
    if question.about is not None:
        if scheme not in http_source.SCHEMES:
            raise AddressUnusable
        return [await http_source.ask(url, limit=RESPONSE_BYTES, request=_request(question.about))]
    if scheme in http_source.SCHEMES:
        return [await http_source.ask(url, limit=LIST_BYTES)]
    if scheme in ldap_source.SCHEMES:
        return await ldap_source.ask(url, limit=LIST_BYTES)
    raise AddressUnusable


def _scheme(url: str) -> str:
    endpoint = Location("", url).endpoint
    if endpoint is None or urlsplit(url).username is not None:
        raise AddressUnusable
    return endpoint.scheme


def _request(about: Issued) -> http_source.Request:
    """RFC 6960 appendix A.1.

    Certificates go by SHA-1, which every responder knows (RFC 5019 §2.1.1); there is no nonce: most have none to give.
    """
    builder = ocsp.OCSPRequestBuilder().add_certificate(*about, hashes.SHA1())  # noqa: S303 - a name, no proof
    return http_source.Request("application/ocsp-request", builder.build().public_bytes(Encoding.DER))


def _judged(question: Question, url: str, data: bytes, shelf: Shelf) -> Outcome:
    host = urlsplit(url).hostname or ""
    try:
        if question.about is None:
            kept = shelf.take_list(data, host)
        else:
            kept = shelf.take_response(data, host, question.about)
    except FetchFault as fault:
        return Outcome(question.use, url, None, fault)
    return Outcome(question.use, url, kept, kept.fault)
