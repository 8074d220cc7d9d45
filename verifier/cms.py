"""ContentInfo and SignedData (RFC 5652 §3, §5) out of a DER tree, each part with its place in the message.

Only the shape is judged here, field by field in the order of the standard. What the values must be is the checks'
business. Structures and their reading stand in one file, in the standard's order, to be compared with it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

from verifier.der import (
    CONSTRUCTED,
    CONTEXT_0,
    CONTEXT_1,
    NULL,
    OCTET_STRING,
    SEQUENCE,
    SET,
    Element,
    is_sorted_set,
)
from verifier.fields import Fields, StructureFault

ID_DATA: Final = "1.2.840.113549.1.7.1"
ID_SIGNED_DATA: Final = "1.2.840.113549.1.7.2"
ID_CONTENT_TYPE: Final = "1.2.840.113549.1.9.3"
ID_MESSAGE_DIGEST: Final = "1.2.840.113549.1.9.4"
ID_SIGNING_TIME: Final = "1.2.840.113549.1.9.5"

_SUBJECT_KEY_IDENTIFIER: Final = 0x80


class AlgorithmIdentifier(NamedTuple):
    """`parameters` are the encoded bytes; empty where absent."""

    oid: str
    parameters: bytes

    @property
    def has_no_parameters(self) -> bool:
        """Absent or NULL: both stand in the wild for digests and RSA (RFC 5754 §2)."""
        return self.parameters in {b"", b"\x05\x00"}


class Attribute(NamedTuple):
    """`values` are the encoded values."""

    oid: str
    values: tuple[Element, ...]
    start: int


class SignedAttributes(NamedTuple):
    """`encoded` is the implicit [0] as it stands; what is signed carries the tag of a SET instead (RFC 5652 §5.4)."""

    attributes: tuple[Attribute, ...]
    encoded: bytes
    start: int
    is_sorted: bool

    @property
    def signed_bytes(self) -> bytes:
        return bytes([SET]) + self.encoded[1:]

    def named(self, oid: str) -> list[Attribute]:
        return [a for a in self.attributes if a.oid == oid]


class SignerInfo(NamedTuple):
    """Either `issuer` and `serial_number` name the signer, or `subject_key_identifier` does; the others are None."""

    start: int
    version: int
    issuer: bytes | None
    serial_number: int | None
    subject_key_identifier: bytes | None
    digest_algorithm: AlgorithmIdentifier
    signed_attrs: SignedAttributes | None
    signature_algorithm: AlgorithmIdentifier
    signature: bytes
    unsigned_attrs_start: int | None


class SignedData(NamedTuple):
    """`certificates` are encoded, in message order. `econtent` is None for a detached signature."""

    version: int
    version_start: int
    digest_algorithms: tuple[AlgorithmIdentifier, ...]
    econtent_type: str
    econtent_start: int
    econtent: bytes | None
    certificates: tuple[bytes, ...]
    certificates_sorted: bool
    certificates_start: int
    crls_start: int | None
    signer_infos: tuple[SignerInfo, ...]
    signer_infos_start: int


def read_signed_data(der: bytes, root: Element) -> SignedData:
    """The SignedData inside a ContentInfo.

    Raises:
        StructureFault: at the first element that is not what the standard has in that place.
    """
    outer = Fields(der, root, SEQUENCE, "contentInfo")
    if outer.oid("contentType") != ID_SIGNED_DATA:
        raise StructureFault("CMS-131", "contentInfo.contentType", outer.last.start)
    content = outer.take(CONTEXT_0, "content")
    outer.finish()
    explicit = Fields(der, content, CONTEXT_0, "contentInfo.content")
    signed = Fields(der, explicit.take(SEQUENCE, ""), SEQUENCE, "signedData")
    explicit.finish()

    version = signed.integer("version")
    version_start = signed.last.start
    algorithms = signed.take(SET, "digestAlgorithms")
    encap = Fields(der, signed.take(SEQUENCE, "encapContentInfo"), SEQUENCE, "encapContentInfo")
    certificates = signed.optional(CONTEXT_0)
    crls = signed.optional(CONTEXT_1)
    signer_infos = signed.take(SET, "signerInfos")
    signed.finish()

    econtent_type = encap.oid("eContentType")
    return SignedData(
        version=version,
        version_start=version_start,
        digest_algorithms=tuple(read_algorithm(der, a, "digestAlgorithms") for a in algorithms.children),
        econtent_type=econtent_type,
        econtent_start=encap.last.start,
        econtent=_econtent(der, encap),
        certificates=tuple(_certificates(der, certificates)),
        certificates_sorted=certificates is None or is_sorted_set(der, certificates.children),
        certificates_start=signer_infos.start if certificates is None else certificates.start,
        crls_start=None if crls is None else crls.start,
        signer_infos=tuple(_signer_info(der, s, i) for i, s in enumerate(signer_infos.children)),
        signer_infos_start=signer_infos.start,
    )


def read_attributes(der: bytes, element: Element, where: str) -> tuple[Attribute, ...]:
    """The attributes in a SET OF Attribute, whatever its tag (RFC 5652 §5.3)."""
    return tuple(_attributes(der, element, where))


def read_algorithm(der: bytes, element: Element, where: str) -> AlgorithmIdentifier:
    fields = Fields(der, element, SEQUENCE, where)
    oid = fields.oid("algorithm")
    parameters = fields.take(fields.next_tag() or NULL, "parameters") if fields.rest else None
    fields.finish()
    return AlgorithmIdentifier(oid, b"" if parameters is None else der[parameters.start : parameters.end])


def _econtent(der: bytes, encap: Fields) -> bytes | None:
    explicit = encap.optional(CONTEXT_0)
    encap.finish()
    if explicit is None:
        return None
    fields = Fields(der, explicit, CONTEXT_0, "encapContentInfo.eContent")
    # BER may cut the content into pieces. That fails the encoding check, but the text can still be shown and judged.
    pieces = fields.take(fields.next_tag() or OCTET_STRING, "")
    fields.finish()
    return b"".join(_octets(der, pieces))


def _octets(der: bytes, element: Element) -> Iterator[bytes]:
    if element.tag == OCTET_STRING:
        yield der[element.body : element.end]
    elif element.tag == OCTET_STRING | CONSTRUCTED:
        for child in element.children:
            yield from _octets(der, child)
    else:
        raise StructureFault("CMS-132", "encapContentInfo.eContent", element.start)


def _certificates(der: bytes, certificates: Element | None) -> Iterator[bytes]:
    for i, certificate in enumerate(certificates.children if certificates else ()):
        if certificate.tag != SEQUENCE:  # attribute certificates and other formats, RFC 5652 §10.2.2
            raise StructureFault("CMS-134", f"certificates[{i}]", certificate.start)
        yield der[certificate.start : certificate.end]


def _signer_info(der: bytes, element: Element, index: int) -> SignerInfo:
    where = f"signerInfos[{index}]"
    fields = Fields(der, element, SEQUENCE, where)
    version = fields.integer("version")
    issuer, serial_number, key_identifier = None, None, None
    if fields.next_tag() == _SUBJECT_KEY_IDENTIFIER:
        key_identifier = fields.body(fields.take(_SUBJECT_KEY_IDENTIFIER, "sid"))
    else:
        sid = Fields(der, fields.take(SEQUENCE, "sid"), SEQUENCE, f"{where}.sid")
        name = sid.take(SEQUENCE, "issuer")
        issuer = der[name.start : name.end]
        serial_number = sid.integer("serialNumber")
        sid.finish()
    digest_algorithm = read_algorithm(der, fields.take(SEQUENCE, "digestAlgorithm"), f"{where}.digestAlgorithm")
    attributes = fields.optional(CONTEXT_0)
    signature_algorithm = read_algorithm(
        der, fields.take(SEQUENCE, "signatureAlgorithm"), f"{where}.signatureAlgorithm"
    )
    signature = fields.body(fields.take(OCTET_STRING, "signature"))
    unsigned = fields.optional(CONTEXT_1)
    fields.finish()
    return SignerInfo(
        start=element.start,
        version=version,
        issuer=issuer,
        serial_number=serial_number,
        subject_key_identifier=key_identifier,
        digest_algorithm=digest_algorithm,
        signed_attrs=None if attributes is None else _signed_attributes(der, attributes, f"{where}.signedAttrs"),
        signature_algorithm=signature_algorithm,
        signature=signature,
        unsigned_attrs_start=None if unsigned is None else unsigned.start,
    )


def _signed_attributes(der: bytes, element: Element, where: str) -> SignedAttributes:
    return SignedAttributes(
        attributes=read_attributes(der, element, where),
        encoded=der[element.start : element.end],
        start=element.start,
        is_sorted=is_sorted_set(der, element.children),
    )


def _attributes(der: bytes, element: Element, where: str) -> Iterator[Attribute]:
    for i, child in enumerate(element.children):
        fields = Fields(der, child, SEQUENCE, f"{where}[{i}]")
        oid = fields.oid("attrType")
        values = fields.take(SET, "attrValues")
        fields.finish()
        yield Attribute(oid, values.children, child.start)
