"""What a message says was signed, and by which certificate, whatever that is worth: a verdict tells."""

from __future__ import annotations

from typing import NamedTuple

from verifier.cms import read_signed_data
from verifier.der import read_der
from verifier.fields import StructureFault
from verifier.subject import is_named_by


class SignedParts(NamedTuple):
    """None where the message does not get that far."""

    content: bytes | None
    certificate: bytes | None


def signed_parts(der: bytes) -> SignedParts:
    """The attached content, and the one certificate that the one signer names."""
    root, _ = read_der(der)
    if root is None:
        return SignedParts(None, None)
    try:
        signed_data = read_signed_data(der, root)
    except StructureFault:
        return SignedParts(None, None)
    named: tuple[bytes, ...] = ()
    if len(signed_data.signer_infos) == 1:
        (signer,) = signed_data.signer_infos
        named = tuple(dict.fromkeys(one for one in signed_data.certificates if is_named_by(signer, one)))
    return SignedParts(signed_data.econtent, named[0] if len(named) == 1 else None)
