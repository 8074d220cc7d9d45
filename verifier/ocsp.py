"""OCSP responses that an authority, or a responder it appointed, really signed, and what they say (RFC 6960).

Authenticated and judged here alone. pyhanko-certvalidator takes a responder for the issuer by comparing signature
values, which anybody can copy, so that it is handed no response at all.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Final

from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.x509 import ocsp
from cryptography.x509.oid import ExtendedKeyUsageOID, ExtensionOID

from certs.keys import ILLEGIBLE
from verifier.crls import EVER, RevocationList, conviction, current, end_of, told_since, weightiest
from verifier.key_strength import is_signed_by_a_sound_hash, is_too_weak
from verifier.names import issuer_of, subject_of
from verifier.ocsp_response import (
    Statement,
    enclosed_certificates,
    is_named,
    is_response_signed_with,
    load_response,
    serial_numbers,
    statements_about,
)
from verifier.signatures import is_issued_with
from verifier.verdict import Check, Finding

_CLAUSE: Final = "RFC 6960 §4.2"
_KNOWN: Final = frozenset(
    {
        ExtensionOID.KEY_USAGE,
        ExtensionOID.EXTENDED_KEY_USAGE,
        ExtensionOID.BASIC_CONSTRAINTS,
        ExtensionOID.CERTIFICATE_POLICIES,
        ExtensionOID.SUBJECT_ALTERNATIVE_NAME,
        ExtensionOID.ISSUER_ALTERNATIVE_NAME,
        ExtensionOID.CRL_DISTRIBUTION_POINTS,
        ExtensionOID.OCSP_NO_CHECK,
    }
)
"""Extensions that may be critical in a responder's certificate: what they say is heeded, or is no matter."""


class Statements:
    """Everything that authentic responses say about the certificates of a path.

    Any authority of the issuer's name may convict; only the one that did issue the certificate, on this very path, may
    vouch. The same goes for a responder that is revoked, or may be: what it says against a certificate is heard.
    """

    def __init__(
        self,
        certificates: Sequence[asn1_x509.Certificate],
        responses: Iterable[bytes],
        authorities: Sequence[asn1_x509.Certificate],
        lists: list[RevocationList],
        at: datetime,
    ) -> None:
        """`lists` are authentic ones; a responder that they convict cannot vouch."""
        self.of: dict[str, list[Statement]] = {}
        loaded = [(der, response) for der in responses if (response := load_response(der)) is not None]
        wanted = _about_any(loaded, {certificate.serial_number for certificate in certificates})
        if not wanted:
            return
        responders = [responder for der, _ in wanted for responder in enclosed_certificates(der)]
        about_responders = _about_any(loaded, {responder.serial_number for responder in responders})
        for authority in _distinct(authorities):
            name = subject_of(authority)
            issued = [c for c in (*certificates, *responders) if issuer_of(c) == name]
            spelt = {authority.subject.dump(), *(c.issuer.dump() for c in issued)}
            key = authority.public_key.dump()
            end = max(end_of(one) for one in authorities if (subject_of(one), one.public_key.dump()) == (name, key))
            revoked = {
                statement.serial_number
                for der, response in about_responders
                if is_response_signed_with(der, key) or _appointed(der, response, authority)
                for statement in statements_about(der, response, authority, spelt, may_vouch=False)
                if statement.status is not ocsp.OCSPCertStatus.GOOD
            }
            for der, response in wanted:
                is_own = is_response_signed_with(der, key)
                appointed = [] if is_own else _appointed(der, response, authority)
                if is_own or appointed:
                    may_vouch = (is_own and is_named(authority, der) and _is_said_by(response, end)) or any(
                        is_named(one, der)
                        and one.serial_number not in revoked
                        and _is_fit(one, response, at)
                        and _is_unrevoked(one, authority, lists, at)
                        for one in appointed
                    )
                    said = statements_about(der, response, authority, spelt, may_vouch=may_vouch)
                    self.of.setdefault(name, []).extend(said)

    def about(self, certificate: asn1_x509.Certificate) -> list[Statement]:
        said = self.of.get(issuer_of(certificate), ())
        return [one for one in said if one.serial_number == certificate.serial_number]

    def vouch_for(self, certificate: asn1_x509.Certificate, issuer: asn1_x509.Certificate, at: datetime) -> bool:
        """Whether the newest statement says good at `at`, was made in the certificate's life, and still holds then.

        Where several are as new, all of them have to.
        """
        key = issuer.public_key.dump()
        said = [
            one
            for one in self.about(certificate)
            if one.may_vouch and one.issuer_key == key and one.this_update <= certificate.not_valid_after
        ]
        latest = max((one.this_update for one in said), default=None)
        newest = [one for one in said if one.this_update == latest]
        return bool(newest) and all(
            one.is_good_at(at) and one.next_update is not None and at <= one.next_update for one in newest
        )

    def conviction(self, certificate: asn1_x509.Certificate, at: datetime, where: str) -> Finding | None:
        """A finding if any statement says that the certificate is revoked at `at`."""
        return weightiest(self.convictions(certificate, at, where))

    def convictions(self, certificate: asn1_x509.Certificate, at: datetime, where: str) -> Iterator[Finding]:
        """A finding for each statement by which the certificate is revoked at `at`, or may have been invalid then."""
        said = self.about(certificate)
        for one in said:
            if one.status is not ocsp.OCSPCertStatus.REVOKED or one.revoked_at is None:
                continue
            if one.reason is x509.ReasonFlags.certificate_hold and any(_lifts(other, one, at) for other in said):
                continue
            if one.revoked_at <= at:
                reason = "unspecified" if one.reason is None else one.reason.value
                since = one.revoked_at.isoformat()
                yield Finding.failed(Check.REVOCATION, "PKI-121", where, _CLAUSE, revoked_at=since, reason=reason)
            elif one.invalid_since is not None and one.invalid_since <= at:
                since = told_since(one.invalid_since)
                yield Finding.unclear(Check.REVOCATION, "PKI-128", where, "RFC 6960 §4.4.5", since=since)


