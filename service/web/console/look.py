"""A file that somebody drops on a page, explained: a DER judged, a certificate read, an FB file checked."""

from __future__ import annotations

import hashlib
from itertools import islice
from typing import Any, BinaryIO, Final, cast

from flask import Blueprint, request
from werkzeug.wrappers import Response

from consent.errors import CodedError, Lang
from consent.kinds import KINDS
from evidence import DataRecord, Fault, Header, Trailer, check, scan
from evidence.banks import shipped
from evidence.history import NOTHING
from evidence.looking import Looking
from service import korean
from service.check_view import report_as_json
from service.errors import NothingKnown
from service.fb_view import View, day_of, record_of
from service.inspection import MASK, Reader, describe, in_korean
from service.terminal import visible
from service.times import text_told
from service.vouch import Judge
from service.web.console.faults import NothingUploaded
from service.web.console.guard import takes_files
from service.web.console.page import HOURS, number_in, page, spoken, told
from service.web.console.record_view import part_of
from service.web.judging import report_now
from service.web.resources import Resources
from verifier.reports.glyphs import anywhere
from verifier.reports.page import page_of
from verifier.verdict import Verdict

_RECORDS: Final = 20
_FAULTS: Final = 100
_KINDS: Final = tuple(code for code, kind in KINDS.items() if kind.is_der)


def register(pages: Blueprint, resources: Resources) -> None:
    @pages.get("/look")
    def look() -> Response:
        return page("look", kinds=_KINDS)

    @pages.post("/look")
    @takes_files
    def look_at() -> Response:
        """Nothing of it is kept."""
        upload = request.files.get("file")
        try:
            if upload is None or not upload.stream.read(1):
                raise NothingUploaded
            stream, name = cast("BinaryIO", upload.stream), visible(upload.filename or "-")[:200]
            stream.seek(0)
            is_fb = stream.read(1) == b"H"
            stream.seek(0)
            return _fb(resources, stream, name) if is_fb else _other(resources, stream.read(), name)
        except CodedError as error:
            return page("look", 422, kinds=_KINDS, refused=told(error))


def _other(resources: Resources, data: bytes, name: str) -> Response:
    lang = spoken()
    described = describe(data, Reader(resources.clock(), lang, HOURS))
    if described is None:
        raise NothingKnown(name)
    kind, rows = described
    judged, unjudged = None, None
    if kind == "signed-data":
        wanted = request.form.get("kind", "")
        try:
            report = report_now(resources, data, wanted if wanted in _KINDS else None, file=name)
            judged = page_of(report, lang, has_glyph=anywhere, masked=True, hours=HOURS)
        except CodedError as error:
            unjudged = told(error)
    shown = [
        {"depth": row.depth, "label": label, "value": visible(MASK if row.personal else value, lines=True)}
        for row in rows
        for label, value in [(row.label, text_told(row.value, HOURS)) if lang == "en" else in_korean(row)]
    ]
    named = korean.kind(kind) if lang == "ko" else kind
    digest, size = hashlib.sha256(data).hexdigest(), len(data)
    return page("looked", name=name, kind=named, rows=shown, judged=judged, unjudged=unjudged, sha256=digest, size=size)


def _fb(resources: Resources, stream: BinaryIO, name: str) -> Response:
    lang, first = spoken(), number_in(request.form.get("first", "")) or 1
    report = report_as_json(check(stream, NOTHING, Looking(_judging(resources))), lang)
    stream.seek(0)
    view, shown, more = View(shipped(), resources.clock().date(), unmask=False), [], False
    for item in scan(stream):
        if isinstance(item, Fault):
            continue  # told above, by its record
        if isinstance(item, Header):
            view = View(view.banks, day_of(item.fields, view.day), unmask=False)
        if isinstance(item, DataRecord) and not first <= item.sequence < first + _RECORDS:
            more = more or item.sequence >= first + _RECORDS
            continue
        shown.append(_record(item, view, lang))
    outcomes = list(islice(cast("list[dict[str, Any]]", report["outcomes"]), _FAULTS))
    return page(
        "looked_fb", name=name, report=report, outcomes=outcomes, shown=shown, first=first, more=more, step=_RECORDS
    )


def _judging(resources: Resources) -> Any:  # noqa: ANN401 - evidence.looking.Judging
    judging = Judge(resources.trust(), resources.clock())

    def verdict(kind: str, evidence: bytes) -> Verdict | None:
        return judging.verdict(kind, evidence, None)

    return verdict


def _record(item: Header | DataRecord | Trailer, view: View, lang: Lang) -> dict[str, Any]:
    record = isinstance(item, DataRecord)
    evidence = item.evidence if isinstance(item, DataRecord) else b""
    return {
        "kind": "data" if record else "header" if isinstance(item, Header) else "trailer",
        "number": item.sequence if isinstance(item, DataRecord) else 0,
        "offset": item.offset,
        "part": part_of(view, record_of(item), item.fields, lang, is_count=isinstance(item, Trailer)),
        "evidence_size": len(evidence),
        "evidence_sha256": hashlib.sha256(evidence).hexdigest() if evidence else "",
    }
