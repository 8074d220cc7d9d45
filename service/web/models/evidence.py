"""Evidence made elsewhere, verdicts, receipts."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints

from service.web.models.base import Asked, Base64, Given, Ref, Sha256Hex
from service.web.models.consents import ReceiptOut, RegistrationIn

_Policy = Annotated[str, StringConstraints(max_length=10), Field(description="kftc or cms")]
_At = Annotated[
    str, StringConstraints(max_length=40), Field(description="By when: now, signing-time, or ISO 8601 with offset")
]
_ReceivedAt = Annotated[
    str,
    StringConstraints(max_length=40),
    Field(description="When somebody received it, ISO 8601 with offset: proves that it was there by then"),
]
_Kind = Annotated[
    str, StringConstraints(max_length=20), Field(description="증빙구분, 2 or 7: by which trust folder it is judged")
]
_Holder = Annotated[
    str,
    StringConstraints(max_length=20),
    Field(description="Whose certificate it has to be: personal or corporate"),
]


class NewEvidence(Asked):
    """Evidence to be taken in."""

    ref: Ref | None = None
    kind: Literal["1", "2", "3", "4", "5", "6", "7"] = Field(description="증빙구분")
    extension: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9]{1,4}$")] = "der"
    content: Base64
    received_at: Annotated[str, StringConstraints(max_length=40)] | None = Field(
        None, description="When somebody received it before, ISO 8601 with offset; by this time it is judged"
    )
    registration: RegistrationIn | None = None
    queue: bool = True
    again: bool = Field(
        default=False, description="Register it also where its consent has ended with the same evidence"
    )


class NewEvidences(Asked):
    """Evidence to be taken in, each with a ref if the caller likes."""

    items: list[dict[str, Any]] = Field(min_length=1, description="Each as `POST /v1/evidence` takes it")


class TakenOut(Given):
    """Evidence that was taken in, whether it passes or not."""

    sha256: Sha256Hex
    size: int
    kind: str
    passed: bool | None = Field(
        description="None for kinds that are not judged; false: kept, and its consent, if any, is not handed in"
    )
    verdict: dict[str, Any] | None
    consent: int | None = Field(
        description="Number of its consent in the store, also where that was there before; null without a registration"
    )
    ended: int | None = Field(
        description="Number of the consent that has ended with this very evidence, so that nothing was registered; "
        "`consent` is null then"
    )
    receipt: ReceiptOut


class VerdictRow(Given):
    """A verdict there once was."""

    judged_at: str
    verified_at: str
    indication: Literal["TOTAL_PASSED", "INDETERMINATE", "TOTAL_FAILED"]
    codes: list[str]
    policy: str


class EvidenceOut(Given):
    """Evidence in the store, without its content."""

    sha256: Sha256Hex
    size: int
    kind: str
    extension: str
    added_at: str
    received_at: str | None
    indication: Literal["TOTAL_PASSED", "INDETERMINATE", "TOTAL_FAILED"] | None
    verdicts: list[VerdictRow]
    consents: list[int]


class VerifyQuery(Asked):
    """By what a DER is judged."""

    policy: _Policy = "kftc"
    at: _At = "now"
    received_at: _ReceivedAt | None = None
    kind: _Kind | None = None
    holder: _Holder | None = None


class VerifyItem(Asked):
    """One DER of a batch."""

    ref: Ref | None = None
    der: Base64
    kind: _Kind | None = None
    received_at: _ReceivedAt | None = None


class VerifyMany(Asked):
    """DERs to be judged alike."""

    policy: _Policy = "kftc"
    at: _At = "now"
    holder: _Holder | None = None
    items: list[VerifyItem] = Field(min_length=1)


class VerdictOut(Given):
    """A verdict (docs/schemas/verdict-1.json)."""

    indication: Literal["TOTAL_PASSED", "INDETERMINATE", "TOTAL_FAILED"]
    verified_at: str | None
    findings: list[dict[str, Any]]


class ReceiptCheckIn(Asked):
    """A receipt, and what it is said to be about."""

    receipt: dict[str, Any]
    evidence: Base64 | None = Field(None, description="The evidence's bytes, to be compared")
    text: Annotated[str, StringConstraints(max_length=10_240)] | None = Field(
        None, description="The consent text, to be compared in UTF-8 and in EUC-KR"
    )


class ReceiptCheckOut(Given):
    """Whether it is genuine."""

    genuine: bool
    evidence_matches: bool | None
    text_matches: bool | None
    received_at: str | None
