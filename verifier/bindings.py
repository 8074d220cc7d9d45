"""Signed attributes that bind what stands unsigned beside them: the signer's certificate and the algorithms.

Signers need not write them. Where they did, a message that disagrees was put together from parts of others.
"""

from __future__ import annotations

import hashlib
import hmac
from typing import Final

from verifier.algorithms import DIGESTS
from verifier.cms import Attribute, SignedAttributes, SignerInfo
from verifier.der import CONTEXT_1, OCTET_STRING, OID, SEQUENCE, Element, dotted_oid

ID_SIGNING_CERTIFICATE: Final = "1.2.840.113549.1.9.16.2.12"  # RFC 2634 §5.4, by SHA-1
ID_SIGNING_CERTIFICATE_V2: Final = "1.2.840.113549.1.9.16.2.47"  # RFC 5035 §3
ID_ALGORITHM_PROTECTION: Final = "1.2.840.113549.1.9.52"  # RFC 6211 §2
_HASHES: Final = {**DIGESTS, "1.3.14.3.2.26": "sha1"}


def bound_certificates(attributes: SignedAttributes) -> list[Attribute]:
    """The attributes that say which certificate is the signer's, of either version."""
    return [*attributes.named(ID_SIGNING_CERTIFICATE), *attributes.named(ID_SIGNING_CERTIFICATE_V2)]


def binds(der: bytes, attribute: Attribute, certificate: bytes) -> bool:
    """Whether the first certificate that the attribute names, which is the signer's, is this one."""
    found = _first_certificate(attribute)
    if not found:
        return False
    *algorithm, digest = found
    name = "sha1" if attribute.oid == ID_SIGNING_CERTIFICATE else "sha256"
    if algorithm:
        name = _HASHES.get(_oid(der, algorithm[0]), "")
    if not name or digest.tag != OCTET_STRING:
        return False
    return hmac.compare_digest(der[digest.body : digest.end], hashlib.new(name, certificate).digest())


def _first_certificate(attribute: Attribute) -> list[Element]:
    """ESSCertID and ESSCertIDv2: the hash algorithm, if it stands there, and the hash; the issuer may follow."""
    element: Element | None = attribute.values[0] if len(attribute.values) == 1 else None
    for _ in range(2):  # SigningCertificate: SEQUENCE { certs SEQUENCE OF ..., policies OPTIONAL }
        element = element.children[0] if element is not None and element.children else None
    fields = element.children if element is not None else ()
    return list(fields[: 2 if fields and fields[0].tag == SEQUENCE else 1])


def names_the_algorithms(der: bytes, attribute: Attribute, signer_info: SignerInfo) -> bool:
    """Whether a CMSAlgorithmProtection names the digest and the signature algorithm that the SignerInfo does."""
    fields = attribute.values[0].children if len(attribute.values) == 1 else ()
    if [field.tag for field in fields] != [SEQUENCE, CONTEXT_1]:
        return False
    named = [_oid(der, field) for field in fields]
    return named == [signer_info.digest_algorithm.oid, signer_info.signature_algorithm.oid]


def _oid(der: bytes, algorithm: Element) -> str:
    """The identifier that an AlgorithmIdentifier, whatever its tag, begins with; empty for none."""
    first = algorithm.children[0] if algorithm.children else None
    return dotted_oid(der[first.body : first.end]) if first is not None and first.tag == OID else ""
