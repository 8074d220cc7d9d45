"""`/v1/evidence`: evidence that was made elsewhere, and whatever the store holds."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from http import HTTPStatus
from typing import Any, Final

from apiflask import APIBlueprint
from flask import Response, request
from sqlalchemy import Connection, Row, select

from consent.kinds import KINDS
from evidence.build import Registration
from evidence.lifecycle.drafts import registration_from
from evidence.lifecycle.intake import require_fit, take_in_part
from evidence.lifecycle.mending import requeue
from evidence.lifecycle.receipts import give_receipt
from evidence.lifecycle.rejudging import follow
from evidence.lifecycle.signings import alive_consents, keep_evidence
from evidence.lifecycle.states import State
from evidence.store.answers import Answer
from evidence.store.finding import first_received
from evidence.store.pieces import Piece, read_piece
from evidence.store.schema import CONSENT, EVIDENCE, VERDICT
from evidence.store.store import Writing
from evidence.store.verdicts import Judged, last_indications
from service.inputs import receipt_time
from service.web.access import Scope, requires
from service.web.access.required import resources, store_view
from service.web.api.consents import registered
from service.web.batches import each
from service.web.faults import EvidenceUnknown, FieldsWrong, NotServed, TooMuch
from service.web.idempotency import as_answer, idempotent, written
from service.web.judging import judged_if_signed, report_now
from service.web.languages import lang
from service.web.models.base import decoded
from service.web.models.consents import ItemsOut
from service.web.models.evidence import EvidenceOut, NewEvidence, NewEvidences, TakenOut
from verifier import Indication, Verdict
from verifier.reports.facts import Report
from verifier.reports.json_form import as_json
from verifier.signed_parts import SignedParts, signed_parts

blueprint: Final = APIBlueprint("evidence", __name__, url_prefix="/v1/evidence", tag="evidence")
_SHA256: Final = 64
_DER: Final = "application/pkcs7-mime"
_REPORT_CSP: Final = (
    "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
)
"""The page itself allows its own style alone, by its hash; both hold."""
_REPORTS: Final = {"html": "text/html", "pdf": "application/pdf"}


@blueprint.post("")
@requires(Scope.EVIDENCE)
@idempotent(writes=True)
@blueprint.input(NewEvidence)
@blueprint.output(TakenOut, HTTPStatus.CREATED)
@blueprint.doc(summary="Take in evidence that was made elsewhere", operation_id="takeInEvidence")
def take_in_one(json_data: NewEvidence) -> Response:
    """Evidence that does not pass is kept too, and its consent is registered nowhere."""
    taking = _Taking.of(json_data)
    return written(taking.kept)


@blueprint.post("/batch")
@requires(Scope.EVIDENCE)
@idempotent(writes=True)
@blueprint.input(NewEvidences)
@blueprint.output(ItemsOut)
@blueprint.doc(summary="Take in much evidence", operation_id="takeInMuchEvidence")
def take_in_many(json_data: NewEvidences) -> Response:
    taking = each(json_data.items, lambda item: _Taking.of(NewEvidence.model_validate(item)))
    return taking.written(lambda writing, one: one.kept(writing))


@blueprint.get("/<sha>")
@requires(Scope.EVIDENCE)
@blueprint.output(EvidenceOut)
@blueprint.doc(summary="Evidence in the store, without its content", operation_id="getEvidence")
def find_one(sha: str) -> dict[str, Any]:
    connection = store_view()
    row = _row(connection, sha)
    verdicts = select(VERDICT).where(VERDICT.c.evidence_id == row.id).order_by(VERDICT.c.id)
    consents = select(CONSENT.c.id).where(CONSENT.c.evidence_id == row.id).order_by(CONSENT.c.id)
    return {
        "sha256": sha,
        "size": row.size,
        "kind": row.kind,
        "extension": row.extension,
        "added_at": row.added_at,
        "received_at": row.received_at,
        "indication": row.indication,
        "verdicts": [
            {
                "judged_at": one.judged_at,
                "verified_at": one.verified_at,
                "indication": one.indication,
                "codes": one.codes.split(),
                "policy": one.policy,
            }
            for one in connection.execute(verdicts)
        ],
        "consents": list(connection.execute(consents).scalars()),
    }


@blueprint.get("/<sha>.der")
@requires(Scope.EVIDENCE)
@blueprint.doc(
    summary="The evidence itself",
    operation_id="getEvidenceContent",
    extensions={"x-answer": [_DER, "application/octet-stream"]},
)
def content(sha: str) -> Response:
    store = resources().store
    row = _row(store_view(), sha)
    evidence = read_piece(store, store_view(), row.id)
    kind = _DER if KINDS[row.kind].is_der else "application/octet-stream"
    named = {"Content-Disposition": f'attachment; filename="{sha[:16]}.{row.extension}"'}
    return Response(evidence, HTTPStatus.OK, named, content_type=kind)


@blueprint.get("/<sha>/report")
@requires(Scope.EVIDENCE)
@blueprint.doc(
    summary="A report on a DER, judged now: HTML, or PDF (`Accept: application/pdf`, or `?format=pdf`)",
    operation_id="getEvidenceReport",
    extensions={"x-answer": list(_REPORTS.values()), "x-query": {"format": {"type": "string", "enum": list(_REPORTS)}}},
)
def report(sha: str) -> Response:
    ours = resources()
    form = _form()
    row = _row(store_view(), sha)
    if not KINDS[row.kind].is_der:
        raise NotServed("application/json")
    der = read_piece(ours.store, store_view(), row.id)
    file = f"{sha[:16]}.{row.extension}"
    found = report_now(ours, der, row.kind, file=file, received_at=first_received(row))
    made = Response(_made(found, form), content_type=_REPORTS[form])
    made.headers["Content-Security-Policy"] = _REPORT_CSP
    return made


def _made(found: Report, form: str) -> bytes:
    """Loaded are only the libraries of the form that is asked for."""
    if form == "html":
        from verifier.reports.html import as_html  # noqa: PLC0415

        return as_html(found, lang(), masked=False)
    from verifier.reports.pdf import as_pdf  # noqa: PLC0415

    return as_pdf(found, lang(), masked=False)


def _form() -> str:
    wanted = request.args.get("format")
    if wanted is not None:
        if wanted not in _REPORTS:
            raise NotServed(", ".join(_REPORTS.values()))
        return wanted
    best = request.accept_mimetypes.best_match(_REPORTS.values()) if "Accept" in request.headers else "text/html"
    if best is None:
        raise NotServed(", ".join(_REPORTS.values()))
    return next(name for name, kind in _REPORTS.items() if kind == best)


def _row(connection: Connection, sha: str) -> Row[Any]:
    """Raises: EvidenceUnknown."""
    try:
        digest = bytes.fromhex(sha) if len(sha) == _SHA256 and sha.islower() | sha.isdigit() else b""
    except ValueError:
        digest = b""
    row = connection.execute(select(EVIDENCE).where(EVIDENCE.c.sha256 == digest)).one_or_none()
    if row is None:
        raise EvidenceUnknown
    return row


@dataclass(frozen=True)
class _Taking:
    """Evidence that was judged, ready to be kept."""

    piece: Piece
    verdict: Verdict | None
    registration: Registration | None
    queue: bool
    again: bool

    @classmethod
    def of(cls, asked: NewEvidence) -> _Taking:
        """Raises: FieldsWrong, TooMuch, RecordError, SignedForAnother, and as `Judge.verdict`."""
        evidence = decoded(asked.content, "content")
        kind = KINDS[asked.kind]
        if not evidence:
            raise FieldsWrong("content")
        if len(evidence) > kind.max_bytes:
            raise TooMuch("content", len(evidence), kind.max_bytes)
        if not kind.accepts_extension(asked.extension):
            raise FieldsWrong("extension")
        received = None if asked.received_at is None else receipt_time(asked.received_at)
        verdict = judged_if_signed(asked.kind, evidence, received)
        piece = Piece.of(asked.kind, asked.extension.lower(), evidence, verdict)
        registration = None
        if asked.registration is not None:
            texts = registered(asked.registration)
            registration = registration_from(texts, piece.kind, piece.extension, evidence, verdict)
        if registration is not None:
            require_fit([registration])
        return cls(piece, verdict, registration, asked.queue, asked.again)

    @property
    def passed(self) -> bool | None:
        return None if self.verdict is None else self.verdict.indication is Indication.TOTAL_PASSED

    def kept(self, writing: Writing) -> Answer:
        consent_id, ended = self._consent(writing)
        parts = SignedParts(None, None) if self.verdict is None else signed_parts(self.piece.content)
        receipt = give_receipt(
            writing,
            self.piece.sha256,
            content=None if parts.content is None else sha256(parts.content).digest(),
            certificate=None if parts.certificate is None else sha256(parts.certificate).digest(),
            consent_id=consent_id,
        )
        body = {
            "sha256": self.piece.sha256.hex(),
            "size": len(self.piece.content),
            "kind": self.piece.kind,
            "passed": self.passed,
            "verdict": None if self.verdict is None else as_json(self.verdict, file="content", lang=lang()),
            "consent": consent_id,
            "ended": ended,
            "receipt": receipt.to_json(),
        }
        return as_answer(body, HTTPStatus.CREATED, Location=f"/v1/evidence/{self.piece.sha256.hex()}")

    def _consent(self, writing: Writing) -> tuple[int | None, int | None]:
        """The number of its consent, or of the one that has ended with this evidence and stays so."""
        if self.registration is None:
            keep_evidence(writing, [self.piece])
            return None, None
        taken = take_in_part(writing, [self.registration], queue=self.queue, again=self.again)
        if taken.ended:
            keep_evidence(writing, [self.piece])
            return None, taken.ended[0].consent_id
        return taken.added[0] if taken.added else self._known(writing, self.registration), None

    def _known(self, writing: Writing, registration: Registration) -> int:
        """The consent is there with this very evidence: it goes where this verdict leads, as after any judging."""
        ((number, evidence_id),) = alive_consents(writing, [registration])
        was = last_indications(writing.connection, [evidence_id])
        keep_evidence(writing, [self.piece])
        if self.verdict is not None:
            follow(writing, [Judged.of(evidence_id, self.verdict)], was)
        state = writing.connection.execute(select(CONSENT.c.state).where(CONSENT.c.id == number)).scalar_one()
        if self.queue and state == State.VERIFIED:
            requeue(writing, [number])
        return number
