"""How much work a PKCS#12 file demands before it knows whether the password is right (RFC 7292 §4, appendix B)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from certs.errors import KeyIterationsExcessive, NotKeyFile
from certs.key_encryption import MOST_ITERATIONS, PBES2, PBMAC1, require_bearable

_NAME_A_DERIVATION: Final = frozenset({PBES2, PBMAC1})


def is_bearable(pfx: bytes) -> bool:
    """Whether `pfx` (DER or BER) can be read as PKCS#12 so far as its open part goes, and asks for no hours of work.

    What an encrypted part holds is seen by those alone who know the password.

    Raises:
        KeyIterationsExcessive: it asks for them.
        KeyEncryptionUnsupported: under PBES2, by a derivation that is not read here.
    """
    try:
        for oid, algorithm in _algorithms(pfx):
            _require_bearable(oid, algorithm)
    except (ValueError, TypeError, AttributeError, KeyError, NotKeyFile):  # what asn1crypto raises, and what we do
        return False
    return True


def _require_bearable(oid: str, algorithm: bytes) -> None:
    try:
        require_bearable(algorithm)
    except ValueError:  # it has no salt and iterations, as the digest of a MAC that names them beside itself
        if oid in _NAME_A_DERIVATION:
            raise


def _algorithms(data: bytes) -> Iterator[tuple[str, bytes]]:
    """Every algorithm that is carried out on the password, as OID and AlgorithmIdentifier (DER)."""
    from asn1crypto import pkcs12  # noqa: PLC0415 - a fifth of what a call costs, and only for these files

    pfx = pkcs12.Pfx.load(data)
    found = []
    if pfx["mac_data"].native is not None:
        found.append(pfx["mac_data"]["mac"]["digest_algorithm"])
        if pfx["mac_data"]["iterations"].native > MOST_ITERATIONS:
            raise KeyIterationsExcessive
    for info in pfx.authenticated_safe:
        content = info["content"]
        if info["content_type"].native == "encrypted_data":
            found.append(content["encrypted_content_info"]["content_encryption_algorithm"])
        elif info["content_type"].native == "data":
            bags = pkcs12.SafeContents.load(content.native)
            found += [b["bag_value"]["encryption_algorithm"] for b in bags if b["bag_id"].native == _SHROUDED]
    yield from ((one["algorithm"].dotted, one.dump(force=True)) for one in found)


_SHROUDED: Final = "pkcs8_shrouded_key_bag"
