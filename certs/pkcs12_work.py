"""How much work a PKCS#12 file demands before it knows whether the password is right (RFC 7292 §4, appendix B)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from typing import TYPE_CHECKING

from certs.errors import KeyIterationsExcessive
from certs.key_encryption import MOST_ITERATIONS

if TYPE_CHECKING:
    from asn1crypto.algos import EncryptionAlgorithm


def require_bearable(pfx: bytes) -> bool:
    """Whether `pfx` (DER or BER) can be read as PKCS#12 so far as its open part goes, and asks for no hours of work.

    What an encrypted part holds is seen by those alone who know the password.

    Raises:
        KeyIterationsExcessive: more than `MOST_ITERATIONS`.
    """
    try:
        iterations = list(_iterations(pfx))
    except (ValueError, TypeError, AttributeError, KeyError):  # all of which asn1crypto raises for what is none
        return False
    if any(count > MOST_ITERATIONS for count in iterations):
        raise KeyIterationsExcessive
    return True


def _iterations(data: bytes) -> Iterator[int]:
    from asn1crypto import pkcs12  # noqa: PLC0415 - a fifth of what a call costs, and only for these files

    pfx = pkcs12.Pfx.load(data)
    if pfx["mac_data"].native is not None:
        yield pfx["mac_data"]["iterations"].native
    for info in pfx.authenticated_safe:
        content = info["content"]
        if info["content_type"].native == "encrypted_data":
            yield from _of(content["encrypted_content_info"]["content_encryption_algorithm"])
        elif info["content_type"].native == "data":
            for bag in pkcs12.SafeContents.load(content.native):
                if bag["bag_id"].native == "pkcs8_shrouded_key_bag":
                    yield from _of(bag["bag_value"]["encryption_algorithm"])


def _of(algorithm: EncryptionAlgorithm) -> Iterator[int]:
    with suppress(ValueError, KeyError):  # not by iterations (OpenSSL bounds scrypt itself), or nothing that is opened
        yield algorithm.kdf_iterations