def statements_in(der: bytes, authorities: Iterable[asn1_x509.Certificate]) -> list[Statement]:
    """All that a response says about certificates of the authorities that answer for it; whether it vouches is open."""
    response = load_response(der)
    if response is None:
        return []
    found: list[Statement] = []
    for authority in _distinct(authorities):
        said = list(statements_about(der, response, authority, {authority.subject.dump()}, may_vouch=False))
        key = authority.public_key.dump()
        if said and (is_response_signed_with(der, key) or _appointed(der, response, authority)):
            found += said
    return found


def _lifts(other: Statement, hold: Statement, at: datetime) -> bool:
    good = other.may_vouch and other.status is ocsp.OCSPCertStatus.GOOD
    return good and other.issuer_key == hold.issuer_key and hold.this_update < other.this_update <= at


def _distinct(authorities: Iterable[asn1_x509.Certificate]) -> list[asn1_x509.Certificate]:
    return list({(subject_of(one), one.public_key.dump()): one for one in authorities}.values())


def _about_any(
    loaded: list[tuple[bytes, ocsp.OCSPResponse]], wanted: set[int]
) -> list[tuple[bytes, ocsp.OCSPResponse]]:
    """A folder may hold a response for every payer; signatures are checked of those that are about this path."""
    return [(der, response) for der, response in loaded if not wanted.isdisjoint(serial_numbers(der))]


def _appointed(
    der: bytes, response: ocsp.OCSPResponse, authority: asn1_x509.Certificate
) -> list[asn1_x509.Certificate]:
    """The responders that the authority appointed and that signed the response: any other certificate is anybody's."""
    return [one for one in enclosed_certificates(der) if _is_appointed(one, authority, response) and _signed(one, der)]


def _signed(responder: asn1_x509.Certificate, der: bytes) -> bool:
    return is_response_signed_with(der, responder.public_key.dump())


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


def _is_said_by(response: ocsp.OCSPResponse, end: datetime) -> bool:
    return all(single.this_update_utc <= end for single in response.responses)


def _is_fit(responder: asn1_x509.Certificate, response: ocsp.OCSPResponse, at: datetime) -> bool:
    """Whether its certificate would do in a path, and lasts: nobody tells of its key what happens after its end."""
    certificate = x509.load_der_x509_certificate(responder.dump())  # legible: `_is_appointed` read it
    end = certificate.not_valid_after_utc
    if not (at <= end and _is_said_by(response, end) and is_signed_by_a_sound_hash(responder)):
        return False
    try:
        if is_too_weak(certificate.public_key()):
            return False
        usage = next((one.value for one in certificate.extensions if isinstance(one.value, x509.KeyUsage)), None)
    except ILLEGIBLE:
        return False
    may_sign = usage is None or usage.digital_signature or usage.content_commitment
    return may_sign and all(one.oid in _KNOWN for one in certificate.extensions if one.critical)


def _is_unrevoked(
    responder: asn1_x509.Certificate, authority: asn1_x509.Certificate, lists: list[RevocationList], at: datetime
) -> bool:
    """Not revoked, ever: a stolen key can date what it signs. And proven so, or not to be asked."""
    if conviction(responder, lists, EVER, "") is not None:
        return False
    certificate = x509.load_der_x509_certificate(responder.dump())
    if any(isinstance(one.value, x509.OCSPNoCheck) for one in certificate.extensions):
        return True
    key, end = authority.public_key.dump(), certificate.not_valid_after_utc
    of_its_life = (one for one in lists if one.signed_with == key and one.this_update <= end)
    return any(one.covers_everything(at) for one in current(of_its_life))
