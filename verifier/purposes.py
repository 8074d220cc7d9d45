"""What a certificate may be used for, where it says so (extendedKeyUsage, RFC 5280 §4.2.1.12)."""

from __future__ import annotations

from typing import Final

from asn1crypto import x509 as asn1_x509

FOR_SIGNING: Final = frozenset(
    {
        "2.5.29.37.0",  # anyExtendedKeyUsage
        "1.3.6.1.5.5.7.3.2",  # clientAuth, which stands in certificates of natural persons beside the next
        "1.3.6.1.5.5.7.3.4",  # emailProtection
        "1.3.6.1.5.5.7.3.36",  # documentSigning, RFC 9336
    }
)

FOR_TIME_STAMPING: Final = frozenset({"2.5.29.37.0", "1.3.6.1.5.5.7.3.8"})  # RFC 3161 §2.3


def is_for(wanted: frozenset[str], certificate: asn1_x509.Certificate) -> bool:
    """Whether its purposes, if it names any, include one of those."""
    purposes = certificate.extended_key_usage_value
    return purposes is None or any(purpose.dotted in wanted for purpose in purposes)
