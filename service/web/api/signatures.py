"""`/v1/consents/{id}/…`: signatures by a key elsewhere in two halves, or by a key of the service in one."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass, replace
from hashlib import new, sha256
from typing import Any, Final

from apiflask import APIBlueprint
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import Encoding
from flask import Response

from certs.errors import NotCertificates
from certs.keys import load_certificates
from evidence.lifecycle.intake import require_records_fit
from evidence.lifecycle.signings import (
    SignedEvidence,
    Signing,
    note_prepared,
    note_signed,
    require_signable,
)
from evidence.store.answers import Answer
from evidence.store.pieces import Piece
from evidence.store.signing_tokens import use_token
from evidence.store.store import Writing, time_text
from service.web.access import Scope, caller, requires
from service.web.access.required import resources
from service.web.api.consents import etag, opened
from service.web.batches import each
from service.web.faults import (
    CredentialsRefused,
    EvidenceRefused,
    FieldsWrong,
    NothingPrepared,
    ServerKeyNotValid,
    ServerKeyUnknown,
)
from service.web.idempotency import as_answer, idempotent, written, written_together
from service.web.judging import judged
from service.web.languages import lang
from service.web.models.base import decoded
from service.web.models.consents import ItemsOut
from service.web.models.signatures import CompleteIn, PreparedOut, PrepareIn, SignedOut, SignIn, SignManyIn
from service.web.resources import ServerKey
from signer import Prepared, complete, prepare, sign_consent
from signer.errors import CertificateExpired, CertificateNotYetValid
from verifier import Indication, Verdict
from verifier.reports.json_form import as_json

blueprint: Final = APIBlueprint("signatures", __name__, url_prefix="/v1/consents", tag="signatures")
PAYERS_KIND: Final = "2"
SERVICES_KIND: Final = "7"


@blueprint.post("/<handle>/signature/prepare")
@requires(Scope.SIGN, token=True)
@idempotent(writes=True)
@blueprint.input(PrepareIn)
@blueprint.output(PreparedOut)
@blueprint.doc(summary="What a key elsewhere has to sign", operation_id="prepareSignature")
def prepare_one(handle: str, json_data: PrepareIn) -> Response:
    now = resources().clock().replace(microsecond=0)
    signing, _ = opened(handle)
    require_signable(signing, now)
    own, *others = _certificates(json_data.certificate, "certificate")
    for one in json_data.intermediates:
        others += _certificates(one, "intermediates")
    prepared = prepare(
        signing.draft.consent_text, own, at=now, digest=json_data.digest, intermediates=list(dict.fromkeys(others))
    )
    body = _prepared(handle, prepared, own)
    return written(lambda writing: as_answer(body, ETag=etag(note_prepared(writing, signing, prepared.to_json()))))


@blueprint.post("/<handle>/signature/complete")
@requires(Scope.SIGN, token=True, used=True)
@idempotent(writes=True)
@blueprint.input(CompleteIn)
@blueprint.output(SignedOut)
@blueprint.doc(
    summary="The signature that came back, judged and taken in as evidence", operation_id="completeSignature"
)
def complete_one(handle: str, json_data: CompleteIn) -> Response:
    signing, _ = opened(handle)
    require_signable(signing, resources().clock())
    if signing.draft.prepared is None:
        raise NothingPrepared
    prepared = Prepared.from_json(signing.draft.prepared)
    der = complete(prepared, decoded(json_data.signature, "signature"))
    made = _judged(signing, der, prepared.certificate, signing.draft.evidence_kind or PAYERS_KIND)
    return written_together(_kept, replace(made, token=caller().token))


@blueprint.post("/<handle>/sign")
@requires(Scope.SIGN)
@idempotent(writes=True)
@blueprint.input(SignIn)
@blueprint.output(SignedOut)
@blueprint.doc(summary="Sign with a key that the service holds", operation_id="sign")
def sign_one(handle: str, json_data: SignIn) -> Response:
    return written_together(_kept, _signed(handle, _server_key(json_data.key)))


@blueprint.post("/sign")
@requires(Scope.SIGN)
@idempotent(writes=True)
@blueprint.input(SignManyIn)
@blueprint.output(ItemsOut)
@blueprint.doc(summary="Sign many consents with a key that the service holds", operation_id="signMany")
def sign_many(json_data: SignManyIn) -> Response:
    key = _server_key(json_data.key)
    if len({item.id for item in json_data.items}) != len(json_data.items):
        raise FieldsWrong("items.id")
    made = each(json_data.items, lambda item: _signed(item.id, key))
    return made.written(lambda writing, one: one.kept(writing))


@dataclass(frozen=True)
class _Made:
    """Evidence that passed, and the consent that it is of."""

    signing: Signing
    signed: SignedEvidence
    told: dict[str, Any]

    token: str | None = None

    def kept(self, writing: Writing) -> Answer:
        (answer,) = _kept(writing, [self])
        return answer


def _kept(writing: Writing, made: Sequence[_Made]) -> list[Answer]:
    """Take in what several requests made."""
    for one in made:
        if one.token is not None and not use_token(writing, one.token):
            raise CredentialsRefused
    closed = note_signed(writing, [(one.signing, one.signed) for one in made])
    return [
        as_answer({**one.told, "receipt": receipt.to_json()}, ETag=etag(signing))
        for one, (signing, receipt) in zip(made, closed, strict=True)
    ]


def _signed(handle: str, key: ServerKey) -> _Made:
    now = resources().clock().replace(microsecond=0)
    signing, _ = opened(handle)
    require_signable(signing, now)
    try:
        der = sign_consent(signing.draft.consent_text, key.key, at=now, intermediates=key.intermediates)
    except (CertificateExpired, CertificateNotYetValid):
        raise ServerKeyNotValid from None
    certificate = key.key.certificate.public_bytes(Encoding.DER)
    return _judged(signing, der, certificate, signing.draft.evidence_kind or SERVICES_KIND)


def _judged(signing: Signing, der: bytes, certificate: bytes, kind: str) -> _Made:
    """Judge what was just signed.

    Raises:
        EvidenceRefused: it does not pass.
        RecordError: the registration does not fit FB0110.
    """
    verdict = judged(kind, der, None)
    _require_passed(verdict)
    piece = Piece.of(kind, "der", der, verdict)
    registration = signing.draft.registration_of(kind, der, verdict)
    if registration is not None:
        require_records_fit([registration])
    content = signing.draft.consent_text.encoded
    signed = SignedEvidence(piece, sha256(content).digest(), sha256(certificate).digest(), registration)
    told = {
        "id": signing.handle,
        "evidence": {
            "sha256": piece.sha256.hex(),
            "size": len(der),
            "kind": kind,
            "der": base64.b64encode(der).decode(),
        },
        "verdict": as_json(verdict, file=signing.handle, lang=lang()),
    }
    return _Made(signing, signed, told)


def _require_passed(verdict: Verdict) -> None:
    if verdict.indication is not Indication.TOTAL_PASSED:
        against = [one.code for one in verdict.findings if one.effect is not Indication.TOTAL_PASSED]
        raise EvidenceRefused(", ".join(against) or "-")


def _server_key(name: str) -> ServerKey:
    keys = resources().keys()
    if name not in keys:
        raise ServerKeyUnknown
    return keys[name]


def _certificates(text: str, field: str) -> list[x509.Certificate]:
    """DER in base64, or PEM. Raises: FieldsWrong."""
    data = text.encode() if "-----BEGIN" in text else decoded(text, field)
    try:
        return list(load_certificates(data))
    except NotCertificates:
        raise FieldsWrong(field) from None


def _prepared(handle: str, prepared: Prepared, own: x509.Certificate) -> dict[str, Any]:
    is_rsa = isinstance(own.public_key(), RSAPublicKey)
    return {
        "id": handle,
        "to_be_signed": base64.b64encode(prepared.to_be_signed).decode(),
        "digest": prepared.digest,
        "algorithm": "RSASSA-PKCS1-v1_5" if is_rsa else "ECDSA",
        "covers": {
            "content_sha256": sha256(prepared.content).hexdigest(),
            "message_digest": new(prepared.digest, prepared.content).hexdigest(),
            "signing_time": time_text(prepared.at),
            "certificate_sha256": sha256(prepared.certificate).hexdigest(),
        },
    }
