"""Distinguished names as RFC 5280 §7.1 compares them."""

from __future__ import annotations

from typing import Final

from asn1crypto import x509 as asn1_x509

UNREADABLE: Final = ""
MAX_NAME_BYTES: Final = 2048
"""Preparing text for comparison takes the square of its length where it is made of combining marks alone."""


def comparable(name: asn1_x509.Name) -> str:
    """Equal for names that are equal by the standard.

    `UNREADABLE`, which equals none, for one without proper text, of more than `MAX_NAME_BYTES`, or that says a thing
    twice in one of its parts (X.501 §9.3): asn1crypto takes the last for all of them.
    """
    try:
        if is_too_long(name) or any(_says_twice(part) for part in name.chosen):
            return UNREADABLE
        return str(name.hashable)
    except Exception:  # noqa: BLE001 - asn1crypto raises whatever it stumbles over
        return UNREADABLE


def is_too_long(name: asn1_x509.Name) -> bool:
    """Whether nothing but its length should be asked of a name: anybody can put one into a message."""
    return len(name.dump()) > MAX_NAME_BYTES


def _says_twice(part: asn1_x509.RelativeDistinguishedName) -> bool:
    return len(part) > 1 and len({one["type"].dotted for one in part}) < len(part)


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
