"""The peer of signer/: SignedData as evidence has it (RFC 5652 §5), declared for the DER codec of `cryptography`.

Only what this profile writes is declared: version 1, one signer by issuerAndSerialNumber, attached id-data, no crls and
no unsigned attributes. The specification says RFC 2630 and uses the PKCS#7 names authenticatedAttributes
(`signed_attrs`) and digestEncryptionAlgorithm (`signature_algorithm`); the bytes are the same. The codec sorts every
SET OF as DER asks.
"""

from __future__ import annotations

import hashlib
from typing import Annotated, Final

from cryptography.hazmat import asn1
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.x509 import Certificate, ObjectIdentifier, load_der_x509_certificate

from signer import Prepared

DATA: Final = ObjectIdentifier("1.2.840.113549.1.7.1")
SIGNED_DATA: Final = ObjectIdentifier("1.2.840.113549.1.7.2")
CONTENT_TYPE: Final = ObjectIdentifier("1.2.840.113549.1.9.3")
MESSAGE_DIGEST: Final = ObjectIdentifier("1.2.840.113549.1.9.4")
SIGNING_TIME: Final = ObjectIdentifier("1.2.840.113549.1.9.5")
SIGNING_CERTIFICATE_V2: Final = ObjectIdentifier("1.2.840.113549.1.9.16.2.47")
RSA_ENCRYPTION: Final = ObjectIdentifier("1.2.840.113549.1.1.1")
DIGESTS: Final = {
    "sha256": ObjectIdentifier("2.16.840.1.101.3.4.2.1"),
    "sha384": ObjectIdentifier("2.16.840.1.101.3.4.2.2"),
    "sha512": ObjectIdentifier("2.16.840.1.101.3.4.2.3"),
}
ECDSA_WITH: Final = {
    "sha256": ObjectIdentifier("1.2.840.10045.4.3.2"),
    "sha384": ObjectIdentifier("1.2.840.10045.4.3.3"),
    "sha512": ObjectIdentifier("1.2.840.10045.4.3.4"),
}
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


def signed_attributes(prepared: Prepared) -> asn1.SetOf[Attribute]:
    message_digest = hashlib.new(prepared.digest, prepared.content).digest()
    at = prepared.at
    time = asn1.UTCTime(at) if at.year < FIRST_GENERALIZED_YEAR else asn1.GeneralizedTime(at)
    attributes = [
        Attribute(type=CONTENT_TYPE, values=asn1.SetOf([DATA])),
        Attribute(type=MESSAGE_DIGEST, values=asn1.SetOf([message_digest])),
        Attribute(type=SIGNING_TIME, values=asn1.SetOf([time])),
    ]
    if prepared.signing_certificate_v2:
        hashed = EssCertIdV2(cert_hash=hashlib.sha256(prepared.certificate).digest())
        value = SigningCertificateV2(certs=[hashed])
        attributes.append(Attribute(type=SIGNING_CERTIFICATE_V2, values=asn1.SetOf([value])))
    return asn1.SetOf(attributes)


def to_be_signed(prepared: Prepared) -> bytes:
    return asn1.encode_der(signed_attributes(prepared))


def assemble(prepared: Prepared, signature: bytes) -> bytes:
    """Encode all of it anew."""
    certificate = load_der_x509_certificate(prepared.certificate)
    tbs = asn1.decode_der(_TbsCertificate, certificate.tbs_certificate_bytes)
    signer_info = SignerInfo(
        version=1,
        sid=IssuerAndSerialNumber(issuer=tbs.issuer, serial_number=tbs.serial_number),
        digest_algorithm=AlgorithmIdentifier(algorithm=DIGESTS[prepared.digest]),
        signed_attrs=signed_attributes(prepared),
        signature_algorithm=signature_algorithm(certificate, prepared.digest),
        signature=signature,
    )
    certificates = dict.fromkeys((prepared.certificate, *prepared.intermediates))
    signed_data = SignedData(
        version=1,
        digest_algorithms=asn1.SetOf([signer_info.digest_algorithm]),
        encap_content=EncapsulatedContentInfo(econtent_type=DATA, econtent=prepared.content),
        certificates=asn1.SetOf([asn1.decode_der(asn1.TLV, der) for der in certificates]),
        signer_infos=asn1.SetOf([signer_info]),
    )
    return asn1.encode_der(ContentInfo(content_type=SIGNED_DATA, content=signed_data))


def signature_algorithm(certificate: Certificate, digest: str) -> AlgorithmIdentifier:
    if isinstance(certificate.public_key(), RSAPublicKey):
        return AlgorithmIdentifier(algorithm=RSA_ENCRYPTION, parameters=asn1.Null())
    return AlgorithmIdentifier(algorithm=ECDSA_WITH[digest])
