"""Verdicts over HTTP, for trying things out on one machine. Signing, files and the console are not here."""

from __future__ import annotations

import json
from hashlib import sha256
from http import HTTPStatus
from typing import Final

from flask import Flask, Response, request
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge

from certs import Holder, TrustStore
from consent.errors import LANGS, CodedError, Lang
from consent.kinds import KINDS
from service.errors import HolderUnknown, InputTooLarge, ParameterUnknown, PolicyUnknown, language, primary
from service.inputs import STDIN, judging_time, receipt_time
from service.kind_faults import KindUnknown
from service.vouch import TrustFolders
from verifier import Receipt, policies, verify_der
from verifier.reports.json_form import as_json

_PARAMETERS: Final = ("policy", "at", "received_at", "kind", "holder")
_HOLDERS: Final = (Holder.PERSONAL.value, Holder.CORPORATE.value)
_BODY_LIMIT: Final = policies.CMS.max_der_bytes + 1


def create_app(trust: TrustStore | TrustFolders) -> Flask:
    """`POST /v1/verify?policy=kftc&at=now` with a DER as its body answers with what `dongui verify --json` prints.

    `received_at` may say when the DER was received, `holder` whose certificate it has to be: personal or corporate.
    Where `trust` has several folders, `kind` tells which of them is asked.
    """
    folders = trust if isinstance(trust, TrustFolders) else TrustFolders((trust,))
    app = Flask(__name__, static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = _BODY_LIMIT
    app.register_error_handler(CodedError, _coded)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(RequestEntityTooLarge, _too_large)

    @app.get("/livez")
    def livez() -> Response:
        return _json({"status": "ok"}, HTTPStatus.OK)

    @app.post("/v1/verify")
    def verify() -> Response:
        _require_known_parameters()
        policy = policies.POLICIES.get(request.args.get("policy", "kftc"))
        if policy is None:
            raise PolicyUnknown(", ".join(policies.POLICIES))
        store, at = folders.of(_kind()), judging_time(request.args.get("at", "now"))
        der = request.get_data(cache=False)
        received_at = request.args.get("received_at")
        receipt = [] if received_at is None else [Receipt(sha256(der).digest(), receipt_time(received_at))]
        verdict = verify_der(der, trust=store, policy=policy, at=at, proofs=receipt, holder=_holder())
        return _json(as_json(verdict, file=STDIN, lang=_lang()), HTTPStatus.OK)

    return app


def _require_known_parameters() -> None:
    """A misspelt or second `holder` would otherwise go unasked, and the evidence pass."""
    if any(name not in _PARAMETERS or len(values) > 1 for name, values in request.args.lists()):
        raise ParameterUnknown(", ".join(_PARAMETERS))


def _kind() -> str | None:
    wanted = request.args.get("kind")
    if wanted is not None and not (wanted in KINDS and KINDS[wanted].is_der):
        raise KindUnknown(", ".join(code for code, kind in KINDS.items() if kind.is_der))
    return wanted


def _holder() -> Holder | None:
    wanted = request.args.get("holder")
    if wanted is None:
        return None
    if wanted not in _HOLDERS:
        raise HolderUnknown(", ".join(_HOLDERS))
    return Holder(wanted)


def _lang() -> Lang:
    """Of the two, the one that the request gives more weight, the first of equals; English where it names neither."""
    spoken = [(quality, tag) for tag, quality in request.accept_languages if quality and primary(tag) in LANGS]
    return language(max(spoken, key=lambda one: one[0])[1]) if spoken else "en"


def _json(body: dict[str, object], status: int, media_type: str = "application/json") -> Response:
    return Response(json.dumps(body, ensure_ascii=False), status=status, content_type=f"{media_type}; charset=utf-8")


def _problem(status: int, kind: str, detail: str, **more: str) -> Response:
    """RFC 9457."""
    body: dict[str, object] = {
        "type": kind,
        "title": HTTPStatus(status).phrase,
        "status": int(status),
        "detail": detail,
    }
    return _json(body | more, status, "application/problem+json")


def _too_large(_: RequestEntityTooLarge) -> Response:
    return _coded(InputTooLarge(STDIN, _BODY_LIMIT), HTTPStatus.REQUEST_ENTITY_TOO_LARGE)


def _coded(error: CodedError, status: int = HTTPStatus.BAD_REQUEST) -> Response:
    lang = _lang()
    return _problem(
        status,
        f"urn:dongui:{error.code}",
        error.message(lang),
        code=error.code,
        remedy=error.remedy(lang),
    )


def _http(error: HTTPException) -> Response:
    status = error.code or HTTPStatus.INTERNAL_SERVER_ERROR
    return _problem(status, "about:blank", HTTPStatus(status).phrase)
