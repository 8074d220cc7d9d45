"""What signer/ refuses, one class a cause (CMS-030 … CMS-099)."""

from __future__ import annotations

from datetime import datetime

from consent.errors import CodedError


class SigningRefusal(CodedError):
    """Root of everything that signer/ raises."""


class CertificateExpired(SigningRefusal):
    """The signing-time lies after the certificate's validity."""

    code = "CMS-030"

    def __init__(self, not_after: datetime, at: datetime) -> None:
        super().__init__(not_after=not_after.isoformat(), at=at.isoformat())


class CertificateNotYetValid(SigningRefusal):
    """The signing-time lies before the certificate's validity."""

    code = "CMS-031"

    def __init__(self, not_before: datetime, at: datetime) -> None:
        super().__init__(not_before=not_before.isoformat(), at=at.isoformat())


class CertificateNotForSigning(SigningRefusal):
    """KeyUsage has neither digitalSignature nor nonRepudiation (RFC 5280 §4.2.1.3)."""

    code = "CMS-032"


class CertificateUnreadable(SigningRefusal):
    """The certificate's extensions or its public key are malformed."""

    code = "CMS-033"


class KeyAlgorithmNotAllowed(SigningRefusal):
    """The certificate's key is neither RSA (rsaEncryption) nor on a named elliptic curve (설계서 V3.8 2.5.2)."""

    code = "CMS-034"


class RsaKeyTooSmall(SigningRefusal):
    """An RSA modulus of fewer bits than allowed."""

    code = "CMS-035"

    def __init__(self, bits: int, minimum_bits: int) -> None:
        super().__init__(bits=bits, minimum_bits=minimum_bits)


class RsaExponentUnsound(SigningRefusal):
    """An RSA public exponent that is even, below 65537 or beyond 256 bits (FIPS 186-5 §5.1)."""

    code = "CMS-036"


class CurveNotAllowed(SigningRefusal):
    """An elliptic curve other than P-256, P-384 and P-521."""

    code = "CMS-037"

    def __init__(self, curve: str) -> None:
        super().__init__(curve=curve)


class EvidenceTooLarge(SigningRefusal):
    """The text does not fit; `over_bytes` bytes of it, in its charset, have to go."""

    code = "CMS-038"

    def __init__(self, text_bytes: int, room_bytes: int, max_der_bytes: int) -> None:
        super().__init__(
            text_bytes=text_bytes,
            room_bytes=room_bytes,
            over_bytes=text_bytes - room_bytes,
            max_der_bytes=max_der_bytes,
        )


class CertificatesTooLarge(SigningRefusal):
    """Certificates and signature alone fill the DER: no text at all would fit."""

    code = "CMS-039"

    def __init__(self, max_der_bytes: int) -> None:
        super().__init__(max_der_bytes=max_der_bytes)


class SignatureNotOfCertificate(SigningRefusal):
    """The signature does not verify over the prepared bytes with the certificate's key."""

    code = "CMS-040"


class PreparedMalformed(SigningRefusal):
    """JSON that is no prepared signature; `field` is the first one that is wrong, or None for the whole."""

    code = "CMS-041"

    def __init__(self, field: str | None) -> None:
        super().__init__(field=field or "all of it", field_ko=field or "데이터 전체")


class PreparedInconsistent(SigningRefusal):
    """The bytes to be signed do not follow from the rest: something was changed between prepare and complete."""

    code = "CMS-042"
