"""OCSP responses that an authority, or a responder it appointed, really signed, and what they say (RFC 6960).

Authenticated and judged here alone. pyhanko-certvalidator takes a responder for the issuer by comparing signature
values, which anybody can copy, so that it is handed no response at all.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import Final, NamedTuple

from asn1crypto import ocsp as asn1_ocsp
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp
from cryptography.x509.oid import ExtendedKeyUsageOID

from verifier.crls import RevocationList, conviction
from verifier.names import issuer_of, subject_of
from verifier.signatures import is_issued_with, is_signed_with
from verifier.verdict import Check, Finding

_CLAUSE: Final = "RFC 6960 §4.2"
_SIGNATURE_HASHES: Final = frozenset({"sha256", "sha384", "sha512"})
_ID_HASHES: Final = frozenset({"sha1", "sha256", "sha384", "sha512"})  # SHA-1 names the certificate, it proves nothing
_EVER: Final = datetime.max.replace(tzinfo=UTC)


class Statement(NamedTuple):
    """What a response says about one certificate of an authority, the one with this public key."""

    serial_number: int
    status: ocsp.OCSPCertStatus
    this_update: datetime
    next_update: datetime | None
    revoked_at: datetime | None
    reason: x509.ReasonFlags | None
    issuer_key: bytes
    may_vouch: bool


class Statements:
    """Everything that authentic responses say about the certificates of a path.

    Any authority of the issuer's name may convict; only the one that did issue the certificate, on this very path, may
    vouch. The same goes for a responder that is revoked, or may be: what it says against a certificate is heard.
    """

    def __init__(
        self,
        certificates: Sequence[asn1_x509.Certificate],
        responses: Iterable[bytes],
        authorities: Iterable[asn1_x509.Certificate],
        lists: list[RevocationList],
        at: datetime,
    ) -> None:
        """`lists` are authentic ones; a responder that they convict cannot vouch."""
        self.of: dict[str, list[Statement]] = {}
        loaded = [(der, response) for der in responses if (response := _load(der)) is not None]
        wanted = _about_any(loaded, {certificate.serial_number for certificate in certificates})
        if not wanted:
            return
        responders = [responder for der, _ in wanted for responder in _enclosed(der)]
        about_responders = _about_any(loaded, {responder.serial_number for responder in responders})
        for authority in _distinct(authorities):
            name = subject_of(authority)
            issued = [c for c in (*certificates, *responders) if issuer_of(c) == name]
            spelt = {authority.subject.dump(), *(c.issuer.dump() for c in issued)}
            key = authority.public_key.dump()
            own = [r for der, r in about_responders if _is_signed_with(der, key)]
            revoked = {
                statement.serial_number
                for response in own
                for statement in _about(response, authority, spelt, may_vouch=False)
                if statement.status is not ocsp.OCSPCertStatus.GOOD
            }
            for der, response in wanted:
                is_own = _is_signed_with(der, key)
                appointed = [] if is_own else _appointed(der, response, authority)
                if is_own or appointed:
                    may_vouch = is_own or any(
                        one.serial_number not in revoked and _is_unrevoked(one, authority, lists, at)
                        for one in appointed
                    )
                    said = _about(response, authority, spelt, may_vouch=may_vouch)
                    self.of.setdefault(name, []).extend(said)

    def about(self, certificate: asn1_x509.Certificate) -> list[Statement]:
        said = self.of.get(issuer_of(certificate), ())
        return [one for one in said if one.serial_number == certificate.serial_number]

    def vouch_for(self, certificate: asn1_x509.Certificate, issuer: asn1_x509.Certificate, at: datetime) -> bool:
        """Whether the newest statement says good, was made in the certificate's life, and still holds at `at`."""
        key = issuer.public_key.dump()
        said = [
            one
            for one in self.about(certificate)
            if one.may_vouch and one.issuer_key == key and one.this_update <= certificate.not_valid_after
        ]
        newest = max(said, key=lambda one: one.this_update, default=None)
        return (
            newest is not None
            and newest.status is ocsp.OCSPCertStatus.GOOD
            and newest.next_update is not None
            and at <= newest.next_update
        )

    def conviction(self, certificate: asn1_x509.Certificate, at: datetime, where: str) -> Finding | None:
        """A finding if any statement says that the certificate is revoked at `at`."""
        said = self.about(certificate)
        for one in said:
            if one.status is not ocsp.OCSPCertStatus.REVOKED or one.revoked_at is None or one.revoked_at > at:
                continue
            if one.reason is x509.ReasonFlags.certificate_hold and any(_lifts(other, one) for other in said):
                continue
            reason = "unspecified" if one.reason is None else one.reason.value
            since = one.revoked_at.isoformat()
            return Finding.failed(Check.REVOCATION, "PKI-121", where, _CLAUSE, revoked_at=since, reason=reason)
        return None


def statements_in(der: bytes, authorities: Iterable[asn1_x509.Certificate]) -> list[Statement]:
    """All that a response says about certificates of the authorities that answer for it; whether it vouches is open."""
    response = _load(der)
    if response is None:
        return []
    found: list[Statement] = []
    for authority in _distinct(authorities):
        said = list(_about(response, authority, {authority.subject.dump()}, may_vouch=False))
        key = authority.public_key.dump()
        if said and (_is_signed_with(der, key) or _appointed(der, response, authority)):
            found += said
    return found


