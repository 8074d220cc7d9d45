"""What a row says of the signer's certificate, as text; what many certificates share is worked out once for all."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Final, NamedTuple, TypeVar

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from certs.products import ANY_POLICY
from verifier.common_certificate import CommonCertificate
from verifier.der import SEQUENCE, SET
from verifier.straight import Uncommon, tag_length
from verifier.subject import Subject, serial_number

MOST_REMEMBERED: Final = 4096
_CURVES: Final = {"secp256r1": "P-256", "secp384r1": "P-384", "secp521r1": "P-521"}
_ATTRIBUTE: Final = bytes.fromhex("06035504")  # the head of an OID 2.5.4.n
_SHORT_NAMES: Final = {3: "CN=", 5: "2.5.4.5=", 6: "C=", 7: "L=", 8: "ST=", 10: "O=", 11: "OU="}
_ESCAPED: Final = frozenset('"+,;<>\\#=\0')


class SignerFacts(NamedTuple):
    """Columns of the same names; None for whatever cannot be read."""

    signer: str | None = None
    issuer: str | None = None
    serial_number: str | None = None
    not_before: datetime | None = None
    not_after: datetime | None = None
    key: str | None = None
    product: str | None = None


NOTHING: Final = SignerFacts()


def signer_facts(subject: Subject) -> SignerFacts:
    """Of the one certificate that the signer identifier names; `NOTHING` where there is not just one."""
    leaf = subject.signer_leaf
    if leaf is not None:
        return SignerFacts(
            _holder(leaf),
            _issuer(leaf),
            f"{leaf.serial_number:x}",
            leaf.not_before,
            leaf.not_after,
            _key(leaf.public_key),
            _product_of_shape(leaf),
        )
    certificate = _read(lambda: subject.signer_certificate)
    if certificate is None:
        return NOTHING
    return SignerFacts(
        _read(certificate.subject.rfc4514_string),
        _read(certificate.issuer.rfc4514_string),
        f"{serial_number(certificate):x}",
        _read(lambda: certificate.not_valid_before_utc),
        _read(lambda: certificate.not_valid_after_utc),
        _read(lambda: _key(certificate.public_key())),
        _read(lambda: _product(certificate)),
    )


_Found = TypeVar("_Found")


def _read(look: Callable[[], _Found]) -> _Found | None:
    """Certificates are anybody's: what they say may not be legible, and that is no reason to say nothing at all."""
    try:
        return look()
    except Exception:  # noqa: BLE001 - whatever it is, this one fact is missing
        return None


def _holder(leaf: CommonCertificate) -> str | None:
    """The subject as `rfc4514_string` has it: making a Name object of it would cost ten times as much."""
    try:
        return _plain_name(leaf.subject)
    except (Uncommon, IndexError, ValueError):
        return _read(leaf.loaded.subject.rfc4514_string)


def _plain_name(der: bytes) -> str:
    at, end = tag_length(der, 0, SEQUENCE)
    parts: list[str] = []
    while at < end:
        at, part_end = tag_length(der, at, SET)
        at, _ = tag_length(der, at, SEQUENCE)
        value = at + len(_ATTRIBUTE) + 1
        if der[at : value - 1] != _ATTRIBUTE:
            raise Uncommon
        body, _ = tag_length(der, value, der[value])
        text = der[body:part_end].decode()
        if not _ESCAPED.isdisjoint(text) or text[0] == " " or text[-1] == " ":
            raise Uncommon
        parts.append(_SHORT_NAMES[der[value - 1]] + text)
        at = part_end
    if at != end:
        raise Uncommon
    parts.reverse()
    return ",".join(parts)


_issuers: Final[dict[bytes, str | None]] = {}


def _issuer(leaf: CommonCertificate) -> str | None:
    """Authorities are few."""
    if leaf.issuer not in _issuers:
        if len(_issuers) >= MOST_REMEMBERED:
            _issuers.clear()
        _issuers[leaf.issuer] = _read(leaf.loaded.issuer.rfc4514_string)
    return _issuers[leaf.issuer]


def _key(key: object) -> str | None:
    if isinstance(key, rsa.RSAPublicKey):
        return f"RSA {key.key_size}"
    if isinstance(key, ec.EllipticCurvePublicKey):
        return _CURVES.get(key.curve.name, key.curve.name)
    return None if key is None else type(key).__name__.removesuffix("PublicKey")


_products: Final[dict[object, str | None]] = {}


def _product_of_shape(leaf: CommonCertificate) -> str | None:
    """A shape holds the policies: one certificate tells for all."""
    if leaf.shape not in _products:
        if len(_products) >= MOST_REMEMBERED:
            _products.clear()
        _products[leaf.shape] = _read(lambda: _product(leaf.loaded))
    return _products[leaf.shape]


def _product(certificate: x509.Certificate) -> str | None:
    try:
        policies = certificate.extensions.get_extension_for_class(x509.CertificatePolicies).value
    except x509.ExtensionNotFound:
        return None
    oids = [one.policy_identifier.dotted_string for one in policies]
    return next((oid for oid in oids if oid != ANY_POLICY), None)
