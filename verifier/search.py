"""Paths from the signer's certificate to the trust anchors, found by issuer name and signature alone.

Certificates of the Korean public-key infrastructure name wrong issuers in their authorityKeyIdentifier, which path
validation does not look at but path builders stumble over.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from asn1crypto import x509 as asn1_x509
from pyhanko_certvalidator.path import ValidationPath

from verifier.anchors import trust_anchor
from verifier.der import BIT_STRING, CONTEXT_0, read_der
from verifier.loading import load_certificate
from verifier.names import UNREADABLE, issuer_of, subject_of
from verifier.pkix import Snapshot, is_legible
from verifier.signatures import is_issued_with

MAX_PATH_CERTIFICATES: Final = 10
MAX_SIGNATURES_TRIED: Final = 100
"""Bounds the work a message can cause by carrying many certificates of the same names."""
MAX_ENCLOSED: Final = 64
"""Certificates unknown to the trust folder that are read of a message; where there are more, none is."""


class PathSearch:
    """Depth-first search for paths by issuer name and signature."""

    def __init__(
        self, leaf_der: bytes, message_certificates: Sequence[bytes], store: Snapshot, purposes: frozenset[str]
    ) -> None:
        self.purposes = purposes
        self.store = store
        self.leaf = asn1_x509.Certificate.load(leaf_der)
        self.leaf_is_sound = is_sound(leaf_der)
        foreign = {der for der in message_certificates if der != leaf_der and der not in store.known}
        self.foreign = len(foreign)
        read = () if self.has_too_many else sorted(foreign)
        self.enclosed = [asn1_x509.Certificate.load(der) for der in read if is_sound(der)]
        self.unsound = len(foreign) - len(self.enclosed)
        self.enclosed_named: dict[str, list[asn1_x509.Certificate]] = {}
        for certificate in self.enclosed:
            self.enclosed_named.setdefault(subject_of(certificate), []).append(certificate)
        self.signatures_tried = 0
        self.furthest = [self.leaf]

    @property
    def gave_up(self) -> bool:
        return self.signatures_tried > MAX_SIGNATURES_TRIED

    @property
    def has_too_many(self) -> bool:
        return self.foreign > MAX_ENCLOSED

    def paths(self) -> Iterator[ValidationPath]:
        if self.leaf_is_sound:
            yield from self._extend([self.leaf])

    def unproven(self) -> int:
        """How many of the other certificates in the message no signatures connect with an anchor."""
        return self.unsound + sum(not self._is_proven(certificate) for certificate in self.enclosed)

    def proof_of(self, der: bytes) -> ValidationPath | None:
        """A path of signatures of authorities from a certificate to an anchor, whatever was tried for others before.

        Nothing else about it is looked at.
        """
        self.signatures_tried = 0
        return self._proof(asn1_x509.Certificate.load(der)) if is_sound(der) else None

    def _is_proven(self, certificate: asn1_x509.Certificate) -> bool:
        return self._proof(certificate) is not None

    def _proof(self, certificate: asn1_x509.Certificate) -> ValidationPath | None:
        """Through authorities only: else anybody's certificate would prove whatever he signs with it."""
        paths = self._extend([certificate])
        return next((p for p in paths if all(is_authority(p[index]) for index in range(1, p.pkix_len))), None)

    def _extend(self, certificates: list[asn1_x509.Certificate]) -> Iterator[ValidationPath]:
        """`certificates` run from the leaf upwards."""
        top = certificates[-1]
        if certificates[0] is self.leaf and len(certificates) > len(self.furthest):
            self.furthest = certificates
        issuer = issuer_of(top)
        if issuer == UNREADABLE:
            return
        for certificate in self.store.anchors_named.get(issuer, ()):
            anchor = trust_anchor(certificate, self.purposes)
            if anchor is not None and self._signed_by(top, certificate):
                yield ValidationPath(anchor, interm=list(reversed(certificates[1:])), leaf=certificates[0])
        if len(certificates) >= MAX_PATH_CERTIFICATES:
            return
        enclosed = self.enclosed_named.get(issuer, ())
        for candidate in (*self.store.intermediates_named.get(issuer, ()), *enclosed):
            if self.gave_up:
                return
            if not _is_in(candidate, certificates) and self._signed_by(top, candidate):
                yield from self._extend([*certificates, candidate])

    def _signed_by(self, certificate: asn1_x509.Certificate, issuer: asn1_x509.Certificate) -> bool:
        self.signatures_tried += 1
        if self.gave_up:
            return False
        return is_issued_with(issuer.public_key.dump(), certificate)


def is_authority(certificate: asn1_x509.Certificate) -> bool:
    usage = certificate.key_usage_value
    return bool(certificate.ca) and (usage is None or "key_cert_sign" in usage.native)


def _is_in(candidate: asn1_x509.Certificate, certificates: list[asn1_x509.Certificate]) -> bool:
    """Whether name and key are on the path already: RFC 5280 §6.1 allows no certificate twice, and none is needed."""
    return any(
        subject_of(candidate) == subject_of(c) and candidate.public_key.dump() == c.public_key.dump()
        for c in certificates
    )


def is_sound(certificate_der: bytes) -> bool:
    """Whether it can be read, and what its signature leaves uncovered agrees with the rest (RFC 5280 §4.1.1)."""
    root, faults = read_der(certificate_der)
    if root is None or faults or len(root.children) != 3 or load_certificate(certificate_der) is None:
        return False
    if not is_legible(certificate_der):
        return False
    tbs, algorithm, signature = root.children
    fields = tbs.children[1:] if tbs.children and tbs.children[0].tag == CONTEXT_0 else tbs.children
    if len(fields) < 2 or signature.tag != BIT_STRING or certificate_der[signature.body] != 0:
        return False
    inner = fields[1]
    return certificate_der[inner.start : inner.end] == certificate_der[algorithm.start : algorithm.end]
