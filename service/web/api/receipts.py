"""Receipts: an address for programs and a page for payers, both open to anybody."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Any, Final

from apiflask import APIBlueprint
from flask import Response, request
from werkzeug.datastructures import FileStorage
from werkzeug.exceptions import RequestEntityTooLarge

from consent import strict_json
from consent.errors import CodedError
from evidence.calendar import KOREA
from service.web.access.required import resources
from service.web.console.faults import NothingUploaded
from service.web.faults import BodyTooLarge, ReceiptMalformed
from service.web.models.base import decoded
from service.web.models.evidence import ReceiptCheckIn, ReceiptCheckOut
from service.web.problems import status_of
from service.web.public_pages import page_lang, public_page
from service.web.receipt_checks import ReceiptCheck, check_receipt

blueprint: Final = APIBlueprint("receipts", __name__, tag="receipts")
LIMIT: Final = 1 << 20
"""Bytes of a request: a receipt, and evidence of at most 300 KB in base64."""


@blueprint.before_request
def _keep_small() -> None:
    """Nobody has to say who they are here."""
    request.max_content_length = min(LIMIT, resources().settings.body_limit)


@blueprint.post("/v1/receipts/verify")
@blueprint.input(ReceiptCheckIn)
@blueprint.output(ReceiptCheckOut)
@blueprint.doc(summary="Whether a receipt is genuine; open to anybody", operation_id="verifyReceipt")
def verify(json_data: ReceiptCheckIn) -> dict[str, Any]:
    evidence = None if json_data.evidence is None else decoded(json_data.evidence, "evidence")
    return asdict(check_receipt(json_data.receipt, evidence, json_data.text))


@blueprint.get("/receipt")
@blueprint.doc(hide=True)
def page() -> Response:
    return _page(None, None, 200)


@blueprint.post("/receipt")
@blueprint.doc(hide=True)
def check() -> Response:
    """A form: the receipt's file, and the evidence or the text if the payer has one. Nothing is kept."""
    try:
        found = check_receipt(_document(), _uploaded("evidence"), _uploaded("text"))
    except CodedError as error:
        return _page(None, error, status_of(error))
    except RequestEntityTooLarge:
        large = BodyTooLarge(request.max_content_length or LIMIT)
        return _page(None, large, large.status)
    return _page(found, None, 200)


def _document() -> object:
    uploaded = _uploaded("receipt")
    if uploaded is None:
        raise NothingUploaded
    try:
        return strict_json.parse(uploaded)
    except ValueError:
        raise ReceiptMalformed from None


def _uploaded(name: str) -> bytes | None:
    file: FileStorage | None = request.files.get(name)
    data = b"" if file is None else file.read()
    return data or None


def _page(found: ReceiptCheck | None, error: CodedError | None, status: int) -> Response:
    spoken = page_lang()
    refused = None
    if error is not None:
        refused = {"message": error.message(spoken), "remedy": error.remedy(spoken), "code": error.code}
    received = None if found is None or found.received_at is None else _in_korea(found.received_at)
    return public_page("receipt", status, found=found, received=received, refused=refused)


def _in_korea(received_at: str) -> str:
    """A receipt says it in UTC; who pays there reads it by their own clock."""
    return f"{datetime.fromisoformat(received_at).astimezone(KOREA):%Y-%m-%d %H:%M:%S}"
