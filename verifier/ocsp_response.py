"""OCSP responses and the statements in them (RFC 6960 §4.2.1), read; whom to believe is decided in `ocsp`."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import datetime
from functools import lru_cache
from typing import Final, NamedTuple

from asn1crypto import core as asn1_core
from asn1crypto import ocsp as asn1_ocsp
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp

from verifier.crls import NEVER
from verifier.names import UNREADABLE, comparable, issuer_of, subject_of
from verifier.signatures import SOUND_HASHES, hash_of, is_signed_with

_ID_HASHES: Final = frozenset({"sha1", "sha256", "sha384", "sha512"})  # SHA-1 names the certificate, it proves nothing
_INVALIDITY_DATE: Final = "2.5.29.24"


class Statement(NamedTuple):
    """What a response says about one certificate of an authority, the one with this public key."""

    serial_number: int
    status: ocsp.OCSPCertStatus
    this_update: datetime
    next_update: datetime | None
    revoked_at: datetime | None
    invalid_since: datetime | None
    reason: x509.ReasonFlags | None
    issuer_key: bytes
    may_vouch: bool

    def is_good_at(self, at: datetime) -> bool:
        """A certificate that was revoked later was good before, unless it is said to have been invalid already."""
        if self.status is not ocsp.OCSPCertStatus.REVOKED or self.revoked_at is None:
            return self.status is ocsp.OCSPCertStatus.GOOD
        return at < min(self.revoked_at, self.invalid_since or self.revoked_at)


@lru_cache(maxsize=4096)
def load_response(der: bytes) -> ocsp.OCSPResponse | None:
    try:
        response = ocsp.load_der_ocsp_response(der)
        if response.response_status is not ocsp.OCSPResponseStatus.SUCCESSFUL:
            return None
        _ = response.certificates, list(response.responses)
    except Exception:  # noqa: BLE001 - a response that cannot be read says nothing
        return None
    return response


@lru_cache(maxsize=4096)
def serial_numbers(der: bytes) -> frozenset[int]:
    response = load_response(der)
    return frozenset() if response is None else frozenset(single.serial_number for single in response.responses)


@lru_cache(maxsize=1024)
def enclosed_certificates(der: bytes) -> tuple[asn1_x509.Certificate, ...]:
    response = load_response(der)
    enclosed = () if response is None else response.certificates
    try:
        return tuple(asn1_x509.Certificate.load(one.public_bytes(Encoding.DER)) for one in enclosed if _is_legible(one))
    except Exception:  # noqa: BLE001 - asn1crypto raises whatever it stumbles over
        return ()


def _is_legible(certificate: x509.Certificate) -> bool:
    read = asn1_x509.Certificate.load(certificate.public_bytes(Encoding.DER))
    try:
        _ = read.serial_number, issuer_of(read), read.issuer.dump()
    except Exception:  # noqa: BLE001 - asn1crypto raises whatever it stumbles over
        return False
    return True


@lru_cache(maxsize=4096)
def is_response_signed_with(der: bytes, public_key: bytes) -> bool:
    try:
        basic = asn1_ocsp.OCSPResponse.load(der).basic_ocsp_response
    except (ValueError, TypeError):
        return False
    return hash_of(basic) in SOUND_HASHES and is_signed_with(public_key, basic, "tbs_response_data", "signature")


def is_named(signer: asn1_x509.Certificate, der: bytes) -> bool:
    """Whether the response says that this one signed it, by name or by the hash of its key (RFC 6960 §4.2.2.3)."""
    try:
        named = asn1_ocsp.OCSPResponse.load(der).response_data["responder_id"]
        if named.name == "by_name":
            return comparable(named.chosen) == subject_of(signer) != UNREADABLE
        key = signer.public_key["public_key"].contents[1:]
        return bool(named.chosen.native == hashlib.sha1(key, usedforsecurity=False).digest())
    except (ValueError, TypeError):
        return False


def statements_about(
    der: bytes, response: ocsp.OCSPResponse, authority: asn1_x509.Certificate, spelt: set[bytes], *, may_vouch: bool
) -> Iterator[Statement]:
    """The statements about certificates of this authority, which each names by hashes of its name and key.

    The name is hashed as it is `spelt` in the certificate that is asked about (RFC 6960 §4.1.1).
    """
    key = authority.public_key["public_key"].contents[1:]
    singles = list(response.responses)
    for single, extensions in zip(singles, _extensions(der, len(singles)), strict=True):
        digest = _id_hash(single)
        if digest is None or single.issuer_key_hash != hashlib.new(digest, key).digest():
            continue
        if single.issuer_name_hash in {hashlib.new(digest, name).digest() for name in spelt}:
            yield Statement(
                single.serial_number,
                single.certificate_status,
                single.this_update_utc,
                single.next_update_utc,
                single.revocation_time_utc,
                extensions.invalid_since,
                _reason(single),
                authority.public_key.dump(),
                may_vouch and extensions.are_understood,
            )


class _Extensions(NamedTuple):
    """Of one statement: from when the certificate is said to be invalid, and whether that is all that is critical."""

    invalid_since: datetime | None
    are_understood: bool


_NOT_UNDERSTOOD: Final = _Extensions(NEVER, are_understood=False)


@lru_cache(maxsize=4096)
def _extensions(der: bytes, count: int) -> tuple[_Extensions, ...]:
    """Of each of the `count` statements; a response that asn1crypto reads otherwise vouches for nobody."""
    try:
        data = asn1_ocsp.OCSPResponse.load(der).basic_ocsp_response["tbs_response_data"]
        of_all = any(one["critical"].native for one in data["response_extensions"])
        found = tuple(_of_single(single["single_extensions"]) for single in data["responses"])
    except Exception:  # noqa: BLE001 - asn1crypto raises whatever it stumbles over
        return (_NOT_UNDERSTOOD,) * count
    if len(found) != count:
        return (_NOT_UNDERSTOOD,) * count
    return tuple(one._replace(are_understood=False) for one in found) if of_all else found


def _of_single(extensions: asn1_core.SequenceOf) -> _Extensions:
    critical = [one for one in extensions if one["critical"].native and one["extn_id"].dotted != _INVALIDITY_DATE]
    dates = [one["extn_value"].parsed.native for one in extensions if one["extn_id"].dotted == _INVALIDITY_DATE]
    if any(date.utcoffset() is None for date in dates):
        raise ValueError
    return _Extensions(min(dates, default=None), not critical)


def _reason(single: ocsp.OCSPSingleResponse) -> x509.ReasonFlags | None:
    """None for one that nobody knows, too: revoked is revoked."""
    try:
        return single.revocation_reason
    except ValueError:
        return None


def _id_hash(single: ocsp.OCSPSingleResponse) -> str | None:
    try:
        name = single.hash_algorithm.name
    except UnsupportedAlgorithm:
        return None
    return name if name in _ID_HASHES else None
