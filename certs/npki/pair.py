"""The two files of a pair, signCert.der and signPri.key, opened together."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field

from cryptography import x509

from certs.errors import CertificateForEncryption, NotCertificates, PairExchanged
from certs.keys import ILLEGIBLE, KeyPair, load_certificates, open_private_key


@dataclass(frozen=True)
class NpkiPair(KeyPair):
    """A key pair with the R of its key file, which ties an identity number to the certificate; None where it has none.

    R is as secret as the key: with it, whoever tries all numbers finds the holder's.
    """

    random: bytes | None = field(default=None, repr=False)


def open_pair(certificate: bytes, key: bytes, password: str | None) -> NpkiPair:
    """Open the contents of a signCert.der and a signPri.key.

    Raises:
        PairExchanged: each was given for the other.
        NotCertificates: `certificate` is none.
        CertificateForEncryption: it is a kmCert.der, whose key does not sign.
        KeyNotOfCertificate: the key is another's.
        All that `open_private_key` raises.
    """
    try:
        own, *others = load_certificates(certificate)
    except NotCertificates:
        if _is_certificate(key):
            raise PairExchanged from None
        raise
    if is_for_encryption(own):
        raise CertificateForEncryption
    opened = open_private_key(key, password)
    return NpkiPair(opened.private_key, own, tuple(others), opened.random)


def is_for_encryption(certificate: x509.Certificate) -> bool:
    """Whether its key usage is for encrypting keys or data and for no signature of any kind."""
    try:
        usage = certificate.extensions.get_extension_for_class(x509.KeyUsage).value
    except (x509.ExtensionNotFound, *ILLEGIBLE):
        return False
    encrypts = usage.key_encipherment or usage.data_encipherment or usage.key_agreement
    return encrypts and not usage.digital_signature and not usage.content_commitment


def _is_certificate(data: bytes) -> bool:
    with suppress(NotCertificates):
        return bool(load_certificates(data))
    return False
