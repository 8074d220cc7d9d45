"""Certificates that can be read throughout."""

from __future__ import annotations

import warnings
from typing import Final

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm

_UNREADABLE: Final = (
    ValueError,
    TypeError,
    UnsupportedAlgorithm,
    x509.InvalidVersion,
    x509.DuplicateExtension,
    x509.UnsupportedGeneralNameType,
)


def load_certificate(der: bytes) -> x509.Certificate | None:
    """An X.509 certificate whose fields can all be read, or None."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what the loader only warns about is judged here, by finding
        try:
            certificate = x509.load_der_x509_certificate(der)
            _ = certificate.issuer, certificate.subject, certificate.extensions, certificate.public_key()
        except _UNREADABLE:
            return None
    return certificate
