"""What certs/ refuses: trust folders, key files and certificates, one class a cause (PKI-001 … PKI-099)."""

from __future__ import annotations

from consent.errors import CodedError


class CertsRefusal(CodedError):
    """Root of everything that certs/ raises."""


class _FileRefusal(CertsRefusal):
    """A cause whose only detail is the file."""

    def __init__(self, file: str) -> None:
        super().__init__(file=file)


class TrustFolderMissing(_FileRefusal):
    """There is no such trust folder."""

    code = "PKI-001"


class TrustFolderIsFile(_FileRefusal):
    """What was named as a trust folder is a file."""

    code = "PKI-011"


class NoTrustAnchor(_FileRefusal):
    """The trust folder has no anchors/ or nothing in it: it would trust nobody."""

    code = "PKI-002"


class NotTrustedCertificate(_FileRefusal):
    """A file in anchors/ or intermediates/ is not an X.509 certificate."""

    code = "PKI-003"


class NotRevocationList(_FileRefusal):
    """A file in crls/ is not an X.509 CRL."""

    code = "PKI-004"


class NotOcspResponse(_FileRefusal):
    """A file in ocsp/ is not an OCSP response."""

    code = "PKI-005"


class TrustFileUnreadable(_FileRefusal):
    """A file of the trust folder cannot be read: no permission, or no regular file."""

    code = "PKI-006"


class TrustEntryUnknown(_FileRefusal):
    """Something in the trust folder has no place there: a misspelt `crl/` would go unnoticed otherwise."""

    code = "PKI-010"


class TrustSettingsMalformed(_FileRefusal):
    """trust.toml is not TOML in UTF-8."""

    code = "PKI-007"


class TrustSettingUnknown(CertsRefusal):
    """trust.toml has a key that nobody reads; a mistyped key must not fall back to a default silently."""

    code = "PKI-008"

    def __init__(self, file: str, setting: str) -> None:
        super().__init__(file=file, setting=setting)


class TrustSettingInvalid(CertsRefusal):
    """A setting of trust.toml has the wrong type or a value outside its range."""

    code = "PKI-009"

    def __init__(self, file: str, setting: str, expected: str) -> None:
        super().__init__(file=file, setting=setting, expected=expected)


class NotKeyFile(CertsRefusal):
    """The bytes are no private key in any form that is read here."""

    code = "PKI-020"


class NotPkcs12(CertsRefusal):
    """The bytes are not PKCS#12 (PFX, RFC 7292 §4)."""

    code = "PKI-021"


class PasswordMissing(CertsRefusal):
    """The key is encrypted and no password was given."""

    code = "PKI-022"


class PasswordWrong(CertsRefusal):
    """The key does not open with this password, or its encrypted part is damaged; which of the two is never told."""

    code = "PKI-023"


class KeyAlgorithmUnsupported(CertsRefusal):
    """The key is neither RSA nor elliptic-curve."""

    code = "PKI-024"


class KeyEncryptionUnsupported(CertsRefusal):
    """The key file's encryption (or the curve inside) is unknown here."""

    code = "PKI-025"


class Pkcs12WithoutKey(CertsRefusal):
    """The PKCS#12 file opens but holds no private key."""

    code = "PKI-026"


class Pkcs12WithoutCertificate(CertsRefusal):
    """The PKCS#12 file holds a key but not its certificate."""

    code = "PKI-027"


class KeyNotOfCertificate(CertsRefusal):
    """The private key does not belong to the certificate."""

    code = "PKI-028"


class NotCertificates(CertsRefusal):
    """The bytes are no X.509 certificate and hold none."""

    code = "PKI-029"


class IdentifyDataMalformed(CertsRefusal):
    """An identifyData otherName is not the structure that NPKI certificates use."""

    code = "PKI-030"


class KeyIterationsExcessive(CertsRefusal):
    """The key file demands far more work to be opened than any program that writes keys asks for."""

    code = "PKI-031"


class CertificateForEncryption(CertsRefusal):
    """The certificate is the one for encryption (kmCert.der of NPKI), which does not sign."""

    code = "PKI-032"


class PairExchanged(CertsRefusal):
    """The certificate was given for the key, and the key for the certificate."""

    code = "PKI-033"


class KeyFileTruncated(NotKeyFile):
    """The key file ends before the length that it says it has."""

    code = "PKI-034"


class IdentityNumberMalformed(CertsRefusal):
    """An identity number is neither 13 nor 10 digits; the number is never repeated."""

    code = "PKI-035"


class VirtualIdMissing(CertsRefusal):
    """The certificate has no VID to compare an identity number with."""

    code = "PKI-036"


class VirtualIdAlgorithmUnknown(CertsRefusal):
    """The VID was made with a hash that is not computed here."""

    code = "PKI-037"

    def __init__(self, algorithm: str) -> None:
        super().__init__(algorithm=algorithm)


class RandomMissing(CertsRefusal):
    """The key holds no random number R, without which no VID can be checked."""

    code = "PKI-038"
