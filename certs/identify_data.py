"""identifyData, the otherName of NPKI certificates: the holder's name, and a hash that binds the identity number.

::

    IdentifyData ::= SEQUENCE { realName UTF8String, userInfo SEQUENCE OF AttributeTypeAndValue OPTIONAL }
    VID          ::= SEQUENCE { hashAlg AlgorithmIdentifier, virtualID [0] EXPLICIT OCTET STRING }

A person's certificate carries a VID, a certification authority's only the name.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated, Final

from cryptography import x509
from cryptography.hazmat import asn1
from cryptography.hazmat.primitives import hashes

from certs.errors import IdentifyDataMalformed, VirtualIdAlgorithmUnknown
from certs.keys import ILLEGIBLE

IDENTIFY_DATA: Final = x509.ObjectIdentifier("1.2.410.200004.10.1.1")
VID: Final = x509.ObjectIdentifier("1.2.410.200004.10.1.1.1")
SHA256: Final = x509.ObjectIdentifier("2.16.840.1.101.3.4.2.1")
_HASHES: Final[dict[x509.ObjectIdentifier, type[hashes.HashAlgorithm]]] = {
    x509.ObjectIdentifier("1.3.14.3.2.26"): hashes.SHA1,  # of certificates issued before 2012
    SHA256: hashes.SHA256,
    x509.ObjectIdentifier("2.16.840.1.101.3.4.2.2"): hashes.SHA384,
    x509.ObjectIdentifier("2.16.840.1.101.3.4.2.3"): hashes.SHA512,
}


@dataclass(frozen=True)
class VirtualId:
    """Hash over identity number and key random, and the algorithm that made it."""

    hash_algorithm: x509.ObjectIdentifier
    value: bytes


@dataclass(frozen=True)
class IdentifyData:
    """A decoded identifyData. The name is personal and therefore not in the repr."""

    real_name: str = field(repr=False)
    virtual_id: VirtualId | None = None

    def other_name(self) -> x509.OtherName:
        """Encode as the otherName that stands in a subjectAltName."""
        info = None
        if self.virtual_id is not None:
            vid = _Vid(
                hash_algorithm=_Algorithm(algorithm=self.virtual_id.hash_algorithm, parameters=None),
                virtual_id=self.virtual_id.value,
            )
            info = [_UserInfo(type=VID, value=vid)]
        return x509.OtherName(IDENTIFY_DATA, asn1.encode_der(_Identify(real_name=self.real_name, user_info=info)))

    @classmethod
    def decode(cls, der: bytes) -> IdentifyData:
        """Decode the otherName's value (DER).

        Raises:
            IdentifyDataMalformed: it is not that structure, or holds more than one VID or none among its userInfo.
        """
        try:
            named = asn1.decode_der(_AnyIdentify, der)
            vids = [info.value.parse(_Vid) for info in named.user_info or () if info.type == VID]
        except ValueError:
            raise IdentifyDataMalformed from None
        if len(vids) > 1:
            raise IdentifyDataMalformed
        return cls(named.real_name, _virtual_id(vids[0]) if vids else None)

    @classmethod
    def of(cls, certificate: x509.Certificate) -> IdentifyData | None:
        """Read it from a certificate's subjectAltName; None if the certificate has none.

        Raises:
            IdentifyDataMalformed: it has one that cannot be read, or several.
        """
        try:
            extension = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName)
        except x509.ExtensionNotFound:
            return None
        except ILLEGIBLE:
            raise IdentifyDataMalformed from None
        found = [one for one in extension.value.get_values_for_type(x509.OtherName) if one.type_id == IDENTIFY_DATA]
        if len(found) > 1:
            raise IdentifyDataMalformed
        return cls.decode(found[0].value) if found else None


def virtual_id(identity_number: str, random: bytes, *, hash_algorithm: x509.ObjectIdentifier = SHA256) -> VirtualId:
    """Bind an identity number to a key: h(h(DER SEQUENCE { PrintableString IDN, BIT STRING R })).

    Raises:
        VirtualIdAlgorithmUnknown: `hash_algorithm` is none that is computed here.
    """
    if hash_algorithm not in _HASHES:
        raise VirtualIdAlgorithmUnknown(hash_algorithm.dotted_string)
    idn = asn1.PrintableString(identity_number)
    content = asn1.encode_der(_HashContent(identity_number=idn, random=asn1.BitString(random, 0)))
    algorithm = _HASHES[hash_algorithm]()
    return VirtualId(hash_algorithm, _digest(algorithm, _digest(algorithm, content)))


def _virtual_id(vid: _Vid) -> VirtualId:
    return VirtualId(vid.hash_algorithm.algorithm, vid.virtual_id)


def _digest(algorithm: hashes.HashAlgorithm, data: bytes) -> bytes:
    digest = hashes.Hash(algorithm)
    digest.update(data)
    return digest.finalize()


@asn1.sequence
class _HashContent:
    identity_number: asn1.PrintableString
    random: asn1.BitString


@asn1.sequence
class _Algorithm:
    algorithm: x509.ObjectIdentifier
    parameters: asn1.Null | None


@asn1.sequence
class _Vid:
    hash_algorithm: _Algorithm
    virtual_id: Annotated[bytes, asn1.Explicit(0)]


@asn1.sequence
class _UserInfo:
    type: x509.ObjectIdentifier
    value: _Vid


@asn1.sequence
class _Identify:
    real_name: str
    user_info: list[_UserInfo] | None


@asn1.sequence
class _AnyUserInfo:
    type: x509.ObjectIdentifier
    value: asn1.TLV


@asn1.sequence
class _AnyIdentify:
    real_name: str
    user_info: list[_AnyUserInfo] | None
