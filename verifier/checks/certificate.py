"""Is the signer's certificate in the message, the only one that fits, and its key one that may sign a consent?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.types import CertificatePublicKeyTypes

from verifier.bindings import binds, bound_certificates
from verifier.cms import SignedData, SignerInfo
from verifier.common_layout import CommonMessage
from verifier.der import CONTEXT_0, OID, read_der
from verifier.key_strength import has_small_factor
from verifier.loading import load_certificate
from verifier.policies import VerifyPolicy
from verifier.subject import Subject, issuer_der, serial_number
from verifier.verdict import Check, Finding

_WHERE = "signedData.certificates"
_SID = "signerInfos[0].sid"

_HAS_SMALL_FACTOR = Finding.failed(Check.CERTIFICATE, "PKI-141", _WHERE, "NIST SP 800-89 §5.3.3")
_PASSED = Finding.passed(Check.CERTIFICATE, "PKI-100", _WHERE, "RFC 5652 §5.3")


def check_certificate(subject: Subject) -> Iterator[Finding]:
    signed_data, signer_info, certificate = subject.signed_data, subject.signer_info, subject.signer_certificate
    if signed_data is None or signer_info is None:
        return
    if certificate is None:
        yield _not_found(subject, signed_data, signer_info)
        return
    findings = [*unfit(certificate, subject.policy), *_bound(subject, signer_info)]
    yield from findings
    if not findings:
        yield _PASSED


def certificate_again(_subject: Subject, message: CommonMessage, before: Sequence[Finding]) -> Sequence[Finding]:
    """All but the modulus is alike in certificates of one shape, and messages of the common layout bind none."""
    modulus = message.signer.modulus
    return (_HAS_SMALL_FACTOR,) if modulus is not None and has_small_factor(modulus) else before


def unfit(certificate: x509.Certificate, policy: VerifyPolicy) -> Iterator[Finding]:
    """What in the certificate itself speaks against signing with its key, whatever the message and the time."""
    key = certificate.public_key()
    if isinstance(key, rsa.RSAPublicKey) and has_small_factor(key.public_numbers().n):
        yield _HAS_SMALL_FACTOR
    yield from _key(certificate, key, policy)
    yield from _key_usage(certificate)
    yield from _purpose(certificate, policy)


def _bound(subject: Subject, signer_info: SignerInfo) -> Iterator[Finding]:
    """Is it the one that the signer bound, where he did (RFC 5035 §5)? The sid that names it is not signed."""
    attributes = signer_info.signed_attrs
    for attribute in bound_certificates(attributes) if attributes is not None else ():
        if not binds(subject.der, attribute, subject.matching_certificates[0]):
            where = f"signerInfos[0].signedAttrs.signingCertificate@{attribute.start}"
            yield Finding.failed(Check.CERTIFICATE, "PKI-143", where, "RFC 5035 §5")


def _not_found(subject: Subject, signed_data: SignedData, signer_info: SignerInfo) -> Finding:
    count = len(subject.matching_certificates)
    if count > 1:
        return Finding.failed(Check.CERTIFICATE, "PKI-104", _WHERE, "RFC 5652 §5.3", count=count)
    readable = [c for der in signed_data.certificates if (c := load_certificate(der))]
    if len(readable) < len(signed_data.certificates):
        return Finding.failed(Check.CERTIFICATE, "PKI-105", _WHERE, "RFC 5280 §4.1")
    if any(_is_reversed(signer_info, certificate) for certificate in readable):
        return Finding.failed(Check.CERTIFICATE, "PKI-103", _SID, "RFC 5652 §5.3")
    return Finding.failed(Check.CERTIFICATE, "PKI-102", _SID, "설계서 V3.8 2.5.2")


def _is_reversed(signer_info: SignerInfo, certificate: x509.Certificate) -> bool:
    """Whether the sid names this certificate's issuer with its RDNs in the opposite order, as one vendor writes it."""
    if signer_info.issuer is None or serial_number(certificate) != signer_info.serial_number:
        return False
    claimed, actual = signer_info.issuer, issuer_der(certificate)
    return list(reversed(_rdns(claimed))) == _rdns(actual)


def _rdns(name: bytes) -> list[bytes]:
    root, _ = read_der(name)
    return [name[rdn.start : rdn.end] for rdn in root.children] if root else []


def _key(certificate: x509.Certificate, key: CertificatePublicKeyTypes, policy: VerifyPolicy) -> Iterator[Finding]:
    if isinstance(key, rsa.RSAPublicKey):
        exponent = key.public_numbers().e
        if key.key_size < policy.min_rsa_bits:
            yield Finding.failed(
                Check.CERTIFICATE, "PKI-106", _WHERE, "설계서 V3.8 2.5.2", bits=key.key_size, least=policy.min_rsa_bits
            )
        if exponent < policy.min_rsa_exponent or exponent % 2 == 0:
            yield Finding.failed(Check.CERTIFICATE, "PKI-109", _WHERE, "NIST SP 800-56B §6.2")
    elif not isinstance(key, ec.EllipticCurvePublicKey) or key.curve.name not in policy.curves:
        yield Finding.failed(Check.CERTIFICATE, "PKI-107", _WHERE, "설계서 V3.8 2.5.2")
    elif not _names_its_curve(certificate):
        yield Finding.failed(Check.CERTIFICATE, "PKI-140", _WHERE, "RFC 5480 §2.1.1, §2.2")


def _names_its_curve(certificate: x509.Certificate) -> bool:
    """Whether the curve stands by name, not by parameters of its own, and the point as a plain or compressed one.

    What is loaded as a P-256 key is one, however it was spelt. But a reader that takes parameters as they stand can be
    given another generator (CVE-2020-0601), and what the standard forbids no honest authority certifies.
    """
    der = certificate.tbs_certificate_bytes
    root, _ = read_der(der)
    fields = root.children if root else ()
    algorithm, key = fields[6 if fields[0].tag == CONTEXT_0 else 5].children
    return algorithm.children[1].tag == OID and der[key.body + 1] in {2, 3, 4}


def _key_usage(certificate: x509.Certificate) -> Iterator[Finding]:
    """Is it digitalSignature or nonRepudiation, where the certificate restricts its key (RFC 5280 §4.2.1.3)?"""
    try:
        usage = certificate.extensions.get_extension_for_class(x509.KeyUsage).value
    except x509.ExtensionNotFound:
        return
    if not (usage.digital_signature or usage.content_commitment):
        yield Finding.failed(Check.CERTIFICATE, "PKI-108", _WHERE, "RFC 5280 §4.2.1.3")


def _purpose(certificate: x509.Certificate, policy: VerifyPolicy) -> Iterator[Finding]:
    """Is it an end entity's, and for signing, where it says what it is for (RFC 5280 §4.2.1.9, §4.2.1.12)?"""
    for extension in certificate.extensions:
        is_authority = isinstance(extension.value, x509.BasicConstraints) and extension.value.ca
        if is_authority and not policy.authorities_may_sign:
            yield Finding.failed(Check.CERTIFICATE, "PKI-101", _WHERE, "RFC 5280 §4.2.1.9")
        if isinstance(extension.value, x509.ExtendedKeyUsage) and not any(
            purpose.dotted_string in policy.purposes for purpose in extension.value
        ):
            yield Finding.failed(Check.CERTIFICATE, "PKI-129", _WHERE, "RFC 5280 §4.2.1.12")
