"""The two halves of a signature, and what comes of it."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints

from service.web.models.base import Asked, Base64, Given, Sha256Hex
from service.web.models.consents import Kind, ReceiptOut

_Certificate = Annotated[
    str, StringConstraints(min_length=1, max_length=20_000), Field(description="DER in base64, or PEM")
]


class PrepareIn(Asked):
    """Whose key will sign."""

    certificate: _Certificate
    intermediates: list[_Certificate] = Field(default_factory=list, max_length=5)
    digest: Literal["sha256", "sha384", "sha512"] = "sha256"


class Covers(Given):
    """What the bytes to be signed cover, for whoever reads no ASN.1; a careful page reads the bytes themselves."""

    content_sha256: Sha256Hex
    message_digest: str = Field(description="Hex, by `digest`")
    signing_time: str
    certificate_sha256: Sha256Hex


class PreparedOut(Given):
    """What the key has to sign."""

    id: str
    to_be_signed: Base64 = Field(description="DER of the signed attributes, as SET OF (RFC 5652 5.4)")
    digest: Literal["sha256", "sha384", "sha512"]
    algorithm: Literal["RSASSA-PKCS1-v1_5", "ECDSA"]
    covers: Covers


class CompleteIn(Asked):
    """The signature."""

    signature: Annotated[Base64, StringConstraints(min_length=1, max_length=4096)] = Field(
        description="RSA PKCS#1 v1.5, or ECDSA as DER"
    )


class SignIn(Asked):
    """Which of the service's keys signs."""

    key: Annotated[str, StringConstraints(min_length=1, max_length=80)]


class SignManyIn(Asked):
    """Consents that one of the service's keys signs."""

    key: Annotated[str, StringConstraints(min_length=1, max_length=80)]
    items: list[SignOneIn] = Field(min_length=1)


class SignOneIn(Asked):
    """One of them."""

    id: Annotated[str, StringConstraints(min_length=1, max_length=80)]
    ref: Annotated[str, StringConstraints(max_length=200)] | None = None


class DerOut(Given):
    """Evidence as it is kept."""

    sha256: Sha256Hex
    size: int
    kind: Kind
    der: Base64


class SignedOut(Given):
    """Evidence that was made, judged and taken in."""

    id: str
    evidence: DerOut
    verdict: dict[str, Any] = Field(description="As `dongui verify --json` prints it (docs/schemas/verdict-1.json)")
    receipt: ReceiptOut


class KeyOut(Given):
    """A key of the service."""

    name: str
    certificate_sha256: Sha256Hex
    not_after: str


class KeysOut(Given):
    """The keys that the service signs with."""

    items: list[KeyOut]
