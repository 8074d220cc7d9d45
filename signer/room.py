"""How much consent text fits into a DER of 10 KB (설계서 V3.8 2.5.1), found by building DERs of sizes in question."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from cryptography.x509 import Certificate

from signer.algorithms import Digest, require_digest
from signer.cms import FIRST_GENERALIZED_YEAR, require_signing_time
from signer.errors import CertificatesTooLarge, EvidenceTooLarge
from signer.frame import MAX_DER_BYTES, Frame, der_of, frame_of


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
        ValueError: `at` or `digest` is none that `sign_consent` takes.
    """
    require_digest(digest)
    if at is not None:
        require_signing_time(at)
    year = min(certificate.not_valid_after_utc.year, FIRST_GENERALIZED_YEAR)
    frame = frame_of(der_of(certificate), tuple(map(der_of, intermediates)), digest)
    return max(0, _room(frame, at or datetime(year, 1, 1, tzinfo=UTC), binding=signing_certificate_v2))


def require_room(frame: Frame, text_bytes: int, at: datetime, *, binding: bool) -> None:
    """Return only if the DER will fit whatever the signature turns out to be.

    Args:
        frame: what stands around the text.
        text_bytes: the size of the text.
        at: the signing-time.
        binding: whether signing-certificate-v2 is signed as well.

    Raises:
        EvidenceTooLarge, CertificatesTooLarge.
    """
    if (
        text_bytes + frame.most_around <= MAX_DER_BYTES
        or frame.der_bytes(text_bytes, at, binding=binding) <= MAX_DER_BYTES
    ):
        return
    room = _room(frame, at, binding=binding)
    if room < 1:
        raise CertificatesTooLarge(MAX_DER_BYTES)
    raise EvidenceTooLarge(text_bytes, room, MAX_DER_BYTES)


def _room(frame: Frame, at: datetime, *, binding: bool) -> int:
    """Return the largest text size whose DER fits; negative if not even the frame does.

    What surrounds the text grows, in steps, with the lengths written into it. The frame of an empty text thus gives too
    large a size, the frame of that size one that surely fits, and the answer lies a few bytes above.
    """
    too_large = MAX_DER_BYTES - frame.der_bytes(0, at, binding=binding)
    if too_large <= 0:
        return too_large
    size = MAX_DER_BYTES - (frame.der_bytes(too_large, at, binding=binding) - too_large)
    while size >= 0 and frame.der_bytes(size + 1, at, binding=binding) <= MAX_DER_BYTES:
        size += 1
    return size
