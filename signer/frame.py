"""What one certificate puts around every text: SignedData as evidence has it (RFC 5652 §5), but for what varies.

Only what this profile writes is here: version 1, one signer by issuerAndSerialNumber, attached id-data, no crls and no
unsigned attributes. The specification says RFC 2630 and uses the PKCS#7 names authenticatedAttributes (`signed_attrs`)
and digestEncryptionAlgorithm (`signature_algorithm`); the bytes are the same.

It is worked out once for a certificate: to encode all of it anew takes longer than a P-256 signature does.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property, lru_cache
from typing import Annotated, Final

from cryptography import x509
from cryptography.hazmat import asn1
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ObjectIdentifier

from consent.kinds import KINDS
from signer.admission import allowed_public_key, is_for_signing
from signer.algorithms import DIGESTS, Digest, PublicKey, max_signature_bytes
from signer.cms import CONTEXT_0, DATA, OCTET_STRING, RSA_ENCRYPTION, SEQUENCE, SET, element, set_of, signed_attributes
from signer.errors import CertificateExpired, CertificateNotForSigning, CertificateNotYetValid, CertificateUnreadable

MAX_DER_BYTES: Final = KINDS["2"].max_bytes
REMEMBERED: Final = 256  # certificates, a few kilobytes each

_LATEST: Final = datetime(9999, 12, 31, tzinfo=UTC)

_SIGNED_DATA: Final = asn1.encode_der(ObjectIdentifier("1.2.840.113549.1.7.2"))
_TAG_0: Final = bytes((CONTEXT_0,))
_NULL: Final = b"\x05\x00"
_VERSION_1: Final = b"\x02\x01\x01"


@dataclass(frozen=True)
class Frame:
    """What one certificate puts around every text.

    Attributes:
        certificate: the signer's.
        der: its bytes.
        public_key: of that.
        digest: of content and signature.
        not_before: from when the certificate is valid.
        not_after: until when.
    """

    certificate: x509.Certificate
    der: bytes = field(repr=False)
    public_key: PublicKey
    digest: Digest
    not_before: datetime
    not_after: datetime
    _head: bytes = field(repr=False)  # version and digestAlgorithms of SignedData
    _certificates: bytes = field(repr=False)
    _signer_head: bytes = field(repr=False)  # version, sid and digestAlgorithm of SignerInfo
    _signature_algorithm: bytes = field(repr=False)

    def signed_attributes(self, content: bytes, at: datetime, *, binding: bool) -> bytes:
        """Return what is to be signed; `binding` adds signing-certificate-v2 (RFC 5035)."""
        return signed_attributes(content, self.digest, at, self.der if binding else None)

    def around(self, content: bytes, signed_attrs: bytes, signature: bytes) -> bytes:
        """Return DER ContentInfo (RFC 5652 §3); `signed_attrs` as they are signed."""
        signer_info = b"".join(
            (
                self._signer_head,
                _TAG_0,  # IMPLICIT, in place of that of SET
                signed_attrs[1:],
                self._signature_algorithm,
                element(OCTET_STRING, signature),
            )
        )
        encap_content = element(SEQUENCE, DATA + element(CONTEXT_0, element(OCTET_STRING, content)))
        signer_infos = element(SET, element(SEQUENCE, signer_info))
        signed_data = element(SEQUENCE, b"".join((self._head, encap_content, self._certificates, signer_infos)))
        return element(SEQUENCE, _SIGNED_DATA + element(CONTEXT_0, signed_data))

    def require_signable(self, at: datetime) -> None:
        """Return only if the certificate is valid at `at` and meant for signing. Revocation is not asked.

        Raises:
            CertificateNotYetValid, CertificateExpired, CertificateNotForSigning, CertificateUnreadable.
        """
        if at < self.not_before:
            raise CertificateNotYetValid(self.not_before, at)
        if at > self.not_after:
            raise CertificateExpired(self.not_after, at)
        if not self._is_for_signing:
            raise CertificateNotForSigning

    @cached_property
    def _is_for_signing(self) -> bool:
        return is_for_signing(self.certificate)

    def der_bytes(self, text_bytes: int, at: datetime, *, binding: bool) -> int:
        """How large a DER becomes with a text of this size, if the signature takes all the bytes that it can."""
        attributes = self.signed_attributes(b"", at, binding=binding)
        return len(self.around(bytes(text_bytes), attributes, bytes(max_signature_bytes(self.public_key))))

    @cached_property
    def most_around(self) -> int:
        """How many bytes a DER that fits has at most beside its text: with a shorter one, lengths take no more."""
        return self.der_bytes(MAX_DER_BYTES, _LATEST, binding=True) - MAX_DER_BYTES


_encoded: Final[dict[int, tuple[x509.Certificate, bytes]]] = {}


def der_of(certificate: x509.Certificate) -> bytes:
    """Its bytes, remembered by identity: to encode it, or to hash it for a cache, takes as long as all else here.

    Each is held beside its bytes, so that no other can come to lie where it lay.
    """
    found = _encoded.get(id(certificate))
    if found is None:
        found = certificate, certificate.public_bytes(Encoding.DER)
        if len(_encoded) >= REMEMBERED:
            _encoded.clear()
        _encoded[id(certificate)] = found
    return found[1]


@lru_cache(maxsize=REMEMBERED)
def frame_of(certificate: bytes, intermediates: tuple[bytes, ...], digest: Digest) -> Frame:
    """Return what this certificate, with others to enclose beside it, puts around a text (all DER, copied as they are).

    Raises:
        CertificateUnreadable, or as `allowed_public_key`.
    """
    try:
        signer, *_ = [x509.load_der_x509_certificate(der) for der in (certificate, *intermediates)]
        sid = _issuer_and_serial_number(signer)
    except (ValueError, x509.InvalidVersion):
        raise CertificateUnreadable from None
    public_key = allowed_public_key(signer)
    digest_algorithm = element(SEQUENCE, asn1.encode_der(DIGESTS[digest].oid))  # RFC 5754 §2: no parameters
    return Frame(
        certificate=signer,
        der=certificate,
        public_key=public_key,
        digest=digest,
        not_before=signer.not_valid_before_utc,
        not_after=signer.not_valid_after_utc,
        _head=_VERSION_1 + element(SET, digest_algorithm),
        _certificates=set_of(CONTEXT_0, {certificate, *intermediates}),
        _signer_head=_VERSION_1 + sid + digest_algorithm,
        _signature_algorithm=_signature_algorithm(public_key, digest),
    )


def _signature_algorithm(public_key: PublicKey, digest: Digest) -> bytes:
    """Name the signature algorithm.

    For RSA rsaEncryption with NULL: the only identifier that RFC 2315 and RFC 2630 §12.2.2 know. RFC 3370 §3.2 makes
    every verifier accept it, while sha256WithRSAEncryption is optional there. ECDSA has no parameters (RFC 5758 §3.2).
    """
    if isinstance(public_key, RSAPublicKey):
        return element(SEQUENCE, asn1.encode_der(RSA_ENCRYPTION) + _NULL)
    return element(SEQUENCE, asn1.encode_der(DIGESTS[digest].ecdsa_oid))


@asn1.sequence
class IssuerAndSerialNumber:
    issuer: asn1.TLV  # the certificate's own bytes, never encoded anew
    serial_number: int


@asn1.sequence
class _TbsCertificate:
    """RFC 5280 §4.1, as far as it takes to copy the issuer's bytes."""

    version: Annotated[int, asn1.Explicit(0), asn1.Default(0)]
    serial_number: int
    signature: asn1.TLV
    issuer: asn1.TLV
    validity: asn1.TLV
    subject: asn1.TLV
    subject_public_key_info: asn1.TLV
    issuer_unique_id: Annotated[asn1.BitString | None, asn1.Implicit(1)]
    subject_unique_id: Annotated[asn1.BitString | None, asn1.Implicit(2)]
    extensions: Annotated[list[asn1.TLV] | None, asn1.Explicit(3)]


def _issuer_and_serial_number(certificate: x509.Certificate) -> bytes:
    """Name a certificate by its issuer and serial number (RFC 5652 §10.2.4); ValueError if it is not strict DER."""
    tbs = asn1.decode_der(_TbsCertificate, certificate.tbs_certificate_bytes)
    return asn1.encode_der(IssuerAndSerialNumber(issuer=tbs.issuer, serial_number=tbs.serial_number))
