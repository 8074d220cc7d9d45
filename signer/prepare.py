"""The two halves of a signature: prepare what is to be signed, and complete it once the payer's key has signed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from cryptography import x509
from cryptography.exceptions import InvalidSignature

from consent.text import Charset, ConsentText
from signer.algorithms import Digest, require_digest, verify
from signer.cms import require_signing_time
from signer.errors import PreparedMalformed, SignatureNotOfCertificate
from signer.frame import Frame, der_of, frame_of
from signer.prepared import Prepared
from signer.room import require_room


def prepare(  # noqa: PLR0913 - what varies between signatures, each by name
    text: ConsentText,
    certificate: x509.Certificate,
    *,
    at: datetime,
    digest: Digest = "sha256",
    intermediates: Sequence[x509.Certificate] = (),
    signing_certificate_v2: bool = False,
) -> Prepared:
    """Prepare a signature; the key signs `.to_be_signed`, and `complete` makes the DER.

    Args:
        text: signed as its exact bytes.
        certificate: of the key that will sign.
        at: signing-time, aware UTC, whole seconds; the certificate has to be valid then.
        digest: of the content and of the signature.
        intermediates: certificates to enclose beside the signer's.
        signing_certificate_v2: whether to sign that attribute too (RFC 5035); it binds the certificate's bytes.

    Raises:
        CertificateNotYetValid, CertificateExpired, CertificateNotForSigning, CertificateUnreadable,
        KeyAlgorithmNotAllowed, RsaKeyTooSmall, RsaExponentUnsound, CurveNotAllowed: the certificate must not sign this.
        EvidenceTooLarge, CertificatesTooLarge: the DER would exceed 10 240 bytes (설계서 V3.8 2.5.1).
        ValueError: `at` or `digest` is none of what is asked for.
    """
    der, others = der_of(certificate), tuple(map(der_of, intermediates))
    admitted(der, others, len(text.encoded), at=at, digest=digest, binding=signing_certificate_v2)
    return Prepared(
        content=text.encoded,
        charset=text.charset.value,
        certificate=der,
        at=at,
        digest=digest,
        intermediates=others,
        signing_certificate_v2=signing_certificate_v2,
    )


def complete(prepared: Prepared, signature: bytes) -> bytes:
    """Put the signature in and return the DER. Everything is checked again, as `prepared` may come from anywhere.

    Args:
        prepared: from `prepare` or `Prepared.from_json`.
        signature: over `prepared.to_be_signed`: RSA PKCS#1 v1.5, or ECDSA as DER (RFC 3279 §2.2.3).

    Raises:
        SignatureNotOfCertificate: it does not verify with the certificate's key.
        As `prepare`, when `prepared` is not what that would return.
    """
    _require_consent_text(prepared)
    frame = admitted(
        prepared.certificate,
        prepared.intermediates,
        len(prepared.content),
        at=prepared.at,
        digest=prepared.digest,
        binding=prepared.signing_certificate_v2,
    )
    return sealed(frame, prepared.content, prepared.to_be_signed, signature)


def admitted(  # noqa: PLR0913 - all that is asked about, each by name
    certificate: bytes,
    intermediates: tuple[bytes, ...],
    text_bytes: int,
    *,
    at: datetime,
    digest: Digest,
    binding: bool,
) -> Frame:
    """Return what these certificates put around a text of this size, if they may sign it.

    Raises:
        As `prepare`.
    """
    require_signing_time(at)
    require_digest(digest)
    frame = frame_of(certificate, intermediates, digest)
    frame.require_signable(at)
    require_room(frame, text_bytes, at, binding=binding)
    return frame


def sealed(frame: Frame, content: bytes, to_be_signed: bytes, signature: bytes) -> bytes:
    """Return the DER, once the signature has proved to be the certificate's: nobody gets to see one that is not.

    Raises:
        SignatureNotOfCertificate: it does not verify with the certificate's key.
    """
    try:
        verify(frame.public_key, signature, to_be_signed, frame.digest)
    except InvalidSignature:
        raise SignatureNotOfCertificate from None
    return frame.around(content, to_be_signed, signature)


def _require_consent_text(prepared: Prepared) -> None:
    try:
        charset = Charset(prepared.charset)
    except ValueError:
        raise PreparedMalformed("charset") from None
    ConsentText.from_bytes(prepared.content, charset)
