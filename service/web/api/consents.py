"""`/v1/consents`: texts to be signed, from opening to withdrawal."""

from __future__ import annotations

import base64
import secrets
from collections.abc import Mapping
from datetime import date, timedelta
from hashlib import sha256
from http import HTTPStatus
from typing import Any, Final

from apiflask import APIBlueprint
from flask import Response, request

from consent.charset import Charset
from consent.form import Consent, render
from consent.text import ConsentText
from evidence.lifecycle.drafts import Draft
from evidence.lifecycle.signings import (
    Signing,
    SigningState,
    list_signings,
    open_signing,
    require_signable,
    withdraw_signing,
)
from evidence.store.answers import Answer
from evidence.store.numbers import LARGEST
from evidence.store.pieces import sha256_of
from evidence.store.signing_tokens import add_token
from evidence.store.store import Writing, time_text
from service.web.access import Scope, caller, requires
from service.web.access.required import resources, signing_of, store_view
from service.web.batches import each
from service.web.faults import CursorWrong, FieldsWrong, PreconditionFailed
from service.web.idempotency import as_answer, idempotent, written
from service.web.models.consents import (
    ConsentOut,
    ConsentsOut,
    ConsentsQuery,
    ItemsOut,
    NewConsent,
    NewConsents,
    NewToken,
    RegistrationIn,
    TokenOut,
)
from signer import MAX_DER_BYTES
from signer.errors import EvidenceTooLarge

blueprint: Final = APIBlueprint("consents", __name__, url_prefix="/v1/consents", tag="consents")
_AROUND: Final = 3_200  # bytes of a DER around the text, with a certificate of 2 KB and an RSA-4096 signature
_LEAST_AROUND: Final = 700  # with the smallest certificate that an authority may issue, and a P-256 signature
_TOKEN_SECONDS: Final = 600


@blueprint.post("")
@requires(Scope.SIGN)
@idempotent(writes=True)
@blueprint.input(NewConsent)
@blueprint.output(ConsentOut, HTTPStatus.CREATED)
@blueprint.doc(summary="Open a consent: the exact text that is to be signed", operation_id="openConsent")
def open_one(json_data: NewConsent) -> Response:
    draft = draft_of(json_data)
    return written(lambda writing: created(writing, draft))


@blueprint.post("/batch")
@requires(Scope.SIGN)
@idempotent(writes=True)
@blueprint.input(NewConsents)
@blueprint.output(ItemsOut)
@blueprint.doc(summary="Open many consents", operation_id="openConsents")
def open_many(json_data: NewConsents) -> Response:
    drafts = each(json_data.items, lambda item: draft_of(NewConsent.model_validate(item)))
    return drafts.written(created)


@blueprint.get("")
@requires(Scope.SIGN)
@blueprint.input(ConsentsQuery, location="query")
@blueprint.output(ConsentsOut)
@blueprint.doc(summary="Consents that were opened, the newest first", operation_id="listConsents")
def find_many(query_data: ConsentsQuery) -> dict[str, object]:
    store, limit = resources().store, int(query_data.limit)
    state = None if query_data.state is None else SigningState(query_data.state)
    connection = store_view()
    found = list_signings(store, connection, state=state, before=_before(query_data.cursor), limit=limit + 1)
    shown = [told(one, sha256_of(connection, one.evidence_id)) for one in found[:limit]]
    more = len(found) > limit
    return {"items": shown, "next": _cursor(found[limit - 1].number) if more else None}


@blueprint.get("/<handle>")
@requires(Scope.SIGN, token=True)
@blueprint.output(ConsentOut)
@blueprint.doc(summary="One consent", operation_id="getConsent")
def find_one(handle: str) -> tuple[dict[str, object], int, dict[str, str]]:
    signing, evidence = opened(handle)
    return told(signing, evidence), HTTPStatus.OK, {"ETag": etag(signing)}


@blueprint.post("/<handle>/tokens")
@requires(Scope.SIGN)
@idempotent(writes=True)
@blueprint.input(NewToken)
@blueprint.output(TokenOut, HTTPStatus.CREATED)
@blueprint.doc(summary="A one-time token by which a browser signs this consent", operation_id="makeToken")
def make_token(handle: str, json_data: NewToken) -> Response:
    ours, key = resources(), caller().api_key
    assert key is not None  # noqa: S101 - no token opens this view
    seconds = min(json_data.expires_in or _TOKEN_SECONDS, ours.settings.token_seconds)
    signing, _ = opened(handle)
    require_signable(signing, ours.clock())

    def work(writing: Writing) -> Answer:
        expires_at = writing.time + timedelta(seconds=seconds)
        token = add_token(writing, signing.number, key, expires_at)
        body = {"token": token, "consent": handle, "expires_at": time_text(expires_at)}
        return as_answer(body, HTTPStatus.CREATED)

    return written(work)


