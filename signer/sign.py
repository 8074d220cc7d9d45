"""Signs a consent text in one go, with a key that is at hand."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from cryptography.x509 import Certificate

from consent.text import ConsentText
from signer.algorithms import Digest
from signer.frame import der_of
from signer.keys import SigningKey
from signer.prepare import admitted, sealed


def sign_consent(  # noqa: PLR0913 - what varies between signatures, each by name
    text: ConsentText,
    key: SigningKey,
    *,
    at: datetime,
    digest: Digest = "sha256",
    intermediates: Sequence[Certificate] = (),
    signing_certificate_v2: bool = False,
) -> bytes:
    """Sign one consent text; return DER ContentInfo with attached SignedData (RFC 5652 §5.1, 설계서 V3.8 2.5.2).

    The signature is verified before the DER is handed out.

    Args:
        text: signed as its exact bytes, no newline conversion.
        key: the payer's.
        at: signing-time, aware UTC, whole seconds (§11.3); the certificate has to be valid then.
        digest: of the content and of the signature.
        intermediates: certificates to enclose beside the signer's, so that public tools need only the root.
        signing_certificate_v2: whether to sign that attribute too (RFC 5035).

    Raises:
        As `signer.prepare.prepare`; SignatureNotOfCertificate if the key signs with another than its certificate's.
    """
    der, others = der_of(key.certificate), tuple(map(der_of, intermediates))
    frame = admitted(der, others, len(text.encoded), at=at, digest=digest, binding=signing_certificate_v2)
    to_be_signed = frame.signed_attributes(text.encoded, at, binding=signing_certificate_v2)
    return sealed(frame, text.encoded, to_be_signed, key.sign(to_be_signed, digest))
