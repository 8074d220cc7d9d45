"""SignedData as evidence has it (RFC 5652 §5), declared for the strict DER codec of `cryptography`.

Only what this profile writes is declared: version 1, one signer by issuerAndSerialNumber, attached id-data, no crls and
no unsigned attributes. The specification says RFC 2630 and uses the PKCS#7 names authenticatedAttributes
(`signed_attrs`) and digestEncryptionAlgorithm (`signature_algorithm`); the bytes are the same. The codec sorts every
SET OF as DER asks.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Final

from cryptography.hazmat import asn1
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.x509 import Certificate, ObjectIdentifier

from signer.algorithms import DIGESTS, Digest, PublicKey, digest_of

DATA: Final = ObjectIdentifier("1.2.840.113549.1.7.1")
SIGNED_DATA: Final = ObjectIdentifier("1.2.840.113549.1.7.2")
CONTENT_TYPE: Final = ObjectIdentifier("1.2.840.113549.1.9.3")
MESSAGE_DIGEST: Final = ObjectIdentifier("1.2.840.113549.1.9.4")
SIGNING_TIME: Final = ObjectIdentifier("1.2.840.113549.1.9.5")
SIGNING_CERTIFICATE_V2: Final = ObjectIdentifier("1.2.840.113549.1.9.16.2.47")
RSA_ENCRYPTION: Final = ObjectIdentifier("1.2.840.113549.1.1.1")
FIRST_GENERALIZED_YEAR: Final = 2050  # RFC 5652 §11.3


@asn1.sequence
class AlgorithmIdentifier:
    algorithm: ObjectIdentifier
    parameters: asn1.Null | None = None


@asn1.sequence
class IssuerAndSerialNumber:
    issuer: asn1.TLV  # the certificate's own bytes, never encoded anew
    serial_number: int


@asn1.sequence
class EssCertIdV2:
    cert_hash: bytes  # SHA-256, the DEFAULT of hashAlgorithm, which DER leaves out (RFC 5035 §4)


@asn1.sequence
class SigningCertificateV2:
    certs: list[EssCertIdV2]


@asn1.sequence
class Attribute:
    type: ObjectIdentifier
    values: asn1.SetOf[ObjectIdentifier | bytes | asn1.UTCTime | asn1.GeneralizedTime | SigningCertificateV2]


@asn1.sequence
class SignerInfo:
    version: int
    sid: IssuerAndSerialNumber
    digest_algorithm: AlgorithmIdentifier
    signed_attrs: Annotated[asn1.SetOf[Attribute], asn1.Implicit(0)]
    signature_algorithm: AlgorithmIdentifier
    signature: bytes


@asn1.sequence
class EncapsulatedContentInfo:
    econtent_type: ObjectIdentifier
    econtent: Annotated[bytes, asn1.Explicit(0)]


@asn1.sequence
class SignedData:
    version: int
    digest_algorithms: asn1.SetOf[AlgorithmIdentifier]
    encap_content: EncapsulatedContentInfo
    certificates: Annotated[asn1.SetOf[asn1.TLV], asn1.Implicit(0)]
    signer_infos: asn1.SetOf[SignerInfo]


@asn1.sequence
class ContentInfo:
    content_type: ObjectIdentifier
    content: Annotated[SignedData, asn1.Explicit(0)]


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


def issuer_and_serial_number(certificate: Certificate) -> IssuerAndSerialNumber:
    """Name a certificate by its issuer and serial number (RFC 5652 §10.2.4).

    Raises:
        ValueError: the certificate is not strict DER.
    """
    tbs = asn1.decode_der(_TbsCertificate, certificate.tbs_certificate_bytes)
    return IssuerAndSerialNumber(issuer=tbs.issuer, serial_number=tbs.serial_number)


def signed_attributes(message_digest: bytes, at: datetime, signing_certificate: bytes | None) -> asn1.SetOf[Attribute]:
    """Return content-type, message-digest, signing-time (RFC 5652 §11) and, on request, signing-certificate-v2.

    Args:
        message_digest: of the content.
        at: aware UTC, whole seconds. UTCTime through 2049, GeneralizedTime from 2050 (§11.3).
        signing_certificate: DER of the signer's certificate, hashed with SHA-256 (RFC 5035 §4), or None.
    """
    time = asn1.UTCTime(at) if at.year < FIRST_GENERALIZED_YEAR else asn1.GeneralizedTime(at)
    attributes = [
        Attribute(type=CONTENT_TYPE, values=asn1.SetOf([DATA])),
        Attribute(type=MESSAGE_DIGEST, values=asn1.SetOf([message_digest])),
        Attribute(type=SIGNING_TIME, values=asn1.SetOf([time])),
    ]
    if signing_certificate is not None:
        value = SigningCertificateV2(certs=[EssCertIdV2(cert_hash=digest_of(signing_certificate, "sha256"))])
        attributes.append(Attribute(type=SIGNING_CERTIFICATE_V2, values=asn1.SetOf([value])))
    return asn1.SetOf(attributes)


def signature_algorithm(public_key: PublicKey, digest: Digest) -> AlgorithmIdentifier:
    """Name the signature algorithm.

    For RSA rsaEncryption with NULL: the only identifier that RFC 2315 and RFC 2630 §12.2.2 know. RFC 3370 §3.2 makes
    every verifier accept it, while sha256WithRSAEncryption is optional there. ECDSA has no parameters (RFC 5758 §3.2).
    """
    if isinstance(public_key, RSAPublicKey):
        return AlgorithmIdentifier(algorithm=RSA_ENCRYPTION, parameters=asn1.Null())
    return AlgorithmIdentifier(algorithm=DIGESTS[digest].ecdsa_oid)


def content_info(content: bytes, certificates: Sequence[bytes], signer_info: SignerInfo) -> bytes:
    """Wrap content, certificates (DER, copied as they are) and the one signer into DER ContentInfo (RFC 5652 §3)."""
    signed_data = SignedData(
        version=1,
        digest_algorithms=asn1.SetOf([signer_info.digest_algorithm]),
        encap_content=EncapsulatedContentInfo(econtent_type=DATA, econtent=content),
        certificates=asn1.SetOf([asn1.decode_der(asn1.TLV, der) for der in certificates]),
        signer_infos=asn1.SetOf([signer_info]),
    )
    return asn1.encode_der(ContentInfo(content_type=SIGNED_DATA, content=signed_data))
