"""Signing-certificate and signing-certificate-v2 (RFC 5035): attributes that say which certificate is the signer's."""

from __future__ import annotations

import hashlib
import hmac
from typing import Final

from verifier.algorithms import DIGESTS
from verifier.cms import read_algorithm
from verifier.der import OCTET_STRING, SEQUENCE, Element
from verifier.fields import Fields, StructureFault
from verifier.subject import Subject

ID_SIGNING_CERTIFICATE: Final = "1.2.840.113549.1.9.16.2.12"
ID_SIGNING_CERTIFICATE_V2: Final = "1.2.840.113549.1.9.16.2.47"


def names_its_certificate(subject: Subject) -> bool | None:
    """Whether the attributes name the certificate that the signature is judged by; None where there are none."""
    signer_info = subject.signer_info
    if signer_info is None or signer_info.signed_attrs is None or len(subject.matching_certificates) != 1:
        return None
    certificate = subject.matching_certificates[0]
    named = [
        _names(subject.der, value, certificate, default)
        for oid, default in ((ID_SIGNING_CERTIFICATE, "sha1"), (ID_SIGNING_CERTIFICATE_V2, "sha256"))
        for attribute in signer_info.signed_attrs.named(oid)
        for value in attribute.values
    ]
    return all(named) if named else None


def _names(der: bytes, value: Element, certificate: bytes, default: str) -> bool:
    """Whether the first ESSCertID is the certificate's; further ones are about its issuers (RFC 5035 §3)."""
    try:
        certs = Fields(der, Fields(der, value, SEQUENCE, "").take(SEQUENCE, "certs"), SEQUENCE, "")
        ess_cert_id = Fields(der, certs.take(SEQUENCE, "ESSCertID"), SEQUENCE, "")
        digest: str | None = default
        if default == "sha256" and ess_cert_id.next_tag() == SEQUENCE:
            digest = DIGESTS.get(read_algorithm(der, ess_cert_id.take(SEQUENCE, "hashAlgorithm"), "").oid)
        claimed = ess_cert_id.body(ess_cert_id.take(OCTET_STRING, "certHash"))
    except StructureFault:
        return False
    # SHA-1 is what the older attribute has. The hash is signed; it says which of the certificates, and proves nothing.
    return digest is not None and hmac.compare_digest(claimed, hashlib.new(digest, certificate).digest())
