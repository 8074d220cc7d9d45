"""Distinguished names as RFC 5280 §7.1 compares them."""

from __future__ import annotations

from typing import Final

from asn1crypto import x509 as asn1_x509

UNREADABLE: Final = ""


def comparable(name: asn1_x509.Name) -> str:
    """Equal for names that are equal by the standard; `UNREADABLE`, which equals none, for one without proper text."""
    try:
        return str(name.hashable)
    except (ValueError, TypeError):
        return UNREADABLE


def subject_of(certificate: asn1_x509.Certificate) -> str:
    try:
        return comparable(certificate.subject)
    except (ValueError, TypeError):
        return UNREADABLE


def issuer_of(certificate: asn1_x509.Certificate) -> str:
    try:
        return comparable(certificate.issuer)
    except (ValueError, TypeError):
        return UNREADABLE
