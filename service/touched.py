"""Which issuers a new revocation list, or a certificate that is revoked, touches: what hangs on them is judged anew."""

from __future__ import annotations

from collections.abc import Iterable

from cryptography import x509

from certs import TrustStore
from certs.keys import load_certificates
from consent.errors import CodedError
from service.batch_faults import NothingThatTouches
from service.inputs import read
from verifier.issuers import name_digest
from verifier.loading import load_certificate

LARGEST = 1 << 30  # bytes of a revocation list


def touched_by(files: Iterable[str], trust: TrustStore) -> frozenset[bytes]:
    """SHA-256 values of the names of all issuers below whom something may have changed.

    A list touches what its issuer issued; an authority's certificate, what it issued; any other certificate, what its
    issuer did. With an authority, all the authorities that the trust folder has beneath it are touched.

    Raises:
        InputUnreadable, InputTooLarge.
        NothingThatTouches: a file is neither a list nor certificates, or a list that speaks for other issuers too.
    """
    names = {name_digest(name) for file in files for name in _names(file)}
    authorities = [
        (name_digest(one.issuer.public_bytes()), name_digest(one.subject.public_bytes()))
        for item in (*trust.anchors, *trust.intermediates)
        if (one := load_certificate(item.der)) is not None
    ]
    while beneath := {subject for issuer, subject in authorities if issuer in names} - names:
        names |= beneath
    return frozenset(names)


def _names(file: str) -> list[bytes]:
    data = read(file, LARGEST)
    crl = _crl(data)
    if crl is not None:
        if _is_indirect(crl):
            raise NothingThatTouches(file)
        return [crl.issuer.public_bytes()]
    try:
        certificates = load_certificates(data)
    except CodedError:
        raise NothingThatTouches(file) from None
    return [(one.subject if _is_authority(one) else one.issuer).public_bytes() for one in certificates]


def _crl(data: bytes) -> x509.CertificateRevocationList | None:
    load = x509.load_pem_x509_crl if data.lstrip().startswith(b"-----BEGIN X509 CRL") else x509.load_der_x509_crl
    try:
        return load(data)
    except ValueError:
        return None


def _is_indirect(crl: x509.CertificateRevocationList) -> bool:
    """One that has entries of other issuers, too; one whose extensions cannot be read may be anything."""
    try:
        return bool(crl.extensions.get_extension_for_class(x509.IssuingDistributionPoint).value.indirect_crl)
    except x509.ExtensionNotFound:
        return False
    except ValueError:
        return True


def _is_authority(certificate: x509.Certificate) -> bool:
    try:
        return bool(certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca)
    except (x509.ExtensionNotFound, ValueError):
        return False
