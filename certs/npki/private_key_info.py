"""PrivateKeyInfo (RFC 5208 §5) with the attribute in which NPKI keys carry their random number R."""

from __future__ import annotations

from typing import Annotated, Final

from cryptography.hazmat import asn1
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509 import ObjectIdentifier

from certs.keys import PrivateKey

RANDOM: Final = ObjectIdentifier("1.2.410.200004.10.1.1.3")


def random_of(info: bytes) -> bytes | None:
    """R in `info` (DER); None where there is none, or none that can be read."""
    try:
        attributes = asn1.decode_der(_AnyPrivateKeyInfo, info).attributes
        of_any_type = attributes.as_list() if attributes is not None else []
        found = [one.parse(_Attribute) for one in of_any_type if one.parse(_AnyAttribute).type == RANDOM]
        values = [bits for attribute in found for bits in attribute.values.as_list()]
    except ValueError:
        return None
    if len(values) != 1 or values[0].padding_bits():
        return None
    return bytes(values[0].as_bytes())


def private_key_info(key: PrivateKey, random: bytes | None) -> bytes:
    """The key as NPKI programs encrypt it: PrivateKeyInfo (DER), with R among its attributes if there is one."""
    plain = key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    if random is None:
        return plain
    info = asn1.decode_der(_PrivateKeyInfo, plain)
    attribute = _Attribute(type=RANDOM, values=asn1.SetOf([asn1.BitString(random, 0)]))
    info.attributes = asn1.SetOf([attribute])
    return asn1.encode_der(info)


@asn1.sequence
class _Attribute:
    type: ObjectIdentifier
    values: asn1.SetOf[asn1.BitString]


@asn1.sequence
class _PrivateKeyInfo:
    version: int
    algorithm: asn1.TLV
    private_key: bytes
    attributes: Annotated[asn1.SetOf[_Attribute] | None, asn1.Implicit(0)]


@asn1.sequence
class _AnyAttribute:
    type: ObjectIdentifier
    values: asn1.TLV


@asn1.sequence
class _AnyPrivateKeyInfo:
    version: int
    algorithm: asn1.TLV
    private_key: bytes
    attributes: Annotated[asn1.SetOf[asn1.TLV] | None, asn1.Implicit(0)]
