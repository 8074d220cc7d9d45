"""Figures as charts: consents a day, response codes, certificate products, what of the trust folders ends soon."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any, Final

from flask import Blueprint
from sqlalchemy import Connection, func, select
from werkzeug.wrappers import Response

from certs import TrustStore
from certs.products import products_of
from consent.errors import CodedError, Lang
from consent.kinds import KINDS
from evidence.calendar import KOREA
from evidence.codebooks import book_rows, meaning
from evidence.codes import ACCEPTED
from evidence.store.finding import open_evidence
from evidence.store.schema import CONSENT, EVIDENCE, FILE, FILE_RECORD
from evidence.store.store import Store, time_text
from service.holdings import holdings
from service.terminal import visible
from service.times import day
from service.web.console.drawing import columns
from service.web.console.page import HOURS, page, spoken, told
from service.web.resources import Resources
from verifier.cms import read_signed_data
from verifier.der import read_der
from verifier.fields import StructureFault
from verifier.loading import load_certificate

_DAYS: Final = 30
_LATEST_DAYS: Final = 14
"""Days that a narrow screen's chart has room for."""
_WIDE, _NARROW = 760, 300
_ANSWERS: Final = timedelta(days=90)
_LATEST: Final = 200
"""Pieces of evidence whose signers are looked at: each has to be opened for that."""
_ENDS_WITHIN: Final = timedelta(days=90)
_FIELDS: Final = {"FB0620": "failure_code"}


def register(pages: Blueprint, resources: Resources) -> None:
    @pages.get("/charts")
    def charts() -> Response:
        now, lang = resources.clock(), spoken()
        with resources.store.reading() as connection:
            days = _days(connection, now)
            codes = _codes(connection, now, lang)
            numbers = _latest(connection)
        ending, refused = _ending(resources, now, lang)
        series = [(f"{one:%m-%d}", count) for one, count in days]
        return page(
            "charts",
            days=days,
            wide=columns(series, _WIDE),
            narrow=columns(series[-_LATEST_DAYS:], _NARROW),
            latest=_LATEST_DAYS,
            total=sum(count for _, count in days),
            codes=codes,
            products=_products(resources.store, numbers, lang),
            looked_at=len(numbers),
            ending=ending,
            refused=refused,
        )


def _days(connection: Connection, now: datetime) -> list[tuple[date, int]]:
    """Consents that were taken in on each of the last days of Korea; counted by the hour, as times stand in UTC."""
    today = now.astimezone(KOREA).date()
    first = datetime.combine(today - timedelta(days=_DAYS - 1), datetime.min.time(), KOREA)
    hour = func.substr(CONSENT.c.created_at, 1, 13)
    query = select(hour, func.count()).where(CONSENT.c.created_at >= time_text(first)).group_by(hour)
    counts: Counter[date] = Counter()
    for text, count in connection.execute(query):
        counts[datetime.fromisoformat(f"{text}:00+00:00").astimezone(KOREA).date()] += count
    return [(one, counts[one]) for one in (today - timedelta(days=left) for left in reversed(range(_DAYS)))]


def _codes(connection: Connection, now: datetime, lang: Lang) -> list[dict[str, Any]]:
    """What was answered, by code; FB0120 tells of errors record by record, and only counts the others."""
    since = time_text(now - _ANSWERS)
    query = select(FILE.c.code.label("file"), FILE_RECORD.c.code, func.count().label("records"))
    query = query.join(FILE, FILE_RECORD.c.file_id == FILE.c.id).where(FILE.c.direction == "in")
    query = query.where(FILE.c.code.in_(["FB0120", "FB0421", "FB0620"]), FILE.c.created_at >= since)
    query = query.where(FILE_RECORD.c.code.is_not(None)).group_by(FILE.c.code, FILE_RECORD.c.code)
    counts = {(row.file, row.code): int(row.records) for row in connection.execute(query)}
    trailers = select(FILE.c.trailer).where(FILE.c.code == "FB0120", FILE.c.created_at >= since)
    accepted = sum(int(json.loads(text).get("accepted", 0)) for text in connection.execute(trailers).scalars())
    if accepted:
        counts["FB0120", ACCEPTED] = accepted
    most = max(counts.values(), default=1)
    return [
        {"file": file, "code": code, "told": _meaning(file, code, lang), "count": count, "width": _width(count, most)}
        for (file, code), count in sorted(counts.items())
    ]


def _meaning(file: str, code: str, lang: Lang) -> str:
    row = meaning(_FIELDS.get(file, "response_code"), code) or next((one for _, one in book_rows(code)), None)
    return "" if row is None else row.ko if lang == "ko" else row.en


def _latest(connection: Connection) -> list[int]:
    signed = [kind.code for kind in KINDS.values() if kind.is_der]
    query = select(EVIDENCE.c.id).where(EVIDENCE.c.kind.in_(signed)).order_by(EVIDENCE.c.id.desc()).limit(_LATEST)
    return list(connection.execute(query).scalars())


def _products(store: Store, numbers: list[int], lang: Lang) -> list[dict[str, Any]]:
    counts: Counter[str] = Counter()
    for _, content in open_evidence(store, numbers).values():
        counts[_product(content or b"", lang)] += 1
    most = max(counts.values(), default=1)
    return [{"name": name, "count": count, "width": _width(count, most)} for name, count in counts.most_common()]


def _product(der: bytes, lang: Lang) -> str:
    """Of the signer, as the certificate itself says; "" where it says none that is known."""
    root, _ = read_der(der)
    if root is None:
        return ""
    try:
        signed_data = read_signed_data(der, root)
    except StructureFault:
        return ""
    serials = {one.serial_number for one in signed_data.signer_infos}
    for one in signed_data.certificates:
        certificate = load_certificate(one)
        if certificate is not None and certificate.serial_number in serials:
            return ", ".join(product.title(lang) for product in products_of(certificate))
    return ""


def _ending(resources: Resources, now: datetime, lang: Lang) -> tuple[list[dict[str, Any]], dict[str, str] | None]:
    """What of the trust folders has ended, ends soon or is missing, the most urgent first."""
    try:
        found = [row for trust in resources.trust().stores for row in _of_folder(trust, now, lang)]
    except CodedError as error:
        return [], told(error)
    return sorted(found, key=lambda row: (row["left"] is not None, row["left"] or 0)), None


def _of_folder(trust: TrustStore, now: datetime, lang: Lang) -> Iterable[dict[str, Any]]:
    for item in holdings(trust, now):
        state = item.state(now)
        left = None if item.ends is None else item.ends - now
        if state in {"good", "past"} and (left is None or item.is_past or left > _ENDS_WITHIN):
            continue
        what = item.what[lang] if item.authority is None else f"{item.authority.title(lang)}: {item.what[lang]}"
        yield {
            "state": state,
            "what": visible(what),
            "place": visible(item.place),
            "ends": "" if item.ends is None else day(item.ends, HOURS),
            "left": None if left is None else left.days,
            "width": 0 if left is None else _width(max(left.days, 0), _ENDS_WITHIN.days),
        }


def _width(count: int, most: int) -> int:
    """In percent of the widest; whatever there is can be seen."""
    return max(1, round(100 * min(count, most) / most)) if count else 0
