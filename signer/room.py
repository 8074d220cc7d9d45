"""How much consent text fits into a DER of 10 KB (설계서 V3.8 2.5.1), found by building DERs of sizes in question."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Final

from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import Certificate

from consent.kinds import KINDS
from consent.text import Charset
from signer.admission import allowed_public_key
from signer.algorithms import Digest, PublicKey, max_signature_bytes
from signer.cms import FIRST_GENERALIZED_YEAR
from signer.errors import CertificatesTooLarge, EvidenceTooLarge
from signer.prepared import Prepared

MAX_DER_BYTES: Final = KINDS["2"].max_bytes


def remaining_text_bytes(
    certificate: Certificate,
    *,
    digest: Digest = "sha256",
    intermediates: Sequence[Certificate] = (),
    signing_certificate_v2: bool = False,
    at: datetime | None = None,
) -> int:
    """Return how many bytes of encoded text fit into evidence signed with this certificate; 0 if none do.

    A text of that size always fits. One byte more never does with RSA; with ECDSA, whose signatures vary by a few
    bytes, it might by luck, and is refused all the same.

    Args:
        certificate: the signer's.
        digest: as it will be given to `sign_consent`.
        intermediates: likewise.
        signing_certificate_v2: likewise.
        at: the signing-time, if known. From 2050 it takes two bytes more; without it the longer form is counted if the
            certificate is valid that long.

    Raises:
        KeyAlgorithmNotAllowed, RsaKeyTooSmall, RsaExponentUnsound, CurveNotAllowed, CertificateUnreadable.
    """
    public_key = allowed_public_key(certificate)
    year = min(certificate.not_valid_after_utc.year, FIRST_GENERALIZED_YEAR)
    prepared = Prepared(
        content=b"",
        charset=Charset.UTF_8.value,
        certificate=certificate.public_bytes(Encoding.DER),
        at=at or datetime(year, 1, 1, tzinfo=UTC),
        digest=digest,
        intermediates=tuple(other.public_bytes(Encoding.DER) for other in intermediates),
        signing_certificate_v2=signing_certificate_v2,
    )
    return max(0, _room(prepared, public_key))


def require_room(prepared: Prepared, public_key: PublicKey) -> None:
    """Return only if the DER will fit whatever the signature turns out to be.

    Raises:
        EvidenceTooLarge, CertificatesTooLarge.
    """
    if _der_bytes(prepared, public_key, len(prepared.content)) <= MAX_DER_BYTES:
        return
    room = _room(prepared, public_key)
    if room < 1:
        raise CertificatesTooLarge(MAX_DER_BYTES)
    raise EvidenceTooLarge(len(prepared.content), room, MAX_DER_BYTES)


def _room(prepared: Prepared, public_key: PublicKey) -> int:
    """Return the largest text size whose DER fits; negative if not even the frame does.

    What surrounds the text grows, in steps, with the lengths written into it. The frame of an empty text thus gives too
    large a size, the frame of that size one that surely fits, and the answer lies a few bytes above.
    """
    too_large = MAX_DER_BYTES - _der_bytes(prepared, public_key, 0)
    if too_large <= 0:
        return too_large
    size = MAX_DER_BYTES - (_der_bytes(prepared, public_key, too_large) - too_large)
    while size >= 0 and _der_bytes(prepared, public_key, size + 1) <= MAX_DER_BYTES:
        size += 1
    return size


def _der_bytes(prepared: Prepared, public_key: PublicKey, text_bytes: int) -> int:
    signature = bytes(max_signature_bytes(public_key))
    return len(replace(prepared, content=bytes(text_bytes)).assemble(signature))
