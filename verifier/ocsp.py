"""OCSP responses that an authority, or a responder it appointed, really signed, and what they say (RFC 6960).

Authenticated and judged here alone. pyhanko-certvalidator takes a responder for the issuer by comparing signature
values, which anybody can copy, so that it is handed no response at all.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from datetime import datetime
from functools import lru_cache
from typing import Final, NamedTuple

from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding, load_der_public_key
from cryptography.x509 import ocsp
from cryptography.x509.oid import ExtendedKeyUsageOID
from pyhanko_certvalidator.sig_validate import DEFAULT_SIGNATURE_VALIDATOR

from verifier.crls import RevocationList, conviction
from verifier.names import issuer_of, subject_of
from verifier.verdict import Check, Finding

_CLAUSE: Final = "RFC 6960 §4.2"
_SIGNATURE_HASHES: Final = frozenset({"sha256", "sha384", "sha512"})
_ID_HASHES: Final = frozenset({"sha1", "sha256", "sha384", "sha512"})  # SHA-1 names the certificate, it proves nothing


class Statement(NamedTuple):
    """What a response says about one certificate of an authority."""

    serial_number: int
    status: ocsp.OCSPCertStatus
    this_update: datetime
    next_update: datetime | None
    revoked_at: datetime | None
    reason: x509.ReasonFlags | None


class Statements:
    """Everything that authentic responses say, by the authority it is about."""

    def __init__(
        self,
        responses: Iterable[bytes],
        authorities: Iterable[asn1_x509.Certificate],
        lists: list[RevocationList],
        at: datetime,
    ) -> None:
        """`lists` are authentic ones; a responder that they convict has no say."""
        self.of: dict[str, list[Statement]] = {}
        authorities = list(authorities)
        for der in responses:
            response = _load(der)
            for authority in authorities if response is not None else ():
                if response is not None and _speaks_for(response, authority, lists, at):
                    self.of.setdefault(subject_of(authority), []).extend(_about(response, authority))

    def about(self, certificate: asn1_x509.Certificate) -> list[Statement]:
        said = self.of.get(issuer_of(certificate), ())
        return [one for one in said if one.serial_number == certificate.serial_number]

    def vouch_for(self, certificate: asn1_x509.Certificate, at: datetime) -> bool:
        """Whether the newest statement says good, was made in the certificate's life, and still holds at `at`."""
        said = [one for one in self.about(certificate) if one.this_update <= certificate.not_valid_after]
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
            on_hold = one.reason is x509.ReasonFlags.certificate_hold
            if on_hold and any(other.this_update > one.this_update for other in said):
                continue
            reason = "unspecified" if one.reason is None else one.reason.value
            since = one.revoked_at.isoformat()
            return Finding.failed(Check.REVOCATION, "PKI-121", where, _CLAUSE, revoked_at=since, reason=reason)
        return None


@lru_cache(maxsize=1024)
def _load(der: bytes) -> ocsp.OCSPResponse | None:
    try:
        response = ocsp.load_der_ocsp_response(der)
        if response.response_status is not ocsp.OCSPResponseStatus.SUCCESSFUL:
            return None
        _ = response.certificates, list(response.responses)
    except Exception:  # noqa: BLE001 - a response that cannot be read says nothing
        return None
    return response


def _speaks_for(
    response: ocsp.OCSPResponse, authority: asn1_x509.Certificate, lists: list[RevocationList], at: datetime
) -> bool:
    """Whether the authority signed the response, or a certificate in it that it issued for this very purpose did."""
    if _is_signed_with(response, authority.public_key.dump()):
        return True
    for der in (certificate.public_bytes(Encoding.DER) for certificate in response.certificates):
        responder = asn1_x509.Certificate.load(der)
        if _is_appointed(der, responder, authority, lists, at) and _is_signed_with(
            response, responder.public_key.dump()
        ):
            return True
    return False


def _is_appointed(
    der: bytes,
    responder: asn1_x509.Certificate,
    authority: asn1_x509.Certificate,
    lists: list[RevocationList],
    at: datetime,
) -> bool:
    """Whether the authority issued it for OCSP, and it holds: not revoked, or not to be asked (RFC 6960 §4.2.2.2)."""
    try:
        certificate = x509.load_der_x509_certificate(der)
        purposes = certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
        if ExtendedKeyUsageOID.OCSP_SIGNING not in purposes or issuer_of(responder) != subject_of(authority):
            return False
        if not certificate.not_valid_before_utc <= at <= certificate.not_valid_after_utc:
            return False
        is_asked = not any(isinstance(extension.value, x509.OCSPNoCheck) for extension in certificate.extensions)
        if is_asked and all(one.issuer != subject_of(authority) for one in lists):
            return False
        if conviction(responder, lists, at, "") is not None:
            return False
        DEFAULT_SIGNATURE_VALIDATOR.validate_signature(
            signature=responder["signature_value"].native,
            signed_data=certificate.tbs_certificate_bytes,
            public_key_info=authority.public_key,
            signature_algorithm=responder["signature_algorithm"],
        )
    except Exception:  # noqa: BLE001 - whatever went wrong, it was not appointed
        return False
    return True


def _is_signed_with(response: ocsp.OCSPResponse, public_key: bytes) -> bool:
    digest = response.signature_hash_algorithm
    if digest is None or digest.name not in _SIGNATURE_HASHES:
        return False
    try:
        key = load_der_public_key(public_key)
        if isinstance(key, rsa.RSAPublicKey):
            key.verify(response.signature, response.tbs_response_bytes, padding.PKCS1v15(), digest)
        elif isinstance(key, ec.EllipticCurvePublicKey):
            key.verify(response.signature, response.tbs_response_bytes, ec.ECDSA(digest))
        else:
            return False
    except Exception:  # noqa: BLE001 - whatever went wrong, it is no signature of this key
        return False
    return True


def _about(response: ocsp.OCSPResponse, authority: asn1_x509.Certificate) -> Iterator[Statement]:
    """The statements about certificates of this authority, which each names by hashes of its name and key."""
    name, key = authority.subject.dump(), authority.public_key["public_key"].contents[1:]
    for single in response.responses:
        digest = single.hash_algorithm.name
        if digest not in _ID_HASHES:
            continue
        named = hashlib.new(digest, name).digest(), hashlib.new(digest, key).digest()
        if named == (single.issuer_name_hash, single.issuer_key_hash):
            yield Statement(
                single.serial_number,
                single.certificate_status,
                single.this_update_utc,
                single.next_update_utc,
                single.revocation_time_utc,
                single.revocation_reason,
            )
