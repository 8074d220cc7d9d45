"""The two halves of a signature: prepare what is to be signed, and complete it once the payer's key has signed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.serialization import Encoding

from consent.text import Charset, ConsentText
from signer.admission import allowed_public_key, require_signable
from signer.algorithms import Digest, PublicKey, verify
from signer.errors import CertificateUnreadable, PreparedMalformed, SignatureNotOfCertificate
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
    prepared = Prepared(
        content=text.encoded,
        charset=text.charset.value,
        certificate=certificate.public_bytes(Encoding.DER),
        at=at,
        digest=digest,
        intermediates=tuple(other.public_bytes(Encoding.DER) for other in intermediates),
        signing_certificate_v2=signing_certificate_v2,
    )
    _require_admissible(prepared, certificate)
    return prepared


def complete(prepared: Prepared, signature: bytes) -> bytes:
    """Put the signature in and return the DER. Everything is checked again, as `prepared` may come from anywhere.

    Args:
        prepared: from `prepare` or `Prepared.from_json`.
        signature: over `prepared.to_be_signed`: RSA PKCS#1 v1.5, or ECDSA as DER (RFC 3279 §2.2.3).

    Raises:
        SignatureNotOfCertificate: it does not verify with the certificate's key.
        As `prepare`, when `prepared` is not what that would return.
    """
    try:
        certificate = x509.load_der_x509_certificate(prepared.certificate)
        for other in prepared.intermediates:
            x509.load_der_x509_certificate(other)
    except (ValueError, x509.InvalidVersion):
        raise CertificateUnreadable from None
    public_key = _require_admissible(prepared, certificate)
    try:
        verify(public_key, signature, prepared.to_be_signed, prepared.digest)
    except InvalidSignature:
        raise SignatureNotOfCertificate from None
    return prepared.assemble(signature)


def _require_admissible(prepared: Prepared, certificate: x509.Certificate) -> PublicKey:
    _require_consent_text(prepared)
    public_key = allowed_public_key(certificate)
    require_signable(certificate, prepared.at)
    require_room(prepared, public_key)
    return public_key


def _require_consent_text(prepared: Prepared) -> None:
    try:
        charset = Charset(prepared.charset)
    except ValueError:
        raise PreparedMalformed("charset") from None
    ConsentText.from_bytes(prepared.content, charset)