@blueprint.post("/<handle>/withdraw")
@requires(Scope.SIGN)
@idempotent(writes=True)
@blueprint.output(ConsentOut)
@blueprint.doc(summary="Close a consent that was not signed", operation_id="withdrawConsent")
def withdraw(handle: str) -> Response:
    signing, _ = opened(handle)
    require_signable(signing, resources().clock())
    return written(lambda writing: with_etag(withdraw_signing(writing, signing), None))


def draft_of(asked: NewConsent) -> Draft:
    """What is to be signed.

    Raises:
        FieldsWrong: neither a form nor a text, or both; or a registration that does not go with it.
        CodedError: of the form, of the text, or of the registration (`Draft.require_fit`).
        EvidenceTooLarge: no key could sign so long a text.
    """
    if (asked.consent is None) == (asked.text is None):
        raise FieldsWrong("consent, text")
    charset = Charset(asked.charset)
    registration: Mapping[str, str] | None = None
    if asked.consent is not None:
        if asked.registration is not None:
            raise FieldsWrong("registration")
        form = Consent.from_json(asked.consent)
        text = render(form, charset)
        if asked.institution_code is not None:
            registration = _registration_of(form, asked.institution_code, asked.trace_number)
    else:
        if asked.institution_code is not None or asked.trace_number:
            raise FieldsWrong("institution_code, trace_number")
        text = ConsentText.of(asked.text or "", charset)
        registration = None if asked.registration is None else registered(asked.registration)
    draft = Draft(
        text=text.text,
        charset=charset.value,
        registration=registration,
        evidence_kind=asked.evidence_kind,
        queue=asked.queue,
        ref=asked.ref,
    )
    draft.require_fit()
    content = len(draft.consent_text.encoded)
    if content > MAX_DER_BYTES - _LEAST_AROUND:
        raise EvidenceTooLarge(content, MAX_DER_BYTES - _AROUND, MAX_DER_BYTES)
    return draft


def registered(asked: RegistrationIn) -> dict[str, str]:
    """The texts of a registration. Raises: FieldsWrong: the day is none."""
    try:
        date.fromisoformat(asked.applied_on)
    except ValueError:
        raise FieldsWrong("registration.applied_on") from None
    return asked.model_dump()


def _registration_of(form: Consent, institution_code: str, trace_number: str) -> dict[str, str]:
    return {
        "institution_code": institution_code,
        "payer_number": form.payer_number,
        "bank_code": form.bank_code,
        "account_number": form.account_number.replace("-", ""),
        "holder_id_type": form.holder_id_type,
        "holder_id": form.holder_id.replace("-", ""),
        "applied_on": form.applied_on.isoformat(),
        "trace_number": trace_number,
    }


def created(writing: Writing, draft: Draft) -> Answer:
    expires_at = writing.time + timedelta(minutes=resources().settings.signing_minutes)
    signing = open_signing(writing, secrets.token_urlsafe(16), draft, expires_at)
    headers = {"ETag": etag(signing), "Location": f"/v1/consents/{signing.handle}"}
    return as_answer(told(signing, None), HTTPStatus.CREATED, **headers)


def opened(handle: str) -> tuple[Signing, str | None]:
    """A consent, if it is the one that If-Match asks for, and the SHA-256 of its evidence.

    Raises:
        SigningUnknown, PreconditionFailed.
    """
    signing = signing_of(handle)
    evidence = sha256_of(store_view(), signing.evidence_id)
    if "If-Match" in request.headers and not request.if_match.contains(str(signing.version)):
        raise PreconditionFailed
    return signing, evidence


def with_etag(signing: Signing, evidence: str | None) -> Answer:
    return as_answer(told(signing, evidence), ETag=etag(signing))


def etag(signing: Signing) -> str:
    return f'"{signing.version}"'


def told(signing: Signing, evidence: str | None) -> dict[str, Any]:
    """A consent as the outside sees it."""
    draft = signing.draft
    content = draft.consent_text.encoded
    return {
        "id": signing.handle,
        "ref": draft.ref,
        "state": signing.state.value,
        "text": draft.text,
        "charset": draft.charset,
        "content": base64.b64encode(content).decode(),
        "content_sha256": sha256(content).hexdigest(),
        "content_bytes": len(content),
        "remaining_bytes": max(0, MAX_DER_BYTES - _AROUND - len(content)),
        "created_at": signing.created_at,
        "expires_at": signing.expires_at,
        "evidence": evidence,
        "receipt": draft.receipt,
    }


def _cursor(number: int) -> str:
    return base64.urlsafe_b64encode(str(number).encode()).decode().rstrip("=")


def _before(cursor: str | None) -> int | None:
    if cursor is None:
        return None
    try:
        number = int(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except ValueError:
        raise CursorWrong from None
    if not 0 < number <= LARGEST or _cursor(number) != cursor:
        raise CursorWrong
    return number
