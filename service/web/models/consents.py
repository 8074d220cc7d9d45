"""Consents on their way to a signature."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints

from service.web.models.base import Asked, Base64, Given, Ref, Sha256Hex

Kind = Literal["2", "7"]
_Short = Annotated[str, StringConstraints(min_length=1, max_length=40)]


class RegistrationIn(Asked):
    """What FB0110 registers a consent with (설계서 V3.8 4.2.1.2)."""

    institution_code: _Short = Field(description="이용기관코드")
    payer_number: _Short = Field(description="납부자번호")
    bank_code: _Short = Field(description="금융회사코드")
    account_number: _Short = Field(description="계좌번호")
    holder_id_type: Literal["0", "1", "2"] = Field(description="예금주 실명번호 종류: 0 개인, 1 사업자, 2 여권")
    holder_id: _Short = Field(description="예금주 실명번호")
    applied_on: Annotated[str, StringConstraints(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$")] = Field(
        description="신청일자"
    )
    trace_number: Annotated[str, StringConstraints(max_length=40)] = ""


class NewConsent(Asked):
    """A consent to be signed: the fields of the form, or a text."""

    ref: Ref | None = None
    charset: Literal["utf-8", "euc-kr"] = "utf-8"
    consent: dict[str, Any] | None = Field(None, description="Fields of the consent form (docs/consent-form.md)")
    text: Annotated[str, StringConstraints(min_length=1, max_length=10_240)] | None = None
    institution_code: _Short | None = Field(
        None, description="이용기관코드; with `consent`: the consent is registered under it once it is signed"
    )
    trace_number: Annotated[str, StringConstraints(max_length=40)] = ""
    registration: RegistrationIn | None = Field(None, description="With `text`: registers the consent once signed")
    evidence_kind: Kind | None = Field(None, description="증빙구분; without it 2, or 7 for a key of the service")
    queue: bool = Field(default=True, description="Whether it goes into the next FB0110 once it is signed")


class NewConsents(Asked):
    """Consents to be signed, each with a ref if the caller likes."""

    items: list[dict[str, Any]] = Field(min_length=1, description="Each as `POST /v1/consents` takes it")


class ReceiptOut(Given):
    """That evidence was taken in; nothing personal."""

    version: Literal[1]
    evidence_sha256: Sha256Hex
    content_sha256: str
    certificate_sha256: str
    received_at: str
    log_seq: int
    log_digest: Sha256Hex
    mac: Sha256Hex


class ConsentOut(Given):
    """A consent on its way to a signature."""

    id: str
    ref: str | None
    state: Literal["open", "prepared", "signed", "withdrawn"]
    text: str
    charset: Literal["utf-8", "euc-kr"]
    content: Base64 = Field(description="The exact bytes that are signed")
    content_sha256: Sha256Hex
    content_bytes: int
    remaining_bytes: int = Field(
        description="How much more text would fit, counted with a certificate of 2 KB and an RSA-4096 signature"
    )
    created_at: str
    expires_at: str
    evidence: Sha256Hex | None = Field(description="SHA-256 of the evidence, once signed")
    receipt: ReceiptOut | None


class ConsentsOut(Given):
    """Some of the consents, the newest first."""

    items: list[ConsentOut]
    next: str | None = Field(description="Cursor of the next page")


class ConsentsQuery(Asked):
    """Which consents."""

    state: Literal["open", "prepared", "signed", "withdrawn"] | None = Field(
        None, description="Only those in this state"
    )
    cursor: Annotated[str, StringConstraints(max_length=80)] | None = Field(
        None, description="`next` of the page before"
    )
    limit: Annotated[str, StringConstraints(pattern=r"^([1-9][0-9]?|100)$")] = Field("50", description="1 to 100")


class ItemOut(Given):
    """What came of one item of a batch: `status` as it would have been alone, and that answer or problem."""

    ref: str | None
    status: int
    result: dict[str, Any] | None
    problem: dict[str, Any] | None


class ItemsOut(Given):
    """In the order of what was asked."""

    items: list[ItemOut]


class NewToken(Asked):
    """A token for one browser."""

    expires_in: Annotated[int, Field(ge=30, le=3600)] | None = Field(None, description="Seconds; 600 without it")


class TokenOut(Given):
    """A token, told this once."""

    token: str
    consent: str
    expires_at: str
