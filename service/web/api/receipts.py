"""Receipts: an address for programs and a page for payers, both open to anybody."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any, Final

from apiflask import APIBlueprint
from flask import Response, render_template, request
from werkzeug.datastructures import FileStorage

from consent import strict_json
from consent.errors import CodedError, Lang
from service.web.faults import ReceiptMalformed
from service.web.languages import lang
from service.web.models.base import decoded
from service.web.models.evidence import ReceiptCheckIn, ReceiptCheckOut
from service.web.problems import status_of
from service.web.receipt_checks import ReceiptCheck, check_receipt

blueprint: Final = APIBlueprint("receipts", __name__, tag="receipts")


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
    return _page(found, None, 200)


def _document() -> object:
    try:
        return strict_json.parse(_uploaded("receipt") or b"")
    except ValueError:
        raise ReceiptMalformed from None


def _uploaded(name: str) -> bytes | None:
    file: FileStorage | None = request.files.get(name)
    data = b"" if file is None else file.read()
    return data or None


def _page(found: ReceiptCheck | None, error: CodedError | None, status: int) -> Response:
    spoken = lang()
    said = None if error is None else error.message(spoken)
    page = render_template("receipt.html", lang=spoken, words=_WORDS[spoken], found=found, error=said)
    return Response(page, status, content_type="text/html; charset=utf-8")


_WORDS: Final[dict[Lang, dict[str, str]]] = {
    "ko": {
        "title": "접수증 확인",
        "intro": "자동이체 출금 동의를 마치고 받은 접수증 파일을 올리시면, 이 서비스가 발급한 것인지"
        " 확인해 드립니다. 올리신 파일은 보관하지 않으며, 개인정보는 표시하지 않습니다.",
        "receipt": "접수증 파일(JSON)",
        "evidence": "동의자료 파일(DER), 가지고 계신 경우",
        "text": "동의 원문 파일, 가지고 계신 경우",
        "check": "확인하기",
        "yes": "이 서비스가 발급한 접수증이 맞습니다.",
        "no": "이 서비스가 발급한 접수증이 아니거나, 발급한 뒤에 내용이 바뀌었습니다.",
        "received": "접수 일시(협정 세계시)",
        "evidence_yes": "함께 올리신 동의자료는 접수증에 적힌 것과 같습니다.",
        "evidence_no": "함께 올리신 동의자료는 접수증에 적힌 것과 다릅니다.",
        "text_yes": "함께 올리신 원문은 접수증에 적힌 것과 같습니다.",
        "text_no": "함께 올리신 원문은 접수증에 적힌 것과 다릅니다.",
    },
    "en": {
        "title": "Check a receipt",
        "intro": "Upload the receipt that you were given when you agreed to automatic debit, and this page tells"
        " whether this service issued it. What you upload is not kept, and no personal data are shown.",
        "receipt": "Receipt (JSON)",
        "evidence": "Evidence (DER), if you have it",
        "text": "Consent text, if you have it",
        "check": "Check",
        "yes": "This service issued the receipt.",
        "no": "This service did not issue the receipt, or it was altered afterwards.",
        "received": "Received at (UTC)",
        "evidence_yes": "The evidence you uploaded is the one that the receipt names.",
        "evidence_no": "The evidence you uploaded is not the one that the receipt names.",
        "text_yes": "The text you uploaded is the one that the receipt names.",
        "text_no": "The text you uploaded is not the one that the receipt names.",
    },
}