def _lifts(other: Statement, hold: Statement) -> bool:
    good = other.may_vouch and other.status is ocsp.OCSPCertStatus.GOOD
    return good and other.issuer_key == hold.issuer_key and other.this_update > hold.this_update


def _distinct(authorities: Iterable[asn1_x509.Certificate]) -> list[asn1_x509.Certificate]:
    return list({(subject_of(one), one.public_key.dump()): one for one in authorities}.values())


@lru_cache(maxsize=4096)
def _load(der: bytes) -> ocsp.OCSPResponse | None:
    try:
        response = ocsp.load_der_ocsp_response(der)
        if response.response_status is not ocsp.OCSPResponseStatus.SUCCESSFUL:
            return None
        _ = response.certificates, list(response.responses)
    except Exception:  # noqa: BLE001 - a response that cannot be read says nothing
        return None
    return response


@lru_cache(maxsize=4096)
def _serial_numbers(der: bytes) -> frozenset[int]:
    response = _load(der)
    return frozenset() if response is None else frozenset(single.serial_number for single in response.responses)


def _about_any(
    loaded: list[tuple[bytes, ocsp.OCSPResponse]], serial_numbers: set[int]
) -> list[tuple[bytes, ocsp.OCSPResponse]]:
    """A folder may hold a response for every payer; signatures are checked of those that are about this path."""
    return [(der, response) for der, response in loaded if not serial_numbers.isdisjoint(_serial_numbers(der))]


@lru_cache(maxsize=1024)
def _enclosed(der: bytes) -> tuple[asn1_x509.Certificate, ...]:
    response = _load(der)
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


def _appointed(
    der: bytes, response: ocsp.OCSPResponse, authority: asn1_x509.Certificate
) -> list[asn1_x509.Certificate]:
    """The responders that the authority appointed and that signed the response: any other certificate is anybody's."""
    return [one for one in _enclosed(der) if _is_appointed(one, authority, response) and _signed(one, der)]


def _signed(responder: asn1_x509.Certificate, der: bytes) -> bool:
    return _is_signed_with(der, responder.public_key.dump())


def _is_appointed(
    responder: asn1_x509.Certificate, authority: asn1_x509.Certificate, response: ocsp.OCSPResponse
) -> bool:
    """Whether the authority issued it for OCSP, and the response was made in its life (RFC 6960 §4.2.2.2)."""
    try:
        certificate = x509.load_der_x509_certificate(responder.dump())
        purposes = certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
        if ExtendedKeyUsageOID.OCSP_SIGNING not in purposes or issuer_of(responder) != subject_of(authority):
            return False
        begin, end = certificate.not_valid_before_utc, certificate.not_valid_after_utc
        if not any(begin <= moment <= end for moment in _made_at(response)):
            return False
    except Exception:  # noqa: BLE001 - whatever went wrong, it was not appointed
        return False
    return is_issued_with(authority.public_key.dump(), responder)


def _made_at(response: ocsp.OCSPResponse) -> Iterator[datetime]:
    """When it was signed, and when what it says was known: neither need be the moment of the verdict."""
    yield response.produced_at_utc
    for single in response.responses:
        yield single.this_update_utc


def _is_unrevoked(
    responder: asn1_x509.Certificate, authority: asn1_x509.Certificate, lists: list[RevocationList], at: datetime
) -> bool:
    """Not revoked, ever: a stolen key can date what it signs. And proven so, or not to be asked."""
    if conviction(responder, lists, _EVER, "") is not None:
        return False
    extensions = x509.load_der_x509_certificate(responder.dump()).extensions  # legible: `_is_appointed` read them
    return any(isinstance(one.value, x509.OCSPNoCheck) for one in extensions) or any(
        one.signed_with == authority.public_key.dump() and one.covers_everything(at) for one in lists
    )


@lru_cache(maxsize=4096)
def _is_signed_with(der: bytes, public_key: bytes) -> bool:
    try:
        basic = asn1_ocsp.OCSPResponse.load(der).basic_ocsp_response
        if basic["signature_algorithm"].hash_algo not in _SIGNATURE_HASHES:
            return False
    except (ValueError, TypeError):
        return False
    return is_signed_with(public_key, basic, "tbs_response_data", "signature")


def _about(
    response: ocsp.OCSPResponse, authority: asn1_x509.Certificate, spelt: set[bytes], *, may_vouch: bool
) -> Iterator[Statement]:
    """The statements about certificates of this authority, which each names by hashes of its name and key.

    The name is hashed as it is `spelt` in the certificate that is asked about (RFC 6960 §4.1.1).
    """
    key = authority.public_key["public_key"].contents[1:]
    for single in response.responses:
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
                single.revocation_reason,
                authority.public_key.dump(),
                may_vouch,
            )


def _id_hash(single: ocsp.OCSPSingleResponse) -> str | None:
    try:
        name = single.hash_algorithm.name
    except UnsupportedAlgorithm:
        return None
    return name if name in _ID_HASHES else None
