"""Whether a key signed a certificate, a CRL or an OCSP response, and over which hash."""

from __future__ import annotations

from typing import Any, Final

from asn1crypto import algos as asn1_algos
from asn1crypto import core as asn1_core
from asn1crypto import x509 as asn1_x509
from cryptography.exceptions import InvalidSignature
from pyhanko_certvalidator.sig_validate import DEFAULT_SIGNATURE_VALIDATOR, SignatureValidator

SOUND_HASHES: Final = frozenset({"sha256", "sha384", "sha512"})


def hash_of(structure: asn1_core.Sequence) -> str | None:
    """What it is signed over; None: an algorithm unknown to asn1crypto, or without the parameters it needs."""
    try:
        return str(structure["signature_algorithm"].hash_algo)
    except (ValueError, TypeError):
        return None


def is_signed_with(public_key: bytes, structure: asn1_core.Sequence, signed: str, signature: str) -> bool:
    """`public_key` is a SubjectPublicKeyInfo; `signed` and `signature` are the fields' names. Never raises."""
    try:
        parts = structure["signature_algorithm"], structure[signed].dump(), structure[signature]
    except Exception:  # noqa: BLE001 - as below
        return False
    return is_signed(public_key, *parts)


def is_signed(
    public_key: bytes,
    algorithm: asn1_algos.SignedDigestAlgorithm,
    signed: bytes | memoryview,
    signature: asn1_core.OctetBitString,
) -> bool:
    """As above, of parts that need not stand together."""
    try:
        DEFAULT_SIGNATURE_VALIDATOR.validate_signature(
            signature=signature.native,
            signed_data=signed,  # type: ignore[arg-type]  # any buffer will do
            public_key_info=asn1_x509.PublicKeyInfo.load(public_key),
            signature_algorithm=algorithm,
        )
    except Exception:  # noqa: BLE001 - the library asserts and raises at will; the answer is always the same
        return False
    return True


def is_issued_with(public_key: bytes, certificate: asn1_x509.Certificate) -> bool:
    return is_signed_with(public_key, certificate, "tbs_certificate", "signature_value")


class Unmistakable(SignatureValidator):
    """The library's own, but that a key of another kind than the signature's has not signed, instead of failing."""

    def validate_signature(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - passed on as it is
        try:
            DEFAULT_SIGNATURE_VALIDATOR.validate_signature(*args, **kwargs)
        except AssertionError:
            raise InvalidSignature from None
